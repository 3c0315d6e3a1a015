"""The one loop between this computer and the server: connect, send, read, wait, again."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from studio.core.errors import Bug, SignIn, StudioError, TryLater
from studio.domain.events import InfluencersChanged, JobsChanged
from studio.store import jobs, meta, outbox, persona_rows
from studio.store.errors import DiskTrouble
from studio.sync import wording
from studio.sync.reading import Reading
from studio.sync.schedule import VISIBLE_PROJECT_EVERY, Patience
from studio.sync.sending import Sending

if TYPE_CHECKING:
    from datetime import datetime

    from studio.core.clock import Clock
    from studio.core.events import EventHub, Subscription
    from studio.core.tasks import TaskScope
    from studio.domain.status import SyncStatus
    from studio.store.database import Database
    from studio.sync.connectivity import Connectivity
    from studio.sync.pull import Pull
    from studio.sync.push import Push

log = logging.getLogger(__name__)

_STOP_SECONDS = 3.0
_REFUSED_SECONDS = 300.0
_SHORTEST_WAIT = 0.05
_KEEP_CONTACT_EVERY = timedelta(seconds=30)
_MOVED = "MOVED"


class SyncEngine:
    """Owns when something is sent or read, and tells what is known of the server.

    It sleeps until something is asked for or due: an idle program makes a handful of calls a
    minute. A refused key stops all of it until :meth:`sync_now`.
    """

    def __init__(
        self,
        db: Database,
        hub: EventHub,
        scope: TaskScope,
        clock: Clock,
        contact: Connectivity,
        push: Push,
        pull: Pull,
        random: Random | None = None,
    ) -> None:
        chance = random or Random()  # noqa: S311 - spreads retries, guards nothing
        self._db = db
        self._hub = hub
        self._scope = scope
        self._clock = clock
        self._contact = contact
        self._pull = pull
        self._sending = Sending(db, push, contact, clock, self._recount, chance)
        self._reading = Reading(db, pull, hub, contact, clock, chance)
        self._disk = Patience(clock, chance)
        self._wake = asyncio.Event()
        self._stopping = False
        self._known = False
        self._asked_for = False
        self._recovered = False
        self._followers_wait = True
        self._details_due = False
        self._kept_contact: datetime | None = None
        self._moved_jobs: set[str] = set()
        self._gone_pictures: set[str] = set()
        self._subscriptions: list[Subscription] = []
        self._loop: asyncio.Task[None] | None = None

    # ---- what others ask

    @property
    def status(self) -> SyncStatus:
        """What is known about contact now."""
        return self._contact.status

    async def remember(self) -> None:
        """Tell what is kept here before any server has answered: counts, account, last contact."""
        account = await self._db.read(meta.account)
        self._kept_contact = await self._db.read(meta.last_contact)
        self._contact.update(last_contact=self._kept_contact)
        if account is not None:
            self._contact.update(
                organization=account.organization_name, credits=account.credit_balance
            )
        await self._recount()

    def start(self) -> None:
        """Begin; what was being sent when the program last ended waits again first."""
        self._subscriptions = [
            self._hub.subscribe(InfluencersChanged, self._on_influencers),
            self._hub.subscribe(JobsChanged, self._on_jobs),
        ]
        self._loop = self._scope.spawn(self._run(), name="engine")

    def wake(self) -> None:
        """Something waits to be sent."""
        self._wake.set()

    def sync_now(self) -> None:
        """Send and read at once; a refused key is tried again, the account is asked for anew."""
        self._asked_for = True
        self._wake.set()

    def use_project(self, project_id: str) -> None:
        """This project is on screen: it is read before others."""
        if self._reading.use_project(project_id):
            self._wake.set()

    def want(self, influencer_id: str) -> None:
        """Read the full record of this one soon; the last asked for goes first."""
        self._reading.want(influencer_id)
        self._wake.set()

    def picture_gone(self, url: str) -> None:
        """The server has no picture at this address any more: read the record that names it, once
        (Q15)."""
        if url not in self._gone_pictures:
            self._gone_pictures.add(url)
            self._scope.spawn(self._want_owner(url), name="picture-gone")

    async def stop(self) -> None:
        """Finish or abandon the call in flight within three seconds."""
        self._stopping = True
        self._sending.stop()
        self._reading.stop()
        self._wake.set()
        for subscription in self._subscriptions:
            subscription.close()
        if self._loop is not None:
            await asyncio.wait({self._loop}, timeout=_STOP_SECONDS)

    # ---- the loop

    async def _run(self) -> None:
        while not self._stopping:
            wait = await self._guarded_round()
            if wait > 0 and not self._stopping:
                await self._sleep(wait)
        try:
            await self._keep_contact(is_last=True)
        except DiskTrouble as error:
            log.warning("the last contact was not kept: %s", error.sentence)

    async def _sleep(self, seconds: float) -> None:
        alarm = self._scope.spawn(self._ring(max(seconds, _SHORTEST_WAIT)), name="alarm")
        try:
            await self._wake.wait()
        finally:
            if alarm is not None:
                alarm.cancel()

    async def _ring(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._wake.set()

    async def _guarded_round(self) -> float:
        """One round; whatever fails in it, the loop goes on. Seconds to wait, 0 for none."""
        self._wake.clear()
        try:
            wait = await self._round()
        except DiskTrouble as error:
            return self._trouble(error)
        except Exception as error:
            log.exception("a round of the engine failed")
            bug = Bug("Something went wrong while syncing.", next_step="The log has the details.")
            bug.__cause__ = error
            return self._trouble(bug)
        self._disk.over()
        return wait

    def _trouble(self, error: StudioError) -> float:
        """This computer fails, not the server: told once, and tried again by itself."""
        self._contact.update(busy=False)
        self._recovered = False
        if not self._disk.is_failing:
            self._hub.publish(wording.problem(error))
        return self._disk.failed()

    async def _round(self) -> float:
        if not self._recovered:
            await self._db.write(outbox.recover)
            self._recovered = True
            await self._recount()
        if self._asked_for:
            await self._begin_anew()
        if self._contact.is_refused:
            return _REFUSED_SECONDS
        held = self._contact.wait_left()
        if held > 0:
            return held
        try:
            await self._work()
        except DiskTrouble:
            raise
        except StudioError as error:
            self._speak_of(error)
        finally:
            self._contact.update(busy=False)
        await self._recount()
        await self._keep_contact(is_last=not self._contact.is_online)
        if self._wake.is_set():
            return 0.0
        return self._contact.wait_left() or await self._next_wait()

    async def _begin_anew(self) -> None:
        self._asked_for = False
        self._known = False
        self._reading.all_due()
        if not self._contact.is_online:
            await self._pull.reconnect()
        self._contact.try_again()

    async def _work(self) -> None:
        if not self._known:
            await self._connect()
        await self._sending.send_due()
        await self._reading.read_due(self._sending.send_due)
        self._call_followers()
        self._details_due = True
        self._scope.busy("details", self._fill_in())

    async def _connect(self) -> None:
        self._contact.update(busy=True)
        account = await self._pull.account()
        self._known = True
        self._contact.answered()
        self._reading.account_read()
        self._contact.update(organization=account.organization_name, credits=account.credit_balance)
        self._followers_wait = True
        self._call_followers()

    def _call_followers(self) -> None:
        """Contact is there (again): whoever follows jobs may go on."""
        if self._followers_wait:
            self._followers_wait = False
            self._hub.publish(JobsChanged())

    async def _fill_in(self) -> None:
        try:
            while self._details_due:
                self._details_due = False
                await self._reading.fill_in()
        except DiskTrouble as error:
            log.warning("details were not stored: %s", error.sentence)
        except StudioError as error:
            self._speak_of(error)
            self._wake.set()

    async def _next_wait(self) -> float:
        waits = (await self._sending.next_wait(), await self._reading.next_wait())
        return min((wait for wait in waits if wait is not None), default=VISIBLE_PROJECT_EVERY)

    # ---- telling

    def _speak_of(self, error: StudioError) -> None:
        if isinstance(error, TryLater) and error.code == _MOVED:
            self._wake.set()
            return
        was = self._contact.status
        self._contact.failed(error)
        self._followers_wait = True
        if isinstance(error, SignIn):
            self._known = False
            if was.contact != "sign_in":
                self._hub.publish(wording.problem(error))
        elif not isinstance(error, TryLater) and was.reason != error.sentence:
            log.warning("sync: %s (%s)", error.sentence, error.request_id)
            self._hub.publish(wording.problem(error))

    async def _keep_contact(self, *, is_last: bool) -> None:
        """The moment of the last answer, on disk from time to time: it is told after a restart."""
        at, kept = self._contact.status.last_contact, self._kept_contact
        if at is None or at == kept:
            return
        if is_last or kept is None or at - kept >= _KEEP_CONTACT_EVERY:
            await self._db.write(meta.put_last_contact, at)
            self._kept_contact = at

    def _on_influencers(self, _event: InfluencersChanged) -> None:
        self._scope.latest("recount", self._recount_later())

    def _on_jobs(self, event: JobsChanged) -> None:
        self._moved_jobs |= event.ids
        self._scope.busy("moved-jobs", self._look_at_jobs())

    async def _look_at_jobs(self) -> None:
        counted = False
        while self._moved_jobs or not counted:
            try:
                while self._moved_jobs:
                    job = await self._db.read(jobs.get, self._moved_jobs.pop())
                    if job is not None and await self._reading.follow(job):
                        self._wake.set()
            except DiskTrouble as error:
                log.warning("a job was not looked at: %s", error.sentence)
            await self._recount_later()
            counted = True

    async def _want_owner(self, url: str) -> None:
        try:
            influencer_id = await self._db.read(persona_rows.owner_of_picture, url)
        except DiskTrouble as error:
            log.warning("the owner of a picture was not found: %s", error.sentence)
            return
        if influencer_id:
            self.want(influencer_id)

    async def _recount_later(self) -> None:
        """Beside the loop: a disk that refuses is told by the loop, which counts again as well."""
        try:
            await self._recount()
        except DiskTrouble as error:
            log.warning("counts are not up to date: %s", error.sentence)
            self._wake.set()

    async def _recount(self) -> None:
        counts = await self._db.read(meta.counts)
        running = await self._db.read(jobs.running)
        self._contact.update(
            waiting=counts.waiting,
            blocked=counts.blocked,
            conflicts=counts.conflicts,
            drafts=counts.drafts,
            jobs=len(running),
        )
        if self._contact.is_online and self._contact.wait_left() == 0:
            at = await self._db.read(outbox.next_try)
            is_ahead = at is not None and at > self._clock.now()
            self._contact.update(next_try=at if is_ahead else self._reading.next_try())
