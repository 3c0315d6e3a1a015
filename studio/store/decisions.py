"""What a person decided about a conflict; whatever loses stays in the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.core.errors import Bug, ChangeStateFirst, FixInput
from studio.core.ids import new_ulid
from studio.domain.diff import same
from studio.domain.draft import DraftField
from studio.domain.fields import BY_PATH, EVERY_FIELD
from studio.domain.mutation import Bind, Patch
from studio.domain.rules import BIND_LIMIT, check_all
from studio.store import (
    coalesce,
    conflicts,
    draft_rows,
    drafts,
    history,
    outbox_rows,
    persona_rows,
    personas,
    uploads,
)
from studio.store.codec import dump_field
from studio.store.projections import show
from studio.store.taking_back import take_back

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from studio.domain.conflict import Conflict, ConflictField
    from studio.domain.influencer import FieldValue
    from studio.store.connection import Connection


def resolve(
    conn: Connection,
    influencer_id: str,
    values: Mapping[str, FieldValue],
    mutation_id: str,
    seen: Conflict | None = None,
    now: datetime | None = None,
) -> str:
    """Publish what was decided under a new id; the project's id.

    ``seen`` is what the person had before them: the server's values in it are the base, so that a
    value which moved there once more is asked about again and never overwritten. Edits typed on top
    since then stay unsent and stand on what was decided. Raises FixInput for a missing choice or a
    value that cannot be sent, ChangeStateFirst when there is nothing to resolve any more.
    """
    conn.at(now)
    found = conflicts.get(conn, influencer_id)
    held = conflicts.held_publish(conn, influencer_id)
    if found is None or held is None or found.is_gone:
        raise ChangeStateFirst(
            "There is nothing left to decide here.",
            next_step="Both sides agree by now, or somebody decided already.",
        )
    decided = _decided(conn, found, values, seen)
    to_send = {path: entry for path, entry in decided.items() if not same(entry.value, entry.base)}
    for path, problem in check_all({path: each.value for path, each in to_send.items()}).items():
        raise FixInput(problem.sentence, code=problem.code, field=path)
    fields = {each.path: each for each in found.fields}
    for path, entry in decided.items():
        if path in fields:
            _note(conn, found, fields[path], entry.value, mutation_id)
    if to_send:
        patch = Patch(mutation_id, found.project_id, influencer_id, to_send)
        outbox_rows.replace_with(conn, held.mutation.id, patch)
        conn.run("UPDATE outbox SET held = 0 WHERE id = ?", (mutation_id,))
    else:
        outbox_rows.delete(conn, held.mutation)
    _rebase_newer(conn, influencer_id, mutation_id, found.fields, decided)
    return found.project_id


def note_merge(conn: Connection, patch: Patch, merged: Iterable[ConflictField]) -> None:
    """Two edits of a field were put together by themselves and stand on the server."""
    drafted = _drafted(conn, patch.influencer_id)
    for each in merged:
        history.append(
            conn,
            "merge",
            patch.project_id,
            patch.influencer_id,
            each.path,
            each.mine,
            each.merged,
            mutation_id=patch.id,
            shown=not same(each.mine, each.merged) and each.path not in drafted,
        )


def recreate(conn: Connection, influencer_id: str, new_id: str, now: datetime | None = None) -> str:
    """A new influencer of this computer with all that is shown of one that is gone; its project.

    The edits and the images on their way go along: they leave the one that is gone. Raises
    ChangeStateFirst when it is not.
    """
    conn.at(now)
    _must_be_gone(conn, influencer_id)
    take_back(conn, influencer_id)
    shown = show(conn, influencer_id)
    assert shown is not None
    person = shown.influencer
    values = {
        spec.path: value for spec in EVERY_FIELD if not same(value := person.value(spec.path), None)
    }
    drafts.start_new(conn, person.project_id, new_id, values, kind="recreate")
    drafts.discard(conn, influencer_id)
    take_images_along(conn, influencer_id, new_id)
    return person.project_id


def take_images_along(conn: Connection, gone_id: str, new_id: str) -> None:
    """Images that one which is gone never got are for the new one: those on the server already are
    bound as soon as it is there too, the others go on uploading."""
    there = [row for row in uploads.move(conn, gone_id, new_id) if row.asset_id]
    for start in range(0, len(there), BIND_LIMIT):
        batch = there[start : start + BIND_LIMIT]
        assets = tuple(dict.fromkeys(row.asset_id for row in batch))
        coalesce.enqueue(conn, Bind(new_ulid(), batch[0].project_id, new_id, assets))
        for row in batch:
            uploads.set_state(conn, row.id, "binding")


def let_go(conn: Connection, influencer_id: str, now: datetime | None = None) -> str:
    """Drop what is left here of one that is gone; its project. Every value stays in the history.

    Raises ChangeStateFirst when it is not gone.
    """
    conn.at(now)
    _must_be_gone(conn, influencer_id)
    take_back(conn, influencer_id)
    return drafts.discard(conn, influencer_id)


def _must_be_gone(conn: Connection, influencer_id: str) -> None:
    if personas.deletion(conn, influencer_id) is None:
        raise ChangeStateFirst(
            "This influencer is on the server.", next_step="Publish your edits, or discard them."
        )


def _decided(
    conn: Connection,
    found: Conflict,
    values: Mapping[str, FieldValue],
    seen: Conflict | None,
) -> dict[str, DraftField]:
    """Every field of the held publish, with what it becomes and the server's value under that."""
    before = {each.path: each for each in seen.fields} if seen is not None else {}
    decided: dict[str, DraftField] = {}
    for each in found.fields:
        if each.path in values:
            there = before.get(each.path, each).theirs
            decided[each.path] = DraftField(values[each.path], there)
        elif each.needs_choice:
            raise FixInput(
                f"{each.label}: choose what stays.", code="CHOICE_MISSING", field=each.path
            )
        else:
            decided[each.path] = DraftField(each.merged, each.theirs)
    theirs = persona_rows.get(conn, found.influencer_id)
    for path in values.keys() - decided.keys():
        if path not in BY_PATH or theirs is None:
            raise Bug(f"“{path}” is not a field of an influencer.")
        # Both sides had come to agree while the choice was made.
        there = before[path].theirs if path in before else theirs.value(path)
        decided[path] = DraftField(values[path], there)
    return decided


def _note(
    conn: Connection,
    found: Conflict,
    field: ConflictField,
    value: FieldValue,
    mutation_id: str,
) -> None:
    """What stands now, over what was shown here; the server's word too, when it lost unheard."""
    if not field.needs_choice and not field.moved_there and same(value, field.mine):
        return
    about = (found.project_id, found.influencer_id, field.path)
    if not same(field.theirs, value) and not _is_known(conn, found.influencer_id, field):
        history.append(
            conn, "pull", *about, field.base, field.theirs, who=history.SERVER, shown=False
        )
    is_covered = field.path in _drafted(conn, found.influencer_id)
    history.append(
        conn,
        "resolve",
        *about,
        field.mine,
        value,
        mutation_id=mutation_id,
        shown=not same(field.mine, value) and not is_covered,
    )


def _is_known(conn: Connection, influencer_id: str, field: ConflictField) -> bool:
    return bool(
        conn.value(
            "SELECT EXISTS (SELECT 1 FROM history WHERE influencer_id = ? AND path = ? "
            "AND kind = 'pull' AND new = ?)",
            (influencer_id, field.path, dump_field(field.theirs)),
        )
    )


def _drafted(conn: Connection, influencer_id: str) -> frozenset[str]:
    draft = draft_rows.load(conn, (influencer_id,)).get(influencer_id)
    return frozenset(draft.fields) if draft is not None else frozenset()


def _rebase_newer(
    conn: Connection,
    influencer_id: str,
    mutation_id: str,
    fields: Iterable[ConflictField],
    decided: Mapping[str, DraftField],
) -> None:
    """What was typed over ``mine`` since then stands on what was decided: it was typed with
    knowledge of mine, and must not be asked about as if it overlapped."""
    over = {each.path: each.mine for each in fields}

    def moved(newer: Mapping[str, DraftField]) -> dict[str, DraftField]:
        return {
            path: DraftField(entry.value, decided[path].value)
            for path, entry in newer.items()
            if path in over and same(entry.base, over[path])
        }

    for row in outbox_rows.load_of(conn, (influencer_id,)).get(influencer_id, ()):
        patch = row.mutation
        if isinstance(patch, Patch) and patch.id != mutation_id and moved(patch.fields):
            rebased = {**patch.fields, **moved(patch.fields)}
            outbox_rows.rewrite(
                conn, patch.id, Patch(patch.id, patch.project_id, influencer_id, rebased)
            )
    draft = draft_rows.load(conn, (influencer_id,)).get(influencer_id)
    if draft is None:
        return
    for path, entry in moved(draft.fields).items():
        if same(entry.value, entry.base):
            draft_rows.drop_field(conn, influencer_id, path)
        else:
            draft_rows.put_field(conn, influencer_id, path, entry)
    draft_rows.drop_if_empty(conn, influencer_id)
