"""Typed values on their way into the durable draft: in order, one write at a time."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from studio.core.errors import StudioError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping

    from studio.core.tasks import TaskScope
    from studio.domain.influencer import FieldValue

NOTHING: Mapping[str, FieldValue] = MappingProxyType({})


class TakesEdits(Protocol):
    """Where edits become durable."""

    async def edit(
        self, influencer_id: str, values: Mapping[str, FieldValue], initiator: object = None
    ) -> None:
        """Put values by field path into the draft."""
        ...


class DraftWriter:
    """Hands every edit to the draft. A later edit never overtakes an earlier one.

    What could not be written is kept here and tried again with the next edit of the same
    influencer, with :meth:`retry` and with :meth:`flush`, so a full disk costs no text.
    """

    def __init__(
        self,
        personas: TakesEdits,
        scope: TaskScope,
        initiator: object,
        on_written: Callable[[str], None],
    ) -> None:
        """``on_written`` hears an influencer's id after each write, successful or not."""
        self._personas = personas
        self._scope = scope
        self._initiator = initiator
        self._on_written = on_written
        self._queued: dict[str, dict[str, FieldValue]] = {}
        self._flying: dict[str, dict[str, FieldValue]] = {}
        self._failed: dict[str, str] = {}
        self._task: asyncio.Task[None] | None = None

    def put(self, influencer_id: str, values: Mapping[str, FieldValue]) -> None:
        """Write ``values`` by field path as soon as what was put before is written."""
        self._queued.setdefault(influencer_id, {}).update(values)
        self._failed.pop(influencer_id, None)
        self._start()

    def unwritten(self, influencer_id: str) -> Mapping[str, FieldValue]:
        """Values of one influencer that are not durable yet."""
        flying = self._flying.get(influencer_id, NOTHING)
        queued = self._queued.get(influencer_id, NOTHING)
        return {**flying, **queued} if flying or queued else NOTHING

    def failure(self, influencer_id: str) -> str:
        """Why its latest values could not be written, as a sentence; empty when they could."""
        return self._failed.get(influencer_id, "")

    def retry(self) -> None:
        """Try again what could not be written."""
        self._failed.clear()
        self._start()

    async def flush(self) -> None:
        """Return when everything put so far is durable; what failed is tried once more.

        Raises StudioError when something still cannot be written.
        """
        self._failed.clear()
        self._start()
        while self._task is not None and not self._task.done():
            await self._scope_wait(self._task)
        if self._failed:
            raise StudioError(next(iter(self._failed.values())), code="draft_not_written")

    @staticmethod
    async def _scope_wait(task: asyncio.Task[None]) -> None:
        import asyncio

        await asyncio.wait((task,))

    def _start(self) -> None:
        if self._queued and (self._task is None or self._task.done()):
            self._task = self._scope.spawn(self._write_all(), name="write draft")

    async def _write_all(self) -> None:
        while (influencer_id := self._next()) is not None:
            values = self._queued.pop(influencer_id)
            self._flying[influencer_id] = values
            written = False
            try:
                await self._personas.edit(influencer_id, values, self._initiator)
                written = True
            except StudioError as error:
                self._failed[influencer_id] = error.for_people()
            finally:
                del self._flying[influencer_id]
                if not written:
                    newer = self._queued.get(influencer_id, {})
                    self._queued[influencer_id] = {**values, **newer}
                self._on_written(influencer_id)

    def _next(self) -> str | None:
        return next((key for key in self._queued if key not in self._failed), None)
