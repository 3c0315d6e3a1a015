"""Influencers: list, create, read, patch, delete, clone, reference images (contract 2.4)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import Row, select, update

from studio.server.config import LIMITS
from studio.server.dispatch import Call, Operation, Reply
from studio.server.errors import conflict
from studio.server.ids import mint
from studio.server.pagination import after, cut
from studio.server.records.influencers import (
    UNREAD,
    add_influencer,
    bind_images,
    find_influencer,
    fresh_face,
    influencer_row,
    listed_influencers,
    persona_of,
    same_face,
    shown_references,
    whole_influencer,
)
from studio.server.records.jobs import CLONE, CREATE, QUEUED, add_job, require_slot
from studio.server.records.media import resolve_images
from studio.server.records.projects import find_project
from studio.server.tables import influencers
from studio.server.times import wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studio.server.schemas import (
        Clone,
        InfluencerPatch,
        InfluencerQuery,
        NewInfluencer,
        Reason,
        ReferenceAssets,
    )

_LIST: Final = "influencers"


def list_influencers(call: Call) -> Reply:
    """GET /v1/projects/:projectId/influencers."""
    query = cast("InfluencerQuery", call.query)
    project = find_project(call.connection, call.caller.organization_id, call.path["project_id"])
    rows = select(influencers).where(
        influencers.c.project_id == project.id, influencers.c.deleted_at.is_(None)
    )
    if query.status is not None:
        rows = rows.where(influencers.c.status == query.status)
    rows = after(rows, _LIST, query.cursor, influencers.c.created_at, influencers.c.id)
    found = call.connection.execute(rows.limit(query.limit + 1)).all()
    page, next_cursor = cut(_LIST, found, query.limit)
    items = listed_influencers(call.connection, page, call.base_url)
    return Reply(200, {"items": items, "nextCursor": next_cursor})


def _require_active(project: Row[Any]) -> None:
    if project.status != "active":
        raise conflict("The project is archived.", projectId=project.id, status=project.status)


def _start_render(
    call: Call, project_id: str, influencer_id: str, kind: str, source_id: str | None
) -> str:
    caller = call.caller
    cap = call.services.config.running_jobs
    require_slot(
        call.connection,
        caller.organization_id,
        LIMITS[caller.tier].running_jobs if cap is None else cap,
    )
    return add_job(
        call.connection,
        organization_id=caller.organization_id,
        project_id=project_id,
        influencer_id=influencer_id,
        kind=kind,
        source_id=source_id,
        now=wire(call.now),
    )


def create_influencer(call: Call) -> Reply:
    """POST /v1/projects/:projectId/influencers: the row at once, the pictures by a job (Q3)."""
    body = cast("NewInfluencer", call.body)
    project = find_project(call.connection, call.caller.organization_id, call.path["project_id"])
    _require_active(project)
    given = body.given()
    persona = persona_of(given)
    influencer_id = body.influencer_id or mint("inf")
    now = wire(call.now)
    row = influencer_row(
        influencer_id=influencer_id,
        organization_id=call.caller.organization_id,
        project_id=project.id,
        status="pending",
        persona=persona,
        face=fresh_face(influencer_id, persona),
        created_at=now,
        unread={key: given[key] for key in UNREAD if key in given},
    )
    add_influencer(call.connection, row)
    if body.reference_images is not None:
        asset_ids = body.reference_images.asset_ids
        bind_images(
            call.connection,
            influencer_id,
            resolve_images(call.connection, project.id, asset_ids),
            now,
        )
    job_id = _start_render(call, project.id, influencer_id, CREATE, None)
    return Reply(
        202,
        {
            "jobId": job_id,
            "kind": CREATE,
            "status": "running",
            "stage": QUEUED,
            "projectId": project.id,
            "influencerId": influencer_id,
            "locationUrl": f"/v1/jobs/{job_id}",
            "startedAt": now,
        },
        after=partial(call.services.jobs.start, job_id),
    )


def get_influencer(call: Call) -> Reply:
    """GET /v1/influencers/:influencerId."""
    row = find_influencer(call.connection, call.caller.organization_id, call.path["influencer_id"])
    return Reply(200, whole_influencer(call.connection, row, call.base_url))


def patch_influencer(call: Call) -> Reply:
    """PATCH /v1/influencers/:influencerId: personality is merged key by key."""
    row = find_influencer(
        call.connection, call.caller.organization_id, call.path["influencer_id"], lock=True
    )
    merged = _merged(row.persona, cast("InfluencerPatch", call.body).given())
    # A patch that changes nothing must not look like a change to whoever compares updatedAt.
    if merged != row.persona:
        call.connection.execute(
            update(influencers)
            .where(influencers.c.id == row.id)
            .values(persona=merged, updated_at=wire(call.now))
        )
    return get_influencer(call)


def _merged(persona: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    personality = {**persona["personality"], **given.get("personality", {})}
    return {**persona, **given, "personality": personality}


def delete_influencer(call: Call) -> Reply:
    """DELETE /v1/influencers/:influencerId: soft, and for good."""
    row = find_influencer(
        call.connection, call.caller.organization_id, call.path["influencer_id"], lock=True
    )
    now = wire(call.now)
    call.connection.execute(
        update(influencers)
        .where(influencers.c.id == row.id)
        .values(deleted_at=now, delete_reason=cast("Reason", call.body).reason or None)
    )
    return Reply(200, {"influencerId": row.id, "status": "deleted", "deletedAt": now})


def clone_influencer(call: Call) -> Reply:
    """POST /v1/influencers/:influencerId/clone: the same face under another name (Q1, Q18)."""
    body = cast("Clone", call.body)
    source = find_influencer(
        call.connection, call.caller.organization_id, call.path["influencer_id"]
    )
    _require_active(find_project(call.connection, call.caller.organization_id, source.project_id))
    overrides = body.overrides.given()
    unread = {**(source.unread or {}), **{k: overrides.pop(k) for k in UNREAD if k in overrides}}
    clone_id = body.new_influencer_id or mint("inf")
    row = influencer_row(
        influencer_id=clone_id,
        organization_id=call.caller.organization_id,
        project_id=source.project_id,
        status="pending",
        persona=_merged(source.persona, {**overrides, "name": body.name}),
        face=same_face(source.face, overrides),
        created_at=wire(call.now),
        unread=unread,
    )
    add_influencer(call.connection, row)
    job_id = _start_render(call, source.project_id, clone_id, CLONE, source.id)
    return Reply(
        202,
        {"jobId": job_id, "kind": CLONE, "status": "running", "influencerId": clone_id},
        after=partial(call.services.jobs.start, job_id),
    )


def add_reference_images(call: Call) -> Reply:
    """POST /v1/influencers/:influencerId/reference-images: what does not resolve is dropped."""
    row = find_influencer(
        call.connection, call.caller.organization_id, call.path["influencer_id"], lock=True
    )
    asset_ids = cast("ReferenceAssets", call.body).asset_ids
    now = wire(call.now)
    resolved = resolve_images(call.connection, row.project_id, asset_ids)
    if bind_images(call.connection, row.id, resolved, now):
        call.connection.execute(
            update(influencers).where(influencers.c.id == row.id).values(updated_at=now)
        )
    references = shown_references(call.connection, row.id, call.base_url)
    return Reply(200, {"influencerId": row.id, "referenceImages": references})


_OF_PROJECT: Final = "/v1/projects/{project_id}/influencers"
_ONE: Final = "/v1/influencers/{influencer_id}"

OPERATIONS = (
    Operation("GET", _OF_PROJECT, "read-light", list_influencers, query="InfluencerQuery"),
    Operation("POST", _OF_PROJECT, "long-running", create_influencer, body="NewInfluencer"),
    Operation("GET", _ONE, "read-light", get_influencer),
    Operation("PATCH", _ONE, "write-light", patch_influencer, body="InfluencerPatch"),
    Operation("DELETE", _ONE, "write-light", delete_influencer, body="Reason", body_optional=True),
    Operation("POST", f"{_ONE}/clone", "long-running", clone_influencer, body="Clone"),
    Operation(
        "POST",
        f"{_ONE}/reference-images",
        "write-light",
        add_reference_images,
        body="ReferenceAssets",
    ),
)
