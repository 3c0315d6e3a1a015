"""The Partner API, generation P1: one method per endpoint (contract 2.2 to 2.8, and 3).

Answers are domain values. Every method raises StudioError only: FixInput, ChangeStateFirst (see
``studio.api.errors`` for Gone and Conflict), TryLater, SignIn or Bug. Writes take the idempotency
key of the mutation they belong to, or make their own.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from studio.api import bodies, endpoints, mapping
from studio.api.budget import Priority
from studio.api.calls import Calls
from studio.api.errors import Gone, not_the_server
from studio.api.paging import Page
from studio.api.transport import MEDIA_CAP, Outgoing
from studio.core.clock import SystemClock
from studio.core.errors import Bug
from studio.domain.job import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from studio.api.budget import RateBudget
    from studio.api.calls import Reply
    from studio.api.mapping import Asset, CancelAnswer, ContentStarted, Ticket
    from studio.core.clock import Clock
    from studio.core.secrets import ApiKey
    from studio.domain.account import Account, Credits
    from studio.domain.brief import Brief
    from studio.domain.influencer import FieldValue, Influencer, ReferenceImage
    from studio.domain.project import Project


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of a picture and what the server calls them; look at the bytes before trusting."""

    data: bytes
    content_type: str


class PartnerClient:
    """A client for one server and key. Make it once per run and ``aclose`` it at the end."""

    def __init__(
        self,
        base_url: str,
        key: ApiKey,
        *,
        clock: Clock | None = None,
        budget: RateBudget | None = None,
        chance: Callable[[], float] = random.random,
        tries: int = 3,
        deadline: float = 30.0,
    ) -> None:
        """Nothing is imported, opened or sent yet.

        Args:
            base_url: such as ``https://api.layers.com``; http only on this computer.
            clock: time for waits and the budget; transfers have their deadline in real time.
            chance: numbers from 0 to 1 for jitter.
            tries: most tries of one call.
            deadline: seconds one try may take in all (uploads go by their size).
        """
        self._calls = Calls(
            base_url,
            key,
            clock or SystemClock(),
            budget=budget,
            chance=chance,
            tries=tries,
            deadline=deadline,
        )

    @property
    def base_url(self) -> str:
        """The server's address, without a slash at its end."""
        return self._calls.transport.base_url

    @property
    def budget(self) -> RateBudget:
        """The calls per minute all parts of the program share."""
        return self._calls.budget

    @property
    def calls(self) -> Calls:
        """The machinery below the endpoints, for uploads."""
        return self._calls

    async def aclose(self) -> None:
        """Close everything; twice is harmless."""
        await self._calls.close()

    async def move_to(self, base_url: str, key: ApiKey) -> None:
        """The server listens elsewhere now, or the key changed; the budget stays as it is."""
        await self._calls.transport.move_to(base_url, key)
        self._calls.breaker.try_now()

    async def reconnect(self) -> None:
        """The network changed or a person asks: drop connections, let the next call through."""
        await self._calls.transport.close()
        self._calls.breaker.try_now()

    # ---- account

    async def whoami(self) -> Account:
        """Who we are (2.2); the budget takes over the tier. ``blocked`` means: stop all work."""
        reply = await self._calls.call(endpoints.WHOAMI, priority=Priority.VISIBLE)
        account = mapping.account(reply.body)
        self.budget.use_tier(account.rate_limit_tier)
        return account

    async def credits(self) -> Credits:
        """The wallet (2.8)."""
        return mapping.credits((await self._calls.call(endpoints.CREDITS)).body)

    # ---- projects

    async def list_projects(
        self,
        cursor: str = "",
        *,
        limit: int = 200,
        status: str = "",
        search: str = "",
        customer_external_id: str = "",
    ) -> Page[Project]:
        """One page, newest first (2.3). ``limit`` 1 to 200; items are without brand context."""
        query: dict[str, str | int] = {
            "cursor": cursor,
            "limit": limit,
            "status": status,
            "search": search,
            "customerExternalId": customer_external_id,
        }
        items, following = mapping.page_parts(
            (await self._calls.call(endpoints.PROJECTS, query=query)).body
        )
        return Page(tuple(mapping.project(item) for item in items if item.get("id")), following)

    async def create_project(
        self, name: str, timezone: str, *, idempotency_key: str = "", **more: object
    ) -> Project:
        """Make a project (2.3). ``more``: primary_language, customer_external_id, owner_email,
        metadata."""
        body = bodies.project_body({"name": name, "timezone": timezone, **more})
        reply = await self._calls.call(
            endpoints.NEW_PROJECT, body=body, idempotency_key=idempotency_key
        )
        return mapping.project(reply.body)

    async def get_project(self, project_id: str) -> Project:
        """The full project. Raises Gone."""
        return mapping.project(
            (await self._calls.call(endpoints.PROJECT, {"project_id": project_id})).body
        )

    async def patch_project(
        self, project_id: str, changes: Mapping[str, object], *, idempotency_key: str = ""
    ) -> Project:
        """Change name, status, timezone and so on; what is left out stays (2.3)."""
        reply = await self._calls.call(
            endpoints.PATCH_PROJECT,
            {"project_id": project_id},
            body=bodies.project_body(changes),
            idempotency_key=idempotency_key,
        )
        return mapping.project(reply.body)

    async def archive_project(
        self, project_id: str, *, idempotency_key: str = ""
    ) -> datetime | None:
        """Archive it; ``patch_project(status="active")`` brings it back. When that was."""
        reply = await self._calls.call(
            endpoints.ARCHIVE_PROJECT, {"project_id": project_id}, idempotency_key=idempotency_key
        )
        return mapping.deleted_at(reply.body)

    # ---- influencers

    async def list_influencers(
        self,
        project_id: str,
        cursor: str = "",
        *,
        limit: int = 100,
        status: str = "",
        priority: Priority = Priority.NORMAL,
    ) -> Page[Influencer]:
        """One page of slim items (``detailed`` False), newest first (2.4.2). ``limit`` 1 to 100."""
        reply = await self._calls.call(
            endpoints.INFLUENCERS,
            {"project_id": project_id},
            query={"cursor": cursor, "limit": limit, "status": status},
            priority=priority,
        )
        items, following = mapping.page_parts(reply.body)
        return Page(
            tuple(
                mapping.slim_influencer(item, project_id)
                for item in items
                if item.get("influencerId")
            ),
            following,
        )

    async def get_influencer(
        self, influencer_id: str, *, priority: Priority = Priority.NORMAL
    ) -> Influencer:
        """The full record (2.4.4). Raises Gone when absent, deleted or foreign."""
        reply = await self._calls.call(
            endpoints.INFLUENCER, {"influencer_id": influencer_id}, priority=priority
        )
        return mapping.influencer(reply.body)

    async def create_influencer(
        self,
        project_id: str,
        influencer_id: str,
        values: Mapping[str, FieldValue],
        *,
        asset_ids: Sequence[str] = (),
        idempotency_key: str = "",
    ) -> Job | Influencer:
        """Start making one under our own id (2.4.3): its job, or (Q3) the record itself."""
        reply = await self._calls.call(
            endpoints.NEW_INFLUENCER,
            {"project_id": project_id},
            body=bodies.create_body(influencer_id, values, asset_ids),
            idempotency_key=idempotency_key,
        )
        return _made(reply, project_id, influencer_id)

    async def patch_influencer(
        self,
        influencer_id: str,
        changes: Mapping[str, FieldValue],
        *,
        idempotency_key: str = "",
    ) -> Influencer:
        """Change exactly these fields, by field path (2.4.5); the full record after it."""
        reply = await self._calls.call(
            endpoints.PATCH_INFLUENCER,
            {"influencer_id": influencer_id},
            body=bodies.patch_body(changes),
            idempotency_key=idempotency_key,
        )
        return mapping.influencer(reply.body)

    async def delete_influencer(
        self, influencer_id: str, reason: str = "", *, idempotency_key: str = ""
    ) -> datetime | None:
        """Delete it softly (2.4.6). Gone can mean that an earlier try already did."""
        reply = await self._calls.call(
            endpoints.DELETE_INFLUENCER,
            {"influencer_id": influencer_id},
            body=bodies.delete_body(reason),
            idempotency_key=idempotency_key,
        )
        return mapping.deleted_at(reply.body)

    async def clone_influencer(
        self,
        source_id: str,
        name: str,
        *,
        new_influencer_id: str = "",
        overrides: Mapping[str, FieldValue] | None = None,
        idempotency_key: str = "",
    ) -> Job | Influencer:
        """Start making a variant under our own id (2.4.7): its job, with clone and source set."""
        reply = await self._calls.call(
            endpoints.CLONE,
            {"influencer_id": source_id},
            body=bodies.clone_body(name, new_influencer_id, overrides or {}),
            idempotency_key=idempotency_key,
        )
        made = _made(reply, "", new_influencer_id)
        if isinstance(made, Job):
            return replace(made, is_clone=True, source_id=source_id)
        return made

    async def bind_references(
        self, influencer_id: str, asset_ids: Sequence[str], *, idempotency_key: str = ""
    ) -> tuple[ReferenceImage, ...]:
        """Bind 1 to 20 assets (2.4.8). The whole list afterwards: the server drops silently what
        it does not find, so compare."""
        reply = await self._calls.call(
            endpoints.BIND,
            {"influencer_id": influencer_id},
            body=bodies.bind_body(asset_ids),
            idempotency_key=idempotency_key,
        )
        return mapping.bound_images(reply.body)

    # ---- media (``studio.api.uploads`` puts these together)

    async def presign(
        self,
        project_id: str,
        *,
        mime_type: str,
        filename: str,
        size: int,
        sha256: str = "",
        kind: str = "reference_image",
        idempotency_key: str = "",
    ) -> Ticket:
        """Ask where ``size`` bytes may be put (2.5)."""
        body: dict[str, object] = {
            "kind": kind,
            "mimeType": mime_type,
            "filename": filename,
            "sizeBytes": size,
        }
        if sha256:
            body["checksumSha256"] = sha256
        reply = await self._calls.call(
            endpoints.PRESIGN,
            {"project_id": project_id},
            body=body,
            idempotency_key=idempotency_key,
        )
        return mapping.ticket(reply.body, mime_type)

    async def put_upload(
        self,
        ticket: Ticket,
        source: object,
        size: int,
        *,
        on_progress: Callable[[int], None] | None = None,
    ) -> None:
        """Send the bytes of a Path or of bytes to the signed address (2.5). Raises LinkExpired."""
        from studio.api.uploads import put

        await put(self, ticket, source, size, on_progress)

    async def finalize(
        self, project_id: str, upload_id: str, *, sha256: str = "", idempotency_key: str = ""
    ) -> Asset:
        """Make an asset of what was put (2.5); repeating it gives the same asset."""
        body = {"uploadId": upload_id}
        if sha256:
            body["checksumSha256"] = sha256
        reply = await self._calls.call(
            endpoints.FINALIZE,
            {"project_id": project_id},
            body=body,
            idempotency_key=idempotency_key,
        )
        return mapping.asset(reply.body)

    async def upload_inline(
        self,
        project_id: str,
        data: bytes,
        *,
        mime_type: str,
        filename: str,
        kind: str = "reference_image",
        idempotency_key: str = "",
    ) -> Asset:
        """Send fewer than 262,144 bytes in one call (2.5)."""
        from base64 import b64encode

        body = {
            "kind": kind,
            "mimeType": mime_type,
            "filename": filename,
            "dataBase64": b64encode(data).decode("ascii"),
        }
        reply = await self._calls.call(
            endpoints.INLINE, {"project_id": project_id}, body=body, idempotency_key=idempotency_key
        )
        return mapping.asset(reply.body)

    async def fetch_picture(self, url: str, max_bytes: int = MEDIA_CAP) -> Picture:
        """The bytes of a picture: from this server, or over https from a public one, there without
        the key. Raises Gone (re-read the record, Q15), TryLater or Bug."""
        answer = await self._calls.fetch(
            Outgoing(
                "GET",
                urljoin(self.base_url + "/", url),
                "(picture)",
                {"Accept": "image/*"},
                is_media=True,
                deadline=120.0,
                cap=max_bytes,
            )
        )
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if answer.status in (401, 403, 404, 410):
            raise Gone(
                "The server does not have this picture any more.",
                code="NOT_FOUND",
                request_id=answer.request_id,
            )
        if answer.status != 200 or kind in ("text/html", "application/xhtml+xml"):
            raise not_the_server(answer.request_id)
        if kind and not kind.startswith(("image/", "application/octet-stream", "binary/")):
            raise Bug("The server sent something else than a picture.", code="NOT_A_PICTURE")
        return Picture(answer.body, kind)

    # ---- jobs and content

    async def get_job(
        self, job_id: str, etag: str = "", *, priority: Priority = Priority.NORMAL
    ) -> Job | None:
        """The job, or None when nothing changed since ``etag`` (1.10). Raises Gone."""
        reply = await self._calls.call(
            endpoints.JOB, {"job_id": job_id}, etag=etag, priority=priority
        )
        if reply.body is None:
            return None
        return mapping.job(
            reply.body, etag=reply.headers.get("etag", ""), request_id=reply.request_id
        )

    async def cancel_job(self, job_id: str, *, idempotency_key: str = "") -> CancelAnswer:
        """Ask it to stop (3.5). Raises Conflict, subcode JOB_CANCEL_UNAVAILABLE, when it cannot."""
        reply = await self._calls.call(
            endpoints.CANCEL, {"job_id": job_id}, idempotency_key=idempotency_key
        )
        return mapping.cancel_answer(reply.body)

    async def generate_content(
        self, project_id: str, brief: Brief, *, content_id: str = "", idempotency_key: str = ""
    ) -> ContentStarted:
        """Start a generation (2.7); it may cost credits."""
        reply = await self._calls.call(
            endpoints.CONTENT,
            {"project_id": project_id},
            body=bodies.content_body(brief, content_id),
            idempotency_key=idempotency_key,
        )
        return mapping.content_started(reply.body, reply.request_id)


def _made(reply: Reply, project_id: str, influencer_id: str) -> Job | Influencer:
    """The answer of a create or clone: a job where there is a ``jobId``, else a record (Q3)."""
    if mapping.is_job(reply.body):
        job = mapping.job(reply.body, request_id=reply.request_id, influencer_id=influencer_id)
        return replace(job, project_id=job.project_id or project_id)
    return mapping.influencer(reply.body, project_id)
