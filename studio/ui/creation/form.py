"""Field controls in order: short ones two in a row, lists and texts on lines of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from studio.ui.creation.field_editor import FieldEditor

if TYPE_CHECKING:
    from collections.abc import Sequence

_ALONE = ("name",)


class FieldForm(QWidget):
    """Makes the controls for the paths it is given; those that stay keep text and focus."""

    edited = Signal(str)
    reverted = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, columns: int = 2) -> None:
        """One of the ``columns`` (1 or 2) for each short field."""
        super().__init__(parent)
        self._columns = columns
        self._editors: dict[str, FieldEditor] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12 if columns > 1 else 0)
        self._grid.setVerticalSpacing(12)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1 if columns > 1 else 0)
        self._line = 0
        self._half = False

    def editor(self, path: str) -> FieldEditor | None:
        """The control of one path."""
        return self._editors.get(path)

    @property
    def editors(self) -> tuple[FieldEditor, ...]:
        """The controls in order."""
        return tuple(self._editors.values())

    def offer(self, paths: Sequence[str]) -> None:
        """Add a control for each path that has none yet."""
        fresh = [path for path in paths if path not in self._editors]
        for path in fresh:
            self._place(FieldEditor(path, parent=self))

    def _place(self, editor: FieldEditor) -> None:
        editor.edited.connect(self.edited)
        editor.reverted.connect(self.reverted)
        self._editors[editor.path] = editor
        wide = editor.is_wide or editor.path in _ALONE or self._columns == 1
        if wide and self._half:
            self._line += 1
            self._half = False
        if wide:
            self._grid.addWidget(editor, self._line, 0, 1, self._columns)
            self._line += 1
        else:
            self._grid.addWidget(editor, self._line, 1 if self._half else 0)
            self._line += int(self._half)
            self._half = not self._half
        editor.show()
