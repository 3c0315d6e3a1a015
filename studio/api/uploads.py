"""One picture from this computer to an asset of the server (contract 2.5).

Fewer than 262,144 bytes go inline in one call; more are presigned, put and finalized, and each
step can be taken up again after a restart.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from studio.api.errors import Conflict, Gone, KeyReused, LinkExpired, error_of, not_the_server
from studio.api.transport import Outgoing
from studio.core.errors import Bug, FixInput
from studio.core.ids import new_ulid
from studio.domain.rules import INLINE_BYTES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from studio.api.mapping import Ticket
    from studio.api.media import MediaCalls

CHUNK = 256 * 1024
SLOWEST = 16 * 1024
"""Bytes a second a connection must at least carry; together with 30 s the deadline of a PUT."""
LONGEST_PUT = 3_600.0
_ANSWER_CAP = 256 * 1024
_FILENAME_LIMIT = 256
_FRESH_LINKS = 2

Step = str
"""``uploading`` (the upload id, empty when inline) or ``finalizing`` (all bytes are there)."""


async def upload_image(
    client: MediaCalls,
    *,
    project_id: str,
    path: Path | bytes,
    mime_type: str,
    filename: str,
    sha256: str = "",
    idempotency_key: str = "",
    resume_upload_id: str = "",
    on_step: Callable[[Step, str], Awaitable[None]] | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> str:
    """The asset id of the uploaded picture.

    Args:
        path: a file, or the bytes themselves; it must not change while it is sent.
        sha256: 64 hex digits, checked by the server where it can.
        idempotency_key: the upload's own id; the same one after a restart.
        resume_upload_id: what ``on_step`` last gave with ``finalizing``: its bytes are there
            already, unless the server forgot them in the meantime.
        on_step: awaited before each step, so that it can be stored first.
        on_progress: bytes sent so far; starts over when a try is repeated.

    Raises StudioError; FixInput when the file cannot be read or changed on the way.
    """
    run = _Run(client, project_id, mime_type, _safe_name(filename), sha256, on_step, on_progress)
    key = idempotency_key or new_ulid()
    size = await _size(client, path)
    if size == 0:
        raise FixInput("This file is empty.", code="empty_file")
    if resume_upload_id:
        try:
            return await run.finalize(resume_upload_id)
        except (Conflict, Gone):
            key = new_ulid()
    if size < INLINE_BYTES:
        return await run.inline(path, size, key)
    return await run.presigned(path, size, key)


class _Run:
    """What the steps of one upload share."""

    def __init__(
        self,
        client: MediaCalls,
        project_id: str,
        mime_type: str,
        filename: str,
        sha256: str,
        on_step: Callable[[Step, str], Awaitable[None]] | None,
        on_progress: Callable[[int], None] | None,
    ) -> None:
        self._client = client
        self._project_id = project_id
        self._mime_type = mime_type
        self._filename = filename
        self._sha256 = sha256
        self._on_step = on_step
        self._on_progress = on_progress

    async def _step(self, step: Step, upload_id: str) -> None:
        if self._on_step is not None:
            await self._on_step(step, upload_id)

    async def inline(self, source: Path | bytes, size: int, key: str) -> str:
        await self._step("uploading", "")
        data = source
        if isinstance(data, Path):
            data = await _read_file(self._client, data, size)
        asset = await self._client.upload_inline(
            self._project_id,
            data,
            mime_type=self._mime_type,
            filename=self._filename,
            idempotency_key=key,
        )
        if self._on_progress is not None:
            self._on_progress(size)
        return asset.asset_id

    async def presigned(self, source: Path | bytes, size: int, key: str) -> str:
        """Presign, put, finalize; a link that ran out is asked for anew, twice at most."""
        for fresh in range(_FRESH_LINKS + 1):
            try:
                ticket = await self._client.presign(
                    self._project_id,
                    mime_type=self._mime_type,
                    filename=self._filename,
                    size=size,
                    sha256=self._sha256,
                    idempotency_key=key,
                )
                await self._step("uploading", ticket.upload_id)
                await put(self._client, ticket, source, size, self._on_progress)
                await self._step("finalizing", ticket.upload_id)
                return await self.finalize(ticket.upload_id)
            except (LinkExpired, KeyReused):
                if fresh == _FRESH_LINKS:
                    raise
                key = new_ulid()
        raise Bug("An upload ended without an answer.")

    async def finalize(self, upload_id: str) -> str:
        asset = await self._client.finalize(self._project_id, upload_id, sha256=self._sha256)
        return asset.asset_id


async def put(
    client: MediaCalls,
    ticket: Ticket,
    source: object,
    size: int,
    on_progress: Callable[[int], None] | None,
) -> None:
    """PUT ``size`` bytes of a Path or bytes to the ticket's address, without the key."""
    if not isinstance(source, Path | bytes):
        raise Bug("Only a file or bytes can be uploaded.")
    headers = {
        name: value for name, value in ticket.headers.items() if name.lower() != "content-length"
    }
    answer = await client.calls.fetch(
        Outgoing(
            "PUT",
            urljoin(client.base_url + "/", ticket.url),
            "(upload)",
            {**headers, "Content-Length": str(size)},
            stream=partial(_chunks, client, source, size, on_progress),
            with_key=False,
            is_media=True,
            deadline=min(30.0 + size / SLOWEST, LONGEST_PUT),
            cap=_ANSWER_CAP,
        )
    )
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if answer.status < 400 and kind in ("text/html", "application/xhtml+xml"):
        # A portal of the network says "fine" to everything; the storage has nothing.
        raise not_the_server(answer.request_id)
    if 200 <= answer.status < 300:
        return
    if answer.status in (400, 401, 403, 404, 410):
        raise LinkExpired(
            "The link for the upload has run out.",
            next_step="It is tried again by itself.",
            code=f"HTTP_{answer.status}",
            request_id=answer.request_id,
        )
    raise error_of(answer.status, None, request_id=answer.request_id)


async def _chunks(
    client: MediaCalls,
    source: Path | bytes,
    size: int,
    on_progress: Callable[[int], None] | None,
) -> AsyncIterator[bytes]:
    """The bytes in pieces of 256 KiB, made anew for each try."""
    if on_progress is not None:
        on_progress(0)
    for start in range(0, size, CHUNK):
        length = min(CHUNK, size - start)
        if isinstance(source, bytes):
            piece = source[start : start + length]
        else:
            piece = await client.calls.in_worker(partial(_piece, source, start, length))
        if len(piece) != length:
            raise _changed()
        yield piece
        if on_progress is not None:
            on_progress(start + length)


def _piece(path: Path, start: int, length: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(length)
    except OSError:
        raise _changed() from None


async def _size(client: MediaCalls, source: Path | bytes) -> int:
    if isinstance(source, bytes):
        return len(source)

    def look() -> int:
        try:
            return source.stat().st_size
        except OSError:
            raise _changed() from None

    return int(await client.calls.in_worker(look))


async def _read_file(client: MediaCalls, path: Path, size: int) -> bytes:
    data: bytes = await client.calls.in_worker(partial(_piece, path, 0, size + 1))
    if len(data) != size:
        raise _changed()
    return data


def _changed() -> FixInput:
    return FixInput(
        "The file changed or went away while it was sent.",
        next_step="Add it again.",
        code="file_changed",
    )


def _safe_name(filename: str) -> str:
    """A name of 1 to 256 characters that keeps its extension, without any folder."""
    name = "".join(
        char for char in filename.replace("\\", "/").rpartition("/")[2] if char.isprintable()
    )
    name = name.strip() or "image"
    if len(name) <= _FILENAME_LIMIT:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 8:
        return name[:_FILENAME_LIMIT]
    return stem[: _FILENAME_LIMIT - len(extension) - 1] + "." + extension
