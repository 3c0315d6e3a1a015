"""What is drawn around a card: chosen, reached by keyboard, under the mouse, under a drag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from studio.ui.gallery.card_painter import RADIUS

if TYPE_CHECKING:
    from studio.ui.theme import Theme

_RING: Final = 2
_HALO: Final = 3


def paint_hover(painter: QPainter, card: QRect, theme: Theme) -> None:
    """A firm edge on the card itself."""
    _stroke(painter, card, 0.5, QPen(theme.color("outline"), 1))


def paint_chosen(painter: QPainter, card: QRect, theme: Theme, *, focused: bool) -> None:
    """Two pixels of accent one pixel outside; a halo around it while keys go to the card."""
    if focused:
        halo = QColor(theme.color("accent"))
        halo.setAlphaF(0.35)
        _stroke(painter, card, -(1 + _RING + _HALO / 2), QPen(halo, _HALO))
    _stroke(painter, card, -(1 + _RING / 2), QPen(theme.color("accent"), _RING))


def paint_focus(painter: QPainter, card: QRect, theme: Theme) -> None:
    """A dashed line outside: keys go here, but the card is not the chosen one."""
    pen = QPen(theme.color("text"), _RING, Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([2.0, 2.0])
    _stroke(painter, card, -(1 + _RING / 2), pen)


def paint_drop(painter: QPainter, card: QRect, theme: Theme, *, refused: bool) -> None:
    """Pictures hover over the card: it says that they can be left here, or that they cannot."""
    token = "error" if refused else "accent"
    veil = QColor(theme.color(token))
    veil.setAlphaF(0.22)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(veil)
    painter.drawRoundedRect(card, RADIUS, RADIUS)
    pen = QPen(theme.color(token), _RING, Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([3.0, 2.0])
    _stroke(painter, card, 1, pen)
    _paint_words(painter, card, theme, token, refused=refused)
    painter.restore()


def _paint_words(
    painter: QPainter, card: QRect, theme: Theme, token: str, *, refused: bool
) -> None:
    words = (
        QCoreApplication.translate("CardGrid", "Not a picture")
        if refused
        else QCoreApplication.translate("CardGrid", "Add to look")
    )
    font = theme.font(12, "semibold")
    width = QFontMetricsF(font).horizontalAdvance(words) + 24
    label = QRectF(0, 0, width, 28 * theme.text_scale)
    label.moveCenter(QRectF(card).center())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(token if not refused else "surface"))
    painter.drawRoundedRect(label, label.height() / 2, label.height() / 2)
    painter.setPen(theme.color("onAccent" if not refused else "error"))
    painter.setFont(font)
    painter.drawText(label, Qt.AlignmentFlag.AlignCenter, words)


def _stroke(painter: QPainter, card: QRect, inset: float, pen: QPen) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    radius = RADIUS - inset
    painter.drawRoundedRect(QRectF(card).adjusted(inset, inset, -inset, -inset), radius, radius)
