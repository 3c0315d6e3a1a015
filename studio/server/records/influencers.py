"""Influencers and their reference images (contract 2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Row, func, select, update

from studio.server.errors import conflict, not_found, validation
from studio.server.ids import is_influencer_id
from studio.server.records.media import address, thumbnail_address
from studio.server.storage import insert_once
from studio.server.tables import influencers, media, reference_images

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

APPEARANCE: Final = (
    "ethnicity",
    "bodyType",
    "hairColor",
    "hairStyle",
    "style",
    "vibe",
    "voiceDescription",
)
UNREAD: Final = ("archetype", "primaryLanguage", "voiceProfile")
"""Fields create takes and no answer shows (Q6)."""
_FACE_TRAITS: Final = ("gender", "ageRange", "hairColor", "hairStyle", "ethnicity")


def persona_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The stored persona out of contract fields; what is not given is ``null`` or empty."""
    return {
        "name": fields["name"],
        "gender": fields.get("gender"),
        "ageRange": fields.get("ageRange"),
        **{key: fields.get(key) for key in APPEARANCE},
        "personality": dict(fields.get("personality") or {}),
    }


def fresh_face(seed: str, persona: Mapping[str, Any]) -> dict[str, Any]:
    """What a new face is drawn from: its seed, what was said of it, changes on top of these.

    The identity is worked out from them by the first render and kept from then on.
    """
    return {
        "seed": seed,
        "traits": {key: persona.get(key) for key in _FACE_TRAITS},
        "changes": [],
        "identity": None,
    }


def same_face(face: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The face of a clone: the source's, with the look that was asked for on top."""
    change = {key: overrides[key] for key in _FACE_TRAITS if key in overrides}
    return {**face, "changes": [*face["changes"], change] if change else face["changes"]}


def influencer_row(
    *,
    influencer_id: str,
    organization_id: str,
    project_id: str,
    status: str,
    persona: Mapping[str, Any],
    face: Mapping[str, Any],
    created_at: str,
    unread: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The values of a new row."""
    return {
        "id": influencer_id,
        "organization_id": organization_id,
        "project_id": project_id,
        "status": status,
        "persona": dict(persona),
        "unread": dict(unread) if unread else None,
        "face": dict(face),
        "created_at": created_at,
        "updated_at": created_at,
    }


def add_influencer(connection: Connection, row: Mapping[str, Any]) -> None:
    """Add an :func:`influencer_row`.

    Raises:
        ApiError: 409, the id is taken, be it by a deleted row.
    """
    if not insert_once(connection, influencers, row):
        raise conflict("This influencer id is taken.", influencerId=row["id"])


def find_influencer(
    connection: Connection, organization_id: str, influencer_id: str, *, lock: bool = False
) -> Row[Any]:
    """The organisation's influencer.

    Raises:
        ApiError: 422 for what cannot be an id, 404 when there is none or it is deleted.
    """
    if not is_influencer_id(influencer_id):
        raise validation("influencerId", "is not an influencer id")
    query = select(influencers).where(
        influencers.c.id == influencer_id,
        influencers.c.organization_id == organization_id,
        influencers.c.deleted_at.is_(None),
    )
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise not_found("influencer")
    return row


def bind_images(
    connection: Connection, influencer_id: str, asset_ids: Sequence[str], now: str
) -> int:
    """Add assets at the end of the list, each at most once; how many are new."""
    last = connection.execute(
        select(func.max(reference_images.c.position)).where(
            reference_images.c.influencer_id == influencer_id
        )
    ).scalar()
    position = 0 if last is None else int(last) + 1
    added = 0
    for asset_id in asset_ids:
        added += insert_once(
            connection,
            reference_images,
            {
                "influencer_id": influencer_id,
                "asset_id": asset_id,
                "position": position + added,
                "added_at": now,
            },
        )
    return added


def set_status(connection: Connection, influencer_id: str, status: str, now: str) -> None:
    """Move the row to ``status``; nothing happens when it is there already."""
    connection.execute(
        update(influencers)
        .where(influencers.c.id == influencer_id, influencers.c.status != status)
        .values(status=status, updated_at=now)
    )


def shown_references(
    connection: Connection, influencer_id: str, base_url: str
) -> list[dict[str, Any]]:
    """The whole list of reference images, in the order they were added."""
    rows = connection.execute(
        select(media, reference_images.c.added_at)
        .join(reference_images, reference_images.c.asset_id == media.c.id)
        .where(reference_images.c.influencer_id == influencer_id)
        .order_by(reference_images.c.position, media.c.id)
    )
    return [
        {
            "assetId": row.id,
            "url": address(base_url, row),
            "thumbnailUrl": thumbnail_address(base_url, row),
            "addedAt": row.added_at,
        }
        for row in rows
    ]


def first_thumbnails(
    connection: Connection, influencer_ids: Sequence[str], base_url: str
) -> dict[str, str]:
    """The thumbnail address of every influencer that has a picture."""
    firsts = (
        select(
            reference_images.c.influencer_id,
            func.min(reference_images.c.position).label("position"),
        )
        .where(reference_images.c.influencer_id.in_(influencer_ids))
        .group_by(reference_images.c.influencer_id)
        .subquery()
    )
    rows = connection.execute(
        select(media, reference_images.c.influencer_id)
        .join(reference_images, reference_images.c.asset_id == media.c.id)
        .join(
            firsts,
            (firsts.c.influencer_id == reference_images.c.influencer_id)
            & (firsts.c.position == reference_images.c.position),
        )
    )
    return {row.influencer_id: thumbnail_address(base_url, row) for row in rows}


def whole_influencer(connection: Connection, row: Row[Any], base_url: str) -> dict[str, Any]:
    """The full record: the union of what the sources show (Q5)."""
    references = shown_references(connection, row.id, base_url)
    persona = row.persona
    return {
        "influencerId": row.id,
        "projectId": row.project_id,
        "name": persona["name"],
        "gender": persona["gender"],
        "ageRange": persona["ageRange"],
        "status": row.status,
        "thumbnailUrl": references[0]["thumbnailUrl"] if references else None,
        **{key: persona[key] for key in APPEARANCE},
        "personality": persona["personality"],
        "referenceImages": references,
        "createdAt": row.created_at,
        "updatedAt": row.updated_at,
    }


def listed_influencers(
    connection: Connection, rows: Sequence[Row[Any]], base_url: str
) -> list[dict[str, Any]]:
    """The slim items of the list."""
    thumbnails = first_thumbnails(connection, [row.id for row in rows], base_url)
    return [
        {
            "influencerId": row.id,
            "name": row.persona["name"],
            "gender": row.persona["gender"],
            "ageRange": row.persona["ageRange"],
            "status": row.status,
            "thumbnailUrl": thumbnails.get(row.id),
            "createdAt": row.created_at,
        }
        for row in rows
    ]
