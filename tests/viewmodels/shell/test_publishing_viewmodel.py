"""Publishing several: who can go, which fields, and what came of each."""

from __future__ import annotations

import pytest_asyncio

from studio.core.errors import TryLater
from studio.domain.diff import Change
from studio.domain.events import InfluencersChanged, Notice
from studio.domain.influencer import Influencer
from studio.viewmodels.publishing import PublishingViewModel

HUMOR = Change("personality.humor", "deadpan", "dry-witty")
TOO_LONG = Change("name", "Theo", "T" * 129)


class Publishing:
    """Three influencers with unsent edits in two projects; publishing one ends its edits."""

    def __init__(self, world) -> None:
        self.world = world
        self.published: list[str] = []
        self.refused: dict[str, Exception] = {}
        people = world.personas
        people.put(Influencer("inf_theo", "p1", "Theo"))
        people.put(Influencer("inf_ava", "p2", "Ava"))
        people.unsent.update(
            {
                "inf_nova": (HUMOR, Change("style", None, "minimal")),
                "inf_theo": (TOO_LONG,),
                "inf_ava": (HUMOR,),
            }
        )
        people.publish = self.publish

    async def publish(self, influencer_id: str) -> None:
        if influencer_id in self.refused:
            raise self.refused[influencer_id]
        self.published.append(influencer_id)
        self.world.personas.unsent.pop(influencer_id)
        self.world.hub.publish(InfluencersChanged("p1", frozenset({influencer_id})))

    async def open(self, project_id="p1", chosen=()) -> PublishingViewModel:
        scope = self.world.scope.child("publishing")
        self.model = PublishingViewModel(
            self.world.personas, self.world.hub, scope, project_id, chosen
        )
        self.model.start()
        await self.world.until(lambda: self.model.is_loaded)
        return self.model


@pytest_asyncio.fixture
async def desk(world):
    made = Publishing(world)
    yield made
    made.model.close()


def ticks(model):
    return {item.influencer_id: item.ticked for item in model.items}


async def test_every_draft_of_the_project_is_listed_and_ticked_unless_it_cannot_go(desk):
    model = await desk.open()
    assert ticks(model) == {"inf_nova": True, "inf_theo": False}
    nova, theo = model.items
    assert nova.labels == "Humor, Style"
    assert nova.changes[0] == HUMOR
    assert "128 is the most" in theo.trouble
    assert model.ticked == 1
    model.set_ticked("inf_theo", True)
    assert not ticks(model)["inf_theo"]


async def test_all_projects_are_within_reach(desk):
    model = await desk.open()
    model.set_reach("all")
    await desk.world.until(lambda: len(model.items) == 3)
    assert [item.project_name for item in model.items][:2] == ["Acme Coffee iOS", "Beta Fitness"]


async def test_only_the_chosen_are_ticked_when_some_were_chosen(desk):
    model = await desk.open("", chosen=("inf_ava",))
    assert ticks(model) == {"inf_nova": False, "inf_ava": True, "inf_theo": False}
    assert model.all_ticked is None
    model.tick_all(True)
    assert model.all_ticked is True
    model.tick_all(False)
    assert not model.can_publish


async def test_publishing_queues_each_and_says_how_many(desk):
    told, done = [], []
    desk.world.hub.subscribe(Notice, told.append)
    model = await desk.open("")
    model.done.connect(done.append)
    model.publish()
    await desk.world.until(lambda: done)
    assert done == [True]
    assert desk.published == ["inf_nova", "inf_ava"]
    assert told[-1].sentence == "2 influencers are being published."


async def test_one_that_fails_does_not_stop_the_others_and_says_why(desk):
    done = []
    model = await desk.open("")
    model.done.connect(done.append)
    desk.refused["inf_nova"] = TryLater("The disk is full.", next_step="Make room.")
    model.publish()
    await desk.world.until(lambda: done)
    assert done == [False]
    assert desk.published == ["inf_ava"]
    nova = next(item for item in model.items if item.influencer_id == "inf_nova")
    assert nova.trouble == "The disk is full. Make room."
    assert nova.can_go
    desk.refused.clear()
    model.set_ticked("inf_nova", True)
    model.publish()
    await desk.world.until(lambda: len(done) == 2)
    assert desk.published == ["inf_ava", "inf_nova"]


async def test_a_draft_that_changes_meanwhile_is_read_again_and_keeps_its_tick(desk):
    model = await desk.open()
    model.set_ticked("inf_nova", False)
    desk.world.personas.unsent["inf_nova"] = (HUMOR,)
    desk.world.hub.publish(InfluencersChanged("p1", frozenset({"inf_nova"})))
    await desk.world.until(lambda: model.items[0].labels == "Humor")
    assert not ticks(model)["inf_nova"]
