"""Media: inline, presign, finalize (contract 2.5)."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import delete, insert, select, update

from studio.server.dispatch import Call, Operation, Reply
from studio.server.errors import conflict, not_found, validation
from studio.server.ids import mint
from studio.server.media_files import MIME_TYPES
from studio.server.records.media import NewAsset, add_asset, sha256, shown_asset
from studio.server.records.projects import find_project
from studio.server.signing import URL_LIFE
from studio.server.tables import media, uploads
from studio.server.times import wire

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from studio.server.media_files import MediaFiles
    from studio.server.schemas import Finalize, InlineUpload, Presign

INLINE_BYTES: Final = 256 * 1024
"""Decoded size an inline upload must stay under."""
UNFINALIZED_LIFE: Final = timedelta(hours=24)
_FAMILIES: Final = {
    "image": "image/",
    "logo": "image/",
    "reference_image": "image/",
    "video": "video/",
    "audio": "audio/",
}


def _require_type(kind: str, mime_type: str) -> None:
    if mime_type not in MIME_TYPES or not mime_type.startswith(_FAMILIES[kind]):
        raise validation("mimeType", f"is not a type taken for {kind}")


def sweep_uploads(connection: Connection, files: MediaFiles, now: datetime) -> None:
    """Remove uploads that were not finalized within 24 hours, with their bytes."""
    old = (uploads.c.finalized.is_(False)) & (uploads.c.created_at <= wire(now - UNFINALIZED_LIFE))
    for asset_id in connection.execute(select(uploads.c.asset_id).where(old)).scalars().all():
        files.remove(asset_id)
    connection.execute(delete(uploads).where(old))


def upload_inline(call: Call) -> Reply:
    """POST .../media: small files in one call."""
    body = cast("InlineUpload", call.body)
    project = find_project(call.connection, call.caller.organization_id, call.path["project_id"])
    _require_type(body.kind, body.mime_type)
    try:
        data = base64.b64decode(body.data_base64.encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        raise validation("dataBase64", "is not base64") from None
    if not data:
        raise validation("dataBase64", "is empty")
    if len(data) >= INLINE_BYTES:
        raise validation("dataBase64", f"holds {INLINE_BYTES} bytes or more: use presign")
    asset_id = mint("med")
    thumbnail = call.services.files.keep(asset_id, data)
    row = add_asset(
        call.connection,
        NewAsset(
            asset_id=asset_id,
            organization_id=call.caller.organization_id,
            project_id=project.id,
            kind=body.kind,
            mime_type=body.mime_type,
            filename=body.filename,
            size_bytes=len(data),
            sha256=sha256(data),
            thumbnail=thumbnail,
            photograph=thumbnail,
        ),
        wire(call.now),
    )
    return Reply(201, shown_asset(call.base_url, row))


def presign(call: Call) -> Reply:
    """POST .../media/presign: a signed address to PUT the bytes to (Q11)."""
    body = cast("Presign", call.body)
    project = find_project(call.connection, call.caller.organization_id, call.path["project_id"])
    _require_type(body.kind, body.mime_type)
    sweep_uploads(call.connection, call.services.files, call.now)
    upload_id = mint("upl")
    call.connection.execute(
        insert(uploads).values(
            id=upload_id,
            organization_id=call.caller.organization_id,
            project_id=project.id,
            kind=body.kind,
            mime_type=body.mime_type,
            filename=body.filename,
            size_bytes=body.size_bytes,
            sha256=body.checksum_sha256.lower() if body.checksum_sha256 else None,
            asset_id=mint("med"),
            thumbnail=False,
            finalized=False,
            created_at=wire(call.now),
        )
    )
    expires_at = call.now + URL_LIFE
    headers = {"Content-Type": body.mime_type}
    if body.size_bytes is not None:
        headers["Content-Length"] = str(body.size_bytes)
    query = call.services.signer.query(upload_id, expires_at)
    return Reply(
        200,
        {
            "uploadId": upload_id,
            "uploadUrl": f"{call.base_url}/uploads/{upload_id}?{query}",
            "method": "PUT",
            "headers": headers,
            "expiresAt": wire(expires_at),
        },
    )


def finalize(call: Call) -> Reply:
    """POST .../media/finalize: repeatable, the same upload gives the same asset."""
    body = cast("Finalize", call.body)
    project = find_project(call.connection, call.caller.organization_id, call.path["project_id"])
    upload = call.connection.execute(
        select(uploads)
        .where(uploads.c.id == body.upload_id, uploads.c.project_id == project.id)
        .with_for_update()
    ).one_or_none()
    if upload is None or _abandoned(upload, call.now):
        raise not_found("upload")
    if not upload.finalized:
        _require_received(upload, body.checksum_sha256)
        _adopt(call, upload)
    row = call.connection.execute(select(media).where(media.c.id == upload.asset_id)).one()
    return Reply(200, shown_asset(call.base_url, row))


def _abandoned(upload: Row[Any], now: datetime) -> bool:
    return not upload.finalized and upload.created_at <= wire(now - UNFINALIZED_LIFE)


def _require_received(upload: Row[Any], checksum: str | None) -> None:
    if upload.received_bytes is None:
        raise conflict("Nothing was uploaded yet.", uploadId=upload.id)
    if upload.size_bytes is not None and upload.received_bytes != upload.size_bytes:
        raise conflict(
            "The upload has another size than was announced.",
            uploadId=upload.id,
            expectedBytes=upload.size_bytes,
            receivedBytes=upload.received_bytes,
        )
    for expected in (upload.sha256, checksum.lower() if checksum else None):
        if expected is not None and expected != upload.received_sha256:
            raise conflict("The upload has another checksum.", uploadId=upload.id)


def _adopt(call: Call, upload: Row[Any]) -> None:
    add_asset(
        call.connection,
        NewAsset(
            asset_id=upload.asset_id,
            organization_id=upload.organization_id,
            project_id=upload.project_id,
            kind=upload.kind,
            mime_type=upload.mime_type,
            filename=upload.filename,
            size_bytes=upload.received_bytes,
            sha256=upload.received_sha256,
            thumbnail=upload.thumbnail,
            photograph=upload.thumbnail,
        ),
        wire(call.now),
    )
    call.connection.execute(update(uploads).where(uploads.c.id == upload.id).values(finalized=True))


_MEDIA: Final = "/v1/projects/{project_id}/media"

OPERATIONS = (
    Operation("POST", _MEDIA, "write-light", upload_inline, body="InlineUpload"),
    Operation("POST", f"{_MEDIA}/presign", "write-light", presign, body="Presign"),
    Operation("POST", f"{_MEDIA}/finalize", "write-light", finalize, body="Finalize"),
)
