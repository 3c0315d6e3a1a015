"""Round corners for windows of our own: dialogs, menus, lists that drop down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainterPath, QRegion

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

POPUP_RADIUS = 8


def rounded_region(rect: QRect, radius: int) -> QRegion:
    """``rect`` with its corners cut round."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(rect), radius, radius)
    return QRegion(path.toFillPolygon().toPolygon())


class RoundedWindow(QObject):
    """Rounds the top-level ``window`` for as long as it lives.

    An X server without a compositor shows black where a window is transparent, and nobody tells
    which it is, so there the corners are cut off by a mask; everywhere else they are transparent.
    """

    def __init__(self, window: QWidget, radius: int = POPUP_RADIUS) -> None:
        super().__init__(window)
        self._window = window
        self._radius = radius
        self._cut = QGuiApplication.platformName() == "xcb"
        window.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        if self._cut:
            window.installEventFilter(self)
        else:
            window.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cut the corners anew after each change of size."""
        if event.type() == QEvent.Type.Resize and watched is self._window:
            self._window.setMask(rounded_region(self._window.rect(), self._radius))
        return False
