"""The whole program with its window, before the real server and a network that fails as told."""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import keyring
import pytest
from fault_proxy import FaultProxy, held
from keyring.backend import KeyringBackend
from partner_process import PartnerServer
from PySide6.QtCore import QCoreApplication, QEvent, qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from window_driver import WindowDriver

from studio.app.studio import Studio
from studio.cli import Options
from studio.server.seed import personas as seeds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZE = (1360, 860)
_TROUBLE = (" ERROR ", " CRITICAL ", "Traceback")


def _make_loop() -> asyncio.AbstractEventLoop:
    """As the program makes it: Qt's loop on this thread, plain threads for the rest."""
    from qasync import QEventLoop

    loop = QEventLoop(QApplication.instance() or QApplication([]))
    loop.set_default_executor(ThreadPoolExecutor(4, thread_name_prefix="studio"))
    return loop


def loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Coroutines run on Qt's loop, as in the program."""
    return {"qt": _make_loop}


class KeysInMemory(KeyringBackend):
    """A system keyring that lasts as long as a test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """The kept one."""
        return self._kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        self._kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""
        self._kept.pop((service, username), None)


@pytest.fixture
def keys() -> Iterator[KeysInMemory]:
    """The keyring of the test."""
    before = keyring.get_keyring()
    made = KeysInMemory()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def process_hooks() -> Iterator[None]:
    """Give back what a run of the program takes over in its process."""
    hooks = sys.excepthook, threading.excepthook
    signals = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    sys.excepthook, threading.excepthook = hooks
    qInstallMessageHandler(None)
    for number, answer in signals.items():
        signal.signal(number, answer)
    faulthandler.disable()
    for handler in [handler for handler in root.handlers if handler not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data of a server whose demonstration projects have all their portraits; copied per test."""
    folder = tmp_path_factory.mktemp("demo") / "server"
    server = PartnerServer(folder, ("--render-seconds", "0.5")).start()
    try:
        _wait_for_portraits(server)
    finally:
        server.stop()
    (folder / "port").unlink(missing_ok=True)
    return folder


def _wait_for_portraits(server: PartnerServer) -> None:
    wanted = {
        each.name: each.reference_count for project in seeds() for each in project.influencers
    }
    end = time.monotonic() + 50
    with httpx.Client(base_url=server.url, headers={"X-Api-Key": server.key}) as api:
        ids = [
            row["influencerId"]
            for project in api.get("/v1/projects").json()["items"]
            for row in api.get(f"/v1/projects/{project['id']}/influencers").json()["items"]
        ]
        while ids and time.monotonic() < end:
            record = api.get(f"/v1/influencers/{ids[-1]}").json()
            images = record["referenceImages"]
            if len(images) >= wanted.get(record["name"], 0):
                # A server may draw a picture when it is asked for first: ask now, once for all.
                for image in images:
                    api.get(image["thumbnailUrl"]).raise_for_status()
                ids.pop()
            else:
                time.sleep(0.1)
    if ids:
        raise TimeoutError("the demonstration portraits were not drawn")


@dataclass
class Scene:
    """What a window test plays in: server, network, keyring, the person's folder.

    ``async with scene`` ends it all within the test's own run of the loop: pytest-qt turns Qt's
    loop between test and teardown, where nothing of the program may still be alive.
    """

    root: Path
    demo_data: Path
    keys: KeysInMemory
    application: QApplication
    server: PartnerServer | None = None
    proxy: FaultProxy | None = None
    opened: list[WindowDriver] = field(default_factory=list)
    expected_trouble: tuple[str, ...] = ()
    seconds: float = 50.0
    _clients: list[httpx.Client] = field(default_factory=list)
    _gate: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def data_dir(self) -> Path:
        """The program's own folder, the same at every start of the test."""
        return self.root / "program"

    @property
    def net(self) -> FaultProxy:
        """The network between program and server."""
        assert self.proxy is not None
        return self.proxy

    async def serve(self, *options: str) -> None:
        """Start the server and the network before it; the program will know its key."""
        folder = self.root / "partner"
        shutil.copytree(self.demo_data, folder)
        self.server = PartnerServer(folder, options or ("--render-seconds", "1")).start()
        self.proxy = FaultProxy(self.server.url)
        await self.proxy.online()
        self.keys.set_password("persona-studio", self.proxy.url, self.server.key)

    async def open(self, **options: Any) -> WindowDriver:
        """Start the program, window and all; against the network if there is one."""
        server = self.proxy.url if self.proxy is not None else ""
        made = Options(**{"data_dir": self.data_dir, "server": server, "size": SIZE, **options})
        studio = Studio(made)
        studio.dress(self.application)
        studio.theme.set_mode("light")
        driver = WindowDriver(studio)
        self.opened.append(driver)
        await studio.open()
        await driver.until("the editor was built", lambda: driver.window.editor_view is not None)
        return driver

    def start_child(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the program in a process of its own, which may be killed; see window_child.py."""
        assert self.server is not None
        script = Path(__file__).with_name("window_child.py")
        known = (str(self.data_dir), self.net.url, self.server.key)
        return subprocess.Popen(
            [sys.executable, str(script), *known, *arguments],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        )

    def hold(self, method: str = "*", path: str = "", times: float = float("inf")) -> None:
        """Take such requests and answer nothing until :meth:`release`."""
        self.net.when(method, path, held(self._gate), times)

    def release(self) -> None:
        """Let what is held and what comes go on."""
        self.net.behave()
        self._gate.set()
        self._gate = asyncio.Event()

    def prepare_local(self) -> Path:
        """Give the bundled server its demonstration portraits before the first start."""
        folder = self.data_dir / "data" / "local" / "server"
        shutil.copytree(self.demo_data, folder)
        return folder

    def api(self) -> httpx.Client:
        """A second client: somebody else at the server, not through the network's faults."""
        if self.server is not None:
            url, key = self.server.url, self.server.key
        else:
            folder = self.data_dir / "data" / "local" / "server"
            url = f"http://127.0.0.1:{(folder / 'port').read_text().strip()}"
            key = (folder / "key").read_text().strip()
        client = httpx.Client(base_url=url, headers={"X-Api-Key": key})
        self._clients.append(client)
        return client

    async def __aenter__(self) -> Scene:
        # The alarm of pytest-timeout would be lost inside Qt's loop: this one ends the test.
        self._limit = asyncio.timeout(self.seconds)
        await self._limit.__aenter__()
        return self

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            await self._limit.__aexit__(kind, error, trace)
        finally:
            await self._leave(failed=kind is not None)

    async def _leave(self, *, failed: bool) -> None:
        async with asyncio.timeout(20):
            await self._end()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        # Deleted here, so that widgets of this test are not swept up again after the next.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        if not failed:
            assert not tasks, f"tasks left behind: {tasks}"
            assert not self.trouble(), "\n".join(self.trouble())

    async def _end(self) -> None:
        for driver in self.opened:
            await driver.close()
        if self.proxy is not None:
            self.release()
            await self.proxy.offline()
            while any("FaultProxy" in repr(task) for task in asyncio.all_tasks()):
                await asyncio.sleep(0.01)
        if self.server is not None:
            self.server.stop()
        for client in self._clients:
            client.close()

    def trouble(self) -> list[str]:
        """Lines of the program's log that tell of an error nobody planned."""
        log = self.data_dir / "data" / "logs" / "studio.log"
        lines = log.read_text("utf-8").splitlines() if log.exists() else []
        return [
            line
            for line in lines
            if any(word in line for word in _TROUBLE)
            and not any(planned in line for planned in self.expected_trouble)
        ]


@pytest.fixture
def scene(
    tmp_path: Path,
    demo_data: Path,
    keys: KeysInMemory,
    qapp: QApplication,
    process_hooks: None,
) -> Scene:
    """A place to open the program in, by ``async with scene``."""
    # As in the program: closing a window must not stop the loop under whoever closes it.
    qapp.setQuitOnLastWindowClosed(False)
    return Scene(tmp_path, demo_data, keys, qapp)
