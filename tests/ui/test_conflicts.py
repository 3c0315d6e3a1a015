"""The choice between two versions under real keys and clicks, in both directions of reading."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

from studio.core.errors import Bug
from studio.domain.influencer import Influencer
from studio.domain.projection import Shown
from studio.ui.conflicts.banner import ConflictBanner
from studio.ui.conflicts.dialog import ConflictDialog
from studio.ui.conflicts.list_dialog import ConflictListDialog
from studio.ui.widgets.label import Label
from studio.viewmodels.conflict_list import ConflictsViewModel
from studio.viewmodels.conflicts import ConflictViewModel
from studio.viewmodels.pictures import PictureLoader

Key = Qt.Key


def _world():
    name = "conflict_world"
    if name not in sys.modules:
        path = Path(__file__).parent.parent / "viewmodels" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


w = _world()
HUMOR, FORMALITY, PHRASES, until = w.HUMOR, w.FORMALITY, w.PHRASES, w.until


class Desk(w.World):
    """A window, and what is opened from it."""

    def __init__(self, theme) -> None:
        super().__init__()
        self.theme = theme
        self.pictures = PictureLoader(w.NoPictures(), self.scope)
        self.window = QWidget()
        self.window.resize(1200, 900)
        self.window.show()
        self.dialogs: list[QWidget] = []
        self.list = ConflictsViewModel(
            self.conflicts, self.personas, self.contact, self.hub, self.scope, self.clock
        )

    async def open(self, conflict=None) -> ConflictDialog:
        found = conflict or w.maria()
        self.conflicts.held[found.influencer_id] = found
        model = ConflictViewModel(
            found.influencer_id,
            self.conflicts,
            self.personas,
            self.hub,
            self.scope,
            self.clock,
        )
        dialog = ConflictDialog(model, self.pictures, self.theme, self.window)
        dialog.model = model
        dialog.open()
        self.dialogs.append(dialog)
        await until(lambda: model.conflict is not None and dialog.isActiveWindow())
        return dialog

    async def open_list(self) -> ConflictListDialog:
        self.list.start()
        await until(lambda: self.list.empty != "loading")
        dialog = ConflictListDialog(self.list, self.pictures, self.window)
        dialog.open()
        self.dialogs.append(dialog)
        return dialog

    async def end(self) -> None:
        for dialog in self.dialogs:
            dialog.reject()
            dialog.deleteLater()
        self.window.close()
        self.window.deleteLater()
        self.list.close()
        await self.close()


@pytest_asyncio.fixture
async def desk(theme):
    made = Desk(theme)
    yield made
    await made.end()


def words_in(widget: QWidget) -> list[str]:
    """Every text a person can read in it."""
    labels = widget.findChildren(Label)
    return [label.text() for label in labels if label.isVisibleTo(widget) and label.text()]


def chosen(dialog) -> list[list[bool]]:
    return [[card.isChecked() for card in row.cards] for row in dialog.rows if row.cards]


def press(key: Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget(), key, modifier)


async def test_both_versions_stand_beside_each_other_with_whose_they_are(desk):
    dialog = await desk.open()
    humor = dialog.rows[0]
    read = words_in(humor)
    assert {"Humor", "was slapstick"} <= set(read)
    assert {"dry-witty", "observational"} <= set(read)
    assert {"Yours · edited here 11:48", "Server · changed 11:59"} <= set(read)
    merged = words_in(dialog.rows[2])
    assert {"“¡Vamos!”", "added by you", "added on the server"} <= set(merged)
    assert dialog.windowTitle() == "Maria ES changed in two places"
    assert chosen(dialog) == [[False, False], [False, False]]
    assert not dialog.publish_button.isEnabled()
    assert "2 fields still need your choice." in dialog.publish_button.toolTip()


async def test_it_is_chosen_by_keyboard_alone_and_enter_publishes(desk):
    dialog = await desk.open()
    assert QApplication.focusWidget() is dialog.rows[0].cards[0]
    press(Key.Key_Space)
    assert chosen(dialog)[0] == [True, False]
    press(Key.Key_Right)
    assert chosen(dialog)[0] == [False, True]
    press(Key.Key_Up)
    assert chosen(dialog)[0] == [True, False]
    for _ in range(12):
        press(Key.Key_Tab)
        if QApplication.focusWidget() in dialog.rows[1].cards:
            break
    assert chosen(dialog)[1] == [False, False]
    press(Key.Key_Right)
    assert chosen(dialog) == [[True, False], [False, True]]
    press(Key.Key_Return)
    await until(lambda: not dialog.isVisible())
    assert desk.conflicts.decided == [("resolve", {HUMOR: "dry-witty", FORMALITY: "relaxed"})]


async def test_arrows_follow_the_eye_where_reading_goes_from_the_right(desk, qapp):
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    dialog = await desk.open()
    mine, theirs = dialog.rows[0].cards
    assert (
        mine.mapToGlobal(mine.rect().center()).x() > theirs.mapToGlobal(theirs.rect().center()).x()
    )
    mine.setFocus()
    press(Key.Key_Left)
    assert chosen(dialog)[0] == [False, True]
    words = mine.findChildren(Label)[0]
    assert words.mapTo(mine, words.rect().topRight()).x() < mine.width() - 30


async def test_a_click_anywhere_on_a_card_chooses_it_and_a_second_keeps_it(desk):
    dialog = await desk.open()
    card = dialog.rows[1].cards[1]
    for _ in range(2):
        QTest.mouseClick(card, Qt.MouseButton.LeftButton, pos=card.rect().center())
        assert chosen(dialog)[1] == [False, True]


async def test_all_mine_and_all_from_the_server(desk):
    dialog = await desk.open()
    QTest.mouseClick(dialog.mine_button, Qt.MouseButton.LeftButton)
    assert chosen(dialog) == [[True, False], [True, False]]
    QTest.mouseClick(dialog.theirs_button, Qt.MouseButton.LeftButton)
    assert chosen(dialog) == [[False, True], [False, True]]
    assert dialog.publish_button.isEnabled()


async def test_a_third_way_is_written_by_hand_under_the_two(desk):
    dialog = await desk.open()
    row = dialog.rows[0]
    QTest.mouseClick(dialog.theirs_button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(row.hand_button, Qt.MouseButton.LeftButton)
    assert row.editor.isVisible()
    assert row.editor.control.text() == "observational"
    assert QApplication.focusWidget() is row.editor.control
    assert chosen(dialog)[0] == [False, False]
    QTest.keyClicks(row.editor.control, ", dryly")
    assert row.editor.control.text() == "observational, dryly"
    assert dialog.model.values[HUMOR] == "observational, dryly"
    row.cards[0].click()
    assert not row.editor.isVisible()
    assert dialog.model.values[HUMOR] == "dry-witty"
    row.hand_button.click()
    assert row.editor.control.text() == "observational, dryly"


async def test_a_merged_list_can_be_edited_by_hand_and_taken_back(desk):
    dialog = await desk.open()
    row = dialog.rows[2]
    row.hand_button.click()
    assert row.editor.control.values() == ("¡Vamos!", "Así de fácil.", "Sin rodeos.")
    assert row.hand_button.accessibleName() == "Back to merged"
    row.hand_button.click()
    assert not row.editor.isVisible()
    assert "added by you" in words_in(row)


async def test_decide_later_and_escape_leave_everything_as_it_is(desk):
    dialog = await desk.open()
    dialog.mine_button.click()
    dialog.later_button.click()
    assert not dialog.isVisible()
    dialog = await desk.open()
    press(Key.Key_Escape)
    assert not dialog.isVisible()
    await asyncio.sleep(0.01)
    assert desk.conflicts.decided == []
    assert "inf_maria" in desk.conflicts.held


async def test_a_version_that_moves_while_it_is_open_is_shown_and_asked_again(desk):
    dialog = await desk.open()
    dialog.mine_button.click()
    fields = (w.field_of(HUMOR, "slapstick", "dry-witty", "surreal"), *w.maria().fields[1:])
    desk.conflicts.put(w.maria(fields=fields))
    await until(lambda: "surreal" in words_in(dialog.rows[0]))
    assert chosen(dialog) == [[False, False], [True, False]]
    assert any("changed again" in line for line in words_in(dialog.rows[0]))
    assert not dialog.publish_button.isEnabled()


async def test_it_closes_when_a_colleague_settled_it(desk):
    dialog = await desk.open()
    desk.conflicts.remove("inf_maria")
    await until(lambda: not dialog.isVisible())


async def test_what_failed_is_said_in_the_dialog_and_nothing_is_lost(desk):
    dialog = await desk.open()
    dialog.mine_button.click()
    desk.conflicts.refusal = Bug("The disk is full.")
    dialog.publish_button.click()
    await until(lambda: "The disk is full." in words_in(dialog))
    assert dialog.isVisible()
    assert chosen(dialog) == [[True, False], [True, False]]


async def test_a_very_long_text_wraps_and_the_page_scrolls(desk):
    long = "word " * 204
    fields = (w.field_of("voice_description", "calm", long, long + "and more"),)
    fields += tuple(w.field_of(p, "a", "b" * 90, "c") for p in ("vibe", "style", "hair_style"))
    desk.window.resize(900, 600)
    dialog = await desk.open(w.maria(fields=fields))
    await until(lambda: dialog.page.verticalScrollBar().maximum() > 0)
    assert dialog.height() <= 600
    card = dialog.rows[0].cards[0]
    assert card.width() < dialog.width() / 2
    assert card.height() > 200
    assert dialog.content.width() <= dialog.page.viewport().width()


async def test_a_screen_reader_hears_each_version_as_a_radio_button(desk):
    dialog = await desk.open()
    card = dialog.rows[0].cards[0]
    spoken = QAccessible.queryAccessibleInterface(card)
    assert spoken.role() == QAccessible.Role.RadioButton
    assert spoken.text(QAccessible.Text.Name) == "Humor: dry-witty. Yours · edited here 11:48"
    assert dialog.rows[0].hand_button.accessibleName() == "Edit Humor by hand"


async def test_markup_in_a_version_stays_letters(desk):
    lure = "<b>bold</b> <img src='file:///etc/hostname'>"
    dialog = await desk.open(w.maria(fields=(w.field_of(HUMOR, "a", lure, "c"),)))
    assert lure in words_in(dialog.rows[0])


# ---- gone


@pytest.mark.parametrize(
    ("steps", "button", "deed"),
    [
        (0, "Make a new influencer", ("recreate", "inf_maria")),
        (1, "Keep for later", None),
        (2, "Drop my edits", ("let go", "inf_maria")),
    ],
)
async def test_of_a_deleted_one_the_edits_go_on_in_one_of_three_ways(desk, steps, button, deed):
    fields = (replace(w.maria().fields[0], needs_choice=False),)
    dialog = await desk.open(w.maria(fields=fields, is_gone=True))
    opened = []
    dialog.opened.connect(opened.append)
    assert {"Your edits", "Humor", "dry-witty"} <= set(words_in(dialog.gone))
    assert all(card.note.text() for card in dialog.gone.cards)
    for _ in range(steps):
        press(Key.Key_Down)
    assert dialog.publish_button.accessibleName() == button
    dialog.publish_button.click()
    await until(lambda: not dialog.isVisible())
    assert desk.conflicts.decided == ([deed] if deed else [])
    assert opened == (["inf_made"] if steps == 0 else [])


# ---- the list and the banner


async def test_the_list_leads_to_each_and_follows(desk):
    desk.conflicts.held["inf_maria"] = w.maria()
    dialog = await desk.open_list()
    (line,) = dialog.lines
    read = words_in(line)
    assert "2 fields changed in two places" in read
    assert "Acme Coffee iOS · since 12:00" in read
    desk.conflicts.put(w.maria(influencer_id="inf_kai", name="Kai"))
    desk.contact.become(conflicts=2)
    await until(lambda: len(dialog.lines) == 2)
    asked = []
    dialog.resolve_requested.connect(asked.append)
    dialog.lines[1].button.click()
    assert asked == ["inf_kai"]
    assert not dialog.isVisible()


async def test_an_empty_list_tells_which_kind_of_empty_it_is(desk):
    dialog = await desk.open_list()
    assert "Nothing waits for a choice" in words_in(dialog.blank)
    desk.contact.become(contact="offline")
    assert "Nothing waits for a choice here" in words_in(dialog.blank)
    desk.conflicts.refusal = Bug("The file cannot be read.")
    desk.list.try_again()
    await until(lambda: "The file cannot be read." in words_in(dialog.blank))
    assert dialog.again_button.isVisible()
    desk.conflicts.refusal = None
    desk.conflicts.held["inf_maria"] = w.maria()
    dialog.again_button.click()
    await until(lambda: len(dialog.lines) == 1)
    dialog.search.setText("zz")
    assert "Nothing matches" in words_in(dialog.blank)


async def test_many_conflicts_can_be_searched(desk):
    for number in range(9):
        key = f"inf_{number}"
        desk.conflicts.held[key] = w.maria(influencer_id=key, name=f"Kai {number}")
    dialog = await desk.open_list()
    assert dialog.search.isVisible()
    QTest.keyClicks(dialog.search, "kai 7")
    assert [line.row.name for line in dialog.lines] == ["Kai 7"]


class Open(QObject):
    """Which influencer the editor shows."""

    opened = Signal()
    state_changed = Signal()
    influencer_id = ""
    shown = None

    def show(self, influencer_id: str) -> None:
        self.influencer_id = influencer_id
        self.opened.emit()


async def test_the_banner_stands_only_over_an_influencer_that_waits(desk, theme):
    desk.conflicts.held["inf_maria"] = w.maria()
    desk.conflicts.held["inf_kai"] = w.maria(influencer_id="inf_kai", fields=(), is_gone=True)
    desk.list.start()
    await until(lambda: desk.list.count == 2)
    editor = Open()
    banner = ConflictBanner(desk.list, editor, theme, desk.window)
    assert banner.isHidden()
    editor.show("inf_maria")
    assert banner.isVisible()
    assert banner.words() == "2 fields changed in two places"
    asked = []
    banner.resolve_requested.connect(asked.append)
    banner.button.click()
    assert asked == ["inf_maria"]
    editor.show("inf_kai")
    assert banner.words() == "Deleted on the server. Your edits are kept here."
    desk.conflicts.remove("inf_kai")
    await until(banner.isHidden)


async def test_the_banner_is_not_seen_in_the_past(desk, theme):
    desk.conflicts.held["inf_maria"] = w.maria()
    desk.list.start()
    await until(lambda: desk.list.count == 1)
    editor = Open()
    banner = ConflictBanner(desk.list, editor, theme, desk.window)
    editor.show("inf_maria")
    person = Influencer("inf_maria", "p1", "Maria ES")
    editor.shown = Shown(person, person, as_of=desk.clock.now())
    editor.state_changed.emit()
    assert banner.isHidden()
    editor.shown = Shown(person, person)
    editor.state_changed.emit()
    assert banner.isVisible()


async def test_the_keyboard_goes_on_below_a_banner_that_leaves(desk, theme):
    desk.conflicts.held["inf_maria"] = w.maria()
    desk.list.start()
    await until(lambda: desk.list.count == 1)
    editor, column = Open(), QVBoxLayout(desk.window)
    top, below = QPushButton("top", desk.window), QPushButton("below", desk.window)
    banner = ConflictBanner(desk.list, editor, theme, desk.window)
    for widget in (top, banner, below):
        column.addWidget(widget)
        widget.show()
    editor.show("inf_maria")
    banner.button.setFocus()
    desk.conflicts.remove("inf_maria")
    await until(banner.isHidden)
    assert desk.window.focusWidget() is below


async def test_the_next_field_keeps_its_distance_from_the_words_of_the_one_before(desk):
    dialog = await desk.open()
    above, field = dialog.rows[1], dialog.rows[2]
    link = above.hand_button
    bottom = link.mapTo(dialog, link.rect().bottomLeft()).y()
    assert field.mapTo(dialog, field.rect().topLeft()).y() - bottom >= 12
