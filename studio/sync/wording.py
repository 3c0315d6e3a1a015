"""What is said when something asked for was not done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.api.errors import Gone
from studio.core.errors import ChangeStateFirst, StudioError
from studio.domain.diff import shown
from studio.domain.events import Notice
from studio.domain.fields import label_of
from studio.domain.mutation import CHANGED_ON_SERVER, Clone, Create

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from studio.domain.conflict import ConflictField
    from studio.domain.influencer import Influencer
    from studio.domain.mutation import Bind, Mutation

_NAMED = 3
_WORDS = 60


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


def changed_there(to_choose: Sequence[ConflictField], theirs: Influencer) -> ChangeStateFirst:
    """Why a publish waits for a choice; names the fields and what the first one is there now."""
    there = _cut(shown(to_choose[0].theirs))
    now = f"is “{there}” there now" if len(to_choose) == 1 else "differ there now"
    return ChangeStateFirst(
        f"{_and(each.label for each in to_choose)} of {_cut(theirs.name)} changed on the server "
        f"meanwhile and {now}.",
        next_step="Choose what stays; both are kept until then.",
        code=CHANGED_ON_SERVER,
        field=to_choose[0].path,
    )


def merged(record: Influencer, labels: Sequence[str]) -> Notice:
    """Edits of both sides were put together by themselves."""
    return Notice(
        f"{_and(labels)} of {_cut(record.name)} had changed on the server as well: what both sides "
        "added and took out was put together.",
        influencer_id=record.id,
    )


def kept_otherwise(record: Influencer, paths: Sequence[str]) -> Notice:
    """The server took a publish and says something else than was sent."""
    labels = f"{_and(label_of(path) for path in paths)} of {_cut(record.name)}"
    if len(paths) == 1:
        there = _cut(shown(record.value(paths[0])))
        sentence = f"{labels} is “{there}” on the server, which is not what was sent."
    else:
        sentence = f"{labels} differ on the server from what was sent."
    return Notice(
        sentence,
        next_step="What you sent is in the history.",
        is_problem=True,
        influencer_id=record.id,
    )


def _and(labels: Iterable[str]) -> str:
    *first, last = labels
    return f"{', '.join(first)} and {last}" if first else last


def _cut(text: str) -> str:
    return text if len(text) <= _WORDS else text[: _WORDS - 1].rstrip() + "…"


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
