"""The server dies, moves, the program dies: what was begun goes on where it stood."""

from __future__ import annotations

import asyncio

import pytest
from fault_proxy import held
from flow_world import until

FINALIZE = r"/media/finalize$"
PRESIGN = r"/media/presign$"
PUT = r"^/uploads/"
INLINE = r"/media$"
BIND = r"/reference-images$"


async def _with_one(stage):
    influencer_id = await stage.elsewhere.influencer(stage.project_id, {"name": "Ada"})
    await stage.world.open()
    await stage.world.read_in_full(influencer_id)
    return influencer_id


async def test_a_killed_server_goes_on_with_its_job_at_another_port(
    make_partner_server, tmp_path, request
):
    server = make_partner_server("--empty", "--render-seconds", "2")
    from flow_world import FastClock, World

    from studio.api.client import PartnerClient
    from studio.core.secrets import ApiKey

    client = PartnerClient(server.url, ApiKey(server.key))
    project_id = (await client.create_project("Acme", "UTC")).id
    await client.aclose()
    world = World(tmp_path / "program", server.url, server.key, FastClock(10.0))
    try:
        await world.open()
        await until(lambda: _has_project(world, project_id))
        influencer_id = await world.session.personas.create(project_id, {"name": "Juno"})

        async def is_rendering():
            return (await world.shown(influencer_id)).influencer.status == "training"

        await until(is_rendering)
        was = server.url
        server.kill()
        await until(lambda: world.status.contact == "offline")
        server.restart()
        assert server.url != was
        await world.connect(url=server.url)
        await world.ready(influencer_id)
        (job,) = await world.jobs_of(influencer_id)
        assert job.status == "completed"
        path = await world.session.pictures.fetch(
            (await world.shown(influencer_id)).influencer.reference_images[0].url
        )
        assert path.stat().st_size > 0
        assert world.crashes == []
    finally:
        await world.close()


async def _has_project(world, project_id):
    rows = await world.session.personas.projects()
    return any(row.project.id == project_id for row in rows)


async def test_a_program_that_ends_during_a_job_follows_it_again(stage):
    world = await stage.world.open()
    await until(lambda: _has_project(world, stage.project_id))
    influencer_id = await world.session.personas.create(stage.project_id, {"name": "Juno"})
    await until(lambda: world.jobs_of(influencer_id))
    await world.crash()
    await world.open()
    await world.ready(influencer_id)
    (job,) = await world.jobs_of(influencer_id)
    assert job.status == "completed"
    assert len(stage.proxy.asked("POST", r"/influencers$")) == 1


async def test_a_program_that_dies_while_it_sends_sends_under_the_same_key(stage):
    one = await _with_one(stage)
    world = stage.world
    gate = asyncio.Event()
    stage.proxy.when("PATCH", one, held(gate))
    await world.session.personas.edit(one, {"style": "workwear"})
    await world.session.personas.publish(one)
    await until(lambda: stage.proxy.asked("PATCH"))
    await world.crash()
    gate.set()
    await world.open()
    await world.sent()
    assert len({each.key for each in stage.proxy.asked("PATCH")}) == 1
    assert (await stage.elsewhere.truth(one)).style == "workwear"


@pytest.mark.parametrize(
    ("noisy", "method", "step"),
    [
        (False, "POST", INLINE),
        (True, "POST", PRESIGN),
        (True, "PUT", PUT),
        (True, "POST", FINALIZE),
        (True, "POST", BIND),
    ],
    ids=["inline", "presign", "put", "finalize", "bind"],
)
async def test_an_upload_goes_on_after_the_program_died_at_any_step(
    stage, picture, tmp_path, noisy, method, step
):
    one = await _with_one(stage)
    world = stage.world
    photo = tmp_path / "photo.png"
    photo.write_bytes(picture(noisy=noisy))
    gate = asyncio.Event()
    stage.proxy.when(method, step, held(gate))
    await world.session.uploads.add_files(one, [photo])
    await until(lambda: stage.proxy.asked(method, step))
    await world.crash()
    photo.unlink()
    gate.set()
    await world.open()
    await until(lambda: _is_bound(stage, one))
    await until(lambda: _is_tidy(world, one))
    assert _bound(stage, one) == 1


async def test_an_image_whose_preparing_was_cut_off_is_prepared_at_the_next_start(
    stage, picture, tmp_path
):
    one = await _with_one(stage)
    world = stage.world
    photo = tmp_path / "photo.png"
    photo.write_bytes(picture())
    await world.session.uploads._intake.announce(one, [("photo.png", photo)])
    await world.crash()
    await world.open()
    await until(lambda: _is_bound(stage, one))
    assert photo.exists()


async def test_finalizing_again_sends_no_bytes_again(stage, picture):
    one = await _with_one(stage)
    world = stage.world
    gate = asyncio.Event()
    stage.proxy.when("POST", FINALIZE, held(gate))
    await world.session.uploads.add_bytes(one, picture(noisy=True), "photo.png")
    await until(lambda: stage.proxy.asked("POST", FINALIZE))
    await world.crash()
    gate.set()
    await world.open()
    await until(lambda: _is_bound(stage, one))
    assert len(stage.proxy.asked("PUT", PUT)) == 1
    assert len(stage.proxy.asked("POST", PRESIGN)) == 1


def _bound(stage, influencer_id):
    rows = stage.server.sql(
        "SELECT count(*) FROM reference_images r JOIN media m ON m.id = r.asset_id "
        "WHERE influencer_id = ? AND m.filename = 'photo.png'",
        influencer_id,
    )
    return rows[0][0]


async def _is_bound(stage, influencer_id):
    return _bound(stage, influencer_id) > 0


async def _is_tidy(world, influencer_id):
    copies = list((world.root / "data" / "intake").rglob("*.*"))
    return await world.uploads_of(influencer_id) == () and copies == []


async def test_quitting_while_the_program_still_starts_is_no_trouble(stage):
    """Uploads look for what was left while they are told to stop."""
    world = await stage.world.open()
    world.session.uploads.stop()
    world.session.uploads.start()
    for _ in range(50):
        await asyncio.sleep(0.01)
    assert world.crashes == []
