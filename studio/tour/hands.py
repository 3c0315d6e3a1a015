"""What a person does with keyboard and mouse, and how long they would wait for an answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_LOOK_EVERY = 0.02


class TourStopped(Exception):
    """A step did not come to its end; the sentence says what was waited for."""


async def until(what: str, holds: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait until ``holds`` is true. Raises TourStopped naming ``what`` when it takes too long."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not holds():
        if loop.time() > end:
            raise TourStopped(f"Waited {seconds:.0f} s in vain until {what}.")
        await asyncio.sleep(_LOOK_EVERY)


async def turn() -> None:
    """Let the program answer to what was just done."""
    await asyncio.sleep(0.05)


async def click(widget: QWidget, at: QPoint | None = None) -> None:
    """Click the middle of a widget, or a point of it."""
    place = at or widget.rect().center()
    under = widget.childAt(place) or widget
    QTest.mouseClick(
        under,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        under.mapFrom(widget, place) if under is not widget else place,
    )
    await turn()


async def press(
    widget: QWidget,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Press and release a key with the focus in ``widget``."""
    widget.window().activateWindow()
    await turn()
    QTest.keyClick(widget, key, modifiers)
    await turn()


async def write(widget: QWidget, text: str) -> None:
    """Type a text, a key at a time."""
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    for letter in text:
        QTest.keyClicks(widget, letter)
        await asyncio.sleep(0)
    await turn()


async def drop(widget: QWidget, files: Sequence[Path]) -> None:
    """Let files fall on a widget, as a file manager would."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in files])
    at = widget.rect().center()
    where = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton)
    QApplication.sendEvent(widget, QDragEnterEvent(at, *where, Qt.KeyboardModifier.NoModifier))
    await turn()
    QApplication.sendEvent(widget, QDropEvent(QPointF(at), *where, Qt.KeyboardModifier.NoModifier))
    await turn()


def dialog(kind: type[QWidget]) -> QWidget | None:
    """The open dialog of a class, or None."""
    return next(
        (
            widget
            for widget in QApplication.topLevelWidgets()
            if isinstance(widget, kind) and widget.isVisible()
        ),
        None,
    )
