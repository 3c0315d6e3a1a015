"""What a workspace holds and what taking one in would do, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from studio.domain.backup import Comparison, Holding, Unsent

_NAMED = 3


def held_words(held: Holding, images: int = 0) -> tuple[str, ...]:
    """What is in it, one part each; images only when there are any."""
    words = (
        _counted(held.influencers, _tr("1 influencer"), _tr("{count} influencers")),
        _counted(held.drafts, _tr("1 draft"), _tr("{count} drafts")),
        _counted(held.waiting, _tr("1 waiting change"), _tr("{count} waiting changes")),
    )
    if not images:
        return words
    return (*words, _counted(images, _tr("1 image"), _tr("{count} images")))


def effects(found: Comparison, *, keeps_current: bool) -> tuple[str, ...]:
    """What taking it in would do, one sentence each."""
    if found.is_same:
        return (_tr("It holds the same drafts and waiting changes as there are now."),)
    lines = []
    if found.comes_back:
        lines.append(_tr("Comes back: {who}.").replace("{who}", _who(found.comes_back)))
    if found.influencers_back:
        lines.append(
            _counted(
                found.influencers_back,
                _tr("1 influencer that is not on this computer now comes back."),
                _tr("{count} influencers that are not on this computer now come back."),
            )
        )
    if found.waiting_back:
        lines.append(
            _counted(
                found.waiting_back,
                _tr("1 waiting change of then may come back; it is held until you release it."),
                _tr(
                    "{count} waiting changes of then may come back; they are held until you "
                    "release them."
                ),
            )
        )
    return (*lines, *_fate_of_now(found, keeps_current=keeps_current))


def _fate_of_now(found: Comparison, *, keeps_current: bool) -> list[str]:
    if not (found.only_now or found.waiting_now):
        return []
    if keeps_current:
        return [_tr("Your drafts and waiting changes of now stay.")]
    lines = []
    if found.only_now:
        lines.append(_tr("Leaves the screen: {who}.").replace("{who}", _who(found.only_now)))
    if found.waiting_now:
        lines.append(
            _counted(
                found.waiting_now,
                _tr("1 change that waits now is not sent."),
                _tr("{count} changes that wait now are not sent."),
            )
        )
    return [*lines, _tr("All of it is kept in a backup of now.")]


def _who(unsent: tuple[Unsent, ...]) -> str:
    named = [
        _counted(len(one.fields), _tr("{name} (1 field)"), _tr("{name} ({count} fields)")).replace(
            "{name}", one.name or _tr("An influencer without a name")
        )
        for one in unsent[:_NAMED]
    ]
    if len(unsent) > _NAMED:
        named.append(_tr("{count} more").replace("{count}", str(len(unsent) - _NAMED)))
    return ", ".join(named)


def _counted(count: int, one: str, many: str) -> str:
    return one if count == 1 else many.replace("{count}", str(count))


def _tr(text: str) -> str:
    return QCoreApplication.translate("WorkspaceWords", text)
