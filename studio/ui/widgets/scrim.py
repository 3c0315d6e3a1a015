"""The shade over a window while a dialog asks for all of the attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_SHADE = QColor(0, 0, 0, 84)


class Scrim(QWidget):
    """Covers ``window`` as long as it lives.

    It keeps no reference of its own to the window: if that were the last one, deleting the shade
    would delete the window around it.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.raise_()
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep covering the window when it changes its size."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One flat shade."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), _SHADE)
        painter.end()
