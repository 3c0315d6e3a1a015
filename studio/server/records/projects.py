"""Projects (contract 2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select

from studio.server.errors import not_found, validation
from studio.server.ids import is_project_id
from studio.server.tables import projects

if TYPE_CHECKING:
    from sqlalchemy import Connection


def searchable(name: str) -> str:
    """The form in which names are searched: case does not matter."""
    return name.casefold().replace("\0", " ")


def find_project(connection: Connection, organization_id: str, project_id: str) -> Row[Any]:
    """The organisation's project, archived or not.

    Raises:
        ApiError: 422 for an id that is no UUID, 404 when the organisation has none such.
    """
    if not is_project_id(project_id):
        raise validation("projectId", "is not a project id")
    row = connection.execute(
        select(projects).where(
            projects.c.id == project_id, projects.c.organization_id == organization_id
        )
    ).one_or_none()
    if row is None:
        raise not_found("project")
    return row


def listed_project(row: Row[Any]) -> dict[str, Any]:
    """The item of the list."""
    return {
        "id": row.id,
        "name": row.fields["name"],
        "status": row.status,
        "customerExternalId": row.customer_external_id,
        "timezone": row.fields["timezone"],
        "primaryLanguage": row.fields["primaryLanguage"],
        "ownerEmail": row.fields["ownerEmail"],
        "createdAt": row.created_at,
        "updatedAt": row.updated_at,
    }


def whole_project(row: Row[Any]) -> dict[str, Any]:
    """The full object. Nothing is ingested here: only seeded projects have a brand context."""
    return {
        "id": row.id,
        "organizationId": row.organization_id,
        "name": row.fields["name"],
        "status": row.status,
        "customerExternalId": row.customer_external_id,
        "timezone": row.fields["timezone"],
        "primaryLanguage": row.fields["primaryLanguage"],
        "ownerEmail": row.fields["ownerEmail"],
        "brand": None,
        "brandContext": row.fields.get("brandContext"),
        "ingestState": {"github": None, "website": None, "appstore": None},
        "requiresApproval": False,
        "firstNPostsBlocked": 0,
        "currentBlockedCount": 0,
        "metadata": row.fields.get("metadata"),
        "createdAt": row.created_at,
        "updatedAt": row.updated_at,
    }
