"""Publishing against what the server has now: base, mine and theirs, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.core.errors import ChangeStateFirst
from studio.domain.diff import same, shown
from studio.domain.fields import label_of
from studio.store.outbox import CHANGED_ON_SERVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studio.domain.draft import DraftField
    from studio.domain.influencer import FieldValue, Influencer

_WORDS = 60


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a publish comes to.

    Attributes:
        to_send: fields that differ from the server's, with the value typed here.
        overlaps: fields that moved there as well, to another value than the one typed here.
    """

    to_send: Mapping[str, FieldValue]
    overlaps: tuple[str, ...]


def compare(fields: Mapping[str, DraftField], theirs: Influencer) -> Comparison:
    """Three ways: equal on both sides is nothing to do, moved on both sides is an overlap."""
    to_send: dict[str, FieldValue] = {}
    overlaps = []
    for path, entry in fields.items():
        there = theirs.value(path)
        if same(there, entry.value):
            continue
        if same(there, entry.base):
            to_send[path] = entry.value
        else:
            overlaps.append(path)
    return Comparison(to_send, tuple(overlaps))


def changed_there(overlaps: tuple[str, ...], theirs: Influencer) -> ChangeStateFirst:
    """Why a publish is held; names the fields and what the first one is there now."""
    first = overlaps[0]
    names = ", ".join(label_of(path) for path in overlaps)
    there = shown(theirs.value(first))
    if len(there) > _WORDS:
        there = there[: _WORDS - 1].rstrip() + "…"
    now = f"is “{there}” there now" if len(overlaps) == 1 else "differ there now"
    return ChangeStateFirst(
        f"{names} changed on the server meanwhile and {now}.",
        next_step="Take your edits back to compare, or send again to keep yours.",
        code=CHANGED_ON_SERVER,
        field=first,
    )
