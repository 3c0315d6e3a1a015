"""A field edited here whose value changes on the server too: both are told, nothing moves."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.core.errors import TryLater
from studio.core.events import EventHub
from studio.core.tasks import TaskScope
from studio.ui.editor.editor_view import EditorView
from studio.ui.widgets.label import Label
from studio.viewmodels.editor import EditorViewModel
from studio.viewmodels.look import LookViewModel
from studio.viewmodels.pictures import PictureLoader

HUMOR, TRAITS, TONE = "personality.humor", "personality.traits", "personality.tone"


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


class NoPictures:
    """Pictures that are never here."""

    def stored(self, url):
        return None

    async def fetch(self, url):
        raise TryLater("There is no contact.", no_contact=True)


class Room:
    """The editor in a window; ``server`` changes what a colleague changed."""

    def __init__(self, scope: TaskScope, theme) -> None:
        self.hub = EventHub()
        self.desk, contact = w.Desk(self.hub), w.Contact(self.hub)
        self.editor = EditorViewModel(self.desk, contact, self.hub, scope, clock=w.HandClock())
        self.look = LookViewModel(
            self.editor, w.Incoming(self.hub), contact, self.hub, scope, clock=w.HandClock()
        )
        self.view = EditorView(self.editor, self.look, PictureLoader(NoPictures(), scope), theme)
        self.desk.add(w.nova())

    def row(self, path: str):
        return self.view.binding(path).row

    async def type(self, path: str, text: str) -> None:
        field = self.row(path).editor
        field.setFocus(Qt.FocusReason.TabFocusReason)
        field.selectAll()
        QTest.keyClicks(field, text)
        await until(lambda: self.draft().get(path) == text)

    def draft(self) -> dict[str, object]:
        return {path: one.value for path, one in self.desk.drafts.get("inf_nova", {}).items()}

    async def server(self, **voice: object) -> None:
        person = self.desk.people["inf_nova"]
        self.desk.put(replace(person, personality=replace(person.personality, **voice)))
        path, value = next(iter(voice.items()))
        await until(lambda: self.editor.shown.confirmed.value(f"personality.{path}") == value)

    def read(self, path: str) -> list[str]:
        """The words around a field."""
        labels = self.row(path).findChildren(Label)
        return [label.text() for label in labels if label.isVisibleTo(self.view) and label.text()]


@pytest_asyncio.fixture
async def room(theme):
    errors: list[BaseException] = []
    scope = TaskScope("test", errors.append)
    made = Room(scope, theme)
    made.view.resize(900, 868)
    made.view.show()
    made.view.activateWindow()
    await until(made.view.isActiveWindow)
    made.editor.open("inf_nova")
    await until(lambda: made.editor.influencer_id)
    yield made
    await made.look.close()
    await made.editor.close()
    await scope.close()
    made.view.close()
    made.view.deleteLater()
    assert not errors, errors


async def test_the_second_mark_names_the_servers_value_and_the_typed_one_stays(room):
    await room.type(HUMOR, "dry-witty")
    assert "was deadpan" in room.read(HUMOR)
    field = room.row(HUMOR).editor
    field.setCursorPosition(3)
    await room.server(humor="observational")
    assert {"was deadpan", "Server now: observational"} <= set(room.read(HUMOR))
    assert (field.text(), field.cursorPosition()) == ("dry-witty", 3)
    assert "Server now: observational" in field.accessibleDescription()
    assert room.row(HUMOR)._take.accessibleName() == "Take the server's Humor: observational"
    assert not any("Server now" in text for text in room.read(TONE))


async def test_take_theirs_puts_the_servers_value_in_and_can_be_undone(room):
    await room.type(HUMOR, "dry-witty")
    await room.server(humor="observational")
    QTest.mouseClick(room.row(HUMOR)._take, Qt.MouseButton.LeftButton)
    assert room.row(HUMOR).editor.text() == "observational"
    await until(lambda: HUMOR not in room.draft())
    assert not any("Server now" in text for text in room.read(HUMOR))
    assert not room.row(HUMOR)._revert.isVisibleTo(room.view)
    room.editor.undo_action.trigger()
    await until(lambda: room.draft().get(HUMOR) == "dry-witty")


async def test_one_button_takes_the_servers_value_at_a_time(room):
    await room.type(HUMOR, "dry-witty")
    row = room.row(HUMOR)
    assert row._revert.isVisibleTo(room.view)
    assert not row._take.isVisibleTo(room.view)
    await room.server(humor="observational")
    assert not row._revert.isVisibleTo(room.view)
    assert row._take.isVisibleTo(room.view)
    await room.server(humor="deadpan")
    assert row._revert.isVisibleTo(room.view)
    assert not row._take.isVisibleTo(room.view)


async def test_the_same_words_on_both_sides_are_no_difference(room):
    await room.type(HUMOR, "observational")
    await room.server(humor="observational")
    assert not any("Server now" in text for text in room.read(HUMOR))


async def test_a_list_and_a_name_are_told_too(room):
    room.editor.set_value(TRAITS, ("earnest", "bold"))
    room.editor.set_value("name", "Nova Prime")
    await until(lambda: len(room.draft()) == 2)
    room.desk.people["inf_nova"] = replace(room.desk.people["inf_nova"], name="Nova Two")
    await room.server(traits=("earnest", "kind"))
    assert "Server now: earnest, kind" in room.read(TRAITS)
    header = [label.text() for label in room.view.header.findChildren(Label)]
    assert {"was Nova", "Server now: Nova Two"} <= set(header)
