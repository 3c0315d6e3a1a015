"""What a person does with the outbox: hold, let go, take out, send now, change, undo."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from studio.core.errors import ChangeStateFirst
from studio.core.ids import new_ulid
from studio.domain.diff import same
from studio.domain.draft import DraftField
from studio.domain.mutation import CHANGED_ON_SERVER, Clone, Patch
from studio.domain.outbox import CloneIntent
from studio.store import draft_rows, drafts, history, lineage, outbox, outbox_rows, personas
from studio.store.codec import id_list, load_field
from studio.store.outbox_order import ASKED
from studio.store.outbox_view import faces_of, is_waiting, order_now, row_of, subjects
from studio.store.taking_back import return_to_draft

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from studio.domain.influencer import FieldValue
    from studio.domain.mutation import Waiting
    from studio.domain.outbox import OutboxRow
    from studio.store.connection import Connection
    from studio.store.outbox_order import Order

# ---- holding and sending


def hold(conn: Connection, row_id: str) -> str:
    """Hold one row back; its project. Raises ChangeStateFirst when it is being sent or gone."""
    row = _get(conn, row_id)
    _not_sending(row)
    return _set_held(conn, row, held=True)


def release(conn: Connection, row_id: str) -> str:
    """Let one row go that was held; its project."""
    return _set_held(conn, _get(conn, row_id), held=False)


def hold_all(conn: Connection) -> tuple[tuple[str, str], ...]:
    """Hold back whatever is not on its way; (project, influencer) of each."""
    return _for_all(conn, "state = 'waiting' AND held = 0", "held = 1")


def release_all(conn: Connection) -> tuple[tuple[str, str], ...]:
    """Let everything go that was held; (project, influencer) of each."""
    return _for_all(conn, "held = 1", "held = 0")


def send_all(conn: Connection) -> tuple[tuple[str, str], ...]:
    """Whatever waits for a time of ours may go now; not before a time the server asked for.

    What is held or refused stays for a person.
    """
    asked = ", ".join(f"'{code}'" for code in sorted(ASKED))
    which = f"state = 'waiting' AND held = 0 AND reason_code NOT IN ({asked})"
    return _for_all(conn, which, "next_try = NULL")


def send_now(conn: Connection, row_id: str) -> str:
    """Let one row and what it waits for go now; its project.

    A refused one goes again as a new request; none goes before a time the server asked for. Raises
    ChangeStateFirst when a conflict has to be settled first, or something before it is held or
    refused: nobody asked to send that.
    """
    row = _get(conn, row_id)
    _not_sending(row)
    order = order_now(conn)
    names = faces_of(conn, subjects(order.rows, ()))
    first = _all_before(order, row)
    for other in first:
        _may_be_hurried(other, names.get(other.mutation.influencer_id, ("", ""))[0])
    if row.reason_code == CHANGED_ON_SERVER and row.state == "blocked":
        raise ChangeStateFirst(
            "This was changed in two places.", next_step="Choose what to keep first."
        )
    _set_held(conn, row, held=False)
    if row.state == "blocked":
        outbox_rows.replace_with(conn, row_id, replace(row.mutation, id=new_ulid()))
    ids = [each.mutation.id for each in (*first, row) if each.reason_code not in ASKED]
    conn.run(
        "UPDATE outbox SET next_try = NULL WHERE id IN (SELECT value FROM json_each(?))",
        (id_list(ids),),
    )
    return row.mutation.project_id


def _all_before(order: Order, row: Waiting) -> list[Waiting]:
    found: dict[str, Waiting] = {}
    fresh = [row]
    while fresh:
        for other in order.before(fresh.pop()):
            if other.mutation.id not in found:
                found[other.mutation.id] = other
                fresh.append(other)
    return list(found.values())


def _may_be_hurried(other: Waiting, name: str) -> None:
    if other.held:
        raise ChangeStateFirst(
            f"It waits for a change of {name or 'another influencer'} that you hold back.",
            next_step="Release that one first.",
        )
    if other.state == "blocked":
        raise ChangeStateFirst(
            f"It waits for a change of {name or 'another influencer'} that needs you.",
            next_step="Settle that one first.",
        )


def _set_held(conn: Connection, row: Waiting, *, held: bool) -> str:
    conn.run("UPDATE outbox SET held = ? WHERE id = ?", (held, row.mutation.id))
    return row.mutation.project_id


def _for_all(conn: Connection, which: str, change: str) -> tuple[tuple[str, str], ...]:
    """``which`` and ``change`` are clauses of this module alone."""
    found = conn.rows(
        f"SELECT DISTINCT project_id, influencer_id FROM outbox WHERE {which}"  # noqa: S608
    )
    conn.run(f"UPDATE outbox SET {change} WHERE {which}")  # noqa: S608
    return tuple((row[0], row[1]) for row in found)


def _get(conn: Connection, row_id: str) -> Waiting:
    row = outbox_rows.get(conn, row_id)
    if row is None:
        raise ChangeStateFirst("This is no longer in the outbox.", next_step="It may have gone.")
    return row


def _not_sending(row: Waiting) -> None:
    if row.state == "sending":
        raise ChangeStateFirst(
            "This is being sent right now.", next_step="Wait a moment, then look again."
        )


# ---- taking out and changing


def remove(conn: Connection, row_id: str, now: datetime | None = None) -> tuple[OutboxRow, ...]:
    """Take one row out, and what makes no sense without it; the rows that went, newest first.

    Edits return to the draft. Raises ChangeStateFirst when one of them is being sent.
    """
    conn.at(now)
    row = _get(conn, row_id)
    order = order_now(conn)
    place = {each.mutation.id: number for number, each in enumerate(order.rows)}
    kept = next(each for each in order.rows if each.mutation.id == row_id)
    gone = [kept, *order.after(kept)]
    for each in gone:
        _not_sending(each)
    faces = faces_of(conn, subjects(gone, ()))
    gone.sort(key=lambda each: place[each.mutation.id], reverse=True)
    for each in gone:
        return_to_draft(conn, each)
    conn.touch(row.mutation.influencer_id)
    return tuple(row_of(each, (), faces) for each in gone)


def clone_intent(conn: Connection, row_id: str) -> CloneIntent:
    """What a waiting clone asks for. Raises ChangeStateFirst when it is none, or on its way."""
    clone = _clone(conn, row_id)
    return CloneIntent(row_id, clone.name, dict(clone.overrides))


def change_clone(
    conn: Connection, row_id: str, name: str, overrides: Mapping[str, FieldValue]
) -> str:
    """Another name or other overrides for a clone that waits; its new id.

    The place in the queue and the placeholder stay. Raises ChangeStateFirst when a try may have
    reached the server: the same clone under another body would be a second intent.
    """
    clone = _clone(conn, row_id)
    row = _get(conn, row_id)
    if row.maybe_sent and row.state != "blocked":
        raise ChangeStateFirst(
            "The server may have this clone already.",
            next_step="Edit the new influencer once it is there.",
        )
    changed = replace(clone, id=new_ulid(), name=name, overrides=dict(overrides))
    outbox_rows.replace_with(conn, row_id, changed)
    lineage.record(conn, changed)
    return changed.id


def _clone(conn: Connection, row_id: str) -> Clone:
    row = _get(conn, row_id)
    _not_sending(row)
    if not isinstance(row.mutation, Clone):
        raise ChangeStateFirst("This is no clone.", next_step="Take it back to change it.")
    return row.mutation


# ---- undoing what was sent


def undo_send(
    conn: Connection, mutation_id: str, influencer_id: str, now: datetime | None = None
) -> Patch | None:
    """Publish the values that stood there before a publish; None when it was still here.

    One that still waits is taken back to the draft. Fields that a newer publish sets are left to
    it. Raises ChangeStateFirst while it is being sent, when the influencer is gone, or when nothing
    is left to undo.
    """
    conn.at(now)
    if is_waiting(conn, mutation_id):
        remove(conn, mutation_id)
        return None
    found = published(conn, mutation_id, influencer_id)
    waiting = outbox.of_influencer(conn, influencer_id)
    for row in waiting:
        if isinstance(row.mutation, Patch):
            newer = row.mutation.fields
            found = {
                path: entry
                for path, entry in found.items()
                if path not in newer or same(newer[path].value, entry.value)
            }
    if personas.deletion(conn, influencer_id) is not None:
        raise ChangeStateFirst("This influencer is no longer on the server.")
    if not found:
        raise ChangeStateFirst("There is nothing left to undo.", next_step="Edit it instead.")
    if "name" in found and not found["name"].base:
        raise ChangeStateFirst(
            "This made a new influencer, which cannot be unsent.", next_step="Delete it instead."
        )
    project_id = conn.value("SELECT project_id FROM card WHERE id = ?", (influencer_id,)) or ""
    undone = {path: DraftField(entry.base, entry.value) for path, entry in found.items()}
    undo = Patch(new_ulid(), project_id, influencer_id, undone)
    outbox.enqueue(conn, undo)
    typed = _rebase_draft(conn, influencer_id, undone)
    for path, entry in undone.items():
        about = (project_id, influencer_id, path, entry.base, entry.value)
        history.append(conn, "undo", *about, shown=path not in typed)
        history.append(conn, "publish", *about, mutation_id=undo.id)
    return undo


def published(conn: Connection, mutation_id: str, influencer_id: str) -> dict[str, DraftField]:
    """The fields a publish of an existing influencer changed, with what was there before."""
    rows = conn.rows(
        "SELECT path, old, new FROM history WHERE influencer_id = ? AND kind = 'publish' "
        "AND mutation_id = ? ORDER BY seq",
        (influencer_id, mutation_id),
    )
    return {row[0]: DraftField(load_field(row[2]), load_field(row[1])) for row in rows}


def _rebase_draft(
    conn: Connection, influencer_id: str, fields: Mapping[str, DraftField]
) -> frozenset[str]:
    """Edits typed since then stand on the old values again, or they would meet themselves.

    The fields they cover.
    """
    draft = drafts.get(conn, influencer_id)
    if draft is None:
        return frozenset()
    for path, undone in fields.items():
        typed = draft.fields.get(path)
        if typed is None or not same(typed.base, undone.base):
            continue
        if same(typed.value, undone.value):
            draft_rows.drop_field(conn, influencer_id, path)
        else:
            draft_rows.put_field(conn, influencer_id, path, DraftField(typed.value, undone.value))
    draft_rows.drop_if_empty(conn, influencer_id)
    return frozenset(draft.fields)
