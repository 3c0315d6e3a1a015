"""Where the cards of the gallery lie, how they scroll, and how they stay in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
)
from PySide6.QtGui import QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from studio.ui.gallery.geometry import BLEED, TOP, Density, Geometry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studio.ui.theme import Theme
    from studio.viewmodels.gallery import GalleryModel

_Index = QModelIndex | QPersistentModelIndex
_Command = QItemSelectionModel.SelectionFlag
_Move = QAbstractItemView.CursorAction
_Hint = QAbstractItemView.ScrollHint
_Anchor = tuple[QPersistentModelIndex, int]

_STEP: Final = 26
"""Pixels of one step of the scroll bar; a notch of the wheel is three."""


class CardLines(QListView):
    """Cards in lines, with a selection of one; painting and pressing is for its heir.

    It is a QListView for the sake of selection, keyboard and screen readers; where things lie is
    its own, because QListView lays out every row it has. Everything is computed from the row
    number, so 100,000 cards cost what 12 do.
    """

    def __init__(self, model: GalleryModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._theme = model, theme
        self._density: Density = "grid"
        self._geometry = Geometry(self.width(), 0)
        self._anchor: _Anchor | None = None
        # Asked for a part that Qt made by itself, the bindings load every widget class there is.
        self.setViewport(QWidget())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragDropMode(QAbstractItemView.DragDropMode.NoDragDrop)
        self.setAutoScroll(False)
        model.layoutAboutToBeChanged.connect(self._on_layout_about_to_change)
        model.layoutChanged.connect(self._on_layout_changed)
        model.rowsRemoved.connect(self._on_rows_removed)
        model.modelReset.connect(self._on_reset)
        self.setModel(model)

    @property
    def density(self) -> Density:
        """``grid`` or ``compact``."""
        return self._density

    def set_density(self, density: Density) -> None:
        """Larger or smaller cards; the card in sight stays in sight."""
        if density != self._density:
            anchor = self._anchor_now()
            kept = self._chosen_in_sight(self.viewport().height())
            self._density = density
            self.updateGeometries()
            self._scroll_to_anchor(anchor)
            if anchor is None:
                self.scrollTo(kept)
            self.viewport().update()

    def current_row(self) -> int:
        """The card that keys go to, -1 when there is none."""
        return self.currentIndex().row()

    def choose(self, row: int, *, reveal: bool) -> None:
        """Select a card; ``reveal`` scrolls it into sight."""
        index = self._model.index(row)
        if not index.isValid():
            return
        self.selectionModel().setCurrentIndex(index, _Command.ClearAndSelect)
        if reveal:
            self.scrollTo(index)

    def card_rect(self, row: int) -> QRect:
        """Where a card lies in the viewport; also one that is scrolled out of sight."""
        return self._geometry.rect(row).translated(-self.horizontalOffset(), -self.verticalOffset())

    def row_under(self, point: QPoint) -> int:
        """The card at a point of the viewport, -1 between cards."""
        shift = QPoint(self.horizontalOffset(), self.verticalOffset())
        return self._geometry.row_at(point + shift)

    def rows_in_sight(self) -> range:
        """Rows of which anything can be seen."""
        top = self.verticalOffset()
        return self._geometry.rows_between(top, top + self.viewport().height() - 1)

    # ---- geometry, for Qt

    def visualRect(self, index: _Index) -> QRect:
        """Where a card lies in the viewport."""
        return self.card_rect(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The card at a point of the viewport."""
        row = self.row_under(point)
        return self._model.index(row) if row >= 0 else QModelIndex()

    def isIndexHidden(self, _index: _Index) -> bool:
        """No card is hidden."""
        return False

    def horizontalOffset(self) -> int:
        """Nothing scrolls sideways; a scroll bar at the left takes its width."""
        return self.viewport().x() if self.isRightToLeft() else 0

    def verticalOffset(self) -> int:
        """How far it is scrolled, in pixels."""
        return self.verticalScrollBar().value()

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """The chosen card with the ring around it."""
        region = QRegion()
        for index in selection.indexes():
            region += QRegion(self._cell_rect(index.row()))
        return region

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """A press chooses the card under it."""
        index = self.indexAt(rect.center())
        if index.isValid():
            self.selectionModel().select(index, command)

    def selectionCommand(
        self, index: _Index, _event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """One card is always the chosen one: no modifier takes the choice back."""
        return _Command.ClearAndSelect if index.isValid() else _Command.NoUpdate

    def scrollTo(self, index: _Index, hint: _Hint = _Hint.EnsureVisible) -> None:
        """Bring a card into sight with a little room around it."""
        if not index.isValid():
            return
        card = self._geometry.rect(index.row())
        height = self.viewport().height()
        top, bottom = card.top() - TOP, card.bottom() + TOP - height
        bar = self.verticalScrollBar()
        if hint == _Hint.PositionAtCenter:
            bar.setValue(card.center().y() - height // 2)
        elif hint == _Hint.PositionAtTop or bar.value() > top:
            bar.setValue(top)
        elif hint == _Hint.PositionAtBottom or bar.value() < bottom:
            bar.setValue(min(top, bottom) if hint == _Hint.EnsureVisible else bottom)

    def doItemsLayout(self) -> None:
        """There is no layout to do, only sums."""
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:
        """Sums for the size and count of now; the scroll bar follows."""
        self._geometry = self._shape(self._model.rowCount())
        view = self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setSingleStep(_STEP)
        bar.setPageStep(max(1, view))
        bar.setRange(0, max(0, self._geometry.height - view))
        QAbstractItemView.updateGeometries(self)
        self._look()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cards share the new width; the card in sight stays in sight."""
        anchor = self._anchor_now()
        kept = self._chosen_in_sight(event.oldSize().height())
        QAbstractItemView.resizeEvent(self, event)
        self.updateGeometries()
        if event.oldSize().width() != event.size().width():
            self._scroll_to_anchor(anchor)
            if anchor is None:
                self.scrollTo(kept)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Move what is painted and paint what came into sight."""
        self.viewport().scroll(dx, dy)
        self._look()

    # ---- steps of the keyboard

    def moveCursor(self, action: _Move, _modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Arrow keys walk cards and lines, Home and End go to the ends, Page a screenful."""
        count = self._geometry.count
        if not count:
            return QModelIndex()
        row = self.current_row()
        if row < 0:
            return self._model.index(self.rows_in_sight().start if count else 0)
        columns = self._geometry.columns
        page = columns * self._geometry.lines_in(self.viewport().height())
        sideways = -1 if self.isRightToLeft() else 1
        step = {
            _Move.MoveLeft: -sideways,
            _Move.MoveRight: sideways,
            _Move.MovePrevious: -1,
            _Move.MoveNext: 1,
            _Move.MoveUp: -columns,
            _Move.MoveDown: columns,
            _Move.MovePageUp: -page,
            _Move.MovePageDown: page,
            _Move.MoveHome: -count,
            _Move.MoveEnd: count,
        }[action]
        return self._model.index(self._stepped(row, step, columns, count))

    def _stepped(self, row: int, step: int, columns: int, count: int) -> int:
        wanted = row + step
        if abs(step) < columns or abs(step) == count:
            return min(count - 1, max(0, wanted))
        column = row % columns
        if wanted < 0:
            return column
        if wanted < count:
            return wanted
        # The last line may be short: its end is below every card of the line above.
        last_line = (count - 1) // columns
        return min(count - 1, last_line * columns + column)

    # ---- following the model

    def dataChanged(
        self, top_left: _Index, bottom_right: _Index, roles: Sequence[int] = ()
    ) -> None:
        """Paint the changed cards anew if they are in sight."""
        seen = self.rows_in_sight()
        if top_left.row() < seen.stop and bottom_right.row() >= seen.start:
            QAbstractItemView.dataChanged(self, top_left, bottom_right, roles)
            self._update_rows(range(top_left.row(), bottom_right.row() + 1))

    def rowsInserted(self, parent: _Index, start: int, end: int) -> None:
        """More cards at the end."""
        QAbstractItemView.rowsInserted(self, parent, start, end)
        self.updateGeometries()
        self.viewport().update()

    def _on_rows_removed(self) -> None:
        self.updateGeometries()
        self.viewport().update()

    def _on_layout_about_to_change(self) -> None:
        self._anchor = self._anchor_now()

    def _on_layout_changed(self) -> None:
        anchor, self._anchor = self._anchor, None
        self.updateGeometries()
        self._scroll_to_anchor(anchor)
        self.viewport().update()

    def _on_reset(self) -> None:
        self.updateGeometries()
        self.verticalScrollBar().setValue(0)
        self.viewport().update()

    def _anchor_now(self) -> _Anchor | None:
        """The card that must not move on the screen, and how far from the top it is.

        At the very top there is none: what comes first has to be seen.
        """
        seen = self.rows_in_sight()
        if not seen or not self.verticalOffset():
            return None
        chosen = self.current_row()
        row = seen.start
        view = self.viewport().rect()
        if chosen in seen and view.intersects(self.card_rect(chosen)):
            row = chosen
        elif self.card_rect(row).bottom() < 0:
            row = min(seen.stop - 1, row + self._geometry.columns)
        return QPersistentModelIndex(self._model.index(row)), self.card_rect(row).top()

    def _chosen_in_sight(self, height: int) -> QModelIndex:
        """The chosen card if all of it can be seen in a view of that height."""
        chosen = self.current_row()
        if chosen >= 0 and self.card_rect(chosen).top() >= 0:
            below = self.card_rect(chosen).bottom() >= height
            return QModelIndex() if below else self.currentIndex()
        return QModelIndex()

    def _scroll_to_anchor(self, anchor: _Anchor | None) -> None:
        if anchor is None or not anchor[0].isValid():
            return
        self.verticalScrollBar().setValue(self._geometry.rect(anchor[0].row()).top() - anchor[1])

    def _look(self) -> None:
        seen = self.rows_in_sight()
        if seen:
            self._model.look_at(seen.start, seen.stop - 1)

    def _shape(self, count: int) -> Geometry:
        return Geometry(
            self.width(),
            count,
            self._density,
            self._theme.text_scale,
            mirrored=self.isRightToLeft(),
        )

    def _cell_rect(self, row: int) -> QRect:
        return self.card_rect(row).adjusted(-BLEED, -BLEED, BLEED, BLEED)

    def _update_row(self, row: int) -> None:
        if row >= 0:
            self.viewport().update(self._cell_rect(row))

    def _update_rows(self, rows: range) -> None:
        seen = self.rows_in_sight()
        for row in range(max(rows.start, seen.start), min(rows.stop, seen.stop)):
            self._update_row(row)
