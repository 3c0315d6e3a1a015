"""What differs between two versions of an influencer, field by field and entry by entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.core.values import dataclass
from studio.domain.fields import EVERY_FIELD, label_of

if TYPE_CHECKING:
    from studio.domain.influencer import FieldValue, Influencer


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs."""

    path: str
    old: FieldValue
    new: FieldValue

    @property
    def label(self) -> str:
        """What people call the field."""
        return label_of(self.path)

    @property
    def added(self) -> tuple[str, ...]:
        """Entries of a list that are new, in their order; empty for text fields."""
        if not isinstance(self.new, tuple):
            return ()
        old = list(self.old) if isinstance(self.old, tuple) else []
        return _beyond(self.new, old)

    @property
    def removed(self) -> tuple[str, ...]:
        """Entries of a list that are gone, in their order; empty for text fields."""
        if not isinstance(self.old, tuple):
            return ()
        new = list(self.new) if isinstance(self.new, tuple) else []
        return _beyond(self.old, new)


def _beyond(these: tuple[str, ...], those: list[str]) -> tuple[str, ...]:
    left = list(those)
    out = []
    for entry in these:
        if entry in left:
            left.remove(entry)
        else:
            out.append(entry)
    return tuple(out)


def same(a: FieldValue, b: FieldValue) -> bool:
    """Whether two values say the same: an empty text and no text do."""
    return (a or None) == (b or None)


def differences(old: Influencer, new: Influencer) -> tuple[Change, ...]:
    """Every editable field that differs, in the editor's order."""
    found = []
    for spec in EVERY_FIELD:
        before, after = old.value(spec.path), new.value(spec.path)
        if not same(before, after):
            found.append(Change(spec.path, before, after))
    return tuple(found)


def shown(value: FieldValue) -> str:
    """A value as one line of text for a review or a tooltip."""
    if isinstance(value, tuple):
        return ", ".join(value) if value else "none"
    return value or "empty"
