"""When it is tried again: later and later, never together, never sooner than allowed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.sync.schedule import (
    LAST_BACKOFF,
    WORKING_EVERY,
    WORKING_SLOWEST,
    Patience,
    Timetable,
    WorkingWatch,
    backoff,
)


class StillClock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        return datetime(2026, 5, 1, tzinfo=UTC) + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return 500.0 + self.passed

    async def sleep(self, seconds: float) -> None:
        self.passed += seconds


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@given(st.integers(1, 10_000), st.integers())
def test_waits_grow_up_to_a_minute_and_half_of_each_is_chance(failures, seed):
    wait = backoff(failures, Random(seed))
    ceiling = min(LAST_BACKOFF, 2.0 ** (min(failures, 20) - 1))
    assert ceiling / 2 <= wait <= ceiling


def test_fifty_programs_do_not_come_back_at_the_same_moment():
    waits = {round(backoff(8, Random(seed)), 1) for seed in range(50)}
    assert len(waits) > 30


def test_patience_grows_with_failures_and_ends_with_success(clock):
    patience = Patience(clock, Random(1))
    waits = [patience.failed() for _ in range(8)]
    assert waits[-1] > 10 * waits[0]
    assert patience.wait_left() == pytest.approx(waits[-1])
    clock.passed += waits[-1]
    assert patience.wait_left() == 0
    patience.over()
    assert patience.failed() <= 1.0


def test_patience_waits_at_least_as_long_as_the_server_asks(clock):
    patience = Patience(clock, Random(1))
    assert patience.failed(clock.now() + timedelta(seconds=90)) == pytest.approx(90)
    assert patience.failed(clock.now() - timedelta(days=400)) <= 2.0


def test_what_was_never_done_is_due_and_what_was_done_waits(clock):
    timetable = Timetable(clock)
    assert timetable.is_due("projects")
    assert timetable.wait_left() is None
    timetable.done("projects", 300.0)
    assert not timetable.is_due("projects")
    assert timetable.wait_left() == pytest.approx(300)
    clock.passed += 300
    assert timetable.is_due("projects")


def test_hurry_brings_forward_but_not_past_the_least_distance(clock):
    timetable = Timetable(clock)
    timetable.done("roster:a", 300.0)
    timetable.hurry("roster:a", 0.0, at_most_every=10.0)
    assert timetable.wait_left() == pytest.approx(10)
    clock.passed += 60
    timetable.done("roster:a", 5.0)
    timetable.hurry("roster:a", 100.0)
    assert timetable.wait_left() == pytest.approx(5), "never later than it was due anyway"


def test_what_is_no_longer_there_is_no_longer_due(clock):
    timetable = Timetable(clock)
    timetable.done("roster:gone", 1.0)
    timetable.done("roster:kept", 100.0)
    timetable.done("credits", 50.0)
    clock.passed += 10
    timetable.keep(["roster:kept"], "roster:")
    assert timetable.wait_left() == pytest.approx(40)


def test_what_never_gets_ready_is_asked_for_ever_more_rarely(clock):
    watch = WorkingWatch(clock)
    assert watch.due(["a"], 8) == (), "it was read when it was first seen"
    asked = []
    while clock.passed < 600:
        clock.passed += 1
        for influencer_id in watch.due(["a"], 8):
            asked.append(clock.passed)
            watch.read(influencer_id, moved=False)
    assert asked[0] == pytest.approx(WORKING_EVERY, abs=1)
    assert asked[20] - asked[19] == pytest.approx(WORKING_EVERY, abs=1)
    assert asked[-1] - asked[-2] == pytest.approx(WORKING_SLOWEST, abs=1)
    assert len(asked) <= 36
    watch.read("a", moved=True)
    assert watch.wait_left() == pytest.approx(WORKING_EVERY)


def test_many_at_work_take_turns(clock):
    watch = WorkingWatch(clock)
    ids = [str(number) for number in range(20)]
    watch.due(ids, 8)
    clock.passed += WORKING_EVERY
    asked: list[str] = []
    for _ in range(3):
        turn = watch.due(ids, 8)
        asked += turn
        for influencer_id in turn:
            watch.read(influencer_id, moved=False)
    assert sorted(asked) == sorted(ids)
    assert watch.due([], 8) == ()
    assert watch.wait_left() is None
