"""What is named before leaving: drafts with their fields, and what waits."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from studio.core.errors import TryLater
from studio.domain.diff import Change
from studio.domain.influencer import Influencer
from studio.viewmodels.leaving import look_at_leaving

_SPEC = importlib.util.spec_from_file_location(
    "outbox_world", Path(__file__).with_name("outbox_world.py")
)
outbox_world = importlib.util.module_from_spec(_SPEC)
sys.modules.setdefault("outbox_world", outbox_world)
_SPEC.loader.exec_module(outbox_world)


async def test_drafts_of_every_project_and_waiting_changes_are_named(world):
    people = world.personas
    people.put(Influencer("inf_ava", "p2", "Ava"))
    people.unsent["inf_nova"] = (Change("personality.humor", "deadpan", "dry"),)
    people.unsent["inf_ava"] = (Change("style", None, "formal"),)
    box = outbox_world.OutboxInMemory(world.hub)
    box.put(outbox_world.row(1), outbox_world.row(2, planned=True, kind="bind"))
    left = await look_at_leaving(people, box)
    assert left.unsent == ("Nova · Humor", "Ava · Style")
    assert left.waiting == ("Persona 1: Publish humor, tone",)
    assert left.waiting_count == 1
    assert left.is_worth_a_question


async def test_nothing_left_behind_asks_nothing(world):
    left = await look_at_leaving(world.personas, outbox_world.OutboxInMemory(world.hub))
    assert not left.is_worth_a_question


async def test_a_store_that_fails_does_not_hold_up_leaving(world):
    class Failing(outbox_world.OutboxInMemory):
        async def rows(self):
            raise TryLater("The disk does not answer.")

    left = await look_at_leaving(world.personas, Failing(world.hub))
    assert left.waiting_count == 0
