"""The past as the screen showed it: the present, with later rows of history unwound.

Before the first row after a moment a field showed that row's ``old``; without such a row it shows
what it does now. Rows that changed nothing on the screen are passed over. Bursts of typing are one
row, so a moment within a minute of typing shows the burst's end.
"""

# ruff: noqa: S608 - only fixed clauses are put together; every value is a parameter

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from studio.core.values import dataclass
from studio.domain.fields import BY_PATH
from studio.domain.influencer import Influencer
from studio.domain.projection import Shown
from studio.domain.roster import RosterRow
from studio.store import projections
from studio.store.codec import load_field, moment, stamp
from studio.store.pulled import STATUS
from studio.store.wording import searchable, sort_key, tagline

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from studio.domain.influencer import FieldValue
    from studio.store.connection import Connection

_BEGINNINGS = "('create', 'clone', 'recreate')"
_GONE = "('take_back', 'discard')"
_FIRST = "SELECT influencer_id, path, old, min(seq) FROM history WHERE {where} GROUP BY 1, 2"
"""With ``min`` SQLite takes the other columns from the row of the minimum."""


@dataclass(frozen=True, slots=True)
class PastCard:
    """One influencer as its card was.

    Attributes:
        row: the card; what was unsent or waiting then is not kept.
        on_shelf: it was among the deleted ones.
        order: the newest has the highest.
        words: everything searchable of one that has changed since; None for one that is as now.
    """

    row: RosterRow
    on_shelf: bool
    order: int
    name_key: str
    changed_at: int
    words: str | None


@dataclass(frozen=True, slots=True)
class _Facts:
    """When influencers began and ended, and what they showed."""

    old: Mapping[str, Mapping[str, FieldValue]]
    begun: Mapping[str, int]
    shelf: Mapping[str, bool]


# ---- one influencer


def at(conn: Connection, influencer_id: str, when: datetime) -> Influencer | None:
    """How it was at a moment; None when it was not there (yet, or any more)."""
    limit = _stamp(when)
    found = _facts(conn, "influencer_id = :key", influencer_id, limit)
    card = conn.row("SELECT made_at FROM card WHERE id = ?", (influencer_id,))
    made_at = _made_at(found, influencer_id, card[0] if card else None)
    if made_at is None or made_at > limit:
        return None
    if card is None:
        return _vanished(conn, influencer_id, limit)
    shown = projections.show(conn, influencer_id)
    if shown is None:
        return None
    return put_back(shown.influencer, found.old.get(influencer_id, {}))


def after(conn: Connection, influencer_id: str, seq: int) -> Influencer | None:
    """How it was right after the row ``seq`` of its history; None when nothing is known of it."""
    rows = conn.rows(
        _FIRST.format(where="influencer_id = ? AND seq > ? AND shown = 1 AND path <> ''"),
        (influencer_id, seq),
    )
    old = {path: load_field(value) for _, path, value, _ in rows}
    shown = projections.show(conn, influencer_id)
    if shown is not None:
        return put_back(shown.influencer, old)
    project_id = conn.value(
        "SELECT project_id FROM history WHERE influencer_id = ? LIMIT 1", (influencer_id,)
    )
    if project_id is None:
        return None
    return put_back(Influencer(influencer_id, project_id, ""), old)


def put_back(person: Influencer, old: Mapping[str, FieldValue]) -> Influencer:
    """``person`` with earlier values; images cannot be put back, only known to have been others."""
    for path, value in old.items():
        if path in BY_PATH:
            plain = value if value is not None or BY_PATH[path].nullable else ""
            person = person.with_value(path, _fitting(path, plain))
        elif path == STATUS and isinstance(value, str):
            person = replace(person, status=value)
    return person


def _fitting(path: str, value: FieldValue) -> FieldValue:
    return () if value is None and BY_PATH[path].is_list else value


def _vanished(conn: Connection, influencer_id: str, limit: int) -> Influencer | None:
    """One that was made here, never sent and taken away again."""
    last = conn.row(
        "SELECT max(at), project_id FROM history WHERE influencer_id = ?", (influencer_id,)
    )
    if last is None or last[0] is None or last[0] <= limit:
        return None
    rows = conn.rows(
        _FIRST.format(
            where=f"influencer_id = ? AND at > ? AND (shown = 1 OR kind IN {_GONE}) AND path <> ''"
        ),
        (influencer_id, limit),
    )
    old = {path: load_field(value) for _, path, value, _ in rows}
    return put_back(Influencer(influencer_id, last[1], "", status="draft"), old)


# ---- a whole roster


def roster(conn: Connection, project_id: str, when: datetime) -> tuple[PastCard, ...]:
    """Every influencer of a project as its card was at a moment, deleted ones included."""
    limit = _stamp(when)
    found = _facts(conn, "project_id = :key", project_id, limit)
    cards = conn.rows(
        "SELECT id, seq, shelf, name, status, gender, age_range, thumbnail_url, tagline, "
        "created_at, name_key, changed_at, made_at FROM card WHERE project_id = ?",
        (project_id,),
    )
    listed = {}
    for card in cards:
        made_at = _made_at(found, card[0], card[12])
        if made_at is not None and made_at <= limit:
            listed[card[0]] = card
    moved = projections.show_many(conn, [each for each in found.old if each in listed])
    past = [_card(card, found, moved.get(card[0])) for card in listed.values()]
    known = {card[0] for card in cards}
    for influencer_id, begun in found.begun.items():
        if influencer_id not in known and begun <= limit:
            person = _vanished(conn, influencer_id, limit)
            if person is not None:
                past.append(
                    _changed(person, order=(begun // 1000) << 20, on_shelf=False, changed_at=begun)
                )
    return tuple(sorted(past, key=lambda each: each.order, reverse=True))


def moments(conn: Connection, project_id: str, limit: int = 2_000) -> tuple[datetime, ...]:
    """When something on the screen of a project changed, the oldest first; the latest ``limit``."""
    rows = conn.rows(
        "SELECT DISTINCT at FROM history WHERE project_id = ? AND shown = 1 "
        "ORDER BY at DESC LIMIT ?",
        (project_id, limit),
    )
    return tuple(found for row in reversed(rows) if (found := moment(row[0])) is not None)


def begins(conn: Connection, project_id: str) -> datetime | None:
    """The first moment of a project that is known here; None while nothing is."""
    first = conn.value(
        "SELECT min(first) FROM (SELECT min(at) AS first FROM history WHERE project_id = :project "
        "UNION ALL SELECT min(first_seen_at) FROM persona WHERE project_id = :project)",
        {"project": project_id},
    )
    return moment(first)


def _facts(conn: Connection, where: str, key: str, limit: int) -> _Facts:
    params = {"key": key, "limit": limit}
    old: dict[str, dict[str, FieldValue]] = {}
    for influencer_id, path, value, _ in conn.rows(
        _FIRST.format(where=f"{where} AND at > :limit AND shown = 1 AND path <> ''"), params
    ):
        old.setdefault(influencer_id, {})[path] = load_field(value)
    begun = dict(
        conn.rows(
            f"SELECT influencer_id, min(at) FROM history WHERE {where} "
            f"AND kind IN {_BEGINNINGS} GROUP BY 1",
            {"key": key},
        )
    )
    shelf = {
        row[0]: row[1] == "return"
        for row in conn.rows(
            f"SELECT influencer_id, kind, min(seq) FROM history WHERE {where} "
            "AND at > :limit AND kind IN ('delete', 'return') GROUP BY 1",
            params,
        )
    }
    return _Facts(old, begun, shelf)


def _made_at(found: _Facts, influencer_id: str, made_at: int | None) -> int | None:
    """When it began: here, or on the server."""
    known = [when for when in (found.begun.get(influencer_id), made_at) if when is not None]
    return min(known, default=None)


def _card(card: tuple[object, ...], found: _Facts, shown: Shown | None) -> PastCard:
    (influencer_id, seq, shelf, name, status, gender, age_range, url, line, created, key, moved, _
     ) = card  # fmt: skip
    on_shelf = found.shelf.get(str(influencer_id), bool(shelf))
    if shown is not None:
        person = put_back(shown.influencer, found.old[shown.influencer.id])
        past = _changed(person, order=_int(seq), on_shelf=on_shelf, changed_at=_int(moved))
        return replace(past, row=replace(past.row, created_at=_moment(created)))
    if on_shelf != bool(shelf):
        line = ""
    row = RosterRow(
        str(influencer_id),
        str(name),
        str(status),
        _text(gender),
        _text(age_range),
        _text(url),
        str(line),
        created_at=_moment(created),
    )
    return PastCard(row, on_shelf, _int(seq), str(key), _int(moved), None)


def _changed(person: Influencer, *, order: int, on_shelf: bool, changed_at: int) -> PastCard:
    line = tagline(
        Shown(person, person), deleted_reason="" if on_shelf else None, is_draft=False
    )  # fmt: skip
    row = RosterRow(
        person.id,
        person.name,
        person.status,
        person.gender,
        person.age_range,
        person.thumbnail_url,
        line,
        created_at=person.created_at,
    )
    texts: Iterable[FieldValue] = (person.value(path) for path in BY_PATH)
    words = [
        word for value in texts for word in (value if isinstance(value, tuple) else (value or "",))
    ]
    words.append(person.id)
    return PastCard(
        row, on_shelf, order, sort_key(person.name), changed_at, searchable("\n".join(words))
    )


def _stamp(when: datetime) -> int:
    found = stamp(when)
    assert found is not None
    return found


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _moment(value: object) -> datetime | None:
    return moment(value) if isinstance(value, int) else None
