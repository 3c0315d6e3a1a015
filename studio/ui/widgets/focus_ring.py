"""The mark of keyboard focus: two pixels of accent, drawn over the control so nothing moves."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Property, QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.ui.style import restyle

_KEEP = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class FocusRing(QWidget):
    """An overlay on ``target`` that shows itself when the keyboard brought the focus there.

    ``inset`` moves the ring inside and takes the text color on accent, for filled buttons.
    """

    def __init__(self, target: QWidget, *, radius: int = 8, inset: bool = False) -> None:
        super().__init__(target)
        self._color = target.palette().highlight().color()
        self._target = target
        self._radius = radius
        self._inset = inset
        # A control focused because its window opened shows it; only a click says otherwise.
        self._by_keyboard = True
        self.setProperty("inset", inset)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        target.installEventFilter(self)

    def _get_color(self) -> QColor:
        return self._color

    def _set_color(self, color: QColor) -> None:
        self._color = QColor(color)
        self.update()

    def set_inset(self, *, inset: bool) -> None:
        """Draw inside a filled button, or on the edge."""
        self._inset = inset
        self.setProperty("inset", inset)
        restyle(self)

    color = Property(QColor, _get_color, _set_color)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the focus, the size and the way in (mouse or keyboard) of the target."""
        kind = event.type()
        if kind == QEvent.Type.FocusIn:
            reason = cast("QFocusEvent", event).reason()
            if reason not in _KEEP:
                self._by_keyboard = reason != Qt.FocusReason.MouseFocusReason
            self._show(self._by_keyboard)
        elif kind == QEvent.Type.FocusOut:
            self.hide()
        elif kind == QEvent.Type.KeyPress:
            self._by_keyboard = True
            self._show(cast("QWidget", watched).hasFocus())
        elif kind == QEvent.Type.Resize:
            self.setGeometry(cast("QWidget", watched).rect())
        return False

    def _show(self, shown: bool) -> None:
        if shown:
            self.setGeometry(self._target.rect())
            self.raise_()
        self.setVisible(shown)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._color, 2))
        gap = 3.0 if self._inset else 1.0
        radius = self._radius - gap + 0.5
        box = QRectF(self.rect()).adjusted(gap, gap, -gap, -gap)
        painter.drawRoundedRect(box, radius, radius)
        painter.end()
