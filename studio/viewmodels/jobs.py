"""Render jobs as rows: who, what stage, how far, how long, and what came of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from studio.core.errors import StudioError
from studio.core.values import dataclass
from studio.domain.events import InfluencersChanged, JobsChanged, Notice
from studio.domain.job import stage_words

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable
    from datetime import datetime

    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.domain.job import Job
    from studio.viewmodels.services import JobService, PersonaService

FRESH = timedelta(minutes=5)
"""How long a finished job stays among the cards of the side bar."""


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job for a card or a list row.

    Attributes:
        name: of the influencer it makes; its id while that is unknown here.
        words: stage, or what came of it.
        tone: ``ok``, ``warn``, ``error``, or empty for an ordinary state.
        elapsed: ``0:18``, empty while the start is unknown.
        can_cancel: whether asking to stop is worth offering now.
        failure: why it failed, for people; empty otherwise.
    """

    id: str
    influencer_id: str
    project_id: str
    name: str
    thumbnail_url: str
    words: str
    tone: str
    progress: float | None
    elapsed: str
    is_running: bool
    can_cancel: bool
    is_recent: bool
    failure: str = ""
    code: str = ""
    request_id: str = ""

    @property
    def report(self) -> str:
        """What is copied for support: sentence, code and request id, one a line."""
        lines = [f"{self.name}: {self.failure or self.words}", f"job {self.id}"]
        if self.code:
            lines.append(f"code {self.code}")
        if self.request_id:
            lines.append(f"request {self.request_id}")
        return "\n".join(lines)


def elapsed_words(seconds: float) -> str:
    """``0:07``, ``12:30``, ``1:02:09``; never negative."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, second = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"


def failure_words(job: Job) -> str:
    """Why a job failed, in the server's words where it gave any."""
    if job.error_message:
        return job.error_message
    return QCoreApplication.translate("JobsViewModel", "The server gave no reason.")


class JobsViewModel(QObject):
    """Jobs of every project of this workspace; elapsed times move only while something runs."""

    changed = Signal()
    """Rows came, went or moved a step."""

    ticked = Signal()
    """Only the elapsed times moved."""

    ended = Signal(object)
    """A :class:`JobRow` that ran a moment ago and has come to its end."""

    def __init__(
        self,
        jobs: JobService,
        personas: PersonaService,
        hub: EventHub,
        scope: TaskScope,
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._service, self._personas, self._hub = jobs, personas, hub
        self._scope, self._clock = scope, clock
        self._jobs: tuple[Job, ...] = ()
        self._faces: dict[str, tuple[str, str]] = {}
        self._stale: set[str] = set()
        self._refused_at: dict[str, str] = {}
        self._ticking = False
        self._subscriptions = (
            hub.subscribe(JobsChanged, self._on_jobs),
            hub.subscribe(InfluencersChanged, self._on_influencers),
        )

    def start(self) -> None:
        """Read the jobs this workspace follows."""
        self._scope.latest("load", self._load())

    def close(self) -> None:
        """Hear nothing more."""
        for subscription in self._subscriptions:
            subscription.close()

    @property
    def rows(self) -> tuple[JobRow, ...]:
        """Every job, running ones first."""
        return tuple(self._row(job) for job in self._jobs)

    @property
    def cards(self) -> tuple[JobRow, ...]:
        """What the side bar shows: running, then failed, then those that ended just now."""
        rows = self.rows
        return tuple(
            [row for row in rows if row.is_running]
            + [row for row in rows if row.failure]
            + [row for row in rows if row.is_recent and not row.failure]
        )

    @property
    def running(self) -> int:
        """How many run."""
        return sum(job.is_running for job in self._jobs)

    @property
    def running_words(self) -> str:
        """How many run, in words; empty when none does."""
        count = self.running
        if not count:
            return ""
        return self.tr("1 job") if count == 1 else self.tr("{count} jobs").format(count=count)

    @property
    def progress(self) -> float | None:
        """How far the running ones are together, 0 to 1; None when none says or none runs."""
        known = [job.progress for job in self._jobs if job.is_running and job.progress is not None]
        return sum(known) / self.running if known else None

    def cancel(self, job_id: str) -> None:
        """Ask to stop; the row tells what came of it."""
        self._scope.busy(f"cancel {job_id}", self._ask(self._service.cancel(job_id)))

    def dismiss(self, job_id: str) -> None:
        """Take an ended job off the list."""
        self._scope.busy(f"dismiss {job_id}", self._ask(self._service.dismiss(job_id)))

    def dismiss_ended(self) -> None:
        """Take every ended job off the list."""
        for job in self._jobs:
            if not job.is_running:
                self.dismiss(job.id)

    async def _ask(self, call: Coroutine[Any, Any, None]) -> None:
        try:
            await call
        except StudioError as error:
            self._tell(error)
        await self._load()

    async def _load(self) -> None:
        try:
            jobs = await self._service.jobs()
            await self._learn_faces(_people(jobs))
        except StudioError as error:
            self._tell(error)
            return
        were_running = {job.id for job in self._jobs if job.is_running}
        self._jobs = jobs
        self._refused_at = {
            job.id: self._refused_at.get(job.id, job.stage)
            for job in jobs
            if job.cancel == "refused"
        }
        self.changed.emit()
        if self.running and not self._ticking:
            self._ticking = True
            self._scope.latest("tick", self._tick())
        for job in jobs:
            if job.id in were_running and not job.is_running:
                self.ended.emit(self._row(job))

    async def _learn_faces(self, ids: set[str]) -> None:
        unknown = ids - (self._faces.keys() - self._stale)
        for influencer_id in sorted(unknown):
            shown = await self._personas.show(influencer_id)
            if shown is not None:
                found = shown.influencer
                self._faces[influencer_id] = (found.name, found.thumbnail_url or "")
            self._stale.discard(influencer_id)

    async def _tick(self) -> None:
        try:
            while self.running:
                await self._clock.sleep(1.0)
                self.ticked.emit()
        finally:
            self._ticking = False

    def _row(self, job: Job) -> JobRow:
        name, thumbnail = self._faces.get(job.influencer_id, (job.influencer_id, ""))
        if not thumbnail and job.source_id:
            # A clone has no picture of its own before it is ready; it looks like its source.
            thumbnail = self._faces.get(job.source_id, ("", ""))[1]
        words, tone = self._words(job)
        now = self._clock.now()
        return JobRow(
            id=job.id,
            influencer_id=job.influencer_id,
            project_id=job.project_id,
            name=name,
            thumbnail_url=thumbnail,
            words=words,
            tone=tone,
            progress=1.0 if job.status == "completed" else job.progress,
            elapsed=_elapsed(job, now),
            is_running=job.is_running,
            can_cancel=job.is_running and job.cancel != "asked" and not self._refused_now(job),
            is_recent=job.finished_at is not None and now - job.finished_at < FRESH,
            failure=failure_words(job) if job.status == "failed" else "",
            code=job.error_code,
            request_id=job.request_id,
        )

    def _words(self, job: Job) -> tuple[str, str]:
        if job.status == "completed":
            return self.tr("Finished"), "ok"
        if job.status == "failed":
            return self.tr("Failed"), "error"
        if job.status == "canceled":
            return self.tr("Canceled"), ""
        stage = stage_words(job.stage) or self.tr("Working")
        if job.cancel == "asked":
            return self.tr("Asked to stop · {stage}").format(stage=stage.lower()), "warn"
        if self._refused_now(job):
            return self.tr("Cannot stop now · {stage}").format(stage=stage.lower()), "warn"
        return stage, ""

    def _refused_now(self, job: Job) -> bool:
        """A refusal holds for the stage it was given at; the next one is worth asking again."""
        return job.cancel == "refused" and self._refused_at.get(job.id) == job.stage

    def _on_jobs(self, _event: JobsChanged) -> None:
        self._scope.latest("load", self._load())

    def _on_influencers(self, event: InfluencersChanged) -> None:
        followed = _people(self._jobs)
        touched = followed & event.ids if event.ids else followed
        if touched:
            self._stale |= touched
            self._scope.latest("load", self._load())

    def _tell(self, error: StudioError) -> None:
        self._hub.publish(
            Notice(error.sentence, error.next_step, is_problem=True, request_id=error.request_id)
        )


def _people(jobs: Iterable[Job]) -> set[str]:
    """Ids of everyone whose name or portrait the rows need."""
    return {found for job in jobs for found in (job.influencer_id, job.source_id) if found}


def _elapsed(job: Job, now: datetime) -> str:
    if job.started_at is None:
        return ""
    end = job.finished_at if job.finished_at is not None and not job.is_running else now
    return elapsed_words((end - job.started_at).total_seconds())
