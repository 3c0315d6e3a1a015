"""What the gallery asks for and gets: a query, and rows that are cheap to paint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from studio.core.values import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from studio.domain.project import Project

View = Literal["all", "ready", "in_progress", "drafts", "attention", "deleted"]
Sort = Literal["newest", "oldest", "name", "updated"]

VIEWS: tuple[View, ...] = ("all", "ready", "in_progress", "drafts", "attention", "deleted")
SORTS: tuple[Sort, ...] = ("newest", "oldest", "name", "updated")


@dataclass(frozen=True, slots=True)
class RosterQuery:
    """Which rows, in which order. ``status`` narrows a view: empty, or one of the chips
    ``ready``, ``rendering``, ``drafts``, ``failed``."""

    project_id: str
    view: View = "all"
    text: str = ""
    status: str = ""
    sort: Sort = "newest"


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One card. ``tagline`` is tone and humor, or why it is not ready; ``unsent`` counts fields,
    ``conflicts`` those that need a choice (1 for edits of what is gone on the server). ``hit`` is
    the field a search found it by, such as ``Catchphrases: Ship it.``; empty when the name or the
    tagline shows it."""

    id: str
    name: str
    status: str
    gender: str | None
    age_range: str | None
    thumbnail_url: str | None
    tagline: str
    unsent: int = 0
    waiting: int = 0
    blocked: bool = False
    local_only: bool = False
    created_at: datetime | None = None
    conflicts: int = 0
    hit: str = ""


@dataclass(frozen=True, slots=True)
class RosterCounts:
    """Rows per view, and per chip within the current view."""

    views: dict[str, int]
    chips: dict[str, int]


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project in the side bar: its influencers, and how many of them hold unsent edits."""

    project: Project
    influencers: int
    drafts: int
