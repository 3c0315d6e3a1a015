"""The History tab and the bar through time, under real keys and a real mouse."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest_asyncio
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.domain.roster import RosterQuery
from studio.store import drafts, outbox, personas
from studio.ui.editor.header import EditorHeader
from studio.ui.history.as_of_bar import AsOfBar
from studio.ui.history.history_tab import HistoryTab
from studio.ui.widgets.label import ElidedLabel, Label
from studio.viewmodels.as_of import AsOfViewModel
from studio.viewmodels.history import HistoryViewModel
from studio.viewmodels.pictures import PictureLoader

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LURE = '<img src="/etc/hostname"><b>bold</b>'


def _world():
    name = "history_world"
    if name not in sys.modules:
        path = Path(__file__).parent.parent / "viewmodels" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


w = _world()
until, TONE, HUMOR, PROJECT = w.until, w.TONE, w.HUMOR, w.PROJECT


class Screen:
    """A window with the tab and the bar over a real workspace file."""

    def __init__(self, desk: Any, theme: Any) -> None:
        self.desk = desk
        self.model = HistoryViewModel(desk.editor, desk.history, desk.hub, desk.scope)
        self.time = AsOfViewModel(desk.travel, desk.hub, desk.scope, clock=desk.clock)
        self.window = QWidget()
        column = QVBoxLayout(self.window)
        self.bar = AsOfBar(self.time, theme, self.window)
        self.tab = HistoryTab(self.model, desk.editor, theme, self.window)
        column.addWidget(self.bar)
        column.addWidget(self.tab, 1)
        self.window.resize(720, 800)

    async def show(self) -> None:
        await self.desk.open()
        self.window.show()
        await until(lambda: self.model.state != "loading")

    def titles(self) -> list[str]:
        return [row.header.title.full_text() for row in self.tab.rows]

    def days(self) -> list[str]:
        return [
            label.text()
            for label in self.tab.findChildren(Label)
            if label.property("role") == "overline" and label.isVisible()
        ]

    async def quiet(self) -> None:
        """Nothing is asked for any more, and nothing under way."""
        self.time.back_to_now()
        await self.desk.quiet()

    async def edit(self, **values: Any) -> None:
        fields = {path.replace("__", "."): value for path, value in values.items()}
        await self.desk.personas.edit("inf_1", fields)


@pytest_asyncio.fixture
async def screen(qapp: Any, theme: Any, tmp_path: Path) -> AsyncIterator[Screen]:
    desk = w.Desk(tmp_path / "acme.sqlite3")
    await desk.know("inf_1", "Nova", tone="warm", humor="dry", traits=("earnest",))
    desk.clock.forward(hours=1)
    made = Screen(desk, theme)
    yield made
    made.window.hide()
    made.window.deleteLater()
    await made.model.close()
    await made.time.close()
    await desk.end()
    assert not desk.errors, desk.errors


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


async def test_it_says_so_while_nothing_has_happened(screen):
    await screen.show()
    assert not screen.tab.rows
    words = [label.text() for label in screen.tab.findChildren(Label) if label.isVisible()]
    assert "Nothing has happened yet" in words
    await screen.quiet()


async def test_entries_stand_under_their_days_newest_first(screen):
    await screen.edit(personality__tone="calm")
    screen.desk.clock.forward(days=1)
    await screen.edit(personality__humor="wry")
    screen.desk.clock.forward(hours=1)
    await screen.desk.personas.publish("inf_1")
    await screen.show()
    await until(lambda: len(screen.tab.rows) == 3)
    assert screen.titles() == ["Published tone and humor", "You edited humor", "You edited tone"]
    assert len(screen.days()) == 2
    assert screen.tab.rows[2].header.gist.full_text() == "warm → calm"
    await screen.quiet()


async def test_an_entry_opens_to_its_changes_and_restores_with_the_keyboard(screen):
    await screen.edit(personality__tone="one", personality__traits=("earnest", "bold"))
    screen.desk.clock.forward(hours=1)
    await screen.edit(personality__tone="two")
    await screen.show()
    await until(lambda: len(screen.tab.rows) == 2)
    row = screen.tab.rows[1]
    row.header.setFocus()
    QTest.keyClick(row.header, Qt.Key.Key_Space)
    assert row.is_open
    said = " ".join(label.text() for label in row.findChildren(Label))
    assert "warm" in said
    assert "bold" in said
    await until(row.restore_button.isEnabled)
    assert "Sets tone" in " ".join(label.text() for label in row.findChildren(Label))
    QTest.keyClick(row.restore_button, Qt.Key.Key_Space)
    assert screen.desk.editor.value(TONE) == "one"
    await until(lambda: screen.titles()[0] == "You restored tone")
    await until(lambda: not screen.tab.rows[2].restore_button.isVisible())
    assert screen.tab.rows[2].is_open
    assert await screen.desk.db.read(outbox.waiting) == ()
    assert await screen.desk.draft() == {TONE: "one", "personality.traits": ("earnest", "bold")}
    await screen.quiet()


async def test_a_value_the_server_replaced_comes_back_by_one_click(screen):
    await screen.desk.know("inf_1", "Nova", tone="formal", humor="dry", traits=("earnest",))
    await screen.show()
    await until(lambda: len(screen.tab.rows) == 1)
    row = screen.tab.rows[0]
    click(row.header)
    back, forth = row.ways_back
    assert not forth.isVisible()
    assert back.accessibleName() == "Use “warm” again"
    click(back)
    assert screen.desk.editor.value(TONE) == "warm"
    await until(lambda: not screen.tab.rows[-1].ways_back[0].isVisible())
    assert await screen.desk.draft() == {TONE: "warm"}
    await screen.quiet()


async def test_text_from_outside_stays_text(screen):
    await screen.edit(personality__tone=LURE)
    await screen.show()
    await until(lambda: len(screen.tab.rows) == 1)
    row = screen.tab.rows[0]
    click(row.header)
    assert LURE in row.header.gist.full_text()
    assert any(LURE in label.text() for label in row.findChildren(Label))
    assert row.header.findChildren(ElidedLabel)
    await screen.quiet()


async def test_a_deleted_one_offers_to_be_made_anew(screen):
    await screen.edit(vibe="typed")
    await screen.desk.db.write(personas.mark_deleted, "inf_1", screen.desk.clock.now(), "over")
    await screen.show()
    await until(screen.tab.recreate_button.isVisible)
    opened: list[str] = []
    screen.desk.editor.open_requested.connect(opened.append)
    click(screen.tab.recreate_button)
    await until(lambda: opened)
    assert (await screen.desk.db.read(drafts.get, opened[0])).fields["vibe"].value == "typed"
    await screen.quiet()


async def test_scrolling_down_brings_earlier_entries(screen):
    for number in range(50):
        screen.desk.clock.forward(minutes=10)
        await screen.edit(vibe=f"word {number}")
    await screen.show()
    await until(lambda: len(screen.tab.rows) == 30)
    bar = screen.tab.page.verticalScrollBar()
    await until(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    await until(lambda: len(screen.tab.rows) == 50)
    assert screen.titles() == ["You edited vibe"] * 50
    await screen.quiet()


async def test_the_bar_goes_back_in_time_and_escape_returns(screen):
    await screen.edit(name="Zoe")
    screen.desk.clock.forward(hours=5)
    await screen.show()
    assert not screen.bar.isVisible()
    screen.time.start(PROJECT)
    await until(screen.bar.slider.isEnabled)
    assert screen.bar.isVisible()
    assert screen.bar.when.text() == "now"
    QTest.keyClick(screen.bar.slider, Qt.Key.Key_Left)
    await until(lambda: screen.desk.travel.moment is not None)

    async def names() -> list[str]:
        rows = await screen.desk.travel.roster(RosterQuery(PROJECT), 0, 9)
        return [row.name for row in rows]

    assert await names() == ["Nova"]
    assert screen.bar.when.text() != "now"
    await until(lambda: screen.desk.editor.value("name") == "Nova")
    QTest.keyClick(screen.bar.slider, Qt.Key.Key_Escape)
    await until(lambda: screen.desk.travel.moment is None)
    assert not screen.bar.isVisible()
    assert await names() == ["Zoe"]
    await screen.quiet()


async def test_the_slider_follows_the_mouse_in_both_directions_of_writing(screen):
    await screen.edit(name="Zoe")
    screen.desk.clock.forward(hours=5)
    await screen.show()
    screen.time.start(PROJECT)
    await until(screen.bar.slider.isEnabled)
    slider = screen.bar.slider
    left = QPoint(10, slider.height() // 2)
    right = QPoint(slider.width() - 8, slider.height() // 2)
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, left)
    assert screen.time.place < 1_000
    screen.window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, right)
    assert screen.time.place < 1_000
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, left)
    assert screen.time.place > 9_000
    await screen.quiet()


async def test_the_bar_fits_a_narrow_gallery(screen):
    screen.window.resize(420, 600)
    await screen.show()
    screen.time.start(PROJECT)
    await until(screen.bar.isVisible)
    right = screen.bar.back.geometry().right()
    assert right <= screen.bar.width()
    await screen.quiet()


async def test_the_head_of_the_editor_offers_no_clone_of_the_past(screen, theme):
    await screen.edit(personality__tone="cold")
    screen.desk.clock.forward(hours=1)
    await screen.show()
    header = EditorHeader(screen.desk.editor, PictureLoader(None, screen.desk.scope), theme)
    screen.window.layout().addWidget(header)
    screen.desk.editor.state_changed.connect(header.refresh)
    header.refresh()
    assert header.clone.isEnabled()
    screen.time.start(PROJECT)
    await until(lambda: screen.time.begins)
    screen.time.earlier_change()
    await until(lambda: not header.clone.isEnabled())
    assert "Go back to now" in header.clone.main.toolTip()
    screen.time.back_to_now()
    await until(header.clone.isEnabled)
    assert not header.clone.main.toolTip()
    await screen.quiet()


async def test_in_a_narrow_window_with_large_letters_the_bar_is_read_whole(screen, theme):
    await screen.edit(personality__tone="cold")
    screen.desk.clock.forward(hours=1)
    theme.set_text_scale(2.0)
    screen.window.resize(560, 600)
    await screen.show()
    screen.time.start(PROJECT)
    await until(lambda: screen.time.begins)
    screen.time.earlier_change()
    bar = screen.bar
    await until(lambda: bar.when.width() >= bar.when.sizeHint().width())
    for part in (bar.when, bar.earlier, bar.later, bar.back):
        assert part.isVisible()
        assert part.width() >= part.sizeHint().width()
        assert bar.rect().contains(part.geometry())
    assert bar.back.accessibleName() == "Back to now"
    screen.window.resize(1300, 600)
    await until(bar.slider.isVisible)
    await screen.quiet()
