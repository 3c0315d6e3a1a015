"""An image on its way from this computer to an influencer (contract 2.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from studio.core.values import dataclass

if TYPE_CHECKING:
    from datetime import datetime

UploadState = Literal[
    "preparing",
    "waiting",
    "uploading",
    "finalizing",
    "binding",
    "bound",
    "refused",
    "not_found",
    "removed",
    "held",
]


@dataclass(frozen=True, slots=True)
class Upload:
    """One image. ``path`` is our prepared copy; the original stays untouched until it is bound.

    ``refused`` carries a sentence in ``problem``; ``not_found`` means the server silently dropped
    the asset when it was bound (2.4.8). ``removed``: taken off its way by a person; the copy is
    kept so that this can be undone. ``held``: a person keeps it back until it is released.
    """

    id: str
    project_id: str
    influencer_id: str
    filename: str
    state: UploadState
    path: str = ""
    mime_type: str = ""
    size: int = 0
    sent: int = 0
    sha256: str = ""
    upload_id: str = ""
    asset_id: str = ""
    problem: str = ""
    created_at: datetime | None = None
