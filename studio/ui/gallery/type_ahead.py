"""Letters typed on the cards: what name they mean, and where to look for it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

_PAUSE_SECONDS: Final = 1.0


def is_letter(event: QKeyEvent) -> bool:
    """Whether a key writes something, rather than being part of a shortcut."""
    held = event.modifiers() & ~(
        Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
    )
    return not held and bool(event.text()) and event.text().isprintable()


class TypeAhead:
    """Letters in quick succession are one word; after a pause a new one begins."""

    def __init__(self) -> None:
        self._word = ""
        self._at = 0.0

    @property
    def is_going_on(self) -> bool:
        """Whether the next letter continues the word."""
        return bool(self._word) and time.monotonic() - self._at < _PAUSE_SECONDS

    def typed(self, text: str, current: int) -> tuple[str, int]:
        """The beginning of the name to look for, and the row to look from.

        One letter again and again walks through the names that begin with it.
        """
        self._word = (self._word if self.is_going_on else "") + text.casefold()
        self._at = time.monotonic()
        if len(set(self._word)) == 1:
            return self._word[0], current + 1
        return self._word, max(0, current)
