"""Portraits nobody has looked at yet are here as well when the network is gone."""

from __future__ import annotations

from fault_proxy import answer, cut
from flow_world import until

from studio.store import portraits
from studio.sync.portraits import Portraits

MEDIA = r"^/media/"
ALWAYS = float("inf")


async def _roster(own_stage, count):
    ids = [
        await own_stage.elsewhere.influencer(
            own_stage.project_id, {"name": f"Ada {number}"}, wait=True
        )
        for number in range(count)
    ]
    await own_stage.world.open()
    for each in ids:
        await own_stage.world.ready(each)
    return ids


def _keeper(world):
    session = world.session
    return Portraits(
        session.db,
        session.pictures,
        world.hub,
        world.scope.child("portraits"),
        world.clock,
        lambda: world.status.contact == "online",
    )


async def _missing(world):
    urls = await world.session.db.read(portraits.addresses, 100)
    assert urls
    return [url for url in urls if world.session.pictures.stored(url) is None]


async def test_every_portrait_is_brought_once_without_being_looked_at(own_stage):
    ids = await _roster(own_stage, 3)
    world = own_stage.world
    await world.online()
    assert len(await _missing(world)) == 3
    keeper = _keeper(world)
    keeper.start()
    await until(lambda: len(own_stage.proxy.asked("GET", MEDIA)) == 3)

    async def none_missing():
        return not await _missing(world)

    await until(none_missing)
    await world.session.personas.edit(ids[0], {"style": "workwear"})
    later = await own_stage.elsewhere.influencer(own_stage.project_id, {"name": "Later"}, wait=True)
    world.session.engine.sync_now()
    await world.ready(later)
    await until(none_missing)
    assert len(own_stage.proxy.asked("GET", MEDIA)) == 4
    keeper.stop()


async def test_a_lost_connection_ends_it_and_contact_takes_it_up_again(own_stage):
    await _roster(own_stage, 3)
    world = own_stage.world
    await world.online()
    own_stage.proxy.when("GET", MEDIA, cut, ALWAYS)
    keeper = _keeper(world)
    keeper.start()
    await until(lambda: own_stage.proxy.asked("GET", MEDIA))
    await own_stage.proxy.offline()
    world.session.engine.sync_now()
    await until(lambda: world.status.contact == "offline")
    asked = len(own_stage.proxy.asked("GET", MEDIA))
    assert asked <= 2, "the others were not tried while there was no contact"
    own_stage.proxy.behave()
    await own_stage.proxy.online()
    world.session.engine.sync_now()
    await world.online()

    async def none_missing():
        return not await _missing(world)

    # The pictures themselves leave a lost line alone for some seconds of the wall's clock.
    await until(none_missing, patience=20)
    keeper.stop()


async def test_one_the_server_has_no_more_stops_no_other(own_stage):
    await _roster(own_stage, 2)
    world = own_stage.world
    await world.online()
    own_stage.proxy.when("GET", MEDIA, answer(404, "NOT_FOUND"), 1)
    keeper = _keeper(world)
    keeper.start()

    async def one_is_missing():
        return len(await _missing(world)) == 1

    await until(one_is_missing)
    keeper.stop()
