"""The one loop between this computer and the server: connect, push, pull, wait, again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from studio.core.errors import Bug, SignIn, StudioError, TryLater
from studio.domain.events import InfluencersChanged, JobsChanged, Notice
from studio.store import jobs, meta, outbox, personas
from studio.sync.schedule import OTHER_PROJECTS_EVERY, VISIBLE_PROJECT_EVERY, WORKING_EVERY

if TYPE_CHECKING:
    from studio.core.clock import Clock
    from studio.core.events import EventHub, Subscription
    from studio.core.tasks import TaskScope
    from studio.domain.status import SyncStatus
    from studio.store.database import Database
    from studio.sync.connectivity import Connectivity
    from studio.sync.pull import Pull
    from studio.sync.push import Push

log = logging.getLogger(__name__)

_DETAILS_A_ROUND = 8
_STOP_SECONDS = 3.0


class SyncEngine:
    """Owns when something is sent or read. The only part that drives ``Push`` and ``Pull``."""

    def __init__(
        self,
        db: Database,
        hub: EventHub,
        scope: TaskScope,
        clock: Clock,
        contact: Connectivity,
        push: Push,
        pull: Pull,
    ) -> None:
        self._db = db
        self._hub = hub
        self._scope = scope
        self._clock = clock
        self._contact = contact
        self._push = push
        self._pull = pull
        self._wake = asyncio.Event()
        self._stopping = False
        self._known = False
        self._visible = ""
        self._wanted: dict[str, None] = {}
        self._due: dict[str, float] = {}
        self._subscriptions: list[Subscription] = []
        self._loop_ended: asyncio.Task[None] | None = None

    # ---- what others ask

    @property
    def status(self) -> SyncStatus:
        """What is known about contact now."""
        return self._contact.status

    def start(self) -> None:
        """Begin; interrupted sends of the last run wait again first."""
        self._subscriptions = [
            self._hub.subscribe(InfluencersChanged, self._on_counts_moved),
            self._hub.subscribe(JobsChanged, self._on_counts_moved),
        ]
        self._loop_ended = self._scope.spawn(self._run(), name="engine")

    def wake(self) -> None:
        """Something waits to be sent."""
        self._wake.set()

    def sync_now(self) -> None:
        """Push and pull at once; a refused key is tried again."""
        self._contact.sign_in_again()
        self._due.clear()
        self._wake.set()

    def use_project(self, project_id: str) -> None:
        """This project is on screen: it is read before others."""
        if project_id != self._visible:
            self._visible = project_id
            self._due.pop(f"roster:{project_id}", None)
            self._wake.set()

    def want(self, influencer_id: str) -> None:
        """Read the full record of this one soon; the last asked for goes first."""
        self._wanted.pop(influencer_id, None)
        self._wanted[influencer_id] = None
        self._wake.set()

    async def stop(self) -> None:
        """Finish or abandon the call in flight within three seconds."""
        self._stopping = True
        self._wake.set()
        for subscription in self._subscriptions:
            subscription.close()
        if self._loop_ended is not None:
            await asyncio.wait({self._loop_ended}, timeout=_STOP_SECONDS)

    # ---- the loop

    async def _run(self) -> None:
        await self._db.write(outbox.recover)
        await self._recount()
        while not self._stopping:
            wait = await self._one_round()
            if wait > 0 and not self._stopping:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._wake.wait()

    async def _one_round(self) -> float:
        """Do what is due; seconds until something is due again, 0 for at once."""
        self._wake.clear()
        if self._contact.is_refused:
            return OTHER_PROJECTS_EVERY
        held = self._contact.wait_left()
        if held > 0:
            return held
        self._contact.update(busy=True)
        try:
            more = await self._work()
        except StudioError as error:
            self._speak_of(error)
            more = self._contact.wait_left() == 0 and not isinstance(error, SignIn | Bug)
        finally:
            self._contact.update(busy=False)
        if self._contact.status.last_contact is not None:
            await self._db.write(meta.put_last_contact, self._contact.status.last_contact)
        await self._recount()
        if more:
            return 0.0
        return self._contact.wait_left() or await self._next_due()

    async def _work(self) -> bool:
        """Connect, push everything that may go, pull what is due; whether more waits already."""
        if not self._known:
            await self._connect()
        await self._push_all()
        await self._read_wanted()
        await self._pull_due()
        return await self._read_details()

    async def _connect(self) -> None:
        account = await self._pull.account()
        if account.blocked:
            raise SignIn(
                "This key or its organization was switched off.",
                next_step="Ask its owner, or use another key in Settings.",
                code="KILL_SWITCH",
            )
        self._known = True
        self._contact.answered()
        self._contact.update(organization=account.organization_name, credits=account.credit_balance)

    async def _push_all(self) -> None:
        while not self._stopping:
            row = await self._db.write(outbox.claim_next, self._clock.now())
            if row is None:
                return
            await self._push.send(row)
            self._contact.answered()
            await self._recount()

    async def _read_wanted(self) -> None:
        while self._wanted and not self._stopping:
            influencer_id = next(reversed(self._wanted))
            await self._pull.detail(influencer_id)
            self._wanted.pop(influencer_id, None)
            self._contact.answered()
            if await self._db.read(outbox.has_due, self._clock.now()):
                await self._push_all()

    async def _pull_due(self) -> None:
        if self._is_due("projects"):
            await self._pull.projects()
            self._contact.answered()
            self._done("projects", OTHER_PROJECTS_EVERY)
        ids = await self._db.read(meta.project_ids)
        ordered = sorted(ids, key=lambda project_id: project_id != self._visible)
        for project_id in ordered:
            key = f"roster:{project_id}"
            if self._stopping or not self._is_due(key):
                continue
            await self._pull.roster(project_id)
            self._contact.answered()
            self._done(key, await self._roster_every(project_id))
            if self._wanted or await self._db.read(outbox.has_due, self._clock.now()):
                self._wake.set()
                return

    async def _roster_every(self, project_id: str) -> float:
        if project_id != self._visible:
            return OTHER_PROJECTS_EVERY
        working = await self._db.read(personas.working_without_job, project_id)
        return WORKING_EVERY if working else VISIBLE_PROJECT_EVERY

    async def _read_details(self) -> bool:
        ids = await self._db.read(meta.project_ids)
        for project_id in sorted(ids, key=lambda project_id: project_id != self._visible):
            wanting = await self._pull.wanting_details(project_id, _DETAILS_A_ROUND)
            if wanting:
                reads = (self._detail_quietly(influencer_id) for influencer_id in wanting)
                for outcome in await asyncio.gather(*reads, return_exceptions=True):
                    if isinstance(outcome, BaseException):
                        raise outcome
                return True
        return self._wake.is_set()

    async def _detail_quietly(self, influencer_id: str) -> None:
        """One broken record must not stop the others; contact troubles end the round."""
        try:
            await self._pull.detail(influencer_id)
        except (SignIn, TryLater):
            raise
        except StudioError as error:
            log.warning("the record of %s was not read: %s", influencer_id, error.sentence)
            await self._db.write(personas.mark_read, influencer_id, self._clock.now())

    # ---- keeping time and telling

    def _is_due(self, key: str) -> bool:
        return self._clock.monotonic() >= self._due.get(key, 0.0)

    def _done(self, key: str, every: float) -> None:
        self._due[key] = self._clock.monotonic() + every

    async def _next_due(self) -> float:
        now = self._clock.monotonic()
        waits = [max(0.05, due - now) for due in self._due.values()]
        retry_at = await self._db.read(outbox.next_try)
        if retry_at is not None:
            waits.append(max(0.05, (retry_at - self._clock.now()).total_seconds()))
        return min(waits, default=VISIBLE_PROJECT_EVERY)

    def _speak_of(self, error: StudioError) -> None:
        was = self._contact.status.contact
        self._contact.failed(error)
        if isinstance(error, SignIn):
            self._known = False
            if was != "sign_in":
                self._notice(error)
        elif not isinstance(error, TryLater):
            log.warning("sync: %s (%s)", error.sentence, error.request_id)
            self._notice(error)

    def _notice(self, error: StudioError) -> None:
        self._hub.publish(
            Notice(
                error.sentence,
                next_step=error.next_step,
                is_problem=True,
                request_id=error.request_id,
            )
        )

    def _on_counts_moved(self, _event: object) -> None:
        self._scope.latest("recount", self._recount())

    async def _recount(self) -> None:
        counts = await self._db.read(meta.counts)
        running = await self._db.read(jobs.running)
        self._contact.update(
            waiting=counts.waiting,
            blocked=counts.blocked,
            drafts=counts.drafts,
            jobs=len(running),
        )
