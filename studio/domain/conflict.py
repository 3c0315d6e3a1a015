"""A publish that met somebody else's edit: what merged by itself, and what needs a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.core.values import dataclass
from studio.domain.diff import same
from studio.domain.fields import label_of
from studio.domain.list_merge import ListMerge, merge_lists

if TYPE_CHECKING:
    from datetime import datetime

    from studio.domain.influencer import FieldValue


@dataclass(frozen=True, slots=True)
class ConflictField:
    """One field of a held publish, three ways. ``merged`` is None when a person has to choose."""

    path: str
    base: FieldValue
    mine: FieldValue
    theirs: FieldValue
    needs_choice: bool
    merged: FieldValue = None

    @property
    def label(self) -> str:
        """What people call the field."""
        return label_of(self.path)

    @property
    def moved_there(self) -> bool:
        """Whether the server's value moved as well, so that two edits were put together."""
        return not same(self.base, self.theirs)

    @property
    def is_list(self) -> bool:
        """Whether the field holds entries."""
        return any(isinstance(each, tuple) for each in (self.base, self.mine, self.theirs))

    @property
    def entries(self) -> ListMerge:
        """The list entry by entry: who added what, and who took what out; empty for a text."""
        if not self.is_list:
            return ListMerge((), ())
        return merge_lists(*(listed(each) for each in (self.base, self.mine, self.theirs)))


@dataclass(frozen=True, slots=True)
class Conflict:
    """One influencer whose publish waits for a person; a to-do, never a stop for others.

    Attributes:
        fields: those that need a choice first, then those that merged by themselves.
        mine_at: when the newest of the edits here was typed.
        theirs_at: the server's ``updatedAt`` of the record that was met.
        found_at: when the two met.
        is_gone: it was deleted on the server; then no field needs a choice, but a decision does.
    """

    influencer_id: str
    project_id: str
    name: str
    fields: tuple[ConflictField, ...]
    mine_at: datetime | None = None
    theirs_at: datetime | None = None
    found_at: datetime | None = None
    is_gone: bool = False

    @property
    def to_choose(self) -> tuple[ConflictField, ...]:
        """The fields that need a choice."""
        return tuple(each for each in self.fields if each.needs_choice)


def listed(value: FieldValue) -> tuple[str, ...]:
    """A field value as entries: a text is one entry, nothing is none."""
    if isinstance(value, tuple):
        return value
    return (value,) if value else ()
