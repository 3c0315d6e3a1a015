"""When to try again and when to look again: pure figures, in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

FIRST_BACKOFF = 1.0
LAST_BACKOFF = 300.0

VISIBLE_PROJECT_EVERY = 45.0
OTHER_PROJECTS_EVERY = 300.0
DETAILS_STALE_AFTER = 600.0
WORKING_EVERY = 10.0
"""An influencer that is being made without a job we can follow is read again this often."""


def backoff(failures: int, random: Random) -> float:
    """The wait after the n-th straight failure (1-based): doubling, capped, half of it random."""
    ceiling = min(LAST_BACKOFF, FIRST_BACKOFF * 2 ** min(max(failures, 1) - 1, 16))
    return float(ceiling / 2 + random.random() * ceiling / 2)
