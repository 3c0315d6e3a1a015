"""The past of influencers as the window asks for it, and the steps of undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.core.errors import ChangeStateFirst
from studio.core.ids import new_influencer_id
from studio.domain.diff import differences, same
from studio.domain.events import InfluencersChanged, ProjectsChanged, UploadsChanged
from studio.domain.fields import EVERY_FIELD
from studio.store import (
    adopting,
    as_of,
    decisions,
    drafts,
    edit_steps,
    history,
    personas,
    projections,
)
from studio.sync import timeline

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.domain.diff import Change
    from studio.domain.edit_step import EditStep, StepChanges
    from studio.domain.influencer import FieldValue, Influencer
    from studio.domain.timeline import TimelinePage
    from studio.store.connection import Connection
    from studio.store.database import Database


class History:
    """Timelines, earlier versions, and steps over restarts. Nothing of it reaches the server."""

    def __init__(self, db: Database, hub: EventHub, clock: Clock) -> None:
        self._db = db
        self._hub = hub
        self._clock = clock

    # ---- the timeline

    async def timeline(
        self, influencer_id: str, before: int | None = None, limit: int = 30
    ) -> TimelinePage:
        """What happened, newest first, a page at a time."""
        return await self._db.read(_read_timeline, influencer_id, before, limit)

    async def version(self, influencer_id: str, seq: int) -> tuple[Change, ...]:
        """What is shown now against how it was after the entry ``seq``, fields that differ."""

        def compare(conn: Connection) -> tuple[Change, ...]:
            called = adopting.now_called(conn, influencer_id)
            then = as_of.after(conn, called, seq)
            now = projections.show(conn, called)
            if then is None or now is None:
                return ()
            return differences(now.influencer, then)

        return await self._db.read(compare)

    async def restore(
        self, influencer_id: str, seq: int, paths: Collection[str] = ()
    ) -> tuple[str, ...]:
        """Take the version after an entry over as unsent edits; the paths that changed.

        ``paths`` narrows it to some fields. Raises ChangeStateFirst when the influencer is not here
        any more.
        """
        changes = await self.version(influencer_id, seq)
        values = {
            change.path: change.new for change in changes if not paths or change.path in paths
        }

        def put(conn: Connection) -> str:
            called = adopting.now_called(conn, influencer_id)
            _refuse_deleted(conn, called)
            return drafts.set_fields(conn, called, values, self._clock.now(), kind="restore")

        if values:
            project_id = await self._db.write(put)
            self._tell({project_id: {influencer_id}})
        return tuple(values)

    async def deletion(self, influencer_id: str) -> str | None:
        """The reason given when it went to the shelf, maybe empty; None when it is not there."""

        def read(conn: Connection) -> str | None:
            found = personas.deletion(conn, adopting.now_called(conn, influencer_id))
            return None if found is None else found[1]

        return await self._db.read(read)

    async def recreate(self, influencer_id: str, seq: int | None = None) -> str:
        """A new draft here with everything it said, now or after an entry; the new id. Images that
        could not be added to one that is gone are for the new one.

        Raises ChangeStateFirst when nothing is known of it.
        """
        made = new_influencer_id()

        def make(conn: Connection) -> str:
            person = _version(conn, adopting.now_called(conn, influencer_id), seq)
            if person is None:
                raise _unknown()
            values = {
                spec.path: value
                for spec in EVERY_FIELD
                if not same(value := person.value(spec.path), None)
            }
            drafts.start_new(
                conn, person.project_id, made, values, self._clock.now(), kind="recreate"
            )
            if personas.deletion(conn, person.id) is not None:
                decisions.take_images_along(conn, person.id, made)
            return person.project_id

        project_id = await self._db.write(make)
        self._tell({project_id: {made}})
        for each in (influencer_id, made):
            self._hub.publish(UploadsChanged(each))
        return made

    # ---- steps

    async def steps(self, influencer_id: str) -> tuple[EditStep, ...]:
        """Steps of undo that touch an influencer, the oldest first."""
        return await self._db.read(edit_steps.of_influencer, influencer_id)

    async def edit(
        self,
        edits: Mapping[str, Mapping[str, FieldValue]],
        changes: StepChanges,
        expected: Mapping[str, Mapping[str, FieldValue]] | None = None,
        initiator: object = None,
    ) -> None:
        """Values into drafts, by influencer, with the steps they belong to, in one transaction."""
        touched = await self._db.write(edit_steps.edit, edits, changes, expected, self._clock.now())
        self._tell(touched, initiator)

    # ---- upkeep

    async def maintain(self) -> int:
        """Let go of what is too old to be asked for (ninety days, 500 steps); how many rows."""
        rows = await self._db.write(history.prune, self._clock.now())
        return rows + await self._db.write(edit_steps.prune)

    def _tell(self, touched: Mapping[str, set[str]], initiator: object = None) -> None:
        for project_id, ids in touched.items():
            self._hub.publish(InfluencersChanged(project_id, frozenset(ids), initiator))
        if touched:
            self._hub.publish(ProjectsChanged())


def _read_timeline(
    conn: Connection, influencer_id: str, before: int | None, limit: int
) -> TimelinePage:
    return timeline.read(conn, adopting.now_called(conn, influencer_id), before, limit)


def _version(conn: Connection, influencer_id: str, seq: int | None) -> Influencer | None:
    if seq is not None:
        return as_of.after(conn, influencer_id, seq)
    shown = projections.show(conn, influencer_id)
    return shown.influencer if shown is not None else None


def _refuse_deleted(conn: Connection, influencer_id: str) -> None:
    if personas.deletion(conn, influencer_id) is not None:
        raise ChangeStateFirst(
            "This influencer is no longer on the server.",
            next_step="Make it anew as a draft.",
        )


def _unknown() -> ChangeStateFirst:
    return ChangeStateFirst(
        "This influencer is no longer on this computer.", next_step="Choose another one."
    )
