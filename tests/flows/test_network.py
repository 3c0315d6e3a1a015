"""The network goes, comes back and lies, keys stop working: nothing is lost, nothing doubled."""

from __future__ import annotations

import asyncio
import time

from fault_proxy import answer, held, portal
from flow_world import until

CREATE = r"/v1/projects/[^/]+/influencers$"


async def _with_one(stage, **values):
    influencer_id = await stage.elsewhere.influencer(stage.project_id, {"name": "Ada", **values})
    await stage.world.open()
    await stage.world.session.personas.use_project(stage.project_id)
    await stage.world.read_in_full(influencer_id)
    return influencer_id


async def test_a_day_on_the_train_goes_out_once_and_in_order(stage, picture, tmp_path):
    one = await _with_one(stage)
    world, personas = stage.world, stage.world.session.personas
    await stage.proxy.offline()
    world.session.engine.sync_now()
    await until(lambda: world.status.contact == "offline")
    before = len(stage.proxy.passed)
    photo = tmp_path / "photo.png"
    photo.write_bytes(picture())
    await personas.edit(one, {"style": "workwear"})
    await personas.publish(one)
    new_id = await personas.create(stage.project_id, {"name": "Juno"})
    clone_id = await personas.clone(one, "Ada (B)", {"personality.tone": "stern"})
    assert await world.session.uploads.add_files(one, [photo]) == 1
    (upload,) = await world.uploads_of(one)
    assert upload.state == "waiting"
    await until(lambda: world.status.waiting == 3)
    await world.reopen()
    await until(lambda: world.status.contact == "offline")
    assert len(stage.proxy.passed) == before
    await stage.proxy.online()
    await until(lambda: world.status.contact == "online", patience=9)
    await world.sent()
    await until(lambda: _has_image(stage, one))
    await world.sent()
    writes = [each.path.rpartition("/")[2] for each in stage.proxy.passed if each.method != "GET"]
    assert sorted(writes) == sorted([one, "influencers", "clone", "media", "reference-images"])
    assert [each for each in writes if each in (one, "influencers", "clone")] == [
        one,
        "influencers",
        "clone",
    ]
    names = sorted(each.name for each in await stage.elsewhere.roster(stage.project_id))
    assert names == ["Ada", "Ada (B)", "Juno"]
    assert (await stage.elsewhere.truth(clone_id)).style == "workwear"
    assert (await world.shown(new_id)).waiting == ()


async def _has_image(stage, influencer_id):
    rows = stage.server.sql(
        "SELECT count(*) FROM reference_images r JOIN media m ON m.id = r.asset_id "
        "WHERE influencer_id = ? AND m.filename = 'photo.png'",
        influencer_id,
    )
    return rows[0][0] == 1


async def test_contact_comes_back_by_itself(stage):
    one = await _with_one(stage)
    world = stage.world
    await stage.proxy.offline()
    await world.session.personas.edit(one, {"style": "workwear"})
    await world.session.personas.publish(one)
    await until(lambda: world.status.contact == "offline")
    assert world.status.next_try is not None
    await stage.proxy.online()
    await world.sent()
    await world.online()
    assert (await stage.elsewhere.truth(one)).style == "workwear"


async def test_a_flapping_network_neither_storms_nor_doubles(stage):
    one = await _with_one(stage)
    world = stage.world
    for turn in range(6):
        await stage.proxy.offline()
        await world.session.personas.edit(one, {"style": f"style {turn}"})
        await world.session.personas.publish(one)
        await asyncio.sleep(0)
        await stage.proxy.online()
    await world.sent()
    assert (await stage.elsewhere.truth(one)).style == "style 5"
    assert stage.proxy.connections < 60


async def test_a_hotel_page_is_not_the_server(stage):
    one = await _with_one(stage)
    world = stage.world
    last = world.status.last_contact
    stage.proxy.when("*", ".*", portal(), times=1e9)
    world.session.engine.sync_now()
    await until(lambda: world.status.contact == "offline")
    assert "Partner API" in world.status.reason
    assert world.status.last_contact == last
    assert (await world.shown(one)).influencer.name == "Ada"
    stage.proxy.behave()
    await world.online()


async def test_a_wrong_key_is_told_once_and_stops_everything_until_it_is_right(stage, picture):
    one = await _with_one(stage)
    world, personas = stage.world, stage.world.session.personas
    right = world.key
    await personas.edit(one, {"style": "workwear"})
    await world.connect(key="lp_live_ABCDEFGHIJKLMNOP_" + "x" * 43)
    await until(lambda: world.status.contact == "sign_in")
    assert world.status.reason
    asked = len(stage.proxy.passed)
    await personas.publish(one)
    new_id = await personas.create(stage.project_id, {"name": "Juno"})
    await world.session.uploads.add_bytes(one, picture(), "pasted.png")
    await until(lambda: world.status.waiting == 2)
    await asyncio.sleep(0.5)  # Five seconds of the program's clock in which nothing may happen.
    assert len(stage.proxy.passed) == asked
    assert len([each for each in world.notices if "key" in each.sentence]) == 1
    assert (await world.shown(one)).influencer.style == "workwear"
    await world.connect(key=right)
    await world.sent()
    await world.online()
    await world.ready(new_id)
    assert (await stage.elsewhere.truth(one)).style == "workwear"
    await until(lambda: _no_uploads(world, one))
    assert [each for each in world.notices if each.is_problem] == world.notices[:1]


async def _no_uploads(world, influencer_id):
    return await world.uploads_of(influencer_id) == ()


async def test_a_key_that_is_killed_in_mid_work_stops_it_and_keeps_the_words(own_stage):
    one = await _with_one(own_stage)
    world = own_stage.world
    own_stage.server.sql("UPDATE api_keys SET killed = 1")
    await world.session.personas.edit(one, {"style": "workwear"})
    await world.session.personas.publish(one)
    await until(lambda: world.status.contact == "sign_in")
    asked = len(own_stage.proxy.passed)
    (row,) = await world.outbox()
    assert row.state == "waiting"
    assert len([each for each in world.notices if each.is_problem]) == 1
    world.session.engine.wake()
    await asyncio.sleep(0.3)
    assert len(own_stage.proxy.passed) == asked
    own_stage.server.sql("UPDATE api_keys SET killed = 0")
    world.session.engine.sync_now()
    await world.sent()
    assert (await own_stage.elsewhere.truth(one)).style == "workwear"


async def test_an_organization_that_lost_access_is_told(own_stage):
    own_stage.server.sql("UPDATE organizations SET revoked = 1")
    world = await own_stage.world.open()
    await until(lambda: world.status.contact == "sign_in")
    assert "switched off" in world.status.reason


async def test_work_never_goes_to_another_organization(stage, make_partner_server):
    one = await _with_one(stage)
    world = stage.world
    await world.session.personas.edit(one, {"style": "workwear"})
    stranger = make_partner_server()
    stage.proxy.target = stranger.url
    await world.connect(key=stranger.key)
    await world.session.personas.publish(one)
    await until(lambda: world.status.contact == "sign_in")
    assert "belongs to" in world.status.reason
    assert [each for each in stage.proxy.passed if each.method != "GET"] == []
    shown = await world.shown(one)
    assert shown.influencer.style == "workwear"
    assert not shown.deleting
    stage.proxy.target = stage.server.url
    await world.connect(key=stage.server.key)
    await world.sent()
    assert (await stage.elsewhere.truth(one)).style == "workwear"


async def test_a_server_in_trouble_is_asked_again_and_heard_when_it_recovers(stage):
    stage.proxy.when("*", ".*", answer(500, "INTERNAL"), times=12)
    world = await stage.world.open()
    await until(lambda: world.status.reason)
    await world.online()
    await until(lambda: world.status.reason == "")
    assert world.status.organization


async def test_the_program_ends_within_three_seconds_although_a_call_hangs(stage):
    one = await _with_one(stage)
    world = stage.world
    stage.proxy.when("*", ".*", held(asyncio.Event()), times=1e9)
    await world.session.personas.edit(one, {"style": "workwear"})
    await world.session.personas.publish(one)
    await until(lambda: stage.world.status.busy)
    began = time.monotonic()
    await world.close()
    assert time.monotonic() - began < 3.5
    stage.proxy.behave()
    await world.open()
    await world.sent()
    assert (await stage.elsewhere.truth(one)).style == "workwear"
