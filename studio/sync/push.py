"""Sends one waiting mutation and stores what came of it, in one transaction.

The server is read before a publish: a field that moved there under an unsent edit is never
overwritten in silence; the row waits for a person instead.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from studio.core.errors import ChangeStateFirst, SignIn, StudioError, TryLater
from studio.domain.diff import same, shown
from studio.domain.events import InfluencersChanged, JobsChanged, Notice, UploadsChanged
from studio.domain.fields import label_of
from studio.domain.influencer import Influencer
from studio.domain.job import Job
from studio.domain.mutation import Bind, Clone, Create, Delete, Patch
from studio.store import jobs, outbox, personas, uploads

if TYPE_CHECKING:
    from studio.api.client import PartnerClient
    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.domain.influencer import ReferenceImage
    from studio.domain.mutation import Waiting
    from studio.store.connection import Connection
    from studio.store.database import Database

_RETRY_AFTER = timedelta(seconds=5)


class Push:
    """Sends; never decides when. Errors about contact are raised for the engine to weigh."""

    def __init__(self, db: Database, client: PartnerClient, hub: EventHub, clock: Clock) -> None:
        self._db = db
        self._client = client
        self._hub = hub
        self._clock = clock

    async def send(self, row: Waiting) -> None:
        """Send ``row`` (already claimed). Raises SignIn and TryLater after putting it back."""
        mutation = row.mutation
        try:
            match mutation:
                case Patch():
                    await self._patch(mutation)
                case Create():
                    await self._create(mutation)
                case Clone():
                    await self._clone(mutation)
                case Delete():
                    await self._delete(mutation)
                case Bind():
                    await self._bind(mutation)
        except SignIn:
            await self._db.write(outbox.put_back, mutation.id)
            raise
        except TryLater as error:
            at = error.at or self._clock.now() + _RETRY_AFTER
            await self._db.write(outbox.fail, mutation.id, at, error)
            raise
        except StudioError as error:
            await self._db.write(outbox.block, mutation.id, error)
            self._hub.publish(
                Notice(
                    error.sentence,
                    next_step=error.next_step,
                    is_problem=True,
                    influencer_id=mutation.influencer_id,
                    request_id=error.request_id,
                )
            )
        finally:
            self._hub.publish(
                InfluencersChanged(mutation.project_id, frozenset({mutation.influencer_id}))
            )

    # ---- publish

    async def _patch(self, patch: Patch) -> None:
        theirs = await self._client.get_influencer(patch.influencer_id)
        moved = [
            path
            for path, entry in patch.fields.items()
            if not same(theirs.value(path), entry.base)
            and not same(theirs.value(path), entry.value)
        ]
        if moved:
            await self._db.write(personas.put_full, theirs)
            raise _changed_there(moved, theirs)
        values = {
            path: entry.value
            for path, entry in patch.fields.items()
            if not same(theirs.value(path), entry.value)
        }
        record = theirs
        if values:
            record = await self._client.patch_influencer(
                patch.influencer_id, values, idempotency_key=patch.id
            )

        def confirm(conn: Connection) -> None:
            outbox.ack(conn, patch.id)
            personas.put_full(conn, record)

        await self._db.write(confirm)

    # ---- create and clone

    async def _create(self, create: Create) -> None:
        try:
            answer = await self._client.create_influencer(
                create.project_id,
                create.influencer_id,
                create.values,
                idempotency_key=create.id,
            )
        except ChangeStateFirst as error:
            answer = await self._already_made(create.influencer_id, error)
        await self._made(create, answer, source_id="")

    async def _clone(self, clone: Clone) -> None:
        try:
            answer = await self._client.clone_influencer(
                clone.source_id,
                clone.name,
                new_influencer_id=clone.influencer_id,
                overrides=clone.overrides,
                idempotency_key=clone.id,
            )
        except ChangeStateFirst as error:
            answer = await self._already_made(clone.influencer_id, error)
        await self._made(clone, answer, source_id=clone.source_id)

    async def _already_made(self, influencer_id: str, error: StudioError) -> Influencer:
        """Our own id is taken: an earlier try got through and its answer was lost."""
        if error.code != "CONFLICT":
            raise error
        try:
            return await self._client.get_influencer(influencer_id)
        except ChangeStateFirst:
            raise error from None

    async def _made(self, asked: Create | Clone, answer: Job | Influencer, source_id: str) -> None:
        job: Job | None = None
        if isinstance(answer, Job):
            job = replace(
                answer,
                project_id=asked.project_id,
                influencer_id=asked.influencer_id,
                is_clone=bool(source_id),
                source_id=source_id,
                started_at=answer.started_at or self._clock.now(),
            )

        def confirm(conn: Connection) -> None:
            outbox.ack(conn, asked.id)
            if isinstance(answer, Influencer):
                personas.put_full(conn, answer)
            if job is not None:
                jobs.put(conn, job)

        await self._db.write(confirm)
        if job is not None:
            self._hub.publish(JobsChanged(frozenset({job.id})))

    # ---- delete and bind

    async def _delete(self, delete: Delete) -> None:
        deleted_at = self._clock.now()
        try:
            await self._client.delete_influencer(
                delete.influencer_id, delete.reason, idempotency_key=delete.id
            )
        except ChangeStateFirst as error:
            if error.code != "NOT_FOUND":
                raise

        def confirm(conn: Connection) -> None:
            outbox.ack(conn, delete.id)
            personas.mark_deleted(conn, delete.influencer_id, deleted_at, delete.reason)

        await self._db.write(confirm)

    async def _bind(self, bind: Bind) -> None:
        images = await self._client.bind_references(
            bind.influencer_id, bind.asset_ids, idempotency_key=bind.id
        )
        bound = {image.asset_id for image in images}
        dropped = [asset for asset in bind.asset_ids if asset not in bound]

        def confirm(conn: Connection) -> None:
            outbox.ack(conn, bind.id)
            personas.put_references(conn, bind.influencer_id, images)
            uploads.bound(conn, [asset for asset in bind.asset_ids if asset in bound])
            uploads.not_found(conn, dropped)

        await self._db.write(confirm)
        self._hub.publish(UploadsChanged(bind.influencer_id))
        if dropped:
            self._hub.publish(_not_taken(bind, dropped, images))


def _changed_there(moved: list[str], theirs: Influencer) -> ChangeStateFirst:
    first = moved[0]
    names = ", ".join(label_of(path) for path in moved)
    return ChangeStateFirst(
        f"{names} changed on the server meanwhile ({shown(theirs.value(first))}).",
        next_step="Take your edits back to compare, or send again to keep yours.",
        code=outbox.CHANGED_ON_SERVER,
        field=first,
    )


def _not_taken(bind: Bind, dropped: list[str], images: tuple[ReferenceImage, ...]) -> Notice:
    count = len(dropped)
    what = "One image was" if count == 1 else f"{count} images were"
    return Notice(
        f"{what} not found on the server and not bound; {len(images)} are.",
        next_step="Upload again from the Look tab.",
        is_problem=True,
        influencer_id=bind.influencer_id,
    )
