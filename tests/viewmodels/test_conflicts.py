"""Choosing between two versions, and the list of what waits for it."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest_asyncio

from studio.core.errors import Bug, FixInput
from studio.viewmodels.conflict_list import ConflictsViewModel
from studio.viewmodels.conflicts import ConflictViewModel


def _world():
    name = "conflict_world"
    if name not in sys.modules:
        path = Path(__file__).with_name(f"{name}.py")
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


w = _world()
HUMOR, FORMALITY, PHRASES, until = w.HUMOR, w.FORMALITY, w.PHRASES, w.until


@pytest_asyncio.fixture
async def world():
    made = w.World()
    made.conflicts.held["inf_maria"] = w.maria()
    yield made
    await made.close()


async def opened(world, influencer_id: str = "inf_maria") -> ConflictViewModel:
    model = ConflictViewModel(
        influencer_id, world.conflicts, world.personas, world.hub, world.scope, world.clock
    )
    model.load()
    await until(lambda: model.conflict is not None)
    return model


async def listed(world) -> ConflictsViewModel:
    model = ConflictsViewModel(
        world.conflicts, world.personas, world.contact, world.hub, world.scope, world.clock
    )
    model.start()
    await until(lambda: model.empty != "loading")
    return model


# ---- one


async def test_it_says_what_merged_and_what_is_left_to_choose(world):
    model = await opened(world)
    assert model.title == "Maria ES changed in two places"
    assert model.subtitle == "2 changes merged by themselves. 2 fields need your choice."
    assert model.mine_words == "Yours · edited here 11:48"
    assert model.theirs_words == "Server · changed 11:59"
    model.choose(HUMOR, "mine")
    assert model.subtitle.endswith("1 field still needs your choice.")
    assert model.blocker == "Choose a version of “Formality” first."
    model.choose(FORMALITY, "theirs")
    assert model.subtitle.endswith("Every choice is made.")
    assert model.can_publish


async def test_nothing_is_decided_before_publish_and_then_exactly_what_was_chosen(world):
    model = await opened(world)
    model.publish()
    model.choose(HUMOR, "mine")
    model.choose(FORMALITY, "theirs")
    await asyncio.sleep(0.01)
    assert world.conflicts.decided == []
    ended, resolved = [], []
    model.ended.connect(lambda: ended.append(True))
    model.resolved.connect(resolved.append)
    model.publish()
    model.publish()
    await until(lambda: ended)
    assert world.conflicts.decided == [("resolve", {HUMOR: "dry-witty", FORMALITY: "relaxed"})]
    assert resolved == ["inf_maria"]
    assert len(ended) == 1


async def test_all_of_one_side_leaves_what_merged_merged(world):
    model = await opened(world)
    model.choose_all("theirs")
    assert model.values == {HUMOR: "observational", FORMALITY: "relaxed"}
    model.choose_all("mine")
    assert model.values == {HUMOR: "dry-witty", FORMALITY: "formal"}


async def test_an_edit_by_hand_starts_from_what_was_chosen_and_has_to_be_sendable(world):
    model = await opened(world)
    model.choose_all("theirs")
    model.choose(HUMOR, "hand")
    assert model.hand_value(HUMOR) == "observational"
    model.set_hand(HUMOR, "dry and observational")
    assert model.values[HUMOR] == "dry and observational"
    model.choose(PHRASES, "hand")
    assert model.hand_value(PHRASES) == ("¡Vamos!", "Así de fácil.", "Sin rodeos.")
    model.set_hand(PHRASES, ("¡Vamos!", " "))
    assert "entry is empty" in model.problem(PHRASES)
    assert not model.can_publish
    model.choose(PHRASES, "")
    assert model.can_publish
    assert PHRASES not in model.values


async def test_a_version_that_moves_asks_again_and_keeps_what_was_written_by_hand(world):
    model = await opened(world)
    model.choose(HUMOR, "mine")
    model.set_hand(FORMALITY, "polished")
    found = w.maria()
    fields = (
        w.field_of(HUMOR, "slapstick", "dry-witty", "surreal"),
        w.field_of(FORMALITY, "casual", "formal", "neutral"),
        found.fields[2],
    )
    world.conflicts.put(replace(found, fields=fields))
    await until(lambda: model.field(HUMOR).theirs == "surreal")
    assert model.choice(HUMOR) == ""
    assert model.has_moved(HUMOR)
    assert model.values == {FORMALITY: "polished"}
    assert not model.can_publish
    model.choose(HUMOR, "theirs")
    assert not model.has_moved(HUMOR)
    assert model.values == {HUMOR: "surreal", FORMALITY: "polished"}


async def test_another_influencer_that_moves_changes_no_choice(world):
    model = await opened(world)
    model.choose(HUMOR, "mine")
    world.conflicts.put(w.maria(influencer_id="inf_kai", name="Kai"))
    await asyncio.sleep(0.01)
    assert model.choice(HUMOR) == "mine"


async def test_it_ends_by_itself_when_it_was_settled_elsewhere(world):
    model = await opened(world)
    ended = []
    model.ended.connect(lambda: ended.append(True))
    world.conflicts.remove("inf_maria")
    await until(lambda: ended)
    assert world.notices[-1].sentence == "Maria ES needs no choice any more."


async def test_a_refused_value_stands_at_its_field_and_the_choices_stay(world):
    model = await opened(world)
    model.choose_all("mine")
    model.set_hand(HUMOR, "rude")
    world.conflicts.refusal = FixInput("The server does not take “rude”.", field=HUMOR)
    model.publish()
    await until(lambda: model.problem(HUMOR))
    assert model.problem(HUMOR) == "The server does not take “rude”."
    assert not model.can_publish
    assert model.choice(FORMALITY) == "mine"
    model.set_hand(HUMOR, "kind")
    assert model.problem(HUMOR) == ""
    assert model.can_publish


async def test_a_failure_without_a_field_is_said_and_can_be_tried_again(world):
    model = await opened(world)
    model.choose_all("mine")
    world.conflicts.refusal = Bug("The disk is full.")
    model.publish()
    await until(lambda: model.failure)
    assert model.failure == "The disk is full."
    world.conflicts.refusal = None
    model.publish()
    await until(lambda: "inf_maria" not in world.conflicts.held)


async def test_while_it_is_queued_it_cannot_be_queued_twice(world):
    model = await opened(world)
    model.choose_all("mine")
    world.conflicts.gate = asyncio.Event()
    model.publish()
    await until(lambda: world.conflicts.decided)
    assert not model.can_publish
    model.publish()
    world.conflicts.gate.set()
    await until(lambda: "inf_maria" not in world.conflicts.held)
    assert len(world.conflicts.decided) == 1


# ---- gone on the server


async def test_of_one_that_is_gone_a_new_one_is_made_or_the_edits_go_or_nothing_happens(world):
    fields = (replace(w.maria().fields[0], needs_choice=False),)
    for ending, asked in (("later", []), ("recreate", ["recreate"]), ("drop", ["let go"])):
        world.conflicts.decided.clear()
        world.conflicts.held["inf_maria"] = w.maria(fields=fields, is_gone=True)
        model = await opened(world)
        assert model.title == "Maria ES was deleted on the server"
        assert model.subtitle == "1 edit of yours is kept here."
        made = []
        model.recreated.connect(made.append)
        model.choose_ending(ending)
        model.end()
        if ending == "later":
            await asyncio.sleep(0.01)
            assert "inf_maria" in world.conflicts.held
        else:
            await until(lambda: "inf_maria" not in world.conflicts.held)
        assert [deed for deed, _ in world.conflicts.decided] == asked
        await until(lambda made=made, ending=ending: bool(made) == (ending == "recreate"))
        model.close()


# ---- the list


async def test_the_list_says_who_where_what_and_since_when(world):
    gone = w.maria(influencer_id="inf_kai", name="Kai", fields=(), is_gone=True)
    world.conflicts.held["inf_kai"] = gone
    model = await listed(world)
    first, second = model.rows
    assert (first.name, first.project) == ("Maria ES", "Acme Coffee iOS")
    assert first.words == "2 fields changed in two places"
    assert first.since == "since 12:00"
    assert first.thumbnail_url == "https://media.example/inf_maria.png"
    assert second.words == "Deleted on the server. Your edits are kept here."
    assert model.count == 2
    assert model.row_of("inf_kai") == second
    assert model.row_of("inf_nova") is None
    assert [row.name for row in model.matching("kA")] == ["Kai"]


async def test_the_list_follows_what_comes_and_goes(world):
    model = await listed(world)
    world.conflicts.put(w.maria(influencer_id="inf_kai", name="Kai"))
    world.contact.become(conflicts=2)
    await until(lambda: model.count == 2)
    world.conflicts.remove("inf_maria")
    await until(lambda: [row.name for row in model.rows] == ["Kai"])


async def test_an_empty_list_says_why(world):
    world.conflicts.held.clear()
    model = await listed(world)
    assert model.empty == "none"
    world.contact.become(contact="offline")
    assert model.empty == "offline"
    world.conflicts.refusal = Bug("The file cannot be read.")
    model.try_again()
    await until(lambda: model.empty == "failed")
    assert model.failure == "The file cannot be read."
    world.conflicts.refusal = None
    world.conflicts.held["inf_maria"] = w.maria()
    model.try_again()
    await until(lambda: model.count == 1)
    assert model.empty == ""


async def test_a_closed_list_hears_nothing_more(world):
    model = await listed(world)
    model.close()
    world.conflicts.remove("inf_maria")
    await asyncio.sleep(0.01)
    assert model.count == 1
