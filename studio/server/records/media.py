"""Media assets: their rows, addresses, and the shape of the answer (contract 2.5)."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select

from studio.core.values import dataclass
from studio.server.media_files import MIME_TYPES
from studio.server.storage import insert_once
from studio.server.tables import media

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class NewAsset:
    """What is known of an asset when its bytes are in their place."""

    asset_id: str
    organization_id: str
    project_id: str
    kind: str
    mime_type: str
    filename: str | None
    size_bytes: int
    sha256: str
    thumbnail: bool
    photograph: bool


def asset_row(asset: NewAsset, created_at: str) -> dict[str, Any]:
    """The values of a new row, with an address of its own."""
    return {
        "id": asset.asset_id,
        "organization_id": asset.organization_id,
        "project_id": asset.project_id,
        "kind": asset.kind,
        "mime_type": asset.mime_type,
        "filename": asset.filename,
        "size_bytes": asset.size_bytes,
        "sha256": asset.sha256,
        "token": secrets.token_urlsafe(24),
        "thumbnail": asset.thumbnail,
        "photograph": asset.photograph,
        "created_at": created_at,
    }


def add_asset(connection: Connection, asset: NewAsset, created_at: str) -> Row[Any]:
    """Add the asset's row unless it is there already, and give it."""
    insert_once(connection, media, asset_row(asset, created_at))
    return connection.execute(select(media).where(media.c.id == asset.asset_id)).one()


def resolve_images(connection: Connection, project_id: str, asset_ids: Sequence[str]) -> list[str]:
    """The ids that are pictures of this project, in the order given, each once (Q24)."""
    known = set(
        connection.execute(
            select(media.c.id).where(
                media.c.id.in_(asset_ids),
                media.c.project_id == project_id,
                media.c.mime_type.like("image/%"),
            )
        ).scalars()
    )
    return [asset_id for asset_id in dict.fromkeys(asset_ids) if asset_id in known]


def sha256(data: bytes) -> str:
    """The checksum as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def address(base_url: str, row: Row[Any]) -> str:
    """The asset's public address. It stays the same as long as the server's own does (Q15)."""
    return f"{base_url}/media/{row.token}/{row.id}.{MIME_TYPES[row.mime_type]}"


def thumbnail_address(base_url: str, row: Row[Any]) -> str:
    """The small picture's address; the asset's own where none could be made."""
    if not row.thumbnail:
        return address(base_url, row)
    return f"{base_url}/media/{row.token}/{row.id}.thumb.jpg"


def shown_asset(base_url: str, row: Row[Any]) -> dict[str, Any]:
    """The answer of finalize and of the inline upload."""
    return {
        "mediaId": row.id,
        "assetId": row.id,
        "url": address(base_url, row),
        "kind": row.kind,
        "contentType": row.mime_type,
        "mimeType": row.mime_type,
        "sizeBytes": row.size_bytes,
        "filename": row.filename,
        "checksumSha256": row.sha256,
        "createdAt": row.created_at,
    }
