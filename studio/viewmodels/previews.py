"""Small pictures of our own prepared copies, decoded off the interface's thread."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.viewmodels.pictures import DECODES_AT_ONCE, decode

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from studio.core.tasks import TaskScope

KEPT = 64


class Previews(QObject):
    """``image`` answers at once, with nothing while the picture is still being read."""

    loaded = Signal(str)
    """The path of a picture that can be shown now."""

    def __init__(self, scope: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scope = scope.child("previews")
        self._kept: OrderedDict[tuple[str, int], QImage | None] = OrderedDict()
        self._reading: set[tuple[str, int]] = set()
        self._gate = asyncio.Semaphore(DECODES_AT_ONCE)

    def image(self, path: str, size_px: int) -> QImage | None:
        """The picture, ``size_px`` at its shorter side; None until :attr:`loaded` names it.

        A file that is no picture is never loaded and not tried again.
        """
        key = (path, size_px)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if path and key not in self._reading:
            self._reading.add(key)
            self._scope.spawn(self._load(key), name="preview")
        return None

    async def close(self) -> None:
        """Stop reading."""
        await self._scope.close()

    async def _load(self, key: tuple[str, int]) -> None:
        try:
            async with self._gate:
                image = await asyncio.to_thread(decode, Path(key[0]), key[1])
        finally:
            self._reading.discard(key)
        self._kept[key] = image
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        if image is not None:
            self.loaded.emit(key[0])
