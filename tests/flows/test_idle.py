"""A program nobody uses asks little, and trouble never makes it ask more."""

from __future__ import annotations

import asyncio

import pytest
from conftest import play
from fault_proxy import answer, unreadable
from flow_world import until

MINUTE = 60.0


@pytest.fixture
async def calm(partner_server, tmp_path):
    """A program alone with its server, whose clock makes four minutes in a second."""
    async with play(partner_server, tmp_path, factor=240.0) as made:
        yield made


async def _settled(stage, count=3):
    ids = [
        await stage.elsewhere.influencer(stage.project_id, {"name": f"Ada {number}"}, wait=True)
        for number in range(count)
    ]
    await stage.world.open()
    await stage.world.session.personas.use_project(stage.project_id)
    for influencer_id in ids:
        await stage.world.read_in_full(influencer_id)
    return ids


async def _calls_in(stage, minutes, kind="*", path=""):
    """How many calls a minute were made in a stretch of the program's time."""
    began = len(stage.proxy.asked(kind, path))
    at = stage.world.clock.monotonic()
    await until(lambda: stage.world.clock.monotonic() - at >= minutes * MINUTE)
    return (len(stage.proxy.asked(kind, path)) - began) / minutes


async def test_an_idle_program_makes_a_handful_of_calls_a_minute(calm):
    await _settled(calm)
    calls = await _calls_in(calm, 3)
    own = calm.proxy.asked("GET", calm.project_id)
    assert own, "the visible project is looked at"
    assert calls <= 12


async def test_an_edit_that_is_not_published_makes_no_call(calm):
    one, *_ = await _settled(calm)
    before = len(calm.proxy.asked("GET", one))
    for number in range(30):
        await calm.world.session.personas.edit(one, {"style": f"style {number}"})
    assert len(calm.proxy.asked("GET", one)) <= before + 1
    assert [each for each in calm.proxy.passed if each.method != "GET"] == []


async def test_a_record_that_cannot_be_read_is_left_alone_for_a_while(calm):
    one = await calm.elsewhere.influencer(calm.project_id, {"name": "Odd"})
    fine = await calm.elsewhere.influencer(calm.project_id, {"name": "Fine"})
    calm.proxy.when("GET", f"{one}$", unreadable(b"{"), times=1e9)
    await calm.world.open()
    await calm.world.session.personas.use_project(calm.project_id)
    await calm.world.read_in_full(fine)
    assert (await calm.world.shown(one)).influencer.name == "Odd"
    assert await _calls_in(calm, 2, "GET", f"{one}$") <= 8
    assert calm.world.status.contact == "online"


async def test_a_record_the_server_stumbles_over_is_asked_for_ever_more_rarely(calm):
    one = await calm.elsewhere.influencer(calm.project_id, {"name": "Odd"})
    calm.proxy.when("GET", f"{one}$", answer(500, "INTERNAL"), times=1e9)
    await calm.world.open()
    await calm.world.session.personas.use_project(calm.project_id)
    await until(lambda: len(calm.proxy.asked("GET", f"{one}$")) >= 3)
    calm.world.session.engine.want(one)
    await _calls_in(calm, 1)
    assert await _calls_in(calm, 2, "GET", f"{one}$") <= 15
    lists = calm.proxy.asked("GET", f"{calm.project_id}/influencers")
    assert len(lists) > 1, "lists are read all the same"
    assert calm.world.status.contact == "online"


async def test_a_list_that_cannot_be_read_is_told_once_and_stops_nothing(calm):
    one, *_ = await _settled(calm)
    calm.proxy.when(
        "GET", f"{calm.project_id}/influencers", answer(403, "FORBIDDEN_SCOPE"), times=1e9
    )
    calm.world.session.engine.sync_now()
    await until(lambda: calm.world.notices)
    assert await _calls_in(calm, 3, "GET", f"{calm.project_id}/influencers") <= 2
    assert len(calm.world.notices) == 1
    await calm.world.session.personas.edit(one, {"style": "workwear"})
    await calm.world.session.personas.publish(one)
    await calm.world.sent()


async def test_a_network_that_is_gone_is_tried_about_once_a_minute(calm):
    await _settled(calm, 1)
    world = calm.world
    calm.proxy.when("*", ".*", _refuse, times=1e9)
    world.session.engine.sync_now()
    await until(lambda: world.status.contact == "offline")
    await _calls_in(calm, 3)
    assert await _calls_in(calm, 4) <= 4


async def _refuse(_forward):
    return None


async def test_a_project_that_is_archived_elsewhere_is_no_longer_asked_for(calm):
    await _settled(calm, 1)
    await calm.elsewhere.client.archive_project(calm.project_id)
    calm.world.session.engine.sync_now()

    async def is_hidden():
        rows = await calm.world.session.personas.projects()
        return all(row.project.id != calm.project_id for row in rows)

    await until(is_hidden)
    await asyncio.sleep(0)
    assert await _calls_in(calm, 3, "GET", calm.project_id) == 0
