"""Time that passes only when everybody waits for it: a loop without selector, threads or sleep."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

BEGAN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


class Deadlock(AssertionError):
    """Everybody waits for somebody."""


class _Waiting:
    """Stands where a loop has its selector: waiting moves the time on, and nothing else."""

    def __init__(self, loop: SimLoop) -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[object]:
        """Let ``timeout`` seconds pass."""
        if timeout is None:
            raise Deadlock("nobody waits for a time, so nothing will ever happen again")
        if timeout > 0:
            self._loop.passed += timeout
        return []


class SimLoop(asyncio.BaseEventLoop):
    """A real asyncio loop on a time of its own.

    Attributes:
        passed: seconds since it began.
    """

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0
        self._selector = _Waiting(self)

    def time(self) -> float:
        """Seconds since it began."""
        return self.passed

    def _process_events(self, event_list: list[object]) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """There is no other thread to be woken by."""


class SimClock:
    """The clock of one computer: wall time may jump, the monotonic seconds never do."""

    def __init__(self, loop: SimLoop) -> None:
        self._loop = loop
        self._skew = timedelta()

    def jump(self, by: timedelta) -> None:
        """Somebody sets the clock of this computer."""
        self._skew += by

    def now(self) -> datetime:
        """What the wall says."""
        return BEGAN + timedelta(seconds=self._loop.passed) + self._skew

    def monotonic(self) -> float:
        """Seconds that only ever grow."""
        return 1_000.0 + self._loop.passed

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
