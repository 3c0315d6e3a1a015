"""Sends one waiting mutation and stores what came of it, in one transaction.

Whatever may have reached the server goes again under the key it went under first (contract 1.7).
After a day the server has forgotten the key: then it is asked first whether it did it, and only
what it did not do goes again, under a new one.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from studio.api.budget import Priority
from studio.api.errors import Conflict, Gone, KeyReused, NotTaken, ServerBusy
from studio.core.errors import SignIn, StudioError, TryLater
from studio.core.ids import new_ulid
from studio.domain.diff import same
from studio.domain.draft import DraftField
from studio.domain.events import InfluencersChanged, JobsChanged, ProjectsChanged, UploadsChanged
from studio.domain.influencer import Influencer
from studio.domain.job import Job
from studio.domain.mutation import Bind, Clone, Create, Delete, Patch
from studio.store import adopting, dialects, history, jobs, outbox, outbox_rows, personas, uploads
from studio.store.errors import DiskTrouble
from studio.sync import wording
from studio.sync.doubt import is_forgotten, later, may_have_worked
from studio.sync.publish import Publish
from studio.sync.schedule import backoff
from studio.sync.shrinking import Shrinking

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from studio.api.budget import CallClass
    from studio.api.client import PartnerClient
    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.domain.influencer import FieldValue, ReferenceImage
    from studio.domain.mutation import Mutation, Waiting
    from studio.store.connection import Connection
    from studio.store.database import Database

_CLASSES: tuple[CallClass, ...] = ("write", "start")
_SHARE = 0.9


class Push:
    """Sends; never decides when. Errors about contact are raised for the engine to weigh."""

    def __init__(
        self,
        db: Database,
        client: PartnerClient,
        hub: EventHub,
        clock: Clock,
        random: Random | None = None,
    ) -> None:
        self._db = db
        self._client = client
        self._hub = hub
        self._clock = clock
        self._random = random or Random()  # noqa: S311 - spreads retries, guards nothing
        self._publish = Publish(db, client, hub)
        self._shrinking = Shrinking(client)

    def has_room(self) -> bool:
        """Whether a write would go out at once: waiting for a turn would hold up reads as well."""
        budget = self._client.budget
        return all(
            budget.used(each) < max(1, int(budget.limit(each) * _SHARE)) for each in _CLASSES
        )

    async def send(self, row: Waiting) -> None:
        """Send ``row``, which is claimed.

        A refusal blocks the row and returns; it is told by a notice. Raises SignIn and TryLater
        once the row waits again, and DiskTrouble with the row as it was.
        """
        mutation = row.mutation
        try:
            if is_forgotten(row, self._clock.now()):
                if await self._was_done(mutation):
                    return
                mutation = replace(mutation, id=new_ulid())
                await self._db.write(outbox_rows.renew, row.mutation.id, mutation.id)
                row = replace(row, mutation=mutation)
            await self._deliver(row)
        except SignIn:
            await self._db.write(outbox.put_back, mutation.id)
            raise
        except DiskTrouble:
            raise
        except TryLater as error:
            await self._wait(row, error)
            raise
        except StudioError as error:
            if may_have_worked(error, row.attempts):
                again = later(error)
                await self._wait(row, again)
                raise again from error
            if isinstance(error, NotTaken) and self._shrinking.may_help(mutation, error):
                await self._db.write(
                    dialects.keep_here, mutation.id, self._shrinking.left_out(mutation, error)
                )
            else:
                await self._refused(mutation, error)
        finally:
            self._tell(mutation)

    async def _was_done(self, mutation: Mutation) -> bool:
        """Ask the server whether an earlier try arrived; then it is settled by what is there.

        A publish reads the server before it sends anyway. Raises Gone when what an image is to be
        bound to is gone.
        """
        self._shrinking.must_be_known(mutation)
        try:
            match mutation:
                case Patch():
                    return False
                case Create() | Clone():
                    found = await self._read(mutation)
                    await self._made(mutation, found, _values_of(mutation), is_older=True)
                    return True
                case Delete():
                    await self._read(mutation)
                    return False
                case Bind():
                    images = (await self._read(mutation)).reference_images
                    if not {image.asset_id for image in images}.issuperset(mutation.asset_ids):
                        return False
                    await self._bound(mutation, images)
                    return True
        except Gone:
            if isinstance(mutation, Bind):
                raise
            if isinstance(mutation, Delete):
                await self._deleted(mutation, None)
                return True
            return False

    async def _read(self, mutation: Mutation) -> Influencer:
        return await self._client.get_influencer(mutation.influencer_id, priority=Priority.VISIBLE)

    async def _deliver(self, row: Waiting) -> None:
        try:
            await self._send_as(row, row.mutation.id)
        except KeyReused:
            # The body differs from that of a lost try (the server moved in between, or the program
            # was updated). Every mutation here is safe to repeat, so a fresh key decides.
            self._shrinking.must_be_known(row.mutation)
            await self._send_as(row, new_ulid())

    async def _send_as(self, row: Waiting, key: str) -> None:
        mutation = row.mutation
        match mutation:
            case Patch():
                await self._publish.send(mutation, key, maybe_sent=row.maybe_sent)
            case Create():
                await self._create(mutation, key)
            case Clone():
                await self._clone(mutation, key)
            case Delete():
                await self._delete(mutation, key)
            case Bind():
                await self._bind(mutation, key)

    async def _wait(self, row: Waiting, error: TryLater) -> None:
        """Without contact all rows wait for it together; else this one waits for itself."""
        now = self._clock.now()
        seconds = 0.0 if error.no_contact else backoff(row.attempts, self._random)
        at = now if error.at is None or error.no_contact else error.at
        await self._db.write(
            outbox.fail, row.mutation.id, max(at, now + timedelta(seconds=seconds)), error
        )

    async def _refused(self, mutation: Mutation, error: StudioError) -> None:
        """Only this row stops, and says why. What lost its influencer becomes a draft again."""
        is_lost = isinstance(error, Gone) and isinstance(mutation, Patch | Bind)
        error = wording.refusal(mutation, error)

        def settle(conn: Connection) -> None:
            outbox.block(conn, mutation.id, error)
            if is_lost:
                outbox.take_back(conn, mutation.influencer_id, conn.now)
                personas.mark_deleted(conn, mutation.influencer_id, conn.now, "")

        await self._db.write(settle)
        self._hub.publish(wording.problem(error, mutation.influencer_id))

    def _tell(self, mutation: Mutation) -> None:
        ids = frozenset({mutation.influencer_id})
        self._hub.publish(InfluencersChanged(mutation.project_id, ids))
        if isinstance(mutation, Bind):
            self._hub.publish(UploadsChanged(mutation.influencer_id))
        else:
            self._hub.publish(ProjectsChanged())

    # ---- create and clone

    async def _create(self, create: Create, key: str) -> None:
        try:
            answer = await self._client.create_influencer(
                create.project_id, create.influencer_id, create.values, idempotency_key=key
            )
        except Conflict as error:
            found = await self._made_before(create.influencer_id, error)
            await self._made(create, found, _values_of(create), is_older=True)
            return
        await self._made(create, answer, _values_of(create))

    async def _clone(self, clone: Clone, key: str) -> None:
        try:
            answer = await self._client.clone_influencer(
                clone.source_id,
                clone.name,
                new_influencer_id=clone.influencer_id,
                overrides=clone.overrides,
                idempotency_key=key,
            )
        except Conflict as error:
            found = await self._made_before(clone.influencer_id, error)
            await self._made(clone, found, _values_of(clone), is_older=True)
            return
        await self._made(clone, answer, _values_of(clone))

    async def _made_before(self, influencer_id: str, error: Conflict) -> Influencer:
        """Our own id is taken: an earlier try got through and its answer was lost."""
        try:
            return await self._client.get_influencer(influencer_id, priority=Priority.VISIBLE)
        except Gone:
            raise error from None

    async def _made(
        self,
        asked: Create | Clone,
        answer: Job | Influencer,
        values: Mapping[str, FieldValue],
        *,
        is_older: bool = False,
    ) -> None:
        """Settle what was asked. ``is_older``: an earlier try made it, and others may have edited
        it since."""
        made_id = await self._made_id(answer)
        if made_id != asked.influencer_id:
            await self._made_elsewise(asked, made_id, answer, values)
            return
        job = self._job_of(asked, answer) if isinstance(answer, Job) else None

        def confirm(conn: Connection) -> None:
            outbox.ack(conn, asked.id)
            if isinstance(answer, Influencer):
                personas.put_full(conn, answer)
                _send_the_rest(conn, asked, answer, values, is_older=is_older)
            if job is not None:
                jobs.put(conn, job)

        await self._db.write(confirm)
        if job is not None:
            self._hub.publish(JobsChanged(frozenset({job.id})))

    async def _made_id(self, answer: Job | Influencer) -> str:
        """The id of what was made; a job may name it only in its result."""
        if isinstance(answer, Influencer):
            return answer.id
        job = answer if answer.influencer_id else await self._client.get_job(answer.id)
        if job is None or not job.influencer_id:
            raise ServerBusy("The server has not named what it makes yet.", request_id=answer.id)
        return job.influencer_id

    async def _made_elsewise(
        self,
        asked: Create | Clone,
        made_id: str,
        answer: Job | Influencer,
        values: Mapping[str, FieldValue],
    ) -> None:
        """A later server chose the id, and a name (4.1): ours becomes that one, and what it had no
        place for goes as a publish."""
        record = await self._client.get_influencer(made_id, priority=Priority.VISIBLE)
        made = replace(asked, influencer_id=made_id)
        job = self._job_of(made, answer) if isinstance(answer, Job) else None

        def confirm(conn: Connection) -> None:
            adopting.adopt(conn, asked.influencer_id, made_id)
            outbox.ack(conn, asked.id)
            personas.put_full(conn, record)
            _send_the_rest(conn, made, record, values)
            if job is not None:
                jobs.put(conn, job)

        await self._db.write(confirm)
        self._tell(made)
        if job is not None:
            self._hub.publish(JobsChanged(frozenset({job.id})))

    def _job_of(self, asked: Create | Clone, answer: Job) -> Job:
        source_id = asked.source_id if isinstance(asked, Clone) else ""
        return replace(
            answer,
            project_id=asked.project_id,
            influencer_id=asked.influencer_id,
            is_clone=bool(source_id),
            source_id=source_id,
            started_at=answer.started_at or self._clock.now(),
        )

    # ---- delete and bind

    async def _delete(self, delete: Delete, key: str) -> None:
        deleted_at = None
        # Gone: an earlier try, or somebody else, did it. It is as it was asked for.
        with contextlib.suppress(Gone):
            deleted_at = await self._client.delete_influencer(
                delete.influencer_id, delete.reason, idempotency_key=key
            )

        await self._deleted(delete, deleted_at)

    async def _deleted(self, delete: Delete, at: datetime | None) -> None:
        def confirm(conn: Connection) -> None:
            personas.mark_deleted(conn, delete.influencer_id, at or conn.now, delete.reason)
            outbox.ack(conn, delete.id)

        await self._db.write(confirm)

    async def _bind(self, bind: Bind, key: str) -> None:
        images = await self._client.bind_references(
            bind.influencer_id, bind.asset_ids, idempotency_key=key
        )
        await self._bound(bind, images)

    async def _bound(self, bind: Bind, images: Sequence[ReferenceImage]) -> None:
        """Store the images the server answered, and say which it did not take (2.4.8)."""
        known = {image.asset_id for image in images}
        taken = [asset_id for asset_id in bind.asset_ids if asset_id in known]
        dropped = [asset_id for asset_id in bind.asset_ids if asset_id not in known]

        def confirm(conn: Connection) -> list[str]:
            rows = uploads.of_influencer(conn, bind.influencer_id)
            names = [row.filename for row in rows if row.asset_id in dropped]
            outbox.ack(conn, bind.id)
            personas.put_references(conn, bind.influencer_id, images)
            uploads.bound(conn, taken)
            uploads.not_found(conn, dropped)
            return names

        names = await self._db.write(confirm)
        if dropped:
            self._hub.publish(wording.not_taken(bind, names, len(dropped), len(taken)))


def _values_of(asked: Create | Clone) -> Mapping[str, FieldValue]:
    """What was asked for by field path; a clone has the rest of its source."""
    if isinstance(asked, Clone):
        return {**asked.overrides, "name": asked.name}
    return asked.values


def _send_the_rest(
    conn: Connection,
    asked: Create | Clone,
    made: Influencer,
    values: Mapping[str, FieldValue],
    *,
    is_older: bool = False,
) -> None:
    """What an earlier try made lacks of what is asked now goes as a publish, nothing is dropped.

    Fields that a later publish already waits to set are left to it. What an older one says that was
    never said here is somebody else's edit: it is asked about, as in any publish.
    """

    def base(path: str) -> FieldValue:
        there = made.value(path)
        known = not is_older or history.was_said_here(conn, asked.influencer_id, path, there)
        return there if known else None

    spoken_for = {
        path
        for row in outbox.of_influencer(conn, asked.influencer_id)
        if isinstance(row.mutation, Patch)
        for path in row.mutation.fields
    }
    left = {
        path: DraftField(value, base(path))
        for path, value in values.items()
        if path not in spoken_for and not same(value, made.value(path))
    }
    dialect = dialects.get(conn)
    fields = {path: entry for path, entry in left.items() if dialect.can_send(path, entry.value)}
    dialects.keep_edits(conn, asked, {path: left[path] for path in left.keys() - fields.keys()})
    if fields:
        patch = Patch(new_ulid(), asked.project_id, asked.influencer_id, fields)
        outbox.enqueue(conn, patch, conn.now)
