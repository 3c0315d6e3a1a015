"""What was asked for and not yet confirmed, sent in the order it was asked per influencer.

Nothing is sent for an influencer before its own create or clone was confirmed, a clone waits for
what was asked of its source before, and a delete for the clones that still need their source.
"""

# ruff: noqa: S608 - only fixed clauses are put together; every value is a parameter

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from studio.core.errors import ChangeStateFirst
from studio.core.ids import new_ulid
from studio.domain.mutation import CHANGED_ON_SERVER, Clone, Create, Delete, Patch
from studio.store import (
    draft_rows,
    drafts,
    history,
    outbox_rows,
    persona_rows,
    personas,
    uploads,
)
from studio.store.coalesce import enqueue
from studio.store.codec import clean, moment, stamp
from studio.store.outbox_rows import get
from studio.store.projections import show, without_draft
from studio.store.taking_back import return_to_draft, take_back

if TYPE_CHECKING:
    from datetime import datetime

    from studio.core.errors import StudioError
    from studio.domain.mutation import Mutation, Waiting
    from studio.store.connection import Connection

__all__ = [
    "CHANGED_ON_SERVER",
    "ack",
    "block",
    "claim_next",
    "enqueue",
    "fail",
    "get",
    "has_due",
    "next_try",
    "of_influencer",
    "publish",
    "put_back",
    "recover",
    "send_again",
    "take_back",
    "waiting",
]

_UNBORN = (
    "EXISTS (SELECT 1 FROM draft d WHERE d.influencer_id = {id} AND d.is_new = 1 "
    "AND NOT EXISTS (SELECT 1 FROM persona WHERE id = {id}))"
)
_FREE = f"""
    o.state = 'waiting' AND o.held = 0
    AND (o.kind IN ('create', 'clone') OR (
        NOT {_UNBORN.format(id="o.influencer_id")}
        AND NOT EXISTS (
            SELECT 1 FROM outbox p WHERE p.influencer_id = o.influencer_id AND p.seq <> o.seq
            AND (p.seq < o.seq OR p.kind IN ('create', 'clone'))
            AND NOT (o.kind = 'delete' AND p.kind IN ('patch', 'bind') AND p.state <> 'sending')
        )
    ))
    AND (o.kind <> 'clone' OR (
        NOT {_UNBORN.format(id="o.source_id")}
        AND NOT EXISTS (
            SELECT 1 FROM outbox p WHERE p.influencer_id = o.source_id AND p.kind <> 'delete'
            AND (p.kind IN ('create', 'clone') OR (p.seq < o.seq AND p.state <> 'blocked'))
        )
    ))
    AND (o.kind <> 'delete' OR NOT EXISTS (
        SELECT 1 FROM outbox p WHERE p.source_id = o.influencer_id AND p.seq < o.seq
        AND p.state <> 'blocked'
    ))
"""
# No wait is as long as two hours: a row that says so tells of a clock that was set back.
_DUE = "(o.next_try IS NULL OR o.next_try <= ? OR o.next_try > ? + 7200000000)"


# ---- reading


def of_influencer(conn: Connection, influencer_id: str) -> tuple[Waiting, ...]:
    """The rows of one influencer, oldest first."""
    return outbox_rows.load_of(conn, (influencer_id,)).get(influencer_id, ())


def waiting(conn: Connection) -> tuple[Waiting, ...]:
    """Every row, in the order it was asked."""
    rows = conn.rows(f"SELECT {outbox_rows.COLUMNS} FROM outbox ORDER BY seq")
    return tuple(outbox_rows.waiting_of(row) for row in rows)


def has_due(conn: Connection, now: datetime | None = None) -> bool:
    """Whether a claim at this moment would give a row."""
    due = stamp(now or conn.now)
    return bool(
        conn.value(
            f"SELECT EXISTS (SELECT 1 FROM outbox o WHERE {_FREE} AND {_DUE})",
            (due, due),
        )
    )


def next_try(conn: Connection) -> datetime | None:
    """The earliest moment at which a row that waits for nothing else may be tried again."""
    return moment(conn.value(f"SELECT min(o.next_try) FROM outbox o WHERE {_FREE}"))


# ---- publishing


def publish(
    conn: Connection,
    influencer_id: str,
    mutation_id: str = "",
    now: datetime | None = None,
) -> Mutation | None:
    """Turn the draft into one mutation with only the changed fields, and end the draft.

    What the server has no place for stays in the draft.

    What now stands in the outbox for it: the patch, an older unsent row it joined, or the create of
    a new influencer; None when there was nothing to send. Raises ChangeStateFirst when the
    influencer is being deleted or is gone from the server.
    """
    conn.at(now)
    draft = drafts.get(conn, influencer_id)
    shown = show(conn, influencer_id)
    if draft is None or shown is None:
        return None
    if personas.deletion(conn, influencer_id) is not None:
        raise ChangeStateFirst(
            "This influencer is no longer on the server.",
            next_step="Your edits are kept here. Make a new influencer of them.",
        )
    mutation_id = mutation_id or new_ulid()
    mutation: Mutation
    asked = any(isinstance(row.mutation, (Create, Clone)) for row in shown.waiting)
    if draft.is_new and shown.is_local_only and not asked:
        values = {
            path: entry.value
            for path, entry in draft.fields.items()
            if entry.value and path not in shown.local_only_paths
        }
        mutation = Create(mutation_id, draft.project_id, influencer_id, values)
    else:
        fields = {change.path: draft.fields[change.path] for change in shown.changes}
        mutation = Patch(mutation_id, draft.project_id, influencer_id, fields)
    for change in shown.changes:
        history.append(
            conn,
            "publish",
            draft.project_id,
            influencer_id,
            change.path,
            change.old,
            change.new,
            mutation_id=mutation_id,
        )
    draft_rows.drop(conn, influencer_id)
    draft_rows.keep(conn, draft, shown.local_only_paths)
    if isinstance(mutation, Patch) and not mutation.fields:
        return None
    return enqueue(conn, mutation)


# ---- sending


def recover(conn: Connection) -> int:
    """At the start: rows that were being sent when the program ended wait again, same id."""
    rows = conn.rows("SELECT influencer_id FROM outbox WHERE state = 'sending'")
    held = conn.rows("SELECT influencer_id FROM outbox WHERE reason_code = ?", (CHANGED_ON_SERVER,))
    conn.run(
        "UPDATE outbox SET state = 'waiting', maybe_sent = 1, next_try = NULL "
        "WHERE state = 'sending'"
    )
    conn.touch(*(row[0] for row in (*rows, *held)))
    return len(rows)


def claim_next(conn: Connection, now: datetime | None = None) -> Waiting | None:
    """Take the first row that is due and waits for nothing else; it is ``sending`` from now on."""
    conn.at(now)
    due = stamp(conn.now)
    mutation_id = conn.value(
        f"SELECT o.id FROM outbox o WHERE {_FREE} AND {_DUE} ORDER BY o.seq LIMIT 1", (due, due)
    )
    if mutation_id is None:
        return None
    conn.run(
        "UPDATE outbox SET state = 'sending', attempts = attempts + 1, next_try = NULL, "
        "reason = '', reason_code = '', reason_field = '', request_id = '', "
        "first_sent_at = coalesce(first_sent_at, ?) WHERE id = ?",
        (stamp(conn.now), mutation_id),
    )
    row = outbox_rows.get(conn, mutation_id)
    assert row is not None
    conn.touch(row.mutation.influencer_id)
    return row


def ack(conn: Connection, mutation_id: str) -> Mutation | None:
    """The server confirmed it: the row goes. None when it is no longer there.

    A create or clone leaves its placeholder as a confirmed row without details, unless the caller
    stores the real record in the same transaction. A delete moves the row to the shelf, and what
    still waited for that influencer goes back to its draft.
    """
    row = outbox_rows.get(conn, mutation_id)
    if row is None:
        return None
    mutation = row.mutation
    influencer_id = mutation.influencer_id
    made = without_draft(conn, influencer_id)
    outbox_rows.delete(conn, mutation)
    if isinstance(mutation, (Create, Clone)):
        if made is not None and persona_rows.get(conn, influencer_id) is None:
            personas.put_full(conn, replace(made.influencer, detailed=False, created_at=conn.now))
    elif isinstance(mutation, Delete):
        for left in reversed(of_influencer(conn, influencer_id)):
            return_to_draft(conn, left)
        uploads.leave(conn, influencer_id)
        personas.mark_deleted(conn, influencer_id, conn.now, mutation.reason)
        conn.run("UPDATE persona SET deleted_here = deleted_at WHERE id = ?", (influencer_id,))
    return mutation


def put_back(conn: Connection, mutation_id: str) -> None:
    """It was not looked at (the key was refused): it waits again, at once."""
    conn.run(
        "UPDATE outbox SET state = 'waiting', next_try = NULL WHERE id = ? AND state = 'sending'",
        (mutation_id,),
    )
    _touch(conn, mutation_id)


def fail(conn: Connection, mutation_id: str, at: datetime, error: StudioError) -> None:
    """It may have reached the server or not: it waits until ``at`` and goes again with its id."""
    conn.run(
        "UPDATE outbox SET state = 'waiting', maybe_sent = 1, next_try = ?, reason = ?, "
        "reason_code = ?, reason_field = ?, request_id = ? WHERE id = ?",
        (stamp(at), *_reason(error), mutation_id),
    )
    _touch(conn, mutation_id)


def block(conn: Connection, mutation_id: str, error: StudioError) -> None:
    """The server refused it, or it may not be sent: it waits for a person."""
    conn.run(
        "UPDATE outbox SET state = 'blocked', next_try = NULL, reason = ?, reason_code = ?, "
        "reason_field = ?, request_id = ? WHERE id = ?",
        (*_reason(error), mutation_id),
    )
    _touch(conn, mutation_id)


def send_again(conn: Connection, influencer_id: str) -> str:
    """Let its waiting and blocked rows go now; the project's id, empty when there are none.

    What was refused goes under a new id, since a server may keep a refusal under the old one. A
    publish that waits for a choice stays: sending it again decides nothing.
    """
    project_id = ""
    for row in of_influencer(conn, influencer_id):
        project_id = row.mutation.project_id
        if row.state == "blocked" and row.reason_code != CHANGED_ON_SERVER:
            again = replace(row.mutation, id=new_ulid())
            outbox_rows.replace_with(conn, row.mutation.id, again)
        elif row.state == "waiting":
            conn.run("UPDATE outbox SET next_try = NULL WHERE id = ?", (row.mutation.id,))
    return project_id


def _reason(error: StudioError) -> tuple[str, str, str, str]:
    return (clean(error.for_people()), error.code, error.field, error.request_id)


def _touch(conn: Connection, mutation_id: str) -> None:
    owner = conn.value("SELECT influencer_id FROM outbox WHERE id = ?", (mutation_id,))
    if owner is not None:
        conn.touch(owner)
