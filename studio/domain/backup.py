"""Copies of the workspace, kept here or as a file of their own, and what taking one in would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from studio.core.values import dataclass

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

EXPORT_SUFFIX = ".studio-workspace"

BackupReason = Literal["rolling", "asked", "update", "restore", "import"]
"""``update``: before the file was brought up to a newer version; ``restore`` and ``import``: before
another state took its place; ``asked``: a person wanted it; ``rolling``: by itself."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy. ``size`` in bytes; the counts are what is in it.

    ``is_sound`` is False when the copy failed its check; it then has no counts and is not offered.
    """

    name: str
    reason: BackupReason
    made_at: datetime
    size: int
    is_sound: bool = True
    influencers: int = 0
    drafts: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Unsent:
    """Unsent words of one influencer in one of two states; ``fields`` are paths."""

    influencer_id: str
    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a copy holds that is not here now, and what is here now that it does not hold.

    ``comes_back`` and ``only_now`` list fields whose unsent value differs; the counts are outbox
    rows and influencers.
    """

    comes_back: tuple[Unsent, ...] = ()
    only_now: tuple[Unsent, ...] = ()
    waiting_back: int = 0
    waiting_now: int = 0
    influencers_back: int = 0

    @property
    def is_same(self) -> bool:
        """Whether bringing it back would change nothing that was made here."""
        return not (
            self.comes_back
            or self.only_now
            or self.waiting_back
            or self.waiting_now
            or self.influencers_back
        )


@dataclass(frozen=True, slots=True)
class Holding:
    """What is in a workspace: influencers, drafts and waiting changes."""

    influencers: int = 0
    drafts: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class ExportReport:
    """A workspace that was written to one file; ``size`` in bytes, ``images`` wait for upload."""

    path: Path
    size: int
    images: int
    holding: Holding


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What taking a file in would do; nothing has changed yet.

    Attributes:
        organization: whose workspace it is, empty when it was never known.
        images: how many waiting images come along.
        holding: what else is in it.
        comparison: against the workspace of now.
    """

    organization: str
    images: int
    holding: Holding
    comparison: Comparison
