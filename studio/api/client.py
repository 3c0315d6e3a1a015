"""The Partner API: one method per endpoint (contract 2.2 to 2.8, and 3), media in ``media``.

Made for generation P1. Answers give away what a server really speaks (4.2, ``dialects``), and
nothing is sent that it has no place for: writes raise NotTaken instead.

Answers are domain values. Every method raises StudioError only: FixInput, ChangeStateFirst (see
``studio.api.errors`` for Gone and Conflict), TryLater, SignIn or Bug. Writes take the idempotency
key of the mutation they belong to, or make their own.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from studio.api import bodies, dialects, endpoints, mapping
from studio.api.budget import Priority
from studio.api.calls import Calls
from studio.api.errors import NotTaken
from studio.api.media import MediaCalls
from studio.api.paging import Page
from studio.core.clock import SystemClock
from studio.domain.job import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from studio.api.budget import RateBudget
    from studio.api.calls import Reply
    from studio.api.mapping import CancelAnswer, ContentStarted
    from studio.core.clock import Clock
    from studio.core.secrets import ApiKey
    from studio.domain.account import Account, Credits
    from studio.domain.brief import Brief
    from studio.domain.influencer import FieldValue, Influencer, ReferenceImage
    from studio.domain.project import Project


_SAMPLE = 8
"""Items of a page that are looked at for what the server speaks; they are all of one make."""


class PartnerClient(MediaCalls):
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
        super().__init__(
            Calls(
                base_url,
                key,
                clock or SystemClock(),
                budget=budget,
                chance=chance,
                tries=tries,
                deadline=deadline,
            )
        )

    @property
    def budget(self) -> RateBudget:
        """The calls per minute all parts of the program share."""
        return self._calls.budget

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
        self.dialects.hear(dialects.of_account(reply.body))
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
        for item in items[:_SAMPLE]:
            self.dialects.hear(dialects.of_record(item))
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
        return self._record(reply.body)

    async def create_influencer(
        self,
        project_id: str,
        influencer_id: str,
        values: Mapping[str, FieldValue],
        *,
        asset_ids: Sequence[str] = (),
        idempotency_key: str = "",
    ) -> Job | Influencer:
        """Start making one under our own id (2.4.3): its job, or (Q3) the record itself.

        A later server makes id and name itself (4.1): the answer has its id, and what it had no
        place for is to be patched in.
        """
        dialect = self.dialects.current
        if dialect.takes_own_ids:
            body = bodies.create_body(influencer_id, values, asset_ids, dialect)
        else:
            body, influencer_id = bodies.later_create_body(values, dialect), ""
        try:
            reply = await self._calls.call(
                endpoints.NEW_INFLUENCER,
                {"project_id": project_id},
                body=body,
                idempotency_key=idempotency_key,
            )
        except NotTaken as error:
            self._refused(error, dialects.of_refused_creation(error.paths))
            raise
        return _made(reply, project_id, influencer_id)

    async def patch_influencer(
        self,
        influencer_id: str,
        changes: Mapping[str, FieldValue],
        *,
        idempotency_key: str = "",
    ) -> Influencer:
        """Change exactly these fields, by field path (2.4.5); the full record after it."""
        body = bodies.patch_body(changes, self.dialects.current)
        try:
            reply = await self._calls.call(
                endpoints.PATCH_INFLUENCER,
                {"influencer_id": influencer_id},
                body=body,
                idempotency_key=idempotency_key,
            )
        except NotTaken as error:
            self._refused(error)
            raise
        return self._record(reply.body)

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
        """Start making a variant under our own id (2.4.7): its job, with clone and source set.

        A later server makes the id itself (4.1); the answer has it.
        """
        dialect = self.dialects.current
        body = bodies.clone_body(name, new_influencer_id, overrides or {}, dialect)
        try:
            reply = await self._calls.call(
                endpoints.CLONE,
                {"influencer_id": source_id},
                body=body,
                idempotency_key=idempotency_key,
            )
        except NotTaken as error:
            self._refused(error)
            raise
        made = _made(reply, "", new_influencer_id if dialect.takes_own_ids else "")
        if isinstance(made, Job):
            return replace(made, is_clone=True, source_id=source_id)
        return made

    async def bind_references(
        self, influencer_id: str, asset_ids: Sequence[str], *, idempotency_key: str = ""
    ) -> tuple[ReferenceImage, ...]:
        """Bind 1 to 20 assets (2.4.8). The whole list afterwards: the server drops silently what
        it does not find, so compare."""
        self._must_take_images()
        reply = await self._calls.call(
            endpoints.BIND,
            {"influencer_id": influencer_id},
            body=bodies.bind_body(asset_ids),
            idempotency_key=idempotency_key,
        )
        return mapping.bound_images(reply.body)

    def _record(self, body: object) -> Influencer:
        found = mapping.influencer(body)
        self.dialects.hear(dialects.of_record(body))
        return found

    def _refused(self, error: NotTaken, evidence: dialects.Evidence = dialects.NOTHING) -> None:
        """The server named fields it does not know: learned, unless it only wants no name."""
        self.dialects.hear(evidence)
        self.dialects.learn(error.paths - {"name"})

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
