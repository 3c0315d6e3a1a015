"""Where cards lie: plain arithmetic in logical pixels, the same for 12 cards and 100,000."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPoint, QRect

Density = Literal["grid", "compact"]

MARGIN = 20
TOP = 10
BOTTOM = 20
BLEED = 7
"""Pixels around a card that its painted cell covers too, for the shadow: half of the gap."""
GAP = 2 * BLEED

_NARROWEST: dict[Density, int] = {"grid": 158, "compact": 112}
_TEXT_HEIGHT: dict[Density, int] = {"grid": 58, "compact": 36}
_PICTURE_SHARE = 0.9


class Geometry:
    """Cards of one size in lines, ``count`` in all; coordinates start at the top of the content.

    ``width`` is that of the whole view: a scroll bar lives in the right margin, so cards do not
    jump when it comes. Never changed once made.

    Attributes:
        columns: cards in a line, at least one.
        card_width: cards share the whole width, so no gutter is left at the end of a line.
        picture_height: the portrait on top of the card.
        text_height: the words under it, with the lower edge.
        card_height: one card, edges included.
        pitch: from the top of one line to the top of the next.
        height: the whole content.
    """

    def __init__(
        self,
        width: int,
        count: int,
        density: Density = "grid",
        scale: float = 1.0,
        *,
        mirrored: bool = False,
    ) -> None:
        self.width, self.count, self.density = width, count, density
        self.scale, self.mirrored = scale, mirrored
        room = max(40, width - 2 * MARGIN)
        narrowest = round(_NARROWEST[density] * (1 + (scale - 1) * 0.6))
        self.columns = max(1, (room + GAP) // (narrowest + GAP))
        self.card_width = max(40, (room - GAP * (self.columns - 1)) // self.columns)
        self.picture_height = round(self.card_width * _PICTURE_SHARE)
        self.text_height = round(_TEXT_HEIGHT[density] * scale)
        self.card_height = 1 + self.picture_height + self.text_height
        self.pitch = self.card_height + GAP
        lines = -(-count // self.columns)
        self.height = TOP + lines * self.pitch - GAP + BOTTOM if count else 0
        self._span = room + GAP

    def rect(self, row: int) -> QRect:
        """The card at ``row``."""
        line, column = divmod(row, self.columns)
        left = MARGIN + column * self._span // self.columns
        if self.mirrored:
            left = self.width - left - self.card_width
        return QRect(left, TOP + line * self.pitch, self.card_width, self.card_height)

    def row_at(self, point: QPoint) -> int:
        """The card under ``point``, -1 between cards and beyond the last."""
        line = (point.y() - TOP) // self.pitch
        if line < 0:
            return -1
        x = self.width - 1 - point.x() if self.mirrored else point.x()
        column = ((x - MARGIN + 1) * self.columns - 1) // self._span
        column = min(self.columns - 1, max(0, column))
        row = line * self.columns + column
        return row if row < self.count and self.rect(row).contains(point) else -1

    def rows_between(self, top: int, bottom: int) -> range:
        """Rows whose painted cell touches the band from ``top`` to ``bottom``."""
        first = max(0, (top - TOP - self.card_height - BLEED) // self.pitch + 1)
        last = (bottom - TOP + BLEED) // self.pitch
        return range(
            min(self.count, first * self.columns), min(self.count, (last + 1) * self.columns)
        )

    def lines_in(self, height: int) -> int:
        """Whole lines that fit, at least one: how far a page goes."""
        return max(1, (height + GAP) // self.pitch)
