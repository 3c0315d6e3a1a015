"""Where a window was, and whether that place still exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_GRIP = 120
"""So many pixels of a window's head must be on a screen, or it cannot be moved back."""


def rescued(wanted: QRect, screens: Sequence[QRect], smallest: tuple[int, int]) -> QRect:
    """``wanted`` when it can be reached on one of ``screens`` (the first is the main one); else
    the same size, no larger than the main screen, in its middle.
    """
    if not screens:
        return wanted
    head = QRect(wanted.left(), wanted.top(), wanted.width(), 40)
    for screen in screens:
        seen = head.intersected(screen)
        if seen.width() >= min(_GRIP, wanted.width()) and seen.height() >= 20:
            return wanted
    main = screens[0]
    width = max(smallest[0], min(wanted.width(), main.width()))
    height = max(smallest[1], min(wanted.height(), main.height()))
    moved = QRect(0, 0, width, height)
    moved.moveCenter(main.center())
    # A head above the screen could not be caught; better to hang out below.
    moved.moveTop(max(main.top(), moved.top()))
    moved.moveLeft(max(main.left(), moved.left()))
    return moved


def place_text(place: QRect) -> str:
    """A rectangle as ``x,y,width,height``."""
    return f"{place.x()},{place.y()},{place.width()},{place.height()}"


def place_of(memory: Mapping[str, str]) -> QRect | None:
    """The remembered rectangle; None when there is none or it is damaged."""
    try:
        x, y, width, height = (int(part) for part in memory.get("place", "").split(","))
    except ValueError:
        return None
    return QRect(x, y, width, height) if width > 0 and height > 0 else None


def number_of(memory: Mapping[str, str], name: str, usual: int) -> int:
    """A remembered whole number; ``usual`` when there is none or it is damaged."""
    try:
        return int(memory.get(name, ""))
    except ValueError:
        return usual
