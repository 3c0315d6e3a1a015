"""Images on their way: prepared, uploaded, bound, and taken up again after a restart.

Contract 2.4.8 and 2.5. Each step is on disk before the next begins.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.errors import SignIn, StudioError, TryLater
from studio.core.ids import new_ulid
from studio.domain.events import StatusChanged, UploadsChanged
from studio.domain.mutation import Bind
from studio.domain.rules import BIND_LIMIT
from studio.domain.upload import Upload
from studio.store import outbox, personas
from studio.store import uploads as upload_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from studio.api.client import PartnerClient
    from studio.core.clock import Clock
    from studio.core.events import EventHub, Subscription
    from studio.core.tasks import TaskScope
    from studio.store.connection import Connection
    from studio.store.database import Database

AT_ONCE = 4
_GATHER_SECONDS = 0.3
_PROGRESS_EVERY = 1 / 15


class Uploads:
    """Takes images in and brings them to the server; four at once.

    ``on_queued`` wakes the engine when a bind waits in the outbox; ``is_online`` tells whether an
    upload may be tried now.
    """

    def __init__(
        self,
        db: Database,
        client: PartnerClient,
        hub: EventHub,
        scope: TaskScope,
        clock: Clock,
        folder: Path,
        on_queued: Callable[[], None],
        is_online: Callable[[], bool],
    ) -> None:
        self._db = db
        self._client = client
        self._hub = hub
        self._scope = scope
        self._clock = clock
        self._folder = folder
        self._on_queued = on_queued
        self._is_online = is_online
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._running: set[str] = set()
        self._sent: dict[str, int] = {}
        self._subscription: Subscription | None = None

    def start(self) -> None:
        """Take up what was on its way when the program last ended."""
        self._subscription = self._hub.subscribe(StatusChanged, self._on_status)
        self._scope.spawn(self._take_up(), name="take-up")

    def stop(self) -> None:
        """Hear of nothing more."""
        if self._subscription is not None:
            self._subscription.close()

    def _on_status(self, _event: StatusChanged) -> None:
        if self._is_online():
            self._scope.busy("take-up", self._take_up())

    async def _take_up(self) -> None:
        if not self._is_online():
            return
        rows = await self._db.read(upload_rows.unfinished)
        for row in rows:
            if row.state in ("waiting", "uploading", "finalizing") and row.id not in self._running:
                self._begin(row)
        for influencer_id in {row.influencer_id for row in rows if row.asset_id}:
            self._bind_soon(influencer_id)

    def _begin(self, row: Upload) -> None:
        self._running.add(row.id)
        self._scope.spawn(self._bring(row), name=f"upload-{row.id}")

    # ---- ways in

    async def add_files(self, influencer_id: str, paths: Sequence[Path]) -> int:
        """Take in files; how many were accepted. Refused ones appear as refused uploads."""
        taken = [self._take_in(influencer_id, path.name, path) for path in paths]
        return sum(await asyncio.gather(*taken))

    async def add_bytes(self, influencer_id: str, data: bytes, filename: str) -> int:
        """Take in one image from memory."""
        return int(await self._take_in(influencer_id, filename, data))

    async def _take_in(self, influencer_id: str, filename: str, source: Path | bytes) -> bool:
        from studio.media.intake import prepare, read_source

        project_id = await self._db.read(personas.project_of, influencer_id)
        row = Upload(
            id=new_ulid(),
            project_id=project_id,
            influencer_id=influencer_id,
            filename=filename,
            state="preparing",
            created_at=self._clock.now(),
        )
        await self._put(row)

        def work() -> Upload:
            data = source if isinstance(source, bytes) else read_source(source)
            made = prepare(data, filename, self._folder, row.id)
            return replace(
                row,
                state="waiting",
                path=str(made.path),
                mime_type=made.mime_type,
                size=made.size,
                sha256=made.sha256,
            )

        try:
            async with self._gate:
                ready = await asyncio.to_thread(work)
        except StudioError as error:
            await self._put(replace(row, state="refused", problem=error.for_people()))
            return False
        await self._put(ready)
        if self._is_online():
            self._begin(ready)
        return True

    # ---- on the way

    async def _bring(self, row: Upload) -> None:
        try:
            async with self._gate:
                await self._upload(row)
        except (TryLater, SignIn):
            # The row keeps the step it reached; it goes on when the server answers again.
            await self._db.write(upload_rows.set_state, row.id, "waiting", "")
        except StudioError as error:
            await self._db.write(upload_rows.set_state, row.id, "refused", error.for_people())
        finally:
            self._running.discard(row.id)
            self._sent.pop(row.id, None)
        self._hub.publish(UploadsChanged(row.influencer_id))

    async def _upload(self, row: Upload) -> None:
        from studio.api.uploads import upload_image

        loop = asyncio.get_running_loop()
        last_told = 0.0

        async def reached(step: str, upload_id: str) -> None:
            state = "finalizing" if step == "finalizing" else "uploading"
            await self._db.write(upload_rows.set_step, row.id, state, upload_id)
            self._hub.publish(UploadsChanged(row.influencer_id))

        def progressed(sent: int) -> None:
            nonlocal last_told
            self._sent[row.id] = sent
            if loop.time() - last_told >= _PROGRESS_EVERY:
                last_told = loop.time()
                self._hub.publish(UploadsChanged(row.influencer_id))

        asset_id = await upload_image(
            self._client,
            project_id=row.project_id,
            path=Path(row.path),
            mime_type=row.mime_type,
            filename=row.filename,
            sha256=row.sha256,
            idempotency_key=row.id,
            resume_upload_id=row.upload_id if row.state == "finalizing" else "",
            on_step=reached,
            on_progress=progressed,
        )
        await self._db.write(upload_rows.set_asset, row.id, asset_id)
        self._bind_soon(row.influencer_id)

    def _bind_soon(self, influencer_id: str) -> None:
        self._scope.latest(f"bind-{influencer_id}", self._queue_bind(influencer_id))

    async def _queue_bind(self, influencer_id: str) -> None:
        """Gather what was uploaded within a moment, so that a batch is few calls."""
        await asyncio.sleep(_GATHER_SECONDS)
        queued = await self._db.write(_queue_binds, influencer_id, self._clock.now())
        if queued:
            self._on_queued()
            self._hub.publish(UploadsChanged(influencer_id))

    # ---- what the screen asks

    async def uploads(self, influencer_id: str) -> tuple[Upload, ...]:
        """Everything not yet bound, oldest first, with the bytes sent so far."""
        rows = await self._db.read(upload_rows.of_influencer, influencer_id)
        return tuple(
            replace(row, sent=self._sent[row.id]) if row.id in self._sent else row for row in rows
        )

    async def retry(self, upload_id: str) -> None:
        """Start again from the prepared copy, with a new asset."""
        row = await self._db.read(upload_rows.get, upload_id)
        if row is None or row.id in self._running or not row.path:
            return
        fresh = replace(row, id=new_ulid(), state="waiting", upload_id="", asset_id="", problem="")
        await self._db.write(upload_rows.replace, row.id, fresh)
        self._hub.publish(UploadsChanged(row.influencer_id))
        if self._is_online():
            self._begin(fresh)

    async def remove(self, upload_id: str) -> None:
        """Forget it and its prepared copy."""
        row = await self._db.read(upload_rows.get, upload_id)
        if row is None:
            return
        await self._db.write(upload_rows.delete, upload_id)
        if row.path:
            with contextlib.suppress(OSError):
                await asyncio.to_thread(Path(row.path).unlink, missing_ok=True)
        self._hub.publish(UploadsChanged(row.influencer_id))

    async def _put(self, row: Upload) -> None:
        await self._db.write(upload_rows.put, row)
        self._hub.publish(UploadsChanged(row.influencer_id))


def _queue_binds(conn: Connection, influencer_id: str, now: datetime) -> int:
    """Turn uploaded assets into binds of at most 20, in one transaction; how many were queued."""
    ready = [
        row
        for row in upload_rows.of_influencer(conn, influencer_id)
        if row.asset_id and row.state not in ("binding", "bound", "not_found")
    ]
    for start in range(0, len(ready), BIND_LIMIT):
        batch = ready[start : start + BIND_LIMIT]
        asset_ids = tuple(dict.fromkeys(row.asset_id for row in batch))
        outbox.enqueue(conn, Bind(new_ulid(), batch[0].project_id, influencer_id, asset_ids), now)
        for row in batch:
            upload_rows.set_state(conn, row.id, "binding", "")
    return len(ready)
