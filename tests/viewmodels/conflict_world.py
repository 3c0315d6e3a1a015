"""Conflicts in memory with the rules of the real ones, for tests of who shows and decides them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from studio.core.errors import ChangeStateFirst
from studio.core.events import EventHub
from studio.core.tasks import TaskScope
from studio.domain.conflict import Conflict, ConflictField
from studio.domain.events import InfluencersChanged, Notice, StatusChanged
from studio.domain.influencer import Influencer
from studio.domain.merge import merge_value
from studio.domain.project import Project
from studio.domain.projection import Shown
from studio.domain.roster import ProjectRow
from studio.domain.status import SyncStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from studio.core.errors import StudioError
    from studio.domain.influencer import FieldValue

PROJECT = "p1"
HUMOR, FORMALITY = "personality.humor", "personality.formality"
PHRASES = "personality.catchphrases"


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 4, 18, hour, minute).astimezone().astimezone(UTC)


def field_of(path: str, base: FieldValue, mine: FieldValue, theirs: FieldValue) -> ConflictField:
    merged = merge_value(base, mine, theirs)
    return ConflictField(path, base, mine, theirs, merged.needs_choice, merged.value)


def maria(**values: object) -> Conflict:
    """The conflict of the picture."""
    fields = (
        field_of(HUMOR, "slapstick", "dry-witty", "observational"),
        field_of(FORMALITY, "casual", "formal", "relaxed"),
        field_of(
            PHRASES,
            ("¡Vamos!",),
            ("¡Vamos!", "Así de fácil."),
            ("¡Vamos!", "Sin rodeos."),
        ),
    )
    made = Conflict("inf_maria", PROJECT, "Maria ES", fields, at(11, 48), at(11, 59), at(12, 0))
    return replace(made, **values)


class Noon:
    """It is four past twelve."""

    def now(self) -> datetime:
        return at(12, 4)

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


@dataclass
class Conflicts:
    """What waits; ``decided`` is what was asked for, in order."""

    hub: EventHub
    held: dict[str, Conflict] = field(default_factory=dict)
    decided: list[tuple[str, object]] = field(default_factory=list)
    refusal: StudioError | None = None
    gate: asyncio.Event | None = None

    async def conflicts(self, project_id: str = "") -> tuple[Conflict, ...]:
        if self.refusal is not None:
            raise self.refusal
        return tuple(self.held.values())

    async def conflict(self, influencer_id: str) -> Conflict | None:
        await asyncio.sleep(0)
        return self.held.get(influencer_id)

    async def resolve(self, influencer_id: str, values: Mapping[str, FieldValue]) -> None:
        self.decided.append(("resolve", dict(values)))
        if self.gate is not None:
            await self.gate.wait()
        if self.refusal is not None:
            raise self.refusal
        found = self.held.get(influencer_id)
        if found is None or {each.path for each in found.to_choose} - values.keys():
            raise ChangeStateFirst("There is nothing to resolve.")
        self.remove(influencer_id)

    async def recreate(self, influencer_id: str) -> str:
        self.decided.append(("recreate", influencer_id))
        self.remove(influencer_id)
        return "inf_made"

    async def let_go(self, influencer_id: str) -> None:
        self.decided.append(("let go", influencer_id))
        self.remove(influencer_id)

    def put(self, conflict: Conflict) -> None:
        """It is found, or moved."""
        self.held[conflict.influencer_id] = conflict
        self._tell(conflict.influencer_id)

    def remove(self, influencer_id: str) -> None:
        """Nothing waits there any more."""
        self.held.pop(influencer_id, None)
        self._tell(influencer_id)

    def _tell(self, influencer_id: str) -> None:
        self.hub.publish(InfluencersChanged(PROJECT, frozenset((influencer_id,))))


class Personas:
    """One project; everybody has a portrait."""

    async def show(self, influencer_id: str) -> Shown | None:
        url = f"https://media.example/{influencer_id}.png"
        return Shown(Influencer(influencer_id, PROJECT, "", thumbnail_url=url), None)

    async def projects(self) -> tuple[ProjectRow, ...]:
        return (ProjectRow(Project(PROJECT, "Acme Coffee iOS"), 12, 0),)


@dataclass
class Contact:
    """What is known about the server."""

    hub: EventHub
    status: SyncStatus = field(default_factory=lambda: SyncStatus(contact="online"))

    def sync_now(self) -> None:
        """Nothing to send."""

    def become(self, **values: object) -> None:
        self.status = replace(self.status, **values)
        self.hub.publish(StatusChanged())


class NoPictures:
    """Pictures that are never here."""

    def stored(self, url: str) -> Path | None:
        return None

    async def fetch(self, url: str) -> Path:
        raise ChangeStateFirst("There is no picture.")


class World:
    """Everything the view models ask for, and what they told."""

    def __init__(self) -> None:
        self.errors: list[BaseException] = []
        self.scope = TaskScope("test", self.errors.append)
        self.hub = EventHub()
        self.conflicts = Conflicts(self.hub)
        self.personas, self.contact, self.clock = Personas(), Contact(self.hub), Noon()
        self.notices: list[Notice] = []
        self.hub.subscribe(Notice, self.notices.append)

    async def close(self) -> None:
        await self.scope.close()
        assert not self.errors, self.errors


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Let the program work until ``condition`` holds."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, "it did not come true in time"
        await asyncio.sleep(0.001)
