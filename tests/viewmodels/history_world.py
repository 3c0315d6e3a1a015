"""The program from the store to the editor over a real workspace file, to be ended and started."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from studio.api.client import PartnerClient
from studio.core.events import EventHub
from studio.core.secrets import ApiKey
from studio.core.tasks import TaskScope
from studio.domain.events import Notice
from studio.domain.influencer import Influencer, Personality
from studio.domain.status import SyncStatus
from studio.jobs.uploads import Uploads
from studio.store import drafts, personas, projections
from studio.store.database import Database
from studio.sync.history_service import History
from studio.sync.service import Personas
from studio.sync.time_travel import TimeTravel
from studio.viewmodels.editor import EditorViewModel
from studio.viewmodels.look import LookViewModel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TONE, HUMOR = "personality.tone", "personality.humor"
PHRASES = "personality.catchphrases"
PROJECT = "p1"


class HandClock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 17, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    def forward(self, **how: float) -> None:
        self.moment += timedelta(**how)


class Engine:
    """The engine as services and editor call it; nothing is sent here."""

    status = SyncStatus(contact="offline")

    def wake(self) -> None: ...

    def want(self, influencer_id: str) -> None: ...

    def use_project(self, project_id: str) -> None: ...

    def sync_now(self) -> None: ...


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.002)


class Desk:
    """The program from the store to the editor, and a way to end and start it again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = HandClock()
        self.errors: list[BaseException] = []
        self._start()

    def _start(self) -> None:
        self.db = Database.open(self.path, clock=self.clock)
        self.hub = EventHub()
        self.scope = TaskScope("test", self.errors.append)
        engine: Any = Engine()
        self.personas = Personas(self.db, self.hub, self.clock, engine)
        self.history = History(self.db, self.hub, self.clock)
        self.travel = TimeTravel(self.personas, self.db, self.hub)
        self.notices: list[Notice] = []
        self.hub.subscribe(Notice, self.notices.append)
        self.uploads = Uploads(
            self.db,
            PartnerClient("http://127.0.0.1", ApiKey(""), clock=self.clock),
            self.hub,
            self.scope.child("uploads"),
            self.clock,
            self.path.with_name("intake"),
            on_queued=engine.wake,
            is_online=lambda: False,
        )
        self.editor = EditorViewModel(
            self.travel,
            engine,
            self.hub,
            self.scope,
            clock=self.clock,
            steps=self.history,
            uploads=self.uploads,
        )
        self.look = LookViewModel(
            self.editor, self.uploads, engine, self.hub, self.scope, clock=self.clock
        )
        self.look.images_added.connect(self.editor.on_images_added)
        self.look.image_removed.connect(self.editor.on_image_removed)

    async def end(self) -> None:
        self.uploads.stop()
        await self.look.close()
        await self.editor.close()
        await self.scope.close()
        self.db.close()

    async def quiet(self) -> None:
        """Nothing is under way any more. A test ends so: what goes on after it has no loop."""
        await until(lambda: not self.scope.running)

    async def restart(self, open_id: str = "inf_1") -> EditorViewModel:
        await self.end()
        self._start()
        return await self.open(open_id)

    async def know(self, influencer_id: str, name: str, **voice: Any) -> None:
        person = Influencer(
            influencer_id,
            PROJECT,
            name,
            "ready",
            personality=Personality(**voice),
            created_at=self.clock.now(),
        )
        await self.db.write(personas.put_full, person)

    async def open(self, influencer_id: str = "inf_1") -> EditorViewModel:
        self.editor.open(influencer_id)
        await until(lambda: self.editor.influencer_id == influencer_id)
        await until(lambda: not any("read steps" in name for name in self.scope.running))
        return self.editor

    def type(self, path: str, text: str) -> None:
        for end in range(1, len(text) + 1):
            self.editor.set_value(path, text[:end])
        self.editor.end_step()

    async def draft(self, influencer_id: str = "inf_1") -> dict[str, Any]:
        await self.editor.flush()
        found = await self.db.read(drafts.get, influencer_id)
        return {path: one.value for path, one in found.fields.items()} if found else {}

    async def shown(self, influencer_id: str) -> Influencer:
        found = await self.db.read(projections.show, influencer_id)
        assert found is not None
        return found.influencer
