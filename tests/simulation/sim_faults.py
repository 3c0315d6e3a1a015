"""What may go wrong, how often, and how often it did."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from sim_loop import SimLoop

NETWORK = (
    "request lost",
    "answer lost",
    "request doubled",
    "request late",
    "rate limited",
    "server error before",
    "server error after",
    "unreadable answer",
    "twin still running",
    "portal",
    "key refused",
)
DISK = ("refused", "torn", "told wrong")
CRASHES = ("read", "before a commit", "after a commit", "before a call", "after a call")
OTHERS = (
    "reordered",
    "offline",
    "quit",
    "clock +1 day",
    "clock -1 day",
    "clock +1 year",
    "clock -1 year",
    "server restored",
    "server deleted",
    "server edited",
    "race between read and write",
)
EVERY = (
    *NETWORK,
    *(f"disk {each}" for each in DISK),
    *(f"crash {each}" for each in CRASHES),
    *OTHERS,
)


class Journal:
    """Everything that happened, as a hash; as lines too when somebody wants to read it."""

    def __init__(self, loop: SimLoop, *, keep: bool) -> None:
        self._loop = loop
        self._hash = blake2b(digest_size=12)
        self.lines: list[str] | None = [] if keep else None

    def note(self, *words: object) -> None:
        """One thing that happened now."""
        line = f"{self._loop.passed:.6f} {' '.join(map(str, words))}"
        self._hash.update(line.encode())
        if self.lines is not None:
            self.lines.append(line)

    @property
    def digest(self) -> str:
        """The same for two runs in which the same happened."""
        return self._hash.hexdigest()


@dataclass
class Weather:
    """The faults of one run. Once healed, nothing goes wrong any more."""

    random: Random
    counts: Counter[str] = field(default_factory=Counter)
    network: tuple[str, ...] = ()
    network_rate: float = 0.0
    disk_rate: float = 0.0
    crash_rate: float = 0.0
    healed: bool = False

    @classmethod
    def of(cls, random: Random) -> Weather:
        """Each run has its own mixture, so that rare ones meet each other as well."""
        chosen = tuple(each for each in NETWORK if random.random() < 0.6)
        return cls(
            random,
            network=chosen,
            network_rate=random.choice((0.0, 0.1, 0.25, 0.4)) if chosen else 0.0,
            disk_rate=random.choice((0.0, 0.0, 0.01, 0.04)),
            crash_rate=random.choice((0.0, 0.004, 0.01, 0.02)),
        )

    def call(self) -> str:
        """What becomes of one call."""
        if self.healed or self.random.random() >= self.network_rate:
            return ""
        return self.random.choice(self.network)


class Crashed(asyncio.CancelledError):
    """The program was killed: nothing of it goes on."""


class Perils:
    """What one running program may meet. ``killed`` is set once it was killed."""

    def __init__(self, weather: Weather, journal: Journal, name: str) -> None:
        self.weather = weather
        self.random = weather.random
        self.name = name
        self.killed = False
        self._journal = journal

    def trace(self, *words: object) -> None:
        """Note what this computer did."""
        self._journal.note(self.name, *words)

    def step(self, where: str) -> None:
        """A moment at which the program may be killed. A dead one ends here in any case."""
        if self.killed:
            raise Crashed
        if not self.weather.healed and self.random.random() < self.weather.crash_rate:
            self.kill(where)
            raise Crashed

    def kill(self, where: str) -> None:
        """End it without any order."""
        self.killed = True
        self.weather.counts[f"crash {where}"] += 1
        self.trace("killed", where)

    def disk(self) -> str:
        """What the disk does with one transaction."""
        if self.weather.healed or self.random.random() >= self.weather.disk_rate:
            return ""
        fate = self.random.choice(DISK)
        self.weather.counts[f"disk {fate}"] += 1
        self.trace("disk", fate)
        return fate
