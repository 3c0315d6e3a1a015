"""The whole workspace out to one file, and in again after a look at what it would change."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

from studio.core.errors import ChangeStateFirst
from studio.core.ids import new_ulid
from studio.core.values import dataclass
from studio.store import backups, restoring, transfer
from studio.store.errors import from_system
from studio.sync.backup_service import run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from studio.core.clock import Clock
    from studio.domain.backup import Comparison
    from studio.store.database import Database
    from studio.store.transfer import Incoming


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What taking a file in would do; nothing has changed yet.

    Attributes:
        organization: whose workspace it is, empty when it was never known.
        images: how many waiting images come along.
        comparison: against the workspace of now.
    """

    organization: str
    images: int
    comparison: Comparison


class Transfers:
    """Export and import. ``on_restore`` closes the window, brings a file back and opens it again,
    as for a backup."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        intake: Path,
        on_restore: Callable[[Path, bool], Awaitable[None]],
    ) -> None:
        self._db = db
        self._clock = clock
        self._intake = intake
        self._on_restore = on_restore
        self._incoming: Incoming | None = None
        self._one = asyncio.Lock()

    async def export(self, target: Path) -> int:
        """Write the workspace as it is now to ``target``, whole or not at all; how many images went
        along. Raises DiskTrouble."""
        async with self._one:
            snapshot = self._db.path.with_name(f".{self._db.path.name}.{new_ulid()}.export")
            try:
                await self._snapshot(snapshot)
                return await asyncio.to_thread(
                    transfer.write_archive, snapshot, self._intake, target, self._clock.now()
                )
            finally:
                await asyncio.to_thread(snapshot.unlink, missing_ok=True)

    async def look(self, archive: Path) -> ImportReport:
        """Check a file whole and say what it would change. Raises FixInput, ChangeStateFirst,
        DiskTrouble; then nothing is left of it."""
        async with self._one:
            await self._drop()
            path = self._db.path
            folder = path.with_name(f".import-{new_ulid()}")
            now = self._clock.now()
            found = await asyncio.to_thread(transfer.read_archive, archive, path, folder, now)
            self._incoming = found
            comparison = await asyncio.to_thread(restoring.compare, found.workspace, path)
            return ImportReport(found.organization, found.images, comparison)

    async def take_in(self, *, keep_current: bool) -> None:
        """Take in what was looked at last. The window closes and opens again on the result."""
        async with self._one:
            found = self._incoming
            if found is None:
                raise ChangeStateFirst("No file was chosen.", next_step="Choose an export first.")
            await asyncio.to_thread(transfer.take_images, found, self._intake)
            await self._on_restore(found.workspace, keep_current)
            await self._drop()

    async def forget(self) -> None:
        """Drop what was looked at."""
        async with self._one:
            await self._drop()

    async def _drop(self) -> None:
        found, self._incoming = self._incoming, None
        if found is not None:
            await asyncio.to_thread(shutil.rmtree, found.folder, ignore_errors=True)

    async def _snapshot(self, target: Path) -> None:
        copy = await asyncio.wrap_future(
            self._db.submit_outside(lambda connection: backups.Copy(connection, target))
        )
        try:
            await run(self._db, copy)
            await asyncio.to_thread(copy.settle)
        except OSError as error:
            raise from_system(error) from error
