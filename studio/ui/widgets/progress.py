"""A thin line that fills."""

from __future__ import annotations

from PySide6.QtCore import Property, QRectF, QSize, Qt, QTimerEvent
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from studio.ui.style import restyle

_THICK = 4
_STEPS = 1000
_FRAME_MS = 33
_ROUND_SECONDS = 1.6


class ProgressLine(QProgressBar):
    """Four pixels, rounded. A fraction from 0 to 1, or None while nobody knows how far.

    Not knowing shows as a short piece that travels; with reduced motion it rests in the middle.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._track = QColor(Qt.GlobalColor.lightGray)
        self._fill = QColor(Qt.GlobalColor.blue)
        self._moves = True
        self._phase = 0.0
        self._timer = 0
        self.setTextVisible(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setRange(0, _STEPS)
        self.setValue(0)

    def _get_track(self) -> QColor:
        return self._track

    def _set_track(self, color: QColor) -> None:
        self._track = QColor(color)
        self.update()

    def _get_fill(self) -> QColor:
        return self._fill

    def _set_fill(self, color: QColor) -> None:
        self._fill = QColor(color)
        self.update()

    def _get_animated(self) -> bool:
        return self._moves

    def _set_animated(self, moves: bool) -> None:
        self._moves = moves
        self._run_or_rest()

    track_color = Property(QColor, _get_track, _set_track)
    fill_color = Property(QColor, _get_fill, _set_fill)
    animated = Property(bool, _get_animated, _set_animated)

    def set_fraction(self, fraction: float | None) -> None:
        """Show how far it is, 0 to 1, or None for "under way"."""
        if fraction is None:
            self.setRange(0, 0)
        else:
            self.setRange(0, _STEPS)
            self.setValue(round(min(1.0, max(0.0, fraction)) * _STEPS))
        self._run_or_rest()
        self.update()

    def is_moving(self) -> bool:
        """True while the travelling piece travels."""
        return bool(self._timer)

    def set_tone(self, tone: str) -> None:
        """ "" for accent, or "ok", "warn", "error"."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            restyle(self)

    def sizeHint(self) -> QSize:
        """Four pixels high."""
        return QSize(120, _THICK)

    def minimumSizeHint(self) -> QSize:
        """Four pixels high, short if need be."""
        return QSize(16, _THICK)

    def showEvent(self, event: QShowEvent) -> None:
        """Travel only while seen."""
        super().showEvent(event)
        self._run_or_rest()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while unseen."""
        super().hideEvent(event)
        self._run_or_rest()

    def timerEvent(self, event: QTimerEvent) -> None:
        """One step of the travelling piece."""
        if event.timerId() == self._timer:
            self._phase = (self._phase + _FRAME_MS / 1000 / _ROUND_SECONDS) % 1.0
            self.update()
        else:
            super().timerEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Track, then what is done."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        box = QRectF(0, (self.height() - _THICK) / 2, self.width(), _THICK)
        painter.setBrush(self._track)
        painter.drawRoundedRect(box, _THICK / 2, _THICK / 2)
        piece = self._piece(box)
        if piece.width() > 0:
            painter.setBrush(self._fill)
            painter.drawRoundedRect(piece, _THICK / 2, _THICK / 2)
        painter.end()

    def _piece(self, box: QRectF) -> QRectF:
        piece = QRectF(box)
        if self.maximum() == 0:
            length = box.width() * 0.3
            phase = self._phase if self._timer else 0.5
            piece.setWidth(length)
            piece.moveLeft(box.left() + (box.width() - length) * (1 - abs(2 * phase - 1)))
        else:
            share = self.value() / _STEPS
            piece.setWidth(max(_THICK, box.width() * share) if share > 0 else 0)
            if self.isRightToLeft():
                piece.moveRight(box.right())
        return piece

    def _run_or_rest(self) -> None:
        wanted = self._moves and self.maximum() == 0 and self.isVisible()
        if wanted and not self._timer:
            self._timer = self.startTimer(_FRAME_MS)
        elif not wanted and self._timer:
            self.killTimer(self._timer)
            self._timer = 0
