"""A roster in memory with real rules, for tests of the gallery: the services it asks for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from studio.core.errors import TryLater
from studio.core.events import EventHub
from studio.core.tasks import TaskScope
from studio.domain.events import InfluencersChanged, JobsChanged, Notice, StatusChanged
from studio.domain.job import Job
from studio.domain.roster import VIEWS, RosterCounts, RosterQuery, RosterRow
from studio.domain.status import SyncStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

PROJECT = "prj_1"


def person(number: int, **values: object) -> RosterRow:
    """A ready influencer: ``Person 007`` with the id ``inf_007``."""
    base = RosterRow(
        id=f"inf_{number:03}",
        name=f"Person {number:03}",
        status="ready",
        gender=None,
        age_range=None,
        thumbnail_url=None,
        tagline="Warm · dry",
    )
    return replace(base, **values)


def _in_chip(row: RosterRow, chip: str) -> bool:
    return {
        "": True,
        "ready": row.status == "ready",
        "rendering": row.status in ("pending", "training"),
        "drafts": bool(row.unsent),
        "failed": row.status == "failed",
    }[chip]


def _in_view(row: RosterRow, view: str) -> bool:
    chips = {"ready": "ready", "in_progress": "rendering", "drafts": "drafts"}
    if view == "attention":
        return row.status == "failed" or row.blocked
    return view != "deleted" and _in_chip(row, chips.get(view, ""))


@dataclass
class Personas:
    """Rows of projects, newest first; what is put in or taken out is told to everyone."""

    hub: EventHub
    rows: dict[str, list[RosterRow]] = field(default_factory=dict)
    refusal: TryLater | None = None
    gate: asyncio.Event | None = None
    pages_read: list[int] = field(default_factory=list)

    async def roster(self, query: RosterQuery, offset: int, limit: int) -> tuple[RosterRow, ...]:
        await self._pass()
        self.pages_read.append(offset)
        return tuple(self._found(query)[offset : offset + limit])

    async def roster_size(self, query: RosterQuery) -> int:
        await self._pass()
        return len(self._found(query))

    async def counts(self, query: RosterQuery) -> RosterCounts:
        await self._pass()
        rows = self.rows.get(query.project_id, [])
        views = {view: sum(_in_view(row, view) for row in rows) for view in VIEWS}
        within = self._found(replace(query, status=""))
        chips = {
            chip: sum(_in_chip(row, chip) for row in within)
            for chip in ("", "ready", "rendering", "drafts", "failed")
        }
        return RosterCounts(views, chips)

    async def position(self, query: RosterQuery, influencer_id: str) -> int | None:
        await self._pass()
        ids = [row.id for row in self._found(query)]
        return ids.index(influencer_id) if influencer_id in ids else None

    def put(self, row: RosterRow, at: int | None = None, project: str = PROJECT) -> None:
        """Add a row, or let one with its id show something else in its place."""
        rows = self.rows.setdefault(project, [])
        for place, known in enumerate(rows):
            if known.id == row.id:
                rows[place] = row
                break
        else:
            rows.insert(len(rows) if at is None else at, row)
        self.hub.publish(InfluencersChanged(project, frozenset({row.id})))

    def remove(self, influencer_id: str, project: str = PROJECT) -> None:
        self.rows[project] = [row for row in self.rows[project] if row.id != influencer_id]
        self.hub.publish(InfluencersChanged(project, frozenset({influencer_id})))

    def _found(self, query: RosterQuery) -> Sequence[RosterRow]:
        rows = self.rows.get(query.project_id, [])
        if query == RosterQuery(query.project_id):
            return rows
        found = [
            row
            for row in rows
            if _in_view(row, query.view)
            and _in_chip(row, query.status)
            and query.text.casefold() in row.name.casefold()
        ]
        if query.sort == "name":
            found.sort(key=lambda row: row.name)
        return found[::-1] if query.sort == "oldest" else found

    async def _pass(self) -> None:
        if self.gate is not None:
            await self.gate.wait()
        if self.refusal is not None:
            raise self.refusal
        await asyncio.sleep(0)


@dataclass
class Jobs:
    """Render jobs by influencer."""

    hub: EventHub
    held: dict[str, Job] = field(default_factory=dict)

    async def jobs(self, project_id: str = "") -> tuple[Job, ...]:
        await asyncio.sleep(0)
        return tuple(job for job in self.held.values() if project_id in ("", job.project_id))

    def move(self, influencer_id: str, progress: float | None) -> None:
        job = Job(f"job_{influencer_id}", "influencer_clone", PROJECT, influencer_id)
        self.held[influencer_id] = replace(job, progress=progress)
        self.hub.publish(JobsChanged(frozenset({job.id})))

    def end(self, influencer_id: str) -> None:
        del self.held[influencer_id]
        self.hub.publish(JobsChanged())


@dataclass
class Sync:
    """Contact with the server, as it is told."""

    hub: EventHub
    status: SyncStatus = field(default_factory=lambda: SyncStatus("online", server="api"))
    asked: int = 0

    def sync_now(self) -> None:
        self.asked += 1

    def become(self, **values: object) -> None:
        self.status = replace(self.status, **values)
        self.hub.publish(StatusChanged())


@dataclass
class Pictures:
    """Files by address: some are here, some have to be fetched, some cannot be had."""

    stored_files: dict[str, Path] = field(default_factory=dict)
    remote_files: dict[str, Path] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    def stored(self, url: str) -> Path | None:
        return self.stored_files.get(url)

    async def fetch(self, url: str) -> Path:
        await asyncio.sleep(0)
        self.fetched.append(url)
        if url not in self.remote_files:
            raise TryLater("The picture could not be had.", no_contact=True)
        return self.remote_files[url]


class World:
    """Everything the gallery asks for, over ``count`` people in one project."""

    def __init__(self, count: int = 0) -> None:
        self.errors: list[BaseException] = []
        self.hub = EventHub()
        self.scope = TaskScope("test", self.errors.append)
        self.personas = Personas(self.hub, {PROJECT: [person(n) for n in range(count)]})
        self.jobs = Jobs(self.hub)
        self.sync = Sync(self.hub)
        self.pictures = Pictures()
        self.notices: list[Notice] = []
        self.hub.subscribe(Notice, self.notices.append)

    async def until(self, condition: Callable[[], object], seconds: float = 5.0) -> None:
        """Let the program work until ``condition`` holds; fails after ``seconds``."""
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.002)

    async def settle(self) -> None:
        """Until no task runs any more."""
        await self.until(lambda: not self.scope.running)

    async def close(self) -> None:
        await self.scope.close()
        assert not self.errors, self.errors
