"""The object storage beside the API: signed PUTs in, public files out (contract 2.5).

It is not the API, so its refusals are plain text and not the API's envelope.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse, PlainTextResponse, Response

from studio.server.media_files import UPLOAD_BYTES
from studio.server.tables import media, uploads

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Row
    from starlette.requests import Request

    from studio.server.dispatch import Services

# A file somebody sent is never run as a page, whatever its bytes say.
_SERVED: Final = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class ObjectStore:
    """Receives the bytes of presigned uploads and serves every media file."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def put(self, request: Request) -> Response:
        """PUT /uploads/{upload_id}: streamed to disk, hashed on the way."""
        upload_id = request.path_params["upload_id"]
        query = request.query_params
        allowed = self._services.signer.allows(
            upload_id,
            query.get("expires", ""),
            query.get("signature", ""),
            self._services.now(),
        )
        upload = await run_in_threadpool(self._upload, upload_id) if allowed else None
        if upload is None:
            return PlainTextResponse("The address is not valid or has run out.", 403)
        if request.headers.get("content-type", "") != upload.mime_type:
            return PlainTextResponse("Content-Type differs from the signed one.", 403)
        most = UPLOAD_BYTES if upload.size_bytes is None else upload.size_bytes
        declared = request.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > most:
            return PlainTextResponse("The body is larger than was announced.", 413)
        partial = self._services.files.partial(upload.asset_id)
        try:
            received = await _receive(request, partial, most)
            if received is None:
                return PlainTextResponse("The body is larger than was announced.", 413)
            await run_in_threadpool(self._take, upload, partial, *received)
        except ClientDisconnect:
            return PlainTextResponse("The body ended early.", 400)
        finally:
            partial.unlink(missing_ok=True)
        return Response(status_code=200, headers={"ETag": f'"{received[1]}"'})

    async def get(self, request: Request) -> Response:
        """GET /media/{token}/{name}: no key is needed, the token cannot be guessed."""
        row = await run_in_threadpool(self._asset, request.path_params["token"])
        name = request.path_params["name"]
        if row is None or name.partition(".")[0] != row.id:
            return PlainTextResponse("No such file.", 404)
        files = self._services.files
        small = name == f"{row.id}.thumb.jpg" and row.thumbnail
        path = files.thumbnail(row.id) if small else files.original(row.id)
        if not await run_in_threadpool(path.is_file) and not await self._services.drawings.make(
            row.id, small=small
        ):
            return PlainTextResponse("No such file.", 404)
        return FileResponse(
            path, headers=_SERVED, media_type="image/jpeg" if small else row.mime_type
        )

    def _upload(self, upload_id: str) -> Row[Any] | None:
        with self._services.storage.transaction() as connection:
            return connection.execute(
                select(uploads).where(uploads.c.id == upload_id, uploads.c.finalized.is_(False))
            ).one_or_none()

    def _asset(self, token: str) -> Row[Any] | None:
        with self._services.storage.transaction() as connection:
            return connection.execute(select(media).where(media.c.token == token)).one_or_none()

    def _take(self, upload: Row[Any], partial: Path, size: int, digest: str) -> None:
        files = self._services.files
        files.adopt(partial, upload.asset_id)
        thumbnail = upload.mime_type.startswith("image/") and files.make_thumbnail(upload.asset_id)
        with self._services.storage.transaction() as connection:
            connection.execute(
                update(uploads)
                .where(uploads.c.id == upload.id)
                .values(received_bytes=size, received_sha256=digest, thumbnail=thumbnail)
            )


async def _receive(request: Request, path: Path, most: int) -> tuple[int, str] | None:
    """Size and checksum of what arrived at ``path``; None when it was more than ``most``."""
    digest = hashlib.sha256()
    size = 0
    with path.open("wb") as file:
        async for chunk in request.stream():
            size += len(chunk)
            if size > most:
                return None
            digest.update(chunk)
            await run_in_threadpool(file.write, chunk)
    return size, digest.hexdigest()
