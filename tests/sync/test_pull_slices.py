"""A long list is stored in slices, so that what is typed meanwhile never waits for all of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from studio.api.paging import Page
from studio.core.events import EventHub
from studio.domain.events import InfluencersChanged
from studio.domain.influencer import Influencer
from studio.domain.roster import RosterQuery
from studio.store import roster
from studio.store.database import Database
from studio.sync.pull import Pull

if TYPE_CHECKING:
    from pathlib import Path

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


class TickingClock:
    """Every look at it is a moment later, so every transaction has its own."""

    def __init__(self) -> None:
        self.moment = FIRST + timedelta(days=1)

    def now(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Lister:
    """A server that answers the list alone, a hundred at a time."""

    def __init__(self, count: int) -> None:
        self.items = [
            Influencer(
                f"inf_{number:05}",
                "p1",
                f"Persona {number}",
                "ready",
                detailed=False,
                created_at=FIRST + timedelta(seconds=number),
            )
            for number in range(count)
        ]

    async def list_influencers(self, project_id: str, cursor: str = "") -> Page[Influencer]:
        start = int(cursor or 0)
        end = start + 100
        return Page(self.items[start:end], str(end) if end < len(self.items) else "")


async def test_a_long_list_is_many_transactions_and_one_event(tmp_path: Path):
    clock = TickingClock()
    hub, told = EventHub(), []
    hub.subscribe(InfluencersChanged, told.append)
    db = Database.open(tmp_path / "acme.sqlite3", clock=clock)
    server = Lister(1_230)
    pull = Pull(db, server, hub, clock)

    async def between() -> None: ...

    await pull.roster("p1", between)
    rows = await db.read(
        lambda conn: conn.rows("SELECT count(*) FROM persona GROUP BY confirmed_at ORDER BY 1")
    )
    assert [row[0] for row in rows] == [230, 500, 500]
    assert await db.read(roster.size, RosterQuery("p1")) == 1_230
    assert len(told) == 1
    assert len(told[0].ids) == 1_230
    server.items = server.items[:1_200]
    told.clear()
    await pull.roster("p1", between)
    assert await db.read(roster.size, RosterQuery("p1")) == 1_200
    assert await db.read(roster.size, RosterQuery("p1", view="deleted")) == 30
    assert [len(each.ids) for each in told] == [30]
    db.close()
