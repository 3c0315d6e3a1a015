"""Pills that switch a filter."""

from __future__ import annotations

from PySide6.QtCore import Property, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QSizePolicy,
    QStyle,
    QStyleOption,
    QWidget,
)

from studio.ui.style import scaled
from studio.ui.widgets.focus_ring import FocusRing
from studio.ui.widgets.label import shown


class FilterChip(QAbstractButton):
    """A pill that is on or off, with an optional dot in the color of a status token."""

    def __init__(
        self,
        text: str,
        token: str | None = None,
        *,
        checked: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._dot_color = QColor(Qt.GlobalColor.transparent)
        self._checked_color = QColor(Qt.GlobalColor.white)
        self._has_dot = token is not None
        self.setProperty("dot", token or "")
        self.setCheckable(True)
        self.setChecked(checked)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setText(text)
        self._ring = FocusRing(self, radius=13)

    def _get_dot_color(self) -> QColor:
        return self._dot_color

    def _set_dot_color(self, color: QColor) -> None:
        self._dot_color = QColor(color)
        self.update()

    def _get_checked_color(self) -> QColor:
        return self._checked_color

    def _set_checked_color(self, color: QColor) -> None:
        self._checked_color = QColor(color)
        self.update()

    dot_color = Property(QColor, _get_dot_color, _set_dot_color)
    checked_color = Property(QColor, _get_checked_color, _set_checked_color)

    def setText(self, text: str) -> None:
        """Show another word."""
        super().setText(shown(text, 200).replace("&", "&&"))
        self.setAccessibleName(text)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The dot, the word and the rounding."""
        metrics = QFontMetrics(self.font())
        words = self.text().replace("&&", "&")
        dot = scaled(13) if self._has_dot else 0
        return QSize(metrics.horizontalAdvance(words) + dot + scaled(24), scaled(26))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The pill of the style sheet, the dot, the word."""
        option = QStyleOption()
        option.initFrom(self)
        option.state |= (
            QStyle.StateFlag.State_On if self.isChecked() else QStyle.StateFlag.State_Off
        )
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words = QRectF(self.rect()).adjusted(scaled(12), 0, -scaled(12), 0)
        if self._has_dot:
            dot = QRectF(0, 0, scaled(8), scaled(8))
            dot.moveCenter(words.center())
            if self.isRightToLeft():
                dot.moveRight(words.right())
                words.setRight(dot.left() - scaled(5))
            else:
                dot.moveLeft(words.left())
                words.setLeft(dot.right() + scaled(5))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._dot_color)
            painter.drawRoundedRect(dot, 2.5, 2.5)
        plain = self.palette().color(QPalette.ColorRole.WindowText)
        painter.setPen(self._checked_color if self.isChecked() else plain)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text().replace("&&", "&"))
        painter.end()
