"""The durable workflow of a job, on DBOS. Importing this module takes about a second.

DBOS writes down every finished step. A killed server's workflows are found at the next start and
go on with the step that was cut.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, TypeVar

from dbos import DBOS, DBOSConfig, SetWorkflowID

from studio.server.renders import REFERENCES

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.server.renders import Renders

T = TypeVar("T")

log = logging.getLogger(__name__)

# Fixed, because jobs of another version are never taken up again.
APPLICATION_VERSION: Final = "1"
_ENDED: Final = frozenset({"SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})


class Workflows:
    """DBOS with the one workflow registered. One at a time per process, as DBOS demands."""

    def __init__(self, renders: Renders, database_url: str, executor_id: str) -> None:
        config: DBOSConfig = {
            "name": "persona-studio-server",
            "system_database_url": database_url,
            "application_version": APPLICATION_VERSION,
            "executor_id": executor_id,
            "log_level": "ERROR",
            "console_log_level": "ERROR",
            "enable_otlp": False,
            # Nothing here has schedules.
            "scheduler_polling_interval_sec": 3600.0,
        }
        DBOS(config=config)
        self._renders = renders
        self._run = _register(renders)
        DBOS.launch()

    def start(self, job_id: str) -> None:
        """Start the job's workflow unless it was started before."""
        status = DBOS.get_workflow_status(job_id)
        if status is None:
            with SetWorkflowID(job_id):
                DBOS.start_workflow(self._run, job_id)
        elif status.status in _ENDED:
            # The workflow ended by an error that could not be written into the job's row.
            self._renders.fail(job_id)

    def close(self) -> None:
        """Stop DBOS; workflows that run now stay pending."""
        DBOS.destroy(destroy_registry=True)


def _register(renders: Renders) -> Callable[[str], None]:
    def step(name: str, run: Callable[..., T], *args: object) -> T:
        return DBOS.run_step({"name": name}, run, *args)

    @DBOS.workflow(name="render_influencer")
    def render_influencer(job_id: str) -> None:
        try:
            if not step("leave_queue", renders.leave_queue, job_id):
                return
            if not step("shape", renders.shape, job_id):
                return
            for index in range(REFERENCES):
                if not step("reference", renders.reference, job_id, index):
                    return
            if step("begin_finalizing", renders.begin_finalizing, job_id):
                step("finish", renders.finish, job_id)
        except Exception:
            log.exception("job %s failed", job_id)
            step("fail", renders.fail, job_id)

    return render_influencer
