"""What the simulation found, one plain case each."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

_FOLDER = Path(__file__).resolve().parent
if str(_FOLDER) not in sys.path:
    # The modules beside the tests are theirs alone; the folder is no package.
    sys.path.append(str(_FOLDER))

from sim_faults import Journal, Weather  # noqa: E402
from sim_loop import SimClock, SimLoop  # noqa: E402
from sim_run import PROJECT, Stage, World  # noqa: E402

from studio.core.errors import TryLater  # noqa: E402
from studio.domain.draft import DraftField  # noqa: E402
from studio.domain.mutation import Patch  # noqa: E402
from studio.store import outbox, personas  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sim_disk import Disk

YEAR = timedelta(days=365)


@pytest.fixture
def loop() -> Iterator[SimLoop]:
    made = SimLoop()
    yield made
    made.close()


@pytest.fixture
def clock(loop: SimLoop) -> SimClock:
    return SimClock(loop)


@pytest.fixture
def stage() -> Stage:
    made = Stage()
    made.reset()
    return made


@pytest.fixture
def disk(stage: Stage) -> Disk:
    return stage.disks[0]


@pytest.fixture
def change(disk: Disk, clock: SimClock) -> Callable[..., Any]:
    def run(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return disk.transaction(lambda conn: fn(conn, *args, **kwargs), clock)

    return run


def test_news_of_the_server_is_taken_though_the_clock_here_was_set_back(
    stage: Stage, clock: SimClock, change: Callable[..., Any]
) -> None:
    known = stage.first[0]
    change(personas.put_full, known)
    clock.jump(-YEAR)
    news = replace(known, hair_color="red", name="Other")
    listed = replace(news, detailed=False)
    assert change(personas.put_full, news, as_of=clock.now())
    assert change(personas.put_slim, [replace(listed, name="Third")], as_of=clock.now())


def test_a_deletion_elsewhere_is_seen_though_the_clock_here_was_set_back(
    stage: Stage, clock: SimClock, change: Callable[..., Any]
) -> None:
    change(personas.put_full, stage.first[0])
    clock.jump(-YEAR)
    gone = change(personas.forget_missing, PROJECT.id, frozenset(), started_at=clock.now())
    assert stage.first[0].id in gone


def test_details_are_read_again_though_the_clock_here_was_set_back(
    stage: Stage, clock: SimClock, change: Callable[..., Any]
) -> None:
    change(personas.put_full, stage.first[0])
    clock.jump(-YEAR)
    stale = clock.now() - timedelta(minutes=10)
    assert stage.first[0].id in change(personas.wanting_details, PROJECT.id, stale)


def test_a_row_that_waits_for_its_next_try_goes_though_the_clock_here_was_set_back(
    stage: Stage, clock: SimClock, change: Callable[..., Any]
) -> None:
    fields = {"hair_color": DraftField("red", None)}
    asked = Patch("01SIM", PROJECT.id, stage.first[0].id, fields)
    change(outbox.enqueue, asked)
    assert change(outbox.claim_next) is not None
    later = clock.now() + timedelta(seconds=30)
    change(outbox.fail, asked.id, later, TryLater("The server is busy."))
    assert change(outbox.claim_next) is None
    clock.jump(-YEAR)
    assert change(outbox.has_due)
    assert change(outbox.claim_next) is not None


def test_a_disk_that_refuses_while_the_program_ends_is_no_crash(stage: Stage) -> None:
    world = World(0, stage, keep=False)
    world.weather.healed = True
    computer = world.computers[0]

    async def end_on_a_bad_disk() -> None:
        await computer.start()
        await computer.clock.sleep(5)
        computer.engine.sync_now()
        await computer.clock.sleep(5)
        world.weather.healed, world.weather.disk_rate = False, 1.0
        world.weather.crash_rate = 0.0
        await computer.engine.stop()
        await computer.bury()

    world.loop.run_until_complete(end_on_a_bad_disk())
    world.loop.close()
    assert computer.failures == []


def test_what_was_edited_elsewhere_since_a_lost_try_is_asked_about_and_not_overwritten(
    stage: Stage,
) -> None:
    world = World(0, stage, keep=False)
    world.weather.healed = True
    computer = world.computers[0]

    async def make_it_twice() -> str:
        await computer.start()
        await computer.clock.sleep(5)
        world.weather.network, world.weather.network_rate = ("answer lost",), 1.0
        world.weather.healed, world.weather.crash_rate, world.weather.disk_rate = False, 0.0, 0.0
        made = await computer.personas.create(PROJECT.id, {"name": "Ada", "hair_color": "red"})
        await computer.clock.sleep(2)
        world.server.patch("", made, {"hair_color": "green"})
        world.weather.healed = True
        computer.set_connected(False)
        await computer.clock.sleep(9)
        await computer.personas.take_back(made)
        await computer.personas.publish(made)
        computer.set_connected(True)
        computer.engine.sync_now()
        await computer.clock.sleep(60)
        found = await computer.conflicts.conflict(made)
        assert found is not None
        assert [(each.path, each.mine, each.theirs) for each in found.to_choose] == [
            ("hair_color", "red", "green")
        ]
        await computer.quit()
        return made

    made = world.loop.run_until_complete(make_it_twice())
    world.loop.close()
    assert world.server.get(made).hair_color == "green"


def test_the_journal_of_a_run_tells_two_runs_apart(loop: SimLoop) -> None:
    one, other = Journal(loop, keep=True), Journal(loop, keep=True)
    one.note("ana", "publishes")
    other.note("bo", "publishes")
    assert one.digest != other.digest
    assert one.lines == ["0.000000 ana publishes"]


def test_a_healed_weather_harms_nobody() -> None:
    weather = Weather(Random(1), network=("request lost",), network_rate=1.0)
    assert weather.call() == "request lost"
    weather.healed = True
    assert weather.call() == ""
