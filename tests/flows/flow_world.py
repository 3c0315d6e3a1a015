"""The program without its window: a real session over real files, and ways to look at it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from studio.app.session import Session
from studio.core.events import EventHub
from studio.core.paths import AppPaths
from studio.core.secrets import ApiKey
from studio.core.tasks import TaskScope
from studio.domain.events import Notice
from studio.domain.job import Job
from studio.store import outbox, persona_rows
from studio.store.database import Database
from studio.sync.backup_service import bring_back

if TYPE_CHECKING:
    from pathlib import Path

    from studio.api.client import PartnerClient
    from studio.domain.influencer import Influencer
    from studio.domain.projection import Shown
    from studio.domain.upload import Upload

T = TypeVar("T")


class FastClock:
    """A clock that runs a number of times as fast as the one on the wall."""

    def __init__(self, factor: float) -> None:
        self.factor = factor
        self._began = time.monotonic()
        self._moment = datetime.now(UTC)

    def now(self) -> datetime:
        return self._moment + timedelta(seconds=self._passed())

    def monotonic(self) -> float:
        return 1_000.0 + self._passed()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.factor)

    def forward(self, seconds: float) -> None:
        """The clock on the wall jumps ahead."""
        self._moment += timedelta(seconds=seconds)

    def at(self, monotonic: float) -> float:
        """Seconds of this clock since it began, of a reading of the wall's ``monotonic``."""
        return (monotonic - self._began) * self.factor

    def _passed(self) -> float:
        return (time.monotonic() - self._began) * self.factor


async def until(
    condition: Callable[[], Awaitable[T] | T], patience: float = 8.0, every: float = 0.01
) -> T:
    """Wait for a condition, never for a time; what it gave once it was true."""
    deadline = time.monotonic() + patience
    while True:
        found = condition()
        if isinstance(found, Awaitable):
            found = await found
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"still not true after {patience} s: {condition}")
        await asyncio.sleep(every)


@dataclass
class World:
    """One person's program. ``url`` and ``key`` are what it connects with."""

    root: Path
    url: str
    key: str
    clock: FastClock = field(default_factory=lambda: FastClock(10.0))
    deadline: float = 30.0
    notices: list[Notice] = field(default_factory=list)
    crashes: list[BaseException] = field(default_factory=list)
    session: Session = field(init=False)
    hub: EventHub = field(init=False)
    scope: TaskScope = field(init=False)
    is_open: bool = False

    async def open(self, *, connect: bool = True) -> World:
        """Start the program on the files of this world."""
        self.hub = EventHub()
        self.hub.subscribe(Notice, self.notices.append)
        self.scope = TaskScope("program", self.crashes.append)
        paths = AppPaths.under(self.root)
        db = Database.open(paths.workspace_file("work"), clock=self.clock)
        self.session = Session(
            db,
            self.hub,
            self.scope,
            self.clock,
            paths,
            "test server",
            self._bring_back,
            deadline=self.deadline,
        )
        self.is_open = True
        await self.session.remember()
        if connect:
            await self.connect()
        return self

    async def _bring_back(self, file: Path, keep_current: bool) -> None:
        """As the program does with its window: end, put the file in place, begin again."""
        path = self.session.db.path
        await self.close()
        bring_back(file, path, self.clock, keep_current=keep_current)
        await self.open()

    async def connect(self, *, url: str = "", key: str = "") -> None:
        """Connect, or connect elsewhere."""
        self.url, self.key = url or self.url, key or self.key
        await self.session.connect(self.url, ApiKey(self.key))

    async def close(self) -> None:
        """End the program in order; nothing may be left running."""
        if self.is_open:
            self.is_open = False
            await self.session.stop()
            assert self.scope.running == ()

    async def reopen(self) -> None:
        """End and start the program again."""
        await self.close()
        await self.open()

    async def crash(self) -> None:
        """End the program without any order, as a power cut would, and start nothing."""
        self.is_open = False
        self.session.uploads.stop()
        await self.scope.close()
        await self.session.client.aclose()
        self.session.db.close()

    # ---- looking

    @property
    def status(self) -> Any:
        return self.session.engine.status

    async def online(self) -> None:
        await until(lambda: self.status.contact == "online")

    async def shown(self, influencer_id: str) -> Shown:
        found = await self.session.personas.show(influencer_id)
        assert found is not None
        return found

    async def confirmed(self, influencer_id: str) -> Influencer | None:
        return await self.session.db.read(persona_rows.get, influencer_id)

    async def jobs_of(self, influencer_id: str) -> list[Job]:
        return [
            job for job in await self.session.renders.jobs() if job.influencer_id == influencer_id
        ]

    async def uploads_of(self, influencer_id: str) -> tuple[Upload, ...]:
        return await self.session.uploads.uploads(influencer_id)

    async def outbox(self) -> tuple[Any, ...]:
        return await self.session.db.read(outbox.waiting)

    async def read_in_full(self, influencer_id: str) -> Shown:
        """Wait until the record is here with its details."""

        async def is_here() -> Shown | None:
            shown = await self.session.personas.show(influencer_id)
            return shown if shown is not None and shown.influencer.detailed else None

        found = await until(is_here)
        assert found is not None
        return found

    async def sent(self) -> None:
        """Wait until nothing waits in the outbox."""

        async def is_empty() -> bool:
            return not await self.outbox()

        await until(is_empty)

    async def ready(self, influencer_id: str, patience: float = 8.0) -> Shown:
        """Wait until the card is ready."""

        async def is_ready() -> Shown | None:
            shown = await self.session.personas.show(influencer_id)
            good = shown is not None and shown.influencer.status == "ready"
            return shown if good and shown.influencer.reference_images else None

        found = await until(is_ready, patience)
        assert found is not None
        return found

    async def blocked(self, influencer_id: str) -> Any:
        """Wait until a change of this influencer waits for a person; its row of the outbox."""

        async def is_blocked() -> Any:
            return next(
                (
                    row
                    for row in await self.outbox()
                    if row.state == "blocked" and row.mutation.influencer_id == influencer_id
                ),
                None,
            )

        return await until(is_blocked)


@dataclass
class Elsewhere:
    """Somebody else at the same server: makes things, changes things, looks at the truth."""

    client: PartnerClient

    async def project(self, name: str) -> str:
        return (await self.client.create_project(name, "UTC")).id

    async def influencer(
        self, project_id: str, values: Mapping[str, Any], *, wait: bool = False
    ) -> str:
        made = await self.client.create_influencer(project_id, "", values)
        influencer_id = made.influencer_id if isinstance(made, Job) else made.id
        if wait:
            await until(lambda: self.is_ready(influencer_id))
        return influencer_id

    async def is_ready(self, influencer_id: str) -> bool:
        return (await self.truth(influencer_id)).status == "ready"

    async def truth(self, influencer_id: str) -> Influencer:
        return await self.client.get_influencer(influencer_id)

    async def roster(self, project_id: str) -> tuple[Influencer, ...]:
        return (await self.client.list_influencers(project_id)).items
