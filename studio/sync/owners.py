"""Which influencer a picture belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.store import meta, personas

if TYPE_CHECKING:
    from studio.domain.influencer import Influencer
    from studio.store.connection import Connection


def of_picture(conn: Connection, url: str) -> str:
    """The id of the influencer whose record names this address, empty when none does."""
    for project_id in meta.project_ids(conn):
        for influencer in personas.of_project(conn, project_id):
            if url in _addresses(influencer):
                return influencer.id
    return ""


def _addresses(influencer: Influencer) -> set[str | None]:
    found = {influencer.thumbnail_url}
    for image in influencer.reference_images:
        found |= {image.url, image.thumbnail_url}
    return found
