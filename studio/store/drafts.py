"""Unsent edits: each is durable when the call returns, and a row of history as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from studio.core.errors import Bug, ChangeStateFirst
from studio.domain.diff import same
from studio.domain.draft import DraftField
from studio.domain.fields import BY_PATH
from studio.store import draft_rows, history, outbox_rows, uploads
from studio.store.projections import without_draft

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from studio.domain.draft import Draft
    from studio.domain.influencer import FieldValue
    from studio.store.connection import Connection
    from studio.store.history import TextKind


def get(conn: Connection, influencer_id: str) -> Draft | None:
    """The unsent edits of one influencer, or None."""
    return draft_rows.load(conn, (influencer_id,)).get(influencer_id)


def every(conn: Connection, project_id: str = "") -> tuple[Draft, ...]:
    """All drafts, of one project or of all, the longest untouched first."""
    rows = conn.rows(
        "SELECT influencer_id FROM draft WHERE ? IN ('', project_id) ORDER BY updated_at",
        (project_id,),
    )
    ids = [row[0] for row in rows]
    found = draft_rows.load(conn, ids)
    return tuple(found[influencer_id] for influencer_id in ids)


def start_new(
    conn: Connection,
    project_id: str,
    influencer_id: str,
    values: Mapping[str, FieldValue],
    now: datetime | None = None,
    *,
    kind: Literal["create", "recreate"] = "create",
) -> None:
    """Begin an influencer that exists on this computer alone until it is published.

    ``kind`` tells the history whether it is made anew of one that is gone.
    """
    conn.at(now)
    if not history.is_known(conn, influencer_id):
        history.append(conn, kind, project_id, influencer_id, "", None, None)
    draft_rows.put_head(conn, influencer_id, project_id, is_new=True)
    set_fields(conn, influencer_id, values)


def set_fields(
    conn: Connection,
    influencer_id: str,
    values: Mapping[str, FieldValue],
    now: datetime | None = None,
    *,
    who: str = history.HERE,
    kind: TextKind = "edit",
) -> str:
    """Put values by field path into the draft; the project's id.

    The base of a field is what it was first typed over (confirmed row with what already waits) and
    stays while the draft lives. A value equal to its base, or to what is there now, leaves the
    draft. Raises ChangeStateFirst when the influencer is unknown, Bug for an unknown path.
    """
    conn.at(now)
    draft = get(conn, influencer_id)
    below = without_draft(conn, influencer_id)
    if draft is not None:
        project_id = draft.project_id
    elif below is not None:
        project_id = below.influencer.project_id
    else:
        raise ChangeStateFirst(
            "This influencer is no longer on this computer.", next_step="Choose another one."
        )
    changed = False
    for path, value in values.items():
        if path not in BY_PATH:
            raise Bug(f"“{path}” is not a field of an influencer.")
        under = below.influencer.value(path) if below is not None else None
        entry = draft.fields.get(path) if draft is not None else None
        old = entry.value if entry is not None else under
        if value == old or (entry is None and same(value, old)):
            continue
        if not changed:
            draft_rows.put_head(conn, influencer_id, project_id, is_new=False)
            changed = True
        base = entry.base if entry is not None else under
        if same(value, base) or same(value, under):
            draft_rows.drop_field(conn, influencer_id, path)
            value = under
        else:
            draft_rows.put_field(conn, influencer_id, path, DraftField(value, base))
        history.typed(conn, project_id, influencer_id, path, old, value, who=who, kind=kind)
    if changed:
        draft_rows.drop_if_empty(conn, influencer_id)
    return project_id


def discard(
    conn: Connection,
    influencer_id: str,
    now: datetime | None = None,
    *,
    who: str = history.HERE,
) -> str:
    """Drop every unsent edit (a new influencer that was never sent goes whole); its project's id.

    What was dropped stays in the history. Empty when there was no draft.
    """
    conn.at(now)
    draft = get(conn, influencer_id)
    if draft is None:
        return conn.value("SELECT project_id FROM card WHERE id = ?", (influencer_id,)) or ""
    below = without_draft(conn, influencer_id)
    for path, entry in draft.fields.items():
        history.append(
            conn,
            "discard",
            draft.project_id,
            influencer_id,
            path,
            entry.value,
            below.influencer.value(path) if below is not None else entry.base,
            who=who,
        )
    draft_rows.drop(conn, influencer_id)
    if below is None:
        # It was nowhere else, so its images have nowhere to go.
        for row in outbox_rows.load_of(conn, (influencer_id,)).get(influencer_id, ()):
            outbox_rows.delete(conn, row.mutation)
        uploads.leave(conn, influencer_id)
    return draft.project_id
