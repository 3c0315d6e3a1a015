"""Menus that open beside what was pressed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from studio.ui.widgets.rounding import RoundedWindow


class Menu(QMenu):
    """A menu with round corners; put icons on its actions with ``theme.bind_icon``."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
        self._rounding = RoundedWindow(self)
