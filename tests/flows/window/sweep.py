"""Looks for every place where Qt would read a string as markup, and for files opened behind it."""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import os
import sys
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtGui import Qt as Guess
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QErrorMessage,
    QInputDialog,
    QLabel,
    QMessageBox,
    QProgressDialog,
    QTextEdit,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_GUESSING = (QTextEdit, QMessageBox, QInputDialog, QProgressDialog, QErrorMessage)
_OPENING, _CLOSING = "<p style='white-space:normal'>", "</p>"
_ROWS_LOOKED_AT = 200

_IN_OPEN, _IN_ACCESS = 0x20, 0x1


def read_as_markup() -> list[str]:
    """What of every widget alive would be read as markup or guessed at; empty when nothing is."""
    found = []
    for widget in QApplication.allWidgets():
        # Qt's own tooltip window reads markup; what goes into it is looked at as tooltips.
        if widget.metaObject().className() != "QTipLabel":
            found += [f"{_name(widget)}: {what}" for what in _of(widget)]
    return found


def _of(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QLabel) and widget.textFormat() != Qt.TextFormat.PlainText:
        yield f"label guesses at {widget.text()[:60]!r}"
    if isinstance(widget, _GUESSING):
        yield "a kind of widget that reads markup"
    for tip in (widget.toolTip(), widget.statusTip(), widget.whatsThis()):
        if is_guessed(tip):
            yield f"tip {tip[:80]!r}"
    for action in widget.actions():
        yield from _of_action(action)
    if isinstance(widget, QAbstractItemView):
        yield from _of_items(widget)


def _of_action(action: QAction) -> Iterator[str]:
    for tip in (action.toolTip(), action.statusTip(), action.whatsThis()):
        if is_guessed(tip):
            yield f"action {tip[:80]!r}"


def _of_items(view: QAbstractItemView) -> Iterator[str]:
    model: Any = view.model()
    if model is None:
        return
    roles = (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.WhatsThisRole)
    for row in range(min(model.rowCount(), _ROWS_LOOKED_AT)):
        for role in roles:
            tip = model.data(model.index(row, 0), role)
            if isinstance(tip, str) and is_guessed(tip):
                yield f"item {tip[:80]!r}"


def is_guessed(tip: str) -> bool:
    """Whether Qt would read a tip as markup that was not made safe by us."""
    if not Guess.mightBeRichText(tip):
        return False
    ours = tip.startswith(_OPENING) and tip.endswith(_CLOSING)
    inside = tip[len(_OPENING) : -len(_CLOSING)].replace("<br>", "")
    return not ours or "<" in inside


def _name(widget: QWidget) -> str:
    owner = widget.window()
    return f"{type(widget).__name__} in {type(owner).__name__}"


class Canary:
    """Files nobody may open. Watched in the kernel, since Qt opens files without Python."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "canary"
        self.folder.mkdir()
        self.picture = self.folder / "picture.png"
        self.sheet = self.folder / "sheet.css"
        self.picture.write_bytes(b"\x89PNG\r\n\x1a\n")
        self.sheet.write_bytes(b"b{}")
        self._watch = _watched(self.folder) if sys.platform == "linux" else -1
        self._python: list[str] = []
        _HOOKED.append(self)
        self.drain()

    def note(self, path: str) -> None:
        """Python opened a file."""
        if str(self.folder) in path:
            self._python.append(path)

    def drain(self) -> bool:
        """Whether any of the files was opened since the last time."""
        opened = bool(self._python)
        self._python.clear()
        if self._watch >= 0:
            with contextlib.suppress(BlockingIOError):
                opened = bool(os.read(self._watch, 65536)) or opened
        return opened

    def close(self) -> None:
        """Look no more."""
        _HOOKED.remove(self)
        if self._watch >= 0:
            os.close(self._watch)


_HOOKED: list[Canary] = []


def _on_audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _HOOKED:
        for canary in _HOOKED:
            canary.note(str(arguments[0]))


sys.addaudithook(_on_audit)


def _watched(folder: Path) -> int:
    libc = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)
    watch = int(libc.inotify_init1(os.O_NONBLOCK))
    added = libc.inotify_add_watch(watch, os.fsencode(folder), _IN_OPEN | _IN_ACCESS)
    if watch < 0 or added < 0:
        raise OSError(ctypes.get_errno(), "the folder cannot be watched")
    return watch
