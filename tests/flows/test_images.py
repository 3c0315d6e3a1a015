"""Images from the desktop to an influencer: in few calls, in order, and told by name."""

from __future__ import annotations

import asyncio

import pytest
from fault_proxy import answer, held, late, unreadable
from flow_world import until

INLINE = r"/media$"
PUT = r"^/uploads/"
BIND = r"/reference-images$"


@pytest.fixture
async def one(stage):
    """An influencer that is here."""
    influencer_id = await stage.elsewhere.influencer(stage.project_id, {"name": "Ada"})
    await stage.world.open()
    await stage.world.read_in_full(influencer_id)
    return influencer_id


@pytest.fixture
def photos(picture, tmp_path):
    """Makes files on the desktop."""

    def make(count, *, noisy=False):
        folder = tmp_path / "desktop"
        folder.mkdir(exist_ok=True)
        made = []
        for number in range(count):
            path = folder / f"photo {number:02}.png"
            path.write_bytes(picture(f"rgb({number},{number * 3},90)", noisy=noisy))
            made.append(path)
        return made

    return make


def _names(stage, influencer_id):
    rows = stage.server.sql(
        "SELECT m.filename FROM reference_images r JOIN media m ON m.id = r.asset_id "
        "WHERE influencer_id = ? AND m.filename LIKE 'photo%' ORDER BY r.position",
        influencer_id,
    )
    return [row[0] for row in rows]


def _copies(stage):
    return [*(stage.world.root / "data" / "intake").rglob("*.*")]


async def _all_done(world, influencer_id):
    return await world.uploads_of(influencer_id) == ()


async def test_forty_images_go_in_few_binds_and_keep_their_order(stage, one, photos):
    files = photos(40)
    most = 0
    stage.proxy.when("POST", INLINE, late(0.02), times=1e9)
    assert await stage.world.session.uploads.add_files(one, files) == 40

    async def done():
        nonlocal most
        open_now = sum(each.status == 0 for each in stage.proxy.asked("POST", INLINE))
        most = max(most, open_now)
        return await _all_done(stage.world, one)

    await until(done)
    assert most <= 4
    binds = [len(each.json["assetIds"]) for each in stage.proxy.asked("POST", BIND)]
    assert sum(binds) == 40
    assert max(binds) <= 20
    assert 2 <= len(binds) <= 8
    assert sorted(_names(stage, one)) == [path.name for path in files]
    shown = await stage.world.shown(one)
    assert len(shown.influencer.reference_images) >= 40
    assert all(path.exists() for path in files)
    await until(lambda: not _copies(stage))


async def test_an_image_the_server_drops_is_named_and_can_be_sent_again(stage, one, photos):
    gate = asyncio.Event()
    stage.proxy.when("POST", BIND, held(gate))
    await stage.world.session.uploads.add_files(one, photos(2))
    await until(lambda: stage.proxy.asked("POST", BIND))
    stage.server.sql(
        "DELETE FROM media WHERE filename = 'photo 01.png' AND project_id = ?", stage.project_id
    )
    gate.set()

    async def not_found():
        return [row for row in await stage.world.uploads_of(one) if row.state == "not_found"]

    (row,) = await until(not_found)
    assert row.filename == "photo 01.png"
    await until(lambda: any("“photo 01.png” was" in each.sentence for each in stage.world.notices))
    assert _names(stage, one) == ["photo 00.png"]
    await stage.world.session.uploads.retry(row.id)
    await until(lambda: _all_done(stage.world, one))
    assert _names(stage, one) == ["photo 00.png", "photo 01.png"]


async def test_what_is_no_image_is_refused_in_words_and_the_rest_goes_on(
    stage, one, photos, tmp_path
):
    text = tmp_path / "notes.png"
    text.write_text("not a picture")
    accepted = await stage.world.session.uploads.add_files(one, [*photos(1), text])
    assert accepted == 1

    async def only_refused():
        rows = await stage.world.uploads_of(one)
        return rows if [row.state for row in rows] == ["refused"] else None

    (row,) = await until(only_refused)
    assert "notes.png" in row.problem
    await stage.world.session.uploads.remove(row.id)
    assert await stage.world.uploads_of(one) == ()
    assert text.exists()


async def test_a_refused_upload_says_why_and_goes_when_tried_again(stage, one, photos):
    stage.proxy.when("POST", INLINE, answer(422, "VALIDATION"))
    await stage.world.session.uploads.add_files(one, photos(1))

    async def refused():
        rows = await stage.world.uploads_of(one)
        return rows if [row.state for row in rows] == ["refused"] else None

    (row,) = await until(refused)
    assert row.problem
    await stage.world.session.uploads.retry(row.id)
    await until(lambda: _all_done(stage.world, one))
    assert _names(stage, one) == ["photo 00.png"]


async def test_a_server_that_stumbles_is_asked_again_without_a_storm(stage, one, photos):
    stage.proxy.when("POST", INLINE, answer(500, "INTERNAL"), times=4)
    stage.proxy.when("POST", INLINE, unreadable())
    await stage.world.session.uploads.add_files(one, photos(1))
    await until(lambda: _all_done(stage.world, one))
    assert _names(stage, one) == ["photo 00.png"]
    assert len(stage.proxy.asked("POST", INLINE)) <= 8


async def test_an_upload_taken_off_the_list_stops_and_can_be_brought_back(stage, one, photos):
    gate = asyncio.Event()
    stage.proxy.when("PUT", PUT, held(gate), times=9)
    (photo,) = photos(1, noisy=True)
    await stage.world.session.uploads.add_files(one, [photo])
    await until(lambda: stage.proxy.asked("PUT", PUT))
    (row,) = await stage.world.uploads_of(one)
    await stage.world.session.uploads.remove(row.id)
    assert await stage.world.uploads_of(one) == ()
    assert photo.exists()
    photo.unlink()
    gate.set()
    assert await stage.world.session.uploads.put_back(row.id)
    await until(lambda: _all_done(stage.world, one))
    assert _names(stage, one) == ["photo 00.png"]
    assert not await stage.world.session.uploads.put_back(row.id)


async def test_progress_is_told_in_bytes_and_not_too_often(stage, one, photos):
    from studio.domain.events import UploadsChanged

    told = []
    stage.world.hub.subscribe(UploadsChanged, told.append)
    sent = []
    stage.proxy.when("PUT", PUT, late(0.2))
    await stage.world.session.uploads.add_files(one, photos(1, noisy=True))

    async def done():
        rows = await stage.world.uploads_of(one)
        sent.extend((row.sent, row.size) for row in rows if row.state == "uploading")
        return await _all_done(stage.world, one)

    await until(done)
    assert any(0 < now <= whole for now, whole in sent)
    assert len(told) < 40
