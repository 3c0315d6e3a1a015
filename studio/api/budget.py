"""One shared budget of calls per minute and class, visible work first (contract 1.9).

A sliding window: no more than the limit is granted in any 61 seconds (one more than a minute,
because calls do not all travel equally long). The daily cap on writes is left to the server's 429.
"""

from __future__ import annotations

import itertools
from collections import deque
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

from studio.api.errors import RateLimited
from studio.domain.account import TIERS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from studio.core.clock import Clock
    from studio.domain.account import TierLimits

CallClass = Literal["read", "write", "start"]

WINDOW = 61.0
PATIENCE = 90.0
"""Longest wait for a turn, in seconds; beyond it RateLimited surfaces."""
_LOOK_AGAIN = 5.0
_CLASSES: tuple[CallClass, ...] = ("read", "write", "start")
_WIRE: Mapping[str, CallClass] = {
    "read-light": "read",
    "write-light": "write",
    "long-running": "start",
}


class Priority(IntEnum):
    """Who goes first; the lower ones never use up the last part of a minute's calls."""

    VISIBLE = 0
    NORMAL = 1
    BACKGROUND = 2


_SHARE = {Priority.VISIBLE: 1.0, Priority.NORMAL: 0.9, Priority.BACKGROUND: 0.7}


class _Bucket:
    """The calls of one class: when they were granted, and who waits."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.granted: deque[float] = deque()
        self.waiting: dict[int, Priority] = {}
        self.foreign = 0
        self.foreign_until = 0.0
        self.paused_until = 0.0

    def forget_old(self, now: float) -> None:
        while self.granted and now - self.granted[0] >= WINDOW:
            self.granted.popleft()
        if now >= self.foreign_until:
            self.foreign = 0

    def wait_for(self, ticket: int, priority: Priority, now: float) -> float:
        """Seconds until this waiter's turn, 0 when it is now."""
        if now < self.paused_until:
            return self.paused_until - now
        ahead = sum(1 for other, rank in self.waiting.items() if (rank, other) < (priority, ticket))
        share = max(1, int(self.limit * _SHARE[priority]))
        surplus = len(self.granted) + self.foreign + ahead + 1 - share
        if surplus <= 0:
            return 0.0
        if surplus <= len(self.granted):
            return max(self.granted[surplus - 1] + WINDOW - now, 0.001)
        return max(self.foreign_until - now, 0.0) or WINDOW


class RateBudget:
    """Hands out turns. One object for all parts of the program that talk to one server."""

    def __init__(self, clock: Clock, tier: str = "standard") -> None:
        self._clock = clock
        self._tickets = itertools.count()
        limits = TIERS["standard"]
        self._buckets: dict[CallClass, _Bucket] = {
            name: _Bucket(_limit_of(limits, name)) for name in _CLASSES
        }
        self.use_tier(tier)

    def use_tier(self, tier: str) -> None:
        """Take the limits of a tier; an unknown one counts as the smallest."""
        limits = TIERS.get(tier, TIERS["standard"])
        for name, bucket in self._buckets.items():
            bucket.limit = _limit_of(limits, name)

    async def acquire(self, call: CallClass, priority: Priority = Priority.NORMAL) -> None:
        """Wait for a turn. Raises RateLimited with ``at`` when it is more than 90 s away."""
        bucket = self._buckets[call]
        ticket = next(self._tickets)
        bucket.waiting[ticket] = priority
        try:
            while True:
                now = self._clock.monotonic()
                bucket.forget_old(now)
                wait = bucket.wait_for(ticket, priority, now)
                if wait <= 0:
                    bucket.granted.append(now)
                    return
                if bucket.paused_until - now > PATIENCE:
                    raise _paused(wait, self._clock.now())
                await self._clock.sleep(min(wait, _LOOK_AGAIN))
        finally:
            del bucket.waiting[ticket]

    def used(self, call: CallClass) -> int:
        """Calls of this class granted within the window."""
        bucket = self._buckets[call]
        bucket.forget_old(self._clock.monotonic())
        return len(bucket.granted)

    def limit(self, call: CallClass) -> int:
        """Calls of this class allowed in a minute."""
        return self._buckets[call].limit

    def observe(self, call: CallClass, headers: Mapping[str, str]) -> None:
        """Learn from the ``X-RateLimit-*`` headers of an answer, where there are any.

        Others may use the same key: what the server counts beyond our own calls is held back
        until the window it names ends. Headers that make no sense are passed over.
        """
        name = _WIRE.get(headers.get("x-ratelimit-endpoint-class", "").strip().lower(), call)
        bucket = self._buckets[name]
        limit = _whole(headers.get("x-ratelimit-limit"))
        if limit is not None and 1 <= limit <= 1_000_000:
            bucket.limit = limit
        remaining = _whole(headers.get("x-ratelimit-remaining"))
        if remaining is None or not 0 <= remaining <= bucket.limit:
            return
        now = self._clock.monotonic()
        bucket.forget_old(now)
        bucket.foreign = max(0, bucket.limit - remaining - len(bucket.granted))
        bucket.foreign_until = now + self._until_reset(headers.get("x-ratelimit-reset"))

    def _until_reset(self, text: str | None) -> float:
        """Seconds until the server's window ends; seconds and epoch seconds both occur."""
        reset = _whole(text)
        if reset is None:
            return WINDOW
        if reset > 1_000_000_000:
            reset -= int(self._clock.now().timestamp())
        return min(max(float(reset), 0.0), WINDOW)

    def pause(self, call: CallClass, seconds: float) -> None:
        """Grant nothing of this class for a while: the server said so with a 429."""
        bucket = self._buckets[call]
        bucket.paused_until = max(bucket.paused_until, self._clock.monotonic() + seconds)


def _limit_of(limits: TierLimits, call: CallClass) -> int:
    return {"read": limits.reads, "write": limits.writes, "start": limits.starts}[call]


def _whole(text: str | None) -> int | None:
    if text is None or not text.strip().isascii() or len(text) > 20:
        return None
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return None


def _paused(wait: float, now: datetime) -> RateLimited:
    from datetime import timedelta

    return RateLimited(
        "The server takes no more calls for the moment.",
        retry_now=False,
        at=now + timedelta(seconds=wait),
        next_step="It goes on by itself.",
        code="RATE_LIMITED",
    )
