"""What the server takes is kept with the workspace; what it does not take stays in the draft."""

from __future__ import annotations

from typing import Any

import pytest

from studio.domain.dialect import Dialect
from studio.domain.job import Job
from studio.domain.mutation import Clone, Create, Patch
from studio.store import adopting, dialects, drafts, jobs, lineage, meta, outbox, projections
from studio.store.dialects import Known

LATER = Known("host#KEY", Dialect("L"), 4)
DAY = 86_400.0


@pytest.fixture
def later(store: Any) -> Any:
    store.know(store.person(1, "Ada"))
    store.do(dialects.put, LATER)
    return store


def test_it_is_there_after_a_restart(store: Any) -> None:
    learned = Known("host#KEY", Dialect("P1", frozenset({"personality"})), 3)
    store.do(dialects.put, learned)
    store.reopen()
    assert store.ask(dialects.known) == learned


def test_nothing_is_known_at_first(store: Any) -> None:
    assert store.ask(dialects.get) == Dialect()


def test_a_refusal_is_tried_again_after_a_day_and_not_before(store: Any) -> None:
    store.do(dialects.put, Known("h", Dialect("P1", frozenset({"vibe"})), 4))
    store.clock.forward(DAY / 2)
    store.do(dialects.put, Known("h", Dialect("P1", frozenset({"vibe", "style"})), 4))
    assert store.do(dialects.forget_old_refusals).dialect.refused == {"vibe", "style"}
    store.clock.forward(DAY / 2 + 10)
    assert store.do(dialects.forget_old_refusals).dialect.refused == {"style"}
    assert store.ask(dialects.get).refused == {"style"}


def test_local_edits_are_no_drafts_to_send_and_are_again_with_another_server(later: Any) -> None:
    later.edit(vibe="calm")
    assert later.ask(meta.counts).drafts == 0
    assert later.do(dialects.put, Known("host#KEY", Dialect("P1"), 4)) == {later.project}
    assert later.ask(meta.counts).drafts == 1


def test_publishing_leaves_what_is_not_taken_in_the_draft(later: Any) -> None:
    sent = later.publish("M1", name="Nova", vibe="calm")
    assert set(sent.fields) == {"name"}
    assert set(later.ask(drafts.get, "inf_001").fields) == {"vibe"}
    assert later.publish("M2", style="workwear") is None
    assert set(later.ask(drafts.get, "inf_001").fields) == {"vibe", "style"}


def test_a_refused_field_leaves_its_row_under_a_new_id_and_the_newer_edit_stays(store: Any) -> None:
    store.know(store.person(1, "Ada", vibe="old"))
    store.publish("M1", style="workwear", vibe="calm")
    store.edit(vibe="bold")
    assert store.do(dialects.keep_here, "M1", {"vibe"})
    (row,) = store.ask(outbox.waiting)
    assert isinstance(row.mutation, Patch)
    assert set(row.mutation.fields) == {"style"}
    assert row.mutation.id != "M1"
    entry = store.ask(drafts.get, "inf_001").fields["vibe"]
    assert (entry.value, entry.base) == ("bold", "old")


def test_a_row_with_nothing_left_is_gone_and_its_words_are_not(store: Any) -> None:
    store.know(store.person(1, "Ada"))
    store.publish("M1", personality__tone="calm")
    assert not store.do(dialects.keep_here, "M1", {"personality"})
    assert store.queue() == []
    assert store.ask(drafts.get, "inf_001").fields["personality.tone"].value == "calm"


def test_creates_and_clones_keep_what_was_refused_too(store: Any) -> None:
    store.know(store.person(1, "Ada"))
    store.create("M1", "inf_new", name="Juno", vibe="calm")
    store.clone("M2", "inf_copy", "inf_001", vibe="bold", style="plain")
    assert store.do(dialects.keep_here, "M1", {"vibe"})
    assert store.do(dialects.keep_here, "M2", {"vibe"})
    create, clone = (row.mutation for row in store.ask(outbox.waiting))
    assert isinstance(create, Create)
    assert create.values == {"name": "Juno"}
    assert isinstance(clone, Clone)
    assert clone.overrides == {"style": "plain"}
    assert store.ask(projections.show, "inf_new").influencer.vibe == "calm"
    assert store.ask(projections.show, "inf_copy").influencer.vibe == "bold"


def test_everything_of_our_id_moves_to_the_servers(store: Any) -> None:
    store.know(store.person(1, "Ada"))
    store.clone("M1", "inf_ours", "inf_001")
    store.clone("M2", "inf_of_it", "inf_ours")
    store.edit("inf_ours", vibe="calm")
    store.do(jobs.put, Job("job_1", "", store.project, "inf_ours"))
    store.do(adopting.adopt, "inf_ours", "inf_theirs")
    assert store.ask(adopting.now_called, "inf_ours") == "inf_theirs"
    assert store.ask(adopting.now_called, "inf_001") == "inf_001"
    first, second = (row.mutation for row in store.ask(outbox.waiting))
    assert (first.influencer_id, second.source_id) == ("inf_theirs", "inf_theirs")
    assert store.ask(drafts.get, "inf_theirs").fields["vibe"].value == "calm"
    assert store.ask(drafts.get, "inf_ours") is None
    assert store.ask(lineage.of, "inf_theirs").source_id == "inf_001"
    assert store.ask(jobs.get, "job_1").influencer_id == "inf_theirs"
    assert store.ask(projections.show, "inf_ours") is None
    assert store.ask(projections.show, "inf_theirs").influencer.name == "Copy"


def test_the_later_records_fields_are_kept(store: Any) -> None:
    person = store.person(1, "Ada", brand_voice="witty", language="en", error_message="no face")
    store.know(person)
    store.reopen()
    assert store.ask(projections.show, "inf_001").confirmed == person
