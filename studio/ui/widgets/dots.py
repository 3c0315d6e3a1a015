"""Small round marks."""

from __future__ import annotations

from PySide6.QtCore import Property, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.style import scaled

_SIDE = 6


class ChangedDot(QWidget):
    """Six pixels of amber: changed here, not yet published."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color = QColor(Qt.GlobalColor.darkYellow)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def _get_color(self) -> QColor:
        return self._color

    def _set_color(self, color: QColor) -> None:
        self._color = QColor(color)
        self.update()

    color = Property(QColor, _get_color, _set_color)

    def sizeHint(self) -> QSize:
        """Six pixels and no more."""
        return QSize(scaled(_SIDE), scaled(_SIDE))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the disc in the middle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._color)
        box = QRectF(0, 0, scaled(_SIDE), scaled(_SIDE))
        box.moveCenter(QRectF(self.rect()).center())
        painter.drawEllipse(box)
        painter.end()
