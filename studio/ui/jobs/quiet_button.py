"""Small words that can be pressed, for places where a button would be loud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from studio.ui.style import scaled
from studio.ui.widgets.focus_ring import FocusRing
from studio.ui.widgets.label import shown

if TYPE_CHECKING:
    from PySide6.QtGui import QFont, QPaintEvent

    from studio.ui.fonts import Weight
    from studio.ui.theme import Theme

_PAD = 6
_ICON = 14


class QuietButton(QAbstractButton):
    """An icon (if named) and a line of text in one color; the ground shows on hover only."""

    def __init__(
        self,
        theme: Theme,
        *,
        px: float = 12,
        color: str = "textSecondary",
        weight: Weight = "regular",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._size_px, self._token = theme, px, color
        self._weight: Weight = weight
        self._icon_name = ""
        self._line = ""
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(self, radius=6)
        theme.changed.connect(self.updateGeometry)

    def say(self, words: str, *, icon: str = "", color: str = "") -> None:
        """Show ``words``; ``icon`` is a Lucide name, ``color`` a token."""
        line = shown(" ".join(words.split()), 300)
        if (line, icon, color or self._token) == (self._line, self._icon_name, self._token):
            return
        self._line, self._icon_name = line, icon
        self._token = color or self._token
        self.setAccessibleName(line)
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        """What it says."""
        return self._line

    def sizeHint(self) -> QSize:
        """Words and icon with a little room."""
        metrics = QFontMetrics(self._font())
        icon = scaled(_ICON) + 6 if self._icon_name else 0
        width = metrics.horizontalAdvance(self._line) + icon + 2 * _PAD + 2
        return QSize(width, max(22, metrics.height() + 6))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground on hover, icon, words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isEnabled() and (self.underMouse() or self.isDown()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("hover"))
            painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        left = float(_PAD)
        if self._icon_name:
            side = scaled(_ICON)
            x = left if not self.isRightToLeft() else self.width() - left - side
            spot = QPointF(round(x), round((self.height() - side) / 2))
            dpr = self.devicePixelRatioF()
            painter.drawPixmap(spot, self._theme.pixmap(self._icon_name, side, self._token, dpr))
            left += side + 6
        box = QRectF(left, 0, self.width() - left - _PAD, self.height())
        if self.isRightToLeft():
            box.moveLeft(_PAD)
        painter.setFont(self._font())
        painter.setPen(self._theme.color(self._token))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), self._line)
        painter.end()

    def _font(self) -> QFont:
        return self._theme.font(self._size_px, self._weight, tabular=True)
