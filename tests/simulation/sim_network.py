"""The way from one computer to the server, with everything that can happen on it.

Stands in for the client of the Partner API: the same calls, the same errors, no bytes. The bodies
are the ones the real client would write, so that what it refuses is refused here too.
"""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from studio.api import bodies
from studio.api.budget import Priority, RateBudget
from studio.api.client import PartnerClient
from studio.api.errors import NoContact, error_of, not_the_server
from studio.api.paging import Page
from studio.core.errors import Bug, StudioError
from studio.core.secrets import ApiKey
from studio.domain.account import Account, Credits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sim_faults import Perils
    from sim_loop import SimClock, SimLoop
    from sim_server import SimServer

    from studio.domain.influencer import FieldValue, Influencer, ReferenceImage
    from studio.domain.job import Job
    from studio.domain.project import Project

_SECONDS_LATE = 20.0
_TIME_OUT = 8.0


class SimClient(PartnerClient):
    """One computer's calls.

    ``basis_of`` hears of each patch what the sender had read of the record just before.
    """

    def __init__(
        self,
        loop: SimLoop,
        clock: SimClock,
        server: SimServer,
        perils: Perils,
        project: Project,
        basis_of: Callable[[str, str, Influencer | None], None],
    ) -> None:
        super().__init__(
            "http://127.0.0.1", ApiKey(""), clock=clock, budget=RateBudget(clock, "partner")
        )
        self._loop = loop
        self._clock = clock
        self._server = server
        self._perils = perils
        self._project = project
        self._basis_of = basis_of
        self._read: dict[tuple[int, str], Influencer] = {}
        self._last_arrival = 0.0
        self.connected = True

    async def reconnect(self) -> None:
        """There are no connections to drop."""

    # ---- reading

    async def whoami(self) -> Account:
        """2.2."""
        found: Account = await self._call(
            "whoami", lambda: Account("org", "Org", credit_balance=10)
        )
        return found

    async def credits(self) -> Credits:
        """2.8."""
        found: Credits = await self._call("credits", lambda: Credits(10))
        return found

    async def list_projects(self, cursor: str = "", **_query: Any) -> Page[Project]:
        """2.3."""
        found: Page[Project] = await self._call("projects", lambda: Page((self._project,)))
        return found

    async def list_influencers(
        self, project_id: str, cursor: str = "", **_query: Any
    ) -> Page[Influencer]:
        """2.4.2."""
        found: Page[Influencer] = await self._call(
            f"list {cursor}", lambda: Page(*self._server.page(cursor))
        )
        return found

    async def get_influencer(
        self, influencer_id: str, *, priority: Priority = Priority.NORMAL
    ) -> Influencer:
        """2.4.4."""
        reader = (id(asyncio.current_task()), influencer_id)
        self._read.pop(reader, None)
        found: Influencer = await self._call(
            f"get {influencer_id}", lambda: self._server.get(influencer_id)
        )
        self._read[reader] = found
        return found

    # ---- changing

    async def create_influencer(
        self,
        project_id: str,
        influencer_id: str,
        values: Mapping[str, FieldValue],
        *,
        asset_ids: Sequence[str] = (),
        idempotency_key: str = "",
    ) -> Job | Influencer:
        """2.4.3."""
        body = _digest(bodies.create_body(influencer_id, values))
        kept = {path: value for path, value in values.items() if value}
        made: Job = await self._change(
            f"create {influencer_id}",
            "create",
            idempotency_key,
            body,
            lambda: self._server.create(influencer_id, kept),
        )
        return made

    async def patch_influencer(
        self,
        influencer_id: str,
        changes: Mapping[str, FieldValue],
        *,
        idempotency_key: str = "",
    ) -> Influencer:
        """2.4.5."""
        body = _digest(bodies.patch_body(changes))
        basis = self._read.get((id(asyncio.current_task()), influencer_id))
        caller = self._perils.name

        def run() -> Influencer:
            self._basis_of(caller, influencer_id, basis)
            done: Influencer = self._server.patch(caller, influencer_id, changes)
            return done

        done: Influencer = await self._change(
            f"patch {influencer_id} {changes}", f"patch {influencer_id}", idempotency_key, body, run
        )
        return done

    async def delete_influencer(
        self, influencer_id: str, reason: str = "", *, idempotency_key: str = ""
    ) -> Any:
        """2.4.6: the contract names no key for it."""
        return await self._call(
            f"delete {influencer_id}", lambda: self._server.delete(influencer_id)
        )

    async def clone_influencer(
        self,
        source_id: str,
        name: str,
        *,
        new_influencer_id: str = "",
        overrides: Mapping[str, FieldValue] | None = None,
        idempotency_key: str = "",
    ) -> Job | Influencer:
        """2.4.7."""
        wanted = dict(overrides or {})
        body = _digest(bodies.clone_body(name, new_influencer_id, wanted))
        made: Job = await self._change(
            f"clone {source_id} {new_influencer_id}",
            f"clone {source_id}",
            idempotency_key,
            body,
            lambda: self._server.clone(source_id, new_influencer_id, name, wanted),
        )
        return made

    async def bind_references(
        self, influencer_id: str, asset_ids: Sequence[str], *, idempotency_key: str = ""
    ) -> tuple[ReferenceImage, ...]:
        """2.4.8."""
        body = _digest(bodies.bind_body(asset_ids))
        images: tuple[ReferenceImage, ...] = await self._change(
            f"bind {influencer_id}",
            f"bind {influencer_id}",
            idempotency_key,
            body,
            lambda: self._server.bind(influencer_id, tuple(asset_ids)),
        )
        return images

    # ---- the way

    async def _change(
        self, what: str, route: str, key: str, body: str, run: Callable[[], Any]
    ) -> Any:
        return await self._call(
            what, lambda: self._server.once(self._perils.name, route, key, body, run)
        )

    async def _call(self, what: str, run: Callable[[], Any]) -> Any:
        """One call there and back. What arrives is done even when nobody waits any more."""
        perils = self._perils
        perils.step("before a call")
        if not self.connected:
            perils.weather.counts["offline"] += 1
            perils.trace(what, "offline")
            await asyncio.sleep(0.01)
            raise NoContact("There is no connection.")
        fate = perils.weather.call()
        if fate:
            perils.weather.counts[fate] += 1
        self._refuse_before(fate, what)
        answer = self._loop.create_future()
        self._loop.call_later(self._travel(fate), self._arrive, what, fate, run, answer)
        if fate == "request doubled":
            self._loop.call_later(self._travel(fate) + 0.5, self._arrive, what, fate, run, None)
        if fate in ("request late", "answer lost"):
            await asyncio.sleep(_TIME_OUT)
            raise NoContact("No answer came in time.")
        done, found = await answer
        perils.step("after a call")
        self._refuse_after(fate)
        if not done:
            raise found
        return found

    def _travel(self, fate: str) -> float:
        """Seconds until a request arrives: no two take equally long, so they pass each other."""
        random = self._perils.random
        seconds = random.random() * 0.4
        if fate == "request late":
            seconds = _TIME_OUT + random.random() * _SECONDS_LATE
        arrival = self._loop.passed + seconds
        if arrival < self._last_arrival:
            self._perils.weather.counts["reordered"] += 1
        self._last_arrival = max(arrival, self._last_arrival)
        return seconds

    def _arrive(
        self,
        what: str,
        fate: str,
        run: Callable[[], Any],
        answer: asyncio.Future[tuple[bool, Any]] | None,
    ) -> None:
        try:
            found, done = run(), True
        except StudioError as error:
            found, done = error, False
        self._perils.trace(what, fate, "done" if done else found)
        if answer is not None and not answer.done():
            answer.set_result((done, found))

    def _refuse_before(self, fate: str, what: str) -> None:
        """Calls that never reach the server's records."""
        now = self._clock.now()
        if fate:
            self._perils.trace(what, fate)
        match fate:
            case "request lost":
                raise NoContact("The connection was cut.")
            case "portal":
                raise not_the_server()
            case "rate limited":
                wait = self._perils.random.choice((1.0, 5.0, 30.0))
                at = now + timedelta(seconds=wait)
                raise error_of(429, _envelope("RATE_LIMITED"), request_id="req", wait=wait, at=at)
            case "server error before":
                raise error_of(503, _envelope("INTERNAL"), request_id="req")
            case "twin still running":
                raise error_of(409, _envelope("CONFLICT"), request_id="req")
            case "key refused":
                raise error_of(401, _envelope("UNAUTHENTICATED"), request_id="req")

    def _refuse_after(self, fate: str) -> None:
        """Calls that were done, with an answer that does not say so."""
        match fate:
            case "server error after":
                raise error_of(502, None, request_id="req")
            case "unreadable answer":
                raise Bug("The answer cannot be read.", code="UNREADABLE_ANSWER", request_id="req")


def _envelope(code: str) -> dict[str, object]:
    return {"error": {"code": code, "message": ""}}


def _digest(body: object) -> str:
    return json.dumps(body, sort_keys=True)
