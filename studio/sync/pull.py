"""Reads the server into confirmed rows: pages first, then details, most wanted first.

The list is slim and has no ``updatedAt`` (contract 2.4.2), so details cost one read each.
"""

from __future__ import annotations

from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

from studio.core.errors import ChangeStateFirst
from studio.domain.events import InfluencersChanged, ProjectsChanged, StatusChanged
from studio.store import meta, personas, projects
from studio.sync.schedule import DETAILS_STALE_AFTER

if TYPE_CHECKING:
    from studio.api.client import PartnerClient
    from studio.api.paging import Page
    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.domain.account import Account
    from studio.domain.influencer import Influencer
    from studio.domain.project import Project
    from studio.store.connection import Connection
    from studio.store.database import Database


class Pull:
    """Pulls; never decides when. Every read is one transaction here, then one event."""

    def __init__(self, db: Database, client: PartnerClient, hub: EventHub, clock: Clock) -> None:
        self._db = db
        self._client = client
        self._hub = hub
        self._clock = clock

    async def account(self) -> Account:
        """Who we are; stored for the next start."""
        account = await self._client.whoami()
        await self._db.write(meta.put_account, account)
        self._hub.publish(StatusChanged())
        return account

    async def projects(self) -> None:
        """All active projects."""
        from studio.api.paging import every

        async def page(cursor: str) -> Page[Project]:
            return await self._client.list_projects(cursor, status="active")

        found = [item async for item in every(page, attrgetter("id"))]
        if await self._db.write(projects.replace_all, tuple(found)):
            self._hub.publish(ProjectsChanged())

    async def roster(self, project_id: str) -> None:
        """Every page of one project, then what is gone."""
        from studio.api.paging import every

        began = self._clock.now()

        async def page(cursor: str) -> Page[Influencer]:
            return await self._client.list_influencers(project_id, cursor)

        found = [item async for item in every(page, attrgetter("id"))]

        def confirm(conn: Connection) -> frozenset[str]:
            listed = frozenset(item.id for item in found)
            return personas.put_slim(conn, found, as_of=began) | personas.forget_missing(
                conn, project_id, listed, started_at=began
            )

        changed = await self._db.write(confirm)
        if changed:
            self._hub.publish(InfluencersChanged(project_id, frozenset(changed)))
            self._hub.publish(ProjectsChanged())

    async def detail(self, influencer_id: str) -> None:
        """One full record; a record that is gone moves to the shelf unless it is drafted here."""
        began = self._clock.now()
        try:
            record = await self._client.get_influencer(influencer_id)
        except ChangeStateFirst as error:
            if error.code != "NOT_FOUND":
                raise
            await self._gone(influencer_id)
            return

        def confirm(conn: Connection) -> bool:
            return personas.put_full(conn, record, as_of=began)

        if await self._db.write(confirm):
            self._hub.publish(InfluencersChanged(record.project_id, frozenset({record.id})))

    async def _gone(self, influencer_id: str) -> None:
        known = await self._db.read(personas.get, influencer_id)
        if known is None:
            return
        await self._db.write(personas.mark_deleted, influencer_id, self._clock.now(), "")
        self._hub.publish(InfluencersChanged(known.project_id, frozenset({influencer_id})))
        self._hub.publish(ProjectsChanged())

    async def wanting_details(self, project_id: str, limit: int) -> tuple[str, ...]:
        """Ids whose details are unknown or stale, in the order the gallery shows them."""
        stale = self._clock.now() - timedelta(seconds=DETAILS_STALE_AFTER)
        return await self._db.read(personas.wanting_details, project_id, stale, limit)
