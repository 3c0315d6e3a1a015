"""Rate limits per key: three buckets by class of route and a daily cap (contract 1.9).

Counts live in memory: a restart hands out full buckets.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from studio.server.config import LIMITS, TierLimits
from studio.server.errors import rate_limited

RateClass = Literal["read-light", "write-light", "long-running"]
CLASS_HEADER: Final = "X-RateLimit-Endpoint-Class"
_MINUTE: Final = 60.0


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: datetime


@dataclass(slots=True)
class _Day:
    date: str
    used: int


def _per_minute(limits: TierLimits, rate_class: RateClass) -> int:
    if rate_class == "read-light":
        return limits.read_light
    return limits.write_light if rate_class == "write-light" else limits.long_running


class RateLimiter:
    """Counts the calls of every key. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, RateClass], _Bucket] = {}
        self._days: dict[str, _Day] = {}

    def take(self, key_id: str, tier: str, rate_class: RateClass, now: datetime) -> dict[str, str]:
        """Count one call and give the headers that tell the bucket's state.

        Raises:
            ApiError: 429 when the bucket or the day is used up; it carries the headers too.
        """
        limits = LIMITS[tier]
        per_minute = _per_minute(limits, rate_class)
        with self._lock:
            bucket = self._refilled(key_id, rate_class, per_minute, now)
            wait = 0.0
            message = ""
            if bucket.tokens < 1:
                wait = (1 - bucket.tokens) * _MINUTE / per_minute
                message = f"More than {per_minute} {rate_class} calls a minute."
            elif rate_class == "write-light" and not self._count_day(key_id, limits, now):
                tomorrow = datetime.combine(
                    now.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC
                )
                wait = (tomorrow - now).total_seconds()
                message = f"More than {limits.daily_writes} write-light calls a day."
            else:
                bucket.tokens -= 1
            headers = {
                CLASS_HEADER: rate_class,
                "X-RateLimit-Limit": str(per_minute),
                "X-RateLimit-Remaining": str(int(bucket.tokens)),
                "X-RateLimit-Reset": str(
                    math.ceil((per_minute - bucket.tokens) * _MINUTE / per_minute)
                ),
            }
        if message:
            refusal = rate_limited(message, max(1, math.ceil(wait)))
            refusal.headers |= headers
            raise refusal
        return headers

    def _refilled(
        self, key_id: str, rate_class: RateClass, per_minute: int, now: datetime
    ) -> _Bucket:
        bucket = self._buckets.setdefault(
            (key_id, rate_class), _Bucket(tokens=float(per_minute), filled_at=now)
        )
        passed = max(0.0, (now - bucket.filled_at).total_seconds())
        bucket.tokens = min(float(per_minute), bucket.tokens + passed * per_minute / _MINUTE)
        bucket.filled_at = now
        return bucket

    def _count_day(self, key_id: str, limits: TierLimits, now: datetime) -> bool:
        date = now.astimezone(UTC).date().isoformat()
        day = self._days.get(key_id)
        if day is None or day.date != date:
            day = self._days[key_id] = _Day(date, 0)
        if day.used >= limits.daily_writes:
            return False
        day.used += 1
        return True
