"""Uploaded images to their influencer: gathered into batches of at most 20 (contract 2.4.8)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from studio.core.ids import new_ulid
from studio.domain.events import UploadsChanged
from studio.domain.mutation import Bind
from studio.domain.rules import BIND_LIMIT
from studio.store import outbox
from studio.store import uploads as upload_rows
from studio.store.errors import DiskTrouble

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.store.connection import Connection
    from studio.store.database import Database

log = logging.getLogger(__name__)

GATHER_SECONDS = 0.3
LONGEST_SECONDS = 3.0
_DISK_SECONDS = 5.0


class Binding:
    """Queues binds. While more images of one influencer are on their way only full batches go, for
    at most three seconds: images keep their order, and a batch is few calls.

    ``is_moving`` tells whether images of an influencer are being uploaded now.
    """

    def __init__(
        self,
        db: Database,
        hub: EventHub,
        scope: TaskScope,
        clock: Clock,
        on_queued: Callable[[], None],
        is_moving: Callable[[str], bool],
    ) -> None:
        self._db = db
        self._hub = hub
        self._scope = scope
        self._clock = clock
        self._on_queued = on_queued
        self._is_moving = is_moving
        self._asked: set[str] = set()

    def soon(self, influencer_id: str) -> None:
        """An image of this influencer was uploaded."""
        self._asked.add(influencer_id)
        self._scope.busy(f"bind-{influencer_id}", self._gather(influencer_id))

    async def _gather(self, influencer_id: str) -> None:
        while influencer_id in self._asked:
            self._asked.discard(influencer_id)
            began = self._clock.monotonic()
            is_last = False
            while not is_last:
                await self._clock.sleep(GATHER_SECONDS)
                passed = self._clock.monotonic() - began
                is_last = passed >= LONGEST_SECONDS or not self._is_moving(influencer_id)
                try:
                    queued = await self._db.write(_queue, influencer_id, self._clock.now(), is_last)
                except DiskTrouble as error:
                    log.warning("images wait to be bound: %s", error.sentence)
                    await self._clock.sleep(_DISK_SECONDS)
                    is_last = False
                    continue
                if queued:
                    self._on_queued()
                    self._hub.publish(UploadsChanged(influencer_id))


def _queue(conn: Connection, influencer_id: str, now: datetime, is_last: bool) -> int:
    """Turn uploaded images into binds, in their order; how many images were queued.

    Without ``is_last`` only full batches are made.
    """
    ready = [
        row
        for row in upload_rows.of_influencer(conn, influencer_id)
        if row.asset_id and row.state in ("waiting", "uploading", "finalizing")
    ]
    if not is_last:
        ready = ready[: len(ready) - len(ready) % BIND_LIMIT]
    for start in range(0, len(ready), BIND_LIMIT):
        batch = ready[start : start + BIND_LIMIT]
        asset_ids = tuple(dict.fromkeys(row.asset_id for row in batch))
        outbox.enqueue(conn, Bind(new_ulid(), batch[0].project_id, influencer_id, asset_ids), now)
        for row in batch:
            upload_rows.set_state(conn, row.id, "binding", "")
    return len(ready)
