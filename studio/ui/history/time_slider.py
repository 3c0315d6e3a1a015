"""A slider through time: a line with a mark for every change and a knob for the moment shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from studio.ui.style import scaled
from studio.ui.widgets.focus_ring import FocusRing
from studio.viewmodels.as_of import STEPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studio.ui.theme import Theme

_KNOB = 14
_HEIGHT = 28


class TimeSlider(QAbstractSlider):
    """The left end is the first known moment, the right end is now.

    Arrow keys go from change to change, Page Up and Page Down by a day, Home and End to the ends.
    """

    moved = Signal(object)
    """A place from 0 to ``STEPS``, chosen with mouse, Home or End."""
    earlier = Signal()
    later = Signal()
    day_earlier = Signal()
    day_later = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ticks: tuple[int, ...] = ()
        self.setRange(0, STEPS)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Moment"))
        self._ring = FocusRing(self, radius=8)
        theme.changed.connect(self.update)

    def set_place(self, place: int) -> None:
        """Stand elsewhere, as a program does."""
        self.setValue(place)
        self.update()

    def set_ticks(self, ticks: Sequence[int]) -> None:
        """Mark the places at which something changed."""
        if tuple(ticks) != self._ticks:
            self._ticks = tuple(ticks)
            self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(200, scaled(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Wide enough to be of use."""
        return QSize(80, scaled(_HEIGHT))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The knob comes to the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The knob follows the pointer."""
        if self.isSliderDown():
            self._follow(event)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """The knob stays."""
        self.setSliderDown(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From change to change, by a day, to the ends."""
        back, forth = Qt.Key.Key_Left, Qt.Key.Key_Right
        if self.isRightToLeft():
            back, forth = forth, back
        ways = {
            back: self.earlier,
            Qt.Key.Key_Down: self.earlier,
            forth: self.later,
            Qt.Key.Key_Up: self.later,
            Qt.Key.Key_PageDown: self.day_earlier,
            Qt.Key.Key_PageUp: self.day_later,
        }
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: STEPS}
        key = Qt.Key(event.key())
        if key in ways:
            ways[key].emit()
        elif key in ends:
            self.moved.emit(ends[key])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Marks, the line as far as the moment, the knob."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        left, right = self._ends()
        knob = self._x_of(self.value())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("outline"))
        painter.drawRoundedRect(QRectF(left, middle - 1.5, right - left, 3), 1.5, 1.5)
        painter.setBrush(self._theme.color("accent"))
        start = right if self.isRightToLeft() else left
        painter.drawRoundedRect(
            QRectF(min(start, knob), middle - 1.5, abs(knob - start), 3), 1.5, 1.5
        )
        painter.setPen(QPen(self._theme.color("textMuted"), 1))
        for tick in self._ticks:
            x = round(self._x_of(tick)) + 0.5
            painter.drawLine(QPointF(x, middle + 5), QPointF(x, middle + 8))
        side = scaled(_KNOB)
        painter.setPen(QPen(self._theme.color("accent"), 2))
        painter.setBrush(self._theme.color("surface"))
        painter.drawEllipse(QPointF(knob, middle), side / 2 - 1, side / 2 - 1)
        painter.end()

    def _follow(self, event: QMouseEvent) -> None:
        left, right = self._ends()
        share = (event.position().x() - left) / max(1.0, right - left)
        if self.isRightToLeft():
            share = 1 - share
        self.moved.emit(round(max(0.0, min(1.0, share)) * STEPS))

    def _ends(self) -> tuple[float, float]:
        half = scaled(_KNOB) / 2 + 1
        return half, self.width() - half

    def _x_of(self, place: int) -> float:
        left, right = self._ends()
        share = place / STEPS
        return (
            right - share * (right - left)
            if self.isRightToLeft()
            else left + share * (right - left)
        )
