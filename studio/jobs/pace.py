"""One pace for the polls of all jobs: they share the key's reads with everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.core.clock import Clock

_SHARE = 0.5


class Pace:
    """Spreads polls so that they use half of a minute's reads at the most (contract 1.9, 3.4).

    ``reads_a_minute`` is asked before each turn, since the tier is known only after whoami.
    """

    def __init__(self, clock: Clock, reads_a_minute: Callable[[], int]) -> None:
        self._clock = clock
        self._reads_a_minute = reads_a_minute
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for a turn, in the order of asking."""
        now = self._clock.monotonic()
        slot = max(now, self._next)
        self._next = slot + 60.0 / max(1.0, self._reads_a_minute() * _SHARE)
        if slot > now:
            await self._clock.sleep(slot - now)
