"""Moments as the contract writes them: UTC, milliseconds, ``Z`` (contract 1.11)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]
"""Where the server reads the time; tests hand in their own."""


def utc_now() -> datetime:
    """The current moment in UTC."""
    return datetime.now(UTC)


def wire(moment: datetime) -> str:
    """The moment as text. Of fixed width, so the texts sort as the moments do."""
    moment = moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
