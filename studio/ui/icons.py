"""Icons: Lucide outlines, drawn at the screen's pixel ratio in the color asked for.

Only outlines shipped with the ``python-lucide`` package ever reach QtSvg; a picture from a file or
a server never does.
"""

from __future__ import annotations

import sqlite3
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

_LARGE: Final = 36
_FIND: Final = """
    SELECT svg FROM icons WHERE name = ?
        OR name = (SELECT name FROM icon_aliases WHERE alias = ?) LIMIT 1
"""


@lru_cache(maxsize=1)
def _outlines() -> sqlite3.Connection:
    """The package's data file, opened once, read only."""
    package = find_spec("lucide")
    if package is None or not package.submodule_search_locations:
        raise LookupError("python-lucide is not installed")
    path = Path(package.submodule_search_locations[0], "data", "lucide-icons.db")
    return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)


@lru_cache(maxsize=512)
def icon_svg(name: str) -> str:
    """The outline called ``name`` (or known by that alias), as SVG text in ``currentColor``.

    Read from the package's data file without importing the package, whose own imports (an HTTP
    client among them) take ten times as long as the look-up. Raises LookupError for a name that
    Lucide does not have.
    """
    row = _outlines().execute(_FIND, (name, name)).fetchone()
    if row is None:
        raise LookupError(f"Lucide has no icon named {name!r}")
    return str(row[0])


def glyph(name: str, size: int, color: QColor, dpr: float = 1.0) -> QPixmap:
    """Icon ``name``, ``size`` logical pixels square, in one color; kept in Qt's pixmap cache."""
    key = f"glyph:{name}:{size}:{color.rgba():08x}:{dpr:.2f}"
    kept = QPixmap()
    if QPixmapCache.find(key, kept):
        return kept
    return _draw(name, size, color, dpr, key)


def _draw(name: str, size: int, color: QColor, dpr: float, key: str) -> QPixmap:
    svg = icon_svg(name).replace("currentColor", color.name())
    # Lucide strokes 2 units of 24; a slightly finer line sits better beside 13 px text, and a
    # large icon on an empty page stays light.
    stroke = "1.8" if size < _LARGE else "1.3"
    svg = svg.replace('stroke-width="2"', f'stroke-width="{stroke}"')
    side = max(1, round(size * dpr))
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(color.alphaF())
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    pixmap.setDevicePixelRatio(dpr)
    QPixmapCache.insert(key, pixmap)
    return pixmap


def glyph_icon(
    name: str,
    size: int,
    color: QColor,
    *,
    disabled: QColor | None = None,
    dpr: float = 1.0,
) -> QIcon:
    """A QIcon of :func:`glyph` at its size and at ``dpr`` times it, with a disabled look."""
    faded = disabled if disabled is not None else _faded(color)
    icon = QIcon()
    for ratio in sorted({1.0, dpr}):
        icon.addPixmap(glyph(name, size, color, ratio), QIcon.Mode.Normal)
        icon.addPixmap(glyph(name, size, faded, ratio), QIcon.Mode.Disabled)
    return icon


def _faded(color: QColor) -> QColor:
    faded = QColor(color)
    faded.setAlphaF(color.alphaF() * 0.45)
    return faded
