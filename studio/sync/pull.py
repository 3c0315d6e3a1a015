"""Reads the server into confirmed rows: pages first, then details, most wanted first.

The list is slim and has no ``updatedAt`` (contract 2.4.2), so details cost one read each.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

from studio.api.budget import Priority
from studio.api.errors import Gone
from studio.core.errors import SignIn, StudioError, TryLater
from studio.domain.events import InfluencersChanged, ProjectsChanged
from studio.domain.influencer import Influencer
from studio.store import meta, personas, projects
from studio.store.errors import DiskTrouble
from studio.sync.schedule import DETAILS_STALE_AFTER

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from studio.api.client import PartnerClient
    from studio.api.paging import Page
    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.domain.account import Account
    from studio.domain.project import Project
    from studio.store.connection import Connection
    from studio.store.database import Database

log = logging.getLogger(__name__)

READS_AT_ONCE = 4
_SLICE = 500
"""List items in one transaction: a long list must not hold up what is typed meanwhile."""


class Pull:
    """Pulls; never decides when. What one call brings is stored at once, then told by one event.

    Every method raises StudioError.
    """

    def __init__(self, db: Database, client: PartnerClient, hub: EventHub, clock: Clock) -> None:
        self._db = db
        self._client = client
        self._hub = hub
        self._clock = clock

    async def reconnect(self) -> None:
        """Forget connections that may be dead; the next call goes out whatever failed before."""
        await self._client.reconnect()

    async def account(self) -> Account:
        """Who we are; stored for the next start.

        Raises SignIn when the key is switched off, and when it belongs to another organization than
        this workspace: what waits here must never reach somebody else.
        """
        account = await self._client.whoami()
        if account.blocked:
            raise SignIn(
                "This key or its organization was switched off.",
                next_step="Ask its owner, or use another key in Settings.",
                code="KILL_SWITCH",
            )
        known = await self._db.read(meta.account)
        if known is not None and _bare(known) not in ("", _bare(account)):
            raise SignIn(
                f"This key belongs to “{account.organization_name}”, but the work kept here to "
                f"“{known.organization_name}”.",
                next_step="Use a key of that organization.",
                code="OTHER_ORGANIZATION",
            )
        await self._db.write(meta.put_account, account)
        return account

    async def credits(self) -> int:
        """The balance of the wallet (2.8), stored for the next start."""
        balance = (await self._client.credits()).balance

        def keep(conn: Connection) -> None:
            account = meta.account(conn)
            if account is not None:
                meta.put_account(conn, replace(account, credit_balance=balance))

        await self._db.write(keep)
        return balance

    async def projects(self) -> None:
        """All active projects."""
        from studio.api.paging import every

        async def page(cursor: str) -> Page[Project]:
            return await self._client.list_projects(cursor, status="active")

        found = [item async for item in every(page, attrgetter("id"))]
        if await self._db.write(projects.replace_all, tuple(found)):
            self._hub.publish(ProjectsChanged())

    async def roster(self, project_id: str, between: Callable[[], Awaitable[None]]) -> None:
        """Every page of one project, then what is gone. ``between`` is awaited between pages, so
        that a long list holds up nothing."""
        from studio.api.paging import every

        began = self._clock.now()

        async def page(cursor: str) -> Page[Influencer]:
            if cursor:
                await between()
            return await self._client.list_influencers(project_id, cursor)

        found = [item async for item in every(page, attrgetter("id"))]

        changed: frozenset[str] = frozenset()
        for start in range(0, len(found), _SLICE):
            items = found[start : start + _SLICE]
            changed |= await self._db.write(personas.put_slim, items, as_of=began)
        listed = frozenset(item.id for item in found)
        changed |= await self._db.write(
            personas.forget_missing, project_id, listed, started_at=began
        )
        if changed:
            self._hub.publish(InfluencersChanged(project_id, changed))
            self._hub.publish(ProjectsChanged())

    async def details(
        self, ids: Sequence[str], priority: Priority = Priority.NORMAL
    ) -> frozenset[str]:
        """Full records, a few at a time; the ids of those that differ from before.

        One that is gone moves to the shelf, one that cannot be read is left alone for a while: a
        single broken record stops no other. Raises only what concerns all: SignIn, TryLater,
        DiskTrouble, after what was read before it is stored.
        """
        changed: frozenset[str] = frozenset()
        for start in range(0, len(ids), READS_AT_ONCE):
            changed |= await self._few(ids[start : start + READS_AT_ONCE], priority)
        return changed

    async def _few(self, ids: Sequence[str], priority: Priority) -> frozenset[str]:
        began = self._clock.now()
        reads = (self._client.get_influencer(each, priority=priority) for each in ids)
        outcomes = await asyncio.gather(*reads, return_exceptions=True)
        pairs = list(zip(ids, outcomes, strict=True))
        for _, outcome in pairs:
            if isinstance(outcome, BaseException) and not isinstance(outcome, StudioError):
                raise outcome
        moved = await self._db.write(_confirm, pairs, began)
        for project_id, changed in moved.items():
            self._hub.publish(InfluencersChanged(project_id, frozenset(changed)))
        if any(isinstance(outcome, Gone) for outcome in outcomes):
            self._hub.publish(ProjectsChanged())
        for influencer_id, outcome in pairs:
            if isinstance(outcome, SignIn | TryLater | DiskTrouble):
                raise outcome
            if isinstance(outcome, StudioError) and not isinstance(outcome, Gone):
                log.warning("the record of %s was not read: %s", influencer_id, outcome.sentence)
        return frozenset().union(*moved.values())

    async def wanting_details(self, project_id: str, limit: int) -> tuple[str, ...]:
        """Ids whose details are unknown or out of date, newest first."""
        return await self._db.read(personas.wanting_details, project_id, None, limit)

    async def stale_details(self, project_id: str, limit: int) -> tuple[str, ...]:
        """Ids whose details were read long ago."""
        stale = self._clock.now() - timedelta(seconds=DETAILS_STALE_AFTER)
        return await self._db.read(personas.wanting_details, project_id, stale, limit)


def _confirm(
    conn: Connection, pairs: Sequence[tuple[str, Influencer | BaseException]], began: datetime
) -> dict[str, set[str]]:
    """Store what came of some reads; the ids that changed, by project."""
    moved: dict[str, set[str]] = {}
    for influencer_id, outcome in pairs:
        if isinstance(outcome, Influencer):
            if personas.put_full(conn, outcome, as_of=began):
                moved.setdefault(outcome.project_id, set()).add(influencer_id)
        elif isinstance(outcome, Gone):
            if personas.get(conn, influencer_id) is not None:
                project_id = personas.project_of(conn, influencer_id)
                personas.mark_deleted(conn, influencer_id, conn.now, "")
                moved.setdefault(project_id, set()).add(influencer_id)
        elif not isinstance(outcome, SignIn | TryLater):
            personas.mark_read(conn, influencer_id, conn.now)
    return moved


def _bare(account: Account) -> str:
    """The organization without the prefix that later servers put before the same id (4.1)."""
    return account.organization_id.removeprefix("org_")
