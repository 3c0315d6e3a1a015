"""Jobs: follow and cancel (contract 3)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import update

from studio.server.dispatch import Call, Operation, Reply
from studio.server.errors import conflict
from studio.server.records.jobs import FINALIZING, etag, find_job, shown_job
from studio.server.tables import jobs

_ALREADY: Final = {
    "completed": "ALREADY_COMPLETED",
    "failed": "ALREADY_FAILED",
    "canceled": "ALREADY_CANCELED",
}


def get_job(call: Call) -> Reply:
    """GET /v1/jobs/:jobId, 304 when nothing changed since the ETag that was sent."""
    body = shown_job(find_job(call.connection, call.caller.organization_id, call.path["job_id"]))
    tag = etag(body)
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    known = [part.strip() for part in call.headers.get("if-none-match", "").split(",")]
    if "*" in known or any(part.removeprefix("W/") == tag for part in known):
        return Reply(304, None, headers)
    return Reply(200, body, headers)


def cancel_job(call: Call) -> Reply:
    """POST /v1/jobs/:jobId/cancel: a request the job looks at between stages."""
    row = find_job(call.connection, call.caller.organization_id, call.path["job_id"], lock=True)
    if row.status != "running":
        return Reply(200, {"jobId": row.id, "accepted": False, "reason": _ALREADY[row.status]})
    if row.stage == FINALIZING:
        raise conflict(
            "The job can no longer be canceled at this stage.",
            subcode="JOB_CANCEL_UNAVAILABLE",
            jobId=row.id,
            stage=row.stage,
        )
    call.connection.execute(update(jobs).where(jobs.c.id == row.id).values(cancel_requested=True))
    return Reply(202, {"jobId": row.id, "accepted": True})


OPERATIONS = (
    Operation("GET", "/v1/jobs/{job_id}", "read-light", get_job),
    Operation("POST", "/v1/jobs/{job_id}/cancel", "write-light", cancel_job),
)
