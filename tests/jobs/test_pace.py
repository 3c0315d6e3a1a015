"""Many jobs share the reads of one key."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from studio.jobs.pace import Pace


class WaitingClock:
    """A clock that stands still and remembers who waits how long."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 5, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return 100.0

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


async def test_a_hundred_jobs_ask_for_half_of_what_the_key_may_read():
    clock = WaitingClock()
    pace = Pace(clock, lambda: 120)
    await asyncio.gather(*(pace.turn() for _ in range(100)))
    assert len(clock.waits) == 99, "the first goes at once"
    assert clock.waits == sorted(clock.waits)
    assert max(clock.waits) == 99.0, "one a second: sixty of the hundred and twenty a minute"


async def test_a_larger_tier_is_quicker_at_once():
    clock = WaitingClock()
    limits = [120, 6_000, 6_000]
    pace = Pace(clock, lambda: limits.pop(0))
    for _ in range(3):
        await pace.turn()
    assert clock.waits == pytest.approx([1.0, 1.02])
