"""When an answer does not say whether the server did it, and for how long its memory helps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from studio.api.errors import Conflict
from studio.core.errors import Bug, StudioError, TryLater

if TYPE_CHECKING:
    from datetime import datetime

    from studio.domain.mutation import Waiting

KEY_KEPT_FOR = timedelta(hours=23)
"""A server keeps an idempotency key for 24 hours (contract 1.7); an hour is left for clocks."""

_UNREADABLE = frozenset(
    {
        "UNREADABLE_ANSWER",
        "OFF_CONTRACT",
        "DAMAGED_ANSWER",
        "UNKNOWN_ENCODING",
        "ANSWER_TOO_LARGE",
    }
)
_UNREADABLE_TRIES = 5
_CONFLICT_TRIES = 3


def may_have_worked(error: StudioError, attempts: int) -> bool:
    """Whether the server may have done it although the answer says nothing we understand.

    A plain conflict can be our own twin that is still being answered (Q13).
    """
    if isinstance(error, Bug):
        return error.code in _UNREADABLE and attempts < _UNREADABLE_TRIES
    return isinstance(error, Conflict) and not error.subcode and attempts < _CONFLICT_TRIES


def later(error: StudioError) -> TryLater:
    """The same as something that is tried again by itself."""
    return TryLater(
        error.sentence,
        next_step="It is tried again by itself.",
        code=error.code,
        request_id=error.request_id,
    )


def is_forgotten(row: Waiting, now: datetime) -> bool:
    """Whether a row may have arrived so long ago that its key no longer tells the server so.

    A clock that was set back says nothing about the age, so the server is asked as well.
    """
    if not row.maybe_sent or row.first_sent_at is None:
        return False
    return not timedelta(0) <= now - row.first_sent_at < KEY_KEPT_FOR
