"""The cards of the gallery: a view that paints what is in sight and nothing else."""

from __future__ import annotations

import time
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
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from studio.ui.gallery.card_painter import CardPainter, Face
from studio.ui.gallery.geometry import BLEED, TOP, Density, Geometry
from studio.ui.gallery.rings import paint_chosen, paint_drop, paint_focus, paint_hover
from studio.ui.widgets.label import set_tooltip, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studio.ui.theme import Theme
    from studio.viewmodels.gallery import GalleryModel
    from studio.viewmodels.pictures import PictureLoader

_Index = QModelIndex | QPersistentModelIndex
_Command = QItemSelectionModel.SelectionFlag
_Move = QAbstractItemView.CursorAction
_Hint = QAbstractItemView.ScrollHint

_NOWHERE: Final = QModelIndex()
_SKELETONS: Final = 400
"""Shapes of cards drawn while the first rows are on their way: any window is full with these."""
_STEP: Final = 26
_PICTURE_STEP: Final = 64
"""Pictures are asked for in sizes this many pixels apart, so a resize rarely decodes anew."""
_TYPING_SECONDS: Final = 1.0
_WALKING: Final = (
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
)
_PLAIN: Final = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


class CardGrid(QListView):
    """Cards in lines, with a selection of one.

    It is a QListView for the sake of selection, keyboard and screen readers; where things lie and
    how they look is its own, because QListView lays out every row it has. Everything is computed
    from the row number, so 100,000 cards cost what 12 do.
    """

    opened = Signal(str)
    """Enter or a double click: the id of the influencer."""

    menu_requested = Signal(object)
    """A menu is wanted for the current card; carries the QPoint on the screen to open it at."""

    delete_requested = Signal(str)
    """The Delete key: the id of the current influencer."""

    leave_requested = Signal()
    """Escape: the person wants out of the grid."""

    def __init__(
        self,
        model: GalleryModel,
        pictures: PictureLoader,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._pictures, self._theme = model, pictures, theme
        self._density: Density = "grid"
        self._painter = CardPainter(theme)
        self._geometry = Geometry(self.width(), 0)
        self._hovered = -1
        self._drop_row, self._drop_refused = -1, False
        self._by_keyboard = False
        self._typed, self._typed_at = "", 0.0
        self._anchor: tuple[QPersistentModelIndex, int] | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragDropMode(QAbstractItemView.DragDropMode.NoDragDrop)
        self.setAutoScroll(False)
        self.setAccessibleName(self.tr("Influencers"))
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        model.layoutAboutToBeChanged.connect(self._on_layout_about_to_change)
        model.layoutChanged.connect(self._on_layout_changed)
        model.rowsRemoved.connect(self._on_rows_removed)
        model.modelReset.connect(self._on_reset)
        model.counts_changed.connect(self._on_counts_changed)
        pictures.loaded.connect(self._on_picture_loaded)
        theme.changed.connect(self._on_theme_changed)
        self.setModel(model)

    # ---- what the page asks

    @property
    def density(self) -> Density:
        """``grid`` or ``compact``."""
        return self._density

    def set_density(self, density: Density) -> None:
        """Larger or smaller cards; the card in sight stays in sight."""
        if density != self._density:
            anchor = self._anchor_now()
            self._density = density
            self.updateGeometries()
            self._scroll_to_anchor(anchor)

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

    def show_drop(self, row: int, *, refused: bool) -> None:
        """Mark the card that a drag is over; -1 for none."""
        if (row, refused) != (self._drop_row, self._drop_refused):
            self._update_row(self._drop_row)
            self._drop_row, self._drop_refused = row, refused
            self._update_row(row)

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
        count = self._model.rowCount()
        self._geometry = Geometry(
            self.width(),
            count,
            self._density,
            self._theme.text_scale,
            mirrored=self.isRightToLeft(),
        )
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
        QAbstractItemView.resizeEvent(self, event)
        self.updateGeometries()
        if event.oldSize().width() != event.size().width():
            self._scroll_to_anchor(anchor)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Move what is painted and paint what came into sight."""
        self.viewport().scroll(dx, dy)
        self._look()
        self._hover(self.viewport().mapFromGlobal(self.cursor().pos()))

    # ---- keys

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, letters jump to a name, the rest walks."""
        self._by_keyboard = True
        key, plain = event.key(), event.modifiers() in _PLAIN
        row = self.current_row()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self._open(row)
        elif key == Qt.Key.Key_Menu or (
            key == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        ):
            self._ask_menu()
        elif key == Qt.Key.Key_Delete and plain and self._model.id_at(row):
            self.delete_requested.emit(self._model.id_at(row))
        elif key == Qt.Key.Key_Escape:
            self.leave_requested.emit()
        elif key == Qt.Key.Key_Space and not self._is_typing():
            event.accept()
        elif self._is_letter(event):
            self._jump(event.text())
        else:
            QAbstractItemView.keyPressEvent(self, event)
            if event.key() in _WALKING:
                self._choose_current(row)
        self._update_row(self.current_row())

    def _choose_current(self, before: int) -> None:
        """A key that walked chooses, also when the first card was only waiting for it."""
        row = self.current_row()
        if row >= 0 and (row != before or not self.selectionModel().hasSelection()):
            self.choose(row, reveal=True)

    def keyboardSearch(self, search: str) -> None:
        """Go to the next loaded card whose name begins so."""
        if search:
            self._jump(search)

    def _is_typing(self) -> bool:
        return bool(self._typed) and time.monotonic() - self._typed_at < _TYPING_SECONDS

    def _is_letter(self, event: QKeyEvent) -> bool:
        held = event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        return not held and bool(event.text()) and event.text().isprintable()

    def _jump(self, text: str) -> None:
        again = self._is_typing()
        self._typed = (self._typed if again else "") + text.casefold()
        self._typed_at = time.monotonic()
        letters = set(self._typed)
        # One letter pressed again and again walks through the names that begin with it.
        prefix = self._typed[0] if len(letters) == 1 else self._typed
        start = self.current_row()
        if len(prefix) == 1 or start < 0:
            start += 1
        found = self._model.find_name(prefix, start)
        if found >= 0:
            self.choose(found, reveal=True)

    # ---- mouse and focus

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press chooses."""
        self._by_keyboard = False
        QAbstractItemView.mousePressEvent(self, event)
        self._update_row(self.current_row())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Only the ring under the mouse moves; dragging over cards chooses nothing."""
        self._hover(event.position().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click opens."""
        row = self.row_under(event.position().toPoint())
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._open(row)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the card under the mouse, or of the current one for the menu key."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            row = self.row_under(event.pos())
            if row < 0:
                return
            self.choose(row, reveal=False)
            self.menu_requested.emit(event.globalPos())
        else:
            self._ask_menu()
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where keys go when the keyboard brought the focus."""
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._by_keyboard = True
        QAbstractItemView.focusInEvent(self, event)
        self._update_row(self.current_row())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keys go elsewhere now."""
        QAbstractItemView.focusOutEvent(self, event)
        self._update_row(self.current_row())

    def event(self, event: QEvent) -> bool:
        """What lies beside the cards, under the scroll bar, is window."""
        if event.type() == QEvent.Type.Paint:
            painter = QPainter(self)
            painter.fillRect(self.rect(), self._theme.color("window"))
            painter.end()
            return True
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Take the ring away with the mouse; tell what does not fit on a card."""
        if event.type() in (QEvent.Type.Leave, QEvent.Type.Hide):
            self._hover(QPoint(-1, -1))
        elif event.type() == QEvent.Type.ToolTip:
            row = self._model.loaded(self._hovered)
            words = [] if row is None else [shown(row.name, 200), shown(row.tagline, 400)]
            set_tooltip(self.viewport(), "\n".join(word for word in words if word))
        return super().viewportEvent(event)

    def _hover(self, point: QPoint) -> None:
        row = self.row_under(point) if self.viewport().rect().contains(point) else -1
        if row != self._hovered:
            self._update_row(self._hovered)
            self._hovered = row
            self._update_row(row)

    def _open(self, row: int) -> None:
        influencer_id = self._model.id_at(row)
        if influencer_id:
            self.opened.emit(influencer_id)

    def _ask_menu(self) -> None:
        row = self.current_row()
        if row < 0:
            return
        self.scrollTo(self._model.index(row))
        card = self.card_rect(row)
        inside = QPoint(card.left() + 24, card.top() + 40)
        self.menu_requested.emit(self.viewport().mapToGlobal(inside))

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
        self._anchor = self._anchor_now() if self.verticalOffset() else None

    def _on_layout_changed(self) -> None:
        anchor, self._anchor = self._anchor, None
        self.updateGeometries()
        self._scroll_to_anchor(anchor)
        self.viewport().update()

    def _on_reset(self) -> None:
        self._hovered = -1
        self.updateGeometries()
        self.verticalScrollBar().setValue(0)
        self.viewport().update()

    def _on_counts_changed(self) -> None:
        if not self._geometry.count:
            self.viewport().update()

    def _anchor_now(self) -> tuple[QPersistentModelIndex, int] | None:
        """The card that must not move on the screen, and how far from the top it is."""
        seen = self.rows_in_sight()
        if not seen:
            return None
        chosen = self.current_row()
        row = seen.start
        view = self.viewport().rect()
        if chosen in seen and view.intersects(self.card_rect(chosen)):
            row = chosen
        elif self.card_rect(row).bottom() < 0:
            row = min(seen.stop - 1, row + self._geometry.columns)
        return QPersistentModelIndex(self._model.index(row)), self.card_rect(row).top()

    def _scroll_to_anchor(self, anchor: tuple[QPersistentModelIndex, int] | None) -> None:
        if anchor is None or not anchor[0].isValid():
            return
        self.verticalScrollBar().setValue(self._geometry.rect(anchor[0].row()).top() - anchor[1])

    def _look(self) -> None:
        seen = self.rows_in_sight()
        if seen:
            self._model.look_at(seen.start, seen.stop - 1)

    def _on_picture_loaded(self, url: str) -> None:
        if not url:
            self.viewport().update()
            return
        for row in self.rows_in_sight():
            found = self._model.loaded(row)
            if found is not None and found.thumbnail_url == url:
                self._update_row(row)

    def _on_theme_changed(self) -> None:
        self._painter.drop()
        self.updateGeometries()
        self.viewport().update()

    # ---- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cells that touch what has to be painted, then the rings around some of them."""
        painter = QPainter(self.viewport())
        dirty = event.rect()
        painter.fillRect(dirty, self._theme.color("window"))
        geometry = self._geometry
        if not geometry.count:
            if self._model.empty == "loading":
                self._paint_skeletons(painter, dirty)
            painter.end()
            return
        self._painter.set_look(geometry, self.devicePixelRatioF(), len(self.rows_in_sight()))
        top = self.verticalOffset()
        rows = geometry.rows_between(dirty.top() + top, dirty.bottom() + top)
        edge = self._picture_edge()
        for row in rows:
            cell = self._cell_rect(row)
            if cell.intersects(dirty):
                painter.drawPixmap(cell.topLeft(), self._cell(row, edge))
        self._paint_rings(painter, rows)
        painter.end()

    def _cell(self, row: int, edge: int) -> QPixmap:
        found = self._model.row_at(row)
        if found is None:
            return self._painter.cell(None, None)
        progress = self._model.progress_of(found.id)
        face = Face(
            found.id,
            found.name,
            found.tagline,
            self._model.status_of(found),
            bool(found.unsent),
            None if progress is None else round(progress * 100),
        )
        return self._painter.cell(face, self._pictures.image(found.thumbnail_url, edge))

    def _picture_edge(self) -> int:
        """The shorter edge a picture needs, in device pixels, in steps."""
        longer = max(self._geometry.card_width, self._geometry.picture_height)
        pixels = longer * self.devicePixelRatioF()
        return -(-int(pixels) // _PICTURE_STEP) * _PICTURE_STEP

    def _paint_rings(self, painter: QPainter, rows: range) -> None:
        focused = self.hasFocus() and self._by_keyboard
        if self._hovered in rows:
            paint_hover(painter, self.card_rect(self._hovered), self._theme)
        current = self.current_row()
        chosen = [index.row() for index in self.selectionModel().selectedIndexes()]
        for row in chosen:
            if row in rows:
                ring = focused and row == current
                paint_chosen(painter, self.card_rect(row), self._theme, focused=ring)
        if focused and current in rows and current not in chosen:
            paint_focus(painter, self.card_rect(current), self._theme)
        if self._drop_row in rows:
            card = self.card_rect(self._drop_row)
            paint_drop(painter, card, self._theme, refused=self._drop_refused)

    def _paint_skeletons(self, painter: QPainter, dirty: QRect) -> None:
        shapes = Geometry(
            self.width(),
            _SKELETONS,
            self._density,
            self._theme.text_scale,
            mirrored=self.isRightToLeft(),
        )
        self._painter.set_look(shapes, self.devicePixelRatioF(), 1)
        quiet = self._painter.cell(None, None)
        left = self.horizontalOffset()
        for row in shapes.rows_between(dirty.top(), dirty.bottom()):
            painter.drawPixmap(shapes.rect(row).topLeft() - QPoint(BLEED + left, BLEED), quiet)

    def _cell_rect(self, row: int) -> QRect:
        return self.card_rect(row).adjusted(-BLEED, -BLEED, BLEED, BLEED)

    def _update_row(self, row: int) -> None:
        if row >= 0:
            self.viewport().update(self._cell_rect(row))

    def _update_rows(self, rows: range) -> None:
        seen = self.rows_in_sight()
        for row in range(max(rows.start, seen.start), min(rows.stop, seen.stop)):
            self._update_row(row)
