"""The three-way merge of a publish: base, mine and theirs, field by field and entry by entry.

Pure. A text that moved on both sides, to different words, needs a choice; a list does only when
what it merges to could not be sent (contract 2.4.3). An empty text and no text are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import normalize

from studio.core.values import dataclass
from studio.domain.conflict import ConflictField, listed
from studio.domain.diff import same
from studio.domain.fields import BY_PATH, EVERY_FIELD
from studio.domain.list_merge import merge_lists
from studio.domain.rules import check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studio.domain.draft import DraftField
    from studio.domain.influencer import FieldValue, Influencer

_PLACES = {spec.path: place for place, spec in enumerate(EVERY_FIELD)}


@dataclass(frozen=True, slots=True)
class Merged:
    """What three values come to; ``value`` is None when a person has to choose."""

    value: FieldValue
    needs_choice: bool = False


@dataclass(frozen=True, slots=True)
class Merge:
    """What a publish comes to over the server's latest.

    Attributes:
        to_send: fields that merged and differ from the server's, with the value to send.
        fields: every field that still differs from the server's: those that need a choice first,
            then those that merged by themselves, each in the editor's order.
    """

    to_send: Mapping[str, FieldValue]
    fields: tuple[ConflictField, ...]

    @property
    def to_choose(self) -> tuple[ConflictField, ...]:
        """The fields that need a choice."""
        return tuple(each for each in self.fields if each.needs_choice)

    @property
    def put_together(self) -> tuple[ConflictField, ...]:
        """The fields that moved on both sides and merged by themselves."""
        return tuple(each for each in self.fields if not each.needs_choice and each.moved_there)


def merge_value(base: FieldValue, mine: FieldValue, theirs: FieldValue) -> Merged:
    """One value: equal or moved on one side is settled; lists merge; texts need a choice."""
    if same(mine, theirs) or same(mine, base):
        return Merged(theirs)
    if same(theirs, base) or (not _is_list(base) and alike(theirs, base)):
        return Merged(mine)
    if _is_list(base) and _is_list(mine) and _is_list(theirs):
        return Merged(merge_lists(listed(base), listed(mine), listed(theirs)).value)
    return Merged(None, needs_choice=True)


def alike(one: FieldValue, other: FieldValue) -> bool:
    """Whether two values read the same: a server may trim a text, or compose its accents, and the
    echo of one's own words is no edit."""
    return same(_bare(one), _bare(other))


def merge_fields(fields: Mapping[str, DraftField], theirs: Influencer) -> Merge:
    """The edited ``fields`` over the server's record."""
    to_send: dict[str, FieldValue] = {}
    found: list[ConflictField] = []
    for path in sorted(fields, key=lambda path: _PLACES.get(path, len(_PLACES))):
        entry, there = fields[path], theirs.value(path)
        merged = _sendable(path, merge_value(entry.base, entry.value, there), entry, there)
        if not merged.needs_choice:
            if same(merged.value, there):
                continue
            to_send[path] = merged.value
        found.append(
            ConflictField(path, entry.base, entry.value, there, merged.needs_choice, merged.value)
        )
    found.sort(key=lambda each: not each.needs_choice)
    return Merge(to_send, tuple(found))


def _sendable(path: str, merged: Merged, entry: DraftField, there: FieldValue) -> Merged:
    """A list put together of two that the contract does not allow is a choice after all."""
    is_new = not same(merged.value, entry.value) and not same(merged.value, there)
    if is_new and path in BY_PATH and check(path, merged.value) is not None:
        return Merged(None, needs_choice=True)
    return merged


def _bare(value: FieldValue) -> FieldValue:
    if isinstance(value, tuple):
        return tuple(normalize("NFC", entry).strip() for entry in value)
    return normalize("NFC", value).strip() if value else value


def _is_list(value: FieldValue) -> bool:
    return isinstance(value, tuple) or not value
