"""A proxy between a client and a real server that records what passes and misbehaves as told.

It speaks enough HTTP/1.1 for both sides and puts its own address in place of the server's, in both
directions, so that the server may move while the client keeps its address.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any


class Forward:
    """A way to ask the server what the client asked."""

    def __init__(self, ask: Callable[[], Awaitable[bytes]], half: Callable[[], Awaitable[None]]):
        self._ask = ask
        self.half = half
        """Send half of the request to the server and hang up on it."""

    async def __call__(self) -> bytes:
        return await self._ask()


@dataclass(frozen=True)
class InPieces:
    """An answer that arrives ``pieces`` at a time; after ``upto`` of all bytes the line is cut."""

    data: bytes
    pieces: int = 1
    pause: float = 0.0
    upto: float = 1.0


Fault = Callable[[Forward], Awaitable[bytes | InPieces | None]]
"""Gets a way to ask the server; gives the answer for the client, None to hang up on it."""


@dataclass
class Passed:
    """A request that arrived at the proxy."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float
    reached_server: int = 0
    status: int = 0
    done: bool = False
    """Whether the server did it: a 2xx of its own."""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def key(self) -> str:
        return self.headers.get("idempotency-key", "")


@dataclass
class Rule:
    """A fault for requests of a method and path, a number of times."""

    method: str
    path: re.Pattern[str]
    fault: Fault
    times: float
    used: int = 0

    def fits(self, passed: Passed) -> bool:
        return (
            self.used < self.times
            and self.method in ("*", passed.method)
            and self.path.search(passed.path) is not None
        )


# ---- faults


async def cut(_forward: Forward) -> bytes | None:
    """The connection breaks before the server hears of it."""
    return None


async def lose_answer(forward: Forward) -> bytes | None:
    """The server does it; the connection breaks before its answer arrives."""
    await forward()
    return None


async def cut_in_request(forward: Forward) -> bytes | None:
    """The connection breaks in the middle of the request, on both sides."""
    await forward.half()
    return None


async def cut_in_answer(forward: Forward) -> InPieces:
    """The server does it; the connection breaks in the middle of its answer."""
    return InPieces(await forward(), upto=0.6)


async def drip(forward: Forward) -> InPieces:
    """The server does it; its answer comes in drops."""
    return InPieces(await forward(), pieces=12, pause=0.02)


async def truncate(forward: Forward) -> bytes | None:
    """The server does it; the end of its answer is missing though the length is right."""
    head, _, body = (await forward()).partition(b"\r\n\r\n")
    kind = {"Content-Type": "application/json"}
    return raw(int(head.split(b" ", 2)[1]), body[: len(body) // 2], kind if body else {})


async def twice(forward: Forward) -> bytes | None:
    """The request arrives twice at the same time; the client gets the later answer."""
    answers = [asyncio.ensure_future(forward()), asyncio.ensure_future(forward())]
    done: bytes = b""
    for each in asyncio.as_completed(answers):
        done = await each
    return done


def late(seconds: float) -> Fault:
    """The server hears of it late."""

    async def fault(forward: Forward) -> bytes | None:
        await asyncio.sleep(seconds)
        return await forward()

    return fault


def hang(seconds: float = 1.2) -> Fault:
    """The server does it; its answer does not come in time, nor ever."""

    async def fault(forward: Forward) -> bytes | None:
        await forward()
        await asyncio.sleep(seconds)
        return None

    return fault


def held(gate: asyncio.Event) -> Fault:
    """The server hears of it when the gate opens."""

    async def fault(forward: Forward) -> bytes | None:
        await gate.wait()
        return await forward()

    return fault


def unreadable(body: bytes = b'{"jobId": "job_', kind: str = "application/json") -> Fault:
    """The server does it, and what comes back is broken."""

    async def fault(forward: Forward) -> bytes | None:
        await forward()
        return raw(200, body, {"Content-Type": kind})

    return fault


def portal() -> Fault:
    """A web page of the network answers in the server's place."""

    async def fault(_forward: Forward) -> bytes | None:
        return raw(
            200, b"<html><h1>Welcome to the hotel</h1></html>", {"Content-Type": "text/html"}
        )

    return fault


def answer(status: int, code: str, headers: dict[str, str] | None = None, **details: Any) -> Fault:
    """The server's error envelope, without asking the server."""

    async def fault(_forward: Forward) -> bytes | None:
        body = {
            "error": {
                "code": code,
                "message": f"planned {code}",
                "requestId": "req_PLANNED",
                "details": details,
            }
        }
        kind = {"Content-Type": "application/json", "X-Request-Id": "req_PLANNED"}
        return raw(status, json.dumps(body).encode(), kind | (headers or {}))

    return fault


def raw(status: int, body: bytes, headers: dict[str, str]) -> bytes:
    """An answer as bytes."""
    head = {**headers, "Content-Length": str(len(body))}
    lines = [f"HTTP/1.1 {status} Text", *(f"{name}: {value}" for name, value in head.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


# ---- the proxy


@dataclass
class FaultProxy:
    """Listens on a free port of this computer; ``target`` is the real server's address."""

    target: str
    passed: list[Passed] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    port: int = 0
    connections: int = 0
    answers: int = 0
    """Answers of the server, planned ones included, that the client got whole."""
    _is_open: bool = False
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def when(self, method: str, path: str, fault: Fault, times: float = 1) -> Rule:
        """Plan a fault; ``path`` is a pattern, ``*`` any method."""
        rule = Rule(method, re.compile(path), fault, times)
        self.rules.append(rule)
        return rule

    def behave(self) -> None:
        """Forget every plan."""
        self.rules.clear()

    def asked(self, method: str = "*", path: str = "") -> list[Passed]:
        """What arrived of a kind, in order."""
        return [
            each
            for each in self.passed
            if method in ("*", each.method) and re.search(path, each.path)
        ]

    async def online(self) -> None:
        """Take connections, again at the same port."""
        self._is_open = True
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=2**20)
        self.port = self._server.sockets[0].getsockname()[1]

    async def offline(self) -> None:
        """Refuse connections and cut those that are open."""
        self._is_open = False
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for writer in tuple(self._writers):
            writer.transport.abort()
        if server is not None:
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._is_open:
            # It came in the moment in which the door was shut.
            writer.transport.abort()
            return
        self.connections += 1
        self._writers.add(writer)
        try:
            while (passed := await self._read(reader)) is not None:
                self.passed.append(passed)
                reply = await self._reply(passed)
                if reply is None:
                    break
                if not await self._deliver(writer, reply):
                    break
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError, OSError):
            pass
        finally:
            self._writers.discard(writer)
            with contextlib.suppress(ConnectionError, OSError):
                writer.close()

    async def _deliver(self, writer: asyncio.StreamWriter, reply: bytes | InPieces) -> bool:
        """Write an answer as planned; whether the connection stays."""
        plan = reply if isinstance(reply, InPieces) else InPieces(reply)
        end = int(len(plan.data) * plan.upto)
        size = max(1, -(-end // plan.pieces))
        for start in range(0, end, size):
            writer.write(plan.data[start : min(start + size, end)])
            await writer.drain()
            await asyncio.sleep(plan.pause)
        is_whole = end == len(plan.data)
        self.answers += is_whole and b"x-request-id" in plan.data[:2048].lower()
        return is_whole

    async def _reply(self, passed: Passed) -> bytes | InPieces | None:
        async def ask() -> bytes:
            passed.reached_server += 1
            reply = await self._ask_server(passed)
            passed.done = passed.done or reply.split(b" ", 2)[1][:1] == b"2"
            return reply

        async def half() -> None:
            await self._send_half(passed)

        forward = Forward(ask, half)
        reply: bytes | InPieces | None
        rule = next((rule for rule in self.rules if rule.fits(passed)), None)
        if rule is not None:
            rule.used += 1
            reply = await rule.fault(forward)
        else:
            reply = await forward()
        data = reply.data if isinstance(reply, InPieces) else reply
        passed.status = int(data.split(b" ", 2)[1]) if data else 0
        return reply

    async def _read(self, reader: asyncio.StreamReader) -> Passed | None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except asyncio.IncompleteReadError:
            return None
        first, *lines = head.rstrip("\r\n").split("\r\n")
        method, path, _ = first.split(" ")
        headers = _headers(lines)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        return Passed(method, path, headers, body, time.monotonic())

    async def _ask_server(self, passed: Passed) -> bytes:
        authority = self.target.removeprefix("http://")
        host, _, port = authority.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port), limit=2**20)
        try:
            writer.write(self._request(passed, authority))
            await writer.drain()
            reply = await reader.read(-1)
        finally:
            writer.close()
        return self._as_ours(reply)

    async def _send_half(self, passed: Passed) -> None:
        authority = self.target.removeprefix("http://")
        host, _, port = authority.partition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        request = self._request(passed, authority)
        writer.write(request[: max(len(request) // 2, len(request) - len(passed.body) // 2 - 1)])
        await writer.drain()
        writer.close()

    @staticmethod
    def _request(passed: Passed, authority: str) -> bytes:
        headers = {**passed.headers, "host": authority, "connection": "close"}
        lines = [f"{passed.method} {passed.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + passed.body

    def _as_ours(self, reply: bytes) -> bytes:
        """The answer with our address in it, to be sent over a connection that stays."""
        head, _, body = reply.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        if not first:
            raise ConnectionResetError
        headers = _headers(lines)
        headers.pop("connection", None)
        if headers.get("content-type", "").startswith("application/json"):
            body = body.replace(self.target.encode(), self.url.encode())
        if "content-length" in headers or body:
            headers["content-length"] = str(len(body))
        kept = [first, *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join(kept).encode("latin-1") + b"\r\n\r\n" + body


def _headers(lines: list[str]) -> dict[str, str]:
    return {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
