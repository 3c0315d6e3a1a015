"""What the server of this workspace takes, as found out so far, and what it has no place for.

Contract 4.2. Kept with the server and key it was found out of; what a server once refused is tried
again after a day, since servers learn.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

from studio.core.ids import new_ulid
from studio.core.values import dataclass
from studio.domain.dialect import UNKNOWN, Dialect
from studio.domain.draft import DraftField
from studio.domain.mutation import Clone, Create, Patch
from studio.store import draft_rows, outbox_rows
from studio.store.codec import moment, stamp

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from studio.domain.influencer import FieldValue
    from studio.domain.mutation import Mutation
    from studio.store.connection import Connection

REMEMBERED_FOR: Final = timedelta(days=1)
_KEY = "dialect"
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Known:
    """A dialect with the server it is of and the rank of its evidence."""

    server: str = ""
    dialect: Dialect = UNKNOWN
    rank: int = 0


def get(conn: Connection) -> Dialect:
    """What the server takes, as far as it is known."""
    return known(conn).dialect


def known(conn: Connection) -> Known:
    """The same with where it comes from."""
    text = conn.value("SELECT value FROM meta WHERE key = ?", (_KEY,))
    if text is None:
        return Known()
    raw = json.loads(text)
    dialect = Dialect(raw["generation"], frozenset(raw["refused"]))
    return Known(raw["server"], dialect, raw["rank"])


def put(conn: Connection, found: Known) -> frozenset[str]:
    """Keep what was found out; the projects whose influencers look different now."""
    before = known(conn)
    if found == before:
        return frozenset()
    learned_at = _learned_at(conn)
    now = stamp(conn.now)
    refused = {path: learned_at.get(path, now) for path in sorted(found.dialect.refused)}
    text = json.dumps(
        {
            "server": found.server,
            "generation": found.dialect.generation,
            "rank": found.rank,
            "refused": refused,
        }
    )
    conn.run(
        "INSERT INTO meta (key, value) VALUES (?, ?) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (_KEY, text),
    )
    if found.dialect == before.dialect:
        return frozenset()
    drafts = conn.rows("SELECT influencer_id, project_id FROM draft")
    conn.touch(*(row[0] for row in drafts))
    return frozenset(row[1] for row in drafts)


def forget_old_refusals(conn: Connection) -> Known:
    """At a new contact: what was refused more than a day ago may be taken by now."""
    found = known(conn)
    fresh = frozenset(
        path
        for path, at in _learned_at(conn).items()
        if (then := moment(at)) is not None and conn.now - then < REMEMBERED_FOR
    )
    if fresh != found.dialect.refused:
        found = replace(found, dialect=replace(found.dialect, refused=fresh))
        put(conn, found)
    return found


def _learned_at(conn: Connection) -> dict[str, int]:
    text = conn.value("SELECT value FROM meta WHERE key = ?", (_KEY,))
    return {} if text is None else dict(json.loads(text)["refused"])


def keep_here(conn: Connection, mutation_id: str, refused: Collection[str]) -> bool:
    """Take the fields a server refused out of a waiting row, back into the draft.

    The rest waits again under a new id, as another request. False when nothing of the row is left
    to send: it is gone then.
    """
    row = outbox_rows.get(conn, mutation_id)
    if row is None:
        return False
    mutation = row.mutation
    match mutation:
        case Patch():
            kept = {path: entry for path, entry in mutation.fields.items() if _is_in(path, refused)}
            rest: Any = replace(mutation, id=new_ulid(), fields=_without(mutation.fields, refused))
            is_left = bool(rest.fields)
        case Create():
            kept = _as_edits(mutation.values, refused)
            rest = replace(mutation, id=new_ulid(), values=_without(mutation.values, refused))
            is_left = True
        case Clone():
            kept = _as_edits(mutation.overrides, refused)
            rest = replace(mutation, id=new_ulid(), overrides=_without(mutation.overrides, refused))
            is_left = True
        case _:
            return True
    if is_left:
        outbox_rows.replace_with(conn, mutation_id, rest)
    else:
        outbox_rows.delete(conn, mutation)
    keep_edits(conn, mutation, kept)
    return is_left


def _is_in(path: str, refused: Collection[str]) -> bool:
    return path in refused or path.partition(".")[0] in refused


def _without(values: Mapping[str, V], refused: Collection[str]) -> dict[str, V]:
    return {path: value for path, value in values.items() if not _is_in(path, refused)}


def _as_edits(values: Mapping[str, FieldValue], refused: Collection[str]) -> dict[str, DraftField]:
    return {
        path: DraftField(value, None) for path, value in values.items() if _is_in(path, refused)
    }


def keep_edits(conn: Connection, mutation: Mutation, kept: Mapping[str, DraftField]) -> None:
    """Values a mutation could not send go into the draft of its influencer.

    They go under edits made since: a newer value stays, the older base counts.
    """
    if not kept:
        return
    owner = mutation.influencer_id
    draft = draft_rows.load(conn, (owner,)).get(owner)
    newer = draft.fields if draft is not None else {}
    draft_rows.put_head(conn, owner, mutation.project_id, is_new=False)
    for path, entry in kept.items():
        value = newer[path].value if path in newer else entry.value
        draft_rows.put_field(conn, owner, path, DraftField(value, entry.base))
