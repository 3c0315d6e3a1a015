"""The values of an open form against the server's, and what is wrong with them. No signals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from studio.domain.dialect import UNKNOWN
from studio.domain.diff import Change, same
from studio.domain.fields import BY_PATH, BY_WIRE, EVERY_FIELD
from studio.domain.rules import check

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from studio.domain.influencer import FieldValue
    from studio.domain.mutation import Waiting
    from studio.domain.projection import Shown

PATHS: frozenset[str] = frozenset(BY_PATH)
_INDEX = re.compile(r"(\[\d+\]|\.\d+)$")


def field_of(name: str) -> str:
    """The field path a server's error points at; empty when it is none of the form's.

    Takes our paths and the wire's, with or without an index such as ``catchphrases[3]``.
    """
    bare = _INDEX.sub("", name)
    if bare in BY_PATH:
        return bare
    spec = BY_WIRE.get(bare)
    return spec.path if spec else ""


def stored(path: str, value: FieldValue) -> FieldValue:
    """``value`` as the draft keeps it: a cleared text is no text, where the contract allows it."""
    if value == "" and BY_PATH[path].nullable:
        return None
    return value


class FormValues:
    """What each field shows, the value it was typed over, and the problems.

    ``base`` of a field is what the server has or is about to get: the confirmed record with
    everything that waits in the outbox.
    """

    def __init__(self) -> None:
        self._values: dict[str, FieldValue] = {}
        self._base: dict[str, FieldValue] = {}
        self._held: dict[str, FieldValue] = {}
        self._dialect = UNKNOWN
        self._moved: dict[str, Change] = {}
        self._refused: dict[str, str] = {}
        self._rejected: dict[str, tuple[FieldValue, str]] = {}

    def load(self, shown: Shown, unwritten: Mapping[str, FieldValue]) -> None:
        """Fill every field from the projection, with values on top that are not durable yet."""
        self._held.clear()
        self._rejected.clear()
        self._base = _base_of(shown)
        self._dialect = shown.dialect
        self._values = {spec.path: shown.influencer.value(spec.path) for spec in EVERY_FIELD}
        self._values.update(unwritten)
        self._moved = {change.path: change for change in shown.moved}
        self._refused = _refused_fields(shown.waiting)

    def refresh(self, shown: Shown, keep: Collection[str], focus: str) -> frozenset[str]:
        """Take a newer projection over; the paths that look different now.

        Fields in ``keep`` have newer values here. The one with the focus keeps its value too, and
        the incoming one is held until the focus leaves.
        """
        before = {path: self._look(path) for path in PATHS}
        self._base = _base_of(shown)
        self._dialect = shown.dialect
        self._moved = {change.path: change for change in shown.moved}
        self._refused = _refused_fields(shown.waiting)
        for path in PATHS - set(keep):
            incoming = shown.influencer.value(path)
            if path == focus and not same(incoming, self._values[path]):
                self._held[path] = incoming
            else:
                self._held.pop(path, None)
                self._values[path] = incoming
        return frozenset(path for path in PATHS if self._look(path) != before[path])

    def release(self, path: str) -> bool:
        """The focus left: take the incoming value unless something was typed meanwhile."""
        if path not in self._held:
            return False
        self._values[path] = self._held.pop(path)
        return True

    def put(self, values: Mapping[str, FieldValue]) -> None:
        """Set values; one that is typed over an incoming value wins here, as a draft."""
        for path, value in values.items():
            self._values[path] = value
            self._held.pop(path, None)

    def reject(self, path: str, sentence: str) -> None:
        """A problem found when publishing; it goes when the value changes."""
        self._rejected[path] = (self._values[path], sentence)

    def value(self, path: str) -> FieldValue:
        """What the field shows."""
        return self._values.get(path)

    def base(self, path: str) -> FieldValue:
        """What it was typed over."""
        return self._base.get(path)

    def incoming(self, path: str) -> Change | None:
        """The server's newer value that waits for the focus to leave, or None."""
        if path not in self._held:
            return None
        return Change(path, self._values[path], self._held[path])

    def moved(self, path: str) -> Change | None:
        """For an unsent change that was typed over another value than the server has now: that
        value against the server's; else None."""
        return self._moved.get(path) if self.mark(path) is not None else None

    def mark(self, path: str) -> Change | None:
        """The unsent change of a field, or None."""
        if path in self._held:
            return None
        old, new = self._base.get(path), self._values.get(path)
        return None if same(old, new) else Change(path, old, new)

    def changes(self) -> tuple[Change, ...]:
        """All unsent changes, in the editor's order; what the server does not take is none."""
        marks = (self.mark(spec.path) for spec in EVERY_FIELD)
        return tuple(each for each in marks if each is not None and self._is_taken(each))

    def stays_here(self, path: str) -> bool:
        """Whether the field holds a change that this server does not take."""
        change = self.mark(path)
        return change is not None and not self._is_taken(change)

    def _is_taken(self, change: Change) -> bool:
        return self._dialect.can_send(change.path, change.new)

    def problem(self, path: str) -> str:
        """Why the field cannot be sent, or was not taken; empty when nothing is wrong."""
        value = self._values.get(path)
        if self.mark(path) is None:
            return self._refused.get(path, "")
        found = check(path, value)
        if found is not None:
            return found.sentence
        rejected = self._rejected.get(path)
        return rejected[1] if rejected is not None and rejected[0] == value else ""

    def problems(self) -> dict[str, str]:
        """Problems of fields with unsent changes, in the editor's order."""
        return {
            change.path: problem
            for change in self.changes()
            if (problem := self.problem(change.path))
        }

    def _look(self, path: str) -> tuple[object, ...]:
        return (
            self._values.get(path),
            self._base.get(path),
            self._held.get(path),
            self._moved.get(path),
            self._refused.get(path),
            self.stays_here(path),
        )


def _base_of(shown: Shown) -> dict[str, FieldValue]:
    base = {spec.path: shown.influencer.value(spec.path) for spec in EVERY_FIELD}
    base.update({change.path: change.old for change in (*shown.changes, *shown.kept_here)})
    return base


def _refused_fields(waiting: Collection[Waiting]) -> dict[str, str]:
    found = {}
    for row in waiting:
        # A choice between two versions is no fault of the field: it has a strip of its own.
        if row.needs_choice:
            continue
        if row.state == "blocked" and (path := field_of(row.reason_field)):
            found[path] = row.reason
    return found
