"""Pictures: once from the server, then from the disk, and never at the cost of the work."""

from __future__ import annotations

import asyncio

import pytest
from fault_proxy import held, raw
from flow_world import until

from studio.api.errors import Gone
from studio.core.errors import Bug, StudioError, TryLater
from studio.sync.pictures import Pictures, picture_key

MEDIA = r"^/media/"


@pytest.fixture
async def portrait(stage):
    """A ready influencer and the address of one of its pictures."""
    influencer_id = await stage.elsewhere.influencer(stage.project_id, {"name": "Ada"}, wait=True)
    await stage.world.open()
    await stage.world.read_in_full(influencer_id)
    shown = await stage.world.ready(influencer_id)
    return influencer_id, shown.influencer.reference_images[0].url


async def test_a_picture_is_fetched_once_and_is_there_offline(stage, portrait):
    pictures = stage.world.session.pictures
    _, url = portrait
    first, second = await asyncio.gather(pictures.fetch(url), pictures.fetch(url))
    assert first == second
    assert len(stage.proxy.asked("GET", MEDIA)) == 1
    await stage.proxy.offline()
    assert pictures.stored(url) == first
    assert await pictures.fetch(url) == first
    # The same picture of a server that listens elsewhere today.
    assert pictures.stored(url.replace(str(stage.proxy.port), "1")) == first


async def test_who_goes_away_does_not_take_the_picture_from_the_others(stage, portrait):
    pictures = stage.world.session.pictures
    _, url = portrait
    gate = asyncio.Event()
    stage.proxy.when("GET", MEDIA, held(gate))
    leader = stage.world.scope.spawn(pictures.fetch(url), name="leader")
    await until(lambda: stage.proxy.asked("GET", MEDIA))
    follower = stage.world.scope.spawn(pictures.fetch(url), name="follower")
    await asyncio.sleep(0)
    leader.cancel()
    gate.set()
    assert (await follower).exists()


async def test_many_slow_pictures_do_not_hold_up_a_publish(stage, portrait):
    influencer_id, url = portrait
    gate = asyncio.Event()
    stage.proxy.when("GET", MEDIA, held(gate), times=1e9)
    fetches = [
        stage.world.scope.spawn(
            stage.world.session.pictures.fetch(f"{url}?copy={number}"), name=f"picture {number}"
        )
        for number in range(60)
    ]
    await until(lambda: len(stage.proxy.asked("GET", MEDIA)) == 4)
    await stage.world.session.personas.edit(influencer_id, {"style": "workwear"})
    await stage.world.session.personas.publish(influencer_id)
    await stage.world.sent()
    assert len(stage.proxy.asked("GET", MEDIA)) == 4
    gate.set()
    await asyncio.gather(*fetches)


async def test_a_picture_that_is_gone_has_its_record_read_again_once(stage, portrait):
    influencer_id, url = portrait
    engine = stage.world.session.engine
    folder = stage.world.root / "other-pictures"
    folder.mkdir()
    pictures = Pictures(folder, stage.world.session.client, on_gone=engine.picture_gone)
    stage.server.sql("DELETE FROM reference_images WHERE influencer_id = ?", influencer_id)
    stage.proxy.when("GET", MEDIA, _not_found, times=1e9)
    for _ in range(5):
        with pytest.raises(Gone):
            await pictures.fetch(url)
    assert len(stage.proxy.asked("GET", MEDIA)) == 1

    async def is_read_again():
        return (await stage.world.shown(influencer_id)).influencer.reference_images == ()

    await until(is_read_again)


async def _not_found(_forward):
    return raw(404, b"No such file.", {"Content-Type": "text/plain"})


async def test_without_a_network_hundreds_of_cards_ask_hardly_anything(stage, portrait):
    _, url = portrait
    pictures = stage.world.session.pictures
    stage.proxy.when("GET", MEDIA, _hang_up, times=1e9)
    outcomes = await asyncio.gather(
        *(pictures.fetch(f"{url}?copy={number}") for number in range(200)), return_exceptions=True
    )
    assert all(isinstance(each, TryLater) for each in outcomes)
    assert len(stage.proxy.asked("GET", MEDIA)) <= 4 * 3


async def _hang_up(_forward):
    return None


@pytest.mark.parametrize(
    "body",
    [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ\x90", b""],
    ids=["svg", "exe", "none"],
)
async def test_what_is_no_picture_is_not_kept(stage, portrait, body):
    _, url = portrait

    async def fake(_forward):
        return raw(200, body, {"Content-Type": "image/png"})

    stage.proxy.when("GET", MEDIA, fake, times=1e9)
    with pytest.raises(Bug):
        await stage.world.session.pictures.fetch(url)
    assert stage.world.session.pictures.stored(url) is None


@pytest.mark.parametrize(
    "url", ["", "http://[::1", "http://", "http://x:99999/a.png", "file:///etc/passwd"]
)
async def test_an_address_that_is_none_is_an_error_and_no_crash(stage, portrait, url):
    assert stage.world.session.pictures.stored(url) is None
    with pytest.raises(StudioError):
        await stage.world.session.pictures.fetch(url)


def test_names_of_files_hold_nothing_of_the_address():
    key = picture_key("https://media.layers.com/../../etc/passwd?x=1")
    assert key.isalnum()
    assert key != picture_key("https://other.example/../../etc/passwd?x=1")
    assert picture_key("http://127.0.0.1:1/a.png") == picture_key("http://localhost:2/a.png")
