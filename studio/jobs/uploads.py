"""Images on their way: prepared, uploaded, bound, and taken up again after a restart.

Contract 2.4.8 and 2.5. Each step is on disk before the next begins.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from studio.api.errors import Conflict
from studio.core.errors import Bug, ChangeStateFirst, SignIn, StudioError, TryLater
from studio.domain.events import StatusChanged, UploadsChanged
from studio.jobs.binding import Binding
from studio.jobs.taking_in import TakingIn
from studio.store import uploads as upload_rows
from studio.store.errors import DiskTrouble

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from studio.api.client import PartnerClient
    from studio.core.clock import Clock
    from studio.core.events import EventHub, Subscription
    from studio.core.tasks import TaskScope
    from studio.domain.upload import Upload, UploadState
    from studio.store.connection import Connection
    from studio.store.database import Database

log = logging.getLogger(__name__)

AT_ONCE = 4
_PROGRESS_EVERY = 1 / 15
_FIRST_WAIT = 1.0
_LONGEST_WAIT = 60.0
_BROKEN_ANSWERS = 4
_SETTLED = ("bound", "not_found", "refused")
_UNDER_WAY = ("waiting", "uploading", "finalizing")
_REMOVED_KEPT = timedelta(days=30)
"""How long the copy of an image that was taken off its way can be brought back."""


class Uploads:
    """Takes images in and brings them to the server; four at once.

    Copies live in a folder of this workspace below ``folder``. ``on_queued`` wakes the engine when
    a bind waits in the outbox; ``is_online`` tells whether an upload may be tried now.

    Attributes:
        folder: where the copies of this workspace are.
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
        self._is_online = is_online
        self._random = Random()  # noqa: S311 - spreads retries, guards nothing
        self.folder = folder / db.path.stem
        self._intake = TakingIn(db, hub, clock, self.folder)
        self._binding = Binding(db, hub, scope, clock, on_queued, self._is_moving)
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._moving: dict[str, str] = {}
        self._sent: dict[str, int] = {}
        self._told: dict[str, float] = {}
        self._bound_soon: dict[str, str] = {}
        self._tidy_again = False
        self._was_online = False
        self._subscriptions: tuple[Subscription, ...] = ()

    def start(self) -> None:
        """Take up what was on its way when the program last ended."""
        self._subscriptions = (
            self._hub.subscribe(StatusChanged, self._on_status),
            self._hub.subscribe(UploadsChanged, self._on_uploads),
        )
        self._scope.spawn(self._begin_where_it_stopped(), name="begin")

    def stop(self) -> None:
        """Hear of nothing more, prepare nothing more; the scope ends the rest."""
        for subscription in self._subscriptions:
            subscription.close()
        self._intake.stop()

    async def _begin_where_it_stopped(self) -> None:
        await self._forget_removed()
        await self._intake.sweep()
        for row in await self._db.read(upload_rows.unfinished):
            if row.state == "binding":
                self._bound_soon[row.id] = row.influencer_id
            elif row.state == "preparing" and not self._intake.is_new(row.id):
                await self._prepare(row)
        await self._take_up()

    # ---- events

    def _on_status(self, _event: StatusChanged) -> None:
        is_online = self._is_online()
        came_back, self._was_online = is_online and not self._was_online, is_online
        if came_back:
            self._scope.busy("take-up", self._take_up())

    async def _take_up(self) -> None:
        if not self._is_online():
            return
        for row in await self._db.read(upload_rows.unfinished):
            if row.state not in ("waiting", "uploading", "finalizing"):
                continue
            if row.asset_id:
                self._bound_soon[row.id] = row.influencer_id
                self._binding.soon(row.influencer_id)
            else:
                self._begin(row)

    def _on_uploads(self, event: UploadsChanged) -> None:
        if event.influencer_id in self._bound_soon.values():
            self._tidy_again = True
            self._scope.busy("tidy", self._tidy())

    async def _tidy(self) -> None:
        """Forget what is bound: the copy has done its service."""
        while self._tidy_again:
            self._tidy_again = False
            for upload_id in tuple(self._bound_soon):
                row = await self._db.read(upload_rows.get, upload_id)
                if row is not None and row.state not in _SETTLED:
                    continue
                self._bound_soon.pop(upload_id, None)
                if row is not None and row.state == "bound":
                    await self._db.write(upload_rows.delete, upload_id)
                    self._intake.discard(row.path)

    # ---- ways in

    async def add_files(self, influencer_id: str, paths: Sequence[Path]) -> int:
        """Take in files; how many were accepted. Refused ones appear as refused uploads."""
        rows = await self._intake.announce(influencer_id, [(path.name, path) for path in paths])
        outcomes = await asyncio.gather(
            *(self._prepare(row) for row in rows), return_exceptions=True
        )
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return sum(outcome is True for outcome in outcomes)

    async def add_bytes(self, influencer_id: str, data: bytes, filename: str) -> int:
        """Take in one image from memory."""
        (row,) = await self._intake.announce(influencer_id, [(filename, None)])
        return int(await self._prepare(await self._intake.keep_raw(row, data)))

    async def _prepare(self, row: Upload) -> bool:
        ready = await self._intake.prepare(row)
        if ready is not None and self._is_online():
            self._begin(ready)
        return ready is not None

    # ---- on the way

    def _begin(self, row: Upload) -> None:
        if row.id in self._tasks:
            return
        task = self._scope.spawn(self._bring(row), name=f"upload-{row.id}")
        if task is not None:
            self._tasks[row.id] = task

    async def _bring(self, row: Upload) -> None:
        """Try until it is on the server, refused, or out of reach; then the next contact goes on
        at the step that was reached."""
        try:
            failures = 0
            while self._is_online():
                error = await self._try(row)
                if error is None or isinstance(error, SignIn):
                    break
                failures += 1
                if not _may_help(error, failures):
                    await self._stop_at(row, "refused", error.for_people())
                    return
                await self._stop_at(row, "waiting", error.sentence)
                await self._clock.sleep(self._wait(error, failures))
                fresh = await self._db.read(upload_rows.get, row.id)
                if fresh is None:
                    return
                row = fresh
            await self._stop_at(row, "waiting", "")
        finally:
            self._tasks.pop(row.id, None)
            self._told.pop(row.influencer_id, None)

    async def _try(self, row: Upload) -> StudioError | None:
        """One try; what went wrong, or None."""
        self._moving[row.id] = row.influencer_id
        try:
            async with self._gate:
                await self._upload(row)
        except StudioError as error:
            return error
        finally:
            self._moving.pop(row.id, None)
            self._sent.pop(row.id, None)
        return None

    async def _stop_at(self, row: Upload, state: UploadState, problem: str) -> None:
        def settle(conn: Connection) -> None:
            now = upload_rows.get(conn, row.id)
            if now is not None and not now.asset_id:
                upload_rows.set_state(conn, row.id, state, problem)

        try:
            await self._db.write(settle)
        except DiskTrouble as error:
            log.warning("an upload's state was not stored: %s", error.sentence)
        self._hub.publish(UploadsChanged(row.influencer_id))

    def _wait(self, error: StudioError, failures: int) -> float:
        ceiling = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(failures - 1, 16))
        wait = float(ceiling / 2 + self._random.random() * ceiling / 2)
        if isinstance(error, TryLater) and error.at is not None:
            wait = max(wait, (error.at - self._clock.now()).total_seconds())
        return wait

    async def _upload(self, row: Upload) -> None:
        from studio.api.uploads import upload_image

        async def reached(step: str, upload_id: str) -> None:
            await self._db.write(_reached, row.id, step, upload_id)
            self._hub.publish(UploadsChanged(row.influencer_id))

        def progressed(sent: int) -> None:
            self._sent[row.id] = sent
            self._tell_progress(row.influencer_id)

        is_there = bool(row.upload_id) and row.sent >= row.size > 0
        asset_id = await upload_image(
            self._client,
            project_id=row.project_id,
            path=Path(row.path),
            mime_type=row.mime_type,
            filename=row.filename,
            sha256=row.sha256,
            idempotency_key=row.id,
            resume_upload_id=row.upload_id if is_there else "",
            on_step=reached,
            on_progress=progressed,
        )
        await self._db.write(upload_rows.set_asset, row.id, asset_id)
        self._bound_soon[row.id] = row.influencer_id
        self._binding.soon(row.influencer_id)

    def _is_moving(self, influencer_id: str) -> bool:
        return influencer_id in self._moving.values()

    def _tell_progress(self, influencer_id: str) -> None:
        now = self._clock.monotonic()
        if now - self._told.get(influencer_id, now - _PROGRESS_EVERY) >= _PROGRESS_EVERY:
            self._told[influencer_id] = now
            self._hub.publish(UploadsChanged(influencer_id))

    # ---- what the screen asks

    async def uploads(self, influencer_id: str) -> tuple[Upload, ...]:
        """Everything not yet bound, oldest first, with the bytes sent so far."""
        rows = await self._db.read(upload_rows.of_influencer, influencer_id)
        return tuple(replace(row, sent=self._sent.get(row.id, row.sent)) for row in rows)

    async def retry(self, upload_id: str) -> None:
        """Start again from the prepared copy, with a new asset. Raises ChangeStateFirst when the
        copy is gone."""
        row = await self._db.read(upload_rows.get, upload_id)
        if row is None or row.state not in ("refused", "not_found") or not row.path:
            return
        fresh = await self._intake.copied(row)
        await self._db.write(upload_rows.replace, row.id, fresh)
        self._intake.discard(row.path)
        self._hub.publish(UploadsChanged(row.influencer_id))
        if self._is_online():
            self._begin(fresh)

    async def remove(self, upload_id: str) -> None:
        """Take it off its way. A prepared copy is kept for :meth:`put_back`; what was refused is
        forgotten. Raises ChangeStateFirst while it is being bound."""
        row = await self._db.read(upload_rows.get, upload_id)
        if row is None:
            return
        if row.state == "binding":
            raise ChangeStateFirst(
                f"“{row.filename}” is being added already.", next_step="Wait until that is done."
            )
        task = self._tasks.get(upload_id)
        if task is not None:
            task.cancel()
        if row.state in (*_UNDER_WAY, "held"):
            await self._db.write(upload_rows.set_state, upload_id, "removed")
        else:
            await self._db.write(upload_rows.delete, upload_id)
            self._intake.discard(row.path)
        self._hub.publish(UploadsChanged(row.influencer_id))

    async def hold(self, upload_id: str) -> None:
        """Keep it back until it is released. Raises ChangeStateFirst when it is being prepared, or
        on the server already."""
        task = self._tasks.get(upload_id)
        if task is not None:
            task.cancel()
            # Its last write comes first, or it would undo this one.
            await asyncio.wait({task})
        row = await self._db.write(upload_rows.hold, upload_id)
        if row is None:
            self._scope.spawn(self._take_up(), name="not-held")
            raise ChangeStateFirst(
                "This image cannot be held back now.", next_step="Look again in a moment."
            )
        self._hub.publish(UploadsChanged(row.influencer_id))

    async def release(self, upload_id: str) -> None:
        """Send on its way what was kept back."""
        row = await self._db.write(upload_rows.release, upload_id)
        if row is not None:
            self._hub.publish(UploadsChanged(row.influencer_id))
            self._scope.spawn(self._take_up(), name="release")

    async def put_back(self, upload_id: str) -> bool:
        """Send on its way what was taken off it; False when it is not here any more."""
        row = await self._db.write(upload_rows.put_back, upload_id)
        if row is None:
            return False
        self._hub.publish(UploadsChanged(row.influencer_id))
        self._scope.spawn(self._take_up(), name="put-back")
        return True

    async def _forget_removed(self) -> None:
        limit = self._clock.now() - _REMOVED_KEPT
        for row in await self._db.read(upload_rows.removed_before, limit):
            await self._db.write(upload_rows.delete, row.id)
            self._intake.discard(row.path)


def _may_help(error: StudioError, failures: int) -> bool:
    """Whether the same upload may succeed later; an answer nobody understands gets a few tries."""
    if isinstance(error, TryLater | DiskTrouble):
        return True
    # A plain conflict can be our own twin, which the network doubled (Q13).
    is_twin = isinstance(error, Conflict) and not error.subcode
    return (is_twin or isinstance(error, Bug)) and failures < _BROKEN_ANSWERS


def _reached(conn: Connection, upload_id: str, step: str, server_id: str) -> None:
    """The next step begins. All bytes counted as sent means: only finalizing is left."""
    is_there = step == "finalizing"
    row = upload_rows.get(conn, upload_id)
    if row is not None:
        state: UploadState = "finalizing" if is_there else "uploading"
        upload_rows.set_step(conn, upload_id, state, server_id)
        upload_rows.set_sent(conn, upload_id, row.size if is_there else 0)
