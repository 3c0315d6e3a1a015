"""Render jobs this workspace follows, kept over restarts."""

# ruff: noqa: S608 - only fixed clauses are put together; every value is a parameter

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from studio.domain.job import ENDED, Job
from studio.store.codec import clean, moment, stamp

if TYPE_CHECKING:
    from datetime import datetime

    from studio.domain.job import CancelState
    from studio.store.connection import Connection

LISTED_FOR = timedelta(days=1)
"""How long an ended job stays on the list."""

_COLUMNS = (
    "id, kind, project_id, influencer_id, status, stage, progress, is_clone, source_id, "
    "started_at, finished_at, error_code, error_message, request_id, etag, cancel"
)


def get(conn: Connection, job_id: str) -> Job | None:
    """One job, or None."""
    row = conn.row(f"SELECT {_COLUMNS} FROM job WHERE id = ?", (job_id,))
    return _job(row) if row else None


def running(conn: Connection) -> tuple[Job, ...]:
    """Every job that has not ended, oldest first."""
    rows = conn.rows(f"SELECT {_COLUMNS} FROM job WHERE ended = 0 ORDER BY first_seen_at, id")
    return tuple(_job(row) for row in rows)


def of_influencer(conn: Connection, influencer_id: str) -> tuple[Job, ...]:
    """The jobs of one influencer, newest first."""
    rows = conn.rows(
        f"SELECT {_COLUMNS} FROM job WHERE influencer_id = ? ORDER BY first_seen_at DESC, id DESC",
        (influencer_id,),
    )
    return tuple(_job(row) for row in rows)


def listed(conn: Connection, project_id: str = "", now: datetime | None = None) -> tuple[Job, ...]:
    """Running ones first, then those that ended within a day and were not dismissed."""
    since = stamp((now or conn.now) - LISTED_FOR)
    rows = conn.rows(
        f"SELECT {_COLUMNS} FROM job WHERE dismissed = 0 AND ? IN ('', project_id) "
        "AND (ended = 0 OR ended_at >= ?) ORDER BY ended, "
        "CASE ended WHEN 0 THEN first_seen_at ELSE -ended_at END, id",
        (project_id, since),
    )
    return tuple(_job(row) for row in rows)


def put(conn: Connection, job: Job) -> None:
    """Store what is known of a job now; one that runs again is listed again."""
    names = _COLUMNS.split(", ")
    sets = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    marks = ", ".join("?" * len(names))
    ended = job.status in ENDED
    now = stamp(conn.now)
    ended_at = (stamp(job.finished_at) or now) if ended else None
    conn.run(
        f"INSERT INTO job ({_COLUMNS}, ended, first_seen_at, ended_at) "
        f"VALUES ({marks}, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET {sets}, "
        "ended = excluded.ended, ended_at = excluded.ended_at",
        (*_values(job), int(ended), stamp(job.started_at) or now, ended_at),
    )


def set_cancel(conn: Connection, job_id: str, state: CancelState) -> None:
    """Whether we asked to stop it, and whether that was refused (contract 3.5)."""
    conn.run("UPDATE job SET cancel = ? WHERE id = ?", (state, job_id))


def dismiss(conn: Connection, job_id: str) -> None:
    """Take an ended job off the list; a running one stays."""
    conn.run("UPDATE job SET dismissed = 1 WHERE id = ? AND ended = 1", (job_id,))


def _values(job: Job) -> tuple[Any, ...]:
    return (
        job.id,
        job.kind,
        job.project_id,
        job.influencer_id,
        job.status,
        clean(job.stage),
        job.progress,
        int(job.is_clone),
        job.source_id,
        stamp(job.started_at),
        stamp(job.finished_at),
        job.error_code,
        clean(job.error_message),
        job.request_id,
        job.etag,
        job.cancel,
    )


def _job(row: Any) -> Job:
    fields = (
        *row[:7],
        bool(row[7]),
        row[8],
        moment(row[9]),
        moment(row[10]),
        *row[11:16],
    )
    return Job(*fields)
