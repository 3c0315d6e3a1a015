"""Images into the workspace: announced in order, prepared in workers, kept until they are bound.

A row is on disk before its image is read, and remembers where from, so that a killed program goes
on with what was dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from studio.core.errors import ChangeStateFirst, StudioError
from studio.core.ids import new_ulid
from studio.core.paths import private_folder
from studio.domain.events import UploadsChanged
from studio.domain.upload import Upload
from studio.media import intake
from studio.store import backups, personas
from studio.store import uploads as upload_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.store.connection import Connection
    from studio.store.database import Database

T = TypeVar("T")

WORKERS = max(1, (os.cpu_count() or 2) - 1)
"""One processor stays free for the window."""

_RAW = ".raw"


class TakingIn:
    """Owns the folder of prepared copies of one workspace; files are called after upload ids.

    Nothing outside this folder is ever changed or removed.
    """

    def __init__(self, db: Database, hub: EventHub, clock: Clock, folder: Path) -> None:
        self._db = db
        self._hub = hub
        self._clock = clock
        self._folder = folder
        self._new: set[str] = set()
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="studio-intake")
        self._stopped = False

    def stop(self) -> None:
        """Begin no further image; the one being decoded ends by itself."""
        self._stopped = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def is_new(self, upload_id: str) -> bool:
        """Whether it was taken in by this run of the program."""
        return upload_id in self._new

    async def announce(
        self, influencer_id: str, sources: Sequence[tuple[str, Path | None]]
    ) -> list[Upload]:
        """Rows for images by name and file, in their order, in one transaction."""
        now = self._clock.now()
        rows = [
            Upload(
                id=new_ulid(),
                project_id="",
                influencer_id=influencer_id,
                filename=intake.plain_name(name),
                state="preparing",
                path=str(path.absolute()) if path is not None else "",
                created_at=now,
            )
            for name, path in sources
        ]

        self._new.update(row.id for row in rows)

        def put(conn: Connection) -> list[Upload]:
            project_id = personas.project_of(conn, influencer_id)
            if not project_id:
                raise ChangeStateFirst(
                    "This influencer is no longer on this computer.",
                    next_step="Choose another one.",
                )
            placed = [replace(row, project_id=project_id) for row in rows]
            for row in placed:
                upload_rows.put(conn, row)
            return placed

        placed = await self._db.write(put)
        self._tell(influencer_id)
        return placed

    async def keep_raw(self, row: Upload, data: bytes) -> Upload:
        """The bytes of a picture that was no file into one, so that they outlive the program."""
        path = self._folder / f"{row.id}{_RAW}"
        try:
            await self._in_worker(partial(self._keep, data, path))
        except StudioError as error:
            await self.refuse(row, error)
            return replace(row, state="refused")
        kept = replace(row, path=str(path))
        await self._db.write(upload_rows.put, kept)
        return kept

    async def prepare(self, row: Upload) -> Upload | None:
        """The cleaned copy, and the row that waits with it; None when the image was refused, or
        taken off the list meanwhile."""
        if row.state == "refused":
            return None
        try:
            made = await self._in_worker(partial(self._prepare, row))
        except StudioError as error:
            await self.refuse(row, error)
            return None
        ready = replace(
            row,
            state="waiting",
            path=str(made.path),
            mime_type=made.mime_type,
            size=made.size,
            sha256=made.sha256,
        )
        is_wanted = await self._db.write(_settle, ready)
        self.discard(row.path)
        if not is_wanted:
            self.discard(ready.path)
            return None
        self._tell(row.influencer_id)
        return ready

    async def refuse(self, row: Upload, error: StudioError) -> None:
        """It cannot be taken: say why, keep nothing."""
        await self._db.write(
            _settle, replace(row, state="refused", path="", problem=error.for_people())
        )
        self.discard(row.path)
        self._tell(row.influencer_id)

    async def copied(self, row: Upload) -> Upload:
        """A new try: the same picture under an id of its own. Raises ChangeStateFirst when the copy
        is gone."""
        fresh_id = new_ulid()
        self._new.add(fresh_id)
        source = Path(row.path)
        target = self._folder / f"{fresh_id}{source.suffix}"
        try:
            await self._in_worker(partial(shutil.copyfile, source, target))
        except OSError as error:
            raise ChangeStateFirst(
                f"The copy of “{row.filename}” is not here any more.", next_step="Add it again."
            ) from error
        return replace(
            row,
            id=fresh_id,
            state="waiting",
            path=str(target),
            sent=0,
            upload_id="",
            asset_id="",
            problem="",
        )

    def discard(self, path: str) -> None:
        """Remove a copy of ours; a file of anybody else is left alone."""
        file = Path(path)
        if path and file.parent == self._folder:
            with contextlib.suppress(OSError):
                file.unlink()

    async def sweep(self) -> None:
        """Remove copies nobody needs any more: the program ended before it could. What a backup
        waits with stays, as long as there is that backup."""
        kept: set[str] | None = None
        for file in await self._in_worker(self._files):
            upload_id = file.name.lstrip(".").partition(".")[0]
            if self.is_new(upload_id):
                continue
            row = await self._db.read(upload_rows.get, upload_id)
            if row is not None and row.state == "bound":
                await self._db.write(upload_rows.delete, row.id)
            elif row is None:
                if kept is None:
                    kept = await self._in_worker(partial(backups.images_kept, self._db.path))
                if str(file) in kept:
                    continue
            elif row.path == str(file):
                continue
            self.discard(str(file))

    def _files(self) -> list[Path]:
        return list(self._folder.iterdir()) if self._folder.is_dir() else []

    def _keep(self, data: bytes, path: Path) -> None:
        private_folder(self._folder)
        intake.keep(data, path)

    def _prepare(self, row: Upload) -> intake.Prepared:
        if not row.path:
            raise ChangeStateFirst(
                f"The program ended before “{row.filename}” was kept.", next_step="Add it again."
            )
        private_folder(self._folder)
        data = intake.read_source(Path(row.path))
        return intake.prepare(data, row.filename, self._folder, row.id)

    async def _in_worker(self, work: Callable[[], T]) -> T:
        if self._stopped:
            # The task that asks is cancelled in a moment, with its scope.
            raise asyncio.CancelledError
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def _tell(self, influencer_id: str) -> None:
        self._hub.publish(UploadsChanged(influencer_id))


def _settle(conn: Connection, row: Upload) -> bool:
    """Store what became of an image, unless it was taken off the list meanwhile."""
    if upload_rows.get(conn, row.id) is None:
        return False
    upload_rows.put(conn, row)
    return True
