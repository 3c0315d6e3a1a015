"""Projects (contract 2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import select, update

from studio.server.dispatch import Call, Operation, Reply
from studio.server.errors import conflict, validation_issues
from studio.server.ids import new_uuid
from studio.server.pagination import after, cut
from studio.server.records.projects import (
    find_project,
    listed_project,
    searchable,
    whole_project,
)
from studio.server.storage import insert_once
from studio.server.tables import projects
from studio.server.times import wire

if TYPE_CHECKING:
    from studio.server.schemas import NewProject, ProjectPatch, ProjectQuery, Reason

_LIST: Final = "projects"
_READ_ONLY: Final = ("id", "organizationId", "createdAt", "ingestState", "brandContext")


def list_projects(call: Call) -> Reply:
    """GET /v1/projects."""
    query = cast("ProjectQuery", call.query)
    rows = select(projects).where(projects.c.organization_id == call.caller.organization_id)
    if query.status is not None:
        rows = rows.where(projects.c.status == query.status)
    if query.search is not None:
        rows = rows.where(
            projects.c.search_name.contains(searchable(query.search), autoescape=True)
        )
    if query.customer_external_id is not None:
        rows = rows.where(projects.c.customer_external_id == query.customer_external_id)
    rows = after(rows, _LIST, query.cursor, projects.c.created_at, projects.c.id)
    found = call.connection.execute(rows.limit(query.limit + 1)).all()
    page, next_cursor = cut(_LIST, found, query.limit)
    return Reply(200, {"items": [listed_project(row) for row in page], "nextCursor": next_cursor})


def create_project(call: Call) -> Reply:
    """POST /v1/projects."""
    body = cast("NewProject", call.body)
    project_id = body.id or new_uuid()
    now = wire(call.now)
    added = insert_once(
        call.connection,
        projects,
        {
            "id": project_id,
            "organization_id": call.caller.organization_id,
            "status": "active",
            "customer_external_id": body.customer_external_id or None,
            "search_name": searchable(body.name),
            "fields": {
                "name": body.name,
                "timezone": body.timezone,
                "primaryLanguage": body.primary_language,
                "ownerEmail": body.owner_email or call.caller.owner_email,
                "metadata": body.given().get("metadata"),
            },
            "created_at": now,
            "updated_at": now,
        },
    )
    if not added:
        raise conflict("This project id is taken.", projectId=project_id)
    row = find_project(call.connection, call.caller.organization_id, project_id)
    return Reply(201, whole_project(row))


def get_project(call: Call) -> Reply:
    """GET /v1/projects/:id."""
    row = find_project(call.connection, call.caller.organization_id, call.path["project_id"])
    return Reply(200, whole_project(row))


def _refuse_read_only(data: object) -> None:
    if isinstance(data, dict):
        issues = [
            (str(key), "cannot be changed")
            for key in data
            if key in _READ_ONLY or str(key).startswith("brandContext.")
        ]
        if issues:
            raise validation_issues(issues, status=400)


def patch_project(call: Call) -> Reply:
    """PATCH /v1/projects/:id."""
    row = find_project(call.connection, call.caller.organization_id, call.path["project_id"])
    given = cast("ProjectPatch", call.body).given()
    values: dict[str, Any] = {}
    if "status" in given:
        values["status"] = given.pop("status")
        values["archived_at"] = wire(call.now) if values["status"] == "archived" else None
    if "customerExternalId" in given:
        values["customer_external_id"] = given.pop("customerExternalId")
    values["fields"] = row.fields | given
    values["search_name"] = searchable(values["fields"]["name"])
    if any(getattr(row, name) != value for name, value in values.items() if name != "archived_at"):
        call.connection.execute(
            update(projects)
            .where(projects.c.id == row.id)
            .values(**values, updated_at=wire(call.now))
        )
    return get_project(call)


def archive_project(call: Call) -> Reply:
    """DELETE /v1/projects/:id: a soft archive, repeatable."""
    row = find_project(call.connection, call.caller.organization_id, call.path["project_id"])
    now = wire(call.now)
    call.connection.execute(
        update(projects)
        .where(projects.c.id == row.id)
        .values(
            status="archived",
            archived_at=now,
            archive_reason=cast("Reason", call.body).reason or None,
            updated_at=now,
        )
    )
    return Reply(
        200,
        {"id": row.id, "status": "archived", "archivedAt": now, "canceledScheduledPosts": 0},
    )


OPERATIONS = (
    Operation("GET", "/v1/projects", "read-light", list_projects, query="ProjectQuery"),
    Operation("POST", "/v1/projects", "write-light", create_project, body="NewProject"),
    Operation("GET", "/v1/projects/{project_id}", "read-light", get_project),
    Operation(
        "PATCH",
        "/v1/projects/{project_id}",
        "write-light",
        patch_project,
        body="ProjectPatch",
        early=_refuse_read_only,
    ),
    Operation(
        "DELETE",
        "/v1/projects/{project_id}",
        "write-light",
        archive_project,
        body="Reason",
        body_optional=True,
    ),
)
