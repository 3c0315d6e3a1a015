"""A small working workspace in memory: services with real rules, a clock that is set by hand."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from studio.core.errors import FixInput, SignIn, TryLater
from studio.core.events import EventHub
from studio.domain.account import Account
from studio.domain.events import InfluencersChanged, JobsChanged, ProjectsChanged, StatusChanged
from studio.domain.influencer import Influencer, Personality
from studio.domain.job import Job
from studio.domain.project import Project
from studio.domain.projection import Shown
from studio.domain.roster import VIEWS, ProjectRow, RosterCounts, RosterRow
from studio.domain.rules import check_all
from studio.domain.status import SyncStatus
from studio.domain.variants import variant_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.core.tasks import TaskScope
    from studio.domain.diff import Change

NOON = datetime(2026, 4, 18, 12, 4, tzinfo=UTC)


class HandClock:
    """Time stands still until :meth:`pass_time`; sleepers wake when their moment has come."""

    def __init__(self) -> None:
        self._now = NOON
        self._sleepers: list[tuple[datetime, asyncio.Event]] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - NOON).total_seconds()

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        entry = (self._now + timedelta(seconds=seconds), woken)
        self._sleepers.append(entry)
        try:
            await woken.wait()
        finally:
            self._sleepers.remove(entry)

    @property
    def sleeping(self) -> int:
        return len(self._sleepers)

    def pass_time(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        for due, woken in self._sleepers:
            if due <= self._now:
                woken.set()


def nova() -> Influencer:
    return Influencer(
        "inf_nova",
        "p1",
        "Nova",
        status="ready",
        gender="nonbinary",
        age_range="25-34",
        style="minimal",
        personality=Personality(
            traits=("earnest", "thorough"),
            tone="conversational",
            humor="deadpan",
            formality="casual",
            speaking_style="direct",
            catchphrases=("Ship it.",),
        ),
    )


@dataclass
class Personas:
    """Influencers by id; edits, clones and deletions change what is read next."""

    hub: EventHub
    project_list: list[Project] = field(
        default_factory=lambda: [
            Project("p1", "Acme Coffee iOS"),
            Project("p2", "Beta Fitness"),
            Project("p3", "Calendly Clone"),
        ]
    )
    people: dict[str, Influencer] = field(default_factory=dict)
    unsent: dict[str, tuple[Change, ...]] = field(default_factory=dict)
    cloned_from: dict[str, str] = field(default_factory=dict)
    used_project: str = ""
    clones: list[tuple[str, str, dict[str, object]]] = field(default_factory=list)
    created: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    deleted: list[tuple[str, str]] = field(default_factory=list)
    refusal: Exception | None = None
    gate: asyncio.Event | None = None

    async def projects(self) -> tuple[ProjectRow, ...]:
        count = Counter(person.project_id for person in self.people.values())
        drafts = Counter(self.people[found].project_id for found in self.unsent)
        return tuple(
            ProjectRow(project, count[project.id], drafts[project.id])
            for project in self.project_list
        )

    async def use_project(self, project_id: str) -> None:
        self.used_project = project_id

    async def counts(self, query) -> RosterCounts:
        rows = [found for found in self.people.values() if found.project_id == query.project_id]
        views = dict.fromkeys(VIEWS, 0)
        views["all"] = len(rows)
        views["ready"] = sum(found.status == "ready" for found in rows)
        views["in_progress"] = sum(found.is_working for found in rows)
        views["drafts"] = sum(found.id in self.unsent for found in rows)
        views["attention"] = sum(found.status == "failed" for found in rows)
        return RosterCounts(views, {})

    async def roster(self, query, offset: int, limit: int):
        rows = [found for found in self.people.values() if found.project_id == query.project_id]
        if query.view == "drafts":
            rows = [found for found in rows if found.id in self.unsent]
        return tuple(
            RosterRow(row.id, row.name, row.status, row.gender, row.age_range, None, "")
            for row in rows[offset : offset + limit]
        )

    async def show(self, influencer_id: str) -> Shown | None:
        found = self.people.get(influencer_id)
        if found is None:
            return None
        return Shown(found, found, self.unsent.get(influencer_id, ()))

    async def clone_name(self, source_id: str) -> str:
        return variant_name(
            self.people[source_id].name, [found.name for found in self.people.values()]
        )

    async def clone(self, source_id: str, name: str, overrides) -> str:
        await self._pass_gate()
        self._check({"name": name, **overrides})
        made = f"inf_clone{len(self.clones) + 1}"
        self.clones.append((source_id, name, dict(overrides)))
        copy = replace(self.people[source_id], id=made, name=name, status="pending")
        for path, value in overrides.items():
            copy = copy.with_value(path, value)
        self.cloned_from[made] = source_id
        self.put(copy)
        return made

    async def create(self, project_id: str, values) -> str:
        await self._pass_gate()
        self._check(values)
        made = f"inf_new{len(self.created) + 1}"
        self.created.append((project_id, dict(values)))
        person = Influencer(made, project_id, "", status="pending")
        for path, value in values.items():
            person = person.with_value(path, value)
        self.put(person)
        return made

    async def delete(self, influencer_id: str, reason: str) -> None:
        await self._pass_gate()
        if self.refusal:
            raise self.refusal
        self.deleted.append((influencer_id, reason))
        gone = self.people.pop(influencer_id)
        self.hub.publish(InfluencersChanged(gone.project_id, frozenset({influencer_id})))

    async def variants(self, influencer_id: str) -> tuple[Influencer, ...]:
        return tuple(
            self.people[made]
            for made, source in self.cloned_from.items()
            if source == influencer_id and made in self.people
        )

    async def suggestions(self, project_id: str, path: str) -> tuple[str, ...]:
        return {
            "personality.tone": ("conversational", "playful", "warm"),
            "personality.humor": ("deadpan", "dry-witty", "observational"),
            "personality.traits": ("earnest", "bold"),
        }.get(path, ())

    def put(self, person: Influencer) -> None:
        self.people[person.id] = person
        self.hub.publish(InfluencersChanged(person.project_id, frozenset({person.id})))

    def add_project(self, project: Project) -> None:
        self.project_list.append(project)
        self.hub.publish(ProjectsChanged())

    async def _pass_gate(self) -> None:
        if self.gate is not None:
            await self.gate.wait()

    def _check(self, values) -> None:
        if self.refusal:
            raise self.refusal
        for path, problem in check_all(values).items():
            raise FixInput(problem.sentence, field=path)


@dataclass
class Jobs:
    """Render jobs; a stage in ``cannot_stop`` refuses to be canceled."""

    hub: EventHub
    held: dict[str, Job] = field(default_factory=dict)
    cannot_stop: frozenset[str] = frozenset()
    failing: Exception | None = None

    async def jobs(self, project_id: str = "") -> tuple[Job, ...]:
        found = [job for job in self.held.values() if project_id in ("", job.project_id)]
        return tuple(sorted(found, key=lambda job: not job.is_running))

    async def cancel(self, job_id: str) -> None:
        if self.failing:
            raise self.failing
        job = self.held[job_id]
        answer = "refused" if job.stage in self.cannot_stop else "asked"
        self.put(replace(job, cancel=answer))

    async def dismiss(self, job_id: str) -> None:
        del self.held[job_id]
        self.hub.publish(JobsChanged(frozenset({job_id})))

    def put(self, job: Job) -> None:
        self.held[job.id] = job
        self.hub.publish(JobsChanged(frozenset({job.id})))


@dataclass
class Sync:
    """Contact with the server, as it is told."""

    hub: EventHub
    status: SyncStatus = field(
        default_factory=lambda: SyncStatus(
            contact="online",
            server="api.layers.com",
            organization="Acme Growth",
            last_contact=NOON,
            credits=1842,
        )
    )
    asked: int = 0

    def sync_now(self) -> None:
        self.asked += 1

    def become(self, **values) -> None:
        self.status = replace(self.status, **values)
        self.hub.publish(StatusChanged())


@dataclass
class Connection:
    """One server that knows one key."""

    server_url: str = ""
    keeps_keys: bool = True
    used: list[tuple[str, str]] = field(default_factory=list)
    good_key: str = "lp_live_0123456789abcdef_secret"
    account: Account = field(
        default_factory=lambda: Account("org", "Acme Growth", credit_balance=6000)
    )
    unreachable: bool = False
    gate: asyncio.Event | None = None

    async def check(self, url: str, key) -> Account:
        if self.gate is not None:
            await self.gate.wait()
        if self.unreachable:
            raise TryLater("The server could not be reached.", no_contact=True)
        if key.reveal() not in (self.good_key, self.good_key.replace("live", "test")):
            raise SignIn("The server does not know this key.", code="UNAUTHORIZED")
        return self.account

    async def use(self, url: str, key) -> None:
        self.used.append((url, key.reveal()))
        self.server_url = url

    async def use_local(self) -> None:
        self.used.append(("", ""))
        self.server_url = ""


class World:
    """Everything a view model of the shell asks for."""

    def __init__(self, scope: TaskScope, pump: Callable[[], None] | None = None) -> None:
        self.scope = scope
        self.hub = EventHub()
        self.clock = HandClock()
        self.personas = Personas(self.hub)
        self.jobs = Jobs(self.hub)
        self.sync = Sync(self.hub)
        self.connection = Connection()
        self._pump = pump
        self.personas.people["inf_nova"] = nova()

    async def until(self, condition: Callable[[], object], seconds: float = 5.0) -> None:
        """Let the program work until ``condition`` holds; fails after ``seconds``."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not condition():
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError("the condition did not come true in time")
            if self._pump is not None:
                self._pump()
            await asyncio.sleep(0.002)

    async def settle(self) -> None:
        """Let everything that can run now run to its next wait."""
        for _ in range(20):
            if self._pump is not None:
                self._pump()
            await asyncio.sleep(0)


def job(number: int = 1, **values) -> Job:
    base = Job(
        id=f"job_{number}",
        kind="influencer_clone",
        project_id="p1",
        influencer_id="inf_nova",
        stage="rendering_references",
        progress=0.62,
        is_clone=True,
        started_at=NOON - timedelta(seconds=18),
    )
    return replace(base, **values)
