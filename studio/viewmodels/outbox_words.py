"""The outbox in sentences: what a row asks for, how it stands, why it waits, what would be sent."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QCoreApplication

from studio.core.values import dataclass
from studio.domain.fields import label_of
from studio.viewmodels.status import moment_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from studio.domain.outbox import DryRun, OutboxRow, PlannedRequest, WaitsFor
    from studio.domain.status import SyncStatus

Fix = Literal["", "field", "choice", "again"]

_NAMED_FIELDS = 3
_LONGEST_TEXT = 400
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_USUAL = frozenset({"Accept-Encoding", "User-Agent", "Accept", "Content-Length"})
_ICONS = {
    "patch": "cloud-upload",
    "create": "user-plus",
    "clone": "copy",
    "delete": "trash-2",
    "bind": "image-plus",
    "upload": "image-up",
}


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """One row in words.

    Attributes:
        sentence: what it asks for.
        state: one or two words, with ``token`` their color and ``shape`` their mark.
        reason: why it does not go, or when it does.
        countdown: ``0:42`` or ``3:00:00`` until the next try, empty when it waits for something
            else.
        facts: tries, age and ids on one line.
        fix: what a person can do about it: open the ``field``, settle the ``choice``, or try
            ``again``.
    """

    row: OutboxRow
    icon: str
    sentence: str
    state: str
    token: str
    shape: str
    age: str
    reason: str
    countdown: str
    facts: str
    fix: Fix

    @property
    def spoken(self) -> str:
        """The row for a screen reader."""
        return f"{self.row.name}: {self.sentence}, {self.state}. {self.reason}"


def line_of(row: OutboxRow, status: SyncStatus, now: datetime) -> OutboxLine:
    """``row`` in words, at this moment and contact."""
    if row.kind == "upload" and status.contact != "online":
        # What its row says was true when there was contact.
        row = replace(row, state="waiting", progress=None)
    state, token, shape = _state(row)
    return OutboxLine(
        row=row,
        icon=_ICONS[row.kind],
        sentence=sentence(row),
        state=state,
        token=token,
        shape=shape,
        age=age_words(row.created_at, now),
        reason=_reason(row, status, now),
        countdown=_countdown(row, now),
        facts=_facts(row, now),
        fix=_fix(row),
    )


def sentence(row: OutboxRow) -> str:
    """What a row asks for."""
    match row.kind:
        case "patch":
            return _tr("Publish {fields}").replace("{fields}", _fields(row.paths))
        case "create":
            return _tr("Create on the server")
        case "clone":
            source = row.source_name or row.source_id
            return _tr("Clone {name}").replace("{name}", source)
        case "delete":
            return _tr("Delete on the server")
        case "bind":
            if row.images == 1:
                return _tr("Add 1 image")
            return _tr("Add {count} images").replace("{count}", str(row.images))
        case "upload":
            return _tr("Upload {file}").replace("{file}", row.filename)


def age_words(then: datetime, now: datetime) -> str:
    """How long ago, in one or two words; another day has its date."""
    seconds = int((now - then).total_seconds())
    if seconds < _MINUTE:
        return _tr("just now")
    if seconds < _HOUR:
        return _tr("{count} min ago").replace("{count}", str(seconds // _MINUTE))
    if seconds < _DAY:
        return _tr("{count} h ago").replace("{count}", str(seconds // _HOUR))
    return moment_words(then, now)


def removed_words(row: OutboxRow, others: int = 0) -> str:
    """What became of a row that was taken out, and of others that make no sense without it."""
    words = {
        "patch": _tr("Taken out of the outbox. The edits are a draft again."),
        "create": _tr("Taken out of the outbox. The edits are a draft again."),
        "clone": _tr("The clone was taken out of the outbox. Nothing of it was sent."),
        "delete": _tr("Taken out of the outbox. It is not deleted."),
        "bind": _tr("Taken out of the outbox. The images are not added."),
        "upload": _tr("Taken out of the outbox. The image is not added."),
    }[row.kind]
    if others > 0:
        went = _tr("1 that depends on it went with it.")
        if others > 1:
            went = _count("{count} that depend on it went with it.", others)
        words = f"{words} {went}"
    return words


def counts_words(rows: Iterable[OutboxRow]) -> str:
    """How many wait, are held, and need a person, on one line."""
    states = [row.state for row in rows]
    parts = [_tr("1 waits") if len(states) == 1 else _count("{count} wait", len(states))]
    if held := states.count("held"):
        parts.append(_count("{count} held", held))
    if blocked := states.count("blocked"):
        parts.append(_tr("1 needs you") if blocked == 1 else _count("{count} need you", blocked))
    return " · ".join(parts) if states else ""


def contact_words(status: SyncStatus, now: datetime) -> str:
    """What is known of contact with the server, from evidence."""
    last = status.last_contact
    when = moment_words(last, now) if last is not None else ""
    if status.contact == "sign_in":
        return _tr("The key was refused, so nothing is sent.")
    if status.contact == "offline":
        words = _tr("Offline since {time}.").replace("{time}", when) if when else _tr("Offline.")
        if status.next_try is not None:
            again = moment_words(status.next_try, now)
            words += " " + _tr("Next try at {time}.").replace("{time}", again)
        return words
    if not when:
        return _tr("No contact with the server yet.")
    return _tr("Last contact {time}.").replace("{time}", when)


def request_text(run: DryRun, *, whole: bool = False) -> str:
    """The requests of a row as text, notes as comments; the key was masked before.

    Unless it is the ``whole``, headers that are the same in every call are left out.
    """
    parts = [_request(each, whole=whole) for each in run.requests]
    if run.problem:
        parts.append(f"# {run.problem}")
    if not parts:
        parts.append("# " + _tr("It has gone meanwhile."))
    return "\n\n".join(parts)


def _request(request: PlannedRequest, *, whole: bool) -> str:
    lines = [f"# {request.note}"] if request.note else []
    lines.append(f"{request.method} {request.path}")
    lines += [f"{name}: {value}" for name, value in request.headers if whole or name not in _USUAL]
    if request.body:
        try:
            body = _shortened(json.loads(request.body))
            lines += ["", json.dumps(body, indent=2, ensure_ascii=False)]
        except ValueError:
            lines += ["", request.body.decode("utf-8", "replace")]
    return "\n".join(lines)


def _shortened(value: Any) -> Any:
    """The same with long texts cut: the bytes of an image tell a reader nothing."""
    if isinstance(value, dict):
        return {name: _shortened(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_shortened(inner) for inner in value]
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        rest = _tr("… {count} characters in all").replace("{count}", f"{len(value):,}")
        return value[:48] + rest
    return value


# ---- parts of a line


def _fields(paths: Iterable[str]) -> str:
    labels = [QCoreApplication.translate("Fields", label_of(path)).lower() for path in paths]
    named = ", ".join(labels[:_NAMED_FIELDS])
    rest = len(labels) - _NAMED_FIELDS
    if rest <= 0:
        return named
    more = _tr("{fields} and {count} more").replace("{count}", str(rest))
    return more.replace("{fields}", named)


def _state(row: OutboxRow) -> tuple[str, str, str]:
    """Word, color token and shape."""
    if row.state == "sending":
        if row.progress is not None:
            words = _tr("Sending {percent}%").replace("{percent}", str(round(row.progress * 100)))
            return words, "info", "half"
        return _tr("Sending"), "info", "half"
    if row.state == "held":
        return _tr("Held"), "textSecondary", "dash"
    if row.state == "blocked":
        if row.needs_choice:
            return _tr("Needs a choice"), "conflict", "fork"
        return _tr("Needs you"), "error", "cross"
    if row.reason and row.attempts:
        return _tr("Trying again"), "warn", "quarter"
    return _tr("Waiting"), "info", "ring"


def _reason(row: OutboxRow, status: SyncStatus, now: datetime) -> str:
    if not row.why and row.state == "sending":
        return _tr("It is on its way.")
    if not row.why:
        if row.kind == "upload" and row.reason:
            return row.reason
        if status.contact == "online":
            return _tr("It goes at the next turn.")
        return _tr("It goes as soon as there is contact.")
    return " ".join(dict.fromkeys(_why(each, row, now) for each in row.why[:2]))


def _why(each: WaitsFor, row: OutboxRow, now: datetime) -> str:
    name = each.name or _tr("another influencer")
    at = moment_words(each.at, now) if each.at is not None else ""
    words = {
        "held": _tr("You hold it back."),
        "choice": _tr("It was changed in two places. Choose what to keep."),
        "refused": row.reason or _tr("The server refused it."),
        "sending": _tr("It is on its way."),
        "creation": _tr("It waits for the creation of {name}."),
        "unpublished": _tr("It waits until {name} is published."),
        "earlier": _tr("It waits for an earlier change of {name}."),
        "clones": _tr("It waits for the clone {name}."),
        "uploads": _tr("It waits for 1 image to upload.")
        if each.count == 1
        else _tr("It waits for {count} images to upload."),
        "asked": _tr("The server asked to wait until {time}."),
        "time": (row.reason + " " if row.reason else "") + _tr("Tried again at {time}."),
    }[each.kind]
    filled = words.replace("{count}", str(each.count)).replace("{time}", at)
    return filled.replace("{name}", name)


def _countdown(row: OutboxRow, now: datetime) -> str:
    at = next((each.at for each in row.why if each.at is not None), None)
    if at is None or row.state != "waiting":
        return ""
    seconds = max(0, int((at - now).total_seconds()))
    minutes, seconds = divmod(seconds, _MINUTE)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _facts(row: OutboxRow, now: datetime) -> str:
    parts = [_tr("Asked {age}").replace("{age}", age_words(row.created_at, now))]
    if row.attempts == 1:
        parts.append(_tr("tried once"))
    elif row.attempts:
        parts.append(_count("tried {count} times", row.attempts))
    if row.kind in ("create", "clone"):
        parts.append(_tr("starts a render job"))
    if row.maybe_sent and row.state != "blocked":
        parts.append(_tr("it may have arrived"))
    if row.request_id:
        parts.append(row.request_id)
    return " · ".join(parts)


def _fix(row: OutboxRow) -> Fix:
    if row.state != "blocked":
        return ""
    if row.needs_choice:
        return "choice"
    return "field" if row.reason_field else "again"


def _count(text: str, count: int) -> str:
    return _tr(text).replace("{count}", f"{count:,}")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Outbox", text)
