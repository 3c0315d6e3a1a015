"""Rows of history for what the server changed: one for each field, none for what was sent here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.diff import same
from studio.domain.fields import EVERY_FIELD
from studio.domain.mutation import Delete, Patch
from studio.store import history, outbox_rows
from studio.store.codec import load_field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studio.domain.influencer import FieldValue, Influencer
    from studio.store.connection import Connection

STATUS = "status"
IMAGES = "reference_images"
SLIM = ("name", STATUS, "gender", "age_range")
"""What an item of the list tells (contract 2.4.2)."""

_FULL = (*(spec.path for spec in EVERY_FIELD), STATUS)

Moves = dict[str, tuple["FieldValue", "FieldValue"]]


def note_full(conn: Connection, before: Influencer, after: Influencer) -> None:
    """A full record was read over ``before``. Details that were unknown until now are no news."""
    whole = before.detailed and after.detailed
    moves: Moves = {
        path: (before.value(path), after.value(path))
        for path in (_FULL if whole else SLIM)
        if not same(before.value(path), after.value(path))
    }
    if whole and ids_of(before) != ids_of(after):
        moves[IMAGES] = (ids_of(before), ids_of(after))
    note(conn, after.project_id, after.id, moves)


def note(conn: Connection, project_id: str, influencer_id: str, moves: Moves) -> None:
    """Confirmed values moved, as ``path: (old, new)``. What waits here hides a move."""
    if not moves:
        return
    drafted = {
        row[0]
        for row in conn.rows(
            "SELECT path FROM draft_field WHERE influencer_id = ?", (influencer_id,)
        )
    }
    waiting = _waiting(conn, influencer_id)
    for path, (old, new) in moves.items():
        if path in waiting:
            if same(new, waiting[path]):
                continue
        else:
            said, value = _last_said(conn, influencer_id, path)
            if said:
                # A publish was confirmed: what it sent is what was shown until now.
                if same(value, new):
                    continue
                old = value
        history.append(
            conn,
            "pull",
            project_id,
            influencer_id,
            path,
            old,
            new,
            who=history.SERVER,
            shown=path not in drafted and path not in waiting,
        )


def note_deletion(conn: Connection, influencer_id: str, reason: str) -> None:
    """It moved to the shelf: by a deletion asked for here, or by somebody else."""
    rows = outbox_rows.load_of(conn, (influencer_id,)).get(influencer_id, ())
    asked = any(isinstance(row.mutation, Delete) for row in rows)
    who = history.HERE if asked else history.SERVER
    _note_whole(conn, "delete", influencer_id, reason or None, who)


def note_return(conn: Connection, influencer_id: str) -> None:
    """The server has it again."""
    _note_whole(conn, "return", influencer_id, None, history.SERVER)


def note_images(conn: Connection, before: Influencer, after: tuple[str, ...]) -> None:
    """Images were bound from here; ``after`` are the assets the server answered."""
    if before.detailed and ids_of(before) != after:
        history.append(
            conn, "images", before.project_id, before.id, IMAGES, ids_of(before), after
        )  # fmt: skip


def ids_of(influencer: Influencer) -> tuple[str, ...]:
    """The assets of its reference images, in order."""
    return tuple(image.asset_id for image in influencer.reference_images)


def _note_whole(
    conn: Connection, kind: history.Kind, influencer_id: str, new: FieldValue, who: str
) -> None:
    project_id = conn.value("SELECT project_id FROM persona WHERE id = ?", (influencer_id,)) or ""
    history.append(conn, kind, project_id, influencer_id, "", None, new, who=who)


def _waiting(conn: Connection, influencer_id: str) -> Mapping[str, FieldValue]:
    found: dict[str, FieldValue] = {}
    for row in outbox_rows.load_of(conn, (influencer_id,)).get(influencer_id, ()):
        if isinstance(row.mutation, Patch):
            found.update({path: entry.value for path, entry in row.mutation.fields.items()})
    return found


def _last_said(conn: Connection, influencer_id: str, path: str) -> tuple[bool, FieldValue]:
    """Whether the last word on a field was ours and went out, and what it was."""
    row = conn.row(
        "SELECT kind, new FROM history WHERE influencer_id = ? AND path = ? "
        "AND (kind IN ('publish', 'merge', 'resolve', 'take_back') OR kind = 'pull' AND shown = 1) "
        "ORDER BY seq DESC LIMIT 1",
        (influencer_id, path),
    )
    if row is None or row[0] in ("pull", "take_back"):
        return False, None
    return True, load_field(row[1])
