"""Unsent edits: durable, marked per field, never lost."""

from __future__ import annotations

import pytest

from studio.core.errors import Bug, ChangeStateFirst
from studio.domain.draft import DraftField
from studio.domain.roster import RosterQuery
from studio.store import drafts, history, outbox, personas, projections, roster


def test_an_edit_is_there_after_a_restart_and_marked(store):
    store.know(store.person(1, humor="deadpan"))
    store.do(drafts.set_fields, "inf_001", {"personality.humor": "dry-witty"})
    store.reopen()
    shown = store.ask(projections.show, "inf_001")
    assert shown.influencer.personality.humor == "dry-witty"
    assert shown.confirmed.personality.humor == "deadpan"
    assert shown.mark("personality.humor").old == "deadpan"
    assert shown.mark("personality.tone") is None


def test_typing_the_old_value_again_leaves_no_draft(store):
    store.know(store.person(1, humor="deadpan", traits=("earnest",)))
    store.do(drafts.set_fields, "inf_001", {"personality.humor": "dry", "vibe": "calm"})
    store.do(drafts.set_fields, "inf_001", {"personality.humor": "deadpan", "vibe": ""})
    assert store.ask(drafts.get, "inf_001") is None
    assert store.ask(drafts.every) == ()


def test_an_empty_text_over_nothing_is_no_edit(store):
    store.know(store.person(1))
    store.do(drafts.set_fields, "inf_001", {"vibe": "", "personality.traits": ()})
    assert store.ask(drafts.get, "inf_001") is None
    assert store.ask(history.of_influencer, "inf_001") == ()


def test_the_base_is_what_was_first_typed_over(store):
    store.know(store.person(1, tone="warm"))
    store.do(drafts.set_fields, "inf_001", {"personality.tone": "cool"})
    store.know(store.person(1, tone="theirs"))
    store.do(drafts.set_fields, "inf_001", {"personality.tone": "cooler"})
    draft = store.ask(drafts.get, "inf_001")
    assert draft.fields == {"personality.tone": DraftField("cooler", "warm")}


def test_what_the_server_says_now_ends_the_edit_too(store):
    store.know(store.person(1, tone="warm"))
    store.do(drafts.set_fields, "inf_001", {"personality.tone": "cool"})
    store.know(store.person(1, tone="theirs"))
    store.do(drafts.set_fields, "inf_001", {"personality.tone": "theirs"})
    assert store.ask(drafts.get, "inf_001") is None


def test_a_pull_never_touches_a_drafted_field(store):
    store.know(store.person(1, tone="warm", humor="dry"))
    store.do(drafts.set_fields, "inf_001", {"personality.tone": "mine"})
    store.know(store.person(1, tone="theirs", humor="theirs"))
    shown = store.ask(projections.show, "inf_001").influencer
    assert (shown.personality.tone, shown.personality.humor) == ("mine", "theirs")


def test_an_edit_over_a_waiting_publish_has_the_waiting_value_as_base(store):
    store.know(store.person(1, tone="warm"))
    store.do(drafts.set_fields, "inf_001", {"personality.tone": "first"})
    store.do(outbox.publish, "inf_001")
    store.do(drafts.set_fields, "inf_001", {"personality.tone": "second"})
    assert store.ask(drafts.get, "inf_001").fields["personality.tone"].base == "first"
    store.do(drafts.set_fields, "inf_001", {"personality.tone": "first"})
    assert store.ask(drafts.get, "inf_001") is None


def test_discard_drops_every_edit_and_history_keeps_the_words(store):
    store.know(store.person(1, tone="warm"))
    store.do(drafts.set_fields, "inf_001", {"personality.tone": "cool", "vibe": "a long thought"})
    assert store.do(drafts.discard, "inf_001") == store.project
    assert store.ask(projections.show, "inf_001").changes == ()
    kept = {
        entry.path: entry.old
        for entry in store.ask(history.of_influencer, "inf_001")
        if entry.kind == "discard"
    }
    assert kept == {"personality.tone": "cool", "vibe": "a long thought"}


def test_every_change_is_a_row_of_history_newest_first(store):
    store.know(store.person(1, tone="warm"))
    for text in ("cool", "dry", "wry"):
        store.do(drafts.set_fields, "inf_001", {"personality.tone": text}, who="mara")
    told = store.ask(history.of_influencer, "inf_001")
    assert [(entry.old, entry.new) for entry in told] == [
        ("dry", "wry"),
        ("cool", "dry"),
        ("warm", "cool"),
    ]
    assert {entry.who for entry in told} == {"mara"}
    assert told[0].at > told[-1].at


def test_a_new_influencer_lives_here_until_discarded(store):
    store.do(drafts.start_new, store.project, "inf_new", {"name": "Juno"})
    (row,) = store.ask(roster.rows, RosterQuery(store.project), 0, 9)
    assert (row.id, row.name, row.local_only, row.status) == ("inf_new", "Juno", True, "draft")
    store.reopen()
    assert store.ask(drafts.get, "inf_new").is_new
    store.do(drafts.discard, "inf_new")
    assert store.ask(roster.size, RosterQuery(store.project)) == 0


def test_a_new_influencer_with_nothing_typed_stays(store):
    store.do(drafts.start_new, store.project, "inf_new", {"name": "J"})
    store.do(drafts.set_fields, "inf_new", {"name": ""})
    assert store.ask(roster.size, RosterQuery(store.project)) == 1


@pytest.mark.parametrize(
    "text", ["Ship it 🚀", "مرحبا", "a\x00b", "\ud83d", "“quotes” 'and' \\", ""]
)
def test_any_text_a_widget_can_hold_comes_back(store, text):
    store.know(store.person(1, tone="warm", catchphrases=("x",)))
    store.do(
        drafts.set_fields,
        "inf_001",
        {"personality.tone": text, "personality.catchphrases": (text, "and another"), "name": text},
    )
    store.reopen()
    shown = store.ask(projections.show, "inf_001").influencer
    assert shown.personality.tone == text
    assert shown.personality.catchphrases == (text, "and another")
    assert shown.name == text


def test_unknown_influencers_and_fields_are_refused(store):
    with pytest.raises(ChangeStateFirst):
        store.do(drafts.set_fields, "inf_404", {"name": "x"})
    store.know(store.person(1))
    with pytest.raises(Bug):
        store.do(drafts.set_fields, "inf_001", {"name": "x", "shoe_size": "44"})
    assert store.ask(drafts.get, "inf_001") is None


def test_edits_of_a_deleted_influencer_stay_with_it(store):
    store.know(store.person(1))
    store.do(drafts.set_fields, "inf_001", {"vibe": "kept"})
    store.do(personas.mark_deleted, "inf_001", None, "ended")
    assert store.ask(projections.show, "inf_001").influencer.vibe == "kept"
    with pytest.raises(ChangeStateFirst):
        store.do(outbox.publish, "inf_001")
    assert store.ask(drafts.get, "inf_001") is not None
