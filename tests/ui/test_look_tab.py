"""The Look tab: every state of an image is told, and each can be acted on without a mouse."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from pathlib import Path

import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.core.errors import TryLater
from studio.core.events import EventHub
from studio.core.tasks import TaskScope
from studio.domain.events import Notice, UploadsChanged
from studio.domain.upload import Upload
from studio.ui.editor.editor_view import EditorView
from studio.viewmodels.editor import EditorViewModel
from studio.viewmodels.look import LookViewModel
from studio.viewmodels.pictures import PictureLoader


def _world():
    name = "editor_world"
    if name not in sys.modules:
        path = Path(__file__).parent.parent / "viewmodels" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


w = _world()
until = w.until


class Folder:
    """Pictures in a folder; what is not there cannot be had."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def stored(self, url: str) -> Path | None:
        found = self.path / url.rsplit("/", 1)[-1]
        return found if found.exists() else None

    async def fetch(self, url: str) -> Path:
        raise TryLater("There is no contact.", no_contact=True)


class Room:
    def __init__(self, scope: TaskScope, theme, folder: Path) -> None:
        self.folder = folder
        self.hub = EventHub()
        self.desk = w.Desk(self.hub)
        self.contact = w.Contact(self.hub)
        self.incoming = w.Incoming(self.hub)
        self.editor = EditorViewModel(self.desk, self.contact, self.hub, scope)
        self.look = LookViewModel(
            self.editor, self.incoming, self.contact, self.hub, scope, clock=w.HandClock()
        )
        self.view = EditorView(self.editor, self.look, PictureLoader(Folder(folder), scope), theme)
        self.tab = self.view.look
        self.notices: list[Notice] = []
        self.hub.subscribe(Notice, self.notices.append)
        self.desk.add(w.nova(), w.ava())

    async def open(self, influencer_id: str = "inf_nova") -> None:
        self.editor.open(influencer_id)
        await until(lambda: self.editor.influencer_id == influencer_id)

    def put(self, key: str, state: str, **values) -> None:
        self.incoming.put("inf_nova", Upload(key, "p1", "inf_nova", f"{key}.jpg", state, **values))

    def captions(self) -> list[str]:
        return [cell.caption.text() for cell in self.tab.grid.cells]


@pytest_asyncio.fixture
async def room(theme, tmp_path):
    errors: list[BaseException] = []
    scope = TaskScope("test", errors.append)
    made = Room(scope, theme, tmp_path)
    made.view.resize(468, 1200)
    made.view.show()
    made.view.activateWindow()
    await until(made.view.isActiveWindow)
    await made.open()
    made.view.show_look()
    yield made
    await made.look.close()
    await made.editor.close()
    await scope.close()
    made.view.close()
    made.view.deleteLater()
    assert not errors, errors


def painted(path: Path, color: str) -> Path:
    image = QImage(64, 64, QImage.Format.Format_RGB32)
    image.fill(color)
    assert image.save(str(path))
    return path


async def test_bound_images_are_counted_and_the_first_is_the_anchor(room):
    assert room.captions() == ["bound 18 Apr"] * 4
    assert room.tab.count.text() == "4"
    names = [cell.picture.accessibleName() for cell in room.tab.grid.cells]
    assert names[0] == "Anchor, bound 18 Apr"
    assert "Anchor" not in names[1]


async def test_pictures_appear_when_they_are_here(room):
    room.desk.people["inf_ava"] = w.ava(
        reference_images=(w.ReferenceImage("m", "https://media.example/late.png"),)
    )
    painted(room.folder / "late.png", "#00aa55")
    await room.open("inf_ava")

    def middle() -> str:
        shot = room.tab.grid.cells[0].picture.grab().toImage()
        return shot.pixelColor(shot.width() // 2, shot.height() // 2).name()

    await until(lambda: middle() == "#00aa55")


async def test_each_state_is_told_in_words(room):
    copy = str(painted(room.folder / "copy.png", "teal"))
    room.put("desk", "uploading", size=3_300_000, sent=2_100_000, path=copy)
    room.put("cafe", "preparing")
    room.put("old", "not_found", path=copy)
    room.put("big", "refused", problem="It is larger than 20 MB.")
    room.put("next", "waiting", path=copy)
    room.contact.become("offline")
    await until(lambda: len(room.captions()) == 9)
    assert room.captions()[4:] == [
        "desk.jpg · 2.1 of 3.3 MB",
        "cafe.jpg · preparing",
        "Not found on the server.",
        "big.jpg · It is larger than 20 MB.",
        "waiting for connection",
    ]
    cells = room.tab.grid.cells
    assert [cell.retry.isVisible() for cell in cells[4:]] == [False, False, True, False, False]
    assert cells[6].retry.accessibleName() == "Upload again"
    assert room.tab.count.text() == "4"


async def test_upload_again_and_remove_by_keys(room):
    copy = str(painted(room.folder / "copy.png", "teal"))
    room.put("old", "not_found", path=copy)
    await until(lambda: len(room.captions()) == 5)
    cell = room.tab.grid.cells[4]
    cell.retry.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(cell.retry, Qt.Key.Key_Space)
    await until(lambda: room.incoming.log == [("retry", "old")])
    cell.picture.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Delete)
    await until(lambda: ("remove", "old") in room.incoming.log)
    await until(lambda: len(room.captions()) == 4)


async def test_delete_on_a_bound_image_does_nothing(room):
    room.tab.grid.cells[0].picture.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Delete)
    assert room.incoming.log == []
    assert not room.tab.grid.cells[0].remove.isVisible()


async def test_paste_by_button_and_by_key(room):
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill("orange")
    QGuiApplication.clipboard().setImage(image)
    QTest.mouseClick(room.tab.paste, Qt.MouseButton.LeftButton)
    await until(lambda: len(room.incoming.taken) == 1)
    room.tab.zone.setFocus()
    QTest.keyClick(room.tab.zone, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: len(room.incoming.taken) == 2)
    QGuiApplication.clipboard().setText("hello")
    QTest.keyClick(room.tab.zone, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert room.notices[0].sentence.startswith("There is no picture")


async def test_an_influencer_without_images_says_so(room):
    await room.open("inf_ava")
    await until(lambda: room.captions() == [])
    assert room.tab._blank.isVisible()
    assert not room.tab.grid.isVisible()


async def test_the_strip_shows_what_fits_and_counts_the_rest(room):
    references = tuple(
        w.ReferenceImage(f"m{n}", f"https://media.example/{n}.png", None, w.NOON) for n in range(9)
    )
    room.desk.put(w.nova(reference_images=references))
    await until(lambda: room.look.bound_count == 9)
    room.view.show_tab("persona")
    strip = room.view.persona.strip
    thumbs = [thumb for thumb in strip._thumbs if thumb.isVisible()]
    assert len(thumbs) == 4
    assert thumbs[-1]._more == "+6"
    assert strip.add.isVisible()
    QTest.mouseClick(thumbs[0], Qt.MouseButton.LeftButton)
    assert room.view.tabs.current() == "look"


async def test_columns_follow_the_width_and_tiles_are_square(room):
    def columns() -> int:
        tops = [cell.y() for cell in room.tab.grid.cells]
        return tops.count(tops[0])

    room.view.resize(468, 1200)
    await until(lambda: columns() == 3)
    room.view.resize(760, 1200)
    await until(lambda: columns() == 4)
    for cell in room.tab.grid.cells:
        assert cell.picture.width() == cell.picture.height()
        assert cell.geometry().right() < room.tab.grid.width()


async def test_forty_new_tiles_come_a_few_at_a_time(room):
    for number in range(40):
        room.put(f"up{number:02}", "waiting")
    room.hub.publish(UploadsChanged("inf_nova"))
    seen = set()
    while len(room.tab.grid.cells) < 44:
        seen.add(len(room.tab.grid.cells))
        await asyncio.sleep(0)
    assert len(seen) > 4, "the window stood still while all were made"
    assert room.tab.grid.cells[-1].isVisible()
