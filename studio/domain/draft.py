"""Unsent edits of one influencer: durable here, absent on the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.core.values import dataclass
from studio.domain.diff import Change, same

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from studio.domain.influencer import FieldValue, Influencer


@dataclass(frozen=True, slots=True)
class DraftField:
    """One edited field: the value typed here and the server's value it was typed over."""

    value: FieldValue
    base: FieldValue


@dataclass(frozen=True, slots=True)
class Draft:
    """All unsent fields of one influencer. ``is_new``: the server has never heard of it."""

    influencer_id: str
    project_id: str
    fields: Mapping[str, DraftField]
    is_new: bool = False
    updated_at: datetime | None = None

    def changes(self) -> tuple[Change, ...]:
        """The fields that really differ from their base, in the editor's order."""
        from studio.domain.fields import EVERY_FIELD

        return tuple(
            Change(spec.path, entry.base, entry.value)
            for spec in EVERY_FIELD
            if (entry := self.fields.get(spec.path)) and not same(entry.base, entry.value)
        )

    def over(self, influencer: Influencer) -> Influencer:
        """The influencer as it would be with this draft sent."""
        for path, entry in self.fields.items():
            influencer = influencer.with_value(path, entry.value)
        return influencer
