"""The ASGI application: every route, and the gate around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from studio.server.dispatch import REQUEST_ID_KEY, Operation, Services, endpoint
from studio.server.errors import ApiError, not_found
from studio.server.gate import Gate, class_of_method, method_not_allowed
from studio.server.limits import CLASS_HEADER
from studio.server.object_store import ObjectStore
from studio.server.routes import account, influencers, jobs, media, projects

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

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
    by_path: dict[str, list[Operation]] = {}
    for operation in OPERATIONS:
        by_path.setdefault(operation.path, []).append(operation)
    routes = [
        Route(path, _by_method(services, operations), methods=None)
        for path, operations in by_path.items()
    ]
    routes.append(Route("/uploads/{upload_id}", store.put, methods=["PUT"]))
    routes.append(Route("/media/{token}/{name}", store.get, methods=["GET"]))
    app = Starlette(routes=routes, exception_handlers={404: _no_route, 405: _no_method})
    app.router.redirect_slashes = False
    return Gate(app, hosts)


def _by_method(services: Services, operations: list[Operation]) -> _ByMethod:
    return _ByMethod({each.method: endpoint(services, each) for each in operations})


class _ByMethod:
    """The methods of one path, as an ASGI application of its own."""

    def __init__(self, endpoints: dict[str, Callable[[Request], Any]]) -> None:
        self._endpoints = endpoints
        self._allow = ", ".join(sorted(endpoints))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        from starlette.requests import Request

        request = Request(scope, receive)
        method = "GET" if request.method == "HEAD" else request.method
        found = self._endpoints.get(method)
        response = (
            _refused(request, method_not_allowed(self._allow))
            if found is None
            else await found(request)
        )
        await response(scope, receive, send)


def _refused(request: Request, error: ApiError) -> Response:
    headers = {CLASS_HEADER: class_of_method(request.method), **error.headers}
    return JSONResponse(error.body(request.scope[REQUEST_ID_KEY]), error.status, headers)


async def _no_route(request: Request, _error: Exception) -> Response:
    return _refused(request, not_found("address"))


async def _no_method(request: Request, error: Exception) -> Response:
    allow = getattr(error, "headers", None) or {}
    return _refused(request, method_not_allowed(allow.get("Allow", "")))
