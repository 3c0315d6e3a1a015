"""The outbox as the window asks for it: what waits, what a person does with it, the dry run."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from studio.core.errors import ChangeStateFirst, FixInput
from studio.domain.diff import same
from studio.domain.events import InfluencersChanged, ProjectsChanged
from studio.domain.mutation import Clone, Patch
from studio.domain.outbox import DryRun, PublishSent
from studio.domain.rules import check_all
from studio.store import outbox, outbox_control, outbox_view, persona_rows, projections
from studio.store import uploads as upload_rows
from studio.store.errors import DiskTrouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from studio.api.client import PartnerClient
    from studio.api.preview import Preview
    from studio.core.clock import Clock
    from studio.core.events import EventHub, Subscription
    from studio.core.tasks import TaskScope
    from studio.domain.influencer import FieldValue, Influencer
    from studio.domain.mutation import Waiting
    from studio.domain.outbox import CloneIntent, OutboxRow
    from studio.domain.upload import Upload
    from studio.store.connection import Connection
    from studio.store.database import Database
    from studio.sync.engine import SyncEngine


_NO_CHOICE = "Nothing is sent before a choice was made: the result may be another then."


class ImagesOnTheirWay(Protocol):
    """What the outbox asks of the uploads."""

    async def hold(self, upload_id: str) -> None:
        """Keep an image back."""
        ...

    async def release(self, upload_id: str) -> None:
        """Send it on its way again."""
        ...

    async def remove(self, upload_id: str) -> None:
        """Take it off its way."""
        ...


class Outbox:
    """The outbox service of the view models. Every method raises StudioError alone."""

    def __init__(
        self,
        db: Database,
        hub: EventHub,
        scope: TaskScope,
        clock: Clock,
        engine: SyncEngine,
        client: PartnerClient,
        images: ImagesOnTheirWay,
    ) -> None:
        self._db = db
        self._hub = hub
        self._scope = scope
        self._clock = clock
        self._engine = engine
        self._client = client
        self._images = images
        self._publishes: dict[str, Patch] = {}
        self._look_again = False
        self._subscription: Subscription | None = None

    def start(self) -> None:
        """Watch for publishes that come through, so that they can be undone."""
        if self._subscription is None:
            self._subscription = self._hub.subscribe(InfluencersChanged, self._on_influencers)

    def stop(self) -> None:
        """Hear of nothing more."""
        if self._subscription is not None:
            self._subscription.close()
            self._subscription = None

    # ---- looking

    async def rows(self) -> tuple[OutboxRow, ...]:
        """Everything that waits, in the order it can go."""
        return await self._db.read(outbox_view.rows, self._clock.now())

    async def dry_run(self, row_ids: Sequence[str] = ()) -> tuple[DryRun, ...]:
        """The exact requests of these rows (of all when none is named), in order; sends nothing."""
        from studio.api.preview import Preview

        wanted = frozenset(row_ids)
        plan = await self._db.read(_plan, wanted, self._clock.now())
        preview = Preview(self._client.base_url, self._client.dialects.current)
        try:
            runs = []
            for each in plan:
                runs.append(await _written(preview, each))
                # Nothing in it ever waits, so a long outbox would hold the window up.
                await asyncio.sleep(0)
            return tuple(runs)
        finally:
            await preview.aclose()

    # ---- holding and sending

    async def hold(self, row_id: str) -> None:
        """Keep one row back until it is released."""
        if await self._is_image(row_id):
            await self._images.hold(row_id)
            return
        self._tell(await self._db.write(_with_owner, outbox_control.hold, row_id))

    async def release(self, row_id: str) -> None:
        """Let one row go."""
        if await self._is_image(row_id):
            await self._images.release(row_id)
            return
        self._tell(await self._db.write(_with_owner, outbox_control.release, row_id))
        self._engine.wake()

    async def hold_all(self) -> None:
        """Keep everything back that is not on its way."""
        self._tell(await self._db.write(outbox_control.hold_all))
        for image in await self._db.read(upload_rows.to_be_sent):
            if image.state == "waiting":
                with contextlib.suppress(ChangeStateFirst):
                    # It has arrived meanwhile, so there is nothing to keep back.
                    await self._images.hold(image.id)

    async def release_all(self) -> None:
        """Let everything go that was held."""
        self._tell(await self._db.write(outbox_control.release_all))
        for image in await self._db.read(upload_rows.to_be_sent):
            await self._images.release(image.id)
        self._engine.wake()

    async def _is_image(self, row_id: str) -> bool:
        return await self._db.read(upload_rows.get, row_id) is not None

    async def send_now(self, row_id: str) -> None:
        """Try one row, and what it waits for, at once."""
        self._tell(await self._db.write(_with_owner, outbox_control.send_now, row_id))
        self._engine.sync_now()

    async def send_all(self) -> None:
        """Try everything at once that is neither held nor refused."""
        self._tell(await self._db.write(outbox_control.send_all))
        self._engine.sync_now()

    # ---- taking out and changing

    async def remove(self, row_id: str) -> int:
        """Take one row out, and what depends on it; edits return to the draft. How many went."""
        if await self._is_image(row_id):
            await self._images.remove(row_id)
            return 1
        gone = await self._db.write(outbox_control.remove, row_id, self._clock.now())
        self._tell((row.project_id, row.influencer_id) for row in gone)
        self._engine.wake()
        return len(gone)

    async def edit(self, row_id: str) -> str:
        """Take a publish or a creation back to be edited; the influencer to open.

        A creation that others wait for stays where it is: what is edited joins it when published.
        """
        influencer_id, has_clones = await self._db.read(_for_editing, row_id)
        if not has_clones:
            await self.remove(row_id)
        return influencer_id

    async def clone_intent(self, row_id: str) -> CloneIntent:
        """What a waiting clone asks for."""
        return await self._db.read(outbox_control.clone_intent, row_id)

    async def change_clone(
        self, row_id: str, name: str, overrides: Mapping[str, FieldValue]
    ) -> None:
        """Another name and other overrides for a clone that waits. Raises FixInput."""
        for path, problem in check_all({**overrides, "name": name}).items():
            raise FixInput(problem.sentence, code=problem.code, field=path)

        def change(conn: Connection) -> tuple[tuple[str, str], ...]:
            fresh = outbox_control.change_clone(conn, row_id, name, overrides)
            return _owner(conn, fresh)

        self._tell(await self._db.write(change))
        self._engine.wake()

    # ---- undoing

    async def undo_send(self, sent: PublishSent) -> bool:
        """Put back what a publish changed, as one publish of its own.

        False when it had not been sent yet: then its edits are a draft again.
        """
        undone = await self._db.write(
            outbox_control.undo_send, sent.mutation_id, sent.influencer_id, self._clock.now()
        )
        self._tell([(sent.project_id, sent.influencer_id)])
        self._engine.wake()
        return undone is not None

    def _on_influencers(self, _event: InfluencersChanged) -> None:
        self._look_again = True
        self._scope.busy("look-for-sent", self._look_for_sent())

    async def _look_for_sent(self) -> None:
        """A publish that left the outbox and did not come back as a draft was confirmed."""
        while self._look_again:
            self._look_again = False
            try:
                now = await self._db.read(_publishes)
                gone = [row for row_id, row in self._publishes.items() if row_id not in now]
                self._publishes = now
                found = [await self._db.read(_sent, patch) for patch in gone]
            except DiskTrouble:
                # It only costs the offer to undo; the engine tells of the disk.
                return
            for sent in found:
                if sent is not None:
                    self._hub.publish(sent)

    def _tell(self, touched: Iterable[tuple[str, str]]) -> None:
        by_project: dict[str, set[str]] = {}
        for project_id, influencer_id in touched:
            by_project.setdefault(project_id, set()).add(influencer_id)
        for project_id, ids in by_project.items():
            self._hub.publish(InfluencersChanged(project_id, frozenset(ids)))
        if by_project:
            self._hub.publish(ProjectsChanged())


Planned = tuple["OutboxRow", "Waiting | Upload | None", "Influencer | None"]


def _plan(conn: Connection, wanted: frozenset[str], now: object) -> list[Planned]:
    """Rows with what they are made of and what the server last said of their influencer."""
    asked = {row.mutation.id: row for row in outbox.waiting(conn)}
    plan: list[Planned] = []
    for row in outbox_view.rows(conn, now):  # type: ignore[arg-type]
        if wanted and row.id not in wanted:
            continue
        if row.kind == "upload":
            plan.append((row, upload_rows.get(conn, row.id), None))
        else:
            known = persona_rows.get(conn, row.influencer_id) if row.kind == "patch" else None
            plan.append((row, asked.get(row.id), known))
    return plan


async def _written(preview: Preview, planned: Planned) -> DryRun:
    row, what, known = planned
    if row.planned:
        return await preview.of_planned_bind(row.id, row.influencer_id, row.images)
    if what is None:
        return DryRun(row.id)
    if row.kind == "upload":
        return await preview.of_upload(what)  # type: ignore[arg-type]
    run = await preview.of_mutation(what.mutation, known)  # type: ignore[union-attr]
    return replace(run, problem=_NO_CHOICE) if row.needs_choice else run


def _with_owner(
    conn: Connection, change: Callable[[Connection, str], str], row_id: str
) -> tuple[tuple[str, str], ...]:
    """Make a change to one row; whose it is."""
    owner = _owner(conn, row_id)
    change(conn, row_id)
    return owner


def _owner(conn: Connection, row_id: str) -> tuple[tuple[str, str], ...]:
    row = outbox.get(conn, row_id)
    return () if row is None else ((row.mutation.project_id, row.mutation.influencer_id),)


def _for_editing(conn: Connection, row_id: str) -> tuple[str, bool]:
    """Whose row it is, and whether a clone would go with it."""
    order = outbox_view.order_now(conn)
    row = next((each for each in order.rows if each.mutation.id == row_id), None)
    if row is None:
        raise ChangeStateFirst("This is no longer in the outbox.", next_step="It may have gone.")
    has_clones = any(isinstance(each.mutation, Clone) for each in order.after(row))
    return row.mutation.influencer_id, has_clones


def _publishes(conn: Connection) -> dict[str, Patch]:
    return {
        row.mutation.id: row.mutation
        for row in outbox.waiting(conn)
        if isinstance(row.mutation, Patch)
    }


def _sent(conn: Connection, patch: Patch) -> PublishSent | None:
    """The publish as an event, when the server really has what it asked for."""
    shown = projections.show(conn, patch.influencer_id)
    fields = outbox_control.published(conn, patch.id, patch.influencer_id)
    if shown is None or shown.confirmed is None or shown.deleting or not fields:
        return None
    there = shown.confirmed
    if not any(same(there.value(path), entry.value) for path, entry in patch.fields.items()):
        return None
    name = shown.influencer.name
    return PublishSent(patch.id, patch.project_id, patch.influencer_id, name, tuple(fields))
