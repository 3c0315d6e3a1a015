"""The contract's later generation over the same tables (contract 4.1), for tests and demos.

Influencers are a name, a gender, an age range, a brand voice, a language and one picture; the
server makes ids and names. There are no personas, no uploads and no reference images: their routes
do not exist. Rows of the first generation stay readable and keep what this one does not show.
"""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import Row, select, update

from studio.server.config import LIMITS
from studio.server.dispatch import Call, Operation, Reply
from studio.server.ids import new_uuid
from studio.server.pagination import after, cut
from studio.server.records.influencers import (
    add_influencer,
    find_influencer,
    fresh_face,
    influencer_row,
    persona_of,
    same_face,
    shown_references,
)
from studio.server.records.jobs import (
    CLONE,
    CREATE,
    QUEUED,
    add_job,
    etag,
    find_job,
    require_slot,
    shown_job,
)
from studio.server.records.projects import find_project
from studio.server.routes import account, influencers, jobs, projects
from studio.server.tables import influencers as influencer_table
from studio.server.tables import jobs as job_table
from studio.server.times import wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studio.server.generation_bodies import LaterClone, LaterNewInfluencer, LaterPatch
    from studio.server.schemas import InfluencerQuery

_LIST: Final = "influencers"
_GENDERS: Final = {"nonbinary": "non_binary", "male": "male"}
_NAMES: Final = ("Ava", "Maya", "Leo", "Noor", "Iris", "Theo", "Mina", "Rafael", "Suki", "Jonas")
_AGES: Final = frozenset({"teen", "young_adult", "adult", "mid_adult", "mature", "senior"})


def whoami(call: Call) -> Reply:
    """GET /v1/whoami: without the switches, with prefixed ids and the parent organization."""
    body = account.whoami(call).body
    for gone in ("killSwitch", "apiAccessRevoked"):
        del body[gone]
    return Reply(
        200,
        {
            **body,
            "organizationId": f"org_{body['organizationId']}",
            "workspaceId": f"org_{body['workspaceId']}",
            "apiKeyId": f"key_{body['apiKeyId']}",
            "parentOrganizationId": None,
            "scopes": ["*"],
        },
    )


def list_influencers(call: Call) -> Reply:
    """GET /v1/projects/:projectId/influencers."""
    query = cast("InfluencerQuery", call.query)
    project = find_project(call.connection, call.caller.organization_id, call.path["project_id"])
    table = influencer_table
    rows = select(table).where(table.c.project_id == project.id, table.c.deleted_at.is_(None))
    if query.status is not None:
        rows = rows.where(table.c.status == query.status)
    rows = after(rows, _LIST, query.cursor, table.c.created_at, table.c.id)
    found = call.connection.execute(rows.limit(query.limit + 1)).all()
    page, next_cursor = cut(_LIST, found, query.limit)
    return Reply(200, {"items": [_record(call, row) for row in page], "nextCursor": next_cursor})


def get_influencer(call: Call) -> Reply:
    """GET /v1/influencers/:influencerId."""
    row = find_influencer(call.connection, call.caller.organization_id, call.path["influencer_id"])
    return Reply(200, _record(call, row))


def create_influencer(call: Call) -> Reply:
    """POST /v1/projects/:projectId/influencers: the server makes up id and name."""
    given = cast("LaterNewInfluencer", call.body).given()
    project = find_project(call.connection, call.caller.organization_id, call.path["project_id"])
    persona = persona_of(
        {
            "name": secrets.choice(_NAMES),
            "gender": _stored_gender(given.get("gender", "female")),
            "ageRange": given.get("ageRange", "young_adult"),
            "style": given.get("prompt") or None,
        }
    )
    return _started(call, project.id, persona, CREATE, None)


def clone_influencer(call: Call) -> Reply:
    """POST /v1/influencers/:influencerId/clone."""
    body = cast("LaterClone", call.body)
    source = find_influencer(
        call.connection, call.caller.organization_id, call.path["influencer_id"]
    )
    changes = _stored(body.overrides.given())
    persona = {**source.persona, **changes, "name": body.name}
    return _started(call, source.project_id, persona, CLONE, source)


def patch_influencer(call: Call) -> Reply:
    """PATCH /v1/influencers/:influencerId."""
    row = find_influencer(
        call.connection, call.caller.organization_id, call.path["influencer_id"], lock=True
    )
    merged = {**row.persona, **_stored(cast("LaterPatch", call.body).given())}
    if merged != row.persona:
        call.connection.execute(
            update(influencer_table)
            .where(influencer_table.c.id == row.id)
            .values(persona=merged, updated_at=wire(call.now))
        )
    return get_influencer(call)


def get_job(call: Call) -> Reply:
    """GET /v1/jobs/:jobId: making a clone is called making, too."""
    row = find_job(call.connection, call.caller.organization_id, call.path["job_id"])
    body = {**shown_job(row), "kind": CREATE}
    tag = etag(body)
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if call.headers.get("if-none-match", "").removeprefix("W/") == tag:
        return Reply(304, None, headers)
    return Reply(200, body, headers)


def _started(
    call: Call, project_id: str, persona: Mapping[str, Any], kind: str, source: Row[Any] | None
) -> Reply:
    """A new row with the job that renders it."""
    caller = call.caller
    influencer_id = f"inf_{new_uuid()}"
    now = wire(call.now)
    face = fresh_face(influencer_id, persona)
    if source is not None:
        look = {key: persona[key] for key in ("gender", "ageRange")}
        changed = {key: value for key, value in look.items() if source.persona[key] != value}
        face = same_face(source.face, changed)
    add_influencer(
        call.connection,
        influencer_row(
            influencer_id=influencer_id,
            organization_id=caller.organization_id,
            project_id=project_id,
            status="pending",
            persona=persona,
            face=face,
            created_at=now,
        ),
    )
    cap = call.services.config.running_jobs
    require_slot(
        call.connection,
        caller.organization_id,
        LIMITS[caller.tier].running_jobs if cap is None else cap,
    )
    job_id = add_job(
        call.connection,
        organization_id=caller.organization_id,
        project_id=project_id,
        influencer_id=influencer_id,
        kind=kind,
        source_id=source.id if source is not None else None,
        now=now,
    )
    return Reply(
        202,
        {
            "jobId": job_id,
            "kind": CREATE,
            "status": "running",
            "stage": QUEUED,
            "influencerId": influencer_id,
            "locationUrl": f"/v1/jobs/{job_id}",
            "startedAt": now,
        },
        after=partial(call.services.jobs.start, job_id),
    )


def _stored(given: Mapping[str, Any]) -> dict[str, Any]:
    if "gender" in given:
        return {**given, "gender": _stored_gender(given["gender"])}
    return dict(given)


def _stored_gender(gender: str) -> str:
    return "nonbinary" if gender == "non_binary" else gender


def _record(call: Call, row: Row[Any]) -> dict[str, Any]:
    persona = row.persona
    references = shown_references(call.connection, row.id, call.base_url)
    is_ready = row.status == "ready" and bool(references)
    age = persona["ageRange"]
    return {
        "influencerId": row.id,
        "projectId": row.project_id,
        "name": persona["name"],
        "imageUrl": references[0]["url"] if is_ready else None,
        "gender": _GENDERS.get(persona["gender"], "female"),
        "ageRange": age if age is None or age in _AGES else "young_adult",
        "brandVoice": persona.get("brandVoice"),
        "language": persona.get("language"),
        "status": "pending" if row.status == "draft" else row.status,
        "errorMessage": _why(call, row) if row.status == "failed" else None,
        "createdAt": row.created_at,
        "updatedAt": row.updated_at,
    }


def _why(call: Call, row: Row[Any]) -> str:
    error = call.connection.execute(
        select(job_table.c.error)
        .where(job_table.c.influencer_id == row.id, job_table.c.error.is_not(None))
        .order_by(job_table.c.started_at.desc())
        .limit(1)
    ).scalar()
    return error["message"] if isinstance(error, dict) else "The render failed."


_OF_PROJECT: Final = "/v1/projects/{project_id}/influencers"
_ONE: Final = "/v1/influencers/{influencer_id}"
_BODIES: Final = "generation_bodies:"
_SHARED: Final = (
    *account.OPERATIONS,
    *projects.OPERATIONS,
    *jobs.OPERATIONS,
    *(each for each in influencers.OPERATIONS if each.method == "DELETE"),
)
_OWN: Final = (
    Operation("GET", "/v1/whoami", "read-light", whoami),
    Operation("GET", _OF_PROJECT, "read-light", list_influencers, query="InfluencerQuery"),
    Operation(
        "POST",
        _OF_PROJECT,
        "long-running",
        create_influencer,
        body=f"{_BODIES}LaterNewInfluencer",
        body_optional=True,
    ),
    Operation("GET", _ONE, "read-light", get_influencer),
    Operation("PATCH", _ONE, "write-light", patch_influencer, body=f"{_BODIES}LaterPatch"),
    Operation(
        "POST", f"{_ONE}/clone", "long-running", clone_influencer, body=f"{_BODIES}LaterClone"
    ),
    Operation("GET", "/v1/jobs/{job_id}", "read-light", get_job),
)
_REPLACED: Final = {(each.method, each.path) for each in _OWN}

LATER_OPERATIONS: Final[tuple[Operation, ...]] = (
    *(each for each in _SHARED if (each.method, each.path) not in _REPLACED),
    *_OWN,
)
"""Every call of the later generation that this server knows."""
