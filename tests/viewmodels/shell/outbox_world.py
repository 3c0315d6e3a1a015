"""An outbox in memory that keeps the service's promises, and rows for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from studio.core.errors import ChangeStateFirst
from studio.domain.events import InfluencersChanged
from studio.domain.outbox import CloneIntent, DryRun, OutboxRow, PlannedRequest, WaitsFor

if TYPE_CHECKING:
    from studio.core.events import EventHub

NOON = datetime(2026, 4, 18, 12, 4, tzinfo=UTC)


def row(number: int, **values) -> OutboxRow:
    known = {
        "id": f"M{number}",
        "kind": "patch",
        "project_id": "p1",
        "influencer_id": f"inf_{number}",
        "name": f"Persona {number}",
        "state": "waiting",
        "created_at": NOON - timedelta(minutes=2),
        "paths": ("personality.humor", "personality.tone"),
    }
    return OutboxRow(**{**known, **values})


@dataclass
class OutboxInMemory:
    """Rows by id; holding, removing and sending change what is read next."""

    hub: EventHub
    held: dict[str, OutboxRow] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    changed: list[tuple[str, str, dict]] = field(default_factory=list)
    undone: list[object] = field(default_factory=list)
    refusal: Exception | None = None
    dependents: int = 0

    def put(self, *rows: OutboxRow) -> None:
        self.held.update({each.id: each for each in rows})
        self._tell()

    async def rows(self):
        return tuple(self.held.values())

    async def dry_run(self, row_ids=()):
        wanted = [each for each in self.held if not row_ids or each in row_ids]
        return tuple(
            DryRun(
                each,
                (
                    PlannedRequest(
                        "PATCH",
                        f"/v1/influencers/{self.held[each].influencer_id}",
                        (("User-Agent", "x"), ("Idempotency-Key", each), ("X-Api-Key", "***")),
                        b'{"style":"workwear","long":"' + b"x" * 900 + b'"}',
                    ),
                ),
            )
            for each in wanted
        )

    async def hold(self, row_id):
        self._set(row_id, state="held", why=(WaitsFor("held"),))

    async def release(self, row_id):
        self._set(row_id, state="waiting", why=())

    async def hold_all(self):
        for row_id in tuple(self.held):
            await self.hold(row_id)

    async def release_all(self):
        for row_id in tuple(self.held):
            await self.release(row_id)

    async def send_now(self, row_id):
        self._refuse()
        self.sent.append(row_id)

    async def send_all(self):
        self.sent += list(self.held)

    async def remove(self, row_id):
        self._refuse()
        del self.held[row_id]
        self._tell()
        return 1 + self.dependents

    async def edit(self, row_id):
        found = self.held[row_id]
        await self.remove(row_id)
        return found.influencer_id

    async def clone_intent(self, row_id):
        return CloneIntent(row_id, "Nova (B)", {"personality.humor": "dry"})

    async def change_clone(self, row_id, name, overrides):
        self._refuse()
        self.changed.append((row_id, name, dict(overrides)))

    async def undo_send(self, sent):
        self._refuse()
        self.undone.append(sent)
        return True

    def _set(self, row_id, **values):
        self._refuse()
        self.held[row_id] = replace(self.held[row_id], **values)
        self._tell()

    def _refuse(self):
        if self.refusal is not None:
            raise self.refusal

    def _tell(self):
        self.hub.publish(InfluencersChanged("p1"))


BUSY = ChangeStateFirst("This is being sent right now.", next_step="Wait a moment.")
