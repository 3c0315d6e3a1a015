"""Hands jobs to the workflow engine, which is loaded only while there are jobs.

The engine's import takes about a second and it polls its database several times a second, so a
server without jobs goes without it.
"""

from __future__ import annotations

import logging
import queue
import threading
from typing import TYPE_CHECKING, Final, Protocol

from sqlalchemy import select

from studio.server.tables import jobs

if TYPE_CHECKING:
    from studio.server.config import ServerConfig
    from studio.server.renders import Renders
    from studio.server.storage import Storage
    from studio.server.workflows import Workflows

log = logging.getLogger(__name__)

IDLE_S: Final = 20.0
"""Seconds without a job after which the engine is unloaded again."""
_FIRST_QUIET_S: Final = 0.5
"""Seconds before jobs of an earlier run go on: loading the engine would slow the first answers."""


class JobStarter(Protocol):
    """Who is told that a job's row is there."""

    def start(self, job_id: str) -> None:
        """Start the job soon; never waits, never fails."""
        ...


class WorkflowLauncher:
    """A thread that starts workflows in the order they were asked for."""

    def __init__(self, config: ServerConfig, storage: Storage, renders: Renders) -> None:
        self._config = config
        self._storage = storage
        self._renders = renders
        self._workflows: Workflows | None = None
        self._asked: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._left: list[str] = []
        self._thread = threading.Thread(target=self._work, name="job-launcher", daemon=True)

    def open(self) -> None:
        """Go on with the jobs an earlier run left, and wait for new ones."""
        with self._storage.transaction() as connection:
            left = connection.execute(
                select(jobs.c.id).where(jobs.c.status == "running").order_by(jobs.c.id)
            ).scalars()
            self._left = list(left)
        self._thread.start()

    def start(self, job_id: str) -> None:
        """Start the job soon."""
        self._asked.put(job_id)

    def close(self) -> None:
        """Stop; jobs that run now go on at the next start."""
        self._renders.stop()
        self._asked.put(None)
        self._thread.join(timeout=5)

    def _work(self) -> None:
        try:
            if self._left and not self._renders.pause(_FIRST_QUIET_S):
                for left in self._left:
                    self._start(left)
            while (job_id := self._next()) is not None and not self._renders.stopping:
                self._start(job_id)
        finally:
            self._unload()

    def _next(self) -> str | None:
        """The next job; an engine that has had none for a while is unloaded meanwhile."""
        while self._workflows is not None:
            try:
                return self._asked.get(timeout=IDLE_S)
            except queue.Empty:
                if not self._anything_running():
                    self._unload()
        return self._asked.get()

    def _anything_running(self) -> bool:
        with self._storage.transaction() as connection:
            running = select(jobs.c.id).where(jobs.c.status == "running").limit(1)
            return connection.execute(running).first() is not None

    def _start(self, job_id: str) -> None:
        try:
            if self._workflows is None:
                from studio.server.workflows import Workflows

                self._workflows = Workflows(
                    self._renders, self._config.workflow_database_url, self._config.executor_id
                )
            self._workflows.start(job_id)
        except Exception:
            log.exception("job %s could not be started", job_id)
            self._renders.fail(job_id)

    def _unload(self) -> None:
        if self._workflows is not None:
            self._workflows.close()
            self._workflows = None
