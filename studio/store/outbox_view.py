"""The outbox as rows for people: what each is, whose, and what it waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.fields import FIELDS
from studio.domain.mutation import Bind, Clone, Create, Delete, Patch
from studio.domain.outbox import OutboxRow, WaitsFor
from studio.store import outbox, outbox_rows
from studio.store import uploads as upload_rows
from studio.store.codec import id_list
from studio.store.outbox_order import Order, unpublished

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from studio.domain.mutation import Mutation, Waiting
    from studio.domain.outbox import RowKind, RowState
    from studio.domain.upload import Upload
    from studio.store.connection import Connection

_PLACE = {spec.path: place for place, spec in enumerate(FIELDS)}
_KINDS: dict[type, RowKind] = {
    Patch: "patch",
    Create: "create",
    Clone: "clone",
    Delete: "delete",
    Bind: "bind",
}


def rows(conn: Connection, now: datetime | None = None) -> tuple[OutboxRow, ...]:
    """Everything that waits, images on their way included, in the order it can go."""
    conn.at(now)
    order = order_now(conn)
    moving = upload_rows.to_be_sent(conn)
    faces = faces_of(conn, subjects(order.rows, moving))
    names = {influencer_id: face[0] for influencer_id, face in faces.items()}
    asked = [row_of(row, order.why(row, names, conn.now), faces) for row in order.in_order()]
    return (*_upload_rows(moving, faces, order, names), *asked)


def is_waiting(conn: Connection, row_id: str) -> bool:
    """Whether this mutation is still in the outbox."""
    return outbox_rows.get(conn, row_id) is not None


def order_now(conn: Connection) -> Order:
    """The mutations of this moment and what stands before each."""
    return Order(outbox.waiting(conn), unpublished(conn))


def subjects(asked: Sequence[Waiting], moving: Iterable[Upload]) -> set[str]:
    """Ids of every influencer these are about."""
    found = {row.mutation.influencer_id for row in asked}
    found |= {row.mutation.source_id for row in asked if isinstance(row.mutation, Clone)}
    return found | {row.influencer_id for row in moving}


def faces_of(conn: Connection, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Name and picture address by influencer id; unknown ones are left out."""
    found = conn.rows(
        "SELECT id, name, thumbnail_url FROM card WHERE id IN (SELECT value FROM json_each(?))",
        (id_list(ids),),
    )
    return {row[0]: (row[1], row[2] or "") for row in found}


def row_of(
    row: Waiting, why: tuple[WaitsFor, ...], faces: Mapping[str, tuple[str, str]]
) -> OutboxRow:
    """A mutation as a row."""
    mutation = row.mutation
    name, face = faces.get(mutation.influencer_id, ("", ""))
    source_id = mutation.source_id if isinstance(mutation, Clone) else ""
    state: RowState = "held" if row.held and row.state == "waiting" else row.state
    return OutboxRow(
        id=mutation.id,
        kind=_KINDS[type(mutation)],
        project_id=mutation.project_id,
        influencer_id=mutation.influencer_id,
        name=name,
        state=state,
        created_at=row.created_at,
        thumbnail_url=face,
        source_id=source_id,
        source_name=faces.get(source_id, ("", ""))[0],
        paths=_paths(mutation),
        images=len(mutation.asset_ids) if isinstance(mutation, Bind) else 0,
        why=why,
        attempts=row.attempts,
        reason=row.reason,
        reason_code=row.reason_code,
        reason_field=row.reason_field,
        request_id=row.request_id,
        next_try=row.next_try,
        maybe_sent=row.maybe_sent,
    )


def _paths(mutation: Mutation) -> tuple[str, ...]:
    fields: Iterable[str] = ()
    if isinstance(mutation, Patch):
        fields = mutation.fields
    elif isinstance(mutation, Create):
        fields = mutation.values
    elif isinstance(mutation, Clone):
        fields = mutation.overrides
    return tuple(sorted(fields, key=lambda path: _PLACE.get(path, len(_PLACE))))


def _upload_rows(
    moving: Sequence[Upload],
    faces: Mapping[str, tuple[str, str]],
    order: Order,
    names: Mapping[str, str],
) -> list[OutboxRow]:
    """Each image, and after those of one influencer the bind that will follow from them."""
    found: list[OutboxRow] = []
    by_owner: dict[str, list[Upload]] = {}
    for upload in moving:
        by_owner.setdefault(upload.influencer_id, []).append(upload)
    for influencer_id, of_one in by_owner.items():
        name, face = faces.get(influencer_id, ("", ""))
        for upload in of_one:
            found.append(_upload_row(upload, name, face))  # noqa: PERF401 - the bind follows
        free = sum(upload.state != "held" for upload in of_one)
        if not free:
            continue
        making = [
            WaitsFor("creation", row.mutation.id, names.get(influencer_id, ""))
            for row in order.rows
            if row.mutation.influencer_id == influencer_id
            and isinstance(row.mutation, (Create, Clone))
        ]
        found.append(
            OutboxRow(
                id=f"bind-{influencer_id}",
                kind="bind",
                project_id=of_one[0].project_id,
                influencer_id=influencer_id,
                name=name,
                state="waiting",
                created_at=found[-1].created_at,
                thumbnail_url=face,
                images=free,
                why=(*making, WaitsFor("uploads", name=name, count=free)),
                planned=True,
            )
        )
    return found


def _upload_row(upload: Upload, name: str, face: str) -> OutboxRow:
    assert upload.created_at is not None
    is_moving = upload.state in ("uploading", "finalizing")
    share = upload.sent / upload.size if is_moving and upload.size else None
    return OutboxRow(
        id=upload.id,
        kind="upload",
        project_id=upload.project_id,
        influencer_id=upload.influencer_id,
        name=name,
        state="held" if upload.state == "held" else "sending" if is_moving else "waiting",
        created_at=upload.created_at,
        thumbnail_url=face,
        filename=upload.filename,
        why=(WaitsFor("held"),) if upload.state == "held" else (),
        reason=upload.problem,
        progress=share,
    )
