"""Out of the outbox again: what was asked for and not sent becomes an unsent edit once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.diff import same
from studio.domain.draft import DraftField
from studio.domain.fields import EVERY_FIELD
from studio.domain.mutation import Bind, Clone, Create, Patch
from studio.store import draft_rows, history, lineage, outbox_rows, uploads
from studio.store.projections import without_draft

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from studio.domain.influencer import FieldValue
    from studio.domain.mutation import Waiting
    from studio.store.connection import Connection


def take_back(conn: Connection, influencer_id: str, now: datetime | None = None) -> str:
    """Move its waiting and blocked rows back to the draft; its project's id, or empty.

    What is being sent stays. A clone goes away with its placeholder, unless edits were made on it
    or images dropped: then it stays as a new influencer of this computer. A deletion is simply
    dropped.
    """
    conn.at(now)
    rows = outbox_rows.load_of(conn, (influencer_id,)).get(influencer_id, ())
    for row in reversed(rows):
        if row.state != "sending":
            return_to_draft(conn, row)
    return rows[0].mutation.project_id if rows else ""


def return_to_draft(conn: Connection, row: Waiting) -> None:
    """Take one row out of the outbox. The newest of an influencer has to go first."""
    mutation = row.mutation
    if isinstance(mutation, Patch):
        outbox_rows.delete(conn, mutation)
        _merge(conn, mutation)
    elif isinstance(mutation, Create):
        outbox_rows.delete(conn, mutation)
        _as_new(conn, mutation, mutation.values)
    elif isinstance(mutation, Clone):
        _take_clone_back(conn, mutation)
    else:
        if isinstance(mutation, Bind):
            uploads.taken_back(conn, mutation.asset_ids)
        outbox_rows.delete(conn, mutation)


def _merge(conn: Connection, patch: Patch) -> None:
    """Edits under those made since: a newer value stays, the older base counts."""
    influencer_id = patch.influencer_id
    draft = draft_rows.load(conn, (influencer_id,)).get(influencer_id)
    newer = draft.fields if draft is not None else {}
    draft_rows.put_head(conn, influencer_id, patch.project_id, is_new=False)
    for path, entry in patch.fields.items():
        value = newer[path].value if path in newer else entry.value
        history.append(
            conn,
            "take_back",
            patch.project_id,
            influencer_id,
            path,
            entry.base,
            value,
            mutation_id=patch.id,
        )
        if same(value, entry.base):
            draft_rows.drop_field(conn, influencer_id, path)
        else:
            draft_rows.put_field(conn, influencer_id, path, DraftField(value, entry.base))
    draft_rows.drop_if_empty(conn, influencer_id)


def _as_new(conn: Connection, asked: Create | Clone, values: Mapping[str, FieldValue]) -> None:
    """A new influencer of this computer: ``values`` under the edits made since, on no base."""
    influencer_id = asked.influencer_id
    draft = draft_rows.load(conn, (influencer_id,)).get(influencer_id)
    newer = {path: entry.value for path, entry in draft.fields.items()} if draft else {}
    draft_rows.put_head(conn, influencer_id, asked.project_id, is_new=True)
    for path, value in {**values, **newer}.items():
        draft_rows.drop_field(conn, influencer_id, path)
        if not same(value, None):
            draft_rows.put_field(conn, influencer_id, path, DraftField(value, None))
            history.append(
                conn,
                "take_back",
                asked.project_id,
                influencer_id,
                path,
                None,
                value,
                mutation_id=asked.id,
            )


def _take_clone_back(conn: Connection, clone: Clone) -> None:
    shown = without_draft(conn, clone.influencer_id)
    draft = draft_rows.load(conn, (clone.influencer_id,)).get(clone.influencer_id)
    outbox_rows.delete(conn, clone)
    lineage.forget(conn, clone.influencer_id)
    images = uploads.of_influencer(conn, clone.influencer_id)
    if (draft is not None or images) and shown is not None:
        made = shown.influencer
        _as_new(conn, clone, {spec.path: made.value(spec.path) for spec in EVERY_FIELD})
        return
    for path, value in {"name": clone.name, **clone.overrides}.items():
        history.append(
            conn,
            "take_back",
            clone.project_id,
            clone.influencer_id,
            path,
            value,
            None,
            mutation_id=clone.id,
        )
