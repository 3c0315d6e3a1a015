"""Ten seconds to put a publish back."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest_asyncio

from studio.domain.events import Notice
from studio.domain.outbox import PublishSent
from studio.viewmodels.undo_send import UndoSendViewModel

_SPEC = importlib.util.spec_from_file_location(
    "outbox_world", Path(__file__).with_name("outbox_world.py")
)
outbox_world = importlib.util.module_from_spec(_SPEC)
sys.modules.setdefault("outbox_world", outbox_world)
_SPEC.loader.exec_module(outbox_world)

NOVA = PublishSent("M1", "p1", "inf_nova", "Nova", ("personality.humor",))
AVA = PublishSent("M2", "p1", "inf_ava", "Ava", ("name", "gender", "style"))


class Undo:
    def __init__(self, world) -> None:
        self.world = world
        self.service = outbox_world.OutboxInMemory(world.hub)
        self.model = UndoSendViewModel(
            self.service, world.hub, world.scope.child("undo"), world.clock
        )
        self.offers: list = []
        self.model.offered.connect(self.offers.append)


@pytest_asyncio.fixture
async def undo(world):
    made = Undo(world)
    yield made
    made.model.close()


async def test_what_was_sent_is_offered_for_ten_seconds(undo):
    undo.world.hub.publish(NOVA)
    assert undo.model.offer.sentence == "Nova: humor sent."
    await undo.world.until(lambda: undo.world.clock.sleeping)
    undo.world.clock.pass_time(9)
    assert undo.model.offer is not None
    undo.world.clock.pass_time(1)
    await undo.world.until(lambda: undo.model.offer is None)
    undo.model.undo()
    assert undo.service.undone == []


async def test_undoing_puts_back_all_that_came_through_the_newest_first(undo):
    undo.world.hub.publish(NOVA)
    undo.world.hub.publish(AVA)
    assert undo.offers[-1].sentence == "Edits of 2 influencers were sent."
    undo.model.undo()
    await undo.world.until(lambda: undo.service.undone == [AVA, NOVA])
    assert undo.model.offer is None


async def test_the_counter_edit_is_not_offered_again(undo):
    undo.world.hub.publish(AVA)
    assert undo.offers[-1].sentence == "Ava: 3 fields sent."
    undo.model.undo()
    await undo.world.until(lambda: undo.service.undone)
    undo.world.hub.publish(AVA)
    assert undo.model.offer is None
    undo.world.hub.publish(AVA)
    assert undo.model.offer is not None


async def test_what_cannot_be_undone_is_told(undo):
    told = []
    undo.world.hub.subscribe(Notice, told.append)
    undo.service.refusal = outbox_world.BUSY
    undo.world.hub.publish(NOVA)
    undo.model.undo()
    await undo.world.until(lambda: told)
    assert told[0].is_problem
    assert told[0].sentence == outbox_world.BUSY.sentence
