"""What happened to each influencer: edits, what became of them, and what the server changed.

Rows are only ever added, save that a burst of typing is one row. ``old`` and ``new`` are what the
screen showed before and after, so that the past can be unwound from the present
(``studio.store.as_of``). Rows of path "" tell of the influencer itself.
"""

# ruff: noqa: S608 - only fixed clauses are put together; every value is a parameter

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from studio.core.values import dataclass
from studio.domain.mutation import Clone
from studio.store.codec import dump_field, load_field, moment, stamp

if TYPE_CHECKING:
    from datetime import datetime

    from studio.domain.influencer import FieldValue
    from studio.domain.mutation import Create
    from studio.store.connection import Connection

Kind = Literal[
    "edit", "undo", "redo", "restore", "discard",
    "publish", "take_back", "merge", "resolve",
    "pull", "images",
    "create", "clone", "recreate", "delete", "return",
]  # fmt: skip
"""``pull``: the server moved a confirmed value. ``merge`` and ``resolve``: a publish met another
value, by itself or by choice; ``old`` is what was shown here, ``new`` what stands. ``images``:
reference images bound from here. ``delete`` and ``return``: to the shelf and off it again."""

TextKind = Literal["edit", "undo", "redo", "restore"]
"""How values come into a draft."""

HERE = "here"
"""Whoever sits at this computer."""

SERVER = "server"
"""Anybody else, as far as the server tells."""

KEPT_FOR = timedelta(days=90)
KEPT_AT_LEAST = 200

_NEVER_SHOWN = ("publish", "take_back")
_BURST = timedelta(seconds=60) // timedelta(microseconds=1)
_COLUMNS = "seq, at, who, kind, influencer_id, path, old, new, mutation_id, shown"


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: what the screen showed before and after.

    ``is_shown`` is False when it changed nothing on the screen: a publish, or a server's change
    under an unsent edit. ``seq`` grows with every row of the workspace.
    """

    at: datetime
    who: str
    kind: Kind
    influencer_id: str
    path: str
    old: FieldValue
    new: FieldValue
    mutation_id: str = ""
    seq: int = 0
    is_shown: bool = True


# ---- writing


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
    shown: bool = True,
) -> None:
    """Note one change; ``shown`` says whether the screen shows another value for it."""
    conn.run(
        "INSERT INTO history (at, who, kind, project_id, influencer_id, path, old, new, "
        "mutation_id, shown) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
            shown and kind not in _NEVER_SHOWN,
        ),
    )


def typed(
    conn: Connection,
    project_id: str,
    influencer_id: str,
    path: str,
    old: FieldValue,
    new: FieldValue,
    *,
    who: str = HERE,
    kind: TextKind = "edit",
) -> None:
    """Note an edit. Typing goes on in one row for a minute, as long as no word is lost by that."""
    if kind == "edit":
        last = conn.row(
            "SELECT seq, at, who, kind, path, old, new FROM history WHERE influencer_id = ? "
            "ORDER BY seq DESC LIMIT 1",
            (influencer_id,),
        )
        if last is not None and last[2:5] == (who, "edit", path):
            now = stamp(conn.now)
            assert now is not None
            first, middle = load_field(last[5]), load_field(last[6])
            goes_on = 0 <= now - last[1] < _BURST and middle == old
            if goes_on and (_is_within(middle, new) or _is_within(middle, first)):
                conn.run("UPDATE history SET new = ? WHERE seq = ?", (dump_field(new), last[0]))
                return
    append(conn, kind, project_id, influencer_id, path, old, new, who=who)


def begun(conn: Connection, asked: Create | Clone) -> None:
    """Note that an influencer was made here, unless its draft was noted already."""
    if not is_known(conn, asked.influencer_id):
        is_clone = isinstance(asked, Clone)
        source = asked.source_id if isinstance(asked, Clone) else None
        kind: Kind = "clone" if is_clone else "create"
        append(
            conn, kind, asked.project_id, asked.influencer_id, "", None, source,
            mutation_id=asked.id,
        )  # fmt: skip


def is_known(conn: Connection, influencer_id: str) -> bool:
    """Whether anything was ever noted of it."""
    return bool(
        conn.value(
            "SELECT EXISTS (SELECT 1 FROM history WHERE influencer_id = ?)", (influencer_id,)
        )
    )


def prune(conn: Connection, now: datetime | None = None) -> int:
    """Let go of what is older than ninety days, never of an influencer's last 200; how many."""
    conn.at(now)
    return conn.run(
        "DELETE FROM history WHERE seq IN (SELECT seq FROM (SELECT seq, at, row_number() OVER "
        "(PARTITION BY influencer_id ORDER BY seq DESC) AS place FROM history "
        "WHERE influencer_id IN (SELECT influencer_id FROM history "
        "GROUP BY influencer_id HAVING count(*) > ? AND min(at) < ?)) "
        "WHERE at < ? AND place > ?)",
        (KEPT_AT_LEAST, *(stamp(conn.now - KEPT_FOR),) * 2, KEPT_AT_LEAST),
    )


# ---- reading


def was_said_here(conn: Connection, influencer_id: str, path: str, value: FieldValue) -> bool:
    """Whether a field ever said this by somebody at this computer, sent or not."""
    said = dump_field(value)
    return bool(
        conn.value(
            "SELECT EXISTS (SELECT 1 FROM history WHERE influencer_id = ? AND path = ? "
            "AND kind <> 'pull' AND (old = ? OR new = ?))",
            (influencer_id, path, said, said),
        )
    )


def of_influencer(conn: Connection, influencer_id: str, limit: int = 200) -> tuple[Entry, ...]:
    """The latest changes of one influencer, newest first."""
    return before(conn, influencer_id, None, limit)


def before(
    conn: Connection, influencer_id: str, seq: int | None, limit: int = 200
) -> tuple[Entry, ...]:
    """Changes of one influencer older than the row ``seq`` (None: all), newest first."""
    rows = conn.rows(
        f"SELECT {_COLUMNS} FROM history WHERE influencer_id = ? AND (? IS NULL OR seq < ?) "
        "ORDER BY seq DESC LIMIT ?",
        (influencer_id, seq, seq, limit),
    )
    return tuple(_entry(row) for row in rows)


def _entry(row: tuple[int, int, str, Kind, str, str, str, str, str, int]) -> Entry:
    seq, at, who, kind, owner, path, old, new, mutation_id, shown = row
    when = moment(at)
    assert when is not None
    return Entry(
        when,
        who,
        kind,
        owner,
        path,
        load_field(old),
        load_field(new),
        mutation_id,
        seq,
        bool(shown),
    )


def _is_within(part: FieldValue, whole: FieldValue) -> bool:
    """Whether every word of ``part`` can still be read in ``whole``."""
    if not part:
        return True
    if isinstance(part, str):
        return isinstance(whole, str) and part in whole
    return isinstance(whole, tuple) and all(
        any(entry in other for other in whole) for entry in part
    )
