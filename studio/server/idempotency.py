"""Answers kept under the caller's ``Idempotency-Key`` (contract 1.7, Q13)."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from studio.core.values import dataclass
from studio.server.errors import conflict, idempotency_conflict, validation
from studio.server.tables import idempotency as kept
from studio.server.times import wire

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from studio.server.errors import ApiError

WINDOW: Final = timedelta(hours=24)
_FORM = re.compile(r"[\x21-\x7e]{1,255}\Z")
_TOO_MANY = 429
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Scope:
    """What one kept answer belongs to: the API key, the call with its ids, the caller's key.

    ``key_handle`` is the part of the API key that may be known.
    """

    key_handle: str
    route: str
    idempotency_key: str


def require_form(scope: Scope) -> None:
    """Check the form of the caller's key.

    Raises:
        ApiError: 422, it is empty, over 255 characters or not printable ASCII.
    """
    if not _FORM.match(scope.idempotency_key):
        raise validation("Idempotency-Key", "must be 1 to 255 printable ASCII characters")


def body_digest(raw: bytes, parsed: object) -> str:
    """A hash that spacing and the order of keys do not change."""
    canonical = raw
    if parsed is not None:
        canonical = json.dumps(parsed, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(canonical).hexdigest()


class InFlight:
    """The calls being answered right now, so that a twin is told to wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: Counter[Scope] = Counter()

    @contextmanager
    def entered(self, scope: Scope | None) -> Iterator[bool]:
        """Count a call from its arrival to its answer; whether it is the only one of its scope."""
        if scope is None:
            yield True
            return
        with self._lock:
            self._calls[scope] += 1
            alone = self._calls[scope] == 1
        try:
            yield alone
        finally:
            with self._lock:
                self._calls[scope] -= 1
                if not self._calls[scope]:
                    del self._calls[scope]

    def calls(self) -> int:
        """How many calls with a key are being answered."""
        with self._lock:
            return self._calls.total()


def still_running() -> ApiError:
    """409: the first call with this key has not been answered yet."""
    return conflict("The first call with this Idempotency-Key is still running.")


def earlier_answer(
    connection: Connection, scope: Scope, digest: str, now: datetime
) -> tuple[int, Any] | None:
    """Status and body of the first call, or None when this is the first in 24 hours.

    Raises:
        ApiError: 409, the key came with another body before.
    """
    connection.execute(delete(kept).where(kept.c.created_at <= wire(now - WINDOW)))
    row = connection.execute(
        select(kept.c.body_digest, kept.c.status, kept.c.body).where(
            kept.c.key_handle == scope.key_handle,
            kept.c.route == scope.route,
            kept.c.idempotency_key == scope.idempotency_key,
        )
    ).one_or_none()
    if row is None:
        return None
    if row.body_digest != digest:
        raise idempotency_conflict()
    return row.status, row.body


def keep_answer(
    connection: Connection, scope: Scope, digest: str, status: int, body: Any, now: datetime
) -> None:
    """Keep a 2xx, or a 4xx other than 429, in the transaction that made it.

    Raises:
        ApiError: 409, another process answered the same call in the meantime.
    """
    if status == _TOO_MANY or status >= _SERVER_ERROR:
        return
    try:
        connection.execute(
            insert(kept).values(
                key_handle=scope.key_handle,
                route=scope.route,
                idempotency_key=scope.idempotency_key,
                body_digest=digest,
                status=status,
                body=body,
                created_at=wire(now),
            )
        )
    except IntegrityError:
        raise still_running() from None
