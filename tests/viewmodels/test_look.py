"""Reference images: every way in ends in the upload service, and every refusal is in words."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import QByteArray, QMimeData, QUrl
from PySide6.QtGui import QGuiApplication, QImage

from studio.core.errors import TryLater
from studio.core.events import EventHub
from studio.core.tasks import TaskScope
from studio.domain.events import Notice
from studio.domain.influencer import ReferenceImage
from studio.domain.upload import Upload
from studio.viewmodels.drops import accepts, count_in, images_in
from studio.viewmodels.editor import EditorViewModel
from studio.viewmodels.look import LookViewModel


def _load(name: str):
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


w = _load("editor_world")
until = w.until


class Room:
    def __init__(self, scope: TaskScope) -> None:
        self.hub = EventHub()
        self.desk = w.Desk(self.hub)
        self.contact = w.Contact(self.hub)
        self.incoming = w.Incoming(self.hub)
        self.editor = EditorViewModel(self.desk, self.contact, self.hub, scope)
        self.look = LookViewModel(
            self.editor, self.incoming, self.contact, self.hub, scope, clock=w.HandClock()
        )
        self.notices: list[Notice] = []
        self.hub.subscribe(Notice, self.notices.append)
        self.desk.add(w.nova(), w.ava())

    async def open(self, influencer_id: str = "inf_nova") -> LookViewModel:
        self.editor.open(influencer_id)
        await until(lambda: self.editor.influencer_id == influencer_id)
        return self.look

    def put(self, state: str, **values) -> None:
        made = Upload("up_1", "p1", "inf_nova", "nova-desk.jpg", state, **values)
        self.incoming.put("inf_nova", made)


@pytest_asyncio.fixture
async def room(qapp):
    errors: list[BaseException] = []
    scope = TaskScope("test", errors.append)
    made = Room(scope)
    yield made
    await made.look.close()
    await made.editor.close()
    await scope.close()
    assert not errors, errors


def picture(color: str = "teal") -> QImage:
    image = QImage(24, 24, QImage.Format.Format_RGB32)
    image.fill(color)
    return image


def dropped(*paths: Path | str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def test_pictures_are_taken_and_the_rest_is_refused_in_words(tmp_path):
    found = images_in(dropped(tmp_path / "a.png", tmp_path / "b.HEIC", tmp_path / "notes.txt"))
    assert [path.name for path in found.paths] == ["a.png", "b.HEIC"]
    assert found.refused == "“notes.txt” is not a picture. PNG, JPEG, WebP and HEIC can be added."
    assert found.count == 2


def test_a_text_file_alone_is_refused_while_it_is_still_in_the_hand(tmp_path):
    mime = dropped(tmp_path / "notes.txt")
    assert "notes.txt" in accepts(mime)
    assert count_in(mime) == 0
    assert images_in(mime).paths == ()


def test_several_other_files_are_counted(tmp_path):
    assert accepts(dropped(tmp_path / "a.txt", tmp_path / "b.pdf")).startswith("2 files")


def test_an_svg_is_not_taken(tmp_path):
    assert accepts(dropped(tmp_path / "logo.svg"))


def test_a_file_without_an_ending_is_judged_later(tmp_path):
    assert accepts(dropped(tmp_path / "IMG_0001")) == ""


def test_the_same_file_twice_is_one(tmp_path):
    mime = dropped(tmp_path / "a.png", tmp_path / "a.png")
    assert count_in(mime) == 1
    assert len(images_in(mime).paths) == 1


def test_image_data_is_taken_and_files_come_before_it(qapp, tmp_path):
    mime = QMimeData()
    mime.setImageData(picture())
    assert accepts(mime) == ""
    assert len(images_in(mime).images) == 1
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.png"))])
    both = images_in(mime)
    assert len(both.paths) == 1
    assert both.images == ()


def test_a_link_of_a_web_page_and_plain_text_are_refused_in_words():
    link = QMimeData()
    link.setUrls([QUrl("https://shop.example/a.png")])
    assert "web page" in accepts(link)
    text = QMimeData()
    text.setText("hello")
    assert accepts(text).startswith("There is no picture")


def test_broken_image_data_is_refused(qapp):
    mime = QMimeData()
    mime.setData("image/png", QByteArray(b"not a picture"))
    found = images_in(mime)
    assert found.count == 0
    assert found.refused


async def test_dropped_files_reach_the_uploads_of_the_open_influencer(room, tmp_path):
    look = await room.open()
    assert look.add_mime(dropped(tmp_path / "a.png", tmp_path / "notes.txt")) == 1
    await until(lambda: room.incoming.taken == [("inf_nova", tmp_path / "a.png")])
    assert "notes.txt" in room.notices[0].sentence
    await until(lambda: len(look.tiles) == 5)
    assert look.tiles[-1].caption == "a.png · preparing"


async def test_a_pasted_picture_arrives_whole(room):
    look = await room.open()
    QGuiApplication.clipboard().setImage(picture("orange"))
    assert look.paste() == 1
    await until(lambda: room.incoming.taken)
    influencer_id, data = room.incoming.taken[0]
    assert influencer_id == "inf_nova"
    arrived = QImage.fromData(data)
    assert arrived.size() == picture().size()
    assert arrived.pixelColor(3, 3).name() == "#ffa500"


async def test_nothing_is_taken_without_an_influencer(room, tmp_path):
    room.look.add_files([tmp_path / "a.png"])
    assert not room.look.can_add
    assert room.incoming.taken == []


async def test_tiles_follow_the_steps_of_an_upload(room):
    look = await room.open()
    assert [tile.is_anchor for tile in look.tiles] == [True, False, False, False]
    assert look.tiles[0].caption == "bound 18 Apr"
    room.put("uploading", size=3_300_000, sent=2_100_000, path="/tmp/x.png")
    await until(lambda: len(look.tiles) == 5)
    assert look.tiles[4].caption == "nova-desk.jpg · 2.1 of 3.3 MB"
    assert look.tiles[4].progress == pytest.approx(0.636, abs=0.001)
    room.put("waiting")
    await until(lambda: look.tiles[4].state == "waiting")
    assert look.tiles[4].caption == "waiting to be sent"
    room.contact.become("offline")
    assert look.tiles[4].caption == "waiting for connection"
    room.put("not_found", path="/tmp/x.png")
    await until(lambda: look.tiles[4].state == "failed")
    assert look.tiles[4].caption == "Not found on the server."
    assert look.tiles[4].retry_words == "Upload again"
    look.retry("up_1")
    await until(lambda: room.incoming.log == [("retry", "up_1")])
    room.put("refused", problem="It is larger than 20 MB.")
    await until(lambda: "larger" in look.tiles[4].caption)
    assert look.tiles[4].can_remove
    look.remove("up_1")
    await until(lambda: len(look.tiles) == 4)


async def test_an_image_that_was_bound_is_one_tile(room):
    look = await room.open()
    room.put("binding", asset_id="med_9")
    await until(lambda: len(look.tiles) == 5)
    assert look.tiles[4].caption == "nova-desk.jpg · adding to Nova"
    images = (*w.nova().reference_images, ReferenceImage("med_9", "https://media.example/9.png"))
    room.desk.put(replace(w.nova(), reference_images=images))
    await until(lambda: look.bound_count == 5)
    assert len(look.tiles) == 5
    assert look.tiles[4].caption == "bound"


async def test_switching_shows_only_the_uploads_of_the_open_one(room):
    look = await room.open()
    room.put("waiting")
    await until(lambda: len(look.tiles) == 5)
    await room.open("inf_ava")
    await until(lambda: look.tiles == ())
    await room.open("inf_nova")
    await until(lambda: len(look.tiles) == 5)


async def test_an_error_of_the_service_is_told(room, tmp_path):
    look = await room.open()
    room.incoming.error = TryLater("There is no room on the disk.")
    look.add_files([tmp_path / "a.png"])
    await until(lambda: room.notices)
    assert room.notices[0].sentence == "There is no room on the disk."
    assert room.notices[0].is_problem


async def test_previews_show_our_own_copy(room, tmp_path):
    look = await room.open()
    path = tmp_path / "copy.png"
    picture("purple").save(str(path))
    assert look.previews.image(str(path), 12) is None
    await until(lambda: look.previews.image(str(path), 12) is not None)
    assert look.previews.image(str(path), 12).width() == 12
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"nothing")
    assert look.previews.image(str(broken), 12) is None
