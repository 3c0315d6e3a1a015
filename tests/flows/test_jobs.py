"""Jobs: followed to their end, stopped truthfully, and missed by nobody when they get lost."""

from __future__ import annotations

import asyncio

import pytest
from conftest import play
from fault_proxy import answer, held
from flow_world import until

CANCEL = r"/v1/jobs/[^/]+/cancel$"
JOB = r"^/v1/jobs/[^/]+$"


@pytest.fixture
async def slow(make_partner_server, tmp_path):
    """A stage whose server takes two seconds for a render."""
    async with play(make_partner_server("--empty", "--render-seconds", "2"), tmp_path) as made:
        yield made


async def _begun(stage, name="Juno"):
    """A new influencer whose job is followed."""
    world = await stage.world.open()

    async def has_project():
        rows = await world.session.personas.projects()
        return any(row.project.id == stage.project_id for row in rows)

    await until(has_project)
    influencer_id = await world.session.personas.create(stage.project_id, {"name": name})
    (job,) = await until(lambda: world.jobs_of(influencer_id))
    return influencer_id, job


async def _job(world, influencer_id):
    (job,) = await world.jobs_of(influencer_id)
    return job


async def test_a_cancel_is_asked_and_then_the_server_ends_the_job(slow):
    influencer_id, job = await _begun(slow)
    world = slow.world
    gate = asyncio.Event()
    slow.proxy.when("POST", CANCEL, held(gate))
    cancel = world.scope.spawn(world.session.renders.cancel(job.id), name="cancel")

    async def is_asked():
        return (await _job(world, influencer_id)).cancel == "asked"

    await until(is_asked)
    assert (await _job(world, influencer_id)).is_running
    gate.set()
    await cancel

    async def is_canceled():
        return (await _job(world, influencer_id)).status == "canceled"

    await until(is_canceled)

    async def is_failed():
        return (await world.shown(influencer_id)).influencer.status == "failed"

    await until(is_failed)
    await world.session.renders.dismiss(job.id)
    assert await world.jobs_of(influencer_id) == []


async def test_a_cancel_the_stage_refuses_is_shown_as_refused_and_the_job_goes_on(slow):
    influencer_id, job = await _begun(slow)
    slow.proxy.when(
        "POST",
        CANCEL,
        answer(409, "CONFLICT", subcode="JOB_CANCEL_UNAVAILABLE", jobId=job.id, stage="queued"),
    )
    slow.proxy.when("GET", JOB, answer(503, "BUSY"), times=2)
    await slow.world.session.renders.cancel(job.id)
    assert (await _job(slow.world, influencer_id)).cancel == "refused"
    await slow.world.ready(influencer_id)
    assert (await _job(slow.world, influencer_id)).status == "completed"


async def test_a_cancel_that_comes_too_late_shows_how_it_ended(stage):
    influencer_id, job = await _begun(stage)
    gate = asyncio.Event()
    stage.proxy.when("GET", JOB, held(gate), times=1)
    await until(lambda: stage.elsewhere.is_ready(influencer_id))
    await stage.world.session.renders.cancel(job.id)
    ended = await _job(stage.world, influencer_id)
    assert ended.status == "completed"
    assert ended.cancel == ""
    gate.set()
    await stage.world.ready(influencer_id)


async def test_a_cancel_without_a_network_is_not_claimed(slow):
    influencer_id, job = await _begun(slow)
    await slow.proxy.offline()
    await slow.world.session.renders.cancel(job.id)
    assert (await _job(slow.world, influencer_id)).cancel == ""
    assert any("not stopped" in each.sentence for each in slow.world.notices)
    await slow.proxy.online()
    await slow.world.ready(influencer_id)


async def test_a_job_the_server_has_forgotten_ends_by_what_the_influencer_says(stage):
    influencer_id, job = await _begun(stage)
    stage.proxy.when("GET", JOB, answer(503, "BUSY"), times=1e9)
    await until(lambda: stage.elsewhere.is_ready(influencer_id))
    stage.proxy.behave()
    stage.server.sql("DELETE FROM jobs WHERE id = ?", job.id)
    await stage.world.ready(influencer_id)

    async def is_completed():
        return (await _job(stage.world, influencer_id)).status == "completed"

    await until(is_completed)


async def test_a_job_that_is_gone_without_a_result_is_told_as_failed(stage):
    influencer_id, _ = await _begun(stage)
    stage.proxy.when("GET", JOB, answer(404, "NOT_FOUND"), times=1e9)
    stage.proxy.when("GET", f"/v1/influencers/{influencer_id}", answer(404, "NOT_FOUND"), times=1)

    async def is_failed():
        return (await _job(stage.world, influencer_id)).status == "failed"

    await until(is_failed)
    failed = await _job(stage.world, influencer_id)
    assert "no longer knows" in failed.error_message
    assert failed.request_id == "req_PLANNED"


async def test_a_failed_render_says_why(make_partner_server, tmp_path):
    server = make_partner_server(
        "--empty", "--render-seconds", "0.5", "--fail-renders-named", "Doomed*"
    )
    async with play(server, tmp_path) as stage:
        influencer_id, _ = await _begun(stage, "Doomed Dora")

        async def is_failed():
            job = await _job(stage.world, influencer_id)
            return job if job.status == "failed" else None

        job = await until(is_failed)
        assert job.error_code == "RENDER_FAILED"
        assert job.error_message

        async def is_shown():
            return (await stage.world.shown(influencer_id)).influencer.status == "failed"

        await until(is_shown)


async def test_what_the_server_makes_by_itself_turns_ready_by_itself(slow):
    """No job of it is known here, so nothing but its own record can tell."""
    world = await slow.world.open()
    influencer_id = await slow.elsewhere.influencer(slow.project_id, {"name": "By ingest"})
    world.session.engine.sync_now()
    await until(lambda: world.session.personas.show(influencer_id))
    assert (await world.shown(influencer_id)).influencer.status in ("pending", "training")
    await until(lambda: slow.elsewhere.is_ready(influencer_id))
    ready_at = world.clock.monotonic()
    await world.ready(influencer_id)
    assert world.clock.monotonic() - ready_at < 15
    assert await world.jobs_of(influencer_id) == []


async def test_credits_are_read_again_when_a_job_has_ended(slow):
    influencer_id, _ = await _begun(slow)
    slow.server.sql("UPDATE organizations SET prepaid = 77, included_per_period = 0")
    await slow.world.ready(influencer_id)
    await until(lambda: slow.world.status.credits == 77)
