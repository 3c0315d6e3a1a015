"""Jobs as rows: live stage and time, and a cancel that tells the truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from studio.core.errors import TryLater
from studio.domain.events import Notice
from studio.viewmodels.jobs import JobsViewModel, elapsed_words


@pytest_asyncio.fixture
async def jobs(world):
    model = JobsViewModel(world.jobs, world.personas, world.hub, world.scope, world.clock)
    model.start()
    yield model
    model.close()


async def test_a_running_job_names_who_what_and_how_long(world, jobs, shell):
    world.jobs.put(shell.job())
    await world.until(lambda: jobs.rows)
    row = jobs.rows[0]
    assert (row.name, row.words, row.progress) == ("Nova", "Rendering references", 0.62)
    assert row.elapsed == "0:18"
    assert jobs.running == 1


async def test_time_moves_only_while_something_runs(world, jobs, shell):
    ticks = []
    jobs.ticked.connect(lambda: ticks.append(jobs.rows[0].elapsed))
    await world.settle()
    assert world.clock.sleeping == 0
    world.jobs.put(shell.job())
    await world.until(lambda: world.clock.sleeping == 1)
    world.clock.pass_time(1)
    await world.until(lambda: ticks == ["0:19"])
    world.jobs.put(shell.job(status="completed", finished_at=world.clock.now()))
    await world.until(lambda: jobs.running == 0)
    await world.until(lambda: world.clock.sleeping == 1)
    world.clock.pass_time(1)
    await world.until(lambda: world.clock.sleeping == 0)
    assert jobs.rows[0].elapsed == "0:19"


async def test_ticking_starts_again_with_the_next_job(world, jobs, shell):
    world.jobs.put(shell.job())
    await world.until(lambda: world.clock.sleeping == 1)
    world.jobs.put(shell.job(status="completed", finished_at=world.clock.now()))
    await world.until(lambda: jobs.running == 0)
    world.clock.pass_time(1)
    await world.until(lambda: world.clock.sleeping == 0)
    world.jobs.put(shell.job(2))
    await world.until(lambda: world.clock.sleeping == 1)


async def test_cancel_says_asked_until_the_server_stopped(world, jobs, shell):
    world.jobs.put(shell.job())
    await world.until(lambda: jobs.rows)
    assert jobs.rows[0].can_cancel
    jobs.cancel("job_1")
    await world.until(lambda: "Asked to stop" in jobs.rows[0].words)
    assert not jobs.rows[0].can_cancel
    assert jobs.rows[0].is_running
    stopped = replace(
        world.jobs.held["job_1"], status="canceled", cancel="", finished_at=world.clock.now()
    )
    world.jobs.put(stopped)
    await world.until(lambda: jobs.rows[0].words == "Canceled")


async def test_a_stage_that_cannot_stop_says_so_and_the_next_may_be_asked(world, jobs, shell):
    world.jobs.cannot_stop = frozenset({"rendering_references"})
    world.jobs.put(shell.job())
    await world.until(lambda: jobs.rows)
    jobs.cancel("job_1")
    await world.until(lambda: "Cannot stop now" in jobs.rows[0].words)
    assert not jobs.rows[0].can_cancel
    world.jobs.put(replace(world.jobs.held["job_1"], stage="finalizing"))
    await world.until(lambda: jobs.rows[0].words == "Finalizing")
    assert jobs.rows[0].can_cancel


async def test_a_cancel_that_reached_nobody_is_told(world, jobs, shell):
    told = []
    world.hub.subscribe(Notice, told.append)
    world.jobs.failing = TryLater("The server could not be reached.", request_id="req_9")
    world.jobs.put(shell.job())
    await world.until(lambda: jobs.rows)
    jobs.cancel("job_1")
    await world.until(lambda: told)
    assert told[0].request_id == "req_9"
    assert jobs.rows[0].can_cancel


async def test_a_failure_is_plain_words_with_what_support_asks_for(world, jobs, shell):
    world.jobs.put(
        shell.job(
            status="failed",
            error_code="OUT_OF_CREDITS",
            error_message="Not enough credits.",
            request_id="req_42",
            finished_at=shell.NOON,
        )
    )
    await world.until(lambda: jobs.rows)
    row = jobs.rows[0]
    assert (row.words, row.tone, row.failure) == ("Failed", "error", "Not enough credits.")
    assert "OUT_OF_CREDITS" in row.report
    assert "req_42" in row.report
    assert "job_1" in row.report


async def test_cards_put_running_first_and_drop_what_ended_long_ago(world, jobs, shell):
    world.jobs.put(shell.job(1, status="completed", finished_at=shell.NOON - timedelta(minutes=30)))
    world.jobs.put(shell.job(2, status="completed", finished_at=shell.NOON))
    world.jobs.put(shell.job(3, status="failed", finished_at=shell.NOON - timedelta(hours=3)))
    world.jobs.put(shell.job(4))
    await world.until(lambda: len(jobs.rows) == 4)
    assert [row.id for row in jobs.cards] == ["job_4", "job_3", "job_2"]


async def test_progress_together_counts_the_silent_ones_as_not_begun(world, jobs, shell):
    assert jobs.progress is None
    world.jobs.put(shell.job(1, progress=0.5))
    world.jobs.put(shell.job(2, progress=None))
    await world.until(lambda: jobs.running == 2)
    assert jobs.progress == 0.25


async def test_a_renamed_influencer_is_renamed_in_its_row(world, jobs, shell):
    world.jobs.put(shell.job())
    await world.until(lambda: jobs.rows)
    world.personas.put(replace(shell.nova(), name="Nova Prime"))
    await world.until(lambda: jobs.rows[0].name == "Nova Prime")


async def test_ended_ones_can_be_taken_off(world, jobs, shell):
    world.jobs.put(shell.job(1))
    world.jobs.put(shell.job(2, status="failed"))
    world.jobs.put(shell.job(3, status="completed"))
    await world.until(lambda: len(jobs.rows) == 3)
    jobs.dismiss_ended()
    await world.until(lambda: [row.id for row in jobs.rows] == ["job_1"])


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-3, "0:00"), (7, "0:07"), (750, "12:30"), (3729, "1:02:09")],
)
def test_elapsed_words(seconds, words):
    assert elapsed_words(seconds) == words


async def test_the_end_of_a_job_is_told_once(world, jobs, shell):
    ended = []
    jobs.ended.connect(lambda row: ended.append((row.name, row.words)))
    world.jobs.put(shell.job(2, status="completed"))
    world.jobs.put(shell.job())
    await world.until(lambda: jobs.running == 1)
    assert jobs.running_words == "1 job"
    world.jobs.put(shell.job(status="completed", finished_at=shell.NOON))
    await world.until(lambda: jobs.running == 0)
    world.jobs.put(shell.job(status="completed", finished_at=shell.NOON))
    await world.settle()
    assert ended == [("Nova", "Finished")]
    assert jobs.running_words == ""


async def test_a_clone_without_a_picture_looks_like_its_source(world, jobs, shell):
    world.personas.people["inf_nova"] = replace(shell.nova(), thumbnail_url="https://x.test/n.png")
    world.personas.put(replace(shell.nova(), id="inf_b", name="Nova (B)", thumbnail_url=None))
    world.jobs.put(shell.job(influencer_id="inf_b", source_id="inf_nova"))
    await world.until(lambda: jobs.rows)
    assert (jobs.rows[0].name, jobs.rows[0].thumbnail_url) == ("Nova (B)", "https://x.test/n.png")
