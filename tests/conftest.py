"""What holds for every test: no real user data, no network, nothing left behind."""

from __future__ import annotations

import errno
import gc
import ipaddress
import itertools
import os
import shutil
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Both are read once, when Qt and qasync are first imported, which is after this file.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"

_HOMES = Path(tempfile.mkdtemp(prefix="studio-tests-"))
_HOME_NUMBERS = itertools.count()
_HOME_VARIABLES = {
    "HOME": "",
    "USERPROFILE": "",
    "APPDATA": "AppData/Roaming",
    "LOCALAPPDATA": "AppData/Local",
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
    "XDG_CACHE_HOME": ".cache",
    "XDG_RUNTIME_DIR": "run",
}


def _new_home() -> dict[str, str]:
    """An empty home folder; the variables that make programs use it."""
    home = _HOMES / str(next(_HOME_NUMBERS))
    variables = {}
    for name, below in _HOME_VARIABLES.items():
        folder = home / below
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        variables[name] = str(folder)
    return variables


# For what runs outside a test: module and session fixtures, collection.
os.environ.update(_new_home())
# The secrets of the person at the keyboard are out of reach as well.
os.environ["DBUS_SESSION_BUS_ADDRESS"] = "disabled:"
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")

hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
)


class NetworkRefused(OSError):
    """A test reached for an address that is not on this computer."""


class NetworkGuard:
    """Lets sockets reach this computer alone and remembers who tried more."""

    def __init__(self) -> None:
        self.refused: list[str] = []
        self._originals: list[tuple[Any, str, Any]] = []

    def install(self) -> None:
        """Put the guard before the standard library's sockets."""
        for name in ("connect", "connect_ex"):
            self._wrap_connect(name)
        lookup = socket.getaddrinfo

        def guarded_lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
            if is_never_a_host(host):
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            self._check(host)
            return lookup(host, *args, **kwargs)

        self._originals.append((socket, "getaddrinfo", lookup))
        socket.getaddrinfo = guarded_lookup

    def remove(self) -> None:
        """Give the standard library its own functions back."""
        while self._originals:
            owner, name, original = self._originals.pop()
            setattr(owner, name, original)

    def _wrap_connect(self, name: str) -> None:
        original = getattr(socket.socket, name)

        def guarded(sock: socket.socket, address: Any) -> Any:
            if sock.family in (socket.AF_INET, socket.AF_INET6):
                self._check(address[0])
            return original(sock, address)

        self._originals.append((socket.socket, name, original))
        setattr(socket.socket, name, guarded)

    def _check(self, host: Any) -> None:
        if not is_this_computer(host):
            self.refused.append(str(host))
            raise NetworkRefused(errno.ENETUNREACH, f"Tests reach this computer only, not {host}")


def is_this_computer(host: Any) -> bool:
    """Whether `host` (a name, an address, or None for any) is a loopback one."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(host).split("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def is_never_a_host(host: Any) -> bool:
    """Whether `host` is a name kept free for examples, which tests use for "no such server"."""
    return str(host).rstrip(".").endswith((".invalid", ".test", ".example"))


_GUARD = NetworkGuard()


def pytest_addoption(parser: pytest.Parser) -> None:
    """How often the long tests of the workspace file do it; few by default, many under CI."""
    group = parser.getgroup("studio")
    group.addoption("--kills", type=int, help="kill -9 of a child at work (tests/store)")
    group.addoption("--cuts", type=int, help="torn write-ahead logs (tests/store)")
    group.addoption("--damages", type=int, help="damaged workspace files (tests/store)")


def pytest_configure() -> None:
    """Begin the guard before any test module is imported."""
    _GUARD.install()


def pytest_unconfigure() -> None:
    """End the guard and remove every home folder of the run."""
    _GUARD.remove()
    shutil.rmtree(_HOMES, ignore_errors=True)


_tests_done = 0


@pytest.fixture(autouse=True)
def private_home(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own, so it finds nothing and leaves nothing."""
    variables = _new_home()
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Path(variables["HOME"])


@pytest.fixture(autouse=True)
def only_this_computer() -> Iterator[NetworkGuard]:
    """Fail a test that reached beyond loopback, even when its code took that for "offline"."""
    _GUARD.refused.clear()
    yield _GUARD
    if _GUARD.refused:
        pytest.fail(f"The test reached for the network: {sorted(set(_GUARD.refused))}")


@pytest.fixture(autouse=True)
def garbage_on_this_thread() -> Iterator[None]:
    """Collect cycles here and nowhere else, as the program does (studio/desktop/collector.py):
    a worker thread that destroys a Qt object crashes a later test."""
    gc.disable()
    yield
    global _tests_done  # noqa: PLW0603 - counts over the whole run
    _tests_done += 1
    gc.collect(2 if _tests_done % 20 == 0 else 1)


@pytest.fixture(autouse=True)
def nothing_left_behind(private_home: Path, only_this_computer: NetworkGuard) -> Iterator[None]:
    """Fail a test that leaves a thread running or a window open."""
    before = set(threading.enumerate())
    yield
    problems = [*_threads_left(before), *_windows_left()]
    if problems:
        pytest.fail("Left behind: " + "; ".join(problems))


def _threads_left(before: Iterable[threading.Thread], patience: float = 2.0) -> list[str]:
    """Threads started since that would keep the process alive, after `patience` seconds to end."""
    deadline = time.monotonic() + patience
    left = []
    for thread in set(threading.enumerate()) - set(before):
        # The time limit of pytest-timeout is a thread of its own on some systems.
        if thread.daemon or thread.name.startswith("pytest_timeout"):
            continue
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            left.append(f"thread {thread.name}")
    return left


def _windows_left() -> list[str]:
    """Windows still on the screen; they are closed, so that the next test is not blamed."""
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return []
    left = []
    for window in widgets.QApplication.topLevelWidgets():
        if window.isVisible():
            left.append(f"window {type(window).__name__} {window.windowTitle()!r}")
            window.hide()
            window.deleteLater()
    return left
