"""What the set-up commands say: plain sentences on standard output, and one way to give up."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Stop(Exception):
    """The command cannot go on.

    `sentence` says what stands in the way, `next_step` what the person can do about it.
    """

    def __init__(self, sentence: str, next_step: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.next_step = next_step

    def text(self) -> str:
        """Both parts, one per line."""
        return f"{self.sentence}\n{self.next_step}" if self.next_step else self.sentence


def say(text: str) -> None:
    """Print now, so that lines keep their order with those of the programs started."""
    print(text, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a piece of set-up and say afterwards how many seconds it took."""
    print(f"{text} ...", end="", flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print(" stopped.", flush=True)
        raise
    print(f" {time.monotonic() - began:.1f} s", flush=True)
