"""Pictures ready to be painted: decoded at the wanted size in workers, kept in a bounded cache."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtGui import QImage, QImageReader

from studio.core.errors import StudioError
from studio.core.values import dataclass

if TYPE_CHECKING:
    from pathlib import Path

    from studio.core.tasks import TaskScope
    from studio.viewmodels.services import PictureService

log = logging.getLogger(__name__)

_CACHE_BYTES = 96 * 1024 * 1024
DECODES_AT_ONCE = max(1, min(3, (os.cpu_count() or 2) - 1))
"""One core is left to the window: with a decoder on each it would wait for a tenth of a second."""
_FETCHES_AT_ONCE = 4
_LONGEST_QUEUE = 160
_RETRY_SECONDS = (5.0, 20.0, 60.0, 300.0)
"""When a picture that could not be had is asked for again; the last one repeats."""
_ALLOCATION_MB = 256
_ALLOWED = (b"png", b"jpeg", b"webp", b"gif")

Key = tuple[str, int]


class _Lane:
    """What waits to be read, the newest last, and how many readers there are."""

    def __init__(self, readers: int) -> None:
        self.waiting: OrderedDict[Key, None] = OrderedDict()
        self.free = readers


@dataclass(frozen=True, slots=True)
class _Failure:
    """How often a picture could not be had, and until when it is not asked for."""

    times: int
    until: float


class PictureLoader(QObject):
    """Gives an image at once or later: ``loaded`` carries the address when it is there.

    A size is the shorter edge in device pixels, so the image covers a square of that size; a
    picture smaller than that comes as it is. What was asked for last is read first, and what has
    been scrolled past long ago is let go.
    """

    loaded = Signal(str)
    """An address whose picture is here now; empty when any may be asked for again."""

    def __init__(
        self, pictures: PictureService, scope: TaskScope, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._scope = scope
        self._cache: OrderedDict[Key, QImage] = OrderedDict()
        self._sizes: dict[str, set[int]] = {}
        self._bytes = 0
        self._stored, self._remote = _Lane(DECODES_AT_ONCE), _Lane(_FETCHES_AT_ONCE)
        self._loading: set[Key] = set()
        self._failed: dict[str, _Failure] = {}
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.timeout.connect(self._on_retry_due)
        self._gate = asyncio.Semaphore(DECODES_AT_ONCE)

    def image(self, url: str | None, size: int) -> QImage | None:
        """The picture if it is here; else loading begins and another size of it, or None, is given.

        Never waits.
        """
        if not url:
            return None
        key = (url, size)
        found = self._cache.get(key)
        if found is not None:
            self._cache.move_to_end(key)
            return found
        if key not in self._loading and not self._failed_lately(url):
            self._want(key)
        return self._other_size(url)

    @property
    def is_loading(self) -> bool:
        """Whether any picture is on its way."""
        return bool(self._loading)

    def forget_failures(self) -> None:
        """Contact is back: what could not be had may be asked for again."""
        if self._failed:
            self._failed.clear()
            self.loaded.emit("")

    def _other_size(self, url: str) -> QImage | None:
        sizes = self._sizes.get(url)
        return self._cache.get((url, max(sizes))) if sizes else None

    def _failed_lately(self, url: str) -> bool:
        failure = self._failed.get(url)
        return failure is not None and time.monotonic() < failure.until

    def _note_failure(self, url: str) -> None:
        known = self._failed.get(url)
        times = known.times + 1 if known is not None else 1
        wait = _RETRY_SECONDS[min(times, len(_RETRY_SECONDS)) - 1]
        self._failed[url] = _Failure(times, time.monotonic() + wait)
        if not self._retry.isActive():
            self._retry.start(round(wait * 1000))

    def _on_retry_due(self) -> None:
        """Whoever still shows a gap paints it anew and so asks again."""
        now = time.monotonic()
        later = [failure.until - now for failure in self._failed.values() if failure.until > now]
        if later:
            self._retry.start(round(min(later) * 1000) + 1)
        if len(later) < len(self._failed):
            self.loaded.emit("")

    def _want(self, key: Key) -> None:
        # A slow network must not hold up what is on the disk, so these wait apart.
        lane = self._remote if self._pictures.stored(key[0]) is None else self._stored
        lane.waiting[key] = None
        lane.waiting.move_to_end(key)
        while len(lane.waiting) > _LONGEST_QUEUE:
            lane.waiting.popitem(last=False)
        if lane.free:
            lane.free -= 1
            if self._scope.spawn(self._work(lane), name="pictures") is None:
                lane.free += 1

    async def _work(self, lane: _Lane) -> None:
        try:
            while lane.waiting:
                key, _ = lane.waiting.popitem()
                if key not in self._loading and key not in self._cache:
                    await self._load(key)
        finally:
            lane.free += 1

    async def _load(self, key: Key) -> None:
        url, size = key
        self._loading.add(key)
        try:
            path = self._pictures.stored(url) or await self._pictures.fetch(url)
            async with self._gate:
                image = await asyncio.to_thread(decode, path, size)
        except StudioError as error:
            log.info("a picture was not loaded: %s", error.sentence)
            image = None
        finally:
            self._loading.discard(key)
        if image is None:
            self._note_failure(url)
            return
        self._failed.pop(url, None)
        self._keep(key, image)
        self.loaded.emit(url)

    def _keep(self, key: Key, image: QImage) -> None:
        self._cache[key] = image
        self._sizes.setdefault(key[0], set()).add(key[1])
        self._bytes += image.sizeInBytes()
        while self._bytes > _CACHE_BYTES and len(self._cache) > 1:
            (url, size), oldest = self._cache.popitem(last=False)
            self._bytes -= oldest.sizeInBytes()
            self._sizes[url].discard(size)
            if not self._sizes[url]:
                del self._sizes[url]


def decode(path: Path, size: int) -> QImage | None:
    """Decode scaled so that the shorter edge is ``size`` pixels; None for what is no picture.

    Only raster formats are read, whatever the name says; an SVG from outside is never drawn.
    """
    QImageReader.setAllocationLimit(_ALLOCATION_MB)
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    if bytes(reader.format().data()) not in _ALLOWED:
        return None
    original = reader.size()
    if original.isValid():
        shorter = min(original.width(), original.height())
        if shorter > size:
            scale = size / shorter
            reader.setScaledSize(
                QSize(
                    max(1, round(original.width() * scale)),
                    max(1, round(original.height() * scale)),
                )
            )
    image = reader.read()
    if image.isNull():
        return None
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
