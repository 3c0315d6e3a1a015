"""Render jobs: on disk before the first poll, followed over restarts, ended by the server's word.

Contract section 3.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from studio.api.errors import Conflict, Gone
from studio.api.job_events import poll_delays, poll_etag
from studio.core.errors import SignIn, StudioError, TryLater
from studio.domain.events import JobsChanged, Notice
from studio.domain.job import Job, steady
from studio.jobs.pace import Pace
from studio.store import jobs as job_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from studio.api.client import PartnerClient
    from studio.core.clock import Clock
    from studio.core.events import EventHub, Subscription
    from studio.core.tasks import TaskScope
    from studio.domain.job import CancelState
    from studio.store.connection import Connection
    from studio.store.database import Database

log = logging.getLogger(__name__)


class Renders:
    """Follows every running job of the workspace and tells what came of it.

    A ``JobsChanged`` without ids means that contact is there (again): jobs that nobody follows are
    taken up then, among them those of the last run. ``reread`` is called with a job whose
    influencer is worth reading now: the job ended, or the server fell silent while it ran.
    """

    def __init__(
        self,
        db: Database,
        client: PartnerClient,
        hub: EventHub,
        scope: TaskScope,
        clock: Clock,
        reread: Callable[[Job], None],
    ) -> None:
        self._db = db
        self._client = client
        self._hub = hub
        self._scope = scope
        self._clock = clock
        self._reread = reread
        self._pace = Pace(clock, lambda: client.budget.limit("read"))
        self._followed: set[str] = set()
        self._asked: set[str] = set()
        self._take_up_again = False
        self._subscription: Subscription | None = None

    def start(self) -> None:
        """Hear of jobs, new and old."""
        self._subscription = self._hub.subscribe(JobsChanged, self._on_jobs_changed)

    def stop(self) -> None:
        """Hear of nothing more; the scope ends the polling."""
        if self._subscription is not None:
            self._subscription.close()

    def _on_jobs_changed(self, event: JobsChanged) -> None:
        if not event.ids or event.ids - self._followed:
            self._take_up_again = True
            self._scope.busy("take-up", self._take_up())

    async def _take_up(self) -> None:
        while self._take_up_again:
            self._take_up_again = False
            for job in await self._db.read(job_rows.running):
                if job.id not in self._followed:
                    self._followed.add(job.id)
                    self._scope.spawn(self._follow(job), name=f"follow-{job.id}")

    # ---- following

    async def _follow(self, job: Job) -> None:
        try:
            if job.cancel == "asked" and job.id not in self._asked:
                await self._ask_again(job)
            ended = await self._poll_to_its_end(job)
        finally:
            self._followed.discard(job.id)
        if ended is not None:
            self._reread(ended)

    async def _poll_to_its_end(self, job: Job) -> Job | None:
        """Ask until the job has ended; None when that was seen elsewhere or the key is refused."""
        is_silent = False
        for poll, wait in enumerate(poll_delays()):
            await self._clock.sleep(wait)
            await self._pace.turn()
            try:
                answer = await self._client.get_job(job.id, poll_etag(poll, job.etag))
                is_silent = False
                now = await self._settled(job, answer)
            except SignIn:
                return None  # The next contact takes it up again.
            except Gone as error:
                return await self._lost(job, error)
            except TryLater as error:
                if error.no_contact and not is_silent:
                    self._reread(job)
                is_silent = error.no_contact
                await self._wait_out(error)
                continue
            except StudioError as error:
                # An answer that cannot be read, or not be stored, says nothing about the job.
                log.warning("job %s: %s", job.id, error.sentence)
                continue
            if now is None:
                return None
            if not now.is_running:
                return now
            job = now
        return None

    async def _settled(self, job: Job, answer: Job | None) -> Job | None:
        """The job after an answer (None: nothing changed); None when it ended elsewhere."""
        if answer is not None:
            return await self._take_answer(job, answer)
        stored = await self._db.read(job_rows.get, job.id)
        return job if stored is not None and stored.is_running else None

    async def _wait_out(self, error: TryLater) -> None:
        if error.at is not None:
            wait = (error.at - self._clock.now()).total_seconds()
            await self._clock.sleep(max(0.0, wait))

    async def _take_answer(self, known: Job, answer: Job) -> Job:
        merged, moved = await self._db.write(_merge, known, answer, self._clock.now())
        if moved:
            self._hub.publish(JobsChanged(frozenset({merged.id})))
        return merged

    async def _lost(self, job: Job, error: Gone) -> Job:
        """The server does not know the job any more: the influencer tells what came of it (3.4)."""
        try:
            status = (await self._client.get_influencer(job.influencer_id)).status
        except StudioError:
            status = ""
        ended = replace(job, status="completed", progress=1.0, finished_at=self._clock.now())
        if status != "ready":
            ended = replace(
                ended,
                status="failed",
                progress=job.progress,
                error_code=error.code or "NOT_FOUND",
                error_message="The server no longer knows this job.",
                request_id=error.request_id,
            )
        await self._db.write(job_rows.put, ended)
        self._hub.publish(JobsChanged(frozenset({ended.id})))
        return ended

    # ---- what the screen asks

    async def jobs(self, project_id: str = "") -> tuple[Job, ...]:
        """Running ones first, then those ended within the last day and not dismissed."""
        return await self._db.read(job_rows.listed, project_id, self._clock.now())

    async def cancel(self, job_id: str) -> None:
        """Ask the server to stop (3.5); ``Job.cancel`` and ``Job.status`` tell what came of it.

        ``asked``: the server took note, and the job may still end any way. ``refused``: not at this
        stage. Empty again: it was not asked, told by a notice. A job that has ended by now shows
        how.
        """
        job = await self._db.read(job_rows.get, job_id)
        if job is None or not job.is_running:
            return
        await self._remember_cancel(job, "asked")
        try:
            await self._ask_to_stop(job)
        except StudioError as error:
            await self._remember_cancel(job, "")
            self._hub.publish(
                Notice(
                    f"The job was not stopped. {error.sentence}",
                    next_step=error.next_step,
                    is_problem=True,
                    influencer_id=job.influencer_id,
                    request_id=error.request_id,
                )
            )

    async def dismiss(self, job_id: str) -> None:
        """Take an ended job off the list."""
        await self._db.write(job_rows.dismiss, job_id)
        self._hub.publish(JobsChanged(frozenset({job_id})))

    async def _ask_again(self, job: Job) -> None:
        """The program ended while it asked: whether the server heard of it is unknown."""
        try:
            await self._ask_to_stop(job)
        except StudioError:
            await self._remember_cancel(job, "")

    async def _ask_to_stop(self, job: Job) -> None:
        self._asked.add(job.id)
        try:
            answer = await self._client.cancel_job(job.id)
        except Conflict:
            await self._remember_cancel(job, "refused")
            return
        except Gone as error:
            self._reread(await self._lost(job, error))
            return
        if not answer.accepted:
            await self._remember_cancel(job, "")
            now = await self._client.get_job(job.id)
            if now is not None:
                ended = await self._take_answer(job, now)
                if not ended.is_running:
                    self._reread(ended)

    async def _remember_cancel(self, job: Job, state: CancelState) -> None:
        await self._db.write(job_rows.set_cancel, job.id, state)
        self._hub.publish(JobsChanged(frozenset({job.id})))


def _merge(conn: Connection, known: Job, answer: Job, now: datetime) -> tuple[Job, bool]:
    """Store what the server says of a job over what is known here; whether anything moved."""
    current = job_rows.get(conn, known.id) or known
    if not current.is_running:
        return current, False
    merged = replace(
        answer,
        project_id=current.project_id or answer.project_id,
        influencer_id=current.influencer_id or answer.influencer_id,
        is_clone=current.is_clone,
        source_id=current.source_id,
        started_at=current.started_at or answer.started_at,
        kind=answer.kind or current.kind,
        stage=answer.stage or current.stage,
        progress=1.0 if answer.status == "completed" else answer.progress,
        cancel=current.cancel,
    )
    merged = steady(current, merged)
    if merged.cancel == "refused" and merged.stage != current.stage:
        merged = replace(merged, cancel="")
    if not merged.is_running and merged.finished_at is None:
        merged = replace(merged, finished_at=now)
    job_rows.put(conn, merged)
    return merged, replace(merged, etag=current.etag, request_id=current.request_id) != current
