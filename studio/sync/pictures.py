"""Pictures of the server, kept on this computer so that they are there offline."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from studio.core.errors import TryLater

if TYPE_CHECKING:
    from studio.api.client import PartnerClient

MAX_PICTURE = 64 * 1024 * 1024
_AT_ONCE = 6
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def picture_key(url: str) -> str:
    """A file name for a picture. The bundled server may listen elsewhere tomorrow, so its address
    is left out of the name."""
    parts = urlsplit(url)
    name = parts.path if parts.hostname in _LOOPBACK else f"{parts.netloc}{parts.path}"
    return hashlib.sha256(f"{name}?{parts.query}".encode()).hexdigest()[:40]


class Pictures:
    """Downloads each picture once. Bytes are cached, not addresses (Q15)."""

    def __init__(self, folder: Path, client: PartnerClient) -> None:
        self._folder = folder
        self._client = client
        self._running: dict[str, asyncio.Future[Path]] = {}
        self._gate = asyncio.Semaphore(_AT_ONCE)

    def stored(self, url: str) -> Path | None:
        """The file of a picture that is already here; one look at the disk, no wait."""
        path = self._folder / picture_key(url)
        return path if path.exists() else None

    async def fetch(self, url: str) -> Path:
        """The file, downloaded if it has to be. Raises StudioError when it cannot be had."""
        stored = self.stored(url)
        if stored is not None:
            return stored
        key = picture_key(url)
        running = self._running.get(key)
        if running is not None:
            return await asyncio.shield(running)
        future: asyncio.Future[Path] = asyncio.get_running_loop().create_future()
        self._running[key] = future
        try:
            path = await self._download(url, self._folder / key)
        except BaseException as error:
            if not future.done():
                if isinstance(error, asyncio.CancelledError):
                    future.set_exception(TryLater("The download of a picture was stopped."))
                else:
                    future.set_exception(error)
                future.exception()  # somebody may wait for it; if nobody does, that is fine
            raise
        else:
            future.set_result(path)
            return path
        finally:
            del self._running[key]

    async def _download(self, url: str, path: Path) -> Path:
        async with self._gate:
            picture = await self._client.fetch_picture(self._present(url), max_bytes=MAX_PICTURE)
        await asyncio.to_thread(_write_whole, path, picture.data)
        return path

    def _present(self, url: str) -> str:
        """The bundled server's pictures are asked for where it listens now."""
        parts = urlsplit(url)
        base = urlsplit(self._client.base_url)
        if parts.hostname in _LOOPBACK and base.hostname in _LOOPBACK:
            return parts._replace(scheme=base.scheme, netloc=base.netloc).geturl()
        return url


def _write_whole(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).replace(path)
