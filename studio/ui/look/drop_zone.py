"""Where images are dropped: idle, possible, over, or refused in words. A press asks for files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from studio.ui.widgets.label import shown

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from studio.ui.theme import Theme

ICON_PX = 24

DropState = Literal["idle", "possible", "over", "refused"]


class DropZone(QAbstractButton):
    """Paints the state it is given; the page around it takes the drop."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state: DropState = "idle"
        self._name = ""
        self._count = 0
        self._refusal = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_state("idle")
        theme.changed.connect(self.update)

    @property
    def state(self) -> DropState:
        """What it shows now."""
        return self._state

    @property
    def words(self) -> tuple[str, str]:
        """The two lines it shows now."""
        below = self.tr("PNG, JPEG, WebP, HEIC · location data is removed before upload")
        if self._state == "refused":
            return self.tr("This cannot be added"), self._refusal
        if self._state == "idle":
            return self.tr("Drop images here, or choose files"), below
        if self._count > 1:
            words = self.tr("Drop to add {count} images to {name}")
        else:
            words = self.tr("Drop to add this image to {name}")
        return words.replace("{count}", str(self._count)).replace("{name}", self._name), below

    def set_name(self, name: str) -> None:
        """Whose look the images are added to."""
        self._name = name
        self.update()

    def set_state(self, state: DropState, *, count: int = 0, refusal: str = "") -> None:
        """``count`` images are in the hand; ``refusal`` says why they cannot be added."""
        self._state, self._count, self._refusal = state, count, refusal
        first, second = self.words
        self.setAccessibleName(first)
        self.setAccessibleDescription(second)
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the icon and two lines."""
        return QSize(300, 66 + round(44 * self._theme.text_scale))

    def minimumSizeHint(self) -> QSize:
        """Narrow if need be."""
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dashed box, icon, two lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lively = self._state in ("possible", "over")
        line, ink = "outline", "text"
        if self._state == "refused":
            line = ink = "error"
        elif lively or self.hasFocus():
            line, ink = "accent", "accentText" if lively else "text"
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        self._paint_box(painter, box, line)
        self._paint_words(painter, box, ink)
        painter.end()

    def _paint_box(self, painter: QPainter, box: QRectF, line: str) -> None:
        pen = QPen(self._theme.color(line), 2 if self._state != "idle" else 1.5)
        if not (self.hasFocus() and self._state == "idle"):
            pen.setStyle(Qt.PenStyle.CustomDashLine)
            pen.setDashPattern([3, 2.4])
        painter.setPen(pen)
        grounds = {"over": "accentSoft", "refused": "errorSoft"}
        ground = grounds.get(self._state, "hover" if self.underMouse() else "")
        painter.setBrush(self._theme.color(ground) if ground else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 12, 12)

    def _paint_words(self, painter: QPainter, box: QRectF, ink: str) -> None:
        first, second = self.words
        room = box.adjusted(14, 0, -14, 0)
        title, body = QFontMetrics(self._theme.font(13, "semibold")), self._body_metrics()
        long = body.horizontalAdvance(second) > room.width() and self._state == "refused"
        below = body.height() * (2 if long else 1)
        top = box.top() + (box.height() - ICON_PX - 8 - title.height() - 3 - below) / 2
        icon = "triangle-alert" if self._state == "refused" else "image-plus"
        token = ink if self._state != "idle" else "textMuted"
        pixmap = self._theme.pixmap(icon, ICON_PX, token, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(round(box.center().x() - ICON_PX / 2), round(top)), pixmap)
        middle = Qt.TextElideMode.ElideMiddle
        painter.setFont(self._theme.font(13, "semibold"))
        painter.setPen(self._theme.color(ink))
        line = QRectF(room.left(), top + ICON_PX + 8, room.width(), title.height())
        painter.drawText(
            line,
            Qt.AlignmentFlag.AlignCenter,
            title.elidedText(shown(first, 300), middle, int(room.width())),
        )
        painter.setFont(self._theme.font(12))
        painter.setPen(self._theme.color("textSecondary"))
        lines = QRectF(room.left(), line.bottom() + 3, room.width(), below + 2)
        width = int(room.width() * (1.8 if long else 1))
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        text = body.elidedText(shown(second, 300), middle, width)
        painter.drawText(lines, flags.value | Qt.TextFlag.TextWordWrap.value, text)

    def _body_metrics(self) -> QFontMetrics:
        return QFontMetrics(self._theme.font(12))
