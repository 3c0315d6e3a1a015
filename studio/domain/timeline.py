"""What happened to an influencer, as entries a person understands: one for each thing done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from studio.core.values import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from studio.domain.diff import Change

EntryKind = Literal[
    "edit", "restore", "discard",
    "publish", "take_back", "merge", "resolve",
    "pull", "images",
    "create", "clone", "recreate", "delete", "return",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that was done, or came from the server.

    Attributes:
        seq: the newest of its rows; the version "after this entry" is named by it.
        at: when it ended; ``began`` when it began (they differ for an edit of some minutes).
        who: ``here``, ``server``, or a name.
        changes: old against new for each field that moved, in the editor's order.
        note: why it was deleted, or the id of what it was cloned from.
    """

    seq: int
    at: datetime
    began: datetime
    kind: EntryKind
    who: str
    changes: tuple[Change, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Entries, newest first. ``before`` asks for the page after it, None when it was the last."""

    entries: tuple[TimelineEntry, ...]
    before: int | None = None
