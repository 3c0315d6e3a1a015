"""A publish that met somebody else's edit: what merged by itself, and what needs a choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.domain.fields import label_of

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
