"""The Look tab: drop zone, reference images, appearance fields."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFileDialog,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from studio.domain.fields import FIELDS
from studio.ui.editor.field_binding import FieldBinding, bind
from studio.ui.editor.field_grid import FieldGrid
from studio.ui.editor.surfaces import Page
from studio.ui.look.drop_zone import DropZone
from studio.ui.look.tile_grid import TileGrid
from studio.ui.widgets.buttons import Button
from studio.ui.widgets.label import Label
from studio.viewmodels.drops import FILE_FILTER

if TYPE_CHECKING:
    from studio.ui.theme import Theme
    from studio.viewmodels.editor import EditorViewModel
    from studio.viewmodels.look import LookViewModel
    from studio.viewmodels.pictures import PictureLoader

MARGIN = 20
WIDE_FIELDS = ("style", "vibe", "voice_description")


class LookTab(QWidget):
    """``bindings`` are the appearance fields, refreshed by the editor."""

    def __init__(
        self,
        editor: EditorViewModel,
        look: LookViewModel,
        pictures: PictureLoader,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._dialog: QFileDialog | None = None
        content = QWidget(self)
        self.zone = DropZone(theme, content)
        self._title = Label(self.tr("Reference images"), role="strong", parent=content)
        self.count = Label(role="muted", tabular=True, parent=content)
        self.paste = Button(self.tr("Paste"), icon="clipboard-paste", compact=True, parent=content)
        self.choose = Button(self.tr("Choose files"), icon="images", compact=True, parent=content)
        self.grid = TileGrid(pictures, look.previews, theme, content)
        self._blank = Label(
            self.tr("None yet. The first image becomes the anchor of the look."),
            role="secondary",
            wrap=True,
            parent=content,
        )
        self.bindings = tuple(
            bind(editor, spec.path, content) for spec in FIELDS if spec.tab == "look"
        )
        self._lay_out(content)
        self.page = Page(content, self)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.page)
        self.zone.clicked.connect(self.choose_files)
        self.choose.clicked.connect(self.choose_files)
        self.paste.clicked.connect(look.paste)
        self.grid.retry_requested.connect(look.retry)
        self.grid.remove_requested.connect(look.remove)
        look.tiles_changed.connect(self.refresh)
        self.refresh()

    def _lay_out(self, content: QWidget) -> None:
        said = QHBoxLayout()
        said.setSpacing(8)
        said.addWidget(self._title)
        said.addWidget(self.count)
        said.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.paste)
        buttons.addWidget(self.choose)
        buttons.addStretch(1)
        self._head = head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        head.setSpacing(8)
        head.addLayout(said, 1)
        head.addLayout(buttons)
        column = QVBoxLayout(content)
        column.setContentsMargins(MARGIN, 16, MARGIN, 20)
        column.setSpacing(12)
        column.addWidget(self.zone)
        column.addLayout(head)
        column.addWidget(self._blank)
        column.addWidget(self.grid)
        column.addSpacing(8)
        column.addWidget(Label(self.tr("Appearance"), role="strong", parent=content))
        column.addWidget(FieldGrid(_lines(self.bindings), content))
        column.addStretch(1)

    def refresh(self) -> None:
        """Show the images as they are now."""
        tiles = self._look.tiles
        bound = self._look.bound_count
        self.count.setText(str(bound))
        self.grid.show_tiles(tiles)
        self.grid.setVisible(bool(tiles))
        self._blank.setVisible(not tiles)
        self.zone.set_name(self._look.name)
        for button in (self.paste, self.choose, self.zone):
            button.setEnabled(self._look.can_add)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons below the words when there is no room beside them."""
        super().resizeEvent(event)
        parts = (self._title, self.count, self.paste, self.choose)
        needed = sum(part.sizeHint().width() + self._head.spacing() for part in parts)
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._head.setDirection(down if needed > self.width() - 2 * MARGIN else across)

    def choose_files(self) -> None:
        """Ask for files with the system's own dialog."""
        if self._dialog is None:
            dialog = QFileDialog(self, self.tr("Add reference images"))
            dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
            dialog.setNameFilters(
                [
                    self.tr("Images ({patterns})").replace("{patterns}", FILE_FILTER),
                    self.tr("All files (*)"),
                ]
            )
            dialog.filesSelected.connect(self._on_files_selected)
            self._dialog = dialog
        self._dialog.open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste outside a text field adds what the clipboard holds."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self._look.paste()
        else:
            super().keyPressEvent(event)

    def _on_files_selected(self, names: list[str]) -> None:
        self._look.add_files([Path(name) for name in names])


def _lines(bindings: tuple[FieldBinding, ...]) -> list[list[QWidget]]:
    """Short fields two in a line, in their order; long ones alone."""
    lines: list[list[QWidget]] = []
    half = False
    for binding in bindings:
        wide = binding.path in WIDE_FIELDS
        if half and not wide:
            lines[-1].append(binding.row)
        else:
            lines.append([binding.row])
        half = not wide and not half
    return lines
