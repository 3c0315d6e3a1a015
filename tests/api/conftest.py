"""A real server on 127.0.0.1 that misbehaves as told, and a clock whose waits take no time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from studio.api.client import PartnerClient
from studio.core.secrets import ApiKey

KEY = "lp_test_ABCDEFGHIJKLMNOP_s3cr3t_With_Underscores-0123456789abcdefghi"


@dataclass
class Asked:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


Behavior = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


def reply(
    body: object = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
    *,
    raw: bytes | None = None,
) -> Behavior:
    """A well-formed answer of any status, headers and body."""

    async def behave(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        content = raw if raw is not None else json.dumps(body).encode()
        head = {"Content-Type": "application/json", "X-Request-Id": "req_TEST"} | (headers or {})
        head.setdefault("Content-Length", str(len(content)))
        lines = [f"HTTP/1.1 {status} Text", *(f"{name}: {value}" for name, value in head.items())]
        writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content)
        await writer.drain()

    return behave


@dataclass
class HostileServer:
    """Plays its behaviors one per request, the last one for ever; remembers what it was asked."""

    behaviors: list[Behavior] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    connections: int = 0
    _server: asyncio.Server | None = None
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)

    def plays(self, *behaviors: Behavior) -> None:
        """Set what it does next."""
        self.behaviors = list(behaviors)

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**20)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """Close everything."""
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        try:
            while not writer.is_closing():
                asked = await _read(reader)
                self.asked.append(asked)
                behave = self.behaviors[0] if len(self.behaviors) == 1 else self.behaviors.pop(0)
                await behave(asked, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, target, headers, body)


class InstantClock:
    """Waits take no time but move the clock; ``waits`` remembers them."""

    def __init__(self) -> None:
        self.start = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
        self.elapsed = 0.0
        self.waits: list[float] = []

    def now(self) -> datetime:
        """The moment."""
        return self.start + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        """Seconds since the start."""
        return 1000.0 + self.elapsed

    async def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self.waits.append(seconds)
        self.elapsed += seconds
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> InstantClock:
    """A clock whose waits take no time."""
    return InstantClock()


@pytest.fixture
async def server() -> AsyncIterator[HostileServer]:
    """A listening server that does what the test tells it."""
    hostile = HostileServer()
    await hostile.start()
    yield hostile
    await hostile.stop()


@pytest.fixture
async def other_server() -> AsyncIterator[HostileServer]:
    """A second one, on another port: another origin."""
    hostile = HostileServer()
    await hostile.start()
    hostile.plays(reply({}))
    yield hostile
    await hostile.stop()


@pytest.fixture
async def make_client(
    server: HostileServer, clock: InstantClock
) -> AsyncIterator[Callable[..., PartnerClient]]:
    """Makes clients of the server; waits take no time, jitter is always at its most."""
    made: list[PartnerClient] = []

    def make(**options: Any) -> PartnerClient:
        given: dict[str, Any] = {"clock": clock, "chance": lambda: 1.0, "tries": 1} | options
        client = PartnerClient(given.pop("base_url", server.url), ApiKey(KEY), **given)
        made.append(client)
        return client

    yield make
    for client in made:
        await client.aclose()


@pytest.fixture
async def client(make_client: Callable[..., PartnerClient]) -> PartnerClient:
    """A client that tries each call once."""
    return make_client()


@pytest.fixture
def answer_with() -> Callable[..., Behavior]:
    """Makes a well-formed answer."""
    return reply


@pytest.fixture
def key_text() -> str:
    """The key the clients use."""
    return KEY
