"""Pictures come when they can be shown, and only pictures do."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtGui import QColor, QImage

from studio.core.tasks import TaskScope
from studio.viewmodels import pictures as module
from studio.viewmodels.pictures import PictureLoader, decode


def _load(name: str):
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


w = _load("gallery_world")

SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">
<image href="/etc/passwd" width="64" height="64"/><rect width="64" height="64" fill="red"/></svg>"""


def save(path: Path, width: int, height: int, color: str = "teal") -> Path:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    assert image.save(str(path))
    return path


class Room(w.World):
    def __init__(self) -> None:
        super().__init__()
        self.loader = PictureLoader(self.pictures, self.scope)
        self.loaded: list[str] = []
        self.loader.loaded.connect(self.loaded.append)


@pytest_asyncio.fixture
async def room(qapp):
    made = Room()
    yield made
    await made.close()


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_a_picture_is_decoded_so_that_it_covers_the_square(qapp, tmp_path, suffix):
    image = decode(save(tmp_path / f"p.{suffix}", 800, 400), 128)
    assert (image.width(), image.height()) == (256, 128)


def test_a_small_picture_is_not_blown_up(qapp, tmp_path):
    image = decode(save(tmp_path / "p.png", 40, 30), 128)
    assert (image.width(), image.height()) == (40, 30)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("picture.svg", SVG),
        ("picture.png", SVG),
        ("picture.png", b"\x89PNG\r\n\x1a\nbroken"),
        ("picture.jpg", b""),
        ("picture.png", b"<html>not found</html>"),
        ("picture.bmp", b"BM" + bytes(60)),
    ],
)
def test_what_is_no_picture_is_refused(qapp, tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    assert decode(path, 128) is None


def test_a_cut_picture_and_a_missing_file_are_refused(qapp, tmp_path):
    whole = save(tmp_path / "whole.png", 300, 300).read_bytes()
    cut = tmp_path / "cut.png"
    cut.write_bytes(whole[:60])
    assert decode(cut, 128) is None
    assert decode(tmp_path / "nothing.png", 128) is None


async def test_a_stored_picture_comes_without_a_fetch(room, tmp_path):
    room.pictures.stored_files["a"] = save(tmp_path / "a.png", 200, 200)
    assert room.loader.image("a", 64) is None
    await room.settle()
    assert room.loaded == ["a"]
    assert room.loader.image("a", 64).width() == 64
    assert room.pictures.fetched == []


async def test_another_size_is_shown_until_the_right_one_is_there(room, tmp_path):
    room.pictures.stored_files["a"] = save(tmp_path / "a.png", 400, 400)
    room.loader.image("a", 64)
    await room.settle()
    assert room.loader.image("a", 128).width() == 64
    await room.settle()
    assert room.loader.image("a", 128).width() == 128


async def test_one_that_cannot_be_had_is_not_asked_for_at_every_paint(room, tmp_path):
    for _ in range(5):
        assert room.loader.image("gone", 64) is None
        await room.settle()
    assert room.pictures.fetched == ["gone"]
    room.pictures.remote_files["gone"] = save(tmp_path / "g.png", 80, 80)
    room.loader.forget_failures()
    assert room.loaded == [""]
    room.loader.image("gone", 64)
    await room.settle()
    assert room.loader.image("gone", 64) is not None


async def test_nothing_is_loaded_without_an_address(room):
    assert room.loader.image(None, 64) is None
    assert room.loader.image("", 64) is None
    assert room.scope.running == ()


async def test_what_was_scrolled_past_is_let_go_and_the_newest_comes_first(room, tmp_path):
    file = save(tmp_path / "a.png", 80, 80)
    room.pictures.stored_files = {f"u{number}": file for number in range(1000)}
    for number in range(1000):
        room.loader.image(f"u{number}", 64)
    await room.settle()
    assert "u999" in room.loaded[:4]
    assert "u500" not in room.loaded
    assert len(room.loaded) < 300
    assert room.loader.image("u500", 64) is None
    await room.settle()
    assert "u500" in room.loaded


async def test_the_cache_is_bounded_by_bytes(room, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_CACHE_BYTES", 10 * 64 * 64 * 4)
    for number in range(30):
        room.pictures.stored_files[f"u{number}"] = save(tmp_path / f"{number}.png", 64, 64)
        room.loader.image(f"u{number}", 64)
        await room.settle()
    kept = [n for n in range(30) if room.loader.image(f"u{n}", 64) is not None]
    assert kept == list(range(20, 30))
    await room.settle()


async def test_a_closed_program_loads_nothing(qapp, tmp_path):
    scope = TaskScope("closed")
    loader = PictureLoader(w.Pictures({"a": save(tmp_path / "a.png", 80, 80)}), scope)
    await scope.close()
    assert loader.image("a", 64) is None


async def test_a_passing_trouble_heals_by_itself(room, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_RETRY_SECONDS", (0.02, 0.05))
    room.loader.loaded.connect(lambda _url: room.loader.image("late", 64))
    room.loader.image("late", 64)
    await room.until(lambda: len(room.pictures.fetched) >= 2)
    room.pictures.remote_files["late"] = save(tmp_path / "l.png", 80, 80)
    await room.until(lambda: room.loader.image("late", 64) is not None)
    tries = len(room.pictures.fetched)
    await room.settle()
    assert len(room.pictures.fetched) == tries
