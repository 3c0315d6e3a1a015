"""Nothing is deleted before the person said that it is understood."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest_asyncio

from studio.core.errors import ChangeStateFirst
from studio.domain.diff import Change
from studio.viewmodels.deletion import DeletionViewModel


@pytest_asyncio.fixture
async def gate(world):
    model = DeletionViewModel("inf_nova", world.personas, world.scope)
    model.load()
    await world.until(lambda: model.name)
    return model


async def test_the_gate_says_what_goes_and_that_it_is_final(world, shell):
    world.personas.unsent["inf_nova"] = (Change("name", "Nova", "Nova 2"),)
    world.personas.put(replace(shell.nova(), id="inf_b", name="Nova (B)"))
    world.personas.cloned_from["inf_b"] = "inf_nova"
    model = DeletionViewModel("inf_nova", world.personas, world.scope)
    model.load()
    await world.until(lambda: model.name)
    said = " ".join(model.facts)
    assert "no way to bring it back" in said
    assert "1 unsent edit goes with it." in said
    assert "1 variant was made of it and stays: Nova (B)." in said


async def test_many_variants_are_counted_and_a_few_named(world, shell):
    for letter in "BCDEF":
        world.personas.put(replace(shell.nova(), id=f"inf_{letter}", name=f"Nova ({letter})"))
        world.personas.cloned_from[f"inf_{letter}"] = "inf_nova"
    model = DeletionViewModel("inf_nova", world.personas, world.scope)
    model.load()
    await world.until(lambda: model.name)
    assert "5 variants" in model.facts[-1]
    assert "and 2 more" in model.facts[-1]


async def test_without_the_tick_nothing_happens(world, gate):
    gate.submit()
    await world.settle()
    assert world.personas.deleted == []
    gate.set_understood(True)
    gate.set_reason("  off brand ")
    done = []
    gate.deleted.connect(done.append)
    gate.submit()
    await world.until(lambda: done)
    assert world.personas.deleted == [("inf_nova", "off brand")]


async def test_the_reason_has_a_limit(gate):
    gate.set_understood(True)
    gate.set_reason("x" * 1024)
    assert gate.can_delete
    assert gate.reason_left == 0
    gate.set_reason("x" * 1025)
    assert not gate.can_delete
    assert "1024" in gate.problem


async def test_a_refusal_is_said_and_can_be_tried_again(world, gate):
    gate.set_understood(True)
    world.personas.refusal = ChangeStateFirst("Nova has unsent clones.")
    gate.submit()
    await world.until(lambda: gate.problem)
    assert gate.problem == "Nova has unsent clones."
    world.personas.refusal = None
    gate.submit()
    await world.until(lambda: world.personas.deleted)
    assert gate.problem == ""


async def test_two_triggers_delete_once(world, gate):
    world.personas.gate = asyncio.Event()
    gate.set_understood(True)
    gate.submit()
    await world.settle()
    gate.submit()
    world.personas.gate.set()
    await world.until(lambda: world.personas.deleted)
    await world.settle()
    assert len(world.personas.deleted) == 1


async def test_one_that_is_gone_is_said(world):
    model = DeletionViewModel("inf_gone", world.personas, world.scope)
    model.load()
    await world.until(lambda: model.problem)
    model.set_understood(True)
    assert not model.can_delete
