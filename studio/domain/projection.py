"""What the screen shows: the confirmed row, with waiting mutations and the draft applied."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from studio.core.values import dataclass
from studio.domain.dialect import UNKNOWN
from studio.domain.diff import Change, same
from studio.domain.influencer import Influencer
from studio.domain.mutation import Clone, Create, Delete, Patch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from studio.domain.dialect import Dialect
    from studio.domain.draft import Draft
    from studio.domain.mutation import Waiting


@dataclass(frozen=True, slots=True)
class Shown:
    """One influencer as the screen shows it.

    Attributes:
        influencer: with everything asked for applied.
        confirmed: the server's last known record; None when it was never there.
        changes: unsent edits, old value against new (the draft only), as far as the server takes
            them.
        waiting: outbox rows of this influencer, oldest first.
        deleting: a deletion is on its way.
        kept_here: edits the server has no place for: they stay on this computer, not unsent nor
            sent, until a server takes them.
        dialect: what the server takes.
        as_of: the moment it is shown as of, read only; None is now.
        moved: fields with an edit whose value on the server is no longer the one they were typed
            over: that one against the server's now.
    """

    influencer: Influencer
    confirmed: Influencer | None
    changes: tuple[Change, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    deleting: bool = False
    as_of: datetime | None = None
    kept_here: tuple[Change, ...] = ()
    dialect: Dialect = UNKNOWN
    moved: tuple[Change, ...] = ()

    @property
    def local_only_paths(self) -> frozenset[str]:
        """The fields whose values stay on this computer."""
        return frozenset(change.path for change in self.kept_here)

    @property
    def is_local_only(self) -> bool:
        """Whether the server has never confirmed it."""
        return self.confirmed is None

    def mark(self, path: str) -> Change | None:
        """The unsent change of one field, or None."""
        return next((change for change in self.changes if change.path == path), None)


def project(
    confirmed: Influencer | None,
    waiting: Sequence[Waiting],
    draft: Draft | None,
    source: Influencer | None = None,
    dialect: Dialect = UNKNOWN,
) -> Shown | None:
    """Apply mutations in order, then the draft; None when there is nothing to show.

    ``source`` is the influencer a waiting clone is made of, if it is known here; ``dialect`` what
    the server takes.
    """
    now = confirmed
    deleting = False
    for row in waiting:
        mutation = row.mutation
        if isinstance(mutation, Create) and now is None:
            now = Influencer(mutation.influencer_id, mutation.project_id, "", status="pending")
            for path, value in mutation.values.items():
                now = now.with_value(path, value)
        elif isinstance(mutation, Clone) and now is None:
            now = _placeholder(mutation, source)
        elif isinstance(mutation, Patch) and now is not None:
            for path, entry in mutation.fields.items():
                now = now.with_value(path, entry.value)
        elif isinstance(mutation, Delete):
            deleting = True
    before_draft = now
    if now is None and draft is not None and draft.is_new:
        now = Influencer(draft.influencer_id, draft.project_id, "", status="draft")
        before_draft = now
    if now is None:
        return None
    changes: tuple[Change, ...] = ()
    moved: tuple[Change, ...] = ()
    if draft is not None:
        now = draft.over(now)
        if before_draft is not None:
            base = before_draft
            changes = tuple(
                Change(path, base.value(path), entry.value)
                for path, entry in draft.fields.items()
                if not same(base.value(path), entry.value)
            )
            moved = _moved(draft, confirmed, base)
    sendable = tuple(each for each in changes if dialect.can_send(each.path, each.new))
    kept = tuple(each for each in changes if not dialect.can_send(each.path, each.new))
    return Shown(
        now,
        confirmed,
        sendable,
        tuple(waiting),
        deleting,
        kept_here=kept,
        dialect=dialect,
        moved=moved,
    )


def _moved(draft: Draft, confirmed: Influencer | None, under: Influencer) -> tuple[Change, ...]:
    """Where the server's value changed under an edit that says something else."""
    if confirmed is None or not confirmed.detailed:
        return ()
    return tuple(
        Change(path, entry.base, under.value(path))
        for path, entry in draft.fields.items()
        if not same(entry.base, under.value(path)) and not same(entry.value, under.value(path))
    )


def _placeholder(clone: Clone, source: Influencer | None) -> Influencer:
    """The card of a clone that the server has not answered for yet: the source, renamed."""
    if source is None:
        made = Influencer(clone.influencer_id, clone.project_id, clone.name, status="pending")
    else:
        made = replace(
            source,
            id=clone.influencer_id,
            project_id=clone.project_id,
            name=clone.name,
            status="pending",
            reference_images=(),
            created_at=None,
            updated_at=None,
        )
    for path, value in clone.overrides.items():
        made = made.with_value(path, value)
    return made
