"""The outbox: order, dependencies, joining of unsent changes, taking back, and never a half."""

from __future__ import annotations

from datetime import timedelta

import pytest

from studio.core.errors import ChangeStateFirst, FixInput, TryLater
from studio.domain.mutation import Bind, Clone, Create, Delete, Patch
from studio.domain.roster import RosterQuery
from studio.domain.upload import Upload
from studio.store import (
    drafts,
    history,
    lineage,
    outbox,
    outbox_rows,
    personas,
    projections,
    roster,
    uploads,
)

GONE = TryLater("No network.", no_contact=True)
REFUSED = FixInput("Too long.", code="VALIDATION", field="name", request_id="req_1")


def edit(store, influencer_id="inf_001", **values):
    fields = {path.replace("__", "."): value for path, value in values.items()}
    store.do(drafts.set_fields, influencer_id, fields)


def publish(store, mutation_id, influencer_id="inf_001", **values):
    edit(store, influencer_id, **values)
    return store.do(outbox.publish, influencer_id, mutation_id)


def create(store, mutation_id, influencer_id, **values):
    asked = Create(mutation_id, store.project, influencer_id, values)
    return store.do(outbox.enqueue, asked)


def clone(store, mutation_id, influencer_id, source_id, **overrides):
    asked = Clone(mutation_id, store.project, influencer_id, source_id, "Copy", overrides)
    return store.do(outbox.enqueue, asked)


def delete(store, mutation_id, influencer_id):
    return store.do(outbox.enqueue, Delete(mutation_id, store.project, influencer_id, "why"))


def claim(store):
    row = store.do(outbox.claim_next)
    return row.mutation.id if row else None


def queue(store):
    return [row.mutation.id for row in store.ask(outbox.waiting)]


# ---- publish


def test_publish_sends_only_what_changed_and_ends_the_draft(store):
    store.know(store.person(1, tone="warm", humor="dry"))
    patch = publish(store, "M1", personality__tone="cool", vibe="calm")
    assert isinstance(patch, Patch)
    assert {path: (e.base, e.value) for path, e in patch.fields.items()} == {
        "personality.tone": ("warm", "cool"),
        "vibe": (None, "calm"),
    }
    assert store.ask(drafts.get, "inf_001") is None
    shown = store.ask(projections.show, "inf_001")
    assert shown.influencer.personality.tone == "cool"
    assert shown.changes == ()


def test_publish_with_nothing_to_send_sends_nothing(store):
    store.know(store.person(1, tone="warm"))
    assert store.do(outbox.publish, "inf_001") is None
    edit(store, personality__tone="cool")
    store.know(store.person(1, tone="cool"))
    assert store.do(outbox.publish, "inf_001") is None
    assert queue(store) == []
    assert store.ask(drafts.get, "inf_001") is None


def test_publishing_a_new_influencer_creates_it(store):
    store.do(drafts.start_new, store.project, "inf_new", {"name": "Juno", "vibe": ""})
    made = store.do(outbox.publish, "inf_new", "M1")
    assert made == Create("M1", store.project, "inf_new", {"name": "Juno"})
    assert store.ask(projections.show, "inf_new").influencer.status == "pending"


def test_all_five_kinds_come_back_as_they_went_in(store):
    store.know(store.person(1, tone="warm"), store.person(2), store.person(3))
    asked = [
        publish(store, "M1", personality__tone="cool", personality__traits=("a", "b")),
        create(store, "M2", "inf_new", name="Juno", **{"personality.traits": ("x",)}),
        clone(store, "M3", "inf_copy", "inf_002", gender=None, vibe="calm"),
        store.do(outbox.enqueue, Bind("M4", store.project, "inf_002", ("med_1", "med_2"))),
        delete(store, "M5", "inf_003"),
    ]
    store.reopen()
    assert [row.mutation for row in store.ask(outbox.waiting)] == asked


# ---- order


def test_one_influencer_is_sent_in_order_and_one_at_a_time(store):
    store.know(store.person(1), store.person(2))
    publish(store, "M1", vibe="one")
    assert claim(store) == "M1"
    publish(store, "M2", vibe="two")
    publish(store, "N1", "inf_002", vibe="other")
    assert claim(store) == "N1"
    assert claim(store) is None
    store.do(outbox.ack, "M1")
    assert claim(store) == "M2"


def test_nothing_is_sent_before_its_influencer_exists(store):
    store.do(outbox.enqueue, Bind("B1", store.project, "inf_new", ("med_1",)))
    store.do(drafts.start_new, store.project, "inf_new", {"name": "Juno"})
    assert claim(store) is None
    assert not store.ask(outbox.has_due)
    store.do(outbox.publish, "inf_new", "C1")
    assert claim(store) == "C1"
    assert claim(store) is None
    store.do(outbox.ack, "C1")
    assert claim(store) == "B1"


def test_a_clone_waits_for_its_source_and_for_what_was_published_before(store):
    create(store, "C1", "inf_new", name="Juno")
    clone(store, "K1", "inf_copy", "inf_new")
    clone(store, "K2", "inf_copy2", "inf_copy")
    assert claim(store) == "C1"
    assert claim(store) is None
    store.do(outbox.ack, "C1")
    publish(store, "P1", "inf_new", vibe="calm")
    assert claim(store) == "K1"
    assert claim(store) == "P1"
    store.do(outbox.ack, "K1")
    assert claim(store) == "K2"


def test_a_clone_after_a_publish_waits_for_it_unless_that_is_blocked(store):
    store.know(store.person(1))
    publish(store, "P1", vibe="calm")
    clone(store, "K1", "inf_copy", "inf_001")
    assert claim(store) == "P1"
    assert claim(store) is None
    store.do(outbox.block, "P1", REFUSED)
    assert claim(store) == "K1"


def test_a_delete_waits_for_clones_that_need_the_source(store):
    store.know(store.person(1))
    clone(store, "K1", "inf_copy", "inf_001")
    delete(store, "D1", "inf_001")
    assert claim(store) == "K1"
    assert claim(store) is None
    store.do(outbox.ack, "K1")
    assert claim(store) == "D1"


def test_a_delete_does_not_wait_behind_a_blocked_publish(store):
    store.know(store.person(1, tone="warm"))
    publish(store, "P1", personality__tone="cool")
    claim(store)
    store.do(outbox.block, "P1", REFUSED)
    delete(store, "D1", "inf_001")
    assert claim(store) == "D1"
    store.do(outbox.ack, "D1")
    assert queue(store) == []
    # What was never sent is not lost with the influencer.
    shown = store.ask(projections.show, "inf_001")
    assert shown.influencer.personality.tone == "cool"
    assert store.ask(personas.deletion, "inf_001")[1] == "why"


# ---- failures


def test_a_failed_row_waits_its_time_and_keeps_its_id(store):
    store.know(store.person(1))
    publish(store, "M1", vibe="calm")
    claim(store)
    at = store.clock.now() + timedelta(seconds=30)
    store.do(outbox.fail, "M1", at, GONE)
    assert claim(store) is None
    assert store.ask(outbox.next_try) == at
    (row,) = store.ask(outbox.of_influencer, "inf_001")
    assert (row.state, row.attempts, row.reason) == ("waiting", 1, "No network.")
    store.clock.forward(30)
    assert store.ask(outbox.has_due)
    assert claim(store) == "M1"


def test_what_waits_behind_another_is_not_called_due(store):
    store.know(store.person(1))
    publish(store, "M1", vibe="one")
    claim(store)
    publish(store, "M2", vibe="two")
    at = store.clock.now() + timedelta(seconds=30)
    store.do(outbox.fail, "M1", at, GONE)
    assert not store.ask(outbox.has_due)
    assert store.ask(outbox.next_try) == at


def test_rows_being_sent_when_the_program_died_wait_again_with_their_id(store):
    store.know(store.person(1))
    publish(store, "M1", vibe="calm")
    claim(store)
    store.reopen()
    assert store.do(outbox.recover) == 1
    (row,) = store.ask(outbox.of_influencer, "inf_001")
    assert (row.mutation.id, row.state, row.attempts) == ("M1", "waiting", 1)
    assert claim(store) == "M1"


def test_a_refused_key_puts_the_row_back(store):
    store.know(store.person(1))
    publish(store, "M1", vibe="calm")
    claim(store)
    store.do(outbox.put_back, "M1")
    assert claim(store) == "M1"


def test_a_blocked_row_waits_for_a_person_with_the_servers_words(store):
    store.know(store.person(1))
    publish(store, "M1", name="x" * 200)
    claim(store)
    store.do(outbox.block, "M1", REFUSED)
    assert claim(store) is None
    assert store.ask(outbox.next_try) is None
    (row,) = store.ask(outbox.of_influencer, "inf_001")
    assert (row.state, row.reason, row.reason_code, row.reason_field, row.request_id) == (
        "blocked",
        "Too long.",
        "VALIDATION",
        "name",
        "req_1",
    )
    (card,) = store.ask(roster.rows, RosterQuery(store.project, view="attention"), 0, 9)
    assert card.blocked
    assert card.tagline == "Could not be sent"


def test_sending_a_refused_row_again_is_a_new_intent(store):
    store.know(store.person(1))
    publish(store, "M1", vibe="calm")
    claim(store)
    store.do(outbox.block, "M1", REFUSED)
    assert store.do(outbox.send_again, "inf_001") == store.project
    again = claim(store)
    assert again not in (None, "M1")
    assert len(again) == 26


def test_sending_a_waiting_row_again_keeps_its_id(store):
    store.know(store.person(1))
    publish(store, "M1", vibe="calm")
    claim(store)
    store.do(outbox.fail, "M1", store.clock.now() + timedelta(hours=1), GONE)
    store.do(outbox.send_again, "inf_001")
    assert claim(store) == "M1"


def test_insisting_after_the_server_changed_goes_over_what_is_there(store):
    store.know(store.person(1, tone="warm"))
    publish(store, "M1", personality__tone="mine")
    claim(store)
    store.know(store.person(1, tone="theirs"))
    changed = ChangeStateFirst("Tone changed.", code=outbox.CHANGED_ON_SERVER)
    store.do(outbox.block, "M1", changed)
    store.do(outbox.send_again, "inf_001")
    (row,) = store.ask(outbox.of_influencer, "inf_001")
    entry = row.mutation.fields["personality.tone"]
    assert (entry.value, entry.base) == ("mine", "theirs")


# ---- joining


def test_two_unsent_publishes_become_one_with_the_first_base(store):
    store.know(store.person(1, tone="warm", humor="dry"))
    publish(store, "M1", personality__tone="cool", vibe="calm")
    publish(store, "M2", personality__tone="cooler", personality__humor="wry")
    (row,) = store.ask(outbox.of_influencer, "inf_001")
    assert row.mutation.id == "M2"
    assert {path: (e.base, e.value) for path, e in row.mutation.fields.items()} == {
        "personality.tone": ("warm", "cooler"),
        "vibe": (None, "calm"),
        "personality.humor": ("dry", "wry"),
    }


def test_publishing_the_old_value_again_leaves_nothing_to_send(store):
    store.know(store.person(1, tone="warm"))
    publish(store, "M1", personality__tone="cool")
    assert publish(store, "M2", personality__tone="warm") is None
    assert queue(store) == []
    assert store.ask(projections.show, "inf_001").influencer.personality.tone == "warm"


def test_a_row_being_sent_is_left_alone(store):
    store.know(store.person(1, tone="warm"))
    publish(store, "M1", personality__tone="cool")
    claim(store)
    publish(store, "M2", personality__tone="cooler")
    assert queue(store) == ["M1", "M2"]
    first, second = store.ask(outbox.of_influencer, "inf_001")
    assert first.mutation.fields["personality.tone"].value == "cool"
    assert second.mutation.fields["personality.tone"].base == "cool"


def test_a_row_that_may_have_arrived_is_never_rewritten(store):
    store.know(store.person(1, tone="warm"))
    publish(store, "M1", personality__tone="cool")
    claim(store)
    store.do(outbox.fail, "M1", store.clock.now(), GONE)
    publish(store, "M2", personality__tone="warm")
    assert queue(store) == ["M1", "M2"]
    publish(store, "M3", personality__humor="wry")
    assert queue(store) == ["M1", "M3"]
    assert store.ask(projections.show, "inf_001").influencer.personality.tone == "warm"


def test_a_correction_joins_the_refused_publish_and_frees_it(store):
    store.know(store.person(1))
    publish(store, "M1", name="x" * 200, vibe="calm")
    claim(store)
    store.do(outbox.block, "M1", REFUSED)
    publish(store, "M2", name="Nova")
    (row,) = store.ask(outbox.of_influencer, "inf_001")
    assert (row.mutation.id, row.state, row.reason) == ("M2", "waiting", "")
    assert {path: e.value for path, e in row.mutation.fields.items()} == {
        "name": "Nova",
        "vibe": "calm",
    }


def test_edits_of_an_unsent_create_or_clone_go_with_it(store):
    store.know(store.person(1))
    create(store, "C1", "inf_new", name="Juno")
    clone(store, "K1", "inf_copy", "inf_001", vibe="calm")
    publish(store, "P1", "inf_new", name="June", vibe="warm")
    publish(store, "P2", "inf_copy", name="Copy two", style="workwear")
    made, copied = store.ask(outbox.waiting)
    assert made.mutation == Create("P1", store.project, "inf_new", {"name": "June", "vibe": "warm"})
    assert copied.mutation == Clone(
        "P2",
        store.project,
        "inf_copy",
        "inf_001",
        "Copy two",
        {"vibe": "calm", "style": "workwear"},
    )
    assert store.ask(lineage.of, "inf_copy").overrides == {"vibe": "calm", "style": "workwear"}


def test_an_unsent_create_and_its_delete_cancel_out(store):
    create(store, "C1", "inf_new", name="Juno")
    edit(store, "inf_new", vibe="typed")
    assert delete(store, "D1", "inf_new") is None
    assert queue(store) == []
    assert store.ask(projections.show, "inf_new") is None
    assert store.ask(roster.size, RosterQuery(store.project)) == 0
    assert "typed" in [entry.old for entry in store.ask(history.of_influencer, "inf_new")]


def test_an_unsent_clone_and_its_delete_cancel_out(store):
    store.know(store.person(1))
    clone(store, "K1", "inf_copy", "inf_001")
    assert delete(store, "D1", "inf_copy") is None
    assert queue(store) == []
    assert store.ask(personas.variants, "inf_001") == ()


def test_a_create_that_may_have_arrived_is_deleted_for_real(store):
    create(store, "C1", "inf_new", name="Juno")
    claim(store)
    store.do(outbox.fail, "C1", store.clock.now(), GONE)
    delete(store, "D1", "inf_new")
    assert queue(store) == ["C1", "D1"]
    assert claim(store) == "C1"


def test_a_second_delete_changes_nothing(store):
    store.know(store.person(1))
    delete(store, "D1", "inf_001")
    assert delete(store, "D2", "inf_001").id == "D1"
    assert queue(store) == ["D1"]


def test_what_is_being_deleted_is_neither_published_nor_cloned(store):
    store.know(store.person(1))
    delete(store, "D1", "inf_001")
    edit(store, vibe="calm")
    with pytest.raises(ChangeStateFirst):
        store.do(outbox.publish, "inf_001")
    with pytest.raises(ChangeStateFirst):
        clone(store, "K1", "inf_copy", "inf_001")
    assert store.ask(drafts.get, "inf_001").fields["vibe"].value == "calm"
    assert queue(store) == ["D1"]


# ---- confirmed


def test_a_confirmed_create_leaves_its_card_in_place(store):
    create(store, "C1", "inf_new", name="Juno")
    claim(store)
    store.do(outbox.ack, "C1")
    (card,) = store.ask(roster.rows, RosterQuery(store.project), 0, 9)
    assert (card.name, card.status, card.local_only, card.waiting) == ("Juno", "pending", False, 0)
    assert store.ask(personas.wanting_details, store.project) == ("inf_new",)


def test_a_confirmed_clone_keeps_what_it_was_made_of_until_it_is_read(store):
    store.know(store.person(1, tone="warm", humor="dry"))
    clone(store, "K1", "inf_copy", "inf_001", **{"personality.humor": "wry"})
    claim(store)
    store.do(outbox.ack, "K1")
    (copy,) = store.ask(personas.variants, "inf_001")
    assert (copy.name, copy.personality.tone, copy.personality.humor) == ("Copy", "warm", "wry")


def test_a_confirmed_delete_moves_the_card_to_the_shelf(store):
    store.know(store.person(1))
    delete(store, "D1", "inf_001")
    (card,) = store.ask(roster.rows, RosterQuery(store.project), 0, 9)
    assert card.tagline == "Waiting to be deleted"
    claim(store)
    store.do(outbox.ack, "D1")
    assert store.ask(roster.size, RosterQuery(store.project)) == 0
    (gone,) = store.ask(roster.rows, RosterQuery(store.project, view="deleted"), 0, 9)
    assert (gone.id, gone.tagline) == ("inf_001", "why")


# ---- taking back


def test_taking_a_publish_back_makes_it_a_draft_again(store):
    store.know(store.person(1, tone="warm", humor="dry"))
    publish(store, "M1", personality__tone="cool", personality__humor="wry")
    edit(store, personality__tone="coolest")
    assert store.do(outbox.take_back, "inf_001") == store.project
    assert queue(store) == []
    fields = store.ask(drafts.get, "inf_001").fields
    assert {path: (e.base, e.value) for path, e in fields.items()} == {
        "personality.tone": ("warm", "coolest"),
        "personality.humor": ("dry", "wry"),
    }


def test_taking_back_leaves_what_is_being_sent(store):
    store.know(store.person(1, tone="warm"))
    publish(store, "M1", personality__tone="cool")
    claim(store)
    publish(store, "M2", personality__tone="cooler")
    store.do(outbox.take_back, "inf_001")
    assert queue(store) == ["M1"]
    assert store.ask(drafts.get, "inf_001").fields["personality.tone"].value == "cooler"


def test_taking_a_create_back_makes_it_a_new_draft(store):
    create(store, "C1", "inf_new", name="Juno", vibe="calm")
    edit(store, "inf_new", vibe="warm")
    store.do(outbox.take_back, "inf_new")
    draft = store.ask(drafts.get, "inf_new")
    assert draft.is_new
    assert {path: e.value for path, e in draft.fields.items()} == {"name": "Juno", "vibe": "warm"}
    again = store.do(outbox.publish, "inf_new", "C2")
    assert again == Create("C2", store.project, "inf_new", {"name": "Juno", "vibe": "warm"})


def test_taking_a_clone_back_removes_its_placeholder_but_not_edits_made_on_it(store):
    store.know(store.person(1, tone="warm"))
    clone(store, "K1", "inf_a", "inf_001")
    clone(store, "K2", "inf_b", "inf_001")
    edit(store, "inf_b", vibe="my own words")
    store.do(outbox.take_back, "inf_a")
    store.do(outbox.take_back, "inf_b")
    assert store.ask(projections.show, "inf_a") is None
    kept = store.ask(projections.show, "inf_b")
    assert kept.is_local_only
    assert (kept.influencer.vibe, kept.influencer.personality.tone) == ("my own words", "warm")


def test_taking_a_bind_back_says_so_at_its_images(store):
    store.know(store.person(1))
    image = Upload("U1", store.project, "inf_001", "a.jpg", "binding", asset_id="med_1")
    store.do(uploads.put, image)
    store.do(outbox.enqueue, Bind("B1", store.project, "inf_001", ("med_1",)))
    store.do(outbox.take_back, "inf_001")
    (image,) = store.ask(uploads.of_influencer, "inf_001")
    assert image.state == "not_found"
    assert "Taken back" in image.problem


def test_taking_a_delete_back_keeps_the_influencer(store):
    store.know(store.person(1))
    delete(store, "D1", "inf_001")
    store.do(outbox.take_back, "inf_001")
    assert queue(store) == []
    (card,) = store.ask(roster.rows, RosterQuery(store.project), 0, 9)
    assert card.tagline != "Waiting to be deleted"


# ---- all or nothing


def test_a_transaction_that_fails_leaves_draft_and_outbox_as_they_were(store):
    store.know(store.person(1, tone="warm"))
    edit(store, personality__tone="cool")

    def half(conn):
        outbox.publish(conn, "inf_001", "M1")
        assert outbox_rows.get(conn, "M1") is not None
        raise RuntimeError("power")

    with pytest.raises(RuntimeError):
        store.do(half)
    assert queue(store) == []
    assert store.ask(drafts.get, "inf_001").fields["personality.tone"].value == "cool"
    (card,) = store.ask(roster.rows, RosterQuery(store.project), 0, 9)
    assert (card.unsent, card.waiting) == (1, 0)
