"""The editor under real keys: what a person sees, and what reaches the services."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import QEvent, QMimeData, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QInputMethodEvent,
    QKeySequence,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from studio.core.errors import Bug, TryLater
from studio.core.events import EventHub
from studio.core.tasks import TaskScope
from studio.domain.draft import DraftField
from studio.domain.events import Notice
from studio.domain.fields import FIELDS
from studio.domain.influencer import Personality
from studio.domain.upload import Upload
from studio.ui.editor.editor_view import EditorView
from studio.ui.widgets.chips import ChipEditor
from studio.viewmodels.editor import EditorViewModel
from studio.viewmodels.look import LookViewModel
from studio.viewmodels.pictures import PictureLoader

HUMOR = "personality.humor"
TRAITS = "personality.traits"
PHRASES = "personality.catchphrases"
TABLES = "<table><tr><td>" * 20 + "deep"
LURES = (
    '<img src="/etc/hostname">',
    "<a href='https://evil.example'>free</a>",
    "\\\\host\\share <style>*{color:red}</style>",
)


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


class Desk:
    """The editor in a window, with everything it needs."""

    def __init__(self, scope: TaskScope, theme, folder: Path) -> None:
        self.hub = EventHub()
        self.desk = w.Desk(self.hub)
        self.contact = w.Contact(self.hub)
        self.incoming = w.Incoming(self.hub)
        self.clock = w.HandClock()
        self.editor = EditorViewModel(self.desk, self.contact, self.hub, scope, clock=self.clock)
        self.look = LookViewModel(
            self.editor, self.incoming, self.contact, self.hub, scope, clock=w.HandClock()
        )
        pictures = PictureLoader(Folder(folder), scope)
        self.view = EditorView(self.editor, self.look, pictures, theme)
        self.notices: list[Notice] = []
        self.hub.subscribe(Notice, self.notices.append)
        self.desk.add(w.nova(), w.ava())

    async def open(self, influencer_id: str = "inf_nova") -> None:
        self.editor.open(influencer_id)
        await until(lambda: self.editor.influencer_id == influencer_id)

    def field(self, path: str) -> QWidget:
        return self.view.binding(path).row.editor

    def focus(self, path: str) -> QWidget:
        """Put the caret into a field, at its end."""
        field = self.field(path)
        field.setFocus(Qt.FocusReason.TabFocusReason)
        target = QApplication.focusWidget()
        if isinstance(target, QLineEdit):
            target.end(False)
        return target

    def draft(self) -> dict[str, object]:
        return {path: one.value for path, one in self.desk.drafts.get("inf_nova", {}).items()}

    def marked(self) -> set[str]:
        """Fields whose revert button a person sees."""
        return {
            spec.path
            for spec in FIELDS
            if spec.path != "name"
            and self.view.binding(spec.path).row._revert.isVisibleTo(self.view)
        }

    def _can_revert(self, path: str) -> bool:
        return self.view.binding(path).row._revert.isVisibleTo(self.view)

    def press(self, keys: str) -> None:
        code = QKeySequence(keys)[0]
        QTest.keyClick(QApplication.focusWidget(), code.key(), code.keyboardModifiers())


@pytest_asyncio.fixture
async def desk(theme, tmp_path):
    errors: list[BaseException] = []
    scope = TaskScope("test", errors.append)
    made = Desk(scope, theme, tmp_path)
    made.view.resize(468, 868)
    made.view.show()
    made.view.activateWindow()
    await until(made.view.isActiveWindow)
    await made.open()
    yield made
    made.desk.edit_error = None
    await made.look.close()
    await made.editor.close()
    await scope.close()
    made.view.close()
    made.view.deleteLater()
    assert not errors, errors


async def test_opening_fills_every_field_and_edits_nothing(desk):
    assert desk.field(HUMOR).text() == "deadpan"
    assert desk.field("gender").value() == "nonbinary"
    assert desk.field("personality.formality").value() == "casual"
    assert desk.field(TRAITS).values() == ("earnest", "thorough")
    assert desk.field(PHRASES).values() == ("Ship it.",)
    assert desk.field("voice_description").toPlainText().startswith("Low, unhurried")
    assert desk.view.header.name.text() == "Nova"
    await desk.open("inf_ava")
    await desk.open("inf_nova")
    await asyncio.sleep(0.01)
    assert not [entry for entry in desk.desk.log if entry[0] == "edit"]
    assert desk.marked() == set()


async def test_typing_marks_only_that_field_and_its_revert_gives_the_old_value_back(desk):
    line = desk.focus(HUMOR)
    line.selectAll()
    QTest.keyClicks(line, "dry-witty")
    assert desk.marked() == {HUMOR}
    assert desk.view.footer.sentence.full_text() == "1 unpublished · saved locally"
    await until(lambda: desk.draft() == {HUMOR: "dry-witty"})
    QTest.mouseClick(desk.view.binding(HUMOR).row._revert, Qt.MouseButton.LeftButton)
    assert line.text() == "deadpan"
    assert desk.marked() == set()
    await until(lambda: desk.draft() == {})


async def test_ten_undos_by_key_return_the_opening_state(desk):
    before = desk.field(HUMOR).text(), desk.field(TRAITS).values()
    for number in range(5):
        line = desk.focus(HUMOR)
        QTest.keyClicks(line, str(number))
        line = desk.focus(TRAITS)
        QTest.keyClicks(line, f"trait{number}")
        QTest.keyClick(line, Qt.Key.Key_Return)
    assert desk.field(HUMOR).text() == "deadpan01234"
    assert len(desk.field(TRAITS).values()) == 7
    assert desk.editor.undo_action.text() == "Undo Change traits"
    for _ in range(10):
        desk.press("Ctrl+Z")
    assert (desk.field(HUMOR).text(), desk.field(TRAITS).values()) == before
    assert not desk.editor.undo_action.isEnabled()
    desk.press("Ctrl+Z")
    for _ in range(10):
        desk.press("Ctrl+Shift+Z")
    assert desk.field(HUMOR).text() == "deadpan01234"
    assert len(desk.field(TRAITS).values()) == 7


async def test_the_name_is_edited_in_place_and_flagged_when_too_long(desk):
    name = desk.view.header.name
    name.setFocus()
    name.selectAll()
    QTest.keyClicks(name, "N" * 129)
    assert desk.view.header._problem.isVisible()
    assert "129 characters" in desk.view.header._problem.text()
    assert not desk.view.footer.publish.isEnabled()
    assert "129 characters" in desk.view.footer.publish.toolTip()
    QTest.keyClick(name, Qt.Key.Key_Backspace)
    assert not desk.view.header._problem.isVisible()
    assert desk.view.footer.publish.isEnabled()


async def test_the_field_with_the_focus_is_not_overwritten(desk):
    line = desk.focus(HUMOR)
    theirs = replace(w.nova().personality, humor="slapstick", tone="formal")
    desk.desk.put(replace(w.nova(), personality=theirs))
    await until(lambda: desk.field("personality.tone").text() == "formal")
    assert line.text() == "deadpan"
    assert "slapstick" in desk.view.binding(HUMOR).row._note.text()
    desk.focus("personality.tone")
    assert line.text() == "slapstick"
    assert not desk.view.binding(HUMOR).row._note.isVisible()


async def test_publish_is_sent_once_on_a_double_click(desk):
    QTest.keyClicks(desk.focus(HUMOR), "!")
    desk.desk.publish_gate = asyncio.Event()
    button = desk.view.footer.publish
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(button, Qt.MouseButton.LeftButton)
    await until(lambda: ("publish", "inf_nova") in desk.desk.log)
    desk.desk.publish_gate.set()
    await until(lambda: desk.editor.save_state.kind == "waiting")
    assert desk.desk.log.count(("publish", "inf_nova")) == 1
    assert desk.view.footer.sentence.full_text() == "Waiting to be sent"


async def test_ctrl_enter_publishes_from_any_field(desk):
    area = desk.focus("personality.tone")
    QTest.keyClicks(area, "!")
    desk.press("Ctrl+Return")
    await until(lambda: "inf_nova" in desk.desk.outbox)
    desk.desk.sent("inf_nova")
    desk.view.show_look()
    area = desk.focus("voice_description")
    assert isinstance(area, QPlainTextEdit)
    QTest.keyClicks(area, "Warm. ")
    desk.press("Ctrl+Return")
    await until(lambda: desk.desk.outbox.get("inf_nova"))
    value = desk.desk.outbox["inf_nova"][0].mutation.fields["voice_description"].value
    assert value.startswith("Warm. ")
    assert "\n" not in value


async def test_undo_in_the_text_area_is_the_editors(desk):
    desk.view.show_look()
    area = desk.focus("voice_description")
    opening = area.toPlainText()
    QTest.keyClicks(area, "Warm. ")
    desk.press("Ctrl+Z")
    assert area.toPlainText() == opening
    assert desk.marked() == set()


async def test_escape_in_a_field_reverts_nothing(desk):
    line = desk.focus(HUMOR)
    QTest.keyClicks(line, "!")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "deadpan!"
    assert desk.marked() == {HUMOR}


async def test_a_word_not_entered_yet_belongs_to_the_influencer_it_was_typed_for(desk):
    line = desk.focus(TRAITS)
    QTest.keyClicks(line, "bold")
    await desk.open("inf_ava")
    assert desk.field(TRAITS).values() == ("warm",)
    assert desk.field(TRAITS).pending_text() == ""
    await until(lambda: desk.draft() == {TRAITS: ("earnest", "thorough", "bold")})


async def test_chips_complete_from_the_project(desk):
    line = desk.focus(TRAITS)
    await until(lambda: desk.editor.suggested(TRAITS))
    QTest.keyClicks(line, "cur")
    popup = line.completer().popup()
    await until(popup.isVisible)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    await until(lambda: desk.field(TRAITS).values()[-1] == "curious")


async def test_phrases_are_added_and_moved_by_keys(desk):
    QTest.mouseClick(desk.view.binding(PHRASES).row._add, Qt.MouseButton.LeftButton)
    QTest.keyClicks(QApplication.focusWidget(), "Not on the list, not real.")
    desk.press("Alt+Up")
    assert desk.editor.value(PHRASES) == ("Not on the list, not real.", "Ship it.")
    desk.press("Ctrl+Z")
    assert desk.field(PHRASES).values() == ("Ship it.", "Not on the list, not real.")
    assert desk.view.binding(PHRASES).row._count.text() == "2"


async def test_a_word_being_composed_is_not_an_edit_until_it_is_committed(desk):
    line = desk.focus(HUMOR)
    QApplication.sendEvent(line, QInputMethodEvent("にほ", []))
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert desk.marked() == set()
    commit = QInputMethodEvent("", [])
    commit.setCommitString("日本")
    QApplication.sendEvent(line, commit)
    assert desk.editor.value(HUMOR) == "deadpan日本"


async def test_review_lists_only_what_changed_and_publishes(desk):
    QTest.keyClicks(desk.focus(HUMOR), "!")
    line = desk.focus(TRAITS)
    QTest.keyClicks(line, "bold")
    QTest.keyClick(line, Qt.Key.Key_Return)
    QTest.mouseClick(desk.view.footer.review, Qt.MouseButton.LeftButton)
    dialog = desk.view.review
    assert [row.change.label for row in dialog.rows] == ["Traits", "Humor"]
    assert dialog.rows[0].change.added == ("bold",)
    QTest.mouseClick(dialog.publish, Qt.MouseButton.LeftButton)
    await until(lambda: "inf_nova" in desk.desk.outbox)
    assert set(desk.desk.outbox["inf_nova"][0].mutation.fields) == {HUMOR, TRAITS}
    assert desk.view.review is None


async def test_closing_the_review_sends_nothing(desk):
    QTest.keyClicks(desk.focus(HUMOR), "!")
    QTest.mouseClick(desk.view.footer.review, Qt.MouseButton.LeftButton)
    QTest.keyClick(desk.view.review, Qt.Key.Key_Escape)
    await until(lambda: desk.view.review is None)
    assert not [entry for entry in desk.desk.log if entry[0] == "publish"]
    assert desk.marked() == {HUMOR}


async def test_discard_takes_all_back_and_undo_brings_all_again(desk):
    QTest.keyClicks(desk.focus(HUMOR), "!")
    QTest.keyClicks(desk.focus("personality.tone"), "!")
    QTest.mouseClick(desk.view.footer.discard, Qt.MouseButton.LeftButton)
    assert desk.marked() == set()
    assert desk.view.footer.sentence.full_text() == "All changes published"
    desk.focus(HUMOR)
    desk.press("Ctrl+Z")
    assert desk.marked() == {HUMOR, "personality.tone"}


async def test_discarding_what_was_never_sent_asks_first(desk):
    desk.desk.people.clear()
    desk.desk.drafts["inf_new"] = {"name": DraftField("Juno", None)}
    desk.desk.is_new = frozenset(("inf_new",))
    await desk.open("inf_new")
    assert desk.view.header.name.text() == "Juno"
    desk.view.discard()
    question = desk.view._question
    QTest.keyClick(question, Qt.Key.Key_Return)
    await until(lambda: desk.view._question is None)
    assert "inf_new" in desk.desk.drafts
    desk.view.discard()
    desk.view._question.done(1)
    await until(lambda: desk.editor.phase == "gone")
    assert ("discard", "inf_new") in desk.desk.log


async def test_a_refusal_is_said_with_what_can_be_done(desk):
    QTest.keyClicks(desk.focus(HUMOR), "!")
    desk.editor.publish()
    await until(lambda: "inf_nova" in desk.desk.outbox)
    desk.desk.refuse("inf_nova", "This humor is not allowed.", HUMOR)
    await until(lambda: desk.editor.save_state.kind == "refused")
    assert desk.view.binding(HUMOR).row._problem.text() == "This humor is not allowed."
    assert desk.view.footer.problem.isVisible()
    QTest.mouseClick(desk.view.footer.take_back, Qt.MouseButton.LeftButton)
    await until(lambda: desk.marked() == {HUMOR})
    assert desk.field(HUMOR).text() == "deadpan!"
    assert not desk.view.footer.problem.isVisible()


async def test_text_that_cannot_be_saved_stays_in_the_window(desk):
    desk.desk.edit_error = Bug("The disk is full.")
    QTest.keyClicks(desk.focus(HUMOR), "!")
    await until(desk.view.footer.problem.isVisible)
    assert desk.view.footer.sentence.full_text() == "Could not save on this computer"
    assert desk.field(HUMOR).text() == "deadpan!"
    desk.desk.edit_error = None
    QTest.mouseClick(desk.view.footer.again, Qt.MouseButton.LeftButton)
    await until(lambda: desk.draft() == {HUMOR: "deadpan!"})
    assert not desk.view.footer.problem.isVisible()


async def test_details_not_here_yet_are_read_only_with_a_calm_note(desk):
    desk.desk.people["inf_ava"] = replace(w.ava(), detailed=False, personality=Personality())
    await desk.open("inf_ava")
    assert desk.view.persona.notice.isVisible()
    assert not desk.field(HUMOR).isEnabled()
    assert not desk.field(TRAITS).isEnabled()
    QTest.keyClicks(desk.field(HUMOR), "x")
    assert desk.editor.changes == ()
    desk.desk.put(w.ava())
    await until(lambda: desk.field(HUMOR).isEnabled())
    assert not desk.view.persona.notice.isVisible()
    assert desk.field(HUMOR).text() == "observational"


async def test_nothing_selected_and_gone_are_told_apart(desk):
    desk.editor.close_current()
    await until(desk.view.blank.isVisible)
    empty = desk.view.blank._title.text()
    await desk.open()
    del desk.desk.people["inf_nova"]
    desk.desk.tell("inf_nova")
    await until(desk.view.blank.isVisible)
    assert desk.view.blank._title.text() != empty


async def test_strings_from_outside_are_shown_letter_by_letter(desk):
    for text in (TABLES, *LURES):
        person = w.nova(name=text[:128], gender=text, age_range=text)
        for spec in FIELDS:
            if spec.path not in ("name", "gender", "age_range"):
                person = person.with_value(spec.path, (text, f"{text}2") if spec.is_list else text)
        desk.desk.people["inf_nova"] = person
        desk.desk.people["inf_ava"] = replace(w.ava(), name=text)
        desk.desk.sources["inf_ava"] = "inf_nova"
        desk.desk.tell("inf_nova")
        await until(lambda person=person: desk.field(HUMOR).text() == person.personality.humor)
        desk.editor.set_value(HUMOR, "dry")
        for tab in ("look", "variants", "persona"):
            desk.view.show_tab(tab)
            desk.view.grab()
        desk.view.show_review()
        desk.view.review.grab()
        desk.view.review.done(0)
        desk.editor.undo_action.trigger()
        await desk.editor.flush()
        assert desk.draft() == {}


@pytest.mark.parametrize("width", [380, 468, 700, 900])
async def test_long_names_other_scripts_and_many_entries_stay_inside(desk, width):
    phrases = tuple(f"Phrase number {number} 👩‍👩‍👧" for number in range(200))
    person = w.nova(name="نوفا " + "W" * 120, gender="x" * 300, status="retrained-from-scratch")
    person = replace(
        person,
        personality=replace(
            person.personality,
            traits=tuple(f"trait-{number}" for number in range(300)),
            tone="محادثة",
            humor="W" * 3000,
            catchphrases=phrases,
        ),
    )
    desk.desk.put(person)
    await until(lambda: desk.field(HUMOR).text() == "W" * 3000)
    desk.editor.set_value("personality.tone", "مرح")
    for tab in ("persona", "look", "variants"):
        desk.view.show_tab(tab)
        desk.view.resize(width, 868)
        await asyncio.sleep(0)
        desk.view.grab()
        assert desk.view.width() == width
        for child in desk.view.findChildren(QWidget):
            inside = child.isVisible() and child.window() is desk.view
            if inside and child.parent() in (desk.view.header, desk.view.footer):
                place = QRect(child.mapTo(desk.view, child.rect().topLeft()), child.size())
                assert place.left() >= 0, child
                assert place.right() < width, child
    page = desk.view.persona.page
    assert page.widget().width() <= page.viewport().width()


async def test_every_control_has_a_name_for_a_screen_reader(desk):
    desk.incoming.put("inf_nova", Upload("u", "p1", "inf_nova", "a.png", "not_found", path="/x"))
    desk.desk.sources["inf_ava"] = "inf_nova"
    desk.desk.tell("inf_ava")
    await until(lambda: desk.editor.variants)
    await until(lambda: any(tile.path for tile in desk.look.tiles))
    nameless = []
    for tab in ("persona", "look", "variants"):
        desk.view.show_tab(tab)
        for child in desk.view.findChildren(QWidget):
            if not child.isVisible() or child.focusPolicy() == Qt.FocusPolicy.NoFocus:
                continue
            if isinstance(child.parent(), QComboBox):
                continue
            found = QAccessible.queryAccessibleInterface(child)
            name = found.text(QAccessible.Text.Name) if found else child.accessibleName()
            if not name:
                nameless.append(f"{tab}: {type(child).__name__}")
    assert nameless == []


async def test_tab_walks_the_fields_in_reading_order(desk):
    desk.view.header.name.setFocus(Qt.FocusReason.TabFocusReason)
    walked = []
    for _ in range(40):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        field = desk.view._field_of(QApplication.focusWidget())
        if field and (not walked or walked[-1] != field):
            walked.append(field)
        if field == "name":
            break
    persona = [spec.path for spec in FIELDS if spec.tab == "persona"]
    assert walked == [*persona[1:], "name"]


async def test_a_dropped_picture_reaches_the_uploads(desk, tmp_path):
    path = tmp_path / "a.png"
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    image.save(str(path))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    enter = _enter(desk.view, mime)
    assert enter.isAccepted()
    assert desk.view.overlay.isVisible()
    assert desk.view.overlay.words[0] == "Drop to add this image to Nova"
    _drop(desk.view, mime)
    await until(lambda: desk.incoming.taken == [("inf_nova", path)])
    assert not desk.view.overlay.isVisible()
    assert desk.view.tabs.current() == "look"


async def test_a_dropped_text_file_is_refused_in_words(desk, tmp_path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "notes.txt"))])
    _enter(desk.view, mime)
    assert desk.view.overlay.state == "refused"
    assert "notes.txt" in desk.view.overlay.words[1]
    _drop(desk.view, mime)
    await until(lambda: desk.notices)
    assert "notes.txt" in desk.notices[0].sentence
    assert desk.incoming.taken == []


async def test_clone_delete_and_copy_id_ask_for_the_open_one(desk):
    heard: list[tuple[str, str]] = []
    desk.editor.clone_requested.connect(lambda found: heard.append(("clone", found)))
    desk.editor.quick_clone_requested.connect(lambda found: heard.append(("quick", found)))
    desk.editor.delete_requested.connect(lambda found: heard.append(("delete", found)))
    header = desk.view.header
    QTest.mouseClick(header.clone.main, Qt.MouseButton.LeftButton)
    header._clone_now.trigger()
    header._delete.trigger()
    header._copy_id.trigger()
    assert heard == [("clone", "inf_nova"), ("quick", "inf_nova"), ("delete", "inf_nova")]
    assert QGuiApplication.clipboard().text() == "inf_nova"


async def test_a_variant_in_the_list_opens(desk):
    desk.desk.sources["inf_ava"] = "inf_nova"
    desk.desk.tell("inf_ava")
    await until(lambda: desk.editor.variants)
    opened: list[str] = []
    desk.editor.open_requested.connect(opened.append)
    desk.view.show_tab("variants")
    row = desk.view.variants._rows[0]
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Space)
    assert opened == ["inf_ava"]


async def test_the_form_is_built_once(desk):
    await desk.open("inf_ava")
    await desk.open("inf_nova")
    fields = [desk.field(spec.path) for spec in FIELDS if spec.path != "name"]
    chips = desk.field(TRAITS)
    assert isinstance(chips, ChipEditor)
    await desk.open("inf_ava")
    assert fields == [desk.field(spec.path) for spec in FIELDS if spec.path != "name"]


def _enter(view: QWidget, mime: QMimeData) -> QDragEnterEvent:
    event = QDragEnterEvent(
        view.rect().center(),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view, event)
    return event


def _drop(view: QWidget, mime: QMimeData) -> QDropEvent:
    event = QDropEvent(
        QPointF(view.rect().center()),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QEvent.Type.Drop,
    )
    QApplication.sendEvent(view, event)
    return event


async def test_the_whole_persona_fits_a_window_of_usual_height(desk):
    values = ("transparency", "craft")
    desk.editor.set_value("personality.values", values)
    desk.editor.set_value("personality.interests", ("productivity", "tools-I-use"))
    desk.editor.set_value(PHRASES, ("Ship it.", "If it's not on the list, it's not real."))
    page = desk.view.persona.page
    await until(lambda: desk.field(PHRASES).values()[1:])
    QApplication.sendPostedEvents()
    assert page.verticalScrollBar().maximum() == 0
    one_line = desk.field(TRAITS).height()
    assert desk.field("personality.values").height() == one_line
    assert desk.field("personality.interests").height() == one_line


async def test_with_little_room_each_field_has_its_own_line(desk, theme):
    grid = desk.view.persona.fields
    assert grid.columns == 2
    theme.set_text_scale(2.0)
    QApplication.sendPostedEvents()
    assert grid.columns == 1
    viewport = desk.view.persona.page.viewport()
    assert desk.view.persona.page.widget().width() <= viewport.width()
    theme.set_text_scale(1.0)
    QApplication.sendPostedEvents()
    assert grid.columns == 2


async def test_tab_walks_the_form_from_top_to_bottom(desk, reading_window):
    reading_window.layout().addWidget(desk.view)
    reading_window.show()
    reading_window.activateWindow()
    await until(reading_window.isActiveWindow)
    desk.view.header.name.setFocus()
    desk.field(PHRASES).add_phrase("Later.")
    desk.view.header.name.setFocus()
    passed = []
    while len(passed) < 40 and QApplication.focusWidget() not in passed:
        passed.append(QApplication.focusWidget())
        QTest.keyClick(passed[-1], Qt.Key.Key_Tab)
    rows = [path for path in map(desk.view._field_of, passed) if path]
    order = list(dict.fromkeys(rows))
    assert order[0] == "name"
    assert order[-1] == PHRASES
    assert rows == sorted(rows, key=order.index)
    phrases = [edit for edit in passed if edit.metaObject().className() == "PhraseEdit"]
    assert len(phrases) == 2
    add = desk.view.persona.strip.add
    assert passed.index(add) > passed.index(phrases[-1])
    desk.view.setParent(None)


async def test_a_name_without_spaces_does_not_widen_the_review(desk):
    desk.editor.set_value("name", "N" * 128)
    await until(lambda: desk.editor.unsent)
    desk.view.show_review()
    review = desk.view.review
    assert review.width() == 560
    assert review.minimumSizeHint().width() <= 560
    review.reject()
