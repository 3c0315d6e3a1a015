"""The order of the cards as quiet words with a chevron, and the menu behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from studio.domain.roster import SORTS
from studio.ui.style import scaled
from studio.ui.widgets.focus_ring import FocusRing
from studio.ui.widgets.label import set_tooltip
from studio.ui.widgets.menu import Menu

if TYPE_CHECKING:
    from studio.ui.theme import Theme

_PAD: Final = 8
_CHEVRON: Final = 14
_GAP: Final = 6
_OPENERS: Final = (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class SortButton(QAbstractButton):
    """Says the order and opens the menu of orders; where room is short it is an icon alone."""

    chosen = Signal(str)
    """One of ``studio.domain.roster.SORTS``."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._short = False
        self._words = ""
        self.menu = Menu(self.tr("Order"), self)
        self._orders = QActionGroup(self)
        for sort in SORTS:
            action = QAction(self._words_of(sort), self)
            action.setCheckable(True)
            action.setData(sort)
            self._orders.addAction(action)
            self.menu.addAction(action)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(self, radius=6)
        self.set_sort("newest")
        self.clicked.connect(self._open)
        self._orders.triggered.connect(self._on_triggered)
        theme.changed.connect(self._on_theme_changed)

    def set_sort(self, sort: str) -> None:
        """Show which order is on."""
        self._words = self._words_of(sort)
        self.setAccessibleName(self.tr("Order: {0}").replace("{0}", self._words))
        set_tooltip(self, self.accessibleName() if self._short else "")
        for action in self._orders.actions():
            action.setChecked(action.data() == sort)
        self.updateGeometry()
        self.update()

    def set_short(self, *, short: bool) -> None:
        """An icon alone, or the words."""
        if short != self._short:
            self._short = short
            set_tooltip(self, self.accessibleName() if short else "")
            self.updateGeometry()
            self.update()

    def words(self) -> str:
        """What it says."""
        return self._words

    def sizeHint(self) -> QSize:
        """The words and the chevron, or a square."""
        metrics = QFontMetrics(self._theme.font(12))
        height = max(scaled(26), metrics.height() + 10)
        if self._short:
            return QSize(height, height)
        width = metrics.horizontalAdvance(self._words)
        return QSize(width + _GAP + scaled(_CHEVRON) + 2 * _PAD, height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and the down key open the menu too."""
        if event.key() in _OPENERS:
            self._open()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A ground under the mouse, the words, the chevron."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lively = self.underMouse() or self.isDown()
        if lively:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("hover"))
            painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        token = "text" if lively else "textSecondary"
        icon = "arrow-down-up" if self._short else "chevron-down"
        side = scaled(_CHEVRON)
        glyph = self._theme.pixmap(icon, side, token, self.devicePixelRatioF())
        top = (self.height() - side) // 2
        if self._short:
            painter.drawPixmap(QPointF((self.width() - side) // 2, top), glyph)
            return
        mirrored = self.isRightToLeft()
        left = _PAD if mirrored else self.width() - _PAD - side
        painter.drawPixmap(QPointF(left, top), glyph)
        words = QRectF(self.rect()).adjusted(_PAD, 0, -_PAD, 0)
        painter.setFont(self._theme.font(12))
        painter.setPen(self._theme.color(token))
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, flags, self._words)

    def _words_of(self, sort: str) -> str:
        return {
            "newest": self.tr("Newest first"),
            "oldest": self.tr("Oldest first"),
            "name": self.tr("Name, A to Z"),
            "updated": self.tr("Last changed"),
        }.get(sort, sort)

    def _open(self) -> None:
        corner = self.mapToGlobal(self.rect().bottomLeft())
        if not self.isRightToLeft():
            corner.setX(corner.x() + self.width() - self.menu.sizeHint().width())
        self.menu.popup(corner)

    def _on_triggered(self, action: QAction) -> None:
        self.chosen.emit(cast("str", action.data()))

    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
