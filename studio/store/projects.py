"""Projects as the server last listed them."""

# ruff: noqa: S608 - only fixed clauses are put together; every value is a parameter

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from studio.domain.influencer import NOTHING
from studio.domain.project import Project
from studio.domain.roster import ProjectRow
from studio.store.cards import DRAFTS
from studio.store.codec import clean, clean_or_none, dump, id_list, load, moment, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from studio.store.connection import Connection

_COLUMNS = (
    "id, name, status, timezone, primary_language, customer_external_id, created_at, updated_at, "
    "extra"
)


def get(conn: Connection, project_id: str) -> Project | None:
    """One project, or None."""
    row = conn.row(f"SELECT {_COLUMNS} FROM project WHERE id = ?", (project_id,))
    return _project(row) if row else None


def every(conn: Connection) -> tuple[Project, ...]:
    """Active projects the server still lists, newest first."""
    rows = conn.rows(
        f"SELECT {_COLUMNS} FROM project WHERE gone_at IS NULL AND status = 'active' "
        "ORDER BY created_at DESC, id DESC"
    )
    return tuple(_project(row) for row in rows)


def rows(conn: Connection) -> tuple[ProjectRow, ...]:
    """Active projects, newest first, with how many influencers each shows and drafts it holds."""
    counts = {
        row[0]: (row[1], row[2])
        for row in conn.rows(
            f"SELECT project_id, count(*), sum(flags & {DRAFTS} > 0) FROM card WHERE shelf = 0 "
            "GROUP BY project_id"
        )
    }
    return tuple(ProjectRow(project, *counts.get(project.id, (0, 0))) for project in every(conn))


def put(conn: Connection, project: Project) -> bool:
    """Store one project as just read; whether anything differs from before."""
    before = conn.row(f"SELECT {_COLUMNS}, gone_at FROM project WHERE id = ?", (project.id,))
    values = _values(project)
    if before == (*values, None):
        return False
    marks = ", ".join("?" * len(values))
    sets = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ")[1:])
    conn.run(
        f"INSERT INTO project ({_COLUMNS}) VALUES ({marks}) "
        f"ON CONFLICT (id) DO UPDATE SET {sets}, gone_at = NULL",
        values,
    )
    return True


def replace_all(conn: Connection, projects: Iterable[Project]) -> bool:
    """Store a complete list; what it does not name is hidden, with everything below it kept.

    Whether anything differs from before.
    """
    listed = tuple(projects)
    changed = [put(conn, project) for project in listed]
    gone = conn.run(
        "UPDATE project SET gone_at = ? WHERE gone_at IS NULL "
        "AND id NOT IN (SELECT value FROM json_each(?))",
        (stamp(conn.now), id_list(project.id for project in listed)),
    )
    return any(changed) or gone > 0


def _values(project: Project) -> tuple[Any, ...]:
    return (
        project.id,
        clean(project.name),
        project.status,
        clean(project.timezone),
        clean(project.primary_language),
        clean_or_none(project.customer_external_id),
        stamp(project.created_at),
        stamp(project.updated_at),
        dump(dict(project.extra)) if project.extra else "{}",
    )


def _project(row: Any) -> Project:
    extra = NOTHING if row[8] == "{}" else load(row[8])
    fields = (*row[:6], moment(row[6]), moment(row[7]), extra)
    return Project(*fields)
