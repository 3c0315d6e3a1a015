"""The gallery by keyboard, by mouse and by drag, while rows move underneath."""

from __future__ import annotations

import importlib.util
import itertools
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from studio.core.errors import TryLater
from studio.ui.gallery.page import GalleryPage
from studio.ui.theme import load_tokens
from studio.viewmodels.gallery import PAGE, GalleryModel
from studio.viewmodels.pictures import PictureLoader

Key = Qt.Key


def _load(name: str):
    if name not in sys.modules:
        path = Path(__file__).parent.parent / "viewmodels" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


w = _load("gallery_world")
person, PROJECT = w.person, w.PROJECT


class Room(w.World):
    """A page on the screen over a roster."""

    def __init__(self, count: int, theme) -> None:
        super().__init__(count)
        self.model = GalleryModel(self.personas, self.jobs, self.sync, self.hub, self.scope)
        self.loader = PictureLoader(self.pictures, self.scope)
        self.page = GalleryPage(self.model, self.loader, theme)
        self.grid = self.page.grid
        self.page.resize(741, 840)
        self.selected: list[str] = []
        self.opened: list[str] = []
        self.page.selection_changed.connect(self.selected.append)
        self.page.activated.connect(self.opened.append)

    async def open(self) -> Room:
        self.page.show()
        self.page.activateWindow()
        self.model.show_project(PROJECT)
        await self.settle()
        QApplication.sendPostedEvents()
        return self

    def press(self, *keys: Key, times: int = 1) -> None:
        for _ in range(times):
            for key in keys:
                QTest.keyClick(self.grid, key)

    def click(self, row: int) -> None:
        viewport = self.grid.viewport()
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=self.grid.card_rect(row).center())

    def top_of(self, influencer_id: str) -> int:
        """Where the card of an influencer is on the screen."""
        rows = [row for row in range(self.model.size) if self.model.id_at(row) == influencer_id]
        return self.grid.card_rect(rows[0]).top()

    def chosen(self) -> list[str]:
        return [self.model.id_at(i.row()) for i in self.grid.selectionModel().selectedIndexes()]

    async def close(self) -> None:
        self.model.close()
        self.page.hide()
        self.page.deleteLater()
        await super().close()


@pytest_asyncio.fixture
async def make(qapp, theme):
    rooms = []

    async def build(count: int = 0) -> Room:
        rooms.append(Room(count, theme))
        return await rooms[-1].open()

    yield build
    for room in rooms:
        await room.close()


# ---- keyboard and mouse


async def test_the_keyboard_reaches_the_thirtieth_card_and_opens_it(make):
    room = await make(40)
    assert room.grid.hasFocus()
    room.press(Key.Key_Home)
    columns = 4
    room.press(Key.Key_Down, times=29 // columns)
    room.press(Key.Key_Right, times=29 % columns)
    assert room.chosen() == ["inf_029"]
    assert room.selected[-1] == "inf_029"
    card = room.grid.card_rect(29)
    assert room.grid.viewport().rect().contains(card)
    room.press(Key.Key_Return)
    assert room.opened == ["inf_029"]


async def test_arrows_home_end_and_pages_walk_lines(make):
    room = await make(42)
    room.press(Key.Key_Home)
    room.press(Key.Key_Left)
    assert room.grid.current_row() == 0
    room.press(Key.Key_End)
    assert room.grid.current_row() == 41
    room.press(Key.Key_Right, Key.Key_Down)
    assert room.grid.current_row() == 41
    room.press(Key.Key_Up)
    assert room.grid.current_row() == 37
    room.press(Key.Key_Right, Key.Key_Right)
    assert room.grid.current_row() == 39
    # The last line has two cards: below the fourth column lies the end of the roster.
    room.press(Key.Key_Down)
    assert room.grid.current_row() == 41
    room.press(Key.Key_Home, Key.Key_PageDown)
    assert room.grid.current_row() == 12
    room.press(Key.Key_PageUp)
    assert room.grid.current_row() == 0


async def test_letters_jump_to_a_name_and_space_does_nothing(make):
    room = await make(0)
    for number, name in enumerate(("Ava", "Nova", "Noor", "Kai", "No Name")):
        room.personas.put(person(number, name=name))
    await room.settle()
    room.press(Key.Key_Home, Key.Key_Space)
    assert room.chosen() == ["inf_000"]
    QTest.keyClicks(room.grid, "noo")
    assert room.chosen() == ["inf_002"]
    assert room.opened == []


async def test_a_click_chooses_and_a_double_click_opens(make):
    room = await make(12)
    room.click(5)
    assert (room.page.selected_id, room.opened) == ("inf_005", [])
    QTest.mouseDClick(
        room.grid.viewport(), Qt.MouseButton.LeftButton, pos=room.grid.card_rect(5).center()
    )
    assert room.opened == ["inf_005"]
    QTest.mouseClick(room.grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert room.page.selected_id == "inf_005"


async def test_right_to_left_mirrors_cards_and_arrows(make, qapp):
    room = await make(12)
    left = room.grid.card_rect(0).left()
    room.page.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    room.grid.updateGeometries()
    assert room.grid.card_rect(0).left() > room.grid.card_rect(1).left()
    assert room.grid.width() - room.grid.card_rect(0).right() - 1 == left
    room.press(Key.Key_Home, Key.Key_Left)
    assert room.grid.current_row() == 1


# ---- rows that move


async def test_selection_and_scroll_stay_when_rows_come_above(make):
    room = await make(80)
    room.page.select("inf_041")
    await room.settle()
    assert room.page.selected_id == "inf_041"
    before = room.top_of("inf_041")
    told = list(room.selected)
    for number in range(9):
        room.personas.put(person(900 + number), at=0)
    await room.settle()
    assert room.chosen() == ["inf_041"]
    assert room.top_of("inf_041") == before
    assert room.selected == told


async def test_without_a_selection_the_first_card_in_sight_stays(make):
    room = await make(80)
    bar = room.grid.verticalScrollBar()
    bar.setValue(1000)
    first = room.grid.row_under(QPoint(60, 120))
    influencer = room.model.id_at(first)
    before = room.top_of(influencer)
    for number in range(8):
        room.personas.put(person(900 + number), at=0)
    await room.settle()
    assert room.top_of(influencer) == before


async def test_at_the_top_a_new_card_is_seen_at_once(make):
    room = await make(40)
    room.click(1)
    room.personas.put(person(900), at=0)
    await room.settle()
    assert room.grid.verticalScrollBar().value() == 0
    assert room.model.id_at(0) == "inf_900"
    assert room.chosen() == ["inf_001"]


async def test_resizing_keeps_the_chosen_card_in_its_place(make):
    room = await make(200)
    room.page.select("inf_100")
    await room.settle()
    before = room.top_of("inf_100")
    room.page.resize(1000, 840)
    assert room.grid.card_rect(4).top() == room.grid.card_rect(0).top()
    assert room.top_of("inf_100") == before


async def test_at_the_top_resizing_shows_the_top_and_the_chosen_card(make):
    room = await make(200)
    room.click(1)
    room.page.resize(500, 840)
    assert room.grid.verticalScrollBar().value() == 0
    room.click(3)
    room.page.resize(300, 500)
    assert room.grid.viewport().rect().contains(room.grid.card_rect(3))


async def test_a_render_moves_on_its_own_card_and_turns_ready_without_a_jump(make):
    room = await make(12)
    room.click(3)
    room.personas.put(person(7, name="Nova (B)", status="pending"))
    await room.settle()
    waiting = room.grid.grab(room.grid.card_rect(7)).toImage()
    room.jobs.move("inf_007", 0.62)
    await room.settle()
    rendering = room.grid.grab(room.grid.card_rect(7)).toImage()
    assert rendering != waiting
    room.jobs.end("inf_007")
    room.personas.put(person(7, name="Nova (B)"))
    await room.settle()
    ready = room.grid.grab(room.grid.card_rect(7)).toImage()
    assert ready not in (rendering, waiting)
    assert room.chosen() == ["inf_003"]
    assert room.selected == ["inf_003"]


async def test_one_asked_for_before_it_exists_is_chosen_and_shown_when_it_comes(make):
    room = await make(60)
    room.grid.verticalScrollBar().setValue(2000)
    room.page.select("inf_900")
    await room.settle()
    assert room.selected == []
    room.personas.put(person(900), at=0)
    await room.settle()
    assert room.selected == ["inf_900"]
    assert room.grid.viewport().rect().contains(room.grid.card_rect(0))


async def test_one_far_away_is_scrolled_to(make):
    room = await make(30 * PAGE)
    room.page.select("inf_1500")
    await room.settle()
    assert room.page.selected_id == "inf_1500"
    assert room.grid.viewport().rect().contains(room.grid.card_rect(1500))


async def test_a_filter_leaves_the_choice_alone_and_gives_it_back(make):
    room = await make(30)
    room.click(2)
    room.model.search("Person 02")
    await room.settle()
    assert (room.page.selected_id, room.chosen()) == ("inf_002", [])
    room.model.search("")
    await room.settle()
    assert (room.chosen(), room.selected) == (["inf_002"], ["inf_002"])


async def test_a_deleted_one_hands_over_to_its_neighbor(make):
    room = await make(3)
    room.click(1)
    room.personas.remove("inf_001")
    await room.settle()
    assert (room.page.selected_id, room.chosen()) == ("inf_002", ["inf_002"])
    room.personas.remove("inf_002")
    await room.settle()
    assert room.page.selected_id == "inf_000"
    room.personas.remove("inf_000")
    await room.settle()
    assert room.selected == ["inf_001", "inf_002", "inf_000", ""]


async def test_another_project_starts_with_nothing_chosen(make):
    room = await make(5)
    room.click(1)
    room.personas.put(person(50), project="prj_2")
    room.model.show_project("prj_2")
    await room.settle()
    assert (room.page.selected_id, room.selected) == ("", ["inf_001", ""])


# ---- search, chips, order


async def test_typing_narrows_and_escape_shows_all_again(make):
    room = await make(30)
    room.page.focus_search()
    QTest.keyClicks(room.page.header.search, "Person 02")
    await room.until(lambda: room.model.size == 10)
    await room.settle()
    assert room.page.header.count.text() == "10 of 30"
    QTest.keyClick(room.page.header.search, Key.Key_Escape)
    await room.until(lambda: room.model.size == 30)
    assert room.page.header.count.text() == "30 influencers"
    QTest.keyClick(room.page.header.search, Key.Key_Escape)
    assert room.grid.hasFocus()


async def test_enter_in_the_search_goes_to_what_was_found(make):
    room = await make(30)
    room.page.focus_search()
    QTest.keyClicks(room.page.header.search, "Person 017")
    QTest.keyClick(room.page.header.search, Key.Key_Return)
    await room.settle()
    room.press(Key.Key_Home, Key.Key_Return)
    assert room.opened == ["inf_017"]


async def test_a_chip_narrows_rows_and_count_and_tells_its_own(make):
    room = await make(10)
    room.personas.put(person(4, status="failed"))
    await room.settle()
    chip = room.page.filters.chip("failed")
    assert chip.accessibleDescription() == "1 influencer"
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    await room.settle()
    assert (room.model.size, room.page.header.count.text()) == (1, "1 of 10")
    QTest.mouseClick(room.page.filters.chip(""), Qt.MouseButton.LeftButton)
    await room.settle()
    assert room.model.size == 10


async def test_the_order_can_be_chosen_and_is_shown(make):
    room = await make(10)
    button = room.page.filters.sort
    oldest = next(action for action in button.menu.actions() if action.data() == "oldest")
    oldest.trigger()
    await room.settle()
    assert room.model.id_at(0) == "inf_009"
    assert button.words() == "Oldest first"


async def test_search_text_goes_with_the_project(make):
    room = await make(10)
    QTest.keyClicks(room.page.header.search, "007")
    await room.until(lambda: room.model.size == 1)
    room.model.show_project("prj_2")
    await room.settle()
    assert room.page.header.search.text() == ""


async def test_compact_cards_are_smaller_and_remembered_by_the_window(make):
    room = await make(30)
    told = []
    room.page.density_changed.connect(told.append)
    height = room.grid.card_rect(0).height()
    QTest.mouseClick(room.page.header.density, Qt.MouseButton.LeftButton)
    assert told == ["compact"]
    assert room.grid.card_rect(0).height() < height


# ---- empties


async def test_empty_galleries_say_why_and_offer_one_thing(make):
    room = await make(0)
    panel = room.page.empty
    said = {panel.sentence.text()}
    done = []
    room.page.new_requested.connect(lambda: done.append("new"))
    room.page.all_requested.connect(lambda: done.append("all"))
    room.page.settings_requested.connect(lambda: done.append("settings"))
    assert panel.isVisible()
    assert not room.grid.isVisible()
    QTest.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    room.sync.become(contact="offline", reason="No route to the server.")
    said.add(panel.sentence.text())
    assert panel.reason.text() == "No route to the server."
    QTest.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    assert room.sync.asked == 1
    await room.settle()
    room.sync.become(contact="sign_in", reason="")
    said.add(panel.sentence.text())
    QTest.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    room.sync.become(contact="online")
    room.model.show_view("drafts")
    await room.settle()
    said.add(panel.sentence.text())
    QTest.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    assert done == ["new", "settings", "all"]
    room.model.search("nobody")
    await room.settle()
    said.add(panel.sentence.text())
    assert "nobody" in panel.reason.text()
    room.personas.refusal = TryLater("The disk is full.")
    room.model.show_view("ready")
    await room.settle()
    said.add(panel.sentence.text())
    assert panel.reason.text() == "The disk is full."
    assert len(said) == 6


async def test_clear_search_and_filters_brings_all_back(make):
    room = await make(8)
    QTest.keyClicks(room.page.header.search, "zzz")
    await room.until(room.page.empty.isVisible)
    QTest.mouseClick(room.page.empty.button, Qt.MouseButton.LeftButton)
    await room.settle()
    assert (room.model.size, room.page.header.search.text()) == (8, "")
    assert room.grid.isVisible()
    assert room.grid.hasFocus()


async def test_while_loading_there_are_quiet_shapes_where_the_cards_will_be(make):
    room = await make(0)
    room.sync.become(contact="connecting")
    assert room.grid.isVisible()
    assert room.page.header.count.text() == ""
    shape = room.grid.grab().toImage()
    window = QColor(room.page._theme.color("window"))
    assert shape.pixelColor(60, 80) != window
    assert shape.pixelColor(8, 80) == window


# ---- menu, drops


async def test_the_menu_of_a_card_by_key_and_by_mouse(make):
    room = await make(12)
    asked: list[tuple[str, str]] = []
    page = room.page
    for name in ("clone", "quick_clone", "delete"):
        signal = getattr(page, f"{name}_requested")
        signal.connect(lambda influencer_id, name=name: asked.append((name, influencer_id)))
    room.press(Key.Key_Home, Key.Key_Right, Key.Key_Menu)
    assert page.menu.isVisible()
    for action in page.menu.actions():
        if action.data():
            action.trigger()
    page.menu.hide()
    assert asked == [("clone", "inf_001"), ("quick_clone", "inf_001"), ("delete", "inf_001")]
    assert room.opened == ["inf_001"]
    assert QGuiApplication.clipboard().text() == "inf_001"
    place = room.grid.card_rect(6).center()
    viewport = room.grid.viewport()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, viewport.mapToGlobal(place))
    QApplication.sendEvent(viewport, event)
    assert page.menu.isVisible()
    assert page.selected_id == "inf_006"
    page.menu.hide()
    room.press(Key.Key_Delete)
    assert asked[-1] == ("delete", "inf_006")


def _entry(page, name):
    return next(action for action in page.menu.actions() if action.data() == name)


async def test_only_a_deleted_one_is_made_anew(make):
    room = await make(6)
    asked: list[str] = []
    room.page.recreate_requested.connect(asked.append)
    room.press(Key.Key_Home, Key.Key_Menu)
    assert not _entry(room.page, "recreate").isVisible()
    room.page.menu.offer(alive=False, blocked="")
    entry = _entry(room.page, "recreate")
    assert entry.isVisible()
    assert not _entry(room.page, "clone").isEnabled()
    entry.trigger()
    room.page.menu.hide()
    assert asked == ["inf_000"]


async def test_nothing_can_be_made_or_removed_in_the_past(make, tmp_path):
    room = await make(6)
    page, asked = room.page, []
    page.delete_requested.connect(asked.append)
    page.new_requested.connect(lambda: asked.append("new"))
    page.files_dropped.connect(lambda *_what: asked.append("drop"))
    page.set_past(past=True)
    assert not page.header.new.isEnabled()
    assert not page.header.new_small.isEnabled()
    assert "Go back to now" in page.header.new.toolTip()
    room.press(Key.Key_Home, Key.Key_Menu)
    for name in ("clone", "clone_now", "delete"):
        assert not _entry(page, name).isEnabled()
        assert "Go back to now" in _entry(page, name).toolTip()
    page.menu.hide()
    room.press(Key.Key_Delete)
    mime = QMimeData()
    mime.setImageData(QImage(8, 8, QImage.Format.Format_RGB32))
    _drag(room, room.grid.card_rect(1).center(), mime, drop=True)
    assert asked == []
    page.set_past(past=False)
    assert page.header.new.isEnabled()
    assert not page.header.new.toolTip()
    room.press(Key.Key_Delete)
    assert asked == ["inf_000"]


def _drag(room: Room, place: QPoint, mime: QMimeData, *, drop: bool) -> None:
    kinds = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton)
    QApplication.sendEvent(
        room.page, QDragEnterEvent(place, *kinds, Qt.KeyboardModifier.NoModifier)
    )
    if drop:
        QApplication.sendEvent(
            room.page, QDropEvent(QPointF(place), *kinds, Qt.KeyboardModifier.NoModifier)
        )


async def test_pictures_dropped_on_a_card_go_to_it_and_elsewhere_to_the_chosen_one(make, tmp_path):
    room = await make(6)
    got = []
    room.page.files_dropped.connect(lambda who, what: got.append((who, what.paths, what.refused)))
    image = tmp_path / "look.png"
    assert QImage(8, 8, QImage.Format.Format_RGB32).save(str(image))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(image))])
    card = room.grid.card_rect(4)
    on_card = room.grid.viewport().mapTo(room.page, card.center())
    calm = room.grid.grab(card).toImage()
    _drag(room, on_card, mime, drop=False)
    assert room.grid.grab(card).toImage() != calm
    _drag(room, on_card, mime, drop=True)
    assert room.grid.grab(card).toImage() == calm
    _drag(room, QPoint(300, 20), mime, drop=True)
    room.click(2)
    _drag(room, QPoint(300, 20), mime, drop=True)
    assert got == [("inf_004", (image,), ""), ("", (image,), ""), ("inf_002", (image,), "")]


async def test_a_text_file_is_refused_in_words(make, tmp_path):
    room = await make(6)
    got = []
    room.page.files_dropped.connect(lambda who, what: got.append((who, what.count, what.refused)))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "notes.txt"))])
    place = room.grid.viewport().mapTo(room.page, room.grid.card_rect(1).center())
    _drag(room, place, mime, drop=True)
    assert got[0][:2] == ("inf_001", 0)
    assert "notes.txt" in got[0][2]


# ---- truth for every eye and ear


async def test_a_screen_reader_hears_each_card(make):
    room = await make(0)
    room.personas.put(person(1, name="Nova", unsent=2))
    room.personas.put(person(2, name="Imani", status="failed"))
    await room.settle()
    heard = QAccessible.queryAccessibleInterface(room.grid)
    assert heard.role() == QAccessible.Role.List
    assert heard.childCount() == 2
    names = [heard.child(row).text(QAccessible.Text.Name) for row in range(2)]
    assert names == ["Nova, ready, 2 unsent edits", "Imani, failed"]
    assert heard.child(1).role() == QAccessible.Role.ListItem
    card = room.grid.card_rect(1)
    assert heard.child(1).rect().size() == card.size()


HOSTILE = (
    "<table><tr><td>" * 20,
    "<img src=/etc/passwd>",
    "\\\\host\\share<a href='file:///etc'>x</a>",
    "<style>*{color:red}</style>",
    "A" * 128,
    "نور الهدى بنت عبد الرحمن المنصوري",
    "👩🏽‍🎤 Zoë 🎉",
    "\u202eevil\u202c\n\x00\x07",
    "",
)


async def test_hostile_names_are_painted_as_text_at_once(make):
    room = await make(0)
    for number, text in enumerate(HOSTILE):
        room.personas.put(person(number, name=text, tagline=text * 3, status=text or "ready"))
    await room.settle()
    began = time.perf_counter()
    picture = room.grid.grab().toImage()
    assert time.perf_counter() - began < 0.5
    table, plain = room.grid.card_rect(0), room.grid.card_rect(4)
    assert picture.copy(table) != picture.copy(plain)
    room.personas.put(person(0, name="<b>Nova</b>"))
    await room.settle()
    marked = room.grid.grab(room.grid.card_rect(0)).toImage()
    room.personas.put(person(0, name="Nova"))
    await room.settle()
    assert room.grid.grab(room.grid.card_rect(0)).toImage() != marked


async def test_a_tooltip_tells_what_does_not_fit_letter_by_letter(make):
    room = await make(0)
    room.personas.put(person(0, name="<i>" + "Nova " * 30))
    await room.settle()
    viewport = room.grid.viewport()
    QTest.mouseMove(viewport, room.grid.card_rect(0).center())
    room.grid._hover(room.grid.card_rect(0).center())
    from PySide6.QtGui import QHelpEvent

    place = room.grid.card_rect(0).center()
    QApplication.sendEvent(
        viewport, QHelpEvent(QHelpEvent.Type.ToolTip, place, viewport.mapToGlobal(place))
    )
    assert "&lt;i&gt;Nova" in viewport.toolTip()


async def test_a_portrait_takes_the_place_of_the_initials(make, tmp_path):
    room = await make(2)
    file = tmp_path / "a.png"
    image = QImage(300, 300, QImage.Format.Format_RGB32)
    image.fill(QColor("#00aa55"))
    assert image.save(str(file))
    room.pictures.stored_files["a"] = file
    room.personas.put(replace(person(0), thumbnail_url="a"))
    await room.settle()
    middle = room.grid.card_rect(0).center() - QPoint(0, 30)
    room.grid.grab()
    await room.settle()
    assert room.grid.grab().toImage().pixelColor(middle) == QColor("#00aa55")


async def test_the_theme_repaints_the_cards(make, theme):
    room = await make(4)
    light = room.grid.grab().toImage()
    theme.set_mode("dark")
    dark = room.grid.grab().toImage()
    below = room.grid.card_rect(0).bottomLeft() + QPoint(20, -4)
    assert light.pixelColor(below) == QColor("#ffffff")
    assert dark.pixelColor(below) == theme.color("surface")


@pytest.mark.parametrize("width", [320, 408, 500, 640, 741, 1200, 1688])
async def test_nothing_in_the_header_is_cut_off_or_overlaps(make, width):
    room = await make(12)
    room.page.set_project_name("Acme Coffee iOS and a long tail of words " * 3)
    room.page.resize(width, 600)
    header = room.page.header
    parts = [header.name, header.count, header.search, header.density, header.new, header.new_small]
    boxes = [part.geometry() for part in parts if part.isVisible()]
    assert room.page.width() == width
    for before, after in itertools.pairwise(boxes):
        assert before.right() < after.left()
    assert boxes[0].left() >= 20
    assert boxes[-1].right() <= width - 20
    assert header.search.width() >= 100
    assert header.new.isVisible() != header.new_small.isVisible()
    chips = [room.page.filters.chip(status).geometry() for status in ("", "ready", "failed")]
    assert all(box.right() <= width - 20 for box in chips)


async def test_tab_passes_search_and_chips_before_the_cards(make, until):
    room = await make(12)
    holder = QWidget()
    column = QVBoxLayout(holder)
    outside = QLineEdit()
    column.addWidget(outside)
    column.addWidget(room.page)
    holder.resize(741, 840)
    holder.show()
    holder.activateWindow()
    outside.setFocus()
    await until(outside.hasFocus)
    passed = []
    while not room.grid.hasFocus() and len(passed) < 12:
        QTest.keyClick(QApplication.focusWidget(), Key.Key_Tab)
        passed.append(QApplication.focusWidget())
    assert passed[0] is room.page.header.search
    assert room.page.filters.chip("") in passed
    assert passed[-1] is room.grid
    room.page.setParent(None)
    holder.hide()


async def test_mirrored_the_pill_keeps_its_distance_from_the_edge(make, qapp):
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    room = await make(3)
    card = room.grid.card_rect(0)
    picture = room.grid.viewport().grab().toImage()
    row = card.top() + 22
    surface = QColor(load_tokens()["light"]["surface"])
    white = [x for x in range(card.left(), card.right()) if picture.pixelColor(x, row) == surface]
    assert 9 <= card.right() - max(white) <= 13
