"""When to ask for a job again (contract 3.4): 2 s, each wait 1.3 times longer, at most 10 s."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIRST = 2.0
GROWTH = 1.3
CAP = 10.0
JITTER = 0.5
FULL_READ_EVERY = 12
"""Each twelfth poll goes without the ETag: a server whose tag never changes would otherwise
answer 304 for ever, and a finished job would look as if it still ran."""


def poll_delays(jitter: Callable[[], float] = random.random) -> Iterator[float]:
    """Seconds to wait before each poll, without end. ``jitter`` gives numbers from 0 to 1."""
    wait = FIRST
    while True:
        yield min(wait, CAP) + JITTER * jitter()
        wait = min(wait * GROWTH, CAP)


def poll_etag(poll: int, etag: str) -> str:
    """The ETag to send with poll number ``poll`` (from 0): none at every twelfth."""
    return "" if poll % FULL_READ_EVERY == FULL_READ_EVERY - 1 else etag
