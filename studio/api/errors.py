"""The error envelope as an error a person can act on (contract 1.5, 1.6).

Branching is on ``error.code``, never on the message, and happens here once. Without the envelope
an answer proves little: a 404 of some gateway is not the server saying that a record is gone.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from studio.api.issues import first_named, unknown_fields
from studio.core.errors import Bug, ChangeStateFirst, FixInput, SignIn, StudioError, TryLater
from studio.core.logs import redact
from studio.domain.fields import BY_PATH, label_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

MESSAGE_LIMIT = 300
"""Most characters of a server's message that are shown."""

_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})


class Gone(ChangeStateFirst):
    """The server does not know it: absent, deleted, or of another organization (404)."""


class Conflict(ChangeStateFirst):
    """The state forbids it (409). ``subcode`` and ``details`` say which state.

    For a create or clone under our own id it may mean that an earlier try arrived and its answer
    was lost: read the record of that id before calling it a failure.
    """

    def __init__(
        self,
        sentence: str,
        *,
        subcode: str = "",
        details: Mapping[str, Any] | None = None,
        next_step: str = "",
        code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(sentence, next_step=next_step, code=code, request_id=request_id)
        self.subcode = subcode
        self.details: Mapping[str, Any] = details or {}


class NotTaken(FixInput):
    """This server does not know these fields (4.1): their values stay on this computer.

    ``paths`` are field paths, ``personality`` for all of that. Either the server said so, or it is
    known of it and nothing was sent.
    """

    def __init__(
        self, paths: frozenset[str], *, sentence: str = "", code: str = "", request_id: str = ""
    ) -> None:
        first = min(paths)
        super().__init__(
            sentence or f"This server does not take “{label_of(first)}”.",
            next_step="It stays on this computer.",
            code=code or "NOT_TAKEN",
            request_id=request_id,
            field=first if first in BY_PATH else "",
        )
        self.paths = paths


class KeyReused(ChangeStateFirst):
    """The idempotency key was already used for another body: the next try needs a new key."""


class KeySwitchedOff(SignIn):
    """The kill switch of the key or of the organization is on: no call may be repeated."""


class LinkExpired(TryLater):
    """A signed upload link no longer takes the file; a fresh one has to be asked for."""


class Waitable(TryLater):
    """A TryLater that knows whether trying again within the same call makes sense.

    ``wait`` is what the server asked for in seconds, None when it said nothing.
    """

    def __init__(
        self,
        sentence: str,
        *,
        wait: float | None = None,
        retry_now: bool = True,
        at: datetime | None = None,
        no_contact: bool = False,
        next_step: str = "",
        code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(
            sentence,
            at=at,
            no_contact=no_contact,
            next_step=next_step,
            code=code,
            request_id=request_id,
        )
        self.wait = wait
        self.retry_now = retry_now


class RateLimited(Waitable):
    """Too many calls of one class, or too many running jobs (429)."""


class ServerBusy(Waitable):
    """The server answered that it cannot do it at the moment (5xx, 408, 425)."""


class NoContact(Waitable):
    """No answer of the Partner API arrived: network, name, certificate, time-out, portal."""

    def __init__(
        self,
        sentence: str,
        *,
        retry_now: bool = True,
        at: datetime | None = None,
        next_step: str = "Your work is kept here and is sent when the connection is back.",
        code: str = "NO_CONTACT",
        request_id: str = "",
    ) -> None:
        super().__init__(
            sentence,
            retry_now=retry_now,
            at=at,
            no_contact=True,
            next_step=next_step,
            code=code,
            request_id=request_id,
        )


def not_the_server(request_id: str = "") -> NoContact:
    """A web page or a foreign redirect came instead of data: a portal or proxy is in between."""
    return NoContact(
        "The answer did not come from the Partner API.",
        retry_now=False,
        next_step="A sign-in page of the network may be in between: open a browser, or check the "
        "server address.",
        code="NOT_THE_SERVER",
        request_id=request_id,
    )


def plain(text: object, limit: int = MESSAGE_LIMIT) -> str:
    """A text from outside as one plain line: no control or direction characters, no keys, clipped.

    Anything that is not text gives an empty string.
    """
    if not isinstance(text, str):
        return ""
    head = text[: limit * 4]
    kept = "".join(
        " " if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") else char
        for char in head
        if char not in _BIDI
    )
    line = redact(re.sub(r"\s+", " ", kept).strip())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _with(sentence: str, message: str) -> str:
    """``sentence`` with what the server said, if it said anything."""
    return f"{sentence.rstrip('.')}: {message}" if message else sentence


def error_of(
    status: int,
    body: object,
    *,
    request_id: str = "",
    wait: float | None = None,
    at: datetime | None = None,
) -> StudioError:
    """The error of a 4xx or 5xx answer.

    Args:
        status: the HTTP status.
        body: the decoded JSON, or None when there was none.
        request_id: from the header; the envelope's own is used when the header had none.
        wait: seconds of ``Retry-After``, already clamped.
        at: the moment that is.
    """
    envelope = body.get("error") if isinstance(body, dict) else None
    if not isinstance(envelope, dict) or not isinstance(envelope.get("code"), str):
        return _without_envelope(status, request_id, wait, at)
    code = plain(envelope["code"], 64)
    details = envelope.get("details")
    return _by_code(
        status,
        code,
        plain(envelope.get("message")),
        details if isinstance(details, dict) else {},
        request_id or plain(envelope.get("requestId"), 64),
        wait,
        at,
    )


def _by_code(
    status: int,
    code: str,
    message: str,
    details: Mapping[str, Any],
    request_id: str,
    wait: float | None,
    at: datetime | None,
) -> StudioError:
    known = {"code": code, "request_id": request_id}
    if code == "KILL_SWITCH":
        what = "This key was" if details.get("scope") == "key" else "This key or organization was"
        return KeySwitchedOff(
            f"{what} switched off.",
            next_step="Ask the owner of the organization, or sign in with another key.",
            **known,
        )
    if code == "UNAUTHENTICATED" or status == 401:
        return SignIn(
            "The server does not accept this key.", next_step="Enter a valid key.", **known
        )
    if code == "RATE_LIMITED" or status == 429:
        return RateLimited(
            "The server takes no more calls for the moment.",
            next_step="It goes on by itself.",
            wait=wait,
            at=at,
            code=code,
            request_id=request_id,
        )
    if code == "VALIDATION" or status in (400, 422):
        return _validation(message, details, known)
    if code == "NOT_FOUND" or status in (404, 410):
        return Gone(
            "The server does not have this any more.",
            next_step="It may have been deleted elsewhere.",
            **known,
        )
    if code == "IDEMPOTENCY_CONFLICT":
        return KeyReused(
            "The server remembers another request under the same key.",
            next_step="Send it again as a new request.",
            **known,
        )
    if code in _GATES:
        sentence, next_step = _GATES[code]
        return ChangeStateFirst(_with(sentence, message), next_step=next_step, **known)
    if code == "CONFLICT" or status == 409:
        return Conflict(
            _with("The server's state does not allow this now.", message),
            subcode=plain(details.get("subcode"), 64),
            details=details,
            **known,
        )
    if status == 413:
        return FixInput(_with("This is too large for the server.", message), **known)
    if status in _TRANSIENT or status >= 500:
        return ServerBusy(
            "The server cannot answer at the moment.",
            next_step="It is tried again by itself.",
            wait=wait,
            at=at,
            code=code,
            request_id=request_id,
        )
    if status in (402, 403):
        return ChangeStateFirst(_with("The server does not allow this.", message), **known)
    return Bug(_with(f"The server refused the request ({code}).", message), **known)


_GATES = {
    "FORBIDDEN_SCOPE": (
        "This key may not do this.",
        "Use a key with more rights, or ask the owner of the organization.",
    ),
    "APPROVAL_REQUIRED": ("This has to be approved first.", "Approve it, then try again."),
    "BILLING_EXHAUSTED": (
        "The credits are used up.",
        "Top up the wallet, then try again.",
    ),
    "CONTENT_REJECTED": ("This content was rejected.", "Make a new version first."),
    "PLATFORM_ERROR": ("A connected platform refused this.", "Check the connected account."),
}


def _validation(message: str, details: Mapping[str, Any], known: dict[str, str]) -> FixInput:
    unknown = unknown_fields(details)
    if unknown:
        return NotTaken(unknown, **known)
    path, told = first_named(details)
    said = plain(told)
    if path:
        sentence = f"The server did not accept “{label_of(path)}”."
    else:
        sentence = "The server did not accept what was entered."
    return FixInput(_with(sentence, said or message), field=path, **known)


def _without_envelope(
    status: int, request_id: str, wait: float | None, at: datetime | None
) -> StudioError:
    """What a bare status can mean. Never Gone, never a conflict: these need the server's word."""
    code = f"HTTP_{status}"
    if status == 401:
        return SignIn(
            "The server does not accept this key.",
            next_step="Enter a valid key.",
            code=code,
            request_id=request_id,
        )
    if status == 407:
        return NoContact(
            "The network's proxy asks for a password.",
            retry_now=False,
            next_step="Sign in to the proxy in the system's network settings.",
            code=code,
            request_id=request_id,
        )
    if status == 429:
        return RateLimited(
            "The server takes no more calls for the moment.",
            next_step="It goes on by itself.",
            wait=wait,
            at=at,
            code=code,
            request_id=request_id,
        )
    if status in _TRANSIENT or status >= 500:
        return ServerBusy(
            "The server cannot answer at the moment.",
            next_step="It is tried again by itself.",
            wait=wait,
            at=at,
            code=code,
            request_id=request_id,
        )
    if status == 413:
        return FixInput("This is too large for the server.", code=code, request_id=request_id)
    return Bug(
        f"The server refused the request without a reason ({status}).",
        next_step="Check the server address.",
        code=code,
        request_id=request_id,
    )
