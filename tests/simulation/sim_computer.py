"""One computer with the program on it: the real services over a simulated disk and network."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from sim_disk import SimDatabase
from sim_faults import Perils
from sim_network import SimClient

from studio.core.events import EventHub
from studio.core.tasks import TaskScope
from studio.domain.events import Notice
from studio.store import personas, projections
from studio.store.errors import DiskTrouble
from studio.sync.conflict_service import Conflicts
from studio.sync.connectivity import Connectivity
from studio.sync.engine import SyncEngine
from studio.sync.outbox_service import Outbox
from studio.sync.pull import Pull
from studio.sync.push import Push
from studio.sync.service import Personas

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim_disk import Disk
    from sim_faults import Journal, Weather
    from sim_loop import SimClock, SimLoop
    from sim_server import SimServer

    from studio.domain.influencer import Influencer
    from studio.domain.project import Project

_OURS = "Something went wrong while syncing."


class Computer:
    """A disk that stays, and a program on it that starts, is killed, and starts again.

    Attributes:
        failures: errors of the program itself; there must be none.
        is_on: whether the program runs.
    """

    def __init__(
        self,
        name: str,
        disk: Disk,
        loop: SimLoop,
        clock: SimClock,
        server: SimServer,
        weather: Weather,
        journal: Journal,
        project: Project,
        basis_of: Callable[[str, str, Influencer | None], None],
    ) -> None:
        self.name = name
        self.disk = disk
        self.clock = clock
        self.project = project
        self.failures: list[str] = []
        self.is_on = False
        self.connected = True
        self._loop = loop
        self._server = server
        self._weather = weather
        self._journal = journal
        self._basis_of = basis_of
        self._build()

    def _build(self) -> None:
        self.perils = Perils(self._weather, self._journal, self.name)
        self.db = SimDatabase(self.disk, self.clock, self.perils)
        self.hub = EventHub()
        self.hub.subscribe(Notice, self._on_notice)
        self.scope = TaskScope(self.name, self._on_error)
        self.client = SimClient(
            self._loop, self.clock, self._server, self.perils, self.project, self._basis_of
        )
        self.client.connected = self.connected
        chance = self._weather.random
        self.contact = Connectivity(self.hub, self.clock, "server", chance)
        self.engine = SyncEngine(
            self.db,
            self.hub,
            self.scope.child("engine"),
            self.clock,
            self.contact,
            Push(self.db, self.client, self.hub, self.clock, chance),
            Pull(self.db, self.client, self.hub, self.clock),
            chance,
        )
        self.personas = Personas(self.db, self.hub, self.clock, self.engine)
        self.conflicts = Conflicts(self.db, self.hub, self.clock, self.engine)
        self.outbox = Outbox(
            self.db,
            self.hub,
            self.scope.child("outbox"),
            self.clock,
            self.engine,
            self.client,
            _NoUploads(),
        )

    async def start(self) -> None:
        """Start the program on what the disk has."""
        if self.is_on:
            return
        self._build()
        self.perils.trace("starts")
        self.is_on = True
        try:
            await self.engine.remember()
        except DiskTrouble:
            self.perils.trace("starts without counts")
        self.engine.use_project(self.project.id)
        self.engine.start()

    async def quit(self) -> None:
        """End the program in order."""
        self.perils.trace("quits")
        await self.engine.stop()
        await self.bury()

    async def bury(self) -> None:
        """Nothing of the program goes on; what was on its way to the server still arrives."""
        self.perils.killed = True
        await self.scope.close()
        self.is_on = False

    def set_connected(self, connected: bool) -> None:
        """Pull out or plug in the cable."""
        self.connected = connected
        self.client.connected = connected

    # ---- looking at it, past every fault

    def look(self, fn: Callable[..., Any], *args: Any) -> Any:
        """A read that nothing can disturb."""
        return self.disk.look(fn, *args, clock=self.clock)

    def shown(self, influencer_id: str) -> Any:
        """What is on screen for an influencer."""
        return self.look(projections.show, influencer_id)

    def listed(self) -> list[str]:
        """Every influencer that is shown, deleted ones left out."""
        rows = self.look(lambda conn: conn.rows("SELECT id FROM card WHERE shelf = 0 ORDER BY id"))
        return [row[0] for row in rows]

    def confirmed(self) -> dict[str, Influencer]:
        """What it takes for the server's state."""
        found = self.look(personas.of_project, self.project.id)
        return {item.id: item for item in found}

    def _on_notice(self, notice: Notice) -> None:
        self.perils.trace("notice", notice.sentence)
        if notice.sentence == _OURS:
            self.failures.append(notice.sentence)

    def _on_error(self, error: BaseException) -> None:
        self.failures.append(f"{type(error).__name__}: {error}")
        logging.getLogger("simulation").error("a task failed", exc_info=error)


class _NoUploads:
    """Images are uploaded already when the simulation begins with them."""

    async def hold(self, upload_id: str) -> None:
        raise AssertionError(f"there is no upload {upload_id}")

    async def release(self, upload_id: str) -> None:
        raise AssertionError(f"there is no upload {upload_id}")

    async def remove(self, upload_id: str) -> None:
        raise AssertionError(f"there is no upload {upload_id}")
