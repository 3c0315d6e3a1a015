"""Rows of history as entries of a timeline."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from studio.domain.diff import Change, same
from studio.domain.fields import EVERY_FIELD
from studio.domain.timeline import TimelineEntry, TimelinePage
from studio.store import history

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from studio.domain.influencer import FieldValue
    from studio.domain.timeline import EntryKind
    from studio.store.connection import Connection
    from studio.store.history import Entry

_TYPED = ("edit", "undo", "redo")
_BEGUN = ("create", "clone", "recreate")
_DECIDED = ("merge", "resolve")
_SITTING = timedelta(minutes=5)
_ROWS = 400
_ORDER = {spec.path: place for place, spec in enumerate(EVERY_FIELD)}


def read(conn: Connection, influencer_id: str, before: int | None, limit: int) -> TimelinePage:
    """A page of about ``limit`` entries, from rows older than ``before``.

    What happened in one moment is never torn apart by the end of a page.
    """
    entries: list[TimelineEntry] = []
    rows: list[Entry] = []
    cursor = before
    while True:
        found = history.before(conn, influencer_id, cursor, _ROWS)
        rows += found
        if not rows:
            return TimelinePage(tuple(entries))
        whole = len(found) < _ROWS
        groups, told = grouped(rows), rows[0].seq
        if not whole:
            # Older rows of these may be among the next.
            last = rows[-1]
            groups = [group for group in groups if all(row.at != last.at for row in group)]
            if not groups:
                cursor = last.seq
                continue
        for place, group in enumerate(groups):
            entry = entry_of(group)
            if entry is not None:
                entries.append(entry)
            told = min(told, *(row.seq for row in group))
            following = groups[place + 1] if place + 1 < len(groups) else None
            if following is not None and following[0].at == group[-1].at:
                continue
            if len(entries) >= limit:
                is_end = whole and following is None
                return TimelinePage(tuple(entries), None if is_end else told)
        if whole:
            return TimelinePage(tuple(entries))
        rows, cursor = [], told


def grouped(rows: Sequence[Entry]) -> list[list[Entry]]:
    """Rows, newest first, that belong to one thing done."""
    groups: list[list[Entry]] = []
    for _, run in groupby(rows, attrgetter("at")):
        for row in _by_deed(tuple(run)):
            if groups and _joins(groups[-1], row):
                groups[-1].append(row)
            else:
                groups.append([row])
    return groups


def _by_deed(run: Sequence[Entry]) -> Sequence[Entry]:
    """Rows of one moment, those of one deed side by side: they are noted field by field."""
    first: dict[tuple[str, str], int] = {}
    for place, row in enumerate(run):
        first.setdefault((row.kind, row.mutation_id), place)
    return sorted(run, key=lambda row: first[row.kind, row.mutation_id])


def entry_of(group: Sequence[Entry]) -> TimelineEntry | None:
    """The entry of rows that belong together; None when nothing came of them."""
    newest, oldest = max(group, key=attrgetter("seq")), group[-1]
    begun = next((row for row in group if row.kind in _BEGUN), None)
    decided = next((row for row in group if row.kind in _DECIDED), None)
    lead = begun or decided or newest
    kind: EntryKind = "edit" if lead.kind in ("undo", "redo") else lead.kind  # type: ignore[assignment]
    changes = _net(group, decided is not None)
    facts = next((row for row in group if not row.path), None)
    if not changes and facts is None:
        return None
    note = facts.new if facts is not None and isinstance(facts.new, str) else ""
    return TimelineEntry(newest.seq, newest.at, oldest.at, kind, lead.who, changes, note)


def _joins(group: Sequence[Entry], older: Entry) -> bool:
    newer = group[-1]
    if older.who != newer.who and not _is_echo(newer, older):
        return False
    if newer.kind in _TYPED and older.kind in _TYPED:
        return abs(newer.at - older.at) <= _SITTING
    if newer.kind in _TYPED and older.kind in _BEGUN:
        return newer.at == older.at
    if _is_echo(newer, older):
        return True
    return (
        newer.kind == older.kind
        and newer.at == older.at
        and newer.mutation_id == older.mutation_id
        and bool(older.path)
    )


def _is_echo(newer: Entry, older: Entry) -> bool:
    """A decision and the answer that confirmed it are one thing."""
    kinds = {newer.kind, older.kind}
    return newer.at == older.at and (
        kinds in ({"merge", "pull"}, {"resolve", "pull"}, {"merge", "resolve"})
    )


def _net(group: Iterable[Entry], decided: bool) -> tuple[Change, ...]:
    """What each field was before the group, and after it."""
    first: dict[str, FieldValue] = {}
    last: dict[str, FieldValue] = {}
    for row in group:
        if not row.path:
            continue
        if decided and row.kind not in _DECIDED and row.path in last:
            continue
        last.setdefault(row.path, row.new)
        first[row.path] = row.old
    changes = [
        Change(path, first[path], last[path]) for path in first if not same(first[path], last[path])
    ]
    return tuple(sorted(changes, key=lambda change: _ORDER.get(change.path, len(_ORDER))))
