"""The screen, mouse and keyboard of a real X server, by way of xdotool."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

if TYPE_CHECKING:
    from types import TracebackType

    from PySide6.QtWidgets import QWidget

_STEPS = 12


def _xdotool(*arguments: object) -> str:
    words = ["xdotool", *(str(argument) for argument in arguments)]
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=10).stdout


async def xdotool(*arguments: object) -> str:
    """Run one command while the program's loop goes on; what it printed."""
    return await asyncio.to_thread(_xdotool, *arguments)


def on_screen(widget: QWidget, at: QPoint | None = None) -> QPoint:
    """Where a point of a widget (its middle) is on the screen."""
    return widget.mapToGlobal(at or widget.rect().center())


async def move(to: QPoint) -> None:
    """Move the mouse."""
    await xdotool("mousemove", "--sync", to.x(), to.y())


async def click(at: QPoint, *, times: int = 1) -> None:
    """Click the left button."""
    await move(at)
    await xdotool("click", "--repeat", times, "--delay", 60, 1)


async def key(*keys: str) -> None:
    """Press keys such as ``ctrl+Return``, one after the other."""
    await xdotool("key", "--delay", 15, *keys)


async def write(text: str) -> None:
    """Type a text on the keyboard."""
    await xdotool("type", "--delay", 15, text)


async def drag(start: QPoint, end: QPoint) -> None:
    """Press at one place, move there as a hand does, let go."""
    await move(start)
    await xdotool("mousedown", 1)
    await move(start + QPoint(6, 6))
    await move(start + QPoint(14, 14))
    for step in range(1, _STEPS + 1):
        part = step / _STEPS
        await move(start + QPoint(round((end - start).x() * part), round((end - start).y() * part)))
        await asyncio.sleep(0.03)
    # The source learns by messages what the target thinks; a hand is never faster than that.
    await move(end + QPoint(2, 2))
    await asyncio.sleep(0.25)
    await xdotool("mouseup", 1)


class DragSource:
    """Another program's window with a file in it; ``middle`` is where to take hold of it."""

    def __init__(self, path: Path, corner: QPoint) -> None:
        self.middle = corner + QPoint(60, 60)
        self._command = [
            sys.executable,
            str(Path(__file__).with_name("drag_source.py")),
            str(path),
            str(corner.x()),
            str(corner.y()),
        ]

    async def __aenter__(self) -> DragSource:
        self._process = await asyncio.to_thread(
            subprocess.Popen, self._command, stdout=subprocess.PIPE, text=True
        )
        end = time.monotonic() + 15
        while time.monotonic() < end:
            try:
                await xdotool("search", "--onlyvisible", "--name", "^drag source$")
            except subprocess.CalledProcessError:
                await asyncio.sleep(0.1)
            else:
                return self
        raise TimeoutError("the other program's window did not come up")

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        await asyncio.to_thread(self._process.wait, 10)
        assert self._process.stdout is not None
        self._process.stdout.close()
