"""Images for somebody who was deleted on the server meanwhile go along when it is made anew."""

from __future__ import annotations

import pytest
from flow_world import until

from studio.store import uploads

TONE = "personality.tone"


@pytest.fixture
async def one(stage):
    made = await stage.elsewhere.influencer(stage.project_id, {"name": "Maria"}, wait=True)
    await stage.world.open()
    await stage.world.read_in_full(made)
    await stage.world.online()
    return made


async def _gone_with_an_image(stage, one, picture, *, edited=True):
    """An edit and an image made offline; meanwhile somebody else deleted it."""
    session = stage.world.session
    await stage.proxy.offline()
    session.engine.sync_now()
    await until(lambda: stage.world.status.contact == "offline")
    if edited:
        await session.personas.edit(one, {TONE: "playful"})
        await session.personas.publish(one)
    await session.uploads.add_bytes(one, picture("teal"), "one.png")
    await stage.elsewhere.client.delete_influencer(one)
    await stage.proxy.online()
    session.engine.sync_now()

    async def is_known():
        return await session.history.deletion(one) is not None

    await until(is_known)


async def _could_not_be_added(stage, one):
    async def is_settled():
        return [each for each in await stage.world.uploads_of(one) if each.state == "not_found"]

    await until(is_settled)


async def _has(stage, influencer_id, count):
    images = (await stage.elsewhere.truth(influencer_id)).reference_images
    files = stage.server.sql(
        "SELECT filename FROM media JOIN reference_images ON media.id = asset_id "
        "WHERE influencer_id = ? AND filename = 'one.png'",
        influencer_id,
    )
    return images and len(files) == count


async def test_what_was_dropped_on_it_is_bound_to_the_new_one(stage, one, picture):
    await _gone_with_an_image(stage, one, picture)
    session = stage.world.session
    await _could_not_be_added(stage, one)
    made = await session.conflicts.recreate(one)
    assert [each.filename for each in await stage.world.uploads_of(made)] == ["one.png"]
    assert await stage.world.uploads_of(one) == ()
    bound = len(stage.proxy.asked("POST", "reference-images"))
    await session.personas.publish(made)
    await stage.world.sent()
    await until(lambda: _has(stage, made, 1))
    assert len(stage.proxy.asked("POST", "/media$")) == 1, "it was not uploaded again"
    assert len(stage.proxy.asked("POST", "reference-images")) == bound + 1

    async def is_tidy():
        rows = await session.db.read(uploads.of_influencer, made)
        return rows == ()

    await until(is_tidy)


async def test_one_that_was_not_uploaded_yet_goes_along_as_well(stage, one, picture):
    stage.proxy.when("POST", "/media$", _refuse_for_now, float("inf"))
    await _gone_with_an_image(stage, one, picture)
    session = stage.world.session
    made = await session.conflicts.recreate(one)
    assert [each.filename for each in await stage.world.uploads_of(made)] == ["one.png"]
    await session.personas.publish(made)
    await stage.world.sent()
    stage.proxy.behave()
    await stage.world.reopen()
    await until(lambda: _has(stage, made, 1))


async def test_an_image_alone_is_not_lost_when_it_is_made_anew_from_the_history(
    stage, one, picture
):
    await _gone_with_an_image(stage, one, picture, edited=False)
    await _could_not_be_added(stage, one)
    made = await stage.world.session.history.recreate(one)
    await stage.world.session.personas.publish(made)
    await stage.world.sent()
    await until(lambda: _has(stage, made, 1))


async def _refuse_for_now(_forward):
    return None
