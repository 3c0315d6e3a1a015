"""Servers to talk to: one in a process of its own for the whole run, and small ones in ours."""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PIL import Image

from studio.server.auth import new_key
from studio.server.config import ServerConfig
from studio.server.host import Parts, listen, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from studio.server.host import Server

READY_S = 20.0


@dataclass
class ServerProcess:
    """``python -m studio.server`` in a process of its own."""

    data_dir: Path
    options: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] = field(init=False)
    url: str = field(init=False, default="")
    key: str = field(init=False, default="")

    def start(self) -> ServerProcess:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "studio.server", "--data-dir", self.data_dir, *self.options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        told = json.loads(self.process.stdout.readline())
        self.url, self.key = told["url"], told["key"]
        return self

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"X-Api-Key": self.key}, timeout=READY_S)

    def kill(self) -> None:
        self.process.kill()
        self._close()

    def stop(self) -> int:
        self.process.terminate()
        return self._close()

    def _close(self) -> int:
        code = self.process.wait(timeout=10)
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()
        return code


class SettableClock:
    """A clock that stands still until it is told to move."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 4, 18, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **amount: float) -> None:
        self.moment += timedelta(**amount)


@dataclass
class HostedServer:
    """A server in this process, so that a test can move its clock and reach its database."""

    parts: Parts
    client: httpx.Client
    clock: SettableClock
    key: str
    url: str


@contextmanager
def hosted(data_dir: Path, **settings: Any) -> Iterator[HostedServer]:
    """A server in this process. Only one of those that have jobs can run at a time."""
    clock = SettableClock()
    key = new_key()
    sock = listen("127.0.0.1", 0, data_dir / "port")
    authority = f"127.0.0.1:{sock.getsockname()[1]}"
    usual: dict[str, Any] = {"demo": False, "render_seconds": 0.2, "picture_side": 64}
    config = ServerConfig(data_dir=data_dir, **(usual | settings))
    built: list[Parts] = []
    running: list[Callable[[], None]] = []
    listening = threading.Event()

    def build() -> Parts:
        built.append(Parts(config, key, {authority}, clock))
        return built[0]

    def on_listening(server: Server, loop: asyncio.AbstractEventLoop) -> None:
        running.append(partial(loop.call_soon_threadsafe, server.stop))
        listening.set()

    def run() -> None:
        asyncio.run(serve(sock, build, on_listening)).close()

    thread = threading.Thread(target=run, name="hosted-server")
    thread.start()
    assert listening.wait(READY_S)
    url = f"http://{authority}"
    try:
        with httpx.Client(base_url=url, headers={"X-Api-Key": key.text}, timeout=READY_S) as client:
            client.get("/v1/whoami").raise_for_status()
            yield HostedServer(built[0], client, clock, key.text, url)
    finally:
        running[0]()
        thread.join()
        sock.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One server with fast renders for every test that makes its own project."""
    process = ServerProcess(
        tmp_path_factory.mktemp("server"),
        (
            *("--empty", "--render-seconds", "0.3", "--picture-side", "64"),
            *("--fail-renders-named", "Doomed*"),
        ),
    ).start()
    yield process
    process.stop()


@pytest.fixture
def api(server: ServerProcess) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


@pytest.fixture
def project(api: httpx.Client) -> str:
    """A project of the test's own."""
    made = api.post("/v1/projects", json={"name": "Demo Coffee", "timezone": "UTC"})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


@pytest.fixture
def start_hosted(tmp_path: Path) -> Iterator[Callable[..., HostedServer]]:
    """Start a server in this process: ``start_hosted(tier="standard")``."""
    opened = []

    def start(**settings: Any) -> HostedServer:
        context = hosted(tmp_path, **settings)
        opened.append(context)
        return context.__enter__()

    yield start
    for context in opened:
        context.__exit__(None, None, None)


@pytest.fixture
def host() -> Any:
    """:func:`hosted`, for tests that end one before they start another."""
    return hosted


@pytest.fixture
def start_process(tmp_path: Path) -> Iterator[Callable[..., ServerProcess]]:
    """Start a server process on the test's folder: ``start_process("--empty")``."""
    started: list[ServerProcess] = []

    def start(*options: str) -> ServerProcess:
        process = ServerProcess(tmp_path / "data", options).start()
        started.append(process)
        return process

    yield start
    for process in started:
        if process.process.poll() is None:
            process.kill()


@pytest.fixture
def wait_until() -> Callable[..., Any]:
    """Ask again and again until the answer is truthy."""

    def wait(ask: Callable[[], Any], seconds: float = READY_S) -> Any:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            answer = ask()
            if answer:
                return answer
            time.sleep(0.02)
        return pytest.fail(f"{ask} did not happen within {seconds} s")

    return wait


@pytest.fixture
def finished(
    wait_until: Callable[..., Any],
) -> Callable[[httpx.Client, str], dict[str, Any]]:
    """Follow a job to its end and give its last body."""

    def follow(client: httpx.Client, job_id: str) -> dict[str, Any]:
        def ended() -> dict[str, Any] | None:
            body: dict[str, Any] = client.get(f"/v1/jobs/{job_id}").json()
            return body if body["status"] != "running" else None

        result: dict[str, Any] = wait_until(ended)
        return result

    return follow


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """A small real picture: ``picture(color="red", size=(64, 48), form="PNG")``."""

    def make(color: str = "teal", size: tuple[int, int] = (64, 48), form: str = "PNG") -> bytes:
        out = BytesIO()
        Image.new("RGB", size, color).save(out, form)
        return out.getvalue()

    return make


@pytest.fixture
def upload(picture: Callable[..., bytes]) -> Callable[..., str]:
    """Upload a picture in one call and give its asset id."""

    def send(client: httpx.Client, project_id: str, data: bytes | None = None) -> str:
        body = {
            "kind": "reference_image",
            "mimeType": "image/png",
            "dataBase64": base64.b64encode(data or picture()).decode(),
        }
        answer = client.post(f"/v1/projects/{project_id}/media", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["assetId"])

    return send
