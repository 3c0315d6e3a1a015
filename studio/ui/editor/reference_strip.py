"""A row of the first reference images under the persona, and the tile that adds one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.look.picture_tile import PictureTile
from studio.ui.widgets.label import set_tooltip

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from studio.ui.theme import Theme
    from studio.viewmodels.look import LookViewModel
    from studio.viewmodels.look_tile import LookTile
    from studio.viewmodels.pictures import PictureLoader

GAP = 9
THUMB_PX = 78
RADIUS = 10


class ReferenceStrip(QWidget):
    """As many thumbnails as fit on one line; the last tile adds. Both lead to the Look tab."""

    shown_requested = Signal()
    add_requested = Signal()

    def __init__(
        self,
        look: LookViewModel,
        pictures: PictureLoader,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._pictures = pictures
        self._theme = theme
        self._thumbs: list[PictureTile] = []
        self._sources: list[LookTile] = []
        self.add = PictureTile(theme, RADIUS, adds=True, parent=self)
        self.add.setAccessibleName(self.tr("Add a reference image"))
        set_tooltip(self.add, self.tr("Add a reference image"))
        self.add.clicked.connect(self.add_requested)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.tiles_changed.connect(self.refresh)
        pictures.loaded.connect(self._on_loaded)
        look.previews.loaded.connect(self._on_loaded)

    def sizeHint(self) -> QSize:
        """Five tiles."""
        return QSize(5 * THUMB_PX + 4 * GAP, THUMB_PX)

    def minimumSizeHint(self) -> QSize:
        """Two tiles."""
        return QSize(2 * THUMB_PX + GAP, THUMB_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may show more of them."""
        super().resizeEvent(event)
        self.setFixedHeight(self._side(self.width()))
        self.refresh()

    def refresh(self) -> None:
        """Show the images as they are now."""
        tiles = self._look.tiles
        room = self._columns(self.width()) - 1
        self._sources = list(tiles[:room])
        while len(self._thumbs) < len(self._sources):
            thumb = PictureTile(self._theme, RADIUS, parent=self)
            thumb.clicked.connect(self.shown_requested)
            self._thumbs.append(thumb)
        for place, thumb in enumerate(self._thumbs):
            thumb.setVisible(place < len(self._sources))
            thumb.setGeometry(self._box(place))
        for place, tile in enumerate(self._sources):
            beyond = len(tiles) - room if place == room - 1 else 0
            self._show(self._thumbs[place], tile, beyond)
        self.add.setGeometry(self._box(len(self._sources)))
        self.add.setEnabled(self._look.can_add)

    def _show(self, thumb: PictureTile, tile: LookTile, beyond: int) -> None:
        thumb.set_look(tile.state, more=f"+{beyond + 1}" if beyond > 0 else "")
        name = self.tr("Reference image, {state}")
        thumb.setAccessibleName(name.replace("{state}", tile.caption))
        set_tooltip(thumb, tile.caption)
        self._show_picture(thumb, tile)

    def _show_picture(self, thumb: PictureTile, tile: LookTile) -> None:
        # The size of the Look tab's tiles, so that both share one decoded picture.
        side = round(256 * self.devicePixelRatioF())
        if tile.url:
            thumb.set_picture(self._pictures.image(tile.url, side))
        else:
            thumb.set_picture(self._look.previews.image(tile.path, side))

    def _on_loaded(self, source: str) -> None:
        for thumb, tile in zip(self._thumbs, self._sources, strict=False):
            if source in (tile.url, tile.path):
                self._show_picture(thumb, tile)

    def _columns(self, width: int) -> int:
        return max(2, (width + GAP) // (THUMB_PX + GAP))

    def _side(self, width: int) -> int:
        columns = self._columns(width)
        return min(96, -(-(width - GAP * (columns - 1)) // columns))

    def _box(self, place: int) -> QRect:
        """The tile at ``place``: together they end where the line ends."""
        width, side = self.width(), self._side(self.width())
        last = self._columns(width) - 1
        left = min(place * (side + GAP), round(place * (width - side) / last))
        return QRect(width - left - side if self.isRightToLeft() else left, 0, side, side)
