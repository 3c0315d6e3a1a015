"""The rows of the outbox as a list that lays out only what is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QListView

from studio.ui.outbox.line_painter import LinePainter
from studio.viewmodels.outbox_model import LINE_ROLE

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from studio.ui.theme import Theme
    from studio.viewmodels.outbox_model import Index, OutboxModel
    from studio.viewmodels.pictures import PictureLoader


class LineList(QListView):
    """Arrow keys choose, Enter opens, Delete takes out."""

    chosen = Signal(str)
    """The id of a row, empty for none."""

    opened = Signal(str)
    removed = Signal(str)

    def __init__(
        self,
        model: OutboxModel,
        theme: Theme,
        pictures: PictureLoader,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setViewportMargins(0, 6, 0, 6)
        self.setItemDelegate(LinePainter(theme, pictures, self))
        self.setModel(model)
        self.setAccessibleName(self.tr("Waiting changes"))
        pictures.loaded.connect(self._on_repaint)
        theme.changed.connect(self._on_repaint)

    def current_id(self) -> str:
        """The id of the chosen row, empty for none."""
        return self._id_of(self.currentIndex())

    def show_chosen(self, row_id: str) -> None:
        """Choose a row, without saying so."""
        place = self._model.place_of(row_id)
        if place < 0 or self.current_id() == row_id:
            return
        index = self._model.index(place)
        self.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect
        )

    def repaint_rows(self) -> None:
        """Ages and countdowns moved."""
        self.viewport().update()

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which row is chosen."""
        super().currentChanged(current, previous)
        if current.isValid():
            self.chosen.emit(self._id_of(current))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the influencer, Delete takes the row out."""
        row_id = self.current_id()
        if row_id and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(row_id)
        elif row_id and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(row_id)
        else:
            super().keyPressEvent(event)

    def _id_of(self, index: Index) -> str:
        line = index.data(LINE_ROLE) if index.isValid() else None
        return line.row.id if line is not None else ""

    def _on_repaint(self, _url: str = "") -> None:
        self.viewport().update()
