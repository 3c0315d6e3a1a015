"""The rows of the outbox as an item model, for a list that paints only what is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.domain.outbox import OutboxRow
    from studio.viewmodels.outbox_words import OutboxLine

LINE_ROLE = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


class OutboxModel(QAbstractListModel):
    """The rows of the outbox for a list; words are made when a row is looked at."""

    def __init__(self, line: Callable[[OutboxRow], OutboxLine], parent: QObject) -> None:
        """``line`` puts a row in words."""
        super().__init__(parent)
        self._line = line
        self._rows: tuple[OutboxRow, ...] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many wait."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The line under ``LINE_ROLE``; its words for screen readers and type-ahead."""
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        if role == LINE_ROLE:
            return self._line(self._rows[index.row()])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._line(self._rows[index.row()]).spoken
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows[index.row()].name
        return None

    def show_rows(self, rows: tuple[OutboxRow, ...]) -> None:
        """Other rows; the same ones in the same order only change their words."""
        if [row.id for row in rows] == [row.id for row in self._rows]:
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def place_of(self, row_id: str) -> int:
        """The place of a row, -1 when it has gone."""
        return next((place for place, row in enumerate(self._rows) if row.id == row_id), -1)
