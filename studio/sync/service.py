"""Influencers as the window asks for them: every change is on disk before it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from studio.core.errors import ChangeStateFirst, FixInput
from studio.core.ids import new_influencer_id, new_ulid
from studio.domain.events import InfluencersChanged, ProjectsChanged
from studio.domain.mutation import Clone, Create, Delete
from studio.domain.rules import Problem, check_all, check_reason
from studio.domain.variants import variant_name
from studio.store import adopting, drafts, outbox, personas, projections, projects, roster

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.domain.influencer import FieldValue, Influencer
    from studio.domain.projection import Shown
    from studio.domain.roster import ProjectRow, RosterCounts, RosterQuery, RosterRow
    from studio.store.connection import Connection
    from studio.store.database import Database
    from studio.sync.engine import SyncEngine

P = ParamSpec("P")
T = TypeVar("T")


class Personas:
    """The persona service of the view models; the engine is woken when something waits to go."""

    def __init__(self, db: Database, hub: EventHub, clock: Clock, engine: SyncEngine) -> None:
        self._db = db
        self._hub = hub
        self._clock = clock
        self._engine = engine

    # ---- reading

    async def projects(self) -> tuple[ProjectRow, ...]:
        """Active projects, newest first, with their counts."""
        return await self._db.read(projects.rows)

    async def use_project(self, project_id: str) -> None:
        """This project is on screen."""
        self._engine.use_project(project_id)

    async def roster(self, query: RosterQuery, offset: int, limit: int) -> tuple[RosterRow, ...]:
        """One page of cards."""
        return await self._db.read(roster.rows, query, offset, limit)

    async def roster_size(self, query: RosterQuery) -> int:
        """How many cards in all."""
        return await self._db.read(roster.size, query)

    async def counts(self, query: RosterQuery) -> RosterCounts:
        """Cards per view and chip."""
        return await self._db.read(roster.counts, query)

    async def position(self, query: RosterQuery, influencer_id: str) -> int | None:
        """The index of one card."""
        return await self._db.read(roster.position, query, influencer_id)

    async def show(self, influencer_id: str) -> Shown | None:
        """The projection of one influencer."""
        return await self._db.read(_as_called(projections.show), influencer_id)

    async def freshen(self, influencer_id: str) -> None:
        """Have its record read soon, when the server knows it."""
        influencer_id = await self._db.read(adopting.now_called, influencer_id)
        if await self._db.read(personas.get, influencer_id) is not None:
            self._engine.want(influencer_id)

    async def variants(self, influencer_id: str) -> tuple[Influencer, ...]:
        """What this workspace cloned from it."""
        influencer_id = await self._db.read(adopting.now_called, influencer_id)
        return await self._db.read(personas.variants, influencer_id)

    async def suggestions(self, project_id: str, path: str) -> tuple[str, ...]:
        """Values in use, most used first."""
        return await self._db.read(roster.suggestions, project_id, path)

    async def clone_name(self, source_id: str) -> str:
        """A unique name for a variant."""

        def pick(conn: Connection) -> str:
            found = _as_called(projections.show)(conn, source_id)
            if found is None:
                raise _unknown()
            taken = personas.names(conn, found.influencer.project_id)
            return variant_name(found.influencer.name, taken)

        return await self._db.read(pick)

    # ---- changing

    async def edit(
        self, influencer_id: str, values: Mapping[str, FieldValue], initiator: object = None
    ) -> None:
        """Values into the draft; one equal to what was there leaves it."""
        project_id = await self._db.write(
            _as_called(drafts.set_fields), influencer_id, values, self._clock.now()
        )
        self._tell(project_id, influencer_id, initiator)

    async def discard(self, influencer_id: str) -> None:
        """Drop every unsent edit."""
        project_id = await self._db.write(
            _as_called(drafts.discard), influencer_id, self._clock.now()
        )
        self._tell(project_id, influencer_id)

    async def publish(self, influencer_id: str) -> None:
        """Queue the changed fields in one transaction with the end of the draft."""

        def queue(conn: Connection) -> str:
            found = _as_called(projections.show)(conn, influencer_id)
            if found is None:
                raise _unknown()
            values = {change.path: change.new for change in found.changes}
            if found.is_local_only:
                values.setdefault("name", found.influencer.name)
            _refuse(check_all(values))
            outbox.publish(conn, found.influencer.id, new_ulid(), self._clock.now())
            return found.influencer.project_id

        project_id = await self._db.write(queue)
        self._tell(project_id, influencer_id)
        self._engine.wake()

    async def create(self, project_id: str, values: Mapping[str, FieldValue]) -> str:
        """Queue a new influencer under an id of our own."""
        _refuse(check_all({"name": None, **values}))
        influencer_id = new_influencer_id()
        asked = Create(new_ulid(), project_id, influencer_id, dict(values))
        await self._db.write(outbox.enqueue, asked, self._clock.now())
        self._tell(project_id, influencer_id)
        self._engine.wake()
        return influencer_id

    async def clone(self, source_id: str, name: str, overrides: Mapping[str, FieldValue]) -> str:
        """Queue a clone under an id of our own, and remember its source."""
        _refuse(check_all({**overrides, "name": name}))
        influencer_id = new_influencer_id()

        def queue(conn: Connection) -> str:
            found = _as_called(projections.show)(conn, source_id)
            if found is None:
                raise _unknown()
            source = found.influencer
            project_id = source.project_id
            asked = Clone(new_ulid(), project_id, influencer_id, source.id, name, dict(overrides))
            outbox.enqueue(conn, asked, self._clock.now())
            return project_id

        project_id = await self._db.write(queue)
        self._tell(project_id, influencer_id)
        self._engine.wake()
        return influencer_id

    async def delete(self, influencer_id: str, reason: str) -> None:
        """Queue a soft delete."""
        problem = check_reason(reason)
        if problem is not None:
            raise FixInput(problem.sentence, code=problem.code, field="reason")

        def queue(conn: Connection) -> str:
            found = _as_called(projections.show)(conn, influencer_id)
            if found is None:
                raise _unknown()
            project_id = found.influencer.project_id
            asked = Delete(new_ulid(), project_id, found.influencer.id, reason)
            outbox.enqueue(conn, asked, self._clock.now())
            return project_id

        project_id = await self._db.write(queue)
        self._tell(project_id, influencer_id)
        self._engine.wake()

    async def send_again(self, influencer_id: str) -> None:
        """Try its waiting or blocked changes now, as they are."""
        project_id = await self._db.write(_as_called(outbox.send_again), influencer_id)
        self._tell(project_id, influencer_id)
        self._engine.wake()

    async def take_back(self, influencer_id: str) -> None:
        """Its unsent outbox rows become draft edits again."""
        project_id = await self._db.write(
            _as_called(outbox.take_back), influencer_id, self._clock.now()
        )
        self._tell(project_id, influencer_id)

    def _tell(self, project_id: str, influencer_id: str, initiator: object = None) -> None:
        self._hub.publish(InfluencersChanged(project_id, frozenset({influencer_id}), initiator))
        self._hub.publish(ProjectsChanged())


def _as_called(
    work: Callable[Concatenate[Connection, str, P], T],
) -> Callable[Concatenate[Connection, str, P], T]:
    """``work`` with the id an influencer has now: the caller may still know it by its first."""

    def resolved(conn: Connection, influencer_id: str, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return work(conn, adopting.now_called(conn, influencer_id), *args, **kwargs)

    return resolved


def _refuse(problems: Mapping[str, Problem]) -> None:
    for path, problem in problems.items():
        raise FixInput(problem.sentence, code=problem.code, field=path)


def _unknown() -> ChangeStateFirst:
    return ChangeStateFirst(
        "This influencer is no longer on this computer.", next_step="Choose another one."
    )
