"""One variant: prefilled with the source, only what is changed is overridden."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest_asyncio

from studio.core.errors import ChangeStateFirst, FixInput
from studio.domain.events import Notice
from studio.viewmodels.clone import CloneViewModel, clone_now


@pytest_asyncio.fixture
async def clone(world):
    model = CloneViewModel("inf_nova", world.personas, world.hub, world.scope)
    model.load()
    await world.until(lambda: model.source is not None)
    return model


async def test_the_name_is_free_and_fields_show_the_source(clone):
    assert clone.name == "Nova (B)"
    assert clone.value("personality.humor") == "deadpan"
    assert clone.value("personality.traits") == ("earnest", "thorough")
    assert clone.overrides == {}
    assert clone.can_start


async def test_two_changes_are_two_lines_and_two_overrides(world, clone):
    clone.set_value("personality.humor", "dry-witty")
    clone.set_value("gender", "female")
    lines = [(change.label, change.old, change.new) for change in clone.differences]
    assert lines == [("Gender", "nonbinary", "female"), ("Humor", "deadpan", "dry-witty")]
    made = await clone.start()
    assert made == "inf_clone1"
    assert world.personas.clones == [
        ("inf_nova", "Nova (B)", {"gender": "female", "personality.humor": "dry-witty"})
    ]


async def test_the_sources_own_value_is_no_override(clone):
    clone.set_value("personality.tone", "playful")
    clone.set_value("personality.tone", "conversational")
    clone.set_value("personality.traits", ("earnest", "thorough"))
    assert clone.differences == ()


async def test_an_emptied_text_keeps_the_source_but_an_emptied_list_is_a_change(clone):
    clone.set_value("personality.tone", "playful")
    clone.set_value("personality.tone", "  ")
    assert clone.overrides == {}
    clone.set_value("personality.catchphrases", ())
    assert clone.overrides == {"personality.catchphrases": ()}


async def test_another_field_can_be_overridden(world, clone):
    assert "style" in clone.more_fields
    assert "name" not in clone.more_fields
    clone.add_field("style")
    clone.add_field("nonsense")
    assert clone.fields[-1] == "style"
    assert "style" not in clone.more_fields
    clone.set_value("style", "90s streetwear")
    assert clone.overrides == {"style": "90s streetwear"}
    await world.settle()


async def test_a_name_that_is_too_long_is_flagged_at_once(world, clone):
    clone.set_name("n" * 129)
    assert "128" in clone.problems["name"]
    assert not clone.can_start
    assert await clone.start() == ""
    clone.set_name("   ")
    assert "name" in clone.problems
    assert world.personas.clones == []


async def test_a_refused_field_is_named_and_keeps_its_text(world, clone):
    world.personas.refusal = FixInput("This name is taken.", field="name", request_id="req_1")
    assert await clone.start() == ""
    assert clone.problems == {"name": "This name is taken."}
    assert clone.name == "Nova (B)"
    world.personas.refusal = None
    clone.set_name("Nova (C)")
    assert clone.can_start


async def test_a_refusal_without_a_field_is_said_once_and_can_be_tried_again(world, clone):
    world.personas.refusal = ChangeStateFirst("Nova is still rendering.", next_step="Wait for it.")
    assert await clone.start() == ""
    assert clone.problem == "Nova is still rendering. Wait for it."
    assert clone.can_start
    world.personas.refusal = None
    assert await clone.start()
    assert clone.problem == ""


async def test_a_double_click_makes_one_clone(world, clone):
    started = []
    clone.started.connect(started.append)
    world.personas.gate = asyncio.Event()
    clone.submit()
    await world.settle()
    assert not clone.can_start
    clone.submit()
    world.personas.gate.set()
    await world.until(lambda: started)
    await world.settle()
    assert started == ["inf_clone1"]
    assert len(world.personas.clones) == 1


async def test_suggestions_of_the_roster_arrive(world, clone):
    await world.until(lambda: clone.suggestions("personality.humor"))
    assert "dry-witty" in clone.suggestions("personality.humor")


async def test_a_source_that_is_gone_is_said(world):
    model = CloneViewModel("inf_gone", world.personas, world.hub, world.scope)
    model.load()
    await world.until(lambda: model.problem)
    assert not model.can_start


async def test_clone_now_takes_the_next_letter(world, shell):
    world.personas.put(replace(shell.nova(), id="inf_b", name="Nova (B)"))
    assert await clone_now(world.personas, world.hub, "inf_nova") == "inf_clone1"
    assert world.personas.clones == [("inf_nova", "Nova (C)", {})]


async def test_clone_now_tells_why_not(world):
    told = []
    world.hub.subscribe(Notice, told.append)
    world.personas.refusal = ChangeStateFirst("Nova is still rendering.", request_id="req_7")
    assert await clone_now(world.personas, world.hub, "inf_nova") == ""
    assert (told[0].sentence, told[0].request_id) == ("Nova is still rendering.", "req_7")
