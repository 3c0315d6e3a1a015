"""Unsent changes join what waits, cancel out, or are taken back to the draft."""

from __future__ import annotations

import pytest

from studio.core.errors import ChangeStateFirst, FixInput, TryLater
from studio.domain.mutation import Bind, Clone, Create
from studio.domain.roster import RosterQuery
from studio.domain.upload import Upload
from studio.store import (
    drafts,
    history,
    lineage,
    outbox,
    personas,
    projections,
    roster,
    uploads,
)

GONE = TryLater("No network.", no_contact=True)
REFUSED = FixInput("Too long.", code="VALIDATION", field="name", request_id="req_1")


# ---- joining


def test_two_unsent_publishes_become_one_with_the_first_base(store):
    store.know(store.person(1, tone="warm", humor="dry"))
    store.publish("M1", personality__tone="cool", vibe="calm")
    store.publish("M2", personality__tone="cooler", personality__humor="wry")
    (row,) = store.ask(outbox.of_influencer, "inf_001")
    assert row.mutation.id == "M2"
    assert {path: (e.base, e.value) for path, e in row.mutation.fields.items()} == {
        "personality.tone": ("warm", "cooler"),
        "vibe": (None, "calm"),
        "personality.humor": ("dry", "wry"),
    }


def test_publishing_the_old_value_again_leaves_nothing_to_send(store):
    store.know(store.person(1, tone="warm"))
    store.publish("M1", personality__tone="cool")
    assert store.publish("M2", personality__tone="warm") is None
    assert store.queue() == []
    assert store.ask(projections.show, "inf_001").influencer.personality.tone == "warm"


def test_a_row_being_sent_is_left_alone(store):
    store.know(store.person(1, tone="warm"))
    store.publish("M1", personality__tone="cool")
    store.claim()
    store.publish("M2", personality__tone="cooler")
    assert store.queue() == ["M1", "M2"]
    first, second = store.ask(outbox.of_influencer, "inf_001")
    assert first.mutation.fields["personality.tone"].value == "cool"
    assert second.mutation.fields["personality.tone"].base == "cool"


def test_a_row_that_may_have_arrived_is_never_rewritten(store):
    store.know(store.person(1, tone="warm"))
    store.publish("M1", personality__tone="cool")
    store.claim()
    store.do(outbox.fail, "M1", store.clock.now(), GONE)
    store.publish("M2", personality__tone="warm")
    assert store.queue() == ["M1", "M2"]
    store.publish("M3", personality__humor="wry")
    assert store.queue() == ["M1", "M3"]
    assert store.ask(projections.show, "inf_001").influencer.personality.tone == "warm"


def test_a_correction_joins_the_refused_publish_and_frees_it(store):
    store.know(store.person(1))
    store.publish("M1", name="x" * 200, vibe="calm")
    store.claim()
    store.do(outbox.block, "M1", REFUSED)
    store.publish("M2", name="Nova")
    (row,) = store.ask(outbox.of_influencer, "inf_001")
    assert (row.mutation.id, row.state, row.reason) == ("M2", "waiting", "")
    assert {path: e.value for path, e in row.mutation.fields.items()} == {
        "name": "Nova",
        "vibe": "calm",
    }


def test_edits_of_an_unsent_create_or_clone_go_with_it(store):
    store.know(store.person(1))
    store.create("C1", "inf_new", name="Juno")
    store.clone("K1", "inf_copy", "inf_001", vibe="calm")
    store.publish("P1", "inf_new", name="June", vibe="warm")
    store.publish("P2", "inf_copy", name="Copy two", style="workwear")
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
    store.create("C1", "inf_new", name="Juno")
    store.edit("inf_new", vibe="typed")
    assert store.delete("D1", "inf_new") is None
    assert store.queue() == []
    assert store.ask(projections.show, "inf_new") is None
    assert store.ask(roster.size, RosterQuery(store.project)) == 0
    assert "typed" in [entry.old for entry in store.ask(history.of_influencer, "inf_new")]


def test_an_unsent_clone_and_its_delete_cancel_out(store):
    store.know(store.person(1))
    store.clone("K1", "inf_copy", "inf_001")
    assert store.delete("D1", "inf_copy") is None
    assert store.queue() == []
    assert store.ask(personas.variants, "inf_001") == ()


def test_a_create_that_may_have_arrived_is_deleted_for_real(store):
    store.create("C1", "inf_new", name="Juno")
    store.claim()
    store.do(outbox.fail, "C1", store.clock.now(), GONE)
    store.delete("D1", "inf_new")
    assert store.queue() == ["C1", "D1"]
    assert store.claim() == "C1"


def test_a_second_delete_changes_nothing(store):
    store.know(store.person(1))
    store.delete("D1", "inf_001")
    assert store.delete("D2", "inf_001").id == "D1"
    assert store.queue() == ["D1"]


def test_what_is_being_deleted_is_neither_published_nor_cloned(store):
    store.know(store.person(1))
    store.delete("D1", "inf_001")
    store.edit(vibe="calm")
    with pytest.raises(ChangeStateFirst):
        store.do(outbox.publish, "inf_001")
    with pytest.raises(ChangeStateFirst):
        store.clone("K1", "inf_copy", "inf_001")
    assert store.ask(drafts.get, "inf_001").fields["vibe"].value == "calm"
    assert store.queue() == ["D1"]


# ---- taking back


def test_taking_a_publish_back_makes_it_a_draft_again(store):
    store.know(store.person(1, tone="warm", humor="dry"))
    store.publish("M1", personality__tone="cool", personality__humor="wry")
    store.edit(personality__tone="coolest")
    assert store.do(outbox.take_back, "inf_001") == store.project
    assert store.queue() == []
    fields = store.ask(drafts.get, "inf_001").fields
    assert {path: (e.base, e.value) for path, e in fields.items()} == {
        "personality.tone": ("warm", "coolest"),
        "personality.humor": ("dry", "wry"),
    }


def test_taking_back_leaves_what_is_being_sent(store):
    store.know(store.person(1, tone="warm"))
    store.publish("M1", personality__tone="cool")
    store.claim()
    store.publish("M2", personality__tone="cooler")
    store.do(outbox.take_back, "inf_001")
    assert store.queue() == ["M1"]
    assert store.ask(drafts.get, "inf_001").fields["personality.tone"].value == "cooler"


def test_taking_a_create_back_makes_it_a_new_draft(store):
    store.create("C1", "inf_new", name="Juno", vibe="calm")
    store.edit("inf_new", vibe="warm")
    store.do(outbox.take_back, "inf_new")
    draft = store.ask(drafts.get, "inf_new")
    assert draft.is_new
    assert {path: e.value for path, e in draft.fields.items()} == {"name": "Juno", "vibe": "warm"}
    again = store.do(outbox.publish, "inf_new", "C2")
    assert again == Create("C2", store.project, "inf_new", {"name": "Juno", "vibe": "warm"})


def test_taking_a_clone_back_removes_its_placeholder_but_not_edits_made_on_it(store):
    store.know(store.person(1, tone="warm"))
    store.clone("K1", "inf_a", "inf_001")
    store.clone("K2", "inf_b", "inf_001")
    store.edit("inf_b", vibe="my own words")
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
    store.delete("D1", "inf_001")
    store.do(outbox.take_back, "inf_001")
    assert store.queue() == []
    (card,) = store.ask(roster.rows, RosterQuery(store.project), 0, 9)
    assert card.tagline != "Waiting to be deleted"
