"""What the gallery says: a card for a screen reader, and why there is no card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from studio.domain.roster import RosterQuery, RosterRow
    from studio.domain.status import SyncStatus

Empty = Literal[
    "",
    "loading",
    "no_project",
    "nothing_yet",
    "no_match",
    "view_empty",
    "offline",
    "sign_in",
    "failed",
]


def why_empty(query: RosterQuery, status: SyncStatus) -> Empty:
    """Why a query that was answered has no rows."""
    if query.text or query.status:
        return "no_match"
    if query.view != "all" and query.project_id:
        return "view_empty"
    if status.contact == "connecting" or (status.contact == "online" and status.busy):
        return "loading"
    if status.contact == "offline":
        return "offline"
    if status.contact == "sign_in":
        return "sign_in"
    return "nothing_yet" if query.project_id else "no_project"


def status_of(row: RosterRow, query: RosterQuery) -> str:
    """What a card shows as its status: the server's, or that it is deleted or needs a person."""
    if query.view == "deleted":
        return "deleted"
    if row.conflicts:
        return "conflict"
    return "attention" if row.blocked else row.status


def spoken(row: RosterRow, status: str, progress: float | None) -> str:
    """A card as a screen reader says it: ``Nova (B), ready, 2 unsent edits``."""
    known = {"training": _tr("rendering"), "attention": _tr("needs attention")}
    known["conflict"] = _tr("needs a choice")
    words = [row.name or _tr("Unnamed"), known.get(status, status)]
    if progress is not None:
        words.append(_tr("{percent} percent").format(percent=round(progress * 100)))
    if row.unsent == 1:
        words.append(_tr("1 unsent edit"))
    elif row.unsent:
        words.append(_tr("{count} unsent edits").format(count=row.unsent))
    if row.hit:
        words.append(_tr("found by {field}").format(field=row.hit))
    return ", ".join(words)


def _tr(text: str) -> str:
    return QCoreApplication.translate("GalleryModel", text)
