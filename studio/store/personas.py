"""Confirmed rows: what the server last said about each influencer, and the shelf of deleted ones.

A read of the list (slim) never takes away details that a full read brought (contract 2.4.2).
"""

# ruff: noqa: S608 - only fixed clauses are put together; every value is a parameter

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from studio.domain.diff import same
from studio.store import lineage, projections, pulled
from studio.store.codec import clean, clean_or_none, id_list, moment, stamp
from studio.store.persona_rows import COLUMNS, dump_images, get, get_many, influencer_of, values_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from studio.domain.influencer import Influencer, ReferenceImage
    from studio.store.connection import Connection

__all__ = [
    "deletion",
    "forget_missing",
    "get",
    "get_many",
    "mark_deleted",
    "mark_read",
    "mark_stale",
    "names",
    "of_project",
    "project_of",
    "put_full",
    "put_references",
    "put_slim",
    "variants",
    "wanting_details",
    "working_without_job",
]


# ---- reading


def of_project(conn: Connection, project_id: str) -> tuple[Influencer, ...]:
    """Every record of a project that is not deleted, newest first."""
    rows = conn.rows(
        f"SELECT {COLUMNS} FROM persona WHERE project_id = ? AND deleted_at IS NULL "
        "ORDER BY created_at DESC, id DESC",
        (project_id,),
    )
    return tuple(influencer_of(row) for row in rows)


def names(conn: Connection, project_id: str) -> tuple[str, ...]:
    """Every name shown in a project, placeholders and drafts included."""
    rows = conn.rows("SELECT name FROM card WHERE project_id = ? AND shelf = 0", (project_id,))
    return tuple(row[0] for row in rows)


def deletion(conn: Connection, influencer_id: str) -> tuple[datetime, str] | None:
    """When and why it went to the shelf; None when it is not there."""
    row = conn.row(
        "SELECT deleted_at, deleted_reason FROM persona WHERE id = ? AND deleted_at IS NOT NULL",
        (influencer_id,),
    )
    at = moment(row[0]) if row else None
    return None if at is None else (at, row[1])


def project_of(conn: Connection, influencer_id: str) -> str:
    """The project of an influencer shown here; empty when it is unknown."""
    found = conn.value("SELECT project_id FROM card WHERE id = ?", (influencer_id,))
    return found or ""


def variants(conn: Connection, influencer_id: str) -> tuple[Influencer, ...]:
    """Influencers this workspace cloned from it, as they are shown, oldest first."""
    ids = lineage.variants(conn, influencer_id)
    shown = projections.show_many(conn, ids)
    return tuple(shown[clone_id].influencer for clone_id in ids if clone_id in shown)


def working_without_job(conn: Connection, project_id: str) -> tuple[str, ...]:
    """Ids the server still makes without a running job that is followed here."""
    rows = conn.rows(
        "SELECT p.id FROM persona p WHERE p.project_id = ? AND p.deleted_at IS NULL "
        "AND p.status NOT IN ('draft', 'ready', 'failed') AND NOT EXISTS "
        "(SELECT 1 FROM job j WHERE j.influencer_id = p.id AND j.ended = 0)",
        (project_id,),
    )
    return tuple(row[0] for row in rows)


def wanting_details(
    conn: Connection, project_id: str, stale: datetime | None = None, limit: int = 100
) -> tuple[str, ...]:
    """Ids to read in full, newest first: unknown or changed ones, then those read before ``stale``.

    An empty ``project_id`` means every project.
    """
    where = "deleted_at IS NULL AND (? = '' OR project_id = ?)"
    rows = conn.rows(
        f"SELECT id FROM persona WHERE {where} AND (stale = 1 OR detailed = 0 AND details_at = 0) "
        "ORDER BY created_at DESC, id DESC LIMIT ?",
        (project_id, project_id, limit),
    )
    if stale is not None and len(rows) < limit:
        rows += conn.rows(
            f"SELECT id FROM persona WHERE {where} AND stale = 0 AND details_at > 0 "
            "AND (details_at < ? OR details_at > ?) ORDER BY created_at DESC, id DESC LIMIT ?",
            (project_id, project_id, stamp(stale), stamp(conn.now), limit - len(rows)),
        )
    return tuple(row[0] for row in rows)


# ---- writing


def put_slim(
    conn: Connection, influencers: Iterable[Influencer], *, as_of: datetime | None = None
) -> frozenset[str]:
    """Store list items; the ids of those that are new or differ.

    A long list goes in slices, one transaction each: every slice stands for itself. ``as_of`` is
    when the list began to be read: a row that was confirmed later is left alone. A known row that
    differs keeps its details and is marked for a full read.
    """
    items = tuple(influencers)
    known = {
        row[0]: row
        for row in conn.rows(
            "SELECT id, name, status, gender, age_range, thumbnail_url, created_at, confirmed_at, "
            "deleted_at, project_id FROM persona WHERE id IN (SELECT value FROM json_each(?))",
            (id_list(item.id for item in items),),
        )
    }
    changed = set()
    for item in items:
        row = known.get(item.id)
        if row is None:
            _insert(conn, item)
            changed.add(item.id)
        elif not _is_newer(conn, row[7], as_of) and _is_news(row, item):
            _note_slim(conn, row, item)
            _update_slim(conn, item, moved=_differs(row, item))
            changed.add(item.id)
    conn.touch(*(item.id for item in items if item.id in changed))
    return frozenset(changed)


def put_full(conn: Connection, influencer: Influencer, *, as_of: datetime | None = None) -> bool:
    """Store a whole record as just confirmed; whether anything differs from before.

    A record with ``detailed`` False is kept whole too, but stays marked for a full read.
    """
    before = conn.row(
        f"SELECT {COLUMNS}, confirmed_at, deleted_at FROM persona WHERE id = ?", (influencer.id,)
    )
    values = values_of(influencer)
    if before is None:
        _insert(conn, influencer)
    else:
        if _is_newer(conn, before[-2], as_of):
            return False
        if before[-1] is not None:
            pulled.note_return(conn, influencer.id)
        if before[:-2] != values:
            pulled.note_full(conn, influencer_of(before[:-2]), influencer)
        names = COLUMNS.split(", ")[1:]
        sets = ", ".join(f"{name} = ?" for name in names)
        conn.run(
            f"UPDATE persona SET {sets}, stale = 0, confirmed_at = ?, details_at = ?, "
            "deleted_at = NULL, deleted_reason = '' WHERE id = ?",
            (*values[1:], stamp(conn.now), stamp(conn.now), influencer.id),
        )
        if before[:-2] == values and before[-1] is None:
            return False
    conn.touch(influencer.id)
    return True


def put_references(conn: Connection, influencer_id: str, images: Sequence[ReferenceImage]) -> None:
    """Replace the reference images with the list the server answered (contract 2.4.8)."""
    before = get(conn, influencer_id)
    if before is not None:
        pulled.note_images(conn, before, tuple(image.asset_id for image in images))
    conn.run(
        "UPDATE persona SET reference_images = ?, confirmed_at = ? WHERE id = ?",
        (dump_images(images), stamp(conn.now), influencer_id),
    )
    conn.touch(influencer_id)


def mark_read(conn: Connection, influencer_id: str, at: datetime | None = None) -> None:
    """Its record was asked for and could not be used: do not ask again before it is stale."""
    conn.run(
        "UPDATE persona SET stale = 0, details_at = ? WHERE id = ?",
        (stamp(at or conn.now), influencer_id),
    )


def mark_stale(conn: Connection, ids: Iterable[str]) -> None:
    """Ask for a full read of these, details known or not."""
    conn.run(
        "UPDATE persona SET stale = 1 WHERE id IN (SELECT value FROM json_each(?))",
        (id_list(ids),),
    )


def mark_deleted(
    conn: Connection, influencer_id: str, at: datetime | None = None, reason: str = ""
) -> None:
    """Move a row to the shelf with when and why; unsent edits stay with it."""
    moved = conn.run(
        "UPDATE persona SET deleted_at = ?, deleted_reason = ?, confirmed_at = ? "
        "WHERE id = ? AND deleted_at IS NULL",
        (stamp(at or conn.now), clean(reason), stamp(conn.now), influencer_id),
    )
    if moved:
        pulled.note_deletion(conn, influencer_id, clean(reason))
    conn.touch(influencer_id)


def forget_missing(
    conn: Connection,
    project_id: str,
    listed: Collection[str],
    at: datetime | None = None,
    *,
    started_at: datetime | None = None,
) -> frozenset[str]:
    """After a complete list: shelve what it no longer names; their ids.

    ``started_at`` is when the list began to be read: a row confirmed after that cannot have been in
    it and stays.
    """
    began, now = stamp(started_at), stamp(conn.now)
    assert now is not None
    rows = conn.rows(
        "SELECT id, confirmed_at FROM persona WHERE project_id = ? AND deleted_at IS NULL",
        (project_id,),
    )
    gone = [
        row[0]
        for row in rows
        if row[0] not in listed and (began is None or not began <= row[1] <= now)
    ]
    for influencer_id in gone:
        mark_deleted(conn, influencer_id, at)
    return frozenset(gone)


# ---- rows and records


def _is_newer(conn: Connection, confirmed_at: int, as_of: datetime | None) -> bool:
    """Whether a row was confirmed after a read began, so that the read says less than the row.

    A row from the future says only that the clock of this computer was set back.
    """
    now = stamp(conn.now)
    assert now is not None
    began = stamp(as_of)
    return began is not None and began < confirmed_at <= now


def _slim_values(item: Influencer) -> tuple[Any, ...]:
    return (
        clean(item.name),
        clean(item.status),
        clean_or_none(item.gender),
        clean_or_none(item.age_range),
        clean_or_none(item.thumbnail_url),
    )


def _is_news(row: tuple[Any, ...], item: Influencer) -> bool:
    """Whether a list item says anything that its row does not; a listed one is not deleted."""
    made_at = stamp(item.created_at)
    return row[1:6] != _slim_values(item) or (made_at or row[6]) != row[6] or row[8] is not None


def _differs(row: tuple[Any, ...], item: Influencer) -> bool:
    """Whether the record itself moved; a picture link signed anew does not count."""
    values = _slim_values(item)
    return row[1:5] != values[:4] or _unsigned(row[5]) != _unsigned(values[4])


def _note_slim(conn: Connection, row: tuple[Any, ...], item: Influencer) -> None:
    if row[8] is not None:
        pulled.note_return(conn, item.id)
    old = dict(zip(pulled.SLIM, row[1:5], strict=True))
    new = dict(zip(pulled.SLIM, _slim_values(item)[:4], strict=True))
    moves = {path: (old[path], new[path]) for path in pulled.SLIM if not same(old[path], new[path])}
    pulled.note(conn, item.project_id, item.id, moves)


def _unsigned(url: str | None) -> str:
    return (url or "").partition("?")[0]


def _update_slim(conn: Connection, item: Influencer, *, moved: bool) -> None:
    conn.run(
        "UPDATE persona SET name = ?, status = ?, gender = ?, age_range = ?, thumbnail_url = ?, "
        "created_at = coalesce(?, created_at), stale = max(stale, ?), confirmed_at = ?, "
        "deleted_at = NULL, deleted_reason = '' WHERE id = ?",
        (*_slim_values(item), stamp(item.created_at), moved, stamp(conn.now), item.id),
    )


def _insert(conn: Connection, item: Influencer) -> None:
    now = stamp(conn.now)
    values = values_of(item)
    marks = ", ".join("?" * len(values))
    conn.run(
        f"INSERT INTO persona ({COLUMNS}, first_seen_at, confirmed_at, details_at) "
        f"VALUES ({marks}, ?, ?, ?)",
        (*values, now, now, now if item.detailed else 0),
    )
    conn.touch(item.id)
