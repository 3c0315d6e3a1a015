"""What would be sent, without sending it: the client's own code over a transport that only writes.

A request shown here cannot differ from the real one, since the same functions made it: bodies,
headers and order come from ``PartnerClient`` and ``upload_image``. The key is masked before the
client sees it, and nothing here opens a connection.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from studio.api import endpoints
from studio.api.address import origin_of
from studio.api.budget import Priority, RateBudget
from studio.api.client import PartnerClient
from studio.api.strict_json import write_json
from studio.api.transport import Answer, Outgoing, Transport
from studio.api.uploads import upload_image
from studio.core.clock import SystemClock
from studio.core.errors import StudioError
from studio.core.secrets import ApiKey
from studio.domain.dialect import UNKNOWN
from studio.domain.diff import same
from studio.domain.mutation import Bind, Clone, Create, Delete, Patch
from studio.domain.outbox import DryRun, PlannedRequest
from studio.domain.rules import BIND_LIMIT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from studio.api.budget import CallClass
    from studio.domain.dialect import Dialect
    from studio.domain.influencer import Influencer
    from studio.domain.mutation import Mutation
    from studio.domain.upload import Upload

T = TypeVar("T")

MASK = "********"
LATER = "(known later)"
"""Stands for what only the server can say, or is only made when the call is."""

_KEY = "Idempotency-Key"
_READ_FIRST = "Read first: what changed there meanwhile is merged, never overwritten."
_MERGED = "As far as the server still has what was last read; else the merged values go."
_BYTES = "The bytes of the image, to the address the server gave, without the key."
_TICKET = {"uploadId": LATER, "uploadUrl": "/upload-address-from-the-answer-before"}


class _Written(Exception):
    """The request is on paper; nothing answers it."""


class _Paper(Transport):
    """Notes every request. A presign is answered, so that what follows it is written as well."""

    def __init__(self, base_url: str) -> None:
        # The pool is for opening connections; an executor without work has no thread.
        super().__init__(base_url, ApiKey(MASK), ThreadPoolExecutor(1))
        self.requests: list[PlannedRequest] = []

    async def send(self, request: Outgoing) -> Answer:
        """Note it. Raises _Written, which no caller takes for an answer."""
        headers = self._headers(request, origin_of(request.url))
        self.requests.append(
            PlannedRequest(
                request.method,
                request.url.removeprefix(self.base_url),
                tuple(headers.items()),
                request.body or b"",
            )
        )
        if request.template == endpoints.PRESIGN.path:
            kind = {"content-type": "application/json"}
            return Answer(200, kind, write_json(_TICKET), "")
        if request.stream is not None:
            return Answer(200, {}, b"", "")
        raise _Written


class _NoLimit(RateBudget):
    """Paper takes any number of calls."""

    async def acquire(self, call: CallClass, priority: Priority = Priority.NORMAL) -> None:
        """Go on."""


class Preview:
    """Writes down the requests of mutations and uploads. ``aclose`` it when it is read."""

    def __init__(self, base_url: str, dialect: Dialect = UNKNOWN) -> None:
        """``base_url`` and ``dialect`` are the server's, so that addresses and bodies are those
        in use."""
        clock = SystemClock()
        self._client = PartnerClient(
            base_url, ApiKey(MASK), clock=clock, budget=_NoLimit(clock), tries=1
        )
        self._paper = _Paper(base_url)
        self._client.calls.transport = self._paper
        self._client.dialects.start_with(dialect, 0)

    async def aclose(self) -> None:
        """Let the workers go."""
        await self._client.aclose()

    async def of_mutation(self, mutation: Mutation, known: Influencer | None = None) -> DryRun:
        """The requests of one mutation; ``known`` is what the server last said of it."""
        match mutation:
            case Patch():
                return await self._patch(mutation, known)
            case Create():
                return await self._one(mutation.id, self._create, mutation)
            case Clone():
                return await self._one(mutation.id, self._clone, mutation)
            case Delete():
                return await self._one(mutation.id, self._delete, mutation)
            case Bind():
                return await self._one(mutation.id, self._bind, mutation)

    async def of_upload(self, upload: Upload) -> DryRun:
        """The requests that bring one image to the server."""
        is_there = bool(upload.upload_id) and upload.sent >= upload.size > 0

        async def bring(_row: Upload) -> None:
            await upload_image(
                self._client,
                project_id=upload.project_id,
                path=Path(upload.path),
                mime_type=upload.mime_type,
                filename=upload.filename,
                sha256=upload.sha256,
                idempotency_key=upload.id,
                resume_upload_id=upload.upload_id if is_there else "",
            )

        run = await self._one(upload.id, bring, upload)
        requests = tuple(
            replace(each, path=LATER, note=_BYTES) if each.method == "PUT" else each
            for each in run.requests
        )
        return replace(run, requests=requests)

    async def of_planned_bind(self, row_id: str, influencer_id: str, images: int) -> DryRun:
        """The bind that follows from images on their way; their ids come with the uploads."""
        requests: tuple[PlannedRequest, ...] = ()
        for start in range(0, images, BIND_LIMIT):
            batch = min(BIND_LIMIT, images - start)
            bind = Bind(LATER, "", influencer_id, (LATER,) * batch)
            requests += (await self._one(row_id, self._bind, bind)).requests
        return DryRun(row_id, requests)

    # ---- the calls, as the sending makes them

    async def _patch(self, patch: Patch, known: Influencer | None) -> DryRun:
        changes = {
            path: entry.value
            for path, entry in patch.fields.items()
            if known is None or not same(known.value(path), entry.value)
        }

        async def read(_row: Patch) -> None:
            await self._client.get_influencer(patch.influencer_id)

        async def write(_row: Patch) -> None:
            await self._client.patch_influencer(
                patch.influencer_id, changes, idempotency_key=patch.id
            )

        first = await self._one(patch.id, read, patch)
        if not changes:
            note = "The server has these values already; nothing is sent after this."
            return DryRun(patch.id, _noted(first.requests, note))
        then = await self._one(patch.id, write, patch)
        requests = _noted(first.requests, _READ_FIRST) + _noted(then.requests, _MERGED)
        return DryRun(patch.id, requests, then.problem)

    async def _create(self, create: Create) -> None:
        await self._client.create_influencer(
            create.project_id, create.influencer_id, create.values, idempotency_key=create.id
        )

    async def _clone(self, clone: Clone) -> None:
        await self._client.clone_influencer(
            clone.source_id,
            clone.name,
            new_influencer_id=clone.influencer_id,
            overrides=clone.overrides,
            idempotency_key=clone.id,
        )

    async def _delete(self, delete: Delete) -> None:
        await self._client.delete_influencer(
            delete.influencer_id, delete.reason, idempotency_key=delete.id
        )

    async def _bind(self, bind: Bind) -> None:
        await self._client.bind_references(
            bind.influencer_id, bind.asset_ids, idempotency_key=bind.id
        )

    async def _one(self, row_id: str, call: Callable[[T], Awaitable[None]], what: T) -> DryRun:
        """What ``call`` writes; a value the contract refuses is the problem instead."""
        start = len(self._paper.requests)
        problem = ""
        try:
            await call(what)
        except _Written:
            pass
        except StudioError as error:
            problem = error.for_people()
        written = self._paper.requests[start:]
        keys = {row_id, LATER}
        return DryRun(row_id, tuple(_own_key(each, keys) for each in written), problem)


def _own_key(request: PlannedRequest, keys: Collection[str]) -> PlannedRequest:
    """A key that is only made when the call is has no value yet."""
    headers = tuple(
        (name, value if name != _KEY or value in keys else LATER) for name, value in request.headers
    )
    return replace(request, headers=headers)


def _noted(requests: tuple[PlannedRequest, ...], note: str) -> tuple[PlannedRequest, ...]:
    return tuple(replace(each, note=note) for each in requests)
