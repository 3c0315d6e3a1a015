"""One call of the Partner API from endpoint to decoded answer: turns, tries, contact, errors."""

from __future__ import annotations

import asyncio
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field, replace
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from studio.api.budget import Priority, RateBudget
from studio.api.errors import (
    Conflict,
    NoContact,
    RateLimited,
    ServerBusy,
    error_of,
    not_the_server,
)
from studio.api.retry import Breaker, Retrying, retry_after, server_time
from studio.api.strict_json import read_json, write_json
from studio.api.transport import JSON_CAP, Answer, Outgoing, Transport
from studio.core.errors import Bug
from studio.core.ids import new_ulid
from studio.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from studio.api.endpoints import Endpoint
    from studio.core.clock import Clock
    from studio.core.secrets import ApiKey

_WORTH_A_WORKER = 256 * 1024
_ERROR_TEXT = 256 * 1024
_CONFLICTS_TO_SIT_OUT = 3
_UNCERTAIN_AT_MOST = 512


@dataclass(frozen=True, slots=True)
class Reply:
    """A decoded answer. ``body`` is None where there was none (304, empty)."""

    status: int
    body: Any
    request_id: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Calls:
    """What every endpoint shares. One object per server and key."""

    def __init__(
        self,
        base_url: str,
        key: ApiKey,
        clock: Clock,
        *,
        budget: RateBudget | None = None,
        chance: Callable[[], float] = random.random,
        tries: int = 3,
        deadline: float = 30.0,
    ) -> None:
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="studio-api")
        self.transport = Transport(base_url, key, self._pool)
        self.clock = clock
        self.budget = budget or RateBudget(clock)
        self.breaker = Breaker(clock, chance=chance)
        self.retrying = Retrying(clock, chance=chance, tries=tries)
        self._deadline = deadline
        self._uncertain = _Uncertain()
        self._is_warm = False
        self._is_closed = False

    async def _warm(self) -> None:
        """Import the wire models before the first call, in a worker: it takes 80 ms."""
        if self._is_closed:
            raise NoContact("The connection is closed.", retry_now=False, code="CLOSED")
        if not self._is_warm:
            await self.in_worker(partial(import_module, "studio.api.wire"))
            self._is_warm = True

    async def call(
        self,
        endpoint: Endpoint,
        ids: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, str | int] | None = None,
        body: object = None,
        idempotency_key: str = "",
        etag: str = "",
        priority: Priority = Priority.NORMAL,
    ) -> Reply:
        """Make the call, again if that may help, and decode the answer. Raises StudioError.

        A write without a key gets a fresh one, so that its own tries are safe (1.7).
        """
        await self._warm()
        url = self.transport.base_url + endpoint.filled(**(ids or {}))
        if given := {name: value for name, value in (query or {}).items() if value != ""}:
            url += "?" + urlencode(given)
        headers = {"Accept": "application/json"}
        if endpoint.method != "GET":
            headers["Idempotency-Key"] = idempotency_key or new_ulid()
        if etag:
            headers["If-None-Match"] = etag
        content = None
        if body is not None:
            content = write_json(body)
            headers["Content-Type"] = "application/json"
        request = Outgoing(
            endpoint.method,
            url,
            endpoint.path,
            headers,
            body=content,
            deadline=self._deadline,
            cap=JSON_CAP,
            epoch=self.transport.epoch,
        )

        async def attempt() -> Reply:
            return await self._attempt(endpoint, request, priority)

        return await self.retrying.run(attempt, repeatable=True)

    async def _attempt(self, endpoint: Endpoint, request: Outgoing, priority: Priority) -> Reply:
        probe = self.breaker.enter()
        contact: bool | None = None
        try:
            await self.budget.acquire(endpoint.call, priority)
            answer = await self.transport.send(request)
            contact = True
            self.budget.observe(endpoint.call, answer.headers)
            reply = await self._decode(answer)
            self._uncertain.settled(request.headers)
            return reply
        except NoContact as error:
            contact = None if error.code == "MOVED" else False
            self._uncertain.lost(request.headers)
            raise
        except Conflict as error:
            if not error.subcode and self._uncertain.may_still_run(request.headers):
                raise _still_running(error) from None
            raise
        except RateLimited as error:
            if error.wait:
                self.budget.pause(endpoint.call, error.wait)
            raise
        finally:
            self.breaker.leave(probe=probe, contact=contact)

    async def _decode(self, answer: Answer) -> Reply:
        if answer.status >= 400:
            raise await self._error(answer)
        if answer.status == 304 or (answer.status in (200, 201, 202, 204) and not answer.body):
            return Reply(answer.status, None, answer.request_id, answer.headers)
        if not 200 <= answer.status < 300:
            raise not_the_server(answer.request_id)
        if _is_page(answer):
            raise not_the_server(answer.request_id)
        body = await self._parse(answer)
        return Reply(answer.status, body, answer.request_id, answer.headers)

    async def _parse(self, answer: Answer) -> Any:
        if len(answer.body) < _WORTH_A_WORKER:
            return read_json(answer.body, request_id=answer.request_id)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._pool, partial(read_json, answer.body, request_id=answer.request_id)
        )

    async def _error(self, answer: Answer) -> Exception:
        now = self.clock.now()
        wait = retry_after(
            answer.headers.get("retry-after"), server_time(answer.headers.get("date"), now)
        )
        at = None if wait is None else now + timedelta(seconds=wait)
        if _is_page(answer):
            if answer.status < 500 and answer.status not in (407, 429):
                return not_the_server(answer.request_id)
            body = None
        else:
            try:
                body = read_json(answer.body) if len(answer.body) < _ERROR_TEXT else None
            except Bug:
                body = None
        return error_of(answer.status, body, request_id=answer.request_id, wait=wait, at=at)

    async def fetch(self, request: Outgoing) -> Answer:
        """Bytes that are no JSON (pictures, uploads): tried again, outside budget and breaker."""
        await self._warm()
        request = replace(request, epoch=self.transport.epoch)

        async def attempt() -> Answer:
            answer = await self.transport.send(request)
            if answer.status in (408, 425, 429) or answer.status >= 500:
                raise await self._error(answer)
            return answer

        return await self.retrying.run(attempt, repeatable=True)

    async def in_worker(self, work: Callable[[], Any]) -> Any:
        """Run something that reads files in the client's own worker threads."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def close(self) -> None:
        """Close connections and workers for good."""
        self._is_closed = True
        await self.transport.close()
        self._pool.shutdown(wait=False, cancel_futures=True)


class _Uncertain:
    """Writes whose answer was lost: the server may still be at work on them (Q13).

    A repeated key meets a plain 409 CONFLICT then. It counts as "wait" a few times only, since the
    same code can also mean that an id is taken, and the caller has to hear of that in the end.
    """

    def __init__(self) -> None:
        self._left: dict[str, int] = {}

    def lost(self, headers: Mapping[str, str]) -> None:
        key = headers.get("Idempotency-Key", "")
        if key:
            self._left.setdefault(key, _CONFLICTS_TO_SIT_OUT)
            while len(self._left) > _UNCERTAIN_AT_MOST:
                del self._left[next(iter(self._left))]

    def settled(self, headers: Mapping[str, str]) -> None:
        self._left.pop(headers.get("Idempotency-Key", ""), None)

    def may_still_run(self, headers: Mapping[str, str]) -> bool:
        key = headers.get("Idempotency-Key", "")
        left = self._left.get(key, 0)
        if left:
            self._left[key] = left - 1
        return left > 0


def _still_running(error: Conflict) -> ServerBusy:
    return ServerBusy(
        "The server is still at work on an earlier try.",
        next_step="It is tried again by itself.",
        code=error.code,
        request_id=error.request_id,
    )


def _is_page(answer: Answer) -> bool:
    """Whether a web page came instead of data: what portals and proxies answer."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in ("text/html", "application/xhtml+xml") or answer.body[:64].lstrip()[:1] == b"<"
