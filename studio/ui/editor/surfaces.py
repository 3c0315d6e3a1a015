"""Panels that take their ground and their hairlines from the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMargins, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QLayout, QScrollArea, QScrollBar, QWidget

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


class QuietScrollBar(QScrollBar):
    """Keeps its room when there is nothing to scroll, and shows nothing then."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar, if it is of any use."""
        if self.maximum() > self.minimum():
            super().paintEvent(event)


class Page(QScrollArea):
    """A scrolled column on the ground of its panel; it never scrolls sideways.

    The scroll bar stands in the margin of the column, so that nothing moves when it comes.
    """

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column: QLayout | None = None
        self._margins = QMargins()
        self.setVerticalScrollBar(QuietScrollBar(Qt.Orientation.Vertical, self))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)
        content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self._column = content.layout()
        if self._column is not None:
            self._margins = self._column.contentsMargins()

    def changeEvent(self, event: QEvent) -> None:
        """The bar may be wider in another look, or at the other side in another script."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.LayoutDirectionChange):
            self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """The bar has its width now."""
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._column is None:
            return
        bar = self.verticalScrollBar().sizeHint().width()
        wanted = QMargins(self._margins)
        if self.isRightToLeft():
            wanted.setLeft(max(4, wanted.left() - bar))
        else:
            wanted.setRight(max(4, wanted.right() - bar))
        if wanted != self._column.contentsMargins():
            self._column.setContentsMargins(wanted)
