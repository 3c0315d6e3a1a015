"""Jobs: their rows, and the shapes of accept, progress and end (contract 3.1 to 3.5)."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Row, func, insert, select

from studio.server.errors import not_found, rate_limited
from studio.server.ids import mint
from studio.server.tables import jobs

if TYPE_CHECKING:
    from sqlalchemy import Connection

CREATE: Final = "influencer_create"
CLONE: Final = "influencer_clone"
QUEUED: Final = "queued"
FINALIZING: Final = "finalizing"
_SLOT_WAIT_S: Final = 2


def add_job(
    connection: Connection,
    *,
    organization_id: str,
    project_id: str,
    influencer_id: str,
    kind: str,
    source_id: str | None,
    now: str,
    queue_pace: float = 1.0,
    work_pace: float = 1.0,
) -> str:
    """Add a running job that waits in ``queued``, and give its id.

    ``queue_pace`` and ``work_pace`` are how many times slower than usual it waits and works.
    """
    job_id = mint("job")
    connection.execute(
        insert(jobs).values(
            id=job_id,
            organization_id=organization_id,
            project_id=project_id,
            influencer_id=influencer_id,
            source_id=source_id,
            kind=kind,
            status="running",
            stage=QUEUED,
            progress=0.0,
            cancel_requested=False,
            queue_pace=queue_pace,
            work_pace=work_pace,
            started_at=now,
        )
    )
    return job_id


def require_slot(connection: Connection, organization_id: str, cap: int) -> None:
    """Keep the organisation's running jobs at ``cap`` (contract 1.9).

    Raises:
        ApiError: 429, as many are running.
    """
    running = connection.execute(
        select(func.count())
        .select_from(jobs)
        .where(jobs.c.organization_id == organization_id, jobs.c.status == "running")
    ).scalar_one()
    if running >= cap:
        raise rate_limited(
            f"{cap} jobs are running already.", _SLOT_WAIT_S, details={"concurrentJobs": cap}
        )


def find_job(
    connection: Connection, organization_id: str, job_id: str, *, lock: bool = False
) -> Row[Any]:
    """The organisation's job.

    Raises:
        ApiError: 404, it has none such.
    """
    query = select(jobs).where(jobs.c.id == job_id, jobs.c.organization_id == organization_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise not_found("job")
    return row


def shown_job(row: Row[Any]) -> dict[str, Any]:
    """The body of GET: one shape while it runs, another when it has ended."""
    shown: dict[str, Any] = {"jobId": row.id, "kind": row.kind, "status": row.status}
    if row.status == "running":
        return shown | {
            "progress": row.progress,
            "stage": row.stage,
            "startedAt": row.started_at,
        }
    shown["finishedAt"] = row.finished_at
    if row.status == "completed":
        shown["result"] = {"influencerId": row.influencer_id}
    if row.status == "failed":
        shown["error"] = row.error
    return shown


def etag(body: dict[str, Any]) -> str:
    """A strong validator that changes with every change of the body."""
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    return f'"{digest[:32]}"'
