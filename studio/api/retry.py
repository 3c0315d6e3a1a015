"""Trying again within one call, and not hammering a network that is down (contract 1.6, 1.9).

Seconds only: what takes longer surfaces as TryLater, and the outbox waits for it.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from studio.api.errors import NoContact, Waitable
from studio.core.errors import TryLater

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from studio.core.clock import Clock

T = TypeVar("T")

BASE = 0.5
CAP = 60.0
TRIES = 3
PATIENCE = 20.0
"""Seconds one call may spend before its last try starts."""
LONGEST_WAIT = 3_600.0
"""A server that asks for more than an hour is asked again after an hour."""

FAILURES = 5
FIRST_PAUSE = 2.0
LONGEST_PAUSE = 60.0


def retry_after(text: str | None, now: datetime) -> float | None:
    """Seconds to wait as ``Retry-After`` asks, 0 to 3600; None when it asks nothing readable.

    Args:
        text: seconds (also negative, fractional or huge) or an HTTP date.
        now: what a date is compared with: best the answer's own ``Date``.
    """
    if not text:
        return None
    text = text.strip()[:64]
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = _http_date(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - now).total_seconds()
    if seconds != seconds:
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)


def server_time(text: str | None, otherwise: datetime) -> datetime:
    """The moment of a ``Date`` header, so that a wrong clock here does not stretch a wait."""
    try:
        moment = _http_date((text or "")[:64])
    except (ValueError, TypeError, IndexError, OverflowError):
        return otherwise
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _http_date(text: str) -> datetime:
    # The first answer needs it, the window does not.
    from email.utils import parsedate_to_datetime

    return parsedate_to_datetime(text)


def backoff(failures: int, chance: float) -> float:
    """Full jitter: ``chance`` (0 to 1) of a span that doubles with each failure, 60 s at most."""
    span: float = BASE * 2 ** min(max(failures - 1, 0), 16)
    return chance * min(CAP, span)


class Retrying:
    """Runs one call up to three times."""

    def __init__(
        self,
        clock: Clock,
        *,
        chance: Callable[[], float] = random.random,
        tries: int = TRIES,
        patience: float = PATIENCE,
    ) -> None:
        self._clock = clock
        self._chance = chance
        self._tries = tries
        self._patience = patience

    async def run(self, attempt: Callable[[], Awaitable[T]], *, repeatable: bool) -> T:
        """The first answer of ``attempt``.

        Only a Waitable that allows it is tried again, and only when ``repeatable``: reads, and
        writes that carry an idempotency key. A wait the server asks for is a lower bound; when it
        goes beyond what one call may take, the error surfaces with its ``at`` instead.
        """
        started = self._clock.monotonic()
        for number in range(1, self._tries + 1):
            try:
                return await attempt()
            except Waitable as error:
                wait = max(error.wait or 0.0, backoff(number, self._chance()))
                spent = self._clock.monotonic() - started
                last = number == self._tries or not repeatable or not error.retry_now
                if last or spent + wait > self._patience:
                    if error.at is None and error.wait:
                        error.at = self._clock.now() + timedelta(seconds=error.wait)
                    raise
            await self._clock.sleep(wait)
        raise TryLater("The server could not be reached.", code="NO_CONTACT", no_contact=True)


class Breaker:
    """After five network failures in a row, fails at once until a single probe gets through.

    Pauses double from 2 s to 60 s, each with jitter, on the monotonic clock.
    """

    def __init__(self, clock: Clock, *, chance: Callable[[], float] = random.random) -> None:
        self._clock = clock
        self._chance = chance
        self._failures = 0
        self._open_until: float | None = None
        self._pause = FIRST_PAUSE
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether calls fail at once now (one probe apart)."""
        return self._open_until is not None

    def enter(self) -> bool:
        """Ask to make a call; True when it is the probe. Raises NoContact while open."""
        if self._open_until is None:
            return False
        left = self._open_until - self._clock.monotonic()
        if left > 0 or self._probing:
            raise NoContact(
                "There is no connection to the server.",
                retry_now=False,
                at=self._clock.now() + timedelta(seconds=max(left, 1.0)),
                code="NOT_CONNECTED",
            )
        self._probing = True
        return True

    def leave(self, *, probe: bool, contact: bool | None) -> None:
        """Tell how the call went: an answer, no answer, or (None) cut off before either."""
        if probe:
            self._probing = False
        if contact:
            self._failures = 0
            self._open_until = None
            self._pause = FIRST_PAUSE
        elif contact is False:
            self._failures += 1
            if probe:
                self._pause = min(self._pause * 2, LONGEST_PAUSE)
            if self._failures >= FAILURES:
                jittered = self._pause * (0.5 + 0.5 * self._chance())
                self._open_until = self._clock.monotonic() + jittered

    def try_now(self) -> None:
        """The network may be back (a person asks, the system woke): the next call is the probe."""
        self._pause = FIRST_PAUSE
        if self._open_until is not None:
            self._open_until = self._clock.monotonic()
