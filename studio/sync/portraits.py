"""Brings every portrait of the roster to this computer, so that a start without a network shows all
of them and not only those that were once scrolled into sight."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from studio.core.errors import StudioError, TryLater
from studio.domain.events import InfluencersChanged, StatusChanged
from studio.store import portraits
from studio.store.errors import DiskTrouble

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from studio.core.clock import Clock
    from studio.core.events import EventHub, Subscription
    from studio.core.tasks import TaskScope
    from studio.store.database import Database
    from studio.sync.pictures import Pictures

log = logging.getLogger(__name__)

AT_MOST = 2_000
"""Portraits kept ahead; a larger roster has the rest when they are scrolled into sight."""
_PAUSE = 1.0
_PAUSE_AFTER_FAILURE = 30.0


class Portraits:
    """One picture at a time, so that those in sight always find a free line.

    What the server refuses is not asked for again in this run; without contact nothing is, until
    there is contact again.
    """

    def __init__(
        self,
        db: Database,
        pictures: Pictures,
        hub: EventHub,
        scope: TaskScope,
        clock: Clock,
        is_online: Callable[[], bool],
    ) -> None:
        self._db = db
        self._pictures = pictures
        self._hub = hub
        self._scope = scope
        self._clock = clock
        self._is_online = is_online
        self._refused: set[str] = set()
        self._look_again = False
        self._was_online = False
        self._subscriptions: tuple[Subscription, ...] = ()

    def start(self) -> None:
        """Begin, and go on with whatever the roster shows later; twice is harmless."""
        if not self._subscriptions:
            self._subscriptions = (
                self._hub.subscribe(InfluencersChanged, self._on_influencers),
                self._hub.subscribe(StatusChanged, self._on_status),
            )
            self._look()

    def stop(self) -> None:
        """Hear of nothing more; the scope ends the rest."""
        for subscription in self._subscriptions:
            subscription.close()
        self._subscriptions = ()

    def _on_influencers(self, _event: InfluencersChanged) -> None:
        self._look()

    def _on_status(self, _event: StatusChanged) -> None:
        is_online = self._is_online()
        came_back, self._was_online = is_online and not self._was_online, is_online
        if came_back:
            self._look()

    def _look(self) -> None:
        self._look_again = True
        self._scope.busy("portraits", self._keep())

    async def _keep(self) -> None:
        wait = _PAUSE
        while self._look_again and self._is_online():
            # Cards move with every keystroke; the roster is looked through once for many of them.
            await self._clock.sleep(wait)
            self._look_again, wait = False, _PAUSE
            try:
                urls = await self._db.read(portraits.addresses, AT_MOST)
                for url in await asyncio.to_thread(self._missing, urls):
                    await self._bring(url)
            except (TryLater, DiskTrouble) as error:
                log.info("portraits are brought later: %s", error.sentence)
                self._look_again, wait = True, _PAUSE_AFTER_FAILURE

    def _missing(self, urls: Sequence[str]) -> list[str]:
        """Looks at the disk, so it is called in a worker."""
        return [
            url for url in urls if url not in self._refused and self._pictures.stored(url) is None
        ]

    async def _bring(self, url: str) -> None:
        """Raises TryLater when none can be had now."""
        try:
            await self._pictures.fetch(url)
        except TryLater:
            raise
        except StudioError as error:
            log.info("a portrait was not kept: %s", error.sentence)
            self._refused.add(url)
