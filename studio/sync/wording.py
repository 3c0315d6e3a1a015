"""What is said when something asked for was not done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.api.errors import Gone
from studio.core.errors import ChangeStateFirst, StudioError
from studio.domain.events import Notice
from studio.domain.mutation import Clone, Create

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studio.domain.mutation import Bind, Mutation

_NAMED = 3


def problem(error: StudioError, influencer_id: str = "") -> Notice:
    """An error as a passing line."""
    return Notice(
        error.sentence,
        next_step=error.next_step,
        is_problem=True,
        influencer_id=influencer_id,
        request_id=error.request_id,
    )


def refusal(mutation: Mutation, error: StudioError) -> StudioError:
    """``error`` in the words of what was asked; only a 404 says too little by itself."""
    if not isinstance(error, Gone):
        return error
    match mutation:
        case Create():
            sentence = "The project is no longer on the server, so nothing was made in it."
            next_step = "Take it back, or wait until the project is there again."
        case Clone():
            sentence = "The influencer to clone is no longer on the server."
            next_step = "Take the clone back, or clone another one."
        case _:
            sentence = "This influencer was deleted on the server."
            next_step = "Your edits are kept with it, among the deleted ones."
    return ChangeStateFirst(
        sentence, next_step=next_step, code=error.code, request_id=error.request_id
    )


def not_taken(bind: Bind, names: Sequence[str], dropped: int, taken: int) -> Notice:
    """Images the server did not find when they were bound, by name (contract 2.4.8)."""
    named = ", ".join(f"“{name}”" for name in names[:_NAMED])
    if dropped > _NAMED or not named:
        rest = dropped - min(len(names), _NAMED)
        named = f"{named} and {rest} more" if named else f"{dropped} images"
    verb = "was" if dropped == 1 else "were"
    added = "none was" if not taken else "1 was" if taken == 1 else f"{taken} were"
    return Notice(
        f"{named} {verb} not found on the server and not added; {added}.",
        next_step="Upload again from the Look tab.",
        is_problem=True,
        influencer_id=bind.influencer_id,
    )
