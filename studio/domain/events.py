"""What happened, by id. Readers ask their service for the new state.

``initiator`` is the object that caused the change, so that it need not refresh itself twice.
"""

from __future__ import annotations

from studio.core.values import dataclass


@dataclass(frozen=True, slots=True)
class ProjectsChanged:
    """The list of projects, or the counts beside them."""


@dataclass(frozen=True, slots=True)
class InfluencersChanged:
    """Rows of one project changed; ``ids`` empty means any of them."""

    project_id: str
    ids: frozenset[str] = frozenset()
    initiator: object = None


@dataclass(frozen=True, slots=True)
class JobsChanged:
    """Jobs started, moved or ended."""

    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class UploadsChanged:
    """Images of one influencer moved a step or sent more bytes."""

    influencer_id: str


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """Contact with the server, waiting counts, account or credits."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth a passing line: what happened and, if any, the next step."""

    sentence: str
    next_step: str = ""
    is_problem: bool = False
    influencer_id: str = ""
    request_id: str = ""
