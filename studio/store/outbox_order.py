"""What each row of the outbox waits for, and the order in which they can go."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from studio.domain.mutation import CHANGED_ON_SERVER, Clone, Create, Delete, Patch
from studio.domain.outbox import WaitsFor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from studio.domain.mutation import Waiting
    from studio.store.connection import Connection

ASKED = frozenset({"RATE_LIMITED", "HTTP_429"})
"""Codes whose wait is the server's own wish."""


class Order:
    """The rows of one moment, oldest first, and what stands before each.

    The rules are those of the claim in ``studio.store.outbox``.
    """

    def __init__(self, rows: Sequence[Waiting], unpublished: Iterable[str]) -> None:
        """``unpublished``: influencers that exist on this computer alone and were never asked
        for."""
        self.rows = rows
        self._unpublished = frozenset(unpublished)
        self._place = {row.mutation.id: place for place, row in enumerate(rows)}
        self._by_owner: dict[str, list[Waiting]] = defaultdict(list)
        self._by_source: dict[str, list[Waiting]] = defaultdict(list)
        for row in rows:
            self._by_owner[row.mutation.influencer_id].append(row)
            if isinstance(row.mutation, Clone):
                self._by_source[row.mutation.source_id].append(row)

    def before(self, row: Waiting) -> list[Waiting]:
        """The rows that have to be gone before this one may go."""
        mutation = row.mutation
        found: list[Waiting] = []
        if not isinstance(mutation, (Create, Clone)):
            of_owner = self._by_owner[mutation.influencer_id]
            found += [other for other in of_owner if self._goes_first(other, row)]
        if isinstance(mutation, Clone):
            of_source = self._by_owner.get(mutation.source_id, ())
            found += [other for other in of_source if self._source_first(other, row)]
        if isinstance(mutation, Delete):
            found += [
                other
                for other in self._by_source.get(mutation.influencer_id, ())
                if self._older(other, row) and other.state != "blocked"
            ]
        return found

    def after(self, row: Waiting) -> list[Waiting]:
        """The rows that make no sense without this one, oldest first."""
        mutation = row.mutation
        owner = mutation.influencer_id
        if isinstance(mutation, (Create, Clone)):
            gone = [other for other in self._by_owner[owner] if other is not row]
            for clone in self._by_source.get(owner, ()):
                gone += [clone, *self.after(clone)]
            return self._sorted(gone)
        if not isinstance(mutation, Patch):
            return []
        newer = [
            other
            for other in self._by_owner[owner]
            if isinstance(other.mutation, Patch)
            and self._older(row, other)
            and other.mutation.fields.keys() & mutation.fields.keys()
        ]
        return self._sorted(newer)

    def in_order(self) -> list[Waiting]:
        """All rows so that each comes after what it waits for; else as they were asked."""
        done: dict[str, Waiting] = {}
        for row in self.rows:
            stack = [row]
            while stack:
                top = stack[-1]
                left = [
                    other
                    for other in self.before(top)
                    if other.mutation.id not in done and other not in stack
                ]
                if left:
                    stack.append(left[0])
                else:
                    done.setdefault(stack.pop().mutation.id, top)
        return list(done.values())

    def why(self, row: Waiting, names: Mapping[str, str], now: datetime) -> tuple[WaitsFor, ...]:
        """Everything this row waits for, what a person can change first."""
        found = list(_own(row))
        first = self.before(row)
        mutation = row.mutation
        subjects = [mutation.influencer_id]
        if isinstance(mutation, Clone):
            subjects = [mutation.source_id]
        elif isinstance(mutation, Create):
            subjects = []
        found += [
            WaitsFor("unpublished", name=names.get(subject, ""))
            for subject in subjects
            if subject in self._unpublished
        ]
        for other in first:
            name = names.get(other.mutation.influencer_id, "")
            is_clone_of_it = isinstance(mutation, Delete) and isinstance(other.mutation, Clone)
            if is_clone_of_it and other.mutation.influencer_id != mutation.influencer_id:
                found.append(WaitsFor("clones", other.mutation.id, name, count=1))
            elif isinstance(other.mutation, (Create, Clone)):
                found.append(WaitsFor("creation", other.mutation.id, name))
            else:
                found.append(WaitsFor("earlier", other.mutation.id, name))
        if row.state == "waiting" and row.next_try is not None and row.next_try > now:
            kind = "asked" if row.reason_code in ASKED else "time"
            found.append(WaitsFor(kind, at=row.next_try))  # type: ignore[arg-type]
        return tuple(found)

    def _goes_first(self, other: Waiting, row: Waiting) -> bool:
        if other is row:
            return False
        is_making = isinstance(other.mutation, (Create, Clone))
        if not is_making and not self._older(other, row):
            return False
        is_overtaken = (
            isinstance(row.mutation, Delete)
            and not is_making
            and not isinstance(other.mutation, Delete)
            and other.state != "sending"
        )
        return not is_overtaken

    def _source_first(self, other: Waiting, row: Waiting) -> bool:
        if isinstance(other.mutation, Delete):
            return False
        if isinstance(other.mutation, (Create, Clone)):
            return True
        return self._older(other, row) and other.state != "blocked"

    def _older(self, other: Waiting, row: Waiting) -> bool:
        return self._place[other.mutation.id] < self._place[row.mutation.id]

    def _sorted(self, rows: Iterable[Waiting]) -> list[Waiting]:
        unique = {row.mutation.id: row for row in rows}
        return sorted(unique.values(), key=lambda row: self._place[row.mutation.id])


def _own(row: Waiting) -> Iterable[WaitsFor]:
    """What lies with the row itself."""
    if row.held:
        yield WaitsFor("held")
    if row.state == "sending":
        yield WaitsFor("sending")
    elif row.state == "blocked":
        yield WaitsFor("choice" if row.reason_code == CHANGED_ON_SERVER else "refused")


def unpublished(conn: Connection) -> list[str]:
    """New influencers of this computer that were never sent nor asked for."""
    return [
        row[0]
        for row in conn.rows(
            "SELECT d.influencer_id FROM draft d WHERE d.is_new = 1 "
            "AND NOT EXISTS (SELECT 1 FROM persona WHERE id = d.influencer_id)"
        )
    ]
