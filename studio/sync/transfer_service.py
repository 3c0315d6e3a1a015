"""The whole workspace out to one file, and in again after a look at what it would change."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from studio.core.errors import ChangeStateFirst, FixInput
from studio.domain.backup import ExportReport, ImportReport
from studio.store import backups, restoring, transfer
from studio.store.errors import from_system
from studio.sync.backup_service import run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from studio.core.clock import Clock
    from studio.store.database import Database
    from studio.store.transfer import Incoming


class Transfers:
    """Export and import.

    ``intake`` is where prepared images of this workspace wait. ``on_restore`` closes the window,
    calls :func:`studio.sync.backup_service.bring_back` and opens the window again; it does so
    to the end even when the one who awaits it is canceled with that window.
    """

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

    async def sweep(self) -> None:
        """Remove what exports and imports of a killed program left behind."""
        async with self._one:
            if self._incoming is None:
                await asyncio.to_thread(_sweep, self._db.path)

    async def export(self, target: Path) -> ExportReport:
        """Write the workspace as it is now to ``target``, whole or not at all. Raises FixInput for
        a place that cannot be used, DiskTrouble."""
        async with self._one:
            self._refuse_own_place(target)
            snapshot = transfer.snapshot_file(self._db.path)
            try:
                await self._snapshot(snapshot)
                return await asyncio.to_thread(self._write, snapshot, target)
            finally:
                await asyncio.to_thread(snapshot.unlink, missing_ok=True)

    async def look(self, archive: Path) -> ImportReport:
        """Check a file whole and say what it would change. Raises FixInput, ChangeStateFirst,
        DiskTrouble; then nothing is left of it."""
        async with self._one:
            await self._drop()
            path = self._db.path
            folder, now = transfer.import_folder(path), self._clock.now()
            found = await asyncio.to_thread(transfer.read_archive, archive, path, folder, now)
            self._incoming = found
            return await asyncio.to_thread(_report, found, path)

    async def take_in(self, *, keep_current: bool) -> None:
        """Take in what was looked at last. The window closes and opens again on the result."""
        async with self._one:
            found = self._incoming
            if found is None:
                raise ChangeStateFirst("No file was chosen.", next_step="Choose an export first.")
            await asyncio.to_thread(transfer.take_images, found, self._intake)
            # From here on the unpacked folder belongs to whoever brings it back: this task ends
            # with the window, that one does not.
            self._incoming = None
            await self._on_restore(found.workspace, keep_current)

    async def forget(self) -> None:
        """Drop what was looked at."""
        async with self._one:
            await self._drop()

    async def _drop(self) -> None:
        found, self._incoming = self._incoming, None
        if found is not None:
            await asyncio.to_thread(transfer.drop, found.workspace)

    def _refuse_own_place(self, target: Path) -> None:
        own = {self._db.path.parent, backups.backup_dir(self._db.path), self._intake}
        if target.resolve().parent in {folder.resolve() for folder in own}:
            raise FixInput(
                "The program keeps its own files in this folder.",
                next_step="Choose another folder.",
                code="own_folder",
            )

    async def _snapshot(self, target: Path) -> None:
        copy = await asyncio.wrap_future(
            self._db.submit_outside(lambda connection: backups.Copy(connection, target))
        )
        try:
            await run(self._db, copy)
            await asyncio.to_thread(copy.settle)
        except OSError as error:
            raise from_system(error) from error

    def _write(self, snapshot: Path, target: Path) -> ExportReport:
        held = backups.holding(snapshot)
        images = transfer.write_archive(snapshot, self._intake, target, self._clock.now())
        return ExportReport(target, target.stat().st_size, images, held)


def _report(found: Incoming, path: Path) -> ImportReport:
    return ImportReport(
        found.organization,
        found.images,
        backups.holding(found.workspace),
        restoring.compare(found.workspace, path),
    )


def _sweep(path: Path) -> None:
    transfer.sweep(path)
    restoring.sweep(path)
