"""Where an influencer's changes are: only here, waiting, under way, refused, or all published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QCoreApplication

from studio.core.values import dataclass
from studio.domain.fields import label_of
from studio.viewmodels.form_values import field_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studio.domain.mutation import Waiting

SaveKind = Literal[
    "published", "unpublished", "saving", "waiting", "sending", "choice", "refused", "not_saved"
]


@dataclass(frozen=True, slots=True)
class SaveState:
    """``sentence`` is short enough for the footer; ``detail`` is the whole reason, or empty."""

    kind: SaveKind
    sentence: str
    detail: str = ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("SaveState", text)


def save_state(
    unsent: int, waiting: Sequence[Waiting], failure: str = "", *, writing: bool = False
) -> SaveState:
    """What is true now; the thing that needs a person comes first.

    ``unsent`` counts changed fields of the draft, ``failure`` is why the draft could not be
    written on this computer, ``writing`` says a write has been under way for a noticeable time.
    """
    if failure:
        return SaveState("not_saved", _tr("Could not save on this computer"), failure)
    blocked = next((row for row in waiting if row.state == "blocked"), None)
    if blocked is not None and blocked.needs_choice:
        return SaveState("choice", _tr("Waits for your choice"), blocked.reason)
    if blocked is not None:
        return SaveState("refused", _tr("Not sent"), _why_not_sent(blocked))
    if unsent:
        saved = _tr("saving here") if writing else _tr("saved locally")
        words = _tr("{count} unpublished · {saved}")
        return SaveState(
            "saving" if writing else "unpublished", words.format(count=unsent, saved=saved)
        )
    if any(row.state == "sending" for row in waiting):
        return SaveState("sending", _tr("Sending…"))
    if waiting:
        return SaveState("waiting", _tr("Waiting to be sent"), waiting[0].reason)
    return SaveState("published", _tr("All changes published"))


def _why_not_sent(row: Waiting) -> str:
    """The server's words; where they stand at a field already, only which one."""
    path = field_of(row.reason_field)
    if path:
        words = _tr("The server did not take “{field}”. Change it, or take the change back.")
        return words.replace("{field}", QCoreApplication.translate("Fields", label_of(path)))
    return row.reason or _tr("The server did not take the change.")
