"""The status of an influencer as shape, color and word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import Property, QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from studio.ui.style import STATUS_TOKENS, restyle, scaled
from studio.ui.widgets.label import Label

if TYPE_CHECKING:
    from studio.ui.theme import Theme

Shape = Literal["ring", "quarter", "half", "disc", "cross", "fork", "dash", "triangle"]

SHAPE_PX: Final = 8
PILL_HEIGHT: Final = 22
_PILL_PAD: Final = 8
_PILL_GAP: Final = 5
_PILL_SHADOW: Final = ((1.5, 1.0, 8), (1.0, 1.0, 8), (0.0, 1.0, 20))
"""Grown by, moved down by, and how black of 255."""

_SHAPES: Final[dict[str, Shape]] = {
    "draft": "ring",
    "pending": "quarter",
    "training": "half",
    "ready": "disc",
    "failed": "cross",
    "conflict": "fork",
    "deleted": "dash",
}


def status_look(status: str) -> tuple[str, str, Shape]:
    """Word, color token and shape for a status; an unknown one shows its own name, muted."""
    words = {
        "draft": QCoreApplication.translate("StatusPill", "Draft"),
        "pending": QCoreApplication.translate("StatusPill", "Pending"),
        "training": QCoreApplication.translate("StatusPill", "Rendering"),
        "ready": QCoreApplication.translate("StatusPill", "Ready"),
        "failed": QCoreApplication.translate("StatusPill", "Failed"),
        "conflict": QCoreApplication.translate("StatusPill", "Conflict"),
        "deleted": QCoreApplication.translate("StatusPill", "Deleted"),
    }
    return (
        words.get(status, status),
        STATUS_TOKENS.get(status, "textMuted"),
        _SHAPES.get(status, "ring"),
    )


def paint_shape(painter: QPainter, box: QRectF, shape: Shape, color: QColor) -> None:
    """Draw one status shape into ``box`` (a square, 8 logical pixels as a rule)."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    line = QPen(color, box.width() / 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    line.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if shape == "disc":
        # A full disc looks larger than the same ring.
        inset = box.width() / 16
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(box.adjusted(inset, inset, -inset, -inset))
    elif shape in ("ring", "quarter", "half"):
        inset = line.widthF() / 2
        painter.setPen(line)
        painter.drawEllipse(box.adjusted(inset, inset, -inset, -inset))
        if shape != "ring":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            sweep = -90 if shape == "quarter" else -180
            painter.drawPie(box, 90 * 16, sweep * 16)
    else:
        painter.setPen(line)
        painter.drawLines(_strokes(box, shape))
    painter.restore()


def _strokes(box: QRectF, shape: Shape) -> list[QPointF]:
    edge = box.width() / 10
    inner = box.adjusted(edge, edge, -edge, -edge)
    middle = inner.center()
    if shape == "cross":
        return [inner.topLeft(), inner.bottomRight(), inner.topRight(), inner.bottomLeft()]
    if shape == "triangle":
        top = QPointF(middle.x(), inner.top())
        left, right = inner.bottomLeft(), inner.bottomRight()
        return [top, right, right, left, left, top]
    if shape == "fork":
        foot = QPointF(middle.x(), inner.bottom())
        return [foot, middle, middle, inner.topLeft(), middle, inner.topRight()]
    return [QPointF(inner.left(), middle.y()), QPointF(inner.right(), middle.y())]


def pill_width(text: str, theme: Theme) -> float:
    """How wide :func:`paint_pill` draws the pill with ``text``."""
    words = QFontMetricsF(theme.font(11, "semibold")).horizontalAdvance(text)
    return _PILL_PAD * 2 + scaled(SHAPE_PX) + _PILL_GAP + words


def paint_pill(
    painter: QPainter,
    rect_topleft: QPointF,
    text: str,
    token: str,
    theme: Theme,
    shape: Shape = "disc",
) -> QRectF:
    """Draw a pill (shape and word on surface, softly raised) and return the box it took.

    For delegates: no widget is made. ``token`` names the color of shape and word.
    """
    font = theme.font(11, "semibold")
    height, side = scaled(PILL_HEIGHT), scaled(SHAPE_PX)
    box = QRectF(rect_topleft.x(), rect_topleft.y(), pill_width(text, theme), height)
    color = theme.color(token)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for grown, down, black in _PILL_SHADOW:
        painter.setBrush(QColor(0, 0, 0, black))
        shade = box.adjusted(-grown, down - grown, grown, down + grown)
        painter.drawRoundedRect(shade, shade.height() / 2, shade.height() / 2)
    painter.setBrush(theme.color("surface"))
    painter.drawRoundedRect(box, height / 2, height / 2)
    mirrored = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
    mark = QRectF(0, 0, side, side)
    mark.moveTop(box.center().y() - side / 2)
    words = QRectF(box)
    if mirrored:
        mark.moveRight(box.right() - _PILL_PAD)
        words.setRight(mark.left() - _PILL_GAP)
    else:
        mark.moveLeft(box.left() + _PILL_PAD)
        words.setLeft(mark.right() + _PILL_GAP)
    paint_shape(painter, mark, shape, color)
    painter.setPen(color)
    painter.setFont(font)
    painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
    painter.restore()
    return box


class StatusDot(QWidget):
    """The shape of a status, 8 pixels; the word belongs beside it."""

    def __init__(self, status: str = "ready", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color = QColor(Qt.GlobalColor.gray)
        self._shape: Shape = "disc"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_status(status)

    def _get_color(self) -> QColor:
        return self._color

    def _set_color(self, color: QColor) -> None:
        self._color = QColor(color)
        self.update()

    color = Property(QColor, _get_color, _set_color)

    def set_status(self, status: str) -> None:
        """Show another status."""
        word, token, self._shape = status_look(status)
        self.setProperty("token", token)
        self.setAccessibleName(word)
        restyle(self)

    def sizeHint(self) -> QSize:
        """Eight pixels square."""
        return QSize(scaled(SHAPE_PX), scaled(SHAPE_PX))

    def minimumSizeHint(self) -> QSize:
        """Eight pixels square."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the shape in the middle."""
        painter = QPainter(self)
        box = QRectF(0, 0, scaled(SHAPE_PX), scaled(SHAPE_PX))
        box.moveCenter(QRectF(self.rect()).center())
        paint_shape(painter, box, self._shape, self._color)
        painter.end()


class StatusPill(QWidget):
    """Shape and word of a status on one line, for headers and rows."""

    def __init__(self, status: str = "ready", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dot = StatusDot(status, self)
        self._word = Label(role="status", parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_PILL_GAP)
        row.addWidget(self._dot)
        row.addWidget(self._word)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_status(status)

    def set_status(self, status: str, word: str | None = None) -> None:
        """Show another status; ``word`` replaces the usual one ("Rendering 62%")."""
        usual, token, _shape = status_look(status)
        self._dot.set_status(status)
        self._word.setText(word or usual)
        self._word.setProperty("tone", token)
        restyle(self._word)
        self.setAccessibleName(word or usual)
