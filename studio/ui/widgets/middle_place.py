"""Keeps a dialog in the middle of its window until a person moves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QTimer
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PySide6.QtGui import QMoveEvent
    from PySide6.QtWidgets import QDialog

_SETTLING_MS: Final = 600
_CORRECTIONS: Final = 4


def middle_of(window: QRect, width: int, height: int, screen: QRect) -> QPoint:
    """Where a box of this size stands over the middle of ``window`` and, as far as it fits, on
    ``screen``; its head is never above the screen. Everything in screen pixels.

    A window that reaches over the edge of its screen, to the next one maybe, is what counts alone.
    """
    box = QRect(0, 0, width, height)
    box.moveCenter(window.center())
    if not screen.contains(window) and window.contains(box):
        return box.topLeft()
    if box.right() > screen.right():
        box.moveRight(screen.right())
    if box.bottom() > screen.bottom():
        box.moveBottom(screen.bottom())
    return QPoint(max(screen.left(), box.left()), max(screen.top(), box.top()))


class MiddlePlace(QObject):
    """Moves ``dialog`` when it is shown and when the program changes its size.

    While an X window manager takes a new window over, Qt may be told that it stands in the corner
    of the screen. The window is right, but what Qt opens from it (lists, menus, tooltips) would
    then come up in the corner too; so the place is said again until it is agreed upon.
    """

    def __init__(self, dialog: QDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._shown = False
        self._wanted = QPoint()
        self._left = 0
        self._by_person = False
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLING_MS)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self.stand)
        dialog.installEventFilter(self)

    def begin(self) -> None:
        """The dialog is about to be shown."""
        self._shown = True
        self._by_person = False
        self._left = _CORRECTIONS
        self._settling.start()
        self.stand()

    def end(self) -> None:
        """The dialog is hidden."""
        self._shown = False
        self._settling.stop()
        self._again.stop()

    def stand(self) -> None:
        """Go to the middle, unless the system or a person decides where the dialog is."""
        owner = self._dialog.parentWidget()
        if owner is None or self._by_person or QGuiApplication.platformName() == "cocoa":
            return
        # Asked for each time: a reference kept here could be the window's last, and freeing it
        # while the dialog goes would delete the window around the dialog.
        window, size = owner.window(), self._dialog.size()
        screen = window.screen().availableGeometry()
        self._wanted = middle_of(window.geometry(), size.width(), size.height(), screen)
        self._dialog.move(self._wanted)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow a new size; tell a person's move from a window manager's."""
        if self._shown:
            kind = event.type()
            if kind == QEvent.Type.Resize and not event.spontaneous():
                self.stand()
            elif kind == QEvent.Type.Move and event.spontaneous():
                self._on_moved(cast("QMoveEvent", event).pos())
        return False

    def _on_moved(self, place: QPoint) -> None:
        if place == self._wanted:
            return
        if not self._settling.isActive():
            self._by_person = True
        elif self._left:
            self._left -= 1
            # After this event: Qt is still writing down where it thinks the window is.
            self._again.start(0)
