"""Undo and redo keys belong to the editor, not to the little history of each field."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from studio.ui.widgets.chips import ChipEditor

_STEPS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


class StepKeys(QObject):
    """Watches the field with the focus and lets undo and redo keys pass to the window's actions.

    The line at the end of chips keeps its own while a word is being written in it.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._watched: QWidget | None = None

    def follow(self, widget: QWidget | None) -> None:
        """Watch this text field from now on; anything else ends the watch."""
        if self._watched is not None:
            self._watched.removeEventFilter(self)
            self._watched.destroyed.disconnect(self._forget)
            self._watched = None
        if isinstance(widget, QLineEdit | QPlainTextEdit):
            widget.installEventFilter(self)
            widget.destroyed.connect(self._forget)
            self._watched = widget

    def _forget(self) -> None:
        self._watched = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Refuse undo and redo keys in the field's name."""
        if event.type() not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            return False
        if not isinstance(event, QKeyEvent) or not any(event.matches(key) for key in _STEPS):
            return False
        if isinstance(watched, QLineEdit) and isinstance(watched.parent(), ChipEditor):
            return not watched.text() and _refuse(event)
        return _refuse(event)


def _refuse(event: QKeyEvent) -> bool:
    event.ignore()
    return True
