"""A new influencer needs a name and nothing else."""

from __future__ import annotations

import asyncio

import pytest

from studio.core.errors import FixInput, TryLater
from studio.viewmodels.creation import CreationViewModel


@pytest.fixture
def creation(world):
    return CreationViewModel("p1", world.personas, world.scope)


async def test_a_name_is_enough_and_only_what_was_entered_is_sent(world, creation):
    made = []
    creation.created.connect(made.append)
    assert not creation.can_create
    creation.set_value("name", " Kai ")
    creation.set_value("personality.humor", "meme-fluent")
    creation.set_value("personality.humor", "")
    creation.set_value("gender", "male")
    assert await creation.create() == "inf_new1"
    assert made == ["inf_new1"]
    assert world.personas.created == [("p1", {"name": "Kai", "gender": "male"})]


async def test_a_missing_name_is_named_after_the_first_try(world, creation):
    assert creation.problems == {}
    assert await creation.create() == ""
    assert creation.problems == {"name": "A name is needed."}
    creation.set_value("name", "Kai")
    assert creation.problems == {}
    assert world.personas.created == []


async def test_a_value_too_long_is_flagged_at_once(creation):
    creation.set_value("name", "Kai")
    creation.set_value("style", "s" * 257)
    assert "256" in creation.problems["style"]
    assert not creation.can_create


async def test_a_field_that_is_not_offered_is_not_taken(creation):
    creation.set_value("reference_images", "x")
    assert creation.values == {}


async def test_refusals_land_on_their_field_or_on_the_dialog(world, creation):
    creation.set_value("name", "Kai")
    world.personas.refusal = FixInput("Kai is taken.", field="name")
    assert await creation.create() == ""
    assert creation.problems == {"name": "Kai is taken."}
    creation.set_value("name", "Kai Two")
    world.personas.refusal = TryLater("The disk is busy.")
    assert await creation.create() == ""
    assert creation.problem == "The disk is busy."
    assert creation.value("name") == "Kai Two"


async def test_two_triggers_make_one(world, creation):
    made = []
    creation.created.connect(made.append)
    creation.set_value("name", "Kai")
    world.personas.gate = asyncio.Event()
    creation.submit()
    await world.settle()
    creation.submit()
    world.personas.gate.set()
    await world.until(lambda: made)
    await world.settle()
    assert len(world.personas.created) == 1


async def test_suggestions_of_the_roster_arrive(world, creation):
    seen = []
    creation.suggestions_changed.connect(seen.append)
    creation.load()
    await world.until(lambda: "personality.tone" in seen)
    assert "playful" in creation.suggestions("personality.tone")
