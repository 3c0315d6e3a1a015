"""The sentences of a choice between two versions. No signals, no state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from studio.viewmodels.status import moment_words

if TYPE_CHECKING:
    from datetime import datetime

    from studio.domain.conflict import Conflict, ConflictField


def merged_count(conflict: Conflict) -> int:
    """How many changes needed nobody: one for a text, one for each entry that came or went."""
    return sum(_changes(field) for field in conflict.fields if not field.needs_choice)


def _changes(field: ConflictField) -> int:
    if not field.is_list:
        return 1
    found = field.entries
    moved = sum(entry.origin != "kept" for entry in found.entries) + len(found.removed)
    return max(1, moved)


def title(conflict: Conflict) -> str:
    """What happened, in one line."""
    words = _tr("{name} was deleted on the server")
    if not conflict.is_gone:
        words = _tr("{name} changed in two places")
    return words.replace("{name}", conflict.name or _tr("An influencer"))


def subtitle(conflict: Conflict, undecided: int) -> str:
    """What is done already, and what is left to do."""
    if conflict.is_gone:
        return _kept(len(conflict.fields))
    parts = [_merged(merged_count(conflict)), _left(len(conflict.to_choose), undecided)]
    return " ".join(part for part in parts if part)


def _kept(count: int) -> str:
    if not count:
        return _tr("What you have of it is kept here.")
    if count == 1:
        return _tr("1 edit of yours is kept here.")
    return _tr("{count} edits of yours are kept here.").replace("{count}", str(count))


def _merged(count: int) -> str:
    if not count:
        return ""
    if count == 1:
        return _tr("1 change merged by itself.")
    return _tr("{count} changes merged by themselves.").replace("{count}", str(count))


def _left(count: int, undecided: int) -> str:
    if not undecided:
        return _tr("Every choice is made.")
    if undecided == count:
        words = _tr("1 field needs your choice.") if count == 1 else ""
        return words or _tr("{count} fields need your choice.").replace("{count}", str(count))
    if undecided == 1:
        return _tr("1 field still needs your choice.")
    return _tr("{count} fields still need your choice.").replace("{count}", str(undecided))


def blocker(undecided: tuple[ConflictField, ...]) -> str:
    """Why a merged version cannot be published yet; empty when every choice is made."""
    if not undecided:
        return ""
    if len(undecided) == 1:
        label = QCoreApplication.translate("Fields", undecided[0].label)
        return _tr("Choose a version of “{field}” first.").replace("{field}", label)
    return _tr("{count} fields still need your choice.").replace("{count}", str(len(undecided)))


def mine_words(moment: datetime | None, now: datetime) -> str:
    """Whose version the left one is, and since when."""
    if moment is None:
        return _tr("Yours · edited here")
    return _tr("Yours · edited here {time}").replace("{time}", moment_words(moment, now))


def theirs_words(moment: datetime | None, now: datetime) -> str:
    """Whose version the right one is, and since when."""
    if moment is None:
        return _tr("Server")
    return _tr("Server · changed {time}").replace("{time}", moment_words(moment, now))


def waiting_words(conflict: Conflict) -> str:
    """What one conflict asks for, for a list or a banner."""
    if conflict.is_gone:
        return _tr("Deleted on the server. Your edits are kept here.")
    count = len(conflict.to_choose)
    if count == 1:
        return _tr("1 field changed in two places")
    return _tr("{count} fields changed in two places").replace("{count}", str(count))


def since_words(moment: datetime | None, now: datetime) -> str:
    """How long it has been waiting; empty while unknown."""
    if moment is None:
        return ""
    return _tr("since {time}").replace("{time}", moment_words(moment, now))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Conflicts", text)
