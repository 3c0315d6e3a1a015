"""Odd things of a day without a network: second thoughts, and words typed on top of words."""

from __future__ import annotations

import pytest
from flow_world import until

TONE, HUMOR = "personality.tone", "personality.humor"


@pytest.fixture
async def one(stage):
    values = {"name": "Maria", TONE: "warm", HUMOR: "dry"}
    made = await stage.elsewhere.influencer(stage.project_id, values, wait=True)
    await stage.world.open()
    await stage.world.read_in_full(made)
    await stage.world.online()
    return made


async def _offline(stage):
    await stage.proxy.offline()
    stage.world.session.engine.sync_now()
    await until(lambda: stage.world.status.contact == "offline")


async def _online(stage):
    await stage.proxy.online()
    stage.world.session.engine.sync_now()
    await stage.world.online()


async def _writes(stage):
    return [each for each in stage.proxy.passed if each.method != "GET"]


async def test_what_was_made_and_deleted_offline_sends_nothing_at_all(stage, one, picture):
    session = stage.world.session
    await _offline(stage)
    made = await session.personas.create(stage.project_id, {"name": "Second thoughts"})
    await session.uploads.add_bytes(made, picture("teal"), "one.png")
    clone = await session.personas.clone(made, "Clone of it", {})
    await session.personas.delete(clone, "")
    await session.personas.delete(made, "")
    assert await session.personas.show(made) is None
    await _online(stage)
    await session.personas.edit(one, {TONE: "sent after it"})
    await session.personas.publish(one)
    await stage.world.sent()
    await stage.world.clock.sleep(5)
    assert [each.method + each.path for each in await _writes(stage)] == [
        f"PATCH/v1/influencers/{one}"
    ]
    assert await session.outbox.rows() == ()


async def test_a_new_draft_that_is_discarded_takes_its_images_along(stage, one, picture):
    session = stage.world.session
    await _offline(stage)
    made = await session.personas.create(stage.project_id, {"name": "Second thoughts"})
    await session.uploads.add_bytes(made, picture("teal"), "one.png")
    await session.personas.take_back(made)
    await session.personas.discard(made)
    assert await session.personas.show(made) is None
    await _online(stage)
    await stage.world.clock.sleep(5)
    assert await _writes(stage) == []
    assert await session.outbox.rows() == ()


async def test_a_clone_with_an_image_is_not_taken_back_without_a_trace(stage, one, picture):
    session = stage.world.session
    await _offline(stage)
    clone = await session.personas.clone(one, "Maria B", {})
    await session.uploads.add_bytes(clone, picture("teal"), "one.png")
    await session.personas.take_back(clone)
    shown = await stage.world.shown(clone)
    assert shown.is_local_only
    assert (shown.influencer.name, shown.influencer.personality.tone) == ("Maria B", "warm")
    assert [each.filename for each in await stage.world.uploads_of(clone)] == ["one.png"]
    plain = await session.personas.clone(one, "Maria C", {})
    await session.personas.take_back(plain)
    assert await session.personas.show(plain) is None


async def test_words_typed_on_a_waiting_publish_stay_on_top_of_a_choice(stage, one):
    session = stage.world.session
    await _offline(stage)
    await session.personas.edit(one, {TONE: "first", HUMOR: "mine"})
    await session.personas.publish(one)
    await session.personas.edit(one, {TONE: "second"})
    await stage.elsewhere.client.patch_influencer(one, {TONE: "theirs"})
    await stage.world.reopen()
    session = stage.world.session
    await _online(stage)

    async def listed():
        return await session.conflicts.conflict(one)

    found = await until(listed)
    assert [each.path for each in found.to_choose] == [TONE]
    await session.conflicts.resolve(one, {TONE: "theirs"})
    await stage.world.sent()
    truth = await stage.elsewhere.truth(one)
    assert (truth.personality.tone, truth.personality.humor) == ("theirs", "mine")
    shown = await stage.world.shown(one)
    assert shown.influencer.personality.tone == "second"
    assert [(each.path, each.new) for each in shown.changes] == [(TONE, "second")]
    await session.personas.publish(one)
    await stage.world.sent()
    assert (await stage.elsewhere.truth(one)).personality.tone == "second"
    assert await session.conflicts.conflicts() == ()


async def test_a_publish_taken_back_after_the_colleague_is_asked_about_not_lost(stage, one):
    session = stage.world.session
    await _offline(stage)
    await session.personas.edit(one, {TONE: "mine"})
    await session.personas.publish(one)
    await session.personas.take_back(one)
    await stage.elsewhere.client.patch_influencer(one, {TONE: "theirs"})
    await _online(stage)
    session.engine.want(one)

    async def moved():
        return (await stage.world.shown(one)).moved

    await until(moved)
    assert (await stage.world.shown(one)).influencer.personality.tone == "mine"
    await session.personas.publish(one)

    async def listed():
        return await session.conflicts.conflict(one)

    found = await until(listed)
    assert (found.to_choose[0].mine, found.to_choose[0].theirs) == ("mine", "theirs")


async def test_a_created_one_edited_cloned_and_renamed_offline_arrives_as_it_was_last(stage, one):
    session = stage.world.session
    await _offline(stage)
    made = await session.personas.create(stage.project_id, {"name": "Juno"})
    clone = await session.personas.clone(made, "Juno B", {TONE: "cool"})
    await session.personas.edit(made, {"name": "Juno the First", HUMOR: "deadpan"})
    await session.personas.publish(made)
    grandchild = await session.personas.clone(clone, "Juno C", {})
    await session.personas.edit(clone, {HUMOR: "slapstick"})
    await session.personas.publish(clone)
    await stage.world.reopen()
    await _online(stage)
    await stage.world.sent()
    truth = {each: await stage.elsewhere.truth(each) for each in (made, clone, grandchild)}
    assert truth[made].name == "Juno the First"
    assert [truth[each].personality.humor for each in truth] == [
        "deadpan",
        "slapstick",
        "slapstick",
    ]
    assert [truth[each].personality.tone for each in truth] == [None, "cool", "cool"]
    names = sorted(each.name for each in await stage.elsewhere.roster(stage.project_id))
    assert names == ["Juno B", "Juno C", "Juno the First", "Maria"]


async def test_images_for_one_that_is_deleted_here_are_not_sent_after_it(stage, one, picture):
    session = stage.world.session
    await _offline(stage)
    await session.uploads.add_bytes(one, picture("teal"), "one.png")
    await session.personas.delete(one, "not needed")
    stage.world.notices.clear()
    await _online(stage)
    await stage.world.sent()
    await stage.world.clock.sleep(5)
    await stage.world.sent()
    assert [each.method for each in await _writes(stage)] == ["DELETE"]
    assert [each.sentence for each in stage.world.notices if each.is_problem] == []
    assert await session.outbox.rows() == ()


async def test_a_deletion_taken_back_lets_its_images_go_on(stage, one, picture):
    session = stage.world.session
    await _offline(stage)
    await session.uploads.add_bytes(one, picture("teal"), "one.png")
    await session.personas.delete(one, "by mistake")
    await session.personas.take_back(one)
    await _online(stage)

    async def is_bound():
        names = stage.server.sql(
            "SELECT filename FROM media JOIN reference_images ON media.id = asset_id "
            "WHERE influencer_id = ?",
            one,
        )
        return ("one.png",) in names

    await until(is_bound)
