"""Check boxes and radio buttons in the colors of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Property, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from studio.ui.widgets.label import shown

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent


class CheckBox(QCheckBox):
    """A box with a tick; a partial state shows a bar."""

    def __init__(
        self, text: str = "", *, checked: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(shown(text).replace("&", "&&"), parent)
        self._outline = QColor(Qt.GlobalColor.gray)
        self.setAccessibleName(text)
        self.setChecked(checked)

    def _get_outline(self) -> QColor:
        return self._outline

    def _set_outline(self, color: QColor) -> None:
        self._outline = QColor(color)
        self.update()

    outline_color = Property(QColor, _get_outline, _set_outline)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Words by the style, the box by us."""
        super().paintEvent(event)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        element = QStyle.SubElement.SE_CheckBoxIndicator
        box = QRectF(self.style().subElementRect(element, option, self))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_ground(painter, self, box, 4.5, self._outline)
        color = self.palette().color(self.palette().ColorRole.HighlightedText)
        pen = QPen(color, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        middle, unit = box.center(), box.width() / 16
        if self.checkState() == Qt.CheckState.PartiallyChecked:
            painter.drawLine(middle - QPointF(3.5 * unit, 0), middle + QPointF(3.5 * unit, 0))
        elif self.isChecked():
            tick = (QPointF(-3.5, 0.2), QPointF(-1.0, 2.7), QPointF(3.6, -2.6))
            painter.drawPolyline([middle + point * unit for point in tick])
        painter.end()


class RadioButton(QRadioButton):
    """A ring that is filled when it is the one chosen."""

    def __init__(
        self, text: str = "", *, checked: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(shown(text).replace("&", "&&"), parent)
        self._outline = QColor(Qt.GlobalColor.gray)
        self.setAccessibleName(text)
        self.setChecked(checked)

    def _get_outline(self) -> QColor:
        return self._outline

    def _set_outline(self, color: QColor) -> None:
        self._outline = QColor(color)
        self.update()

    outline_color = Property(QColor, _get_outline, _set_outline)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Words by the style, the ring by us."""
        super().paintEvent(event)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        element = QStyle.SubElement.SE_RadioButtonIndicator
        box = QRectF(self.style().subElementRect(element, option, self))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_ground(painter, self, box, box.width() / 2, self._outline)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.palette().color(self.palette().ColorRole.HighlightedText))
            radius = box.width() * 0.19
            painter.drawEllipse(box.center(), radius, radius)
        painter.end()


def _paint_ground(
    painter: QPainter, button: QAbstractButton, box: QRectF, radius: float, outline: QColor
) -> None:
    """The empty or accent-filled shape, and around it the ring of keyboard focus."""
    palette = button.palette()
    partial = (
        isinstance(button, QCheckBox) and button.checkState() == Qt.CheckState.PartiallyChecked
    )
    filled = button.isChecked() or partial
    accent = palette.color(palette.ColorRole.Highlight)
    shape = box.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setPen(QPen(accent if filled and button.isEnabled() else outline, 1))
    painter.setBrush(accent if filled else palette.color(palette.ColorRole.Base))
    painter.drawRoundedRect(shape, radius, radius)
    if button.hasFocus():
        painter.setPen(QPen(palette.color(palette.ColorRole.Accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ring = box.adjusted(-2, -2, 2, 2)
        painter.drawRoundedRect(ring, radius + 2, radius + 2)
