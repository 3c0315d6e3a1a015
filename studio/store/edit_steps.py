"""Steps of undo and redo over restarts.

A step is stored in the transaction of the edit it names, so that both are there or neither is; it
costs a keystroke two statements and no commit of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.diff import same
from studio.domain.edit_step import EditStep, StepChanges
from studio.store import drafts
from studio.store.adopting import now_called
from studio.store.codec import dump, id_list, load, load_fields, stamp
from studio.store.projections import show

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from studio.domain.influencer import FieldValue
    from studio.store.connection import Connection

KEPT = 500
"""Steps of one influencer."""


def of_influencer(conn: Connection, influencer_id: str, limit: int = KEPT) -> tuple[EditStep, ...]:
    """The latest steps that touch an influencer, the oldest first, with all their parts."""
    influencer_id = now_called(conn, influencer_id)
    heads = conn.rows(
        "SELECT s.id, s.title, s.kind, s.undone, s.uploads FROM edit_step s "
        "JOIN edit_step_part p ON p.step_id = s.id WHERE p.influencer_id = ? "
        "ORDER BY s.seq DESC LIMIT ?",
        (influencer_id, limit),
    )
    before: dict[str, dict[str, dict[str, FieldValue]]] = {head[0]: {} for head in heads}
    after: dict[str, dict[str, dict[str, FieldValue]]] = {head[0]: {} for head in heads}
    for step_id, owner, old, new in conn.rows(
        "SELECT step_id, influencer_id, before, after FROM edit_step_part "
        "WHERE step_id IN (SELECT value FROM json_each(?))",
        (id_list(before),),
    ):
        before[step_id][owner] = load_fields(load(old))
        after[step_id][owner] = load_fields(load(new))
    return tuple(
        EditStep(
            step_id,
            title,
            before[step_id],
            after[step_id],
            kind,
            bool(undone),
            tuple(load(uploads)),
        )
        for step_id, title, kind, undone, uploads in reversed(heads)
    )


def save(conn: Connection, changes: StepChanges) -> None:
    """Store steps that were made or moved, and let go of those that cannot be done again."""
    for step_id in changes.dropped:
        conn.run("DELETE FROM edit_step WHERE id = ?", (step_id,))
    for step in changes.kept:
        conn.run(
            "INSERT INTO edit_step (id, title, kind, undone, uploads, at) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET undone = excluded.undone",
            (
                step.id,
                step.title,
                step.kind,
                step.undone,
                dump(list(step.uploads)),
                stamp(conn.now),
            ),
        )
        for first_id, values in step.after.items():
            owner = now_called(conn, first_id)
            conn.run(
                "INSERT INTO edit_step_part (step_id, influencer_id, before, after) "
                "VALUES (?, ?, ?, ?) ON CONFLICT (step_id, influencer_id) DO UPDATE SET "
                "after = excluded.after",
                (step.id, owner, dump(dict(step.before[first_id])), dump(dict(values))),
            )


def edit(
    conn: Connection,
    edits: Mapping[str, Mapping[str, FieldValue]],
    changes: StepChanges,
    expected: Mapping[str, Mapping[str, FieldValue]] | None = None,
    now: datetime | None = None,
) -> dict[str, set[str]]:
    """Put values into drafts, by influencer, with the steps they belong to; ids by project.

    With ``expected``, a field that says something else by now is left alone: of a step that touched
    many influencers, what was edited since stays. Raises ChangeStateFirst when one influencer of a
    single edit is unknown; of many, those that are gone are passed over.
    """
    conn.at(now)
    touched: dict[str, set[str]] = {}
    for first_id, values in edits.items():
        influencer_id = now_called(conn, first_id)
        chosen = values
        if expected is not None:
            chosen = _untouched_since(conn, influencer_id, values, expected[first_id])
            if not chosen:
                continue
        project_id = drafts.set_fields(conn, influencer_id, chosen, kind=changes.kind)
        touched.setdefault(project_id, set()).add(influencer_id)
    save(conn, changes)
    return touched


def prune(conn: Connection) -> int:
    """Let go of each influencer's steps before the latest 500, and of those of nobody; how many."""
    conn.run(
        "DELETE FROM edit_step_part WHERE (step_id, influencer_id) IN (SELECT step_id, "
        "influencer_id FROM (SELECT p.step_id, p.influencer_id, row_number() OVER "
        "(PARTITION BY p.influencer_id ORDER BY s.seq DESC) AS place FROM edit_step_part p "
        "JOIN edit_step s ON s.id = p.step_id) WHERE place > ?) "
        "OR influencer_id NOT IN (SELECT id FROM card)",
        (KEPT,),
    )
    return conn.run("DELETE FROM edit_step WHERE id NOT IN (SELECT step_id FROM edit_step_part)")


def _untouched_since(
    conn: Connection,
    influencer_id: str,
    values: Mapping[str, FieldValue],
    expected: Mapping[str, FieldValue],
) -> dict[str, FieldValue]:
    shown = show(conn, influencer_id)
    if shown is None:
        return {}
    person = shown.influencer
    return {
        path: value for path, value in values.items() if same(person.value(path), expected[path])
    }
