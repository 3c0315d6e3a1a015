"""Undo and redo of field values: named steps, typing merged, one history per influencer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence, QUndoCommand, QUndoGroup, QUndoStack

from studio.domain.influencer import FieldValue

if TYPE_CHECKING:
    from studio.core.clock import Clock

Values = Mapping[str, FieldValue]
Apply = Callable[[Values], None]

BURST_SECONDS = 1.0
"""A pause this long ends the undo step of typing."""

STEPS_KEPT = 500


class ValuesStep(QUndoCommand):
    """Puts values into fields and takes them out again, always by the same road as typing.

    Steps of the same ``burst`` on the same single field become one, so that a typed word is one
    step; adding, removing and moving list entries stay steps of their own.
    """

    def __init__(self, title: str, before: Values, after: Values, apply: Apply, burst: int) -> None:
        """``title`` is what a menu puts after "Undo"; ``burst`` 0 never merges."""
        super().__init__(title)
        self.before = dict(before)
        self.after = dict(after)
        self.burst = burst
        self._apply = apply

    def undo(self) -> None:
        """Put the values from before back."""
        self._apply(self.before)

    def redo(self) -> None:
        """Put the values in; Qt calls this when the step is pushed as well."""
        self._apply(self.after)

    def id(self) -> int:
        """Steps of one id may merge; -1 never does."""
        return 1 if self.burst else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take a later step of the same burst in; a step that ends where it began is dropped."""
        if not isinstance(other, ValuesStep) or other.burst != self.burst:
            return False
        if other.after.keys() != self.after.keys():
            return False
        if not all(_same_entry(self.after[path], value) for path, value in other.after.items()):
            return False
        self.after = dict(other.after)
        if self.after == self.before:
            self.setObsolete(True)
        return True


def _same_entry(before: FieldValue, after: FieldValue) -> bool:
    """Whether two values are texts, or lists that differ in one entry that is being written."""
    if not isinstance(before, tuple) or not isinstance(after, tuple):
        return not isinstance(before, tuple) and not isinstance(after, tuple)
    if len(before) != len(after):
        return False
    return sum(old != new for old, new in zip(before, after, strict=True)) <= 1


class UndoSteps(QObject):
    """The histories of this run, one per influencer, behind one undo and one redo action."""

    def __init__(self, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._clock = clock
        self._group = QUndoGroup(self)
        self._stacks: dict[str, QUndoStack] = {}
        self._burst = 0
        self._last: tuple[str, str, float] = ("", "", 0.0)
        self.undo_action: QAction = self._group.createUndoAction(parent, self.tr("Undo"))
        self.undo_action.setShortcuts(QKeySequence.StandardKey.Undo)
        self.redo_action: QAction = self._group.createRedoAction(parent, self.tr("Redo"))
        usual = QKeySequence.keyBindings(QKeySequence.StandardKey.Redo)
        everywhere = QKeySequence("Ctrl+Shift+Z")
        self.redo_action.setShortcuts([everywhere, *(key for key in usual if key != everywhere)])

    def activate(self, influencer_id: str) -> None:
        """Undo and redo what was done to this influencer; an empty id offers nothing."""
        stack = self._stack(influencer_id) if influencer_id else None
        if self._group.activeStack() is not stack:
            self._group.setActiveStack(stack)  # type: ignore[arg-type]

    def typed(
        self, influencer_id: str, path: str, title: str, before: Values, after: Values, apply: Apply
    ) -> None:
        """Do and remember an edit of one field, as part of the step before when typing goes on."""
        now = self._clock.monotonic()
        last_id, last_path, moment = self._last
        if (last_id, last_path) != (influencer_id, path) or now - moment >= BURST_SECONDS:
            self._burst += 1
        self._last = (influencer_id, path, now)
        self._stack(influencer_id).push(ValuesStep(title, before, after, apply, self._burst))

    def done(
        self, influencer_id: str, title: str, before: Values, after: Values, apply: Apply
    ) -> None:
        """Do and remember a step that stands for itself."""
        self.end_step()
        self._stack(influencer_id).push(ValuesStep(title, before, after, apply, 0))

    def end_step(self) -> None:
        """The next edit starts a step of its own."""
        self._last = ("", "", 0.0)

    def _stack(self, influencer_id: str) -> QUndoStack:
        stack = self._stacks.get(influencer_id)
        if stack is None:
            stack = QUndoStack(self._group)
            stack.setUndoLimit(STEPS_KEPT)
            self._stacks[influencer_id] = stack
        return stack
