"""Every literal pair of ``pairs.yaml`` over a real socket: what we ask, what we make of it."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from studio.api.client import PartnerClient
from studio.core.errors import StudioError
from studio.core.secrets import ApiKey

PAIRS = yaml.safe_load(Path(__file__).with_name("pairs.yaml").read_text("utf-8"))
KEY = "lp_test_ABCDEFGHIJKLMNOP_secret"


def frozen(value: Any) -> Any:
    """YAML's lists as the tuples the client takes."""
    if isinstance(value, list):
        return tuple(frozen(entry) for entry in value)
    if isinstance(value, dict):
        return {name: frozen(entry) for name, entry in value.items()}
    return value


def told(value: Any) -> Any:
    """A domain value as plain data."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {spec.name: told(getattr(value, spec.name)) for spec in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {name: told(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [told(entry) for entry in value]
    return value.isoformat() if isinstance(value, datetime) else value


def named(expected: Any, found: Any) -> Any:
    """``found`` narrowed to the keys ``expected`` names, except where it names a whole mapping."""
    if isinstance(expected, dict) and isinstance(found, dict):
        if not expected:
            return found
        return {name: named(expected[name], found.get(name, "absent")) for name in expected}
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [named(one, other) for one, other in zip(expected, found, strict=True)]
    return found


class OneAnswer:
    """Answers everything the same and keeps what it was asked."""

    def __init__(self, response: dict[str, Any]) -> None:
        self.response = response
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip().split("\r\n")
        method, path, _ = head[0].split(" ")
        pairs = (line.split(":", 1) for line in head[1:])
        headers = {name.lower(): value.strip() for name, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.asked.append((method, path, headers, body))
        content = b""
        if "body" in self.response:
            content = json.dumps(self.response["body"]).encode()
        extra = {"Content-Type": "application/json", "Connection": "close"}
        extra |= self.response.get("headers", {})
        lines = [f"HTTP/1.1 {self.response['status']} Text"]
        lines += [f"{name}: {value}" for name, value in extra.items()]
        if self.response["status"] != 304:
            lines.append(f"Content-Length: {len(content)}")
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        await writer.drain()
        writer.close()


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['section']} {pair['name']}")
async def test_pair(pair: Any) -> None:
    answer = OneAnswer(pair["response"])
    listener = await asyncio.start_server(answer.serve, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    client = PartnerClient(f"http://127.0.0.1:{port}", ApiKey(KEY), tries=1)
    call = getattr(client, pair["call"])
    args, kwargs = frozen(pair.get("args", [])), frozen(pair.get("kwargs", {}))
    raised: StudioError | None = None
    value: Any = None
    try:
        value = await call(*args, **kwargs)
    except StudioError as error:
        raised = error
    finally:
        await client.aclose()
        listener.close()

    assert len(answer.asked) == 1, raised
    method, path, headers, body = answer.asked[0]
    request = pair["request"]
    assert (method, path) == (request["method"], request["path"])
    assert (json.loads(body) if body else None) == request["body"]
    assert headers["x-api-key"] == KEY
    assert headers["authorization"] == f"Bearer {KEY}"
    assert (method == "GET") != ("idempotency-key" in headers)
    for name, text in request.get("headers", {}).items():
        assert headers.get(name) == text
    assert not set(request.get("absent", ())) & set(headers)

    if "raises" in pair:
        expected = dict(pair["raises"])
        assert type(raised).__name__ == expected.pop("type")
        assert {name: getattr(raised, name) for name in expected} == expected
        assert raised is not None
        assert raised.sentence
        return
    if raised is not None:
        raise raised
    assert named(pair["value"], told(value)) == pair["value"]


def test_every_endpoint_of_the_client_has_a_pair() -> None:
    calls = {pair["call"] for pair in PAIRS}
    public = {
        name
        for name in dir(PartnerClient)
        if not name.startswith("_") and asyncio.iscoroutinefunction(getattr(PartnerClient, name))
    }
    others = {"aclose", "move_to", "reconnect", "put_upload", "fetch_picture", "generate_content"}
    assert public - others == calls
