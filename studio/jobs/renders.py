"""Render jobs: one follower for all, on disk before the first poll, ended by the server's word.

Contract section 3.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from studio.core.errors import ChangeStateFirst, StudioError, TryLater
from studio.domain.events import JobsChanged, Notice
from studio.domain.job import Job, steady
from studio.store import jobs as job_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.api.client import PartnerClient
    from studio.core.clock import Clock
    from studio.core.events import EventHub, Subscription
    from studio.core.tasks import TaskScope
    from studio.store.database import Database


class Renders:
    """Follows every running job of the workspace and tells what came of it.

    ``on_moved`` is called with a job whose server state moved, so that the influencer is read again
    when its job ends.
    """

    def __init__(
        self,
        db: Database,
        client: PartnerClient,
        hub: EventHub,
        scope: TaskScope,
        clock: Clock,
        on_ended: Callable[[Job], None],
    ) -> None:
        self._db = db
        self._client = client
        self._hub = hub
        self._scope = scope
        self._clock = clock
        self._on_ended = on_ended
        self._followed: set[str] = set()
        self._subscription: Subscription | None = None

    def start(self) -> None:
        """Take up what was running when the program last ended, and hear of new jobs."""
        self._subscription = self._hub.subscribe(JobsChanged, self._on_jobs_changed)
        self._scope.spawn(self._take_up(), name="take-up")

    def stop(self) -> None:
        """Hear of nothing more; the scope ends the polling."""
        if self._subscription is not None:
            self._subscription.close()

    def _on_jobs_changed(self, event: JobsChanged) -> None:
        if event.ids - self._followed:
            self._scope.spawn(self._take_up(), name="take-up")

    async def _take_up(self) -> None:
        for job in await self._db.read(job_rows.running):
            if job.id not in self._followed:
                self._followed.add(job.id)
                self._scope.spawn(self._follow(job), name=f"follow-{job.id}")

    async def _follow(self, job: Job) -> None:
        from studio.api.job_events import poll_etag, poll_delays

        for poll, wait in enumerate(poll_delays()):
            await self._clock.sleep(wait)
            try:
                answer = await self._client.get_job(job.id, poll_etag(poll, job.etag))
            except TryLater as error:
                await self._wait_out(error)
                continue
            except ChangeStateFirst as error:
                job = await self._lost(job, error)
                break
            except StudioError:
                continue  # the engine speaks about a refused key; polling goes on slowly
            if answer is None:
                continue
            job = await self._take_answer(job, answer)
            if not job.is_running:
                break
        self._followed.discard(job.id)
        self._on_ended(job)

    async def _wait_out(self, error: TryLater) -> None:
        if error.at is not None:
            wait = (error.at - self._clock.now()).total_seconds()
            await self._clock.sleep(max(0.0, wait))

    async def _take_answer(self, known: Job, answer: Job) -> Job:
        current = await self._db.read(job_rows.get, known.id) or known
        merged = replace(
            answer,
            project_id=known.project_id,
            influencer_id=known.influencer_id or answer.influencer_id,
            is_clone=known.is_clone,
            source_id=known.source_id,
            started_at=known.started_at or answer.started_at,
            kind=answer.kind or known.kind,
            stage=answer.stage or known.stage,
            progress=1.0 if answer.status == "completed" else answer.progress,
            cancel=current.cancel,
        )
        merged = steady(known, merged)
        if not merged.is_running and merged.finished_at is None:
            merged = replace(merged, finished_at=self._clock.now())
        await self._db.write(job_rows.put, merged)
        self._hub.publish(JobsChanged(frozenset({merged.id})))
        return merged

    async def _lost(self, job: Job, error: StudioError) -> Job:
        """The server does not know the job any more: stop, and let the influencer tell (3.4)."""
        ended = replace(
            job,
            status="failed",
            finished_at=self._clock.now(),
            error_code=error.code or "NOT_FOUND",
            error_message="The server no longer knows this job.",
            request_id=error.request_id,
        )
        await self._db.write(job_rows.put, ended)
        self._hub.publish(JobsChanged(frozenset({ended.id})))
        return ended

    async def jobs(self, project_id: str = "") -> tuple[Job, ...]:
        """Running ones first, then those ended within the last day and not dismissed."""
        return await self._db.read(job_rows.listed, project_id, self._clock.now())

    async def cancel(self, job_id: str) -> None:
        """Ask the server to stop; a stage that cannot be stopped is remembered as refused (3.5)."""
        job = await self._db.read(job_rows.get, job_id)
        if job is None or not job.is_running:
            return
        await self._remember_cancel(job, "asked")
        try:
            await self._client.cancel_job(job_id)
        except ChangeStateFirst as error:
            if error.code != "CONFLICT":
                raise
            await self._remember_cancel(job, "refused")
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

    async def _remember_cancel(self, job: Job, state: str) -> None:
        await self._db.write(job_rows.set_cancel, job.id, state)
        self._hub.publish(JobsChanged(frozenset({job.id})))

    async def dismiss(self, job_id: str) -> None:
        """Take an ended job off the list."""
        await self._db.write(job_rows.dismiss, job_id)
        self._hub.publish(JobsChanged(frozenset({job_id})))
