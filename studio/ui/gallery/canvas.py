"""Paints the part of the gallery that is in sight: cells, rings around some, or quiet shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect

from studio.core.values import dataclass
from studio.ui.gallery.card_painter import CardPainter, Face
from studio.ui.gallery.geometry import BLEED
from studio.ui.gallery.rings import paint_chosen, paint_drop, paint_focus, paint_hover

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter, QPixmap

    from studio.ui.gallery.geometry import Geometry
    from studio.ui.theme import Theme
    from studio.viewmodels.gallery import GalleryModel
    from studio.viewmodels.pictures import PictureLoader

_PICTURE_STEP: Final = 64
"""Pictures are asked for in sizes this many pixels apart, so a resize rarely decodes anew."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Rows with a ring, -1 for none. ``focused``: keys go to the current card."""

    hovered: int = -1
    current: int = -1
    chosen: int = -1
    focused: bool = False
    drop: int = -1
    drop_refused: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """What is looked at: cards in their places, scrolled by ``shift``, at most ``visible`` at once.

    ``ratio`` is the number of device pixels to the point.
    """

    geometry: Geometry
    shift: QPoint
    visible: int
    ratio: float

    def corner(self, row: int) -> QPoint:
        """Where the cell of a row begins on the screen."""
        return self.geometry.rect(row).topLeft() - self.shift - QPoint(BLEED, BLEED)

    def card(self, row: int) -> QRect:
        """Where the card of a row is on the screen."""
        return self.geometry.rect(row).translated(-self.shift)


class GridCanvas:
    """What :class:`CardGrid` shows; ``shift`` is how far the content is scrolled."""

    def __init__(self, model: GalleryModel, pictures: PictureLoader, theme: Theme) -> None:
        self._model, self._pictures, self._theme = model, pictures, theme
        self._cards = CardPainter(theme)

    def drop(self) -> None:
        """The colors are others now."""
        self._cards.drop()

    def paint(self, painter: QPainter, dirty: QRect, sight: Sight, marks: Marks) -> None:
        """The cells that touch ``dirty``, then their rings."""
        painter.fillRect(dirty, self._theme.color("window"))
        geometry, band = sight.geometry, dirty.translated(sight.shift)
        self._cards.set_look(geometry, sight.ratio, sight.visible)
        longer = max(geometry.card_width, geometry.picture_height) * sight.ratio
        edge = -(-int(longer) // _PICTURE_STEP) * _PICTURE_STEP
        rows = geometry.rows_between(band.top(), band.bottom())
        for row in rows:
            cell = geometry.rect(row).adjusted(-BLEED, -BLEED, BLEED, BLEED)
            if cell.intersects(band):
                painter.drawPixmap(sight.corner(row), self._cell(row, edge))
        self._paint_rings(painter, rows, sight, marks)

    def paint_empty(self, painter: QPainter, dirty: QRect, sight: Sight) -> None:
        """Without a card: quiet shapes where they will be, while they are on their way."""
        painter.fillRect(dirty, self._theme.color("window"))
        if self._model.empty != "loading":
            return
        self._cards.set_look(sight.geometry, sight.ratio, sight.visible)
        quiet = self._cards.cell(None, None)
        band = dirty.translated(sight.shift)
        for row in sight.geometry.rows_between(band.top(), band.bottom()):
            painter.drawPixmap(sight.corner(row), quiet)

    def _cell(self, row: int, edge: int) -> QPixmap:
        found = self._model.row_at(row)
        if found is None:
            return self._cards.cell(None, None)
        progress = self._model.progress_of(found.id)
        face = Face(
            found.id,
            found.name,
            found.hit or found.tagline,
            self._model.status_of(found),
            bool(found.unsent),
            None if progress is None else round(progress * 100),
            self._model.query.text,
        )
        return self._cards.cell(face, self._pictures.image(found.thumbnail_url, edge))

    def _paint_rings(self, painter: QPainter, rows: range, sight: Sight, marks: Marks) -> None:
        if marks.hovered in rows:
            paint_hover(painter, sight.card(marks.hovered), self._theme)
        if marks.chosen in rows:
            focused = marks.focused and marks.chosen == marks.current
            paint_chosen(painter, sight.card(marks.chosen), self._theme, focused=focused)
        if marks.focused and marks.current in rows and marks.current != marks.chosen:
            paint_focus(painter, sight.card(marks.current), self._theme)
        if marks.drop in rows:
            refused = marks.drop_refused
            paint_drop(painter, sight.card(marks.drop), self._theme, refused=refused)
