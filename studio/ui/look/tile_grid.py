"""The reference images as tiles with a line below each, in as many columns as there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.look.picture_tile import PictureTile
from studio.ui.style import scaled
from studio.ui.widgets.buttons import Button, IconButton
from studio.ui.widgets.label import Label, set_tooltip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from studio.ui.theme import Theme
    from studio.viewmodels.look_tile import LookTile
    from studio.viewmodels.pictures import PictureLoader
    from studio.viewmodels.previews import Previews

GAP = 11
COLUMN_PX = 130
CAPTION_GAP = 5
ROW_GAP = 12
_MADE_AT_ONCE = 6
LONGEST_CAPTION = 240


class TileCell(QWidget):
    """One image: picture, caption, and what can be done about it. Signals carry the tile's key."""

    retry_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(
        self, pictures: PictureLoader, previews: Previews, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._previews = previews
        self._made: LookTile | None = None
        self.picture = PictureTile(theme, parent=self)
        self.remove = IconButton("x", self.tr("Remove"), "outline", "tiny", parent=self.picture)
        self.caption = Label(role="caption", wrap=True, parent=self)
        self.retry = Button("", "link", parent=self)
        self.retry.clicked.connect(self._on_retry)
        self.remove.clicked.connect(self._on_remove)
        pictures.loaded.connect(self._on_loaded)
        previews.loaded.connect(self._on_loaded)

    def show_tile(self, tile: LookTile) -> None:
        """Show another image, or another state of the same."""
        if tile == self._made:
            return
        self._made = tile
        failed = tile.state == "failed"
        self.picture.set_look(
            tile.state, badge=self.tr("Anchor") if tile.is_anchor else "", progress=_line(tile)
        )
        caption = tile.caption
        if len(caption) > LONGEST_CAPTION:
            caption = caption[:LONGEST_CAPTION] + "…"
        self.caption.set_role("problem" if failed else "caption")
        self.caption.setText(caption)
        set_tooltip(self.picture, tile.caption)
        spoken = self.tr("Anchor, {caption}") if tile.is_anchor else "{caption}"
        self.picture.setAccessibleName(spoken.replace("{caption}", caption))
        self.retry.setText(tile.retry_words)
        self.retry.setVisible(bool(tile.retry_words))
        self.remove.setVisible(tile.can_remove)
        self._place()
        self._show_picture()

    def height_at(self, width: int) -> int:
        """The height of picture, caption and button in a column ``width`` pixels wide."""
        height = width + CAPTION_GAP + self.caption.heightForWidth(width)
        return height + (0 if self.retry.isHidden() else self.retry.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the parts; ask for a picture that fits."""
        super().resizeEvent(event)
        self._place()
        self._show_picture()

    def _place(self) -> None:
        width = self.width()
        self.picture.setGeometry(0, 0, width, width)
        cross = self.remove.sizeHint()
        left = 6 if self.isRightToLeft() else width - cross.width() - 6
        self.remove.setGeometry(left, 6, cross.width(), cross.height())
        top = width + CAPTION_GAP
        caption = self.caption.heightForWidth(width)
        self.caption.setGeometry(0, top, width, caption)
        button = self.retry.sizeHint()
        edge = width - button.width() if self.isRightToLeft() else 0
        self.retry.setGeometry(edge, top + caption, button.width(), button.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete on the picture removes what can be removed."""
        keys = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        if event.key() in keys and self._made is not None and self._made.can_remove:
            self._on_remove()
        else:
            super().keyPressEvent(event)

    def _show_picture(self) -> None:
        tile = self._made
        if tile is None or self.width() < 8:
            return
        # One size for all widths, so that resizing asks for nothing new.
        side = round(256 * self.devicePixelRatioF())
        if tile.url:
            self.picture.set_picture(self._pictures.image(tile.url, side))
        else:
            self.picture.set_picture(self._previews.image(tile.path, side))

    def _on_loaded(self, source: str) -> None:
        if self._made is not None and source in (self._made.url, self._made.path):
            self._show_picture()

    def _on_retry(self) -> None:
        if self._made is not None:
            self.retry_requested.emit(self._made.key)

    def _on_remove(self) -> None:
        if self._made is not None:
            self.remove_requested.emit(self._made.key)


def _line(tile: LookTile) -> float | None:
    """The progress line: a little of it while nobody knows how far it is."""
    if tile.state != "working":
        return None
    return 0.06 if tile.progress is None else tile.progress


class TileGrid(QWidget):
    """Cells are reused; signals carry the tile's key."""

    retry_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(
        self,
        pictures: PictureLoader,
        previews: Previews,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._previews = previews
        self._theme = theme
        self._cells: list[TileCell] = []
        self._used = 0
        self._tiles: tuple[LookTile, ...] = ()
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.timeout.connect(self._show_some)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def cells(self) -> tuple[TileCell, ...]:
        """The cells in use, in order."""
        return tuple(self._cells[: self._used])

    def show_tiles(self, tiles: Sequence[LookTile]) -> None:
        """Show these, in this order; of many new ones a few each turn, so that nothing stops."""
        self._tiles = tuple(tiles)
        self._show_some()

    def _show_some(self) -> None:
        for _ in range(min(_MADE_AT_ONCE, len(self._tiles) - len(self._cells))):
            cell = TileCell(self._pictures, self._previews, self._theme, self)
            cell.retry_requested.connect(self.retry_requested)
            cell.remove_requested.connect(self.remove_requested)
            self._cells.append(cell)
        for cell, tile in zip(self._cells, self._tiles, strict=False):
            cell.show_tile(tile)
        self._used = min(len(self._tiles), len(self._cells))
        for place, cell in enumerate(self._cells):
            cell.setVisible(place < self._used)
        self._arrange()
        if self._used < len(self._tiles):
            self._more.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may mean another number of columns."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._arrange()

    def _arrange(self) -> None:
        """Columns of equal width; a row is as high as its highest cell."""
        columns = max(2, (self.width() + GAP) // (scaled(COLUMN_PX) + GAP))
        top = 0
        for first in range(0, self._used, columns):
            row = self._cells[first : min(first + columns, self._used)]
            edges = [self._edges(place, columns) for place in range(len(row))]
            height = max(
                cell.height_at(right - left) for cell, (left, right) in zip(row, edges, strict=True)
            )
            for cell, (left, right) in zip(row, edges, strict=True):
                cell.setGeometry(left, top, right - left, height)
            top += height + ROW_GAP
        self.setFixedHeight(max(1, top - ROW_GAP))

    def _edges(self, place: int, columns: int) -> tuple[int, int]:
        side = (self.width() - GAP * (columns - 1)) // columns
        left = place * (side + GAP)
        if self.isRightToLeft():
            left = self.width() - left - side
        return left, left + side
