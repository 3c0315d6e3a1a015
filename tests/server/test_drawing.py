"""Drawing elsewhere and on demand: the same picture, once, and no process left behind."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from PIL import Image

from studio.server.auth import new_key
from studio.server.config import ServerConfig
from studio.server.drawing_process import DrawingProcesses
from studio.server.drawings import Drawings
from studio.server.first_start import prepare_account
from studio.server.media_files import MediaFiles
from studio.server.portraits import Identity, PortraitRenderer, ToonHeadRenderer, identity_for
from studio.server.renders import Renders
from studio.server.storage import Storage
from studio.server.tables import drawings
from studio.server.times import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WHO = identity_for(
    "inf_01", gender=None, age_range=None, hair_color=None, hair_style=None, ethnicity=None
)


def drawing_processes(of: int | None = None) -> list[psutil.Process]:
    """The drawing processes of a process, which is this one if not said otherwise."""
    return [each for each in psutil.Process(of).children() if _draws(each)]


def _draws(process: psutil.Process) -> bool:
    try:
        return any("drawing_process" in argument for argument in process.cmdline())
    except psutil.Error:
        return False


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[DrawingProcesses]:
    renderer = DrawingProcesses()
    yield renderer
    renderer.close()
    assert not drawing_processes()


@pytest.fixture
def newly_elsewhere() -> Iterator[DrawingProcesses]:
    """One that has no process yet."""
    renderer = DrawingProcesses()
    yield renderer
    renderer.close()


def test_it_is_the_same_picture_as_drawn_here(elsewhere: DrawingProcesses) -> None:
    here = ToonHeadRenderer()
    for variation in range(3):
        assert elsewhere.render(WHO, variation, 64) == here.render(WHO, variation, 64)


def test_what_cannot_be_drawn_is_refused_and_the_next_is_drawn(elsewhere: DrawingProcesses) -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="cannot draw variation -1"):
            elsewhere.render(WHO, -1, 64)
    assert elsewhere.render(WHO, 0, 64).startswith(b"\x89PNG")


def test_a_process_that_was_killed_is_replaced(newly_elsewhere: DrawingProcesses) -> None:
    before = drawing_processes()
    first = newly_elsewhere.render(WHO, 0, 64)
    (process,) = set(drawing_processes()) - set(before)
    process.kill()
    assert newly_elsewhere.render(WHO, 0, 64) == first


def test_several_at_a_time_get_their_own(elsewhere: DrawingProcesses) -> None:
    before = len(drawing_processes())
    with ThreadPoolExecutor(3) as pool:
        drawn = list(pool.map(lambda variation: elsewhere.render(WHO, variation, 64), range(12)))
    here = ToonHeadRenderer()
    assert drawn == [here.render(WHO, variation, 64) for variation in range(12)]
    assert len(drawing_processes()) <= before + 3


def test_the_processes_end_when_nothing_is_drawn(wait_until: Callable[..., Any]) -> None:
    before = set(drawing_processes())
    renderer = DrawingProcesses(idle_s=0.05)
    for _ in range(2):
        assert renderer.render(WHO, 0, 64)
        wait_until(lambda: not set(drawing_processes()) - before)
    renderer.close()


def test_a_file_in_the_working_folder_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, newly_elsewhere: DrawingProcesses
) -> None:
    for name in ("json", "dicebear", "resvg_py"):
        (tmp_path / f"{name}.py").write_text("open('was-run', 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    assert newly_elsewhere.render(WHO, 0, 64)
    assert not (tmp_path / "was-run").exists()


def test_they_end_with_a_server_that_is_killed(
    start_process: Callable[..., Any], wait_until: Callable[..., Any], finished: Any
) -> None:
    process = start_process("--empty", "--render-seconds", "0.1", "--picture-side", "32")
    with process.client() as api:
        project = api.post("/v1/projects", json={"name": "P", "timezone": "UTC"}).json()["id"]
        job = api.post(f"/v1/projects/{project}/influencers", json={"name": "J"}).json()["jobId"]
        finished(api, job)
    drawing = drawing_processes(process.process.pid)
    assert drawing
    process.kill()
    wait_until(lambda: not any(each.is_running() for each in drawing))


class SlowCountingRenderer:
    """A real renderer that waits to be let go, and remembers what it drew."""

    def __init__(self) -> None:
        self.drawn: list[tuple[int, int]] = []
        self.most_at_a_time = 0
        self.go = threading.Event()
        self._now = 0
        self._lock = threading.Lock()

    def render(self, identity: Identity, variation: int, size: int) -> bytes:
        with self._lock:
            self._now += 1
            self.most_at_a_time = max(self.most_at_a_time, self._now)
            self.drawn.append((variation, size))
        assert self.go.wait(10)
        data = ToonHeadRenderer().render(identity, variation, size)
        with self._lock:
            self._now -= 1
        return data


class Stage:
    """Pictures on demand without a server around them."""

    def __init__(self, folder: Path, renderer: PortraitRenderer, **settings: Any) -> None:
        self.config = ServerConfig(folder, **settings)
        self.storage = Storage(self.config.main_database_url)
        self.files = MediaFiles(self.config.media_dir)
        self.storage.open()
        self.files.prepare()
        with self.storage.transaction() as connection:
            prepare_account(connection, self.config, new_key(), utc_now())
            self.assets = [row.asset_id for row in connection.execute(drawings.select().limit(3))]
        renders = Renders(self.config, self.storage, self.files, utc_now, renderer)
        self.pictures = Drawings(self.config, self.storage, self.files, renders)

    def close(self) -> None:
        self.pictures.open()
        self.pictures.stop()
        self.pictures.close()
        self.storage.close()


async def test_pictures_have_the_size_of_others(tmp_path: Path) -> None:
    stage = Stage(tmp_path, ToonHeadRenderer())
    asset = stage.assets[0]
    for file, side in ((stage.files.thumbnail, 384), (stage.files.original, 768)):
        assert await stage.pictures.make(asset, small=side == 384)
        assert Image.open(file(asset)).size == (side, side)
    stage.close()


async def test_however_many_ask_each_file_is_drawn_once_and_two_at_a_time(tmp_path: Path) -> None:
    renderer = SlowCountingRenderer()
    stage = Stage(tmp_path, renderer, picture_side=48)
    # Everybody asks for everything, and one of them hangs up.
    asking = [
        asyncio.ensure_future(stage.pictures.make(asset, small=small))
        for _ in range(5)
        for asset in stage.assets
        for small in (True, False)
    ]
    await asyncio.sleep(0)
    asking[0].cancel()
    renderer.go.set()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert all(answer is True for answer in answers[1:])
    assert len(renderer.drawn) == 6
    assert renderer.most_at_a_time <= 2
    assert {file.name for file in stage.config.media_dir.iterdir()} == {
        path(asset).name
        for asset in stage.assets
        for path in (stage.files.original, stage.files.thumbnail)
    }
    assert await stage.pictures.make("med_unknown", small=True) is False
    stage.close()


def test_a_drawing_that_nobody_waits_for_any_more_ends_without_a_word():
    """As when the server is stopped while a portrait is being drawn."""
    process = subprocess.Popen(
        [sys.executable, "-m", "studio.server.drawing_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.close()
    asked = {"identity": WHO.to_json(), "variation": 0, "size": 64}
    _, said = process.communicate(json.dumps(asked).encode() + b"\n", timeout=30)
    assert (process.returncode, said) == (0, b"")
