"""What can be done with the influencer of a card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal

from studio.ui.widgets.menu import Menu

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QWidget

    from studio.ui.theme import Theme

_CHANGING: Final = ("clone", "clone_now", "delete")


class CardMenu(Menu):
    """``wanted`` carries the word of the entry that was chosen."""

    wanted = Signal(str)
    """``open``, ``clone``, ``clone_now``, ``copy_id``, ``recreate`` or ``delete``."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self.setToolTipsVisible(True)
        for name, words, icon in (
            ("open", self.tr("Open"), "square-arrow-out-up-right"),
            ("clone", self.tr("Clone…"), "copy-plus"),
            ("clone_now", self.tr("Clone now"), "copy-plus"),
            ("", "", ""),
            ("copy_id", self.tr("Copy id"), "clipboard-copy"),
            ("", "", ""),
            ("recreate", self.tr("Re-create as new draft"), "archive-restore"),
            ("delete", self.tr("Delete…"), "trash-2"),
        ):
            if not name:
                self.addSeparator()
                continue
            action = self.addAction(words)
            action.setData(name)
            theme.bind_icon(action, icon)
        self.triggered.connect(self._on_triggered)

    def offer(self, *, alive: bool, blocked: str) -> None:
        """Offer what can be done with one that is here or deleted; ``blocked`` says why nothing
        can be changed now, empty when it can.
        """
        for action in self.actions():
            name = action.data()
            if name in _CHANGING:
                action.setEnabled(alive and not blocked)
                action.setToolTip(blocked or action.text())
            elif name == "recreate":
                action.setVisible(not alive)
                action.setEnabled(not alive and not blocked)
                action.setToolTip(blocked or action.text())

    def _on_triggered(self, action: QAction) -> None:
        self.wanted.emit(str(action.data()))
