"""A render job and how its progress may be shown (contract section 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from studio.core.values import dataclass

if TYPE_CHECKING:
    from datetime import datetime

RUNNING = "running"
ENDED = ("completed", "failed", "canceled")

CancelState = Literal["", "asked", "refused"]


@dataclass(frozen=True, slots=True)
class Job:
    """One job as this workspace follows it.

    ``is_clone`` and ``source_id`` are remembered here, since the server may call a clone a create
    (Q1). ``progress`` is 0 to 1 or None. ``cancel`` tells whether we asked to stop it.
    """

    id: str
    kind: str
    project_id: str
    influencer_id: str
    status: str = RUNNING
    stage: str = ""
    progress: float | None = None
    is_clone: bool = False
    source_id: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error_code: str = ""
    error_message: str = ""
    request_id: str = ""
    etag: str = ""
    cancel: CancelState = ""

    @property
    def is_running(self) -> bool:
        """Any status that is not one of the three ends counts as running (3.2)."""
        return self.status not in ENDED


def stage_words(stage: str) -> str:
    """A stage as words: unknown stages are shown as they are, without underscores."""
    words = stage.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def steady(before: Job | None, after: Job) -> Job:
    """``after`` with a bar that never moves backwards within one stage (3.3)."""
    from dataclasses import replace

    if before is None or before.stage != after.stage or before.progress is None:
        return after
    if after.progress is None or after.progress < before.progress:
        return replace(after, progress=before.progress)
    return after
