"""The rows of unsent edits, as they lie on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.draft import Draft, DraftField
from studio.store.codec import dump_field, id_list, load_field, moment, stamp

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from studio.store.connection import Connection


def load(conn: Connection, ids: Iterable[str]) -> dict[str, Draft]:
    """Drafts by influencer id; those without one are left out."""
    wanted = (id_list(ids),)
    heads = conn.rows(
        "SELECT influencer_id, project_id, is_new, updated_at FROM draft "
        "WHERE influencer_id IN (SELECT value FROM json_each(?))",
        wanted,
    )
    if not heads:
        return {}
    fields: dict[str, dict[str, DraftField]] = {head[0]: {} for head in heads}
    for influencer_id, path, value, base in conn.rows(
        "SELECT influencer_id, path, value, base FROM draft_field "
        "WHERE influencer_id IN (SELECT value FROM json_each(?))",
        wanted,
    ):
        fields[influencer_id][path] = DraftField(load_field(value), load_field(base))
    return {
        head[0]: Draft(head[0], head[1], fields[head[0]], bool(head[2]), moment(head[3]))
        for head in heads
    }


def put_head(conn: Connection, influencer_id: str, project_id: str, *, is_new: bool) -> None:
    """Make the draft if it is not there, and note that it changed now."""
    now = stamp(conn.now)
    conn.run(
        "INSERT INTO draft (influencer_id, project_id, is_new, created_at, updated_at) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT (influencer_id) DO UPDATE SET "
        "updated_at = excluded.updated_at, is_new = max(is_new, excluded.is_new)",
        (influencer_id, project_id, is_new, now, now),
    )
    conn.touch(influencer_id)


def put_field(conn: Connection, influencer_id: str, path: str, entry: DraftField) -> None:
    """Store one edited field; the draft has to be there."""
    conn.run(
        "INSERT INTO draft_field (influencer_id, path, value, base, updated_at) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT (influencer_id, path) DO UPDATE SET "
        "value = excluded.value, base = excluded.base, updated_at = excluded.updated_at",
        (
            influencer_id,
            path,
            dump_field(entry.value),
            dump_field(entry.base),
            stamp(conn.now),
        ),
    )


def keep(conn: Connection, draft: Draft, paths: Collection[str]) -> None:
    """Store these fields of a draft that was dropped; it is no longer that of a new influencer."""
    if paths:
        put_head(conn, draft.influencer_id, draft.project_id, is_new=False)
    for path in paths:
        put_field(conn, draft.influencer_id, path, draft.fields[path])


def drop_field(conn: Connection, influencer_id: str, path: str) -> None:
    """Take one field out of the draft."""
    conn.run("DELETE FROM draft_field WHERE influencer_id = ? AND path = ?", (influencer_id, path))
    conn.touch(influencer_id)


def drop(conn: Connection, influencer_id: str) -> None:
    """Take the whole draft away."""
    conn.run("DELETE FROM draft WHERE influencer_id = ?", (influencer_id,))
    conn.touch(influencer_id)


def drop_if_empty(conn: Connection, influencer_id: str) -> None:
    """Take a draft away that holds no field; a new influencer's stays, it is all there is of it."""
    conn.run(
        "DELETE FROM draft WHERE influencer_id = ? AND is_new = 0 AND NOT EXISTS "
        "(SELECT 1 FROM draft_field WHERE influencer_id = draft.influencer_id)",
        (influencer_id,),
    )
    conn.touch(influencer_id)
