"""Decides what is read from the server next: what a person waits for, then what is due."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from studio.api.budget import Priority
from studio.api.errors import Gone, RateLimited
from studio.core.errors import SignIn, StudioError, TryLater
from studio.store import meta, personas
from studio.store.errors import DiskTrouble
from studio.sync import wording
from studio.sync.connectivity import is_answer
from studio.sync.schedule import (
    CREDITS_AFTER_JOB,
    CREDITS_EVERY,
    OTHER_PROJECTS_EVERY,
    STALE_EVERY,
    TROUBLED_EVERY,
    VISIBLE_PROJECT_AT_MOST_EVERY,
    VISIBLE_PROJECT_EVERY,
    Patience,
    Timetable,
    WorkingWatch,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime
    from random import Random

    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.domain.job import Job
    from studio.store.database import Database
    from studio.sync.connectivity import Connectivity
    from studio.sync.pull import Pull

log = logging.getLogger(__name__)

_PROJECTS = "projects"
_CREDITS = "credits"
_STALE = "stale"
_ROSTER = "roster:"
_QUEUE_STAGES = ("", "queued")
_DETAILS_AT_ONCE = 8


class Reading:
    """Owns the timetable of reads. Lists and what is wanted run in the engine's loop; filling in
    details runs beside it at the lowest priority, so that a large roster holds nothing up."""

    def __init__(
        self,
        db: Database,
        pull: Pull,
        hub: EventHub,
        contact: Connectivity,
        clock: Clock,
        random: Random,
    ) -> None:
        self._db = db
        self._pull = pull
        self._hub = hub
        self._contact = contact
        self._clock = clock
        self._timetable = Timetable(clock)
        self._working = WorkingWatch(clock)
        self._random = random
        self._patience = Patience(clock, self._random)
        self._details_patience = Patience(clock, self._random)
        self._visible = ""
        self._wanted: dict[str, None] = {}
        self._begun: set[str] = set()
        self._complained: set[str] = set()
        self._troubled: dict[str, Patience] = {}
        self._troubles = 0
        self._reread_old = False
        self._stopping = False

    # ---- what others ask

    def want(self, influencer_id: str) -> None:
        """Read the full record of this one before all else; the last asked for goes first."""
        self._wanted.pop(influencer_id, None)
        self._wanted[influencer_id] = None

    def use_project(self, project_id: str) -> bool:
        """This project is on screen; False when it already was."""
        if project_id == self._visible:
            return False
        self._visible = project_id
        key = _ROSTER + project_id
        self._timetable.hurry(key, 0.0, at_most_every=VISIBLE_PROJECT_AT_MOST_EVERY)
        return True

    def all_due(self) -> None:
        """A person asks for everything now."""
        self._timetable.all_due()
        self._timetable.done(_CREDITS, CREDITS_EVERY)
        self._patience.over()
        self._details_patience.over()

    def account_read(self) -> None:
        """The balance came with the account just now."""
        self._timetable.done(_CREDITS, CREDITS_EVERY)

    def stop(self) -> None:
        """Begin no further read."""
        self._stopping = True

    async def follow(self, job: Job) -> bool:
        """A job moved; whether its influencer is to be read for it.

        While a job runs, the record changes its status once, when the job leaves the queue.
        """
        if not job.is_running:
            self._begun.discard(job.id)
            self._timetable.hurry(_CREDITS, CREDITS_AFTER_JOB)
            return False
        if job.stage in _QUEUE_STAGES or job.id in self._begun:
            return False
        self._begun.add(job.id)
        known = await self._db.read(personas.get, job.influencer_id)
        if known is None or known.status != "pending":
            return False
        self.want(job.influencer_id)
        return True

    # ---- in the engine's loop

    async def read_due(self, between: Callable[[], Awaitable[None]]) -> None:
        """What is wanted, then what is due. ``between`` is awaited after each call, so that what
        waits to be sent never waits for a list.

        Raises what concerns all: SignIn, DiskTrouble and TryLater without contact.
        """
        if self._patience.wait_left() > 0:
            return
        self._troubles = 0
        try:
            await self._read_wanted(between)
            await self._read_lists(between)
            await self._read_working()
            await self._try(_CREDITS, CREDITS_EVERY, self._read_credits)
        except TryLater as error:
            if _is_lost(error):
                raise
            self._patience.failed(error.at)
            self._contact.update(reason=error.sentence)
        else:
            self._patience.over()
        if self._timetable.is_due(_STALE):
            self._timetable.done(_STALE, STALE_EVERY)
            self._reread_old = True

    def next_try(self) -> datetime | None:
        """When reads go on, None when they do not wait."""
        wait = self._patience.wait_left()
        return self._clock.now() + timedelta(seconds=wait) if wait > 0 else None

    async def _read_wanted(self, between: Callable[[], Awaitable[None]]) -> None:
        while self._wanted and not self._stopping:
            influencer_id, _ = self._wanted.popitem()
            self._contact.update(busy=True)
            try:
                await self._pull.details((influencer_id,), Priority.VISIBLE)
            except (SignIn, TryLater) as error:
                if isinstance(error, SignIn | RateLimited) or _is_lost(error):
                    self._wanted.setdefault(influencer_id, None)
                    raise
                # The server stumbles over this one: it waits its turn among the others.
                await self._db.write(personas.mark_stale, (influencer_id,))
            self._contact.answered()
            await between()

    async def _read_lists(self, between: Callable[[], Awaitable[None]]) -> None:
        await self._try(_PROJECTS, OTHER_PROJECTS_EVERY, self._pull.projects)
        ids = await self._ordered_projects()
        self._timetable.keep([_ROSTER + each for each in ids], _ROSTER)

        async def meanwhile() -> None:
            await between()
            await self._read_wanted(between)

        for project_id in ids:

            async def roster(project_id: str = project_id) -> None:
                await self._pull.roster(project_id, meanwhile)

            seen = project_id == self._visible
            every = VISIBLE_PROJECT_EVERY if seen else OTHER_PROJECTS_EVERY
            if await self._try(_ROSTER + project_id, every, roster):
                await meanwhile()

    async def _read_working(self) -> None:
        """What the server makes by itself or for others: no job tells when it is ready."""
        ids: list[str] = []
        for project_id in await self._ordered_projects():
            ids += await self._db.read(personas.working_without_job, project_id)
        due = self._working.due(ids, _DETAILS_AT_ONCE)
        if due and not self._stopping:
            self._contact.update(busy=True)
            for influencer_id in due:
                self._working.read(influencer_id, moved=False)
            for influencer_id in await self._pull.details(due):
                self._working.read(influencer_id, moved=True)
            self._contact.answered()

    async def _read_credits(self) -> None:
        self._contact.update(credits=await self._pull.credits())

    async def _try(self, key: str, every: float, read: Callable[[], Awaitable[None]]) -> bool:
        """Do what is due. What this server cannot give is told once and asked for more rarely."""
        if self._stopping or not self._timetable.is_due(key):
            return False
        self._contact.update(busy=True)
        try:
            await read()
        except (SignIn, DiskTrouble):
            raise
        except TryLater as error:
            self._troubles += 1
            if _is_lost(error) or isinstance(error, RateLimited) or self._troubles > 1:
                raise
            patience = self._troubled.setdefault(key, Patience(self._clock, self._random))
            self._timetable.done(key, patience.failed(error.at))
        except StudioError as error:
            log.warning("%s was not read: %s (%s)", key, error.sentence, error.request_id)
            self._timetable.done(key, max(every, TROUBLED_EVERY))
            self._complain(key, error)
        else:
            self._troubles = 0
            self._complained.discard(key)
            self._troubled.pop(key, None)
            self._contact.answered()
            self._timetable.done(key, every)
        return True

    def _complain(self, key: str, error: StudioError) -> None:
        if isinstance(error, Gone) and key != _PROJECTS:
            self._timetable.hurry(_PROJECTS, 0.0, at_most_every=VISIBLE_PROJECT_AT_MOST_EVERY)
        elif key not in self._complained and key != _CREDITS:
            self._hub.publish(wording.problem(error))
        self._complained.add(key)

    async def next_wait(self) -> float | None:
        """Seconds until something is due; None when nothing ever was."""
        if self._wanted:
            return self._patience.wait_left()
        details = self._details_patience.wait_left() or None
        possible = (self._timetable.wait_left(), self._working.wait_left(), details)
        waits = [wait for wait in possible if wait is not None]
        return max(min(waits), self._patience.wait_left()) if waits else None

    # ---- beside the loop

    async def fill_in(self) -> None:
        """Read details that are missing or old until there are none, a few at a time.

        Raises what concerns all, as :meth:`read_due`.
        """
        while not self._stopping and self._contact.is_online:
            held = self._details_patience.wait_left() or self._patience.wait_left()
            ids = () if held else await self._next_details()
            if not ids:
                return
            try:
                await self._pull.details(ids, Priority.BACKGROUND)
            except TryLater as error:
                if _is_lost(error):
                    raise
                self._details_patience.failed(error.at)
            else:
                self._details_patience.over()

    async def _next_details(self) -> tuple[str, ...]:
        for project_id in await self._ordered_projects():
            ids = await self._pull.wanting_details(project_id, _DETAILS_AT_ONCE)
            if ids:
                return ids
        if not self._visible or not self._reread_old:
            return ()
        self._reread_old = False
        return await self._pull.stale_details(self._visible, _DETAILS_AT_ONCE)

    async def _ordered_projects(self) -> list[str]:
        ids = await self._db.read(meta.project_ids)
        return sorted(ids, key=lambda project_id: project_id != self._visible)


def _is_lost(error: TryLater) -> bool:
    """Whether it means that the server was not reached, which concerns everything."""
    return not is_answer(error) and not isinstance(error, RateLimited)
