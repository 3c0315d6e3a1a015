"""The ASGI application: every route, and the gate around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, Router

from studio.server.dispatch import REQUEST_ID_KEY, Operation, Services, endpoint
from studio.server.errors import ApiError, method_not_allowed, not_found
from studio.server.gate import Gate, class_of_method
from studio.server.limits import CLASS_HEADER
from studio.server.object_store import ObjectStore
from studio.server.routes import account, influencers, jobs, media, projects

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

OPERATIONS: tuple[Operation, ...] = (
    *account.OPERATIONS,
    *projects.OPERATIONS,
    *influencers.OPERATIONS,
    *media.OPERATIONS,
    *jobs.OPERATIONS,
)


def create_app(services: Services, hosts: Collection[str]) -> ASGIApp:
    """The application. ``hosts`` are the exact ``Host`` values it answers to."""
    store = ObjectStore(services)
    operations = OPERATIONS
    if services.config.generation == "L":
        from studio.server.generation import LATER_OPERATIONS

        operations = LATER_OPERATIONS
    by_path: dict[str, list[Operation]] = {}
    for operation in operations:
        by_path.setdefault(operation.path, []).append(operation)
    routes = [
        Route(path, _by_method(services, of_path), methods=None)
        for path, of_path in by_path.items()
    ]
    routes.append(Route("/uploads/{upload_id}", store.put, methods=["PUT"]))
    routes.append(Route("/media/{token}/{name}", store.get, methods=["GET"]))
    # The bare router: Starlette's application would answer errors in its own words.
    return Gate(Router(routes, redirect_slashes=False, default=_no_route), hosts)


def _by_method(services: Services, operations: list[Operation]) -> _ByMethod:
    return _ByMethod({each.method: endpoint(services, each) for each in operations})


class _ByMethod:
    """The methods of one path, as an ASGI application of its own."""

    def __init__(self, endpoints: dict[str, Callable[[Request], Any]]) -> None:
        self._endpoints = endpoints
        self._allow = ", ".join(sorted(endpoints))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        method = "GET" if request.method == "HEAD" else request.method
        found = self._endpoints.get(method)
        response = (
            _refused(request, method_not_allowed(self._allow))
            if found is None
            else await found(request)
        )
        await response(scope, receive, send)


async def _no_route(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive)
    await _refused(request, not_found("address"))(scope, receive, send)


def _refused(request: Request, error: ApiError) -> Response:
    headers = {CLASS_HEADER: class_of_method(request.method), **error.headers}
    return JSONResponse(error.body(request.scope[REQUEST_ID_KEY]), error.status, headers)
