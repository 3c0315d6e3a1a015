"""From a request to an answer: key, limits, idempotency, body, handler, one transaction.

Everything after the body has arrived is plain synchronous code that runs in a worker thread.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final, cast

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from studio.core.values import dataclass
from studio.server import auth, idempotency
from studio.server.errors import ApiError, kill_switch, unauthenticated, validation
from studio.server.limits import CLASS_HEADER, RateClass, RateLimiter
from studio.server.storage import Storage, find_caller

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection
    from starlette.requests import Request

    from studio.server.config import ServerConfig
    from studio.server.drawings import Drawings
    from studio.server.launcher import JobStarter
    from studio.server.media_files import MediaFiles
    from studio.server.schemas import Strict
    from studio.server.signing import UploadSigner
    from studio.server.times import Now

log = logging.getLogger(__name__)

BODY_BYTES: Final = 1024 * 1024
"""Most bytes of a JSON body."""
REQUEST_ID_KEY: Final = "studio.request_id"


@dataclass(frozen=True, slots=True)
class Services:
    """What handlers work with."""

    config: ServerConfig
    storage: Storage
    files: MediaFiles
    drawings: Drawings
    signer: UploadSigner
    jobs: JobStarter
    limiter: RateLimiter
    in_flight: idempotency.InFlight
    now: Now


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. ``body`` None means no body at all; ``after`` runs once all is committed."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    after: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call inside its transaction."""

    services: Services
    connection: Connection
    caller: auth.Caller
    now: datetime
    base_url: str
    path: Mapping[str, str]
    query: Strict | None
    body: Strict | None
    headers: Mapping[str, str]


Handler = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path.

    Models are given by their names in :mod:`studio.server.schemas`, which is loaded when the
    first body or query comes: that takes a while, and the first call of a client has neither.

    Attributes:
        body: model of the body; empty for calls that have none.
        body_optional: whether an empty body counts as ``{}``.
        query: model of the query; empty for calls that have none.
        when_revoked: answered even when the organisation's access is revoked (Q12).
        early: looks at the parsed body before the model does, for codes of its own.
    """

    method: str
    path: str
    rate_class: RateClass
    handler: Handler
    body: str = ""
    body_optional: bool = False
    query: str = ""
    when_revoked: bool = False
    early: Callable[[object], None] | None = None


@dataclass(frozen=True, slots=True)
class _Incoming:
    request_id: str
    headers: Mapping[str, str]
    path: Mapping[str, str]
    concrete_path: str
    query: list[tuple[str, str]]
    base_url: str
    raw: bytes


def endpoint(services: Services, operation: Operation) -> Callable[[Request], Any]:
    """The Starlette endpoint of an operation."""

    async def answer(request: Request) -> Response:
        request_id = cast("str", request.scope[REQUEST_ID_KEY])
        try:
            raw = await _read(request)
        except ApiError as error:
            reply = Reply(error.status, error.body(request_id), error.headers)
        else:
            incoming = _Incoming(
                request_id=request_id,
                headers=request.headers,
                path=request.path_params,
                concrete_path=request.url.path,
                query=request.query_params.multi_items(),
                base_url=f"{request.url.scheme}://{request.headers.get('host', '')}",
                raw=raw,
            )
            reply = await run_in_threadpool(_answer, services, operation, incoming)
        headers = {CLASS_HEADER: operation.rate_class, **reply.headers}
        if reply.body is None:
            return Response(status_code=reply.status, headers=headers)
        content = json.dumps(reply.body, ensure_ascii=False, separators=(",", ":"))
        return Response(content, reply.status, headers, "application/json")

    return answer


async def _read(request: Request) -> bytes:
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > BODY_BYTES:
        raise _too_large()
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > BODY_BYTES:
            raise _too_large()
        chunks.append(chunk)
    return b"".join(chunks)


def _too_large() -> ApiError:
    return ApiError(413, "PAYLOAD_TOO_LARGE", f"The body takes more than {BODY_BYTES} bytes.")


def _answer(services: Services, operation: Operation, incoming: _Incoming) -> Reply:
    """Answer one call. Every refusal becomes a reply here; anything else is a 500 at the gate."""
    now = services.now()
    is_later = services.config.generation == "L"
    key = auth.presented_key(incoming.headers, bearer_only=is_later)
    scope = _scope(operation, incoming, key)
    rate_headers: dict[str, str] = {}
    # Entered before anything waits for the database: a twin is one that came meanwhile.
    with services.in_flight.entered(scope) as alone:
        try:
            caller = _authenticate(services, key)
            if caller.key_killed:
                raise kill_switch("key")
            rate_headers = services.limiter.take(
                caller.key_id, caller.tier, operation.rate_class, now
            )
            if caller.organization_revoked and not operation.when_revoked:
                raise kill_switch("organization")
            if not alone:
                raise idempotency.still_running()
            reply = _once(services, operation, incoming, caller, scope, now)
        except ApiError as error:
            reply = Reply(error.status, error.body(incoming.request_id), error.headers)
    if reply.after is not None:
        reply.after()
    return Reply(reply.status, reply.body, {**rate_headers, **reply.headers})


def _scope(
    operation: Operation, incoming: _Incoming, key: auth.KeyParts | None
) -> idempotency.Scope | None:
    given = incoming.headers.get("idempotency-key")
    if operation.method == "GET" or given is None or key is None:
        return None
    route = f"{operation.method} {incoming.concrete_path}"
    return idempotency.Scope(key.handle, route, given)


def _authenticate(services: Services, key: auth.KeyParts | None) -> auth.Caller:
    if key is None:
        raise unauthenticated()
    with services.storage.transaction() as connection:
        caller = find_caller(connection, key)
    if caller is None:
        raise unauthenticated()
    return caller


def _once(
    services: Services,
    operation: Operation,
    incoming: _Incoming,
    caller: auth.Caller,
    scope: idempotency.Scope | None,
    now: datetime,
) -> Reply:
    """Handle the call, or repeat the answer kept under its key."""
    if scope is None:
        with services.storage.transaction() as connection:
            return _handle(services, operation, incoming, caller, now, connection)
    idempotency.require_form(scope)
    digest = idempotency.body_digest(incoming.raw, _parsed_or_none(incoming.raw))
    with services.storage.transaction() as connection:
        earlier = idempotency.earlier_answer(connection, scope, digest, now)
        if earlier is not None:
            return Reply(*earlier)
        reply: Reply
        try:
            with connection.begin_nested():
                reply = _handle(services, operation, incoming, caller, now, connection)
        except ApiError as error:
            reply = Reply(error.status, error.body(incoming.request_id), error.headers)
        idempotency.keep_answer(connection, scope, digest, reply.status, reply.body, now)
        return reply


def _handle(
    services: Services,
    operation: Operation,
    incoming: _Incoming,
    caller: auth.Caller,
    now: datetime,
    connection: Connection,
) -> Reply:
    return operation.handler(
        Call(
            services=services,
            connection=connection,
            caller=caller,
            now=now,
            base_url=incoming.base_url,
            path=incoming.path,
            query=_query(operation, incoming),
            body=_body(operation, incoming),
            headers=incoming.headers,
        )
    )


def _query(operation: Operation, incoming: _Incoming) -> Strict | None:
    if not operation.query and not incoming.query:
        return None
    from studio.server.schemas import read_query

    return read_query(operation.query or "NoQuery", incoming.query)


def _body(operation: Operation, incoming: _Incoming) -> Strict | None:
    if not operation.body and (operation.method == "GET" or not incoming.raw):
        return None
    from studio.server.schemas import read_body

    if not incoming.raw and operation.body_optional:
        return read_body(operation.body, {})
    _require_json(incoming)
    data = _parse(incoming.raw)
    if operation.early is not None:
        operation.early(data)
    return read_body(operation.body or "Empty", data)


def _require_json(incoming: _Incoming) -> None:
    content_type = incoming.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise ApiError(415, "UNSUPPORTED_MEDIA_TYPE", "The body must be application/json.")


def _parse(raw: bytes) -> object:
    from pydantic_core import from_json

    try:
        data: object = from_json(raw, allow_inf_nan=False)
    except ValueError:
        raise validation("", "The body is not valid JSON.") from None
    return data


def _parsed_or_none(raw: bytes) -> object:
    try:
        return _parse(raw)
    except ApiError:
        return None
