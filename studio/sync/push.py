"""Sends one waiting mutation and stores what came of it, in one transaction.

The server is read before a publish: a field that moved there under an unsent edit is never
overwritten in silence; the row waits for a person instead. Whatever may have reached the server
goes again under the key it went under first (contract 1.7); that a create or clone carries an id of
our own makes it safe even after the server has forgotten the key.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from studio.api.budget import Priority
from studio.api.errors import Conflict, Gone, KeyReused
from studio.core.errors import Bug, SignIn, StudioError, TryLater
from studio.core.ids import new_ulid
from studio.domain.diff import same
from studio.domain.draft import DraftField
from studio.domain.events import InfluencersChanged, JobsChanged, ProjectsChanged, UploadsChanged
from studio.domain.influencer import Influencer
from studio.domain.job import Job
from studio.domain.mutation import Bind, Clone, Create, Delete, Patch
from studio.store import jobs, outbox, personas, uploads
from studio.store.errors import DiskTrouble
from studio.sync import wording
from studio.sync.compare import changed_there, compare
from studio.sync.schedule import backoff

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studio.api.budget import CallClass
    from studio.api.client import PartnerClient
    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.domain.influencer import FieldValue
    from studio.domain.mutation import Mutation, Waiting
    from studio.store.connection import Connection
    from studio.store.database import Database

_CLASSES: tuple[CallClass, ...] = ("write", "start")
_SHARE = 0.9
_UNREADABLE = frozenset(
    {
        "UNREADABLE_ANSWER",
        "OFF_CONTRACT",
        "DAMAGED_ANSWER",
        "UNKNOWN_ENCODING",
        "ANSWER_TOO_LARGE",
    }
)
_UNREADABLE_TRIES = 5
_CONFLICT_TRIES = 3


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
            await self._deliver(mutation)
        except SignIn:
            await self._db.write(outbox.put_back, mutation.id)
            raise
        except DiskTrouble:
            raise
        except TryLater as error:
            await self._wait(row, error)
            raise
        except StudioError as error:
            if _may_have_worked(error, row.attempts):
                later = _later(error)
                await self._wait(row, later)
                raise later from error
            await self._refused(mutation, error)
        finally:
            self._tell(mutation)

    async def _deliver(self, mutation: Mutation) -> None:
        try:
            await self._send_as(mutation, mutation.id)
        except KeyReused:
            # The body differs from that of a lost try (the server moved in between, or the program
            # was updated). Every mutation here is safe to repeat, so a fresh key decides.
            await self._send_as(mutation, new_ulid())

    async def _send_as(self, mutation: Mutation, key: str) -> None:
        match mutation:
            case Patch():
                await self._patch(mutation, key)
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

    # ---- publish

    async def _patch(self, patch: Patch, key: str) -> None:
        theirs = await self._client.get_influencer(patch.influencer_id, priority=Priority.VISIBLE)
        found = compare(patch.fields, theirs)
        if found.overlaps:
            await self._db.write(personas.put_full, theirs)
            raise changed_there(found.overlaps, theirs)
        record = theirs
        if found.to_send:
            record = await self._client.patch_influencer(
                patch.influencer_id, found.to_send, idempotency_key=key
            )

        def confirm(conn: Connection) -> None:
            outbox.ack(conn, patch.id)
            personas.put_full(conn, record)

        await self._db.write(confirm)

    # ---- create and clone

    async def _create(self, create: Create, key: str) -> None:
        try:
            answer = await self._client.create_influencer(
                create.project_id, create.influencer_id, create.values, idempotency_key=key
            )
        except Conflict as error:
            answer = await self._made_before(create.influencer_id, error)
        await self._made(create, answer, create.values)

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
            answer = await self._made_before(clone.influencer_id, error)
        await self._made(clone, answer, {**clone.overrides, "name": clone.name})

    async def _made_before(self, influencer_id: str, error: Conflict) -> Influencer:
        """Our own id is taken: an earlier try got through and its answer was lost."""
        try:
            return await self._client.get_influencer(influencer_id, priority=Priority.VISIBLE)
        except Gone:
            raise error from None

    async def _made(
        self, asked: Create | Clone, answer: Job | Influencer, values: Mapping[str, FieldValue]
    ) -> None:
        job = self._job_of(asked, answer) if isinstance(answer, Job) else None

        def confirm(conn: Connection) -> None:
            outbox.ack(conn, asked.id)
            if isinstance(answer, Influencer):
                personas.put_full(conn, answer)
                _send_the_rest(conn, asked, answer, values)
            if job is not None:
                jobs.put(conn, job)

        await self._db.write(confirm)
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

        def confirm(conn: Connection) -> None:
            personas.mark_deleted(conn, delete.influencer_id, deleted_at or conn.now, delete.reason)
            outbox.ack(conn, delete.id)

        await self._db.write(confirm)

    async def _bind(self, bind: Bind, key: str) -> None:
        images = await self._client.bind_references(
            bind.influencer_id, bind.asset_ids, idempotency_key=key
        )
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


def _may_have_worked(error: StudioError, attempts: int) -> bool:
    """Whether the server may have done it although the answer says nothing we understand.

    A plain conflict can be our own twin that is still being answered (Q13).
    """
    if isinstance(error, Bug):
        return error.code in _UNREADABLE and attempts < _UNREADABLE_TRIES
    return isinstance(error, Conflict) and not error.subcode and attempts < _CONFLICT_TRIES


def _later(error: StudioError) -> TryLater:
    return TryLater(
        error.sentence,
        next_step="It is tried again by itself.",
        code=error.code,
        request_id=error.request_id,
    )


def _send_the_rest(
    conn: Connection,
    asked: Create | Clone,
    made: Influencer,
    values: Mapping[str, FieldValue],
) -> None:
    """What an earlier try made lacks of what is asked now goes as a publish, nothing is dropped.

    Fields that a later publish already waits to set are left to it.
    """
    spoken_for = {
        path
        for row in outbox.of_influencer(conn, asked.influencer_id)
        if isinstance(row.mutation, Patch)
        for path in row.mutation.fields
    }
    fields = {
        path: DraftField(value, made.value(path))
        for path, value in values.items()
        if path not in spoken_for and not same(value, made.value(path))
    }
    if fields:
        patch = Patch(new_ulid(), asked.project_id, asked.influencer_id, fields)
        outbox.enqueue(conn, patch, conn.now)
