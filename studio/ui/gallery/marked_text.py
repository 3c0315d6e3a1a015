"""A line of text with the parts marked that a search found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QTextCharFormat, QTextLayout, QTextOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPainter

    from studio.domain.searching import Range
    from studio.ui.theme import Theme


def paint_marked(
    painter: QPainter, text: str, box: QRectF, hits: Sequence[Range], theme: Theme
) -> None:
    """Draw ``text`` into ``box`` (as wide as the text) in the painter's font, pen and direction.

    ``hits`` are ranges of characters; they stand on a tint, wherever the script puts them.
    """
    layout = QTextLayout(text, painter.font())
    option = QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    option.setTextDirection(painter.layoutDirection())
    layout.setTextOption(option)
    layout.setFormats([_format(text, hit, theme) for hit in hits])
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(box.width() + 1)
    layout.endLayout()
    layout.draw(painter, QPointF(box.left(), box.center().y() - line.height() / 2))


def _format(text: str, hit: Range, theme: Theme) -> QTextLayout.FormatRange:
    marked = QTextLayout.FormatRange()
    # Qt counts an emoji as two.
    marked.start = _units(text[: hit[0]])
    marked.length = _units(text[hit[0] : hit[1]])
    look = QTextCharFormat()
    look.setBackground(theme.color("accentSoft"))
    look.setForeground(theme.color("accentText"))
    marked.format = look
    return marked


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
