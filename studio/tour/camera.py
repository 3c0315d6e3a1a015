"""Numbered pictures of the window, in both themes, with open dialogs where they stand."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QWidget

    from studio.ui.theme import Theme, ThemeMode

THEMES: tuple[ThemeMode, ...] = ("light", "dark")


class Camera:
    """Takes pictures of a window as a person sees it."""

    def __init__(self, folder: Path, theme: Theme) -> None:
        self._folder = folder
        self._theme = theme
        self._number = 0
        self.taken: list[Path] = []
        folder.mkdir(parents=True, exist_ok=True)

    async def shoot(self, window: QWidget, name: str) -> None:
        """Save ``NN-name-light.png`` and ``NN-name-dark.png``; the theme comes back as it was."""
        self._number += 1
        was = self._theme.mode
        for theme in THEMES:
            self._theme.set_mode(theme)
            await _settled()
            path = self._folder / f"{self._number:02}-{name}-{theme}.png"
            if not picture_of(window).save(str(path)):
                raise OSError(f"The picture {path} could not be written.")
            self.taken.append(path)
        self._theme.set_mode(was)


def picture_of(window: QWidget) -> QPixmap:
    """The window with its dialogs and menus painted over it."""
    picture = window.grab()
    painter = QPainter(picture)
    for other in QApplication.topLevelWidgets():
        if other is not window and other.isVisible() and other.isWindow():
            painter.drawPixmap(other.pos() - window.pos(), other.grab())
    painter.end()
    return picture


async def _settled() -> None:
    """Let layouts, fades and pictures come to rest: a few turns of the loop."""
    for _ in range(6):
        await asyncio.sleep(0.03)
