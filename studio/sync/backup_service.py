"""Backups as the window asks for them, and those that are made by themselves.

A copy is made in small steps between other work of the store and checked beside it, so that the
copy's check is a check of the open file as well.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from studio.core.errors import ChangeStateFirst, StudioError
from studio.domain.events import Notice
from studio.store import backups, restoring, transfer
from studio.store.errors import DiskTrouble, from_system, is_damage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.domain.backup import Backup, BackupReason, Comparison
    from studio.store.backups import Copy
    from studio.store.connection import Connection
    from studio.store.database import Database

log = logging.getLogger(__name__)

OLD_AFTER = timedelta(hours=4)
CHANGES = 200
"""Rows of history after which a copy is made before its time."""

FIRST_LOOK = 30.0
LOOK_EVERY = 600.0
_STEPS_PER_FLUSH = 64
_PAUSE = 0.002


class Backups:
    """The backup service of the view models.

    ``on_restore`` closes the window, calls :func:`bring_back` and opens the window again.
    """

    def __init__(
        self,
        db: Database,
        hub: EventHub,
        scope: TaskScope,
        clock: Clock,
        on_restore: Callable[[Path, bool], Awaitable[None]],
    ) -> None:
        self._db = db
        self._hub = hub
        self._scope = scope
        self._clock = clock
        self._on_restore = on_restore
        self._one = asyncio.Lock()
        self._seen_changes = 0

    def start(self) -> None:
        """Make copies by itself from now on, the first a while after the start."""
        self._scope.spawn(self._keep_copies(), name="backups")

    async def backups(self) -> tuple[Backup, ...]:
        """Every copy of this workspace, checked, the newest first."""
        return await asyncio.to_thread(self._describe)

    async def compare(self, name: str) -> Comparison:
        """What bringing this copy back would change."""
        return await asyncio.to_thread(restoring.compare, self._file(name), self._db.path)

    async def back_up(self, reason: BackupReason = "asked") -> None:
        """A copy of now; it is on the disk and checked when this returns."""
        async with self._one:
            await self._copy(reason)

    async def restore(self, name: str, *, keep_current: bool) -> None:
        """Bring a copy back. The window closes and opens again on the result."""
        await self._on_restore(self._file(name), keep_current)

    async def look(self) -> bool:
        """Make a copy when the newest is old or much has changed; whether one was made."""
        found = await asyncio.to_thread(backups.backups, self._db.path)
        changes = await self._db.read(_changes)
        now = self._clock.now()
        is_old = not found or now - backups.made_at(found[0]) > OLD_AFTER
        wanted = changes - self._seen_changes >= CHANGES or (is_old and changes > 0)
        if not wanted or not await asyncio.to_thread(backups.has_room, self._db.path):
            return False
        await self.back_up("rolling")
        self._seen_changes = changes
        return True

    # ---- inside

    async def _keep_copies(self) -> None:
        self._seen_changes = await self._db.read(_changes)
        await self._clock.sleep(FIRST_LOOK)
        while True:
            try:
                await self.look()
            except StudioError as error:
                log.warning("no backup was made: %s", error.sentence)
                if is_damage(error):
                    self._hub.publish(Notice(error.sentence, error.next_step, is_problem=True))
                    return
            await self._clock.sleep(LOOK_EVERY)

    async def _copy(self, reason: str) -> None:
        def begin(connection: object) -> Copy:
            target = backups.new_name(self._db.path, reason, self._clock.now())
            return backups.Copy(connection, target)  # type: ignore[arg-type]

        copy = await asyncio.wrap_future(self._db.submit_outside(begin))
        try:
            await run(self._db, copy)
            await asyncio.to_thread(copy.settle)
            await asyncio.to_thread(backups.prune, self._db.path)
        except OSError as error:
            raise from_system(error) from error
        except DiskTrouble as error:
            if is_damage(error):
                self._db.distrust()
            raise

    def _file(self, name: str) -> Path:
        for file in backups.backups(self._db.path):
            if file.name == name:
                return file
        raise ChangeStateFirst(
            "This backup is not there any more.", next_step="Choose another one."
        )

    def _describe(self) -> tuple[Backup, ...]:
        try:
            return tuple(backups.describe(file) for file in backups.backups(self._db.path))
        except OSError as error:
            raise from_system(error) from error


async def run(db: Database, copy: Copy) -> None:
    """Every step of a copy, between other work of the store; cut off, it leaves nothing."""
    steps = 0
    try:
        while not await asyncio.wrap_future(db.submit_outside(lambda _: copy.step())):
            steps += 1
            if steps % _STEPS_PER_FLUSH == 0:
                await asyncio.to_thread(copy.flush)
            await asyncio.sleep(_PAUSE)
    finally:
        if not copy.is_over and not db.is_closed:
            db.submit_outside(lambda _: copy.abandon())


def bring_back(backup: Path, path: Path, clock: Clock, *, keep_current: bool) -> None:
    """Put a copy, or what was unpacked from an export, in the place of a closed workspace; may wait
    for the disk. Raises DiskTrouble. What was unpacked is gone afterwards."""
    reason: BackupReason = "import" if transfer.is_import(backup) else "restore"
    try:
        restoring.restore(backup, path, clock.now(), keep_current=keep_current, reason=reason)
    finally:
        transfer.drop(backup)


def _changes(conn: Connection) -> int:
    return int(conn.value("SELECT coalesce(max(seq), 0) FROM history"))
