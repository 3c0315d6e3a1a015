"""Names and overrides of clones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

NAME_LIMIT = 128
_LETTERED = re.compile(r"^(?P<stem>.*?) \((?P<letter>[B-Z]|\d+)\)$")


def variant_name(source: str, taken: Collection[str]) -> str:
    """A unique name for a clone: ``Nova (B)``, then ``Nova (C)``, after Z ``Nova (27)``.

    Never longer than the contract's 128 characters; ``taken`` is compared without case.
    """
    match = _LETTERED.match(source)
    stem = match["stem"] if match else source
    used = {name.casefold() for name in taken}
    number = 2
    while True:
        letter = chr(ord("A") + number - 1) if number <= 26 else str(number)
        suffix = f" ({letter})"
        candidate = stem[: NAME_LIMIT - len(suffix)].rstrip() + suffix
        if candidate.casefold() not in used:
            return candidate
        number += 1
