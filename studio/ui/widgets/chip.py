"""One word in a list of words."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QSizePolicy,
    QStyle,
    QStyleOption,
    QWidget,
)

from studio.ui.icons import glyph
from studio.ui.style import scaled
from studio.ui.widgets.label import set_tooltip, shown

_WIDEST_CHIP: Final = 260
_CROSS: Final = 12


class Chip(QAbstractButton):
    """One word, with a cross if there is room. Reached by arrow keys, not by Tab."""

    remove_requested = Signal(object)
    """Carries the chip itself."""
    key_pressed = Signal(object)
    """Carries the QKeyEvent of a key the editor decides about; it accepts what it used."""

    def __init__(self, text: str, *, cross: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._has_cross = cross
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._value = ""
        self.set_value(text)

    def value(self) -> str:
        """The word, as written."""
        return self._value

    def set_value(self, text: str) -> None:
        """Show another word."""
        self._value = text
        self.setAccessibleName(shown(text, 200))
        self.setAccessibleDescription(self.tr("Delete removes it, arrow keys move"))
        wide = QFontMetrics(self.font()).horizontalAdvance(shown(text, 200)) > scaled(
            _WIDEST_CHIP - 40
        )
        set_tooltip(self, text if wide else "")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The word, the cross and the room around them."""
        metrics = QFontMetrics(self.font())
        around = scaled(8 + 5 + _CROSS + 6) if self._has_cross else scaled(16)
        width = metrics.horizontalAdvance(shown(self._value, 200)) + around
        return QSize(min(scaled(_WIDEST_CHIP), width), max(scaled(24), metrics.height() + 8))

    def minimumSizeHint(self) -> QSize:
        """Room for a letter and the cross, or for a short word whole."""
        hint = self.sizeHint()
        return QSize(min(scaled(48), hint.width()), hint.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ask the editor first."""
        event.ignore()
        self.key_pressed.emit(event)
        if not event.isAccepted():
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the cross removes the chip."""
        inside = self._cross_box().adjusted(-4, -6, 6, 6).contains(event.position())
        super().mouseReleaseEvent(event)
        if inside and self._has_cross and event.button() == Qt.MouseButton.LeftButton:
            self.remove_requested.emit(self)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The box of the style sheet, the word, the cross."""
        option = QStyleOption()
        option.initFrom(self)
        if self.hasFocus():
            option.state |= QStyle.StateFlag.State_HasFocus
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        focused = self.hasFocus()
        role = QPalette.ColorRole.HighlightedText if focused else QPalette.ColorRole.WindowText
        color = self.palette().color(role)
        if focused:
            color = QApplication.palette().color(QPalette.ColorRole.HighlightedText)
        words = QRectF(self.rect()).adjusted(scaled(8), 0, -scaled(8), 0)
        if self._has_cross and self.isRightToLeft():
            words.setLeft(scaled(_CROSS + 11))
        elif self._has_cross:
            words.setRight(self.width() - scaled(_CROSS + 11))
        text = QFontMetrics(self.font()).elidedText(
            shown(self._value, 200), Qt.TextElideMode.ElideRight, int(words.width()) + 1
        )
        painter.setPen(color)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
        if self._has_cross and self.isEnabled():
            painter.setOpacity(0.8)
            pixmap = glyph("x", scaled(_CROSS), color, self.devicePixelRatioF())
            painter.drawPixmap(self._cross_box().topLeft(), pixmap)
        painter.end()

    def _cross_box(self) -> QRectF:
        box = QRectF(0, 0, scaled(_CROSS), scaled(_CROSS))
        box.moveCenter(QRectF(self.rect()).center())
        if self.isRightToLeft():
            box.moveLeft(scaled(6))
        else:
            box.moveRight(self.width() - scaled(6))
        return box.toRect().toRectF()
