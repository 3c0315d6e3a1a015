"""Every change to a draft, and what became of it: rows are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from studio.store.codec import dump_field, load_field, moment, stamp

if TYPE_CHECKING:
    from datetime import datetime

    from studio.domain.influencer import FieldValue
    from studio.store.connection import Connection

Kind = Literal["edit", "discard", "publish", "take_back", "drop"]

HERE = "here"
"""Whoever sits at this computer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: ``old`` and ``new`` are what the draft (or, without one, the base) said."""

    at: datetime
    who: str
    kind: Kind
    influencer_id: str
    path: str
    old: FieldValue
    new: FieldValue
    mutation_id: str = ""


def append(
    conn: Connection,
    kind: Kind,
    project_id: str,
    influencer_id: str,
    path: str,
    old: FieldValue,
    new: FieldValue,
    *,
    who: str = HERE,
    mutation_id: str = "",
) -> None:
    """Note one change."""
    conn.run(
        "INSERT INTO history (at, who, kind, project_id, influencer_id, path, old, new, "
        "mutation_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            stamp(conn.now),
            who,
            kind,
            project_id,
            influencer_id,
            path,
            dump_field(old),
            dump_field(new),
            mutation_id,
        ),
    )


def of_influencer(conn: Connection, influencer_id: str, limit: int = 200) -> tuple[Entry, ...]:
    """The latest changes of one influencer, newest first."""
    rows = conn.rows(
        "SELECT at, who, kind, influencer_id, path, old, new, mutation_id FROM history "
        "WHERE influencer_id = ? ORDER BY seq DESC LIMIT ?",
        (influencer_id, limit),
    )
    found = []
    for at, who, kind, owner, path, old, new, mutation_id in rows:
        when = moment(at)
        assert when is not None
        found.append(
            Entry(when, who, kind, owner, path, load_field(old), load_field(new), mutation_id)
        )
    return tuple(found)
