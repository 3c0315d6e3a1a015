"""Waiting until a widget was painted for the first time."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_AT_MOST_S = 0.5


class FirstPaint(QObject):
    """Make it before the widget is shown, then await :meth:`seen`."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self._widget = widget
        self._painted = asyncio.Event()
        widget.installEventFilter(self)

    async def seen(self) -> None:
        """Return after the first paint, or after half a second: a covered window paints nothing."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_AT_MOST_S):
                await self._painted.wait()
        self._widget.removeEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Every event goes on to the widget."""
        if event.type() == QEvent.Type.Paint:
            self._painted.set()
        return False
