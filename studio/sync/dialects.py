"""Keeps what is known of the server's contract: on disk, in the status, for the client (4.2)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from studio.api.dialects import server_of
from studio.domain.dialect import UNKNOWN
from studio.domain.events import InfluencersChanged, ProjectsChanged
from studio.store import dialects
from studio.store.dialects import Known
from studio.store.errors import DiskTrouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.api.client import PartnerClient
    from studio.core.events import EventHub
    from studio.core.secrets import ApiKey
    from studio.core.tasks import TaskScope
    from studio.store.database import Database
    from studio.sync.connectivity import Connectivity

log = logging.getLogger(__name__)


class DialectKeeper:
    """One per workspace. ``ask_anew`` has the account read again, when an answer raised doubts."""

    def __init__(
        self,
        db: Database,
        client: PartnerClient,
        hub: EventHub,
        scope: TaskScope,
        contact: Connectivity,
        ask_anew: Callable[[], None],
    ) -> None:
        self._db = db
        self._dialects = client.dialects
        self._hub = hub
        self._scope = scope
        self._contact = contact
        self._server = ""
        self._dialects.on_moved = self._on_moved
        self._dialects.on_doubt = ask_anew

    async def remember(self) -> None:
        """Tell what was known at the last contact."""
        found = await self._db.read(dialects.get)
        self._contact.update(generation=found.generation)

    async def connect(self, url: str, key: ApiKey) -> None:
        """Go on from what is known of this server and key, or from nothing with another."""
        self._server = server_of(url, key)
        found = await self._db.write(dialects.forget_old_refusals)
        if found.server != self._server:
            found = Known(self._server, UNKNOWN)
        self._dialects.start_with(found.dialect, found.rank)
        await self._keep()

    def _on_moved(self) -> None:
        self._scope.latest("dialect", self._keep_later())

    async def _keep_later(self) -> None:
        try:
            await self._keep()
        except DiskTrouble as error:
            log.warning("what the server takes was not stored: %s", error.sentence)

    async def _keep(self) -> None:
        found = Known(self._server, self._dialects.current, self._dialects.rank)
        self._contact.update(generation=found.dialect.generation)
        moved = await self._db.write(dialects.put, found)
        for project_id in moved:
            self._hub.publish(InfluencersChanged(project_id))
        if moved:
            self._hub.publish(ProjectsChanged())
