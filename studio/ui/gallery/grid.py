"""The cards of the gallery: a view that paints what is in sight and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QWidget

from studio.ui.gallery.canvas import GridCanvas, Marks, Sight
from studio.ui.gallery.card_lines import CardLines
from studio.ui.gallery.type_ahead import TypeAhead, is_letter
from studio.ui.widgets.label import set_tooltip, shown

if TYPE_CHECKING:
    from studio.ui.theme import Theme
    from studio.viewmodels.gallery import GalleryModel
    from studio.viewmodels.pictures import PictureLoader

_SKELETONS: Final = 400
"""Shapes of cards drawn while the first rows are on their way: any window is full with these."""
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


class CardGrid(CardLines):
    """Looks, keys and mouse of the cards; where they lie is :class:`CardLines`."""

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
        super().__init__(model, theme, parent)
        self._canvas = GridCanvas(model, pictures, theme)
        self._hovered = -1
        self._drop_row, self._drop_refused = -1, False
        self._by_keyboard = False
        self._typed = TypeAhead()
        self.setAccessibleName(self.tr("Influencers"))
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        model.modelReset.connect(self._on_scrolled)
        model.counts_changed.connect(self._on_counts_changed)
        pictures.loaded.connect(self._on_picture_loaded)
        theme.changed.connect(self._on_theme_changed)

    def show_drop(self, row: int, *, refused: bool) -> None:
        """Mark the card that a drag is over; -1 for none."""
        if (row, refused) != (self._drop_row, self._drop_refused):
            self._update_row(self._drop_row)
            self._drop_row, self._drop_refused = row, refused
            self._update_row(row)

    # ---- keys

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
        elif key == Qt.Key.Key_Space and not self._typed.is_going_on:
            event.accept()
        elif is_letter(event):
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

    def _jump(self, text: str) -> None:
        prefix, start = self._typed.typed(text, self.current_row())
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

    def viewportEvent(self, event: QEvent) -> bool:
        """Take the ring away with the mouse; tell what does not fit on a card."""
        if event.type() in (QEvent.Type.Leave, QEvent.Type.Hide):
            self._hover(QPoint(-1, -1))
        elif event.type() == QEvent.Type.ToolTip:
            row = self._model.loaded(self._hovered)
            lines = () if row is None else (row.name, row.tagline, row.hit)
            words = [shown(line, 400) for line in lines]
            set_tooltip(self.viewport(), "\n".join(word for word in words if word))
        return super().viewportEvent(event)

    def _hover(self, point: QPoint) -> None:
        row = self.row_under(point) if self.viewport().rect().contains(point) else -1
        if row != self._hovered:
            self._update_row(self._hovered)
            self._hovered = row
            self._update_row(row)

    def _on_scrolled(self) -> None:
        """Another card is under the resting mouse now."""
        self._hover(self.viewport().mapFromGlobal(self.cursor().pos()))

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

    # ---- painting

    def _on_counts_changed(self) -> None:
        if not self._geometry.count:
            self.viewport().update()

    def _on_picture_loaded(self, url: str) -> None:
        if not url:
            self.viewport().update()
            return
        for row in self.rows_in_sight():
            found = self._model.loaded(row)
            if found is not None and found.thumbnail_url == url:
                self._update_row(row)

    def _on_theme_changed(self) -> None:
        self._canvas.drop()
        self.updateGeometries()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Whatever of the cards touches what has to be painted."""
        painter = QPainter(self.viewport())
        filled = bool(self._geometry.count)
        sight = Sight(
            self._geometry if filled else self._shape(_SKELETONS),
            QPoint(self.horizontalOffset(), self.verticalOffset()),
            len(self.rows_in_sight()),
            self.devicePixelRatioF(),
        )
        if filled:
            self._canvas.paint(painter, event.rect(), sight, self._marks())
        else:
            self._canvas.paint_empty(painter, event.rect(), sight)
        painter.end()

    def _marks(self) -> Marks:
        chosen = [index.row() for index in self.selectionModel().selectedIndexes()]
        return Marks(
            hovered=self._hovered,
            current=self.current_row(),
            chosen=chosen[0] if chosen else -1,
            focused=self.hasFocus() and self._by_keyboard,
            drop=self._drop_row,
            drop_refused=self._drop_refused,
        )
