"""Conflicts as the window asks for them: every decision is on disk before it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.core.ids import new_influencer_id, new_ulid
from studio.domain.events import InfluencersChanged, ProjectsChanged, UploadsChanged
from studio.store import conflicts, decisions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.domain.conflict import Conflict
    from studio.domain.influencer import FieldValue
    from studio.store.database import Database
    from studio.sync.engine import SyncEngine


class Conflicts:
    """The conflict service of the view models; the engine is woken when something was decided.

    It remembers what it last told of each, so that a decision is taken for what the person saw.
    """

    def __init__(self, db: Database, hub: EventHub, clock: Clock, engine: SyncEngine) -> None:
        self._db = db
        self._hub = hub
        self._clock = clock
        self._engine = engine
        self._told: dict[str, Conflict] = {}

    async def conflicts(self, project_id: str = "") -> tuple[Conflict, ...]:
        """Every one that waits for a person, the oldest first; of all projects when empty."""
        return await self._db.read(conflicts.every, project_id)

    async def conflict(self, influencer_id: str) -> Conflict | None:
        """The one of this influencer, None when there is none (any more)."""
        found = await self._db.read(conflicts.get, influencer_id)
        if found is None:
            self._told.pop(influencer_id, None)
        else:
            self._told[influencer_id] = found
        return found

    async def resolve(self, influencer_id: str, values: Mapping[str, FieldValue]) -> None:
        """Publish what was decided: a value for each field that needs a choice, any value at all.

        Raises FixInput, ChangeStateFirst when there is nothing to resolve any more.
        """
        project_id = await self._db.write(
            decisions.resolve,
            influencer_id,
            values,
            new_ulid(),
            self._told.get(influencer_id),
            self._clock.now(),
        )
        self._told.pop(influencer_id, None)
        self._tell(project_id, influencer_id)
        self._engine.wake()

    async def recreate(self, influencer_id: str) -> str:
        """Make a new influencer, as a draft here, of one that is gone on the server; its id. What
        was dropped on the one that is gone and never got there is for the new one.

        Raises ChangeStateFirst when it is not gone.
        """
        made = new_influencer_id()
        project_id = await self._db.write(
            decisions.recreate, influencer_id, made, self._clock.now()
        )
        self._tell(project_id, influencer_id, made)
        for each in (influencer_id, made):
            self._hub.publish(UploadsChanged(each))
        return made

    async def let_go(self, influencer_id: str) -> None:
        """Drop the unsent edits of one that is gone on the server; they stay in the history.

        Raises ChangeStateFirst when it is not gone.
        """
        project_id = await self._db.write(decisions.let_go, influencer_id, self._clock.now())
        self._tell(project_id, influencer_id)

    def _tell(self, project_id: str, *ids: str) -> None:
        self._hub.publish(InfluencersChanged(project_id, frozenset(ids)))
        self._hub.publish(ProjectsChanged())
