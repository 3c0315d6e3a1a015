"""A box around several controls that shows their focus as one."""

from __future__ import annotations

from PySide6.QtCore import Property, QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from studio.ui.style import restyle


class GroupFrame(QFrame):
    """A styled frame; when a watched child has the focus it draws a two pixel ring in itself."""

    def __init__(self, parent: QWidget | None = None, *, radius: float = 8) -> None:
        super().__init__(parent)
        self._ring_color = QColor(Qt.GlobalColor.blue)
        self._radius = radius
        self._focused = False
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def _get_ring_color(self) -> QColor:
        return self._ring_color

    def _set_ring_color(self, color: QColor) -> None:
        self._ring_color = QColor(color)
        self.update()

    ring_color = Property(QColor, _get_ring_color, _set_ring_color)

    def watch(self, child: QWidget) -> None:
        """Count the focus of ``child`` as the focus of the box."""
        child.installEventFilter(self)

    def is_focused(self) -> bool:
        """True while one of the watched children has the focus."""
        return self._focused

    def on_focus_changed(self, focused: bool) -> None:
        """Called when the focus has entered or left the box as a whole."""

    def set_problem(self, wrong: bool) -> None:
        """Show or hide the outline of an error."""
        if bool(self.property("problem")) != wrong:
            self.setProperty("problem", wrong)
            restyle(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice focus coming and going."""
        kind = event.type()
        if kind == QEvent.Type.FocusIn:
            self._set_focused(focused=True)
        elif kind == QEvent.Type.FocusOut:
            holder = QApplication.focusWidget()
            within = holder is not None and holder is not watched and self.isAncestorOf(holder)
            self._set_focused(focused=within)
        return False

    def _set_focused(self, *, focused: bool) -> None:
        if focused == self._focused:
            return
        self._focused = focused
        self.setProperty("focused", focused)
        restyle(self)
        self.on_focus_changed(focused)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame, and the ring over it."""
        super().paintEvent(event)
        if not self._focused:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._ring_color, 2))
        radius = self._radius - 1
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        painter.end()
