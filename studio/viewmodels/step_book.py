"""The steps of undo by influencer, and which of them are not durable yet."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from studio.domain.edit_step import EditStep, StepChanges

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from studio.domain.edit_step import StepKind, WriteKind
    from studio.domain.influencer import FieldValue
    from studio.viewmodels.services import PersonaService, UploadService

STEPS_KEPT = 500
BOOKS_KEPT = 20
"""Influencers whose steps are held in memory; those opened longest ago are read again."""


class StepService(Protocol):
    """Steps as the workspace keeps them."""

    async def steps(self, influencer_id: str) -> tuple[EditStep, ...]:
        """The latest steps that touch an influencer, the oldest first."""
        ...

    async def edit(
        self,
        edits: Mapping[str, Mapping[str, FieldValue]],
        changes: StepChanges,
        expected: Mapping[str, Mapping[str, FieldValue]] | None = None,
        initiator: object = None,
    ) -> None:
        """Values into drafts, by influencer, and the steps they belong to, in one transaction.

        With ``expected``, fields that say something else by now are left alone.
        """
        ...


@dataclass(slots=True)
class _Pending:
    """What the next write of an influencer has to take along."""

    kept: dict[str, EditStep] = field(default_factory=dict)
    dropped: dict[str, None] = field(default_factory=dict)
    kinds: set[WriteKind] = field(default_factory=set)

    def changes(self) -> StepChanges:
        kind: WriteKind = next(iter(self.kinds)) if len(self.kinds) == 1 else "edit"
        return StepChanges(tuple(self.kept.values()), tuple(self.dropped), kind)


class StepBook:
    """Steps of every influencer of this run, those of earlier runs once they are read.

    It stands between the draft writer and the workspace: :meth:`edit` takes along the steps that
    the values belong to. Without a ``service`` steps live as long as the program.
    """

    def __init__(
        self,
        personas: PersonaService,
        service: StepService | None = None,
        uploads: UploadService | None = None,
    ) -> None:
        self._personas = personas
        self._service = service
        self._uploads = uploads
        self._steps: dict[str, EditStep] = {}
        self._order: dict[str, list[str]] = {}
        self._pending: dict[str, _Pending] = {}
        self._read: dict[str, None] = {}

    # ---- what there is

    def step(self, step_id: str) -> EditStep:
        """One step. Raises KeyError."""
        return self._steps[step_id]

    def last_done(self, influencer_id: str) -> EditStep | None:
        """What undo takes back."""
        return next((step for step in self._latest(influencer_id) if not step.undone), None)

    def first_undone(self, influencer_id: str) -> EditStep | None:
        """What redo does again: the first undone step after the last done one."""
        found = None
        for step in self._latest(influencer_id):
            if not step.undone:
                break
            found = step
        return found

    def is_read(self, influencer_id: str) -> bool:
        """Whether the steps of earlier runs are here."""
        return self._service is None or influencer_id in self._read

    async def read(self, influencer_id: str) -> None:
        """Bring the steps of earlier runs in, under those made meanwhile. Raises StudioError."""
        if self._service is None or influencer_id in self._read:
            return
        found = await self._service.steps(influencer_id)
        if influencer_id in self._read:
            return
        self._read[influencer_id] = None
        self._forget_some()
        made = self._order.get(influencer_id, [])
        known = set(made)
        earlier = [step for step in found if step.id not in known]
        if made:
            # Something was done since: what had been undone cannot be done again.
            gone = [step for step in earlier if step.undone]
            self._forget_later(influencer_id, gone)
            earlier = [step for step in earlier if not step.undone]
        for step in earlier:
            self._steps.setdefault(step.id, step)
        self._order[influencer_id] = [*(step.id for step in earlier), *made]

    def _forget_some(self) -> None:
        """Let go of the steps read longest ago, except what is not durable yet."""
        for influencer_id in tuple(self._read)[:-BOOKS_KEPT]:
            if influencer_id in self._pending:
                continue
            del self._read[influencer_id]
            for step_id in self._order.pop(influencer_id, ()):
                if all(step_id not in order for order in self._order.values()):
                    self._steps.pop(step_id, None)

    # ---- what changes

    def make(
        self,
        title: str,
        before: Mapping[str, Mapping[str, FieldValue]],
        after: Mapping[str, Mapping[str, FieldValue]],
        kind: StepKind,
        uploads: tuple[str, ...] = (),
    ) -> EditStep:
        """A new step, not yet in the book."""
        return EditStep(
            os.urandom(16).hex(),
            title,
            {owner: dict(values) for owner, values in before.items()},
            {owner: dict(values) for owner, values in after.items()},
            kind,
            uploads=uploads,
        )

    def push(self, step: EditStep) -> None:
        """Append a step; what was undone before it cannot be done again."""
        for owner in step.after:
            undone = []
            for earlier in self._latest(owner):
                if not earlier.undone:
                    break
                undone.append(earlier)
            self._forget_later(owner, undone)
            for each in undone:
                self._take_out(each)
            order = self._order.setdefault(owner, [])
            order.append(step.id)
            if len(order) > STEPS_KEPT:
                del order[0]
        self.put(step, "restore" if step.kind == "restore" else "edit")

    def put(self, step: EditStep, kind: WriteKind) -> None:
        """A step moved (more typing, undone, done again): the next write makes that durable."""
        self._steps[step.id] = step
        pending = self._pending_of(next(iter(step.after)))
        pending.kept[step.id] = step
        pending.kinds.add(kind)

    def drop(self, step: EditStep) -> None:
        """A step came to nothing."""
        self._forget_later(next(iter(step.after)), [step])
        self._take_out(step)

    # ---- what becomes durable

    async def edit(
        self, influencer_id: str, values: Mapping[str, FieldValue], initiator: object = None
    ) -> None:
        """Values into the draft, with their steps, in one transaction. Raises StudioError."""
        if self._service is None:
            await self._personas.edit(influencer_id, values, initiator)
            return
        pending = self._pending.pop(influencer_id, _Pending())
        try:
            await self._service.edit(
                {influencer_id: values}, pending.changes(), initiator=initiator
            )
        except BaseException:
            self._put_back(influencer_id, pending)
            raise

    async def edit_many(
        self,
        step: EditStep,
        values: Mapping[str, Mapping[str, FieldValue]],
        expected: Mapping[str, Mapping[str, FieldValue]],
        kind: WriteKind,
    ) -> None:
        """Values of several influencers with their one step. Raises StudioError."""
        owner = next(iter(step.after))
        pending = self._pending.pop(owner, _Pending())
        pending.kept[step.id] = step
        if self._service is not None:
            changes = replace(pending.changes(), kind=kind)
            try:
                await self._service.edit(values, changes, expected)
            except BaseException:
                self._put_back(owner, pending)
                raise
            return
        for influencer_id, each in values.items():
            await self._personas.edit(influencer_id, each)

    async def turn_image(self, influencer_id: str, upload_id: str, *, out: bool) -> bool:
        """Take an image off its way, or send it on it again; whether it was there to be turned.

        Raises StudioError.
        """
        if self._uploads is None:
            return False
        if not out:
            return await self._uploads.put_back(upload_id)
        coming = await self._uploads.uploads(influencer_id)
        if all(each.id != upload_id for each in coming):
            return False
        await self._uploads.remove(upload_id)
        return True

    async def save(self, influencer_id: str) -> None:
        """Make steps durable that have no values, those about images. Raises StudioError."""
        if self._service is None:
            return
        pending = self._pending.pop(influencer_id, _Pending())
        try:
            await self._service.edit({}, pending.changes())
        except BaseException:
            self._put_back(influencer_id, pending)
            raise

    def _put_back(self, influencer_id: str, older: _Pending) -> None:
        newer = self._pending.get(influencer_id, _Pending())
        kept = {**older.kept, **newer.kept}
        dropped = {**older.dropped, **newer.dropped}
        for step_id in dropped:
            kept.pop(step_id, None)
        self._pending[influencer_id] = _Pending(kept, dropped, older.kinds | newer.kinds)

    def _pending_of(self, influencer_id: str) -> _Pending:
        return self._pending.setdefault(influencer_id, _Pending())

    def _forget_later(self, influencer_id: str, steps: list[EditStep]) -> None:
        pending = self._pending_of(influencer_id)
        for step in steps:
            pending.kept.pop(step.id, None)
            pending.dropped[step.id] = None

    def _take_out(self, step: EditStep) -> None:
        self._steps.pop(step.id, None)
        for owner in step.after:
            order = self._order.get(owner, [])
            if step.id in order:
                order.remove(step.id)

    def _latest(self, influencer_id: str) -> Iterator[EditStep]:
        """Its steps, the newest first."""
        for step_id in reversed(self._order.get(influencer_id, ())):
            if (step := self._steps.get(step_id)) is not None:
                yield step
