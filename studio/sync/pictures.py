"""Pictures of the server, kept on this computer so that they are there offline."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import tempfile
import time
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from studio.api.errors import Gone
from studio.core.errors import Bug, TryLater

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.api.client import PartnerClient

MAX_PICTURE = 64 * 1024 * 1024
_AT_ONCE = 4
_GONE_FOR = 600.0
_PAUSE = 5.0
_REMEMBERED = 2_000
_NOWHERE = urlsplit("")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SIGNS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")


def picture_key(url: str) -> str:
    """A file name for a picture. The bundled server may listen elsewhere tomorrow, so its address
    is left out of the name."""
    parts = _split(url)
    name = parts.path if parts.hostname in _LOOPBACK else f"{parts.netloc}{parts.path}"
    return hashlib.sha256(f"{name}?{parts.query}".encode()).hexdigest()[:40]


def is_picture(data: bytes) -> bool:
    """Whether the bytes begin like PNG, JPEG, GIF, WebP or AVIF; nothing else is kept or shown."""
    if data.startswith(_SIGNS):
        return True
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return True
    return data[4:8] == b"ftyp" and data[8:12] in (b"avif", b"avis")


class _StoppedError(Exception):
    """Who downloaded it went away before the end."""


class Pictures:
    """Downloads each picture once, four at a time. Bytes are cached, not addresses (Q15).

    ``on_gone`` hears of an address the server no longer knows, so that the record that names it is
    read again. After a failure of the network nothing is asked for a few seconds: a gallery asks
    for hundreds.
    """

    def __init__(
        self,
        folder: Path,
        client: PartnerClient,
        on_gone: Callable[[str], None] | None = None,
    ) -> None:
        self._folder = folder
        self._client = client
        self._on_gone = on_gone
        self._running: dict[str, asyncio.Future[Path]] = {}
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._gone: OrderedDict[str, float] = OrderedDict()
        self._paused_until = 0.0

    def stored(self, url: str) -> Path | None:
        """The file of a picture that is already here; one look at the disk, no wait."""
        path = self._folder / picture_key(url)
        return path if path.exists() else None

    async def fetch(self, url: str) -> Path:
        """The file, downloaded if it has to be.

        Raises TryLater, Bug for what is no picture, and Gone when the server has it no more.
        """
        stored = self.stored(url)
        if stored is not None:
            return stored
        self._refuse_at_once(url)
        key = picture_key(url)
        while (running := self._running.get(key)) is not None:
            try:
                return await asyncio.shield(running)
            except _StoppedError:
                continue
        return await self._lead(url, key)

    async def _lead(self, url: str, key: str) -> Path:
        future: asyncio.Future[Path] = asyncio.get_running_loop().create_future()
        self._running[key] = future
        try:
            path = await self._download(url, self._folder / key)
        except BaseException as error:
            is_ours = not isinstance(error, asyncio.CancelledError)
            future.set_exception(error if is_ours else _StoppedError())
            future.exception()  # Perhaps nobody else waits for it, and that is fine.
            raise
        else:
            future.set_result(path)
            return path
        finally:
            del self._running[key]

    async def _download(self, url: str, path: Path) -> Path:
        async with self._gate:
            self._refuse_at_once(url)
            try:
                picture = await self._client.fetch_picture(
                    self._present(url), max_bytes=MAX_PICTURE
                )
            except Gone:
                self._remember_gone(url)
                raise
            except TryLater as error:
                if error.no_contact:
                    self._paused_until = time.monotonic() + _PAUSE
                raise
        if not is_picture(picture.data):
            raise Bug("The server sent something else than a picture.", code="NOT_A_PICTURE")
        try:
            await asyncio.to_thread(_write_whole, path, picture.data)
        except OSError as error:
            reason = error.strerror or "no reason given"
            raise TryLater(f"A picture could not be kept on this computer: {reason}.") from error
        return path

    def _refuse_at_once(self, url: str) -> None:
        now = time.monotonic()
        if now < self._paused_until:
            raise TryLater("There is no connection to the server.", no_contact=True)
        if now < self._gone.get(url, 0.0):
            raise Gone("The server does not have this picture any more.", code="NOT_FOUND")

    def _remember_gone(self, url: str) -> None:
        self._gone[url] = time.monotonic() + _GONE_FOR
        while len(self._gone) > _REMEMBERED:
            self._gone.popitem(last=False)
        if self._on_gone is not None:
            self._on_gone(url)

    def _present(self, url: str) -> str:
        """The bundled server's pictures are asked for where it listens now."""
        parts = _split(url)
        if not parts.path:
            raise Bug("The server named an address that is none.", code="BAD_ADDRESS")
        base = urlsplit(self._client.base_url)
        if parts.hostname in _LOOPBACK and base.hostname in _LOOPBACK:
            return parts._replace(scheme=base.scheme, netloc=base.netloc).geturl()
        return url


def _split(url: str) -> SplitResult:
    """The parts of an address from outside; all empty when it is none."""
    try:
        parts = urlsplit(url)
        return parts if parts.port is None or parts.hostname else _NOWHERE
    except ValueError:
        return _NOWHERE


def _write_whole(path: Path, data: bytes) -> None:
    """The file appears whole or not at all. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
