"""The outermost layer: who may knock at all, the request id, and what to say when code fails.

A page in a browser can reach a server on the loopback address, by DNS rebinding or by a plain
form. So ``Host`` must be the server's own address, a request with ``Origin`` is refused, and
nothing here ever sends a CORS header.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect

from studio.server.dispatch import REQUEST_ID_KEY
from studio.server.errors import ApiError
from studio.server.ids import mint
from studio.server.limits import CLASS_HEADER

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)


class Gate:
    """Wraps the application. ``hosts`` are the exact ``Host`` values it answers to."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.encode("latin-1") for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request_id = mint("req")
        scope[REQUEST_ID_KEY] = request_id
        started = False

        async def send_marked(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = list(message.get("headers", []))
                headers.append((b"x-request-id", request_id.encode()))
                message = {**message, "headers": headers}
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await _send_error(send_marked, refusal, request_id, scope["method"])
            return
        try:
            await self._app(scope, receive, send_marked)
        except ClientDisconnect:
            log.info("request %s was cut off by its sender", request_id)
        except Exception:
            log.exception("request %s failed", request_id)
            if started:
                raise
            failure = ApiError(500, "INTERNAL", "Something went wrong on the server.")
            await _send_error(send_marked, failure, request_id, scope["method"])

    def _refusal(self, scope: Scope) -> ApiError | None:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or hosts[0] not in self._hosts or not scope["path"].startswith("/"):
            return ApiError(421, "MISDIRECTED_REQUEST", "This server has another address.")
        if any(name == b"origin" for name, _value in scope["headers"]):
            return ApiError(403, "FORBIDDEN_ORIGIN", "Requests from web pages are refused.")
        return None


async def _send_error(send: Send, error: ApiError, request_id: str, method: str) -> None:
    content = json.dumps(error.body(request_id)).encode()
    headers: list[Any] = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
        (CLASS_HEADER.lower().encode(), class_of_method(method).encode()),
    ]
    headers += [(name.lower().encode(), value.encode()) for name, value in error.headers.items()]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else content})


def class_of_method(method: str) -> str:
    """The rate class of a call that reached no route."""
    return "read-light" if method in {"GET", "HEAD", "OPTIONS", "TRACE"} else "write-light"
