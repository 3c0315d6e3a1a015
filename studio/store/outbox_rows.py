"""The rows of the outbox, as they lie on disk: one mutation each, in the order it was asked."""

# ruff: noqa: S608 - only fixed clauses are put together; every value is a parameter

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from studio.domain.draft import DraftField
from studio.domain.mutation import Bind, Clone, Create, Delete, Patch, Waiting
from studio.store.codec import clean, dump, field_of, id_list, load, load_fields, moment, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from studio.domain.mutation import Mutation
    from studio.store.connection import Connection

COLUMNS = (
    "id, kind, project_id, influencer_id, source_id, body, state, created_at, attempts, reason, "
    "reason_code, reason_field, request_id, next_try, held, first_sent_at, maybe_sent"
)
_KINDS = {Patch: "patch", Create: "create", Clone: "clone", Delete: "delete", Bind: "bind"}


def load_of(conn: Connection, ids: Iterable[str]) -> dict[str, tuple[Waiting, ...]]:
    """Rows by influencer, oldest first; influencers without any are left out."""
    found: dict[str, list[Waiting]] = {}
    for row in conn.rows(
        f"SELECT {COLUMNS} FROM outbox WHERE influencer_id IN (SELECT value FROM json_each(?)) "
        "ORDER BY seq",
        (id_list(ids),),
    ):
        found.setdefault(row[3], []).append(waiting_of(row))
    return {influencer_id: tuple(rows) for influencer_id, rows in found.items()}


def load_before(conn: Connection, influencer_id: str, mutation_id: str) -> tuple[Waiting, ...]:
    """What is sent for an influencer before another mutation: its making, and what is older."""
    rows = conn.rows(
        f"SELECT {COLUMNS} FROM outbox WHERE influencer_id = ? AND (kind IN ('create', 'clone') "
        "OR seq < (SELECT seq FROM outbox WHERE id = ?)) ORDER BY seq",
        (influencer_id, mutation_id),
    )
    return tuple(waiting_of(row) for row in rows)


def get(conn: Connection, mutation_id: str) -> Waiting | None:
    """One row by the id of its mutation."""
    row = conn.row(f"SELECT {COLUMNS} FROM outbox WHERE id = ?", (mutation_id,))
    return waiting_of(row) if row else None


def maybe_sent(conn: Connection, mutation_id: str) -> bool:
    """Whether an earlier try may have reached the server without an answer coming back."""
    return bool(conn.value("SELECT maybe_sent FROM outbox WHERE id = ?", (mutation_id,)))


def insert(conn: Connection, mutation: Mutation) -> None:
    """Put a mutation at the end."""
    source_id = mutation.source_id if isinstance(mutation, Clone) else ""
    conn.run(
        "INSERT INTO outbox (id, kind, project_id, influencer_id, source_id, body, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            mutation.id,
            _KINDS[type(mutation)],
            mutation.project_id,
            mutation.influencer_id,
            source_id,
            _body(mutation),
            stamp(conn.now),
        ),
    )
    conn.touch(mutation.influencer_id)


def replace_with(conn: Connection, mutation_id: str, mutation: Mutation) -> None:
    """Another intent in the same place of the queue: new id, new body, as if never tried."""
    conn.run(
        "UPDATE outbox SET id = ?, body = ?, state = 'waiting', attempts = 0, maybe_sent = 0, "
        "first_sent_at = NULL, next_try = NULL, reason = '', reason_code = '', reason_field = '', "
        "request_id = '' WHERE id = ?",
        (mutation.id, _body(mutation), mutation_id),
    )
    conn.touch(mutation.influencer_id)


def rewrite(conn: Connection, mutation_id: str, mutation: Mutation) -> None:
    """Another body in the same row, which waits as it did, perhaps under another id."""
    conn.run(
        "UPDATE outbox SET id = ?, body = ? WHERE id = ?",
        (mutation.id, _body(mutation), mutation_id),
    )
    conn.touch(mutation.influencer_id)


def let_go(conn: Connection, mutation_id: str) -> None:
    """What it waited for a person for is no more: it may be sent."""
    conn.run(
        "UPDATE outbox SET state = 'waiting', next_try = NULL, reason = '', reason_code = '', "
        "reason_field = '', request_id = '' WHERE id = ? AND state = 'blocked'",
        (mutation_id,),
    )


def renew(conn: Connection, mutation_id: str, new_id: str) -> None:
    """The same intent under a new id, when a server has forgotten the old one (contract 1.7)."""
    conn.run(
        "UPDATE outbox SET id = ?, first_sent_at = ? WHERE id = ?",
        (new_id, stamp(conn.now), mutation_id),
    )


def delete(conn: Connection, mutation: Mutation) -> None:
    """Take a row away."""
    conn.run("DELETE FROM outbox WHERE id = ?", (mutation.id,))
    conn.touch(mutation.influencer_id)


def _body(mutation: Mutation) -> str:
    body: dict[str, Any]
    match mutation:
        case Patch():
            body = {
                path: {"value": entry.value, "base": entry.base}
                for path, entry in mutation.fields.items()
            }
        case Create():
            body = dict(mutation.values)
        case Clone():
            body = {"name": mutation.name, "overrides": dict(mutation.overrides)}
        case Delete():
            body = {"reason": clean(mutation.reason)}
        case Bind():
            body = {"asset_ids": mutation.asset_ids}
    return dump(body)


def waiting_of(row: Any) -> Waiting:
    """A row in the order of ``COLUMNS`` as a domain value."""
    created_at = moment(row[7])
    assert created_at is not None
    return Waiting(
        _mutation(row),
        state=row[6],
        created_at=created_at,
        attempts=row[8],
        reason=row[9],
        reason_code=row[10],
        reason_field=row[11],
        request_id=row[12],
        next_try=moment(row[13]),
        held=bool(row[14]),
        first_sent_at=moment(row[15]),
        maybe_sent=bool(row[16]),
    )


def _mutation(row: Any) -> Mutation:
    mutation_id, kind, project_id, influencer_id, source_id, text = row[:6]
    body = load(text)
    head = (mutation_id, project_id, influencer_id)
    match kind:
        case "patch":
            fields = {
                path: DraftField(field_of(raw["value"]), field_of(raw["base"]))
                for path, raw in body.items()
            }
            return Patch(*head, fields)
        case "create":
            return Create(*head, load_fields(body))
        case "clone":
            return Clone(*head, source_id, body["name"], load_fields(body["overrides"]))
        case "delete":
            return Delete(*head, body["reason"])
        case _:
            return Bind(*head, tuple(body["asset_ids"]))
