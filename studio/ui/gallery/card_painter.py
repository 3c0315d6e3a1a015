"""Paints cards into pixmaps and keeps these, so that scrolling only copies what is there."""

from __future__ import annotations

import unicodedata
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QTransform,
)

from studio.core.values import dataclass
from studio.domain.searching import hit_ranges
from studio.ui.gallery.geometry import BLEED
from studio.ui.style import scaled
from studio.ui.widgets.avatar import initials
from studio.ui.widgets.label import shown
from studio.ui.widgets.pill import Shape, paint_pill, pill_width, status_look

if TYPE_CHECKING:
    from studio.ui.gallery.geometry import Geometry
    from studio.ui.theme import Theme

RADIUS: Final = 12
_PILL_INSET: Final = 11
_TEXT_INSET: Final = 13
_BAR: Final = 4
_DOT: Final = 6
_LONGEST: Final = 200
_COARSEST: Final = 0.6
"""Made smaller than this, a picture is averaged first, or its edges would flicker."""
_CACHE_BYTES: Final = 24 * 1024 * 1024
_SHADOW: Final = ((6, 3, 1), (4, 3, 1), (3, 2, 1), (2, 2, 1), (2, 1, 1), (1, 1, 5), (0, 1, 7))
"""Grown by, moved down by, and how black of 255: a soft shadow in seven steps."""
_TINTS: Final = (
    ("accentSoft", "accentText"),
    ("okSoft", "ok"),
    ("infoSoft", "info"),
    ("warnSoft", "warn"),
    ("conflictSoft", "conflict"),
)


@dataclass(frozen=True, slots=True)
class Face:
    """Everything a card shows; equal faces look equal. ``percent`` is None while nobody knows.

    ``query`` is what was searched for: its hits in the name and the line under it are marked.
    """

    id: str
    name: str
    tagline: str
    status: str
    unsent: bool
    percent: int | None = None
    query: str = ""


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction is one of a script written from the right."""
    for character in text[:_LONGEST]:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL"):
            return True
        if kind == "L":
            return False
    return False


class CardPainter:
    """Cells (a card with the room around it) as opaque pixmaps, by what they show.

    The look (geometry, theme, pixel ratio) is set once for all; changing it drops every cell.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._look: tuple[object, ...] = ()
        self._cells: OrderedDict[tuple[Face, int] | None, QPixmap] = OrderedDict()
        self._base = QPixmap()
        self._dpr = 1.0
        self._cell = QRect()
        self._card = QRectF()
        self._picture = QRectF()
        self._clip = QPainterPath()
        self._compact = False
        self._mirrored = False
        self._most = 1

    def set_look(self, geometry: Geometry, dpr: float, visible: int) -> None:
        """Draw for this geometry; ``visible`` cells at least are kept at once."""
        look = (
            geometry.card_width,
            geometry.card_height,
            geometry.density,
            geometry.mirrored,
            self._theme.name,
            self._theme.text_scale,
            dpr,
        )
        width, height = geometry.card_width + 2 * BLEED, geometry.card_height + 2 * BLEED
        self._most = max(2 * visible, int(_CACHE_BYTES / (width * height * dpr * dpr * 4)))
        if look == self._look:
            return
        self._look, self._dpr = look, dpr
        self._compact = geometry.density == "compact"
        self._mirrored = geometry.mirrored
        self._cell = QRect(0, 0, width, height)
        self._card = QRectF(BLEED, BLEED, geometry.card_width, geometry.card_height)
        self._picture = QRectF(
            BLEED + 1, BLEED + 1, geometry.card_width - 2, geometry.picture_height
        )
        self._clip = _round_on_top(self._picture, RADIUS - 1)
        self._base = self._paint_base()
        self._cells.clear()

    def drop(self) -> None:
        """The colors are others now."""
        self._look = ()

    def cell(self, face: Face | None, image: QImage | None) -> QPixmap:
        """The painted cell; without a face the quiet shape of a card that is on its way."""
        key = None if face is None else (face, image.cacheKey() if image is not None else 0)
        kept = self._cells.get(key)
        if kept is not None:
            self._cells.move_to_end(key)
            return kept
        made = QPixmap(self._base)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if face is None:
            self._paint_outline(painter)
        else:
            self._paint_face(painter, face, image)
        painter.end()
        self._cells[key] = made
        while len(self._cells) > self._most:
            self._cells.popitem(last=False)
        return made

    # ---- parts

    def _paint_base(self) -> QPixmap:
        """Window, shadow, surface and edge: what all cards share."""
        base = QPixmap(self._cell.size() * self._dpr)
        base.setDevicePixelRatio(self._dpr)
        base.fill(self._theme.color("window"))
        painter = QPainter(base)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for grown, down, black in _SHADOW:
            painter.setBrush(QColor(0, 0, 0, black))
            box = self._card.adjusted(-grown, down - grown, grown, down + grown)
            painter.drawRoundedRect(box, RADIUS + grown, RADIUS + grown)
        painter.setBrush(self._theme.color("surface"))
        painter.setPen(QPen(self._theme.color("hairline"), 1))
        half = RADIUS - 0.5
        painter.drawRoundedRect(self._card.adjusted(0.5, 0.5, -0.5, -0.5), half, half)
        painter.end()
        return base

    def _paint_outline(self, painter: QPainter) -> None:
        """A card whose row is on its way: tints where picture and words will be."""
        quiet = self._theme.color("hover")
        quiet.setAlphaF(0.6)
        painter.fillPath(self._clip, quiet)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(quiet)
        top = self._picture.bottom() + 15
        for line, share in enumerate((0.55,) if self._compact else (0.5, 0.75)):
            width = (self._card.width() - 2 * _TEXT_INSET) * share
            left = self._card.left() + _TEXT_INSET
            if self._mirrored:
                left = self._card.right() - _TEXT_INSET - width
            painter.drawRoundedRect(QRectF(left, top + line * 17, width, 8), 4, 4)

    def _paint_face(self, painter: QPainter, face: Face, image: QImage | None) -> None:
        if image is None or image.isNull():
            self._paint_initials(painter, face)
        else:
            painter.fillPath(self._clip, self._brush(image))
        if face.percent is not None:
            self._paint_bar(painter, face.percent)
        self._paint_pill(painter, face)
        scale = self._theme.text_scale
        top = self._picture.bottom() + (9 if self._compact else 11) * scale
        self._paint_name(painter, face, QRectF(0, top, 0, 18 * scale))
        if not self._compact:
            painter.setPen(self._theme.color("textSecondary"))
            painter.setFont(self._theme.font(12))
            line = QRectF(0, top + 18 * scale, 0, 16 * scale)
            self._paint_line(painter, face.tagline, line, query=face.query)

    def _brush(self, image: QImage) -> QBrush:
        """The image covering the picture's box: cut at the sides, or more below than above."""
        box = self._picture
        scale = max(box.width() / image.width(), box.height() / image.height())
        if scale * self._dpr < _COARSEST:
            image = image.scaled(
                round(image.width() * scale * self._dpr),
                round(image.height() * scale * self._dpr),
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            scale = 1 / self._dpr
        over_x = image.width() * scale - box.width()
        over_y = image.height() * scale - box.height()
        # A tall photograph has its face in the upper third.
        share = 0.5 if over_y < box.height() * 0.25 else 0.25
        brush = QBrush(image)
        place = QTransform.fromTranslate(box.left() - over_x / 2, box.top() - over_y * share)
        brush.setTransform(place.scale(scale, scale))
        return brush

    def _paint_initials(self, painter: QPainter, face: Face) -> None:
        ground, ink = _TINTS[sum(face.id.encode()) % len(_TINTS)]
        painter.fillPath(self._clip, self._theme.color(ground))
        painter.setPen(self._theme.color(ink))
        painter.setFont(self._theme.font(22 if self._compact else 30, "semibold"))
        painter.drawText(self._picture, Qt.AlignmentFlag.AlignCenter, initials(face.name))

    def _paint_bar(self, painter: QPainter, percent: int) -> None:
        track = QRectF(self._picture)
        track.setTop(track.bottom() - _BAR)
        painter.fillRect(track, QColor(0, 0, 0, 38))
        done = QRectF(track)
        done.setWidth(track.width() * min(100, max(0, percent)) / 100)
        if self._mirrored:
            done.moveRight(track.right())
        painter.fillRect(done, self._theme.color("accent"))

    def _paint_pill(self, painter: QPainter, face: Face) -> None:
        word, token, mark = pill_look(face, short=self._compact)
        metrics = QFontMetricsF(self._theme.font(11, "semibold"))
        spare = pill_width("", self._theme)
        room = self._card.width() - 2 * _PILL_INSET - spare
        word = metrics.elidedText(shown(word, _LONGEST), Qt.TextElideMode.ElideRight, room)
        left = self._card.left() + _PILL_INSET
        if self._mirrored:
            left = self._card.right() - _PILL_INSET - pill_width(word, self._theme)
            painter.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        paint_pill(
            painter,
            QPointF(left, self._card.top() + _PILL_INSET),
            word,
            token,
            self._theme,
            mark,
        )

    def _paint_name(self, painter: QPainter, face: Face, line: QRectF) -> None:
        painter.setFont(self._theme.font(13, "semibold"))
        painter.setPen(self._theme.color("text"))
        name = face.name if face.name.strip() else _unnamed()
        spare = scaled(_DOT) + 6 if face.unsent else 0
        drawn = self._paint_line(painter, name, line, spare, query=face.query)
        if not face.unsent:
            return
        dot = QRectF(0, 0, scaled(_DOT), scaled(_DOT))
        dot.moveCenter(drawn.center())
        if self._mirrored or is_right_to_left(name):
            dot.moveRight(drawn.left() - 6)
        else:
            dot.moveLeft(drawn.right() + 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("warn"))
        painter.drawEllipse(dot)

    def _paint_line(
        self, painter: QPainter, text: str, line: QRectF, spare: int = 0, *, query: str = ""
    ) -> QRectF:
        """One line of plain text on its reading side, cut with an ellipsis, the hits of ``query``
        in it marked; where it lies."""
        words = shown(" ".join(text[:_LONGEST].split()), _LONGEST)
        box = QRectF(self._card.left() + _TEXT_INSET, line.top(), 0, line.height())
        box.setWidth(self._card.width() - 2 * _TEXT_INSET)
        right = is_right_to_left(words)
        metrics = QFontMetricsF(painter.font())
        room = box.width() - spare
        words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
        painter.setLayoutDirection(
            Qt.LayoutDirection.RightToLeft if right else Qt.LayoutDirection.LeftToRight
        )
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        if self._mirrored and not right:
            side = Qt.AlignmentFlag.AlignRight
        flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        width = min(room, metrics.horizontalAdvance(words))
        left = box.left() if side == Qt.AlignmentFlag.AlignLeft else box.right() - width
        lies = QRectF(left, box.top(), width, box.height())
        hits = hit_ranges(words, query) if query else ()
        if hits:
            from studio.ui.gallery.marked_text import paint_marked

            paint_marked(painter, words, lies, hits, self._theme)
        else:
            painter.drawText(box, flags | Qt.TextFlag.TextSingleLine, words)
        return lies


def pill_look(face: Face, *, short: bool = False) -> tuple[str, str, Shape]:
    """Word, color token and shape of a card's pill; the percentage while a render tells it."""
    if face.status == "conflict":
        return _tr("Choose") if short else _tr("Needs a choice"), "conflict", "fork"
    if face.status == "attention":
        return _tr("Needs you") if short else _tr("Needs attention"), "warn", "triangle"
    word, token, mark = status_look(face.status)
    if face.percent is not None and face.status not in ("deleted", "failed"):
        word, token, mark = status_look("training")
        word = f"{face.percent}%" if short else f"{word} {face.percent}%"
    return word, token, mark


def _unnamed() -> str:
    return _tr("Unnamed")


def _tr(text: str) -> str:
    return QCoreApplication.translate("CardPainter", text)


def _round_on_top(box: QRectF, radius: float) -> QPainterPath:
    path = QPainterPath(box.bottomLeft())
    corner = QRectF(0, 0, 2 * radius, 2 * radius)
    corner.moveTopLeft(box.topLeft())
    path.arcTo(corner, 180, -90)
    corner.moveTopRight(box.topRight())
    path.arcTo(corner, 90, -90)
    path.lineTo(box.bottomRight())
    path.closeSubpath()
    return path
