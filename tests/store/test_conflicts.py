"""Two sides changed one influencer: stored to-dos that neither vanish nor outlive their cause."""

from __future__ import annotations

import pytest

from studio.core.errors import ChangeStateFirst, FixInput
from studio.domain.diff import same
from studio.domain.mutation import Patch
from studio.domain.roster import RosterQuery
from studio.store import (
    conflicts,
    decisions,
    drafts,
    history,
    meta,
    outbox,
    outbox_control,
    personas,
    projections,
    roster,
)

MOVED = ChangeStateFirst("It changed.", code=outbox.CHANGED_ON_SERVER)
TONE = "personality.tone"
TRAITS = "personality.traits"


@pytest.fixture
def clash(store):
    """Tone changed on both sides, humor here alone, traits on both sides in different entries."""
    store.know(store.person(1, "Ada", tone="warm", humor="dry", traits=("a",)))
    store.publish("M1", personality__tone="mine", personality__humor="wit")
    store.publish("M2", personality__traits=("a", "x"))
    assert store.claim() == "M2"
    _meet(store, tone="theirs", humor="dry", traits=("a", "y"))
    return store


def _meet(store, mutation_id="M2", **theirs):
    """The engine read the server before sending, and the two sides overlap."""

    def hold(conn):
        personas.put_full(conn, store.person(1, "Ada", **theirs))
        outbox.block(conn, mutation_id, MOVED)

    store.do(hold)


def _card(store, influencer_id="inf_001", view="all"):
    rows = store.ask(roster.rows, RosterQuery(store.project, view=view), 0, 9)
    return next(row for row in rows if row.id == influencer_id)


def _conflict(store):
    return store.ask(conflicts.get, "inf_001")


def _resolve(store, mutation_id="M9", seen=None, **values):
    fields = {path.replace("__", "."): value for path, value in values.items()}
    return store.do(decisions.resolve, "inf_001", fields, mutation_id, seen)


# ---- what is listed


def test_choices_and_what_merged_by_itself_are_told_apart(clash):
    found = _conflict(clash)
    assert found.name == "Ada"
    assert [each.path for each in found.to_choose] == [TONE]
    tone, traits, humor = found.fields
    assert (tone.base, tone.mine, tone.theirs, tone.merged) == ("warm", "mine", "theirs", None)
    assert traits.merged == ("a", "x", "y")
    assert [entry.origin for entry in traits.entries.entries] == ["kept", "mine", "theirs"]
    assert (humor.merged, humor.moved_there) == ("wit", False)
    assert found.mine_at is not None
    assert found.mine_at < found.found_at


def test_it_shows_on_the_card_and_in_the_counts(clash):
    assert _card(clash).conflicts == 1
    assert _card(clash).tagline == "Changed in two places"
    assert clash.ask(meta.counts).conflicts == 1
    assert [each.influencer_id for each in clash.ask(conflicts.every)] == ["inf_001"]
    assert clash.ask(conflicts.every, "another project") == ()


def test_it_is_still_there_after_a_restart_as_it_was(clash):
    before = _conflict(clash)
    clash.reopen()
    clash.do(outbox.recover)
    assert _conflict(clash) == before


def test_others_go_on_meanwhile(clash):
    clash.know(clash.person(2))
    clash.publish("N1", "inf_002", vibe="calm")
    assert clash.claim() == "N1"


# ---- no phantoms, and the latest of both sides


def test_when_the_server_moves_again_the_newest_word_is_listed(clash):
    first = _conflict(clash)
    clash.know(clash.person(1, "Ada", tone="newest", humor="dry", traits=("a",)))
    found = _conflict(clash)
    assert found.to_choose[0].theirs == "newest"
    assert found.found_at == first.found_at


@pytest.mark.parametrize("tone", ["mine", "warm"])
def test_when_both_sides_agree_it_goes_by_itself_and_the_rest_is_sent(clash, tone):
    clash.know(clash.person(1, "Ada", tone=tone, humor="dry", traits=("a",)))
    assert _conflict(clash) is None
    assert _card(clash).conflicts == 0
    assert clash.ask(meta.counts).conflicts == 0
    assert clash.claim() == "M2"


def test_a_list_read_of_the_name_moves_a_conflict_about_the_name(store):
    store.know(store.person(1, "Ada"))
    store.publish("M1", name="Adele")
    store.claim()

    def hold(conn):
        personas.put_full(conn, store.person(1, "Bea"))
        outbox.block(conn, "M1", MOVED)

    store.do(hold)
    store.do(personas.put_slim, (store.person(1, "Cleo"),))
    assert _conflict(store).to_choose[0].theirs == "Cleo"
    store.do(personas.put_slim, (store.person(1, "Adele"),))
    assert _conflict(store) is None


def test_publishing_newer_words_keeps_the_conflict_with_them(clash):
    clash.publish("M3", personality__tone="newer")
    found = _conflict(clash)
    assert [(each.path, each.base, each.mine) for each in found.to_choose] == [
        (TONE, "warm", "newer")
    ]
    assert clash.claim() is None


# ---- deciding


def test_mine_theirs_or_anything_else_is_sent_with_all_that_merged(clash):
    assert _resolve(clash, personality__tone="both at once") == clash.project
    assert _conflict(clash) is None
    assert clash.claim() == "M9"
    (row,) = clash.ask(outbox.of_influencer, "inf_001")
    assert {path: (entry.value, entry.base) for path, entry in row.mutation.fields.items()} == {
        TONE: ("both at once", "theirs"),
        TRAITS: (("a", "x", "y"), ("a", "y")),
        "personality.humor": ("wit", "dry"),
    }


def test_taking_theirs_sends_only_the_rest(clash):
    _resolve(clash, personality__tone="theirs")
    (row,) = clash.ask(outbox.of_influencer, "inf_001")
    assert set(row.mutation.fields) == {TRAITS, "personality.humor"}
    shown = clash.ask(projections.show, "inf_001").influencer
    assert shown.personality.tone == "theirs"


def test_taking_theirs_of_all_sends_nothing(clash):
    _resolve(
        clash,
        personality__tone="theirs",
        personality__traits=("a", "y"),
        personality__humor="dry",
    )
    assert clash.queue() == []
    assert _conflict(clash) is None


def test_every_value_that_lost_is_in_the_history(clash):
    _resolve(clash, personality__tone="third")
    rows = [row for row in clash.ask(history.of_influencer, "inf_001") if row.path == TONE]
    said = {value for row in rows for value in (row.old, row.new)}
    assert {"warm", "mine", "theirs", "third"} <= said
    (decided,) = [row for row in rows if row.kind == "resolve"]
    assert (decided.old, decided.new, decided.is_shown) == ("mine", "third", True)


def test_a_choice_left_out_is_asked_for_and_changes_nothing(clash):
    before = _conflict(clash)
    with pytest.raises(FixInput) as caught:
        _resolve(clash, personality__humor="wit")
    assert caught.value.field == TONE
    assert _conflict(clash) == before


def test_a_value_that_cannot_be_sent_is_refused(store):
    store.know(store.person(1, vibe="calm"))
    store.publish("M2", vibe="mine")
    store.claim()
    _meet(store, vibe="theirs")
    with pytest.raises(FixInput, match="256"):
        _resolve(store, vibe="x" * 300)
    assert len(_conflict(store).to_choose) == 1


def test_what_moved_while_it_was_looked_at_is_not_overwritten(clash):
    seen = _conflict(clash)
    clash.know(clash.person(1, "Ada", tone="unseen", humor="dry", traits=("a", "y")))
    _resolve(clash, seen=seen, personality__tone="mine")
    (row,) = clash.ask(outbox.of_influencer, "inf_001")
    assert row.mutation.fields[TONE].base == "theirs"
    assert clash.claim() == "M9"


def test_taking_theirs_takes_what_is_there_by_now(clash):
    seen = _conflict(clash)
    clash.know(clash.person(1, "Ada", tone="unseen", humor="dry", traits=("a", "y")))
    _resolve(clash, seen=seen, personality__tone="theirs")
    (row,) = clash.ask(outbox.of_influencer, "inf_001")
    assert TONE not in row.mutation.fields
    assert clash.ask(projections.show, "inf_001").influencer.personality.tone == "unseen"


def test_nothing_to_decide_is_said_in_words(store):
    store.know(store.person(1))
    with pytest.raises(ChangeStateFirst, match="nothing left"):
        _resolve(store, vibe="x")


def test_what_was_typed_on_top_stays_unsent_and_is_not_asked_about_again(clash):
    clash.edit(personality__tone="newest")
    _resolve(clash, personality__tone="theirs")
    draft = clash.ask(drafts.get, "inf_001")
    assert (draft.fields[TONE].value, draft.fields[TONE].base) == ("newest", "theirs")
    shown = clash.ask(projections.show, "inf_001")
    assert shown.influencer.personality.tone == "newest"
    assert [change.path for change in shown.changes] == [TONE]


# ---- other ways out


def test_taking_it_back_makes_a_draft_that_will_be_compared_again(clash):
    clash.do(outbox.take_back, "inf_001")
    assert _conflict(clash) is None
    assert _card(clash).conflicts == 0
    draft = clash.ask(drafts.get, "inf_001")
    assert draft.fields[TONE].base == "warm"
    patch = clash.do(outbox.publish, "inf_001", "M4")
    assert isinstance(patch, Patch)
    assert patch.fields[TONE].base == "warm"


def test_asking_for_its_deletion_ends_it(clash):
    clash.delete("D1", "inf_001")
    assert _conflict(clash) is None
    assert clash.ask(meta.counts).conflicts == 0


# ---- gone on the server


def test_edits_of_what_is_gone_are_listed_until_decided(store):
    store.know(store.person(1, "Ada", tone="warm"))
    store.edit(personality__tone="mine")
    store.do(personas.mark_deleted, "inf_001")
    found = _conflict(store)
    assert found.is_gone
    assert found.to_choose == ()
    assert [(each.path, each.mine, each.theirs) for each in found.fields] == [
        (TONE, "mine", "warm")
    ]
    assert _card(store, view="deleted").conflicts == 1
    assert store.ask(meta.counts).conflicts == 1
    store.reopen()
    assert _conflict(store) == found


def test_a_held_publish_of_what_is_gone_becomes_such_edits(clash):
    clash.do(personas.mark_deleted, "inf_001")
    found = _conflict(clash)
    assert found.is_gone
    assert {each.path: each.mine for each in found.fields}[TONE] == "mine"
    assert clash.queue() == []


def test_what_was_deleted_here_is_no_question(store):
    store.know(store.person(1))
    store.edit(vibe="mine")
    store.delete("D1", "inf_001")
    store.claim()
    store.do(outbox.ack, "D1")
    assert _conflict(store) is None
    assert store.ask(drafts.get, "inf_001").fields["vibe"].value == "mine"


def test_it_comes_back_as_a_new_draft_with_every_value(store):
    store.know(store.person(1, "Ada", tone="warm", traits=("a", "b"), vibe="calm"))
    store.edit(personality__tone="mine")
    store.do(personas.mark_deleted, "inf_001")
    store.do(decisions.recreate, "inf_001", "inf_new")
    made = store.ask(projections.show, "inf_new")
    assert made.is_local_only
    person = made.influencer
    assert (person.name, person.vibe) == ("Ada", "calm")
    assert (person.personality.tone, person.personality.traits) == ("mine", ("a", "b"))
    assert _conflict(store) is None
    assert store.ask(meta.counts).conflicts == 0


def test_letting_go_keeps_the_words_in_the_history(store):
    store.know(store.person(1, tone="warm"))
    store.edit(personality__tone="mine")
    store.do(personas.mark_deleted, "inf_001")
    store.do(decisions.let_go, "inf_001")
    assert _conflict(store) is None
    assert store.ask(drafts.get, "inf_001") is None
    rows = store.ask(history.of_influencer, "inf_001")
    assert any(same(row.old, "mine") for row in rows)


def test_neither_is_done_to_what_the_server_has(store):
    store.know(store.person(1))
    for fn, args in ((decisions.recreate, ("inf_new",)), (decisions.let_go, ())):
        with pytest.raises(ChangeStateFirst):
            store.do(fn, "inf_001", *args)


def test_when_it_is_there_again_its_edits_are_plain_edits(store):
    store.know(store.person(1, tone="warm"))
    store.edit(personality__tone="mine")
    store.do(personas.mark_deleted, "inf_001")
    store.know(store.person(1, tone="warm"))
    assert _conflict(store) is None
    assert store.do(outbox.publish, "inf_001", "M1") is not None


def test_what_was_held_back_by_hand_goes_once_it_is_decided(clash):
    clash.do(outbox_control.hold, "M2")
    _resolve(clash, personality__tone="mine")
    assert clash.claim() == "M9"


def test_a_word_of_the_server_that_loses_unheard_is_in_the_history_too(store):
    store.know(store.person(1, "Ada", detailed=False))
    store.publish("M2", personality__tone="mine")
    store.claim()
    _meet(store, tone="theirs")
    _resolve(store, personality__tone="mine")
    rows = store.ask(history.of_influencer, "inf_001")
    assert [row.new for row in rows if row.who == history.SERVER] == ["theirs"]
