"""How a new mutation joins those that wait: two that were not sent yet become one, or none.

A row that may have reached the server without an answer coming back is never rewritten: it goes
again under its own id first, so that the server can tell it from a new intent (contract 1.7).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from studio.core.errors import ChangeStateFirst
from studio.domain.diff import same
from studio.domain.draft import DraftField
from studio.domain.mutation import CHANGED_ON_SERVER, Clone, Create, Delete, Patch
from studio.store import drafts, history, lineage, outbox_rows, persona_rows
from studio.store.taking_back import return_to_draft

if TYPE_CHECKING:
    from datetime import datetime

    from studio.domain.mutation import Mutation, Waiting
    from studio.store.connection import Connection


def enqueue(conn: Connection, mutation: Mutation, now: datetime | None = None) -> Mutation | None:
    """Ask for something; what now stands in the queue for it, None when nothing is left to send.

    Raises ChangeStateFirst for a publish or clone of what is being deleted.
    """
    conn.at(now)
    rows = outbox_rows.load_of(conn, (mutation.influencer_id,)).get(mutation.influencer_id, ())
    if isinstance(mutation, Delete):
        return _enqueue_delete(conn, mutation, rows)
    if isinstance(mutation, Patch):
        _refuse_if_deleting(rows)
        return _enqueue_patch(conn, mutation, rows)
    if isinstance(mutation, Clone):
        of_source = outbox_rows.load_of(conn, (mutation.source_id,))
        _refuse_if_deleting(of_source.get(mutation.source_id, ()))
        lineage.record(conn, mutation)
    if isinstance(mutation, (Create, Clone)):
        history.begun(conn, mutation)
    outbox_rows.insert(conn, mutation)
    return mutation


def is_unsent(conn: Connection, row: Waiting) -> bool:
    """Whether the server cannot have done it: never tried, or refused."""
    if row.state == "sending":
        return False
    return row.state == "blocked" or not outbox_rows.maybe_sent(conn, row.mutation.id)


def _enqueue_patch(conn: Connection, patch: Patch, rows: tuple[Waiting, ...]) -> Mutation | None:
    for row in reversed(rows):
        older = row.mutation
        if row.state == "sending" or not isinstance(older, (Patch, Create, Clone)):
            continue
        if not is_unsent(conn, row):
            break
        joined = _joined(conn, row, patch)
        if isinstance(joined, Patch) and not joined.fields:
            outbox_rows.delete(conn, older)
            return None
        if row.state == "blocked" and row.reason_code == CHANGED_ON_SERVER:
            # It still waits for the choice, now between newer words and those of the server.
            outbox_rows.rewrite(conn, older.id, joined)
        else:
            outbox_rows.replace_with(conn, older.id, joined)
        return joined
    outbox_rows.insert(conn, patch)
    return patch


def _joined(conn: Connection, row: Waiting, patch: Patch) -> Mutation:
    """``patch`` on top of an older row, as one mutation with the id of the new intent."""
    older = row.mutation
    values = {path: entry.value for path, entry in patch.fields.items()}
    if isinstance(older, Create):
        return replace(older, id=patch.id, values={**older.values, **values})
    if isinstance(older, Clone):
        name = values.pop("name", older.name)
        joined = replace(
            older, id=patch.id, name=str(name), overrides={**older.overrides, **values}
        )
        lineage.record(conn, joined)
        return joined
    assert isinstance(older, Patch)
    fields = dict(older.fields)
    for path, entry in patch.fields.items():
        base = fields[path].base if path in fields else entry.base
        fields[path] = DraftField(entry.value, base)
    kept = {path: entry for path, entry in fields.items() if not same(entry.value, entry.base)}
    return replace(patch, fields=kept)


def _enqueue_delete(conn: Connection, delete: Delete, rows: tuple[Waiting, ...]) -> Mutation | None:
    influencer_id = delete.influencer_id
    for row in rows:
        if isinstance(row.mutation, Delete):
            if row.state != "blocked":
                return row.mutation
            outbox_rows.replace_with(conn, row.mutation.id, delete)
            return delete
    if persona_rows.get(conn, influencer_id) is None and all(is_unsent(conn, row) for row in rows):
        _forget(conn, influencer_id, rows)
        return None
    outbox_rows.insert(conn, delete)
    return delete


def _forget(conn: Connection, influencer_id: str, rows: tuple[Waiting, ...]) -> None:
    """The server has never heard of it and will not: what was typed stays in the history."""
    for row in reversed(rows):
        return_to_draft(conn, row)
    drafts.discard(conn, influencer_id)
    lineage.forget(conn, influencer_id)


def _refuse_if_deleting(rows: tuple[Waiting, ...]) -> None:
    if any(isinstance(row.mutation, Delete) for row in rows):
        raise ChangeStateFirst(
            "This influencer is about to be deleted on the server.",
            next_step="Take the deletion back first.",
        )
