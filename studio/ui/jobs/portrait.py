"""A portrait that fills itself in when its picture has arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.ui.widgets.avatar import Avatar

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from studio.viewmodels.pictures import PictureLoader


class Portrait(Avatar):
    """Initials first, the picture as soon as it is here."""

    def __init__(self, pictures: PictureLoader, size: int, parent: QWidget | None = None) -> None:
        super().__init__(size, parent=parent)
        self._pictures = pictures
        self._url = ""
        pictures.loaded.connect(self._on_loaded)

    def show_person(self, name: str, url: str) -> None:
        """Whose portrait, and where its picture is; an empty ``url`` leaves the initials."""
        self.set_name(name)
        if url != self._url:
            self._url = url
            self._take()

    def _take(self) -> None:
        edge = round(self.side() * self.devicePixelRatioF())
        self.set_picture(self._pictures.image(self._url, edge))

    def _on_loaded(self, url: str) -> None:
        if url == self._url:
            self._take()
