"""Publishes that wait for a choice, and influencers gone from the server with edits left here.

A conflict is no state of its own: it is what the held publish and the confirmed row come to. Its
rows are made anew in every transaction that changed either (``settle``), so that they can neither
outlive their cause nor vanish before it, over restarts as well.
"""

# ruff: noqa: S608 - only fixed clauses are put together; every value is a parameter

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.conflict import Conflict, ConflictField
from studio.domain.diff import same
from studio.domain.merge import Merge, merge_fields
from studio.domain.mutation import CHANGED_ON_SERVER, Delete, Patch
from studio.store import draft_rows, outbox_rows, persona_rows
from studio.store.codec import dump_field, id_list, load_field, moment, stamp
from studio.store.taking_back import return_to_draft

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from studio.domain.influencer import Influencer
    from studio.domain.mutation import Waiting
    from studio.store.connection import Connection

_TYPED = "('edit', 'undo', 'redo', 'restore')"


# ---- reading


def every(conn: Connection, project_id: str = "") -> tuple[Conflict, ...]:
    """All that wait for a person, of one project or of all, the oldest first."""
    rows = conn.rows(
        "SELECT id FROM card WHERE conflicts > 0 AND (? = '' OR project_id = ?)",
        (project_id, project_id),
    )
    found = [each for row in rows if (each := get(conn, row[0])) is not None]
    return tuple(sorted(found, key=lambda each: (each.found_at or conn.now, each.influencer_id)))


def get(conn: Connection, influencer_id: str) -> Conflict | None:
    """What waits for a person at one influencer; None when nothing does."""
    head = conn.row("SELECT project_id, name FROM card WHERE id = ?", (influencer_id,))
    if head is None:
        return None
    project_id, name = head
    held = held_publish(conn, influencer_id)
    if held is not None:
        return _overlap(conn, held, project_id, name)
    return _gone(conn, influencer_id, project_id, name)


def held_publish(conn: Connection, influencer_id: str) -> Waiting | None:
    """The publish of an influencer that waits for a choice; None when none does."""
    rows = outbox_rows.load_of(conn, (influencer_id,)).get(influencer_id, ())
    if any(isinstance(row.mutation, Delete) and row.state != "blocked" for row in rows):
        return None
    return next((row for row in rows if is_held_by_conflict(row)), None)


def is_held_by_conflict(row: Waiting) -> bool:
    """Whether it is a publish that met another value on the server."""
    is_patch = isinstance(row.mutation, Patch)
    return is_patch and row.state == "blocked" and row.reason_code == CHANGED_ON_SERVER


def merge_of(conn: Connection, held: Waiting) -> Merge | None:
    """What a held publish comes to over what the server is known to have now."""
    assert isinstance(held.mutation, Patch)
    theirs = persona_rows.get(conn, held.mutation.influencer_id)
    return None if theirs is None else merge_fields(held.mutation.fields, theirs)


def _overlap(conn: Connection, held: Waiting, project_id: str, name: str) -> Conflict | None:
    influencer_id = held.mutation.influencer_id
    rows = conn.rows(
        "SELECT path, base, mine, theirs, mine_at, theirs_at, found_at FROM conflict "
        "WHERE influencer_id = ?",
        (influencer_id,),
    )
    merge = merge_of(conn, held)
    if not rows or merge is None:
        return None
    stored = {
        path: ConflictField(
            path, load_field(base), load_field(mine), load_field(theirs), needs_choice=True
        )
        for path, base, mine, theirs, *_ in rows
    }
    fields = (stored.get(each.path, each) for each in merge.fields)
    typed = max(row[4] or 0 for row in rows)
    return Conflict(
        influencer_id,
        project_id,
        name,
        tuple(fields),
        mine_at=moment(typed or None),
        theirs_at=moment(rows[0][5]),
        found_at=moment(rows[0][6]),
    )


def _gone(conn: Connection, influencer_id: str, project_id: str, name: str) -> Conflict | None:
    row = conn.row(
        "SELECT deleted_at, confirmed_at FROM persona "
        "WHERE id = ? AND deleted_at IS NOT NULL AND deleted_at IS NOT deleted_here",
        (influencer_id,),
    )
    draft = draft_rows.load(conn, (influencer_id,)).get(influencer_id)
    confirmed = persona_rows.get(conn, influencer_id)
    if row is None or draft is None or confirmed is None:
        return None
    fields = tuple(
        ConflictField(change.path, change.old, change.new, there, needs_choice=False)
        for change in draft.changes()
        if not same(change.new, there := confirmed.value(change.path))
    )
    if not fields:
        return None
    return Conflict(
        influencer_id,
        project_id,
        name,
        fields,
        mine_at=draft.updated_at,
        theirs_at=moment(row[0]),
        found_at=moment(row[1]),
        is_gone=True,
    )


# ---- keeping them true


def settle(conn: Connection, ids: Iterable[str]) -> None:
    """Make the conflicts of these influencers say the truth, before a transaction ends.

    A publish whose overlap is gone waits to be sent again; that of an influencer which is gone
    becomes a draft.
    """
    parameter = id_list(ids)
    rows = conn.rows(
        "SELECT influencer_id FROM outbox WHERE state = 'blocked' AND reason_code = ? "
        "AND influencer_id IN (SELECT value FROM json_each(?)) "
        "UNION SELECT influencer_id FROM conflict "
        "WHERE influencer_id IN (SELECT value FROM json_each(?))",
        (CHANGED_ON_SERVER, parameter, parameter),
    )
    for row in rows:
        _settle(conn, row[0])


def _settle(conn: Connection, influencer_id: str) -> None:
    held = held_publish(conn, influencer_id)
    if held is not None and _is_deleted(conn, influencer_id):
        rows = outbox_rows.load_of(conn, (influencer_id,))[influencer_id]
        for row in reversed(rows):
            return_to_draft(conn, row)
        held = None
    theirs = persona_rows.get(conn, influencer_id)
    merge = None if held is None else merge_of(conn, held)
    if held is None or merge is None or theirs is None:
        _forget(conn, influencer_id)
    elif not merge.to_choose:
        _forget(conn, influencer_id)
        outbox_rows.let_go(conn, held.mutation.id)
    else:
        _store(conn, held, merge, theirs)


def _store(conn: Connection, held: Waiting, merge: Merge, theirs: Influencer) -> None:
    first = conn.value("SELECT min(found_at) FROM conflict WHERE influencer_id = ?", (theirs.id,))
    _forget(conn, theirs.id)
    conn.many(
        "INSERT INTO conflict (influencer_id, path, project_id, mutation_id, base, mine, theirs, "
        "mine_at, theirs_at, found_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                theirs.id,
                each.path,
                theirs.project_id,
                held.mutation.id,
                dump_field(each.base),
                dump_field(each.mine),
                dump_field(each.theirs),
                stamp(_typed_at(conn, theirs.id, each.path) or held.created_at),
                stamp(theirs.updated_at),
                first or stamp(conn.now),
            )
            for each in merge.to_choose
        ],
    )


def _forget(conn: Connection, influencer_id: str) -> None:
    conn.run("DELETE FROM conflict WHERE influencer_id = ?", (influencer_id,))


def _typed_at(conn: Connection, influencer_id: str, path: str) -> datetime | None:
    return moment(
        conn.value(
            "SELECT max(at) FROM history "
            f"WHERE influencer_id = ? AND path = ? AND kind IN {_TYPED}",
            (influencer_id, path),
        )
    )


def _is_deleted(conn: Connection, influencer_id: str) -> bool:
    return bool(
        conn.value(
            "SELECT EXISTS (SELECT 1 FROM persona WHERE id = ? AND deleted_at IS NOT NULL)",
            (influencer_id,),
        )
    )
