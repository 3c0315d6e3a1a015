"""The server as a process: what it prints, keeps, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from studio.server.auth import parse_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_it_keeps_key_port_and_data_but_leaves_a_taken_port_for_another(
    start_process: Callable[..., Any],
) -> None:
    import socket

    first = start_process("--empty", "--tier", "standard")
    assert first.url.startswith("http://127.0.0.1:")
    assert parse_key(first.key) is not None
    with first.client() as api:
        assert api.get("/v1/whoami").json()["rateLimitTier"] == "standard"
        # A client that keeps its connection open must not hold it up.
        started = time.monotonic()
        assert first.stop() == 0
        assert time.monotonic() - started < 3
    again = start_process("--empty")
    assert (again.url, again.key) == (first.url, first.key)
    with again.client() as api:
        assert api.get("/v1/whoami").json()["rateLimitTier"] == "partner"
    again.stop()
    port = int(first.url.rpartition(":")[2])
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        third = start_process("--empty")
        assert third.url != first.url
        with third.client() as api:
            assert api.get("/v1/whoami").status_code == 200


@pytest.mark.skipif(os.name != "posix", reason="file modes are a matter of POSIX")
def test_nothing_it_writes_can_be_read_by_others(
    server: Any, api: httpx.Client, project: str, upload: Any, finished: Any
) -> None:
    upload(api, project)
    where = f"/v1/projects/{project}/influencers"
    finished(api, api.post(where, json={"name": "Juno"}).json()["jobId"])
    written = [server.data_dir, *server.data_dir.rglob("*")]
    assert len(written) > 8
    for path in written:
        # Other tests' jobs go on here, and their partial files come and go.
        with contextlib.suppress(FileNotFoundError):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_the_key_is_printed_to_the_parent_and_stored_nowhere_else(
    server: Any, api: httpx.Client
) -> None:
    assert api.get("/v1/whoami").status_code == 200
    key = parse_key(server.key)
    assert key is not None
    for path in server.data_dir.rglob("*"):
        with contextlib.suppress(FileNotFoundError, IsADirectoryError):
            assert path.name == "key" or key.secret.encode() not in path.read_bytes(), path


def test_it_ends_when_its_parent_is_killed(tmp_path: Path, wait_until: Callable[..., Any]) -> None:
    parent_code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'studio.server', '--empty',"
        f" '--watch-stdin', '--data-dir', {str(tmp_path)!r}], stdin=subprocess.PIPE,"
        " stdout=subprocess.PIPE)\n"
        "print(child.stdout.readline().decode(), end='', flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", parent_code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        told = json.loads(parent.stdout.readline())
        answer = httpx.get(f"{told['url']}/v1/whoami", headers={"X-Api-Key": told["key"]})
        assert answer.status_code == 200
        parent.kill()

        def gone() -> bool:
            try:
                httpx.get(f"{told['url']}/v1/whoami")
            except httpx.ConnectError:
                return True
            return False

        wait_until(gone, 10)


def test_a_second_server_leaves_the_folder_alone_and_the_first_ends_with_its_parent(
    start_process: Callable[..., Any],
) -> None:
    first = start_process("--empty", "--watch-stdin")
    second = subprocess.run(
        [sys.executable, "-m", "studio.server", "--data-dir", first.data_dir, "--empty"],
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert second.returncode == 2
    assert second.stdout == b""
    assert b"Another server" in second.stderr
    with first.client() as api:
        assert api.get("/v1/whoami").status_code == 200
    first.process.stdin.close()
    assert first.process.wait(timeout=10) == 0


def test_a_database_that_cannot_be_opened_ends_it_with_an_error(tmp_path: Path) -> None:
    (tmp_path / "partner.db").write_bytes(b"this is no database" * 100)
    ended = subprocess.run(
        [sys.executable, "-m", "studio.server", "--data-dir", tmp_path, "--empty"],
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode not in (0, 2)
    assert b"not a database" in ended.stderr


def test_no_qt_is_ever_loaded_and_nothing_large_before_it_is_needed() -> None:
    code = (
        "import studio.server.__main__, studio.server.host, studio.server.app, sys\n"
        "import studio.server.drawings, studio.server.first_start, studio.server.launcher\n"
        "large = {'pydantic', 'dbos', 'PIL', 'dicebear', 'resvg_py'}\n"
        "print(sorted(large & set(sys.modules)))\n"
        "import studio.server.workflows, studio.server.schemas, studio.server.portraits\n"
        "print([n for n in sys.modules if n.startswith(('PySide6', 'qasync'))])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert told.stdout.split() == [b"[]", b"[]"]
