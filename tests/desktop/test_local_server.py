"""The bundled server: it starts, comes back when it is killed, and ends with the program."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import urllib.request
from typing import TYPE_CHECKING

import psutil

from studio.desktop.local_server import LocalAddress, LocalServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def whoami(address: LocalAddress) -> dict[str, object]:
    request = urllib.request.Request(
        f"{address.url}/v1/whoami", headers={"X-Api-Key": address.key.reveal()}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: dict[str, object] = json.load(answer)
        return found


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.02)


async def test_it_answers_comes_back_after_a_kill_and_ends_with_us(tmp_path: Path) -> None:
    server = LocalServer(tmp_path, ("--empty",))
    server.start()
    address = await server.address()
    first = await asyncio.to_thread(whoami, address)
    assert first["organizationName"]

    moved: list[LocalAddress] = []
    server.moved.connect(moved.append)
    os.kill(server.pid, signal.SIGKILL)
    await until(lambda: moved)
    again = await asyncio.to_thread(whoami, moved[-1])
    assert again["organizationId"] == first["organizationId"]

    pid = server.pid
    server.stop()
    await until(lambda: not psutil.pid_exists(pid))


async def test_its_key_is_in_no_log_and_no_repr(tmp_path: Path) -> None:
    server = LocalServer(tmp_path, ("--empty",))
    server.start()
    address = await server.address()
    server.stop()
    secret = address.key.reveal()
    assert secret not in repr(address)
    assert secret not in (tmp_path / "server.log").read_text("utf-8")
