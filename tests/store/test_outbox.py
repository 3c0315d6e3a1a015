"""The outbox: order, dependencies, failures and answers, and never a half."""

from __future__ import annotations

from datetime import timedelta

import pytest

from studio.core.errors import ChangeStateFirst, FixInput, TryLater
from studio.domain.mutation import Bind, Create, Patch
from studio.domain.roster import RosterQuery
from studio.store import (
    drafts,
    outbox,
    outbox_rows,
    personas,
    projections,
    roster,
)

GONE = TryLater("No network.", no_contact=True)
REFUSED = FixInput("Too long.", code="VALIDATION", field="name", request_id="req_1")


# ---- publish


def test_publish_sends_only_what_changed_and_ends_the_draft(store):
    store.know(store.person(1, tone="warm", humor="dry"))
    patch = store.publish("M1", personality__tone="cool", vibe="calm")
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
    store.edit(personality__tone="cool")
    store.know(store.person(1, tone="cool"))
    assert store.do(outbox.publish, "inf_001") is None
    assert store.queue() == []
    assert store.ask(drafts.get, "inf_001") is None


def test_publishing_a_new_influencer_creates_it(store):
    store.do(drafts.start_new, store.project, "inf_new", {"name": "Juno", "vibe": ""})
    made = store.do(outbox.publish, "inf_new", "M1")
    assert made == Create("M1", store.project, "inf_new", {"name": "Juno"})
    assert store.ask(projections.show, "inf_new").influencer.status == "pending"


def test_all_five_kinds_come_back_as_they_went_in(store):
    store.know(store.person(1, tone="warm"), store.person(2), store.person(3))
    asked = [
        store.publish("M1", personality__tone="cool", personality__traits=("a", "b")),
        store.create("M2", "inf_new", name="Juno", **{"personality.traits": ("x",)}),
        store.clone("M3", "inf_copy", "inf_002", gender=None, vibe="calm"),
        store.do(outbox.enqueue, Bind("M4", store.project, "inf_002", ("med_1", "med_2"))),
        store.delete("M5", "inf_003"),
    ]
    store.reopen()
    assert [row.mutation for row in store.ask(outbox.waiting)] == asked


# ---- order


def test_one_influencer_is_sent_in_order_and_one_at_a_time(store):
    store.know(store.person(1), store.person(2))
    store.publish("M1", vibe="one")
    assert store.claim() == "M1"
    store.publish("M2", vibe="two")
    store.publish("N1", "inf_002", vibe="other")
    assert store.claim() == "N1"
    assert store.claim() is None
    store.do(outbox.ack, "M1")
    assert store.claim() == "M2"


def test_nothing_is_sent_before_its_influencer_exists(store):
    store.do(outbox.enqueue, Bind("B1", store.project, "inf_new", ("med_1",)))
    store.do(drafts.start_new, store.project, "inf_new", {"name": "Juno"})
    assert store.claim() is None
    assert not store.ask(outbox.has_due)
    store.do(outbox.publish, "inf_new", "C1")
    assert store.claim() == "C1"
    assert store.claim() is None
    store.do(outbox.ack, "C1")
    assert store.claim() == "B1"


def test_a_clone_waits_for_its_source_and_for_what_was_published_before(store):
    store.create("C1", "inf_new", name="Juno")
    store.clone("K1", "inf_copy", "inf_new")
    store.clone("K2", "inf_copy2", "inf_copy")
    assert store.claim() == "C1"
    assert store.claim() is None
    store.do(outbox.ack, "C1")
    store.publish("P1", "inf_new", vibe="calm")
    assert store.claim() == "K1"
    assert store.claim() == "P1"
    store.do(outbox.ack, "K1")
    assert store.claim() == "K2"


def test_a_clone_after_a_publish_waits_for_it_unless_that_is_blocked(store):
    store.know(store.person(1))
    store.publish("P1", vibe="calm")
    store.clone("K1", "inf_copy", "inf_001")
    assert store.claim() == "P1"
    assert store.claim() is None
    store.do(outbox.block, "P1", REFUSED)
    assert store.claim() == "K1"


def test_a_delete_waits_for_clones_that_need_the_source(store):
    store.know(store.person(1))
    store.clone("K1", "inf_copy", "inf_001")
    store.delete("D1", "inf_001")
    assert store.claim() == "K1"
    assert store.claim() is None
    store.do(outbox.ack, "K1")
    assert store.claim() == "D1"


def test_a_delete_does_not_wait_behind_a_blocked_publish(store):
    store.know(store.person(1, tone="warm"))
    store.publish("P1", personality__tone="cool")
    store.claim()
    store.do(outbox.block, "P1", REFUSED)
    store.delete("D1", "inf_001")
    assert store.claim() == "D1"
    store.do(outbox.ack, "D1")
    assert store.queue() == []
    # What was never sent is not lost with the influencer.
    shown = store.ask(projections.show, "inf_001")
    assert shown.influencer.personality.tone == "cool"
    assert store.ask(personas.deletion, "inf_001")[1] == "why"


# ---- failures


def test_a_failed_row_waits_its_time_and_keeps_its_id(store):
    store.know(store.person(1))
    store.publish("M1", vibe="calm")
    store.claim()
    at = store.clock.now() + timedelta(seconds=30)
    store.do(outbox.fail, "M1", at, GONE)
    assert store.claim() is None
    assert store.ask(outbox.next_try) == at
    (row,) = store.ask(outbox.of_influencer, "inf_001")
    assert (row.state, row.attempts, row.reason) == ("waiting", 1, "No network.")
    store.clock.forward(30)
    assert store.ask(outbox.has_due)
    assert store.claim() == "M1"


def test_what_waits_behind_another_is_not_called_due(store):
    store.know(store.person(1))
    store.publish("M1", vibe="one")
    store.claim()
    store.publish("M2", vibe="two")
    at = store.clock.now() + timedelta(seconds=30)
    store.do(outbox.fail, "M1", at, GONE)
    assert not store.ask(outbox.has_due)
    assert store.ask(outbox.next_try) == at


def test_rows_being_sent_when_the_program_died_wait_again_with_their_id(store):
    store.know(store.person(1))
    store.publish("M1", vibe="calm")
    store.claim()
    store.reopen()
    assert store.do(outbox.recover) == 1
    (row,) = store.ask(outbox.of_influencer, "inf_001")
    assert (row.mutation.id, row.state, row.attempts) == ("M1", "waiting", 1)
    assert store.claim() == "M1"


def test_a_row_that_was_being_sent_when_the_program_died_is_not_rewritten(store):
    store.know(store.person(1, tone="warm"))
    store.publish("M1", personality__tone="cool")
    store.claim()
    store.reopen()
    store.do(outbox.recover)
    store.publish("M2", personality__tone="warm")
    assert store.queue() == ["M1", "M2"]


def test_a_refused_key_puts_the_row_back(store):
    store.know(store.person(1))
    store.publish("M1", vibe="calm")
    store.claim()
    store.do(outbox.put_back, "M1")
    assert store.claim() == "M1"


def test_a_blocked_row_waits_for_a_person_with_the_servers_words(store):
    store.know(store.person(1))
    store.publish("M1", name="x" * 200)
    store.claim()
    store.do(outbox.block, "M1", REFUSED)
    assert store.claim() is None
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
    store.publish("M1", vibe="calm")
    store.claim()
    store.do(outbox.block, "M1", REFUSED)
    assert store.do(outbox.send_again, "inf_001") == store.project
    again = store.claim()
    assert again not in (None, "M1")
    assert len(again) == 26


def test_sending_a_waiting_row_again_keeps_its_id(store):
    store.know(store.person(1))
    store.publish("M1", vibe="calm")
    store.claim()
    store.do(outbox.fail, "M1", store.clock.now() + timedelta(hours=1), GONE)
    store.do(outbox.send_again, "inf_001")
    assert store.claim() == "M1"


def test_sending_again_decides_nothing_between_two_sides(store):
    store.know(store.person(1, tone="warm"))
    store.publish("M1", personality__tone="mine")
    store.claim()
    store.know(store.person(1, tone="theirs"))
    changed = ChangeStateFirst("Tone changed.", code=outbox.CHANGED_ON_SERVER)
    store.do(outbox.block, "M1", changed)
    store.do(outbox.send_again, "inf_001")
    (row,) = store.ask(outbox.of_influencer, "inf_001")
    assert (row.mutation.id, row.state) == ("M1", "blocked")
    assert store.claim() is None


def test_what_is_held_back_waits_with_all_that_comes_after_it(store):
    store.know(store.person(1), store.person(2))
    store.publish("M1", vibe="one")
    store.do(outbox.enqueue, Bind("M2", store.project, "inf_001", ("med_1",)))
    store.publish("N1", "inf_002", vibe="other")
    store.do(_hold, "M1")
    assert store.claim() == "N1"
    assert store.claim() is None
    assert not store.ask(outbox.has_due)
    (first, _, _) = store.ask(outbox.waiting)
    assert first.held


def _hold(conn, mutation_id):
    conn.run("UPDATE outbox SET held = 1 WHERE id = ?", (mutation_id,))


def test_the_age_of_a_key_counts_from_its_first_use(store):
    store.know(store.person(1))
    store.publish("M1", vibe="one")
    assert store.ask(outbox.get, "M1").first_sent_at is None
    store.claim()
    first = store.ask(outbox.get, "M1").first_sent_at
    store.do(outbox.fail, "M1", store.clock.now(), GONE)
    store.claim()
    row = store.ask(outbox.get, "M1")
    assert row.first_sent_at == first
    assert row.maybe_sent
    store.do(outbox_rows.renew, "M1", "M2")
    assert store.ask(outbox.get, "M2").first_sent_at > first
    store.do(outbox.block, "M2", REFUSED)
    store.do(outbox.send_again, "inf_001")
    (again,) = store.ask(outbox.waiting)
    assert again.first_sent_at is None


# ---- confirmed


def test_a_confirmed_create_leaves_its_card_in_place(store):
    store.create("C1", "inf_new", name="Juno")
    store.claim()
    store.do(outbox.ack, "C1")
    (card,) = store.ask(roster.rows, RosterQuery(store.project), 0, 9)
    assert (card.name, card.status, card.local_only, card.waiting) == ("Juno", "pending", False, 0)
    assert store.ask(personas.wanting_details, store.project) == ("inf_new",)


def test_a_confirmed_clone_keeps_what_it_was_made_of_until_it_is_read(store):
    store.know(store.person(1, tone="warm", humor="dry"))
    store.clone("K1", "inf_copy", "inf_001", **{"personality.humor": "wry"})
    store.claim()
    store.do(outbox.ack, "K1")
    (copy,) = store.ask(personas.variants, "inf_001")
    assert (copy.name, copy.personality.tone, copy.personality.humor) == ("Copy", "warm", "wry")


def test_a_confirmed_delete_moves_the_card_to_the_shelf(store):
    store.know(store.person(1))
    store.delete("D1", "inf_001")
    (card,) = store.ask(roster.rows, RosterQuery(store.project), 0, 9)
    assert card.tagline == "Waiting to be deleted"
    store.claim()
    store.do(outbox.ack, "D1")
    assert store.ask(roster.size, RosterQuery(store.project)) == 0
    (gone,) = store.ask(roster.rows, RosterQuery(store.project, view="deleted"), 0, 9)
    assert (gone.id, gone.tagline) == ("inf_001", "why")


# ---- all or nothing


def test_a_transaction_that_fails_leaves_draft_and_outbox_as_they_were(store):
    store.know(store.person(1, tone="warm"))
    store.edit(personality__tone="cool")

    def half(conn):
        outbox.publish(conn, "inf_001", "M1")
        assert outbox_rows.get(conn, "M1") is not None
        raise RuntimeError("power")

    with pytest.raises(RuntimeError):
        store.do(half)
    assert store.queue() == []
    assert store.ask(drafts.get, "inf_001").fields["personality.tone"].value == "cool"
    (card,) = store.ask(roster.rows, RosterQuery(store.project), 0, 9)
    assert (card.unsent, card.waiting) == (1, 0)
