"""Every way a network can fail, at every step of what a person asks for, over real connections.

Whatever happened: the wish is fulfilled exactly once, nothing typed is lost, nothing waits any
more, and what the status said meanwhile was true.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from conftest import Stage, play
from fault_proxy import (
    Fault,
    Forward,
    answer,
    cut,
    cut_in_answer,
    cut_in_request,
    drip,
    hang,
    late,
    lose_answer,
    portal,
    raw,
    truncate,
    twice,
    unreadable,
)
from flow_world import until
from partner_process import PartnerServer

from studio.core.errors import StudioError
from studio.domain.events import StatusChanged

FAST = ("--empty", "--render-seconds", "0.2", "--picture-side", "64")
AT_ONCE = 6
FACTOR = 20.0
PATIENCE = 20.0
DEADLINE = 0.6
"""Seconds a call of the program may take here."""

FAULTS: dict[str, Callable[[], Fault]] = {
    "cut before the server": lambda: cut,
    "cut in the request": lambda: cut_in_request,
    "cut in the answer": lambda: cut_in_answer,
    "cut after the server": lambda: lose_answer,
    "delay": lambda: late(0.2),
    "no answer in time": hang,
    "truncated answer": lambda: truncate,
    "request twice": lambda: twice,
    "answer in drops": lambda: drip,
    "429 with Retry-After": lambda: answer(429, "RATE_LIMITED", {"Retry-After": "2"}),
    "500": lambda: answer(500, "INTERNAL"),
    "page of the network": portal,
    "garbage": lambda: unreadable(b'{"jobId": "\xff\xfe', "application/json"),
}


# ---- the truth of the status


@dataclass
class Witness:
    """Watches what the status says while a wish is on its way."""

    stage: Stage
    step: Step
    lies: list[str] = field(default_factory=list)
    was_waiting: bool = False
    _contacts: int = 0
    """Moments of contact that were told; never more than answers arrived."""
    _contact: Any = None

    def look(self, _event: StatusChanged) -> None:
        status = self.stage.world.status
        if status.last_contact != self._contact:
            self._contact = status.last_contact
            self._contacts += 1
            if self._contacts > self.stage.proxy.answers:
                self.lies.append("contact was told without an answer")
        if status.waiting:
            self.was_waiting = True
        elif self.was_waiting and not self._is_done():
            self.lies.append("nothing waited although the server had not done it")
        if status.contact == "offline" and not status.reason:
            self.lies.append("offline without a reason")

    def _is_done(self) -> bool:
        made = self.stage.proxy.asked(self.step.wish_method, self.step.wish_path)
        return any(each.done for each in made)


# ---- what a person asks for


@dataclass(frozen=True)
class Step:
    """One call on the way of a wish, and the call that fulfills the wish."""

    wish: str
    method: str
    path: str
    wish_method: str
    wish_path: str


PATCH = r"^/v1/influencers/[^/]+$"
CREATE = r"/v1/projects/[^/]+/influencers$"
CLONE = r"/clone$"
JOB = r"^/v1/jobs/"
BIND = r"/reference-images$"
STEPS = {
    "publish: read": Step("publish", "GET", PATCH, "PATCH", PATCH),
    "publish: write": Step("publish", "PATCH", PATCH, "PATCH", PATCH),
    "create: start": Step("create", "POST", CREATE, "POST", CREATE),
    "create: follow": Step("create", "GET", JOB, "POST", CREATE),
    "create: read": Step("create", "GET", PATCH, "POST", CREATE),
    "clone: start": Step("clone", "POST", CLONE, "POST", CLONE),
    "clone: follow": Step("clone", "GET", JOB, "POST", CLONE),
    "upload: inline": Step("small", "POST", r"/media$", "POST", BIND),
    "upload: presign": Step("large", "POST", r"/presign$", "POST", BIND),
    "upload: put": Step("large", "PUT", r"^/uploads/", "POST", BIND),
    "upload: finalize": Step("large", "POST", r"/finalize$", "POST", BIND),
    "upload: bind": Step("small", "POST", BIND, "POST", BIND),
}

Ask = Callable[[Stage, str, bytes], Awaitable[str]]
Check = Callable[[Stage, str], Awaitable[None]]


async def _ask(stage: Stage, wish: str, one: str, picture: bytes) -> str:
    personas = stage.world.session.personas
    if wish == "publish":
        await personas.edit(one, {"style": "workwear", "personality.traits": ("patient",)})
        await personas.publish(one)
        return one
    if wish == "create":
        return await personas.create(stage.project_id, {"name": "Juno", "vibe": "calm"})
    if wish == "clone":
        return await personas.clone(one, "Ada (B)", {"vibe": "bold"})
    await stage.world.session.uploads.add_bytes(one, picture, "photo.png")
    return one


async def _fulfilled(stage: Stage, wish: str, asked: str) -> None:
    world = stage.world
    if wish == "publish":
        truth = await stage.elsewhere.truth(asked)
        assert (truth.style, truth.personality.traits) == ("workwear", ("patient",))
        shown = await world.shown(asked)
        assert (shown.changes, shown.influencer.style) == ((), "workwear")
    elif wish in ("create", "clone"):
        name = "Juno" if wish == "create" else "Ada (B)"
        await world.ready(asked, PATIENCE)
        await until(lambda: _jobs_ended(world, asked), PATIENCE)
        roster = await stage.elsewhere.roster(stage.project_id)
        assert [each.id for each in roster if each.name == name] == [asked]
        assert (await stage.elsewhere.truth(asked)).vibe
    else:
        await until(lambda: _is_bound(stage, asked), PATIENCE)
        await until(lambda: _nothing_uploads(world, asked), PATIENCE)
        made = "SELECT count(*) FROM media WHERE project_id = ? AND filename = 'photo.png'"
        assert stage.server.sql(made, stage.project_id) == [(1,)]


async def _jobs_ended(world: Any, influencer_id: str) -> bool:
    jobs = await world.jobs_of(influencer_id)
    return [job.status for job in jobs] in ([], ["completed"])


async def _is_bound(stage: Stage, influencer_id: str) -> bool:
    images = (await stage.world.shown(influencer_id)).influencer.reference_images
    rows = stage.server.sql(
        "SELECT m.id FROM reference_images r JOIN media m ON m.id = r.asset_id "
        "WHERE influencer_id = ? AND m.filename = 'photo.png'",
        influencer_id,
    )
    return len(rows) == 1 and rows[0][0] in {image.asset_id for image in images}


async def _nothing_uploads(world: Any, influencer_id: str) -> bool:
    return await world.uploads_of(influencer_id) == ()


# ---- the matrix


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """A server for each kind of wish, so that no limit of calls a minute is met by chance."""
    made: dict[str, PartnerServer] = {}

    def get(wish: str) -> PartnerServer:
        if wish not in made:
            made[wish] = PartnerServer(tmp_path_factory.mktemp(wish), FAST).start()
        return made[wish]

    yield get
    for server in made.values():
        server.stop()


async def _cell(step: Step, fault: Fault, server: PartnerServer, root: Any, picture: bytes) -> None:
    async with play(server, root, factor=FACTOR) as stage:
        stage.world.deadline = DEADLINE
        one = await stage.elsewhere.influencer(stage.project_id, {"name": "Ada"})
        world = await stage.world.open()
        await world.session.personas.use_project(stage.project_id)
        await world.read_in_full(one)
        witness = Witness(stage, step)
        world.hub.subscribe(StatusChanged, witness.look)
        rule = stage.proxy.when(step.method, step.path, fault)
        asked = await _ask(stage, step.wish, one, picture)
        await until(lambda: rule.used == 1, PATIENCE)
        await _fulfilled_in_the_end(stage, step, asked)
        await until(lambda: world.status.waiting == 0 and world.status.contact == "online")
        assert witness.lies == []


async def _fulfilled_in_the_end(stage: Stage, step: Step, asked: str) -> None:
    async def nothing_waits() -> bool:
        return not await stage.world.outbox()

    if step.wish in ("small", "large"):
        await until(lambda: _is_bound(stage, asked), PATIENCE)
    await until(nothing_waits, PATIENCE)
    await _fulfilled(stage, step.wish, asked)


@pytest.mark.parametrize("name", STEPS)
async def test_every_fault_at(name, servers, tmp_path, picture):
    step = STEPS[name]
    server = servers("upload" if step.wish in ("small", "large") else step.wish)
    data = picture(noisy=step.wish == "large")
    gate = asyncio.Semaphore(AT_ONCE)
    failed: dict[str, str] = {}

    async def cell(number: int, fault: str) -> None:
        async with gate:
            root = tmp_path / f"{number:02}"
            try:
                await _cell(step, FAULTS[fault](), server, root, data)
            except (AssertionError, StudioError) as error:
                failed[fault] = f"{type(error).__name__}: {error}"

    await asyncio.gather(*(cell(number, fault) for number, fault in enumerate(FAULTS)))
    assert failed == {}


SILENCES = {
    "cut": lambda: cut,
    "page of the network": portal,
    "500 of a proxy": lambda: broken_gateway,
    "garbage": lambda: unreadable(b"\xff\xfe{", "application/json"),
}


async def broken_gateway(_forward: Forward) -> bytes:
    """Something between says that it fails; nothing of the server in it."""
    return raw(502, b"bad gateway", {"Content-Type": "text/plain"})


@pytest.mark.parametrize("name", SILENCES)
async def test_while_nothing_of_the_server_comes_no_contact_is_told(name, servers, tmp_path):
    async with play(servers("publish"), tmp_path, factor=FACTOR) as stage:
        one = await stage.elsewhere.influencer(stage.project_id, {"name": "Ada"})
        world = await stage.world.open()
        await world.session.personas.use_project(stage.project_id)
        await world.read_in_full(one)
        await world.online()
        flying = [each for each in stage.proxy.passed if not each.status]
        stage.proxy.when("*", ".*", SILENCES[name](), times=1e9)
        await until(lambda: all(each.status for each in flying))
        began = world.clock.now()
        asked = len(stage.proxy.passed)
        await world.session.personas.edit(one, {"style": "workwear"})
        await world.session.personas.publish(one)
        world.session.engine.sync_now()
        await until(lambda: len(stage.proxy.passed) >= asked + 3, PATIENCE)
        await until(lambda: world.status.reason)
        assert world.status.last_contact is not None
        assert world.status.last_contact <= began
        assert world.status.waiting == 1
        assert (await stage.elsewhere.truth(one)).style is None
        stage.proxy.behave()
        world.session.engine.sync_now()
        await world.sent()
        await until(lambda: world.status.contact == "online" and not world.status.reason)
        assert world.status.last_contact > began
        assert (await stage.elsewhere.truth(one)).style == "workwear"
