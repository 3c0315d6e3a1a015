"""Which influencer was cloned from which in this workspace; the server keeps no such link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.core.values import dataclass
from studio.store.codec import dump, load, load_fields, stamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studio.domain.influencer import FieldValue
    from studio.domain.mutation import Clone
    from studio.store.connection import Connection


@dataclass(frozen=True, slots=True)
class Descent:
    """Where a clone comes from, and what was asked to differ."""

    influencer_id: str
    source_id: str
    overrides: Mapping[str, FieldValue]


def record(conn: Connection, clone: Clone) -> None:
    """Remember where a clone comes from."""
    conn.run(
        "INSERT INTO lineage (influencer_id, source_id, overrides, created_at) "
        "VALUES (?, ?, ?, ?) ON CONFLICT (influencer_id) DO UPDATE SET "
        "source_id = excluded.source_id, overrides = excluded.overrides",
        (clone.influencer_id, clone.source_id, dump(dict(clone.overrides)), stamp(conn.now)),
    )


def forget(conn: Connection, influencer_id: str) -> None:
    """The clone was taken back before it was made."""
    conn.run("DELETE FROM lineage WHERE influencer_id = ?", (influencer_id,))


def of(conn: Connection, influencer_id: str) -> Descent | None:
    """Where one influencer comes from; None when it was not cloned here."""
    row = conn.row(
        "SELECT influencer_id, source_id, overrides FROM lineage WHERE influencer_id = ?",
        (influencer_id,),
    )
    return Descent(row[0], row[1], load_fields(load(row[2]))) if row else None


def variants(conn: Connection, source_id: str) -> tuple[str, ...]:
    """Ids of the influencers cloned from one, oldest first; deleted ones are left out."""
    rows = conn.rows(
        "SELECT l.influencer_id FROM lineage l JOIN card c ON c.id = l.influencer_id "
        "WHERE l.source_id = ? AND c.shelf = 0 ORDER BY l.created_at, l.influencer_id",
        (source_id,),
    )
    return tuple(row[0] for row in rows)
