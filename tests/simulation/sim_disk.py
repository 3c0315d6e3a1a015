"""The workspace file of one computer: the real store functions on a real SQLite connection.

What was committed stays over a crash, what was not is gone. One connection serves many runs: a run
is one outer savepoint that is rolled back at its end, so the tables are made once.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw

from studio.store import cards, personas, projects
from studio.store.connection import Connection
from studio.store.database import Database
from studio.store.errors import trouble
from studio.store.migrate import steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sim_faults import Perils
    from sim_loop import SimClock

    from studio.domain.influencer import Influencer
    from studio.domain.project import Project

_TURN_RATE = 0.2
"""How often others run before a read. Each turn of the loop costs time, so not always."""
_KINDS_OF_TROUBLE = ("disk_full", "io", "in_use")


class Disk:
    """One SQLite file in memory, with the tables of the program."""

    def __init__(self) -> None:
        self._library = apsw.Connection(":memory:", statementcachesize=500)
        self._run("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY")
        for step in steps():
            self._run(step.read_text("utf-8"))
        self._run("SAVEPOINT run")

    def reset(self) -> None:
        """Forget everything but the tables and what is in them since :meth:`settle`."""
        self._run("ROLLBACK TO run")

    def settle(self, clock: SimClock, project: Project, known: Iterable[Influencer]) -> None:
        """Begin with what the server had when this computer last read it."""
        self._run("RELEASE run")

        def fill(conn: Connection) -> None:
            projects.put(conn, project)
            for influencer in known:
                personas.put_full(conn, influencer)

        self.transaction(fill, clock)
        self._run("SAVEPOINT run")

    def transaction(
        self,
        fn: Callable[[Connection], Any],
        clock: SimClock,
        before_commit: Callable[[], None] | None = None,
    ) -> Any:
        """All of ``fn`` or nothing of it, as the real database does it."""
        self._run("SAVEPOINT change")
        try:
            conn = Connection(self._library, clock.now(), writable=True)
            result = fn(conn)
            if conn.touched:
                cards.refresh_cards(conn, conn.touched)
            if before_commit is not None:
                before_commit()
        except BaseException:
            self._run("ROLLBACK TO change")
            self._run("RELEASE change")
            raise
        self._run("RELEASE change")
        return result

    def cards_apart(self, clock: SimClock) -> list[str]:
        """Cards of the gallery that say something else than what they are made of."""
        query = (
            "SELECT id, shelf, flags, name, status, gender, tagline, unsent, waiting, blocked, "
            "conflicts, local_only, text_hash FROM card ORDER BY id"
        )
        conn = Connection(self._library, clock.now(), writable=True)
        before = conn.rows(query)
        self._run("SAVEPOINT look")
        cards.rebuild(conn)
        after = conn.rows(query)
        self._run("ROLLBACK TO look; RELEASE look")
        return [f"{row} is no true card" for row in before if row not in after] + [
            f"{row} has no card" for row in after if row not in before
        ]

    def look(self, fn: Callable[..., Any], *args: Any, clock: SimClock) -> Any:
        """Read at once, past every fault: for whoever checks."""
        return fn(Connection(self._library, clock.now(), writable=False), *args)

    def _run(self, sql: str) -> None:
        list(self._library.execute(sql))


class SimDatabase(Database):
    """Stands in for the thread and the file of :class:`Database`; what runs in it is real.

    A computer that is dead answers nobody: whatever still runs on it ends there.
    """

    def __init__(self, disk: Disk, clock: SimClock, perils: Perils) -> None:
        self.path = Path("simulated")
        self._disk = disk
        self._sim_clock = clock
        self._perils = perils

    async def read(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run ``fn`` on one state of the data."""
        if self._perils.random.random() < _TURN_RATE:
            await asyncio.sleep(0)
        self._perils.step("read")
        return fn(
            Connection(self._disk._library, self._sim_clock.now(), writable=False), *args, **kwargs
        )

    async def write(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run ``fn`` as one transaction; the disk may refuse it, or lie about it."""
        await asyncio.sleep(0)
        self._perils.step("before a commit")
        fate = self._perils.disk()
        if fate == "refused":
            raise trouble(self._perils.random.choice(_KINDS_OF_TROUBLE))

        def run(conn: Connection) -> Any:
            return fn(conn, *args, **kwargs)

        def refuse() -> None:
            raise trouble("io")

        result = self._disk.transaction(run, self._sim_clock, refuse if fate == "torn" else None)
        self._perils.trace("wrote", getattr(fn, "__qualname__", "?"))
        self._perils.step("after a commit")
        if fate == "told wrong":
            raise trouble("io")
        return result

    def close(self) -> None:
        """Nothing is open."""
