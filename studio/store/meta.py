"""Small facts about the workspace: the account, the last contact, counts for the status bar."""

# ruff: noqa: S608 - only fixed clauses are put together; every value is a parameter

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from studio.core.values import dataclass
from studio.domain.account import Account
from studio.store.cards import DRAFTS
from studio.store.codec import clean, dump, load, moment, stamp

if TYPE_CHECKING:
    from datetime import datetime

    from studio.store.connection import Connection


@dataclass(frozen=True, slots=True)
class Counts:
    """Outbox rows not yet confirmed, those of them that wait for a person, influencers with
    unsent edits, and influencers whose edits wait for a choice."""

    waiting: int
    blocked: int
    drafts: int
    conflicts: int


def get(conn: Connection, key: str) -> str | None:
    """A stored text, or None."""
    found: str | None = conn.value("SELECT value FROM meta WHERE key = ?", (key,))
    return found


def put(conn: Connection, key: str, value: str) -> None:
    """Store a text under a key."""
    conn.run(
        "INSERT INTO meta (key, value) VALUES (?, ?) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, clean(value)),
    )


def account(conn: Connection) -> Account | None:
    """Who we were to the server at the last answer; None before the first."""
    text = get(conn, "account")
    if text is None:
        return None
    raw = load(text)
    return Account(**{**raw, "scopes": tuple(raw["scopes"])})


def put_account(conn: Connection, found: Account) -> None:
    """Keep the answer of whoami for the next start; the key itself is no part of it."""
    put(conn, "account", dump(asdict(found)))


def last_contact(conn: Connection) -> datetime | None:
    """When the server last answered; None before the first time."""
    text = get(conn, "last_contact")
    return None if text is None else moment(int(text))


def put_last_contact(conn: Connection, at: datetime) -> None:
    """The server answered."""
    put(conn, "last_contact", str(stamp(at)))


def project_ids(conn: Connection) -> tuple[str, ...]:
    """Ids of the active projects, newest first."""
    rows = conn.rows(
        "SELECT id FROM project WHERE gone_at IS NULL AND status = 'active' "
        "ORDER BY created_at DESC, id DESC"
    )
    return tuple(row[0] for row in rows)


def counts(conn: Connection) -> Counts:
    """What the status bar tells."""
    row = conn.row(
        "SELECT count(*), coalesce(sum(state = 'blocked'), 0), "
        f"(SELECT count(*) FROM card WHERE shelf = 0 AND flags & {DRAFTS}), "
        "(SELECT count(*) FROM card WHERE conflicts > 0) FROM outbox"
    )
    return Counts(*row)
