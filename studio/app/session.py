"""Everything of one workspace, built once and wired: store, client, engine, services."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from studio.api.client import PartnerClient
from studio.core.errors import StudioError
from studio.core.secrets import ApiKey
from studio.jobs.renders import Renders
from studio.jobs.uploads import Uploads
from studio.store import meta
from studio.sync.backup_service import Backups
from studio.sync.conflict_service import Conflicts
from studio.sync.connectivity import Connectivity
from studio.sync.dialects import DialectKeeper
from studio.sync.engine import SyncEngine
from studio.sync.history_service import History
from studio.sync.outbox_service import Outbox
from studio.sync.pictures import Pictures
from studio.sync.portraits import Portraits
from studio.sync.pull import Pull
from studio.sync.push import Push
from studio.sync.service import Personas
from studio.sync.time_travel import TimeTravel
from studio.sync.transfer_service import Transfers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.core.paths import AppPaths
    from studio.core.tasks import TaskScope
    from studio.domain.job import Job
    from studio.store.database import Database

log = logging.getLogger(__name__)

_NOWHERE = "http://127.0.0.1"
_HOUSE_AFTER = 120.0
_DAY = 86_400.0


class Session:
    """The services of the window over one workspace file.

    Usable at once from what is stored; ``connect`` begins the work with the server.
    """

    def __init__(
        self,
        db: Database,
        hub: EventHub,
        scope: TaskScope,
        clock: Clock,
        paths: AppPaths,
        server_words: str,
        on_restore: Callable[[Path, bool], Awaitable[None]],
        *,
        deadline: float = 30.0,
    ) -> None:
        """``on_restore`` ends this session, brings a file back and begins another on it;
        ``deadline``: most seconds one call of the server may take."""
        self.db = db
        self.scope = scope
        self._clock = clock
        self.client = PartnerClient(_NOWHERE, ApiKey(""), clock=clock, deadline=deadline)
        self.contact = Connectivity(hub, clock, server_words)
        self.engine = SyncEngine(
            db,
            hub,
            scope.child("engine"),
            clock,
            self.contact,
            Push(db, self.client, hub, clock),
            Pull(db, self.client, hub, clock),
        )
        self.dialects = DialectKeeper(
            db,
            self.client,
            hub,
            scope.child("dialects"),
            self.contact,
            self.engine.sync_now,
        )
        self.personas = Personas(db, hub, clock, self.engine)
        self.past = TimeTravel(self.personas, db, hub)
        self.history = History(db, hub, clock)
        self.conflicts = Conflicts(db, hub, clock, self.engine)
        self.renders = Renders(
            db, self.client, hub, scope.child("renders"), clock, self._on_job_ended
        )
        self.uploads = Uploads(
            db,
            self.client,
            hub,
            scope.child("uploads"),
            clock,
            paths.intake_dir,
            on_queued=self.engine.wake,
            is_online=self._is_online,
        )
        self.outbox = Outbox(
            db, hub, scope.child("outbox"), clock, self.engine, self.client, self.uploads
        )
        self.backups = Backups(db, hub, scope.child("backups"), clock, on_restore)
        self.transfers = Transfers(db, clock, self.uploads.folder, on_restore)
        self.pictures = Pictures(paths.picture_dir, self.client, self.engine.picture_gone)
        self.portraits = Portraits(
            db, self.pictures, hub, scope.child("portraits"), clock, self._is_online
        )
        self._started = False

    async def remember(self) -> None:
        """Show what was known at the last contact until the server answers."""
        await self.engine.remember()
        await self.dialects.remember()
        account = await self.db.read(meta.account)
        self.contact.update(last_contact=await self.db.read(meta.last_contact))
        if account is not None:
            self.contact.update(
                organization=account.organization_name, credits=account.credit_balance
            )

    async def connect(self, url: str, key: ApiKey) -> None:
        """Work with the server at ``url``; again when it moved or the key changed."""
        await self.dialects.connect(url, key)
        await self.client.move_to(url, key)
        if self._started:
            self.engine.sync_now()
            return
        self._started = True
        self.engine.start()
        self.renders.start()
        self.uploads.start()
        self.outbox.start()
        self.backups.start()
        self.scope.spawn(self.transfers.sweep(), name="transfers")
        self.scope.spawn(self._keep_history_short(), name="history")

    async def stop(self) -> None:
        """Let the call in flight end, cancel the rest, close the store."""
        self.renders.stop()
        self.uploads.stop()
        self.outbox.stop()
        self.portraits.stop()
        await self.engine.stop()
        await self.scope.close()
        await self.client.aclose()
        self.db.close()

    async def _keep_history_short(self) -> None:
        """Once a day, when the start is long over."""
        await self._clock.sleep(_HOUSE_AFTER)
        while True:
            try:
                await self.history.maintain()
            except StudioError as error:
                log.warning("the history was not shortened: %s", error.sentence)
            await self._clock.sleep(_DAY)

    def _is_online(self) -> bool:
        return self.contact.status.contact == "online"

    def _on_job_ended(self, job: Job) -> None:
        if job.influencer_id:
            self.engine.want(job.influencer_id)
