"""Fields of a form in lines, two beside each other where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from studio.ui.style import scaled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

GAP: Final = 12
NARROWEST: Final = 130
"""A field beside another is never narrower, in design pixels."""


class FieldGrid(QWidget):
    """``lines`` of one field or two; with little room, or large text, each has its own line."""

    def __init__(self, lines: Sequence[Sequence[QWidget]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = tuple(tuple(line) for line in lines)
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        self._arrange(2)

    @property
    def columns(self) -> int:
        """How many fields stand beside each other."""
        return self._columns

    def minimumSizeHint(self) -> QSize:
        """One field beside nothing."""
        return QSize(scaled(NARROWEST), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may have room for two, or not any more."""
        super().resizeEvent(event)
        self._arrange(2 if self.width() >= 2 * scaled(NARROWEST) + GAP else 1)

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for field in (field for line in self._lines for field in line):
            self._grid.removeWidget(field)
        place = 0
        for line in self._lines:
            if columns > 1 and len(line) > 1:
                for column, field in enumerate(line):
                    self._grid.addWidget(field, place, column, Qt.AlignmentFlag.AlignTop)
                place += 1
                continue
            for field in line:
                self._grid.addWidget(field, place, 0, 1, columns)
                place += 1
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1 if columns > 1 else 0)
        self._grid.setHorizontalSpacing(GAP if columns > 1 else 0)
