"""When to try again and when to look again: figures in seconds, and the clocks that keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from random import Random

    from studio.core.clock import Clock

FIRST_BACKOFF = 1.0
LAST_BACKOFF = 60.0

VISIBLE_PROJECT_EVERY = 45.0
VISIBLE_PROJECT_AT_MOST_EVERY = 10.0
OTHER_PROJECTS_EVERY = 300.0
TROUBLED_EVERY = 60.0
"""A list or record the server cannot give is asked for again this often."""
CREDITS_EVERY = 900.0
CREDITS_AFTER_JOB = 2.0
DETAILS_STALE_AFTER = 600.0
STALE_EVERY = 60.0
"""How often a handful of old details of the visible project is read again. The list has no
``updatedAt`` (contract 2.4.2), so nothing else tells that a personality was edited elsewhere."""
WORKING_EVERY = 10.0
WORKING_SLOWEST = 60.0
WORKING_FRESH_FOR = 300.0


def backoff(failures: int, random: Random) -> float:
    """The wait after the n-th straight failure (1-based): doubling, capped, half of it random."""
    ceiling = min(LAST_BACKOFF, FIRST_BACKOFF * 2 ** min(max(failures, 1) - 1, 16))
    return float(ceiling / 2 + random.random() * ceiling / 2)


class Patience:
    """How long something is left alone after failures in a row."""

    def __init__(self, clock: Clock, random: Random) -> None:
        self._clock = clock
        self._random = random
        self._failures = 0
        self._resume_at = 0.0

    def failed(self, at: datetime | None = None) -> float:
        """One more failure: seconds to wait. ``at`` is the earliest moment the server allows."""
        self._failures += 1
        wait = backoff(self._failures, self._random)
        if at is not None:
            wait = max(wait, (at - self._clock.now()).total_seconds())
        self.hold(wait)
        return wait

    def hold(self, seconds: float) -> None:
        """Wait, without calling it a failure."""
        self._resume_at = self._clock.monotonic() + seconds

    def over(self) -> None:
        """It went well, or a person asks to try now."""
        self._failures = 0
        self._resume_at = 0.0

    @property
    def is_failing(self) -> bool:
        """Whether the last try failed."""
        return self._failures > 0

    def wait_left(self) -> float:
        """Seconds until it may be tried; 0 when it is now."""
        return max(0.0, self._resume_at - self._clock.monotonic())


class Timetable:
    """When each thing is due, on the monotonic clock. What was never done is due at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: dict[str, float] = {}
        self._done: dict[str, float] = {}

    def is_due(self, key: str) -> bool:
        """Whether its time has come."""
        return self._clock.monotonic() >= self._due.get(key, 0.0)

    def done(self, key: str, every: float) -> None:
        """Done just now; due again in ``every`` seconds."""
        now = self._clock.monotonic()
        self._done[key] = now
        self._due[key] = now + every

    def hurry(self, key: str, within: float, *, at_most_every: float = 0.0) -> None:
        """Due in ``within`` seconds at the latest, yet not sooner after the last time than said."""
        now = self._clock.monotonic()
        soonest = self._done.get(key, now - at_most_every) + at_most_every
        self._due[key] = min(self._due.get(key, now), max(now + within, soonest))

    def keep(self, keys: Collection[str], prefix: str) -> None:
        """Of the keys with this prefix forget those not named: they are due no more."""
        for key in [key for key in self._due if key.startswith(prefix) and key not in keys]:
            del self._due[key]
            self._done.pop(key, None)

    def all_due(self) -> None:
        """Everything is due now."""
        self._due.clear()

    def wait_left(self) -> float | None:
        """Seconds until the first of what was done before is due; None when nothing was."""
        if not self._due:
            return None
        return max(0.0, min(self._due.values()) - self._clock.monotonic())


class WorkingWatch:
    """Influencers the server makes without a job we could follow: read every ten seconds for some
    minutes after they last moved, then once a minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next: dict[str, float] = {}
        self._moved: dict[str, float] = {}

    def due(self, ids: Iterable[str], at_most: int) -> tuple[str, ...]:
        """Those of ``ids`` whose time has come, the longest waiting first; others are forgotten."""
        now = self._clock.monotonic()
        known = list(dict.fromkeys(ids))
        self._next = {each: self._next.get(each, now + WORKING_EVERY) for each in known}
        self._moved = {each: self._moved.get(each, now) for each in known}
        ready = sorted(
            (each for each in known if self._next[each] <= now), key=self._next.__getitem__
        )
        return tuple(ready[:at_most])

    def read(self, influencer_id: str, *, moved: bool) -> None:
        """It was read just now."""
        now = self._clock.monotonic()
        if moved:
            self._moved[influencer_id] = now
        is_fresh = now - self._moved.get(influencer_id, now) < WORKING_FRESH_FOR
        self._next[influencer_id] = now + (WORKING_EVERY if is_fresh else WORKING_SLOWEST)

    def wait_left(self) -> float | None:
        """Seconds until the first is due; None when there are none."""
        if not self._next:
            return None
        return max(0.0, min(self._next.values()) - self._clock.monotonic())
