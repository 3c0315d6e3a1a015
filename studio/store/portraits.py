"""Which portraits the cards of this workspace show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.store.connection import Connection


def addresses(conn: Connection, most: int) -> tuple[str, ...]:
    """The portraits of everybody who was not deleted, each address once, newest card first."""
    rows = conn.rows(
        "SELECT thumbnail_url FROM persona WHERE deleted_at IS NULL AND thumbnail_url <> '' "
        "ORDER BY created_at DESC LIMIT ?",
        (most,),
    )
    return tuple(dict.fromkeys(row[0] for row in rows))
