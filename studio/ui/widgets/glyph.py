"""A Lucide icon that stands by itself, in the color of one of the label roles."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.icons import glyph
from studio.ui.style import scaled
from studio.ui.widgets.label import Label, Role


class Glyph(Label):
    """An icon that takes its color from a label role; silent for screen readers."""

    def __init__(
        self, name: str, role: Role = "muted", size: int = 16, parent: QWidget | None = None
    ) -> None:
        self._name = name
        self._px = size
        super().__init__(role=role, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_glyph(self, name: str, role: Role | None = None) -> None:
        """Show another icon, in another role if one is named."""
        self._name = name
        if role is not None:
            self.set_role(role)
        self.update()

    def sizeHint(self) -> QSize:
        """The square of the icon."""
        return QSize(scaled(self._px), scaled(self._px))

    def minimumSizeHint(self) -> QSize:
        """The square of the icon."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the icon in the middle."""
        color = self.palette().color(QPalette.ColorRole.WindowText)
        size = scaled(self._px)
        pixmap = glyph(self._name, size, color, self.devicePixelRatioF())
        painter = QPainter(self)
        painter.drawPixmap((self.width() - size) // 2, (self.height() - size) // 2, pixmap)
        painter.end()
