"""Panels that take their ground and their hairlines from the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMargins, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from studio.ui.widgets.label import Label, Role

if TYPE_CHECKING:
    from studio.ui.theme import Theme


class Panel(QWidget):
    """A plain area in the color of a token, with an optional hairline at its top or bottom."""

    def __init__(
        self, theme: Theme, ground: str = "surface", line: str = "", parent: QWidget | None = None
    ) -> None:
        """``line`` is "", "top" or "bottom"."""
        super().__init__(parent)
        self._theme = theme
        self._ground = ground
        self._line = line
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and hairline."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.color(self._ground))
        if self._line:
            edge = 0 if self._line == "top" else self.height() - 1
            painter.fillRect(0, edge, self.width(), 1, self._theme.color("hairline"))
        painter.end()


class TintedLabel(Label):
    """Plain text on a rounded tint, such as the old and the new value of a change."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        token: str,
        *,
        role: Role = "body",
        wrap: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, role=role, wrap=wrap, parent=parent)
        self._theme = theme
        self._token = token
        self.setContentsMargins(8, 4, 8, 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The tint, then the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.color(self._token))
        painter.setBrush(self._theme.color(self._token))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()
        super().paintEvent(event)


class Page(QScrollArea):
    """A scrolled column on the ground of its panel; it never scrolls sideways."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)
        self._column = content.layout()
        content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self._margins = QMargins() if self._column is None else self._column.contentsMargins()
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)

    def _on_range_changed(self, _low: int, high: int) -> None:
        """Give the scroll bar the room of the margin, so that nothing moves when it comes."""
        if self._column is None:
            return
        bar = self.verticalScrollBar().sizeHint().width() if high > 0 else 0
        wanted = QMargins(self._margins)
        wanted.setRight(max(4, self._margins.right() - bar))
        if wanted != self._column.contentsMargins():
            self._column.setContentsMargins(wanted)
