"""The history in words: what was done, when, and the sign for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale

from studio.domain.fields import label_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from studio.domain.diff import Change
    from studio.domain.influencer import FieldValue
    from studio.domain.timeline import EntryKind, TimelineEntry

IMAGES, STATUS = "reference_images", "status"
_NAMED = 3

ICONS: dict[EntryKind, tuple[str, str]] = {
    "edit": ("pencil", "textSecondary"),
    "restore": ("rotate-ccw", "accentText"),
    "discard": ("eraser", "textSecondary"),
    "publish": ("cloud-upload", "ok"),
    "take_back": ("undo-2", "warn"),
    "merge": ("git-merge", "conflict"),
    "resolve": ("git-merge", "conflict"),
    "pull": ("cloud-download", "info"),
    "images": ("image-plus", "ok"),
    "create": ("user-round-plus", "accentText"),
    "clone": ("copy-plus", "accentText"),
    "recreate": ("user-round-plus", "accentText"),
    "delete": ("trash-2", "error"),
    "return": ("archive-restore", "ok"),
}
"""Lucide name and color token of each kind."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("History", text)


def sentence(entry: TimelineEntry) -> str:
    """What was done, such as ``You edited humor and tone``."""
    special = _about_the_whole(entry) or _about_state(entry)
    if special:
        return special
    words = {
        "edit": _tr("You edited {fields}") if entry.who == "here" else _tr("{who} edited {fields}"),
        "restore": _tr("You restored {fields}"),
        "discard": _tr("You discarded changes of {fields}"),
        "publish": _tr("Published {fields}"),
        "take_back": _tr("You took back {fields}"),
        "merge": _tr("Merged with the server: {fields}"),
        "resolve": _tr("You decided {fields}"),
        "pull": _tr("Server changed {fields}"),
    }.get(entry.kind, "{fields}")
    fields = listed([_field(change.path) for change in entry.changes])
    return words.replace("{who}", entry.who).replace("{fields}", fields)


def _about_the_whole(entry: TimelineEntry) -> str:
    deleted = _tr("You deleted it") if entry.who == "here" else _tr("Deleted on the server")
    return {
        "create": _tr("Made on this computer"),
        "clone": _tr("Cloned on this computer"),
        "recreate": _tr("Made anew of a deleted one"),
        "delete": deleted,
        "return": _tr("Back on the server"),
    }.get(entry.kind, "")


def _about_state(entry: TimelineEntry) -> str:
    """Status and images, where nothing else moved."""
    paths = {change.path for change in entry.changes}
    if paths == {STATUS}:
        status = str(entry.changes[0].new or "")
        return {
            "ready": _tr("Became ready"),
            "failed": _tr("The render failed"),
            "training": _tr("The render began"),
            "pending": _tr("Waits to be rendered"),
        }.get(status, _tr("Server changed status"))
    if paths == {IMAGES}:
        return _about_images(entry)
    return ""


def _about_images(entry: TimelineEntry) -> str:
    change = entry.changes[0]
    added, removed = len(change.added), len(change.removed)
    if added and not removed:
        words = _tr("Added a reference image") if added == 1 else _tr("Added {n} reference images")
        return words.replace("{n}", str(added))
    if removed and not added:
        one = _tr("A reference image was removed")
        words = one if removed == 1 else _tr("{n} reference images were removed")
        return words.replace("{n}", str(removed))
    return _tr("Server changed the reference images")


def listed(names: Sequence[str]) -> str:
    """``humor``, ``humor and tone``, ``humor, tone and 3 more``."""
    if len(names) <= 1:
        return "".join(names)
    shown = list(names[:_NAMED])
    left = len(names) - len(shown)
    last = _tr("{n} more").replace("{n}", str(left)) if left else shown.pop()
    return _tr("{names} and {last}").replace("{names}", ", ".join(shown)).replace("{last}", last)


def _field(path: str) -> str:
    special = {IMAGES: _tr("reference images"), STATUS: _tr("status")}
    return special.get(path) or QCoreApplication.translate("Fields", label_of(path)).lower()


def summary(entry: TimelineEntry) -> str:
    """The gist of the first change on one line, or the reason of a deletion."""
    if entry.kind == "delete" and entry.note:
        return f"“{entry.note}”"
    change = next((each for each in entry.changes if each.path not in (IMAGES, STATUS)), None)
    return gist(change) if change is not None else ""


def gist(change: Change) -> str:
    """``deadpan → dry-witty``, or the entries added and removed."""
    if isinstance(change.old, tuple) or isinstance(change.new, tuple):
        parts = [f"+ {entry}" for entry in change.added]
        parts += [f"− {entry}" for entry in change.removed]
        return "   ".join(parts) or _tr("another order")
    nothing = _tr("empty")
    return f"{change.old or nothing} → {change.new or nothing}"


def bring_back(value: FieldValue, *, was_before: bool) -> str:
    """The words of the button that takes a value from before or after a change again."""
    if isinstance(value, tuple):
        return _tr("Use the list before") if was_before else _tr("Use the list after")
    if not value:
        return _tr("Empty it again")
    text = " ".join(value.split())
    short = text if len(text) <= 24 else text[:23].rstrip() + "…"
    return _tr("Use “{value}” again").replace("{value}", short)


def day_of(entry: TimelineEntry) -> QDate:
    """The day of an entry, here."""
    return _local(entry.at).date()


def day_words(day: QDate, today: QDate) -> str:
    """``Today``, ``Yesterday``, ``Tuesday 17 November``, with the year when it is another."""
    ago = day.daysTo(today)
    if ago == 0:
        return _tr("Today")
    if ago == 1:
        return _tr("Yesterday")
    form = "dddd d MMMM" if day.year() == today.year() else "d MMMM yyyy"
    return QLocale().toString(day, form)


def time_words(entry: TimelineEntry) -> str:
    """``14:02``."""
    return QLocale().toString(_local(entry.at).time(), QLocale.FormatType.ShortFormat)


def moment_words(when: datetime) -> str:
    """``Tue 17 Nov 14:00``, the year when it is another than this one."""
    local = _local(when)
    year = "" if local.date().year() == QDate.currentDate().year() else " yyyy"
    clock = QLocale().toString(local.time(), QLocale.FormatType.ShortFormat)
    return f"{QLocale().toString(local.date(), f'ddd d MMM{year}')} {clock}"


def _local(when: datetime) -> QDateTime:
    return QDateTime.fromMSecsSinceEpoch(round(when.timestamp() * 1000))
