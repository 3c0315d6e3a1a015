"""What the screen shows: the confirmed row, with waiting mutations and the draft applied."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from studio.domain.diff import Change, same
from studio.domain.influencer import Influencer
from studio.domain.mutation import Clone, Create, Delete, Patch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studio.domain.draft import Draft
    from studio.domain.mutation import Waiting


@dataclass(frozen=True, slots=True)
class Shown:
    """One influencer as the screen shows it.

    Attributes:
        influencer: with everything asked for applied.
        confirmed: the server's last known record; None when it was never there.
        changes: unsent edits, old value against new (the draft only).
        waiting: outbox rows of this influencer, oldest first.
        deleting: a deletion is on its way.
    """

    influencer: Influencer
    confirmed: Influencer | None
    changes: tuple[Change, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    deleting: bool = False

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
) -> Shown | None:
    """Apply mutations in order, then the draft; None when there is nothing to show.

    ``source`` is the influencer a waiting clone is made of, if it is known here.
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
    if draft is not None:
        now = draft.over(now)
        if before_draft is not None:
            base = before_draft
            changes = tuple(
                Change(path, base.value(path), entry.value)
                for path, entry in draft.fields.items()
                if not same(base.value(path), entry.value)
            )
    return Shown(now, confirmed, changes, tuple(waiting), deleting)


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
