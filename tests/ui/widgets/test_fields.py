"""Fields tell editing from filling, leave Enter to the input method, and say what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QInputMethodEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from studio.ui.widgets.buttons import Button, IconButton
from studio.ui.widgets.field_row import FieldRow
from studio.ui.widgets.fields import (
    ChoiceField,
    SearchField,
    ShortcutHint,
    TextArea,
    TextField,
)
from studio.ui.widgets.label import Label

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.ui.theme import Theme


def compose(widget: QWidget, preedit: str, commit: str = "") -> None:
    """What an input method sends while a word is being written."""
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QApplication.sendEvent(widget, event)


def test_enter_ends_a_composition_and_nothing_else(qtbot: QtBot) -> None:
    field = TextField()
    qtbot.addWidget(field)
    pressed: list[str] = []

    def note() -> None:
        pressed.append(field.text())

    field.returnPressed.connect(note)
    compose(field, "にほん")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not pressed
    compose(field, "", "日本")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert pressed == ["日本"]


def test_filling_a_field_is_not_editing(qtbot: QtBot) -> None:
    field, area = TextField(), TextArea()
    choice = ChoiceField(("casual", "formal"))
    edits: list[str] = []

    def note(*_carried: object) -> None:
        edits.append("edit")

    for widget in (field, area, choice):
        qtbot.addWidget(widget)
        widget.show()
    field.textEdited.connect(note)
    area.edited.connect(note)
    choice.chosen.connect(note)
    for widget in (field, area, choice):
        widget.set_value("formal")
    assert not edits
    qtbot.keyClicks(field, "x")
    qtbot.keyClicks(area, "x")
    qtbot.keyClick(choice, Qt.Key.Key_Up)
    assert edits == ["edit"] * 3


def test_a_refill_leaves_the_caret_where_it_was(qtbot: QtBot) -> None:
    field = TextField("deadpan")
    qtbot.addWidget(field)
    field.setCursorPosition(3)
    field.set_value("deadpan")
    assert field.cursorPosition() == 3


def test_a_value_outside_the_choices_is_kept(qtbot: QtBot) -> None:
    choice = ChoiceField(("casual", "formal"))
    qtbot.addWidget(choice)
    choice.set_value("street")
    assert choice.value() == "street"
    choice.set_choices(("casual", "formal"))
    assert choice.value() == "street"
    choice.set_value("")
    assert choice.value() == ""


def test_a_choice_that_can_be_written_carries_each_key(qtbot: QtBot) -> None:
    choice = ChoiceField(("casual", "formal"), editable=True)
    qtbot.addWidget(choice)
    said: list[str] = []
    choice.chosen.connect(said.append)
    qtbot.keyClicks(choice.lineEdit(), "ice")
    assert said == ["i", "ic", "ice"]
    assert choice.value() == "ice"


def test_the_wheel_over_a_choice_scrolls_the_page(qtbot: QtBot) -> None:
    choice = ChoiceField(("a", "b", "c"))
    qtbot.addWidget(choice)
    choice.set_value("b")
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(choice, wheel)
    assert choice.value() == "b"
    assert not wheel.isAccepted()


def test_tab_leaves_a_text_area(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    area, field = TextArea(parent=window), TextField(parent=window)
    field.move(0, 100)
    window.show()
    window.activateWindow()
    area.setFocus()
    qtbot.waitUntil(area.hasFocus)
    qtbot.keyClick(area, Qt.Key.Key_Tab)
    assert field.hasFocus()
    assert area.toPlainText() == ""
    window.hide()


def test_a_wrong_field_is_outlined_and_says_why(qtbot: QtBot, theme: Theme) -> None:
    row = FieldRow("Name", TextField("Nova"))
    qtbot.addWidget(row)
    row.resize(240, 90)
    row.show()
    row.set_problem("The name has 129 characters; 128 fit.")
    sentences = [label.text() for label in row.findChildren(Label) if label.isVisible()]
    assert "The name has 129 characters; 128 fit." in sentences
    image = row.editor.grab().toImage()
    assert image.pixelColor(0, image.height() // 2).name() == theme.color("error").name()
    assert row.editor.accessibleDescription() == "The name has 129 characters; 128 fit."
    assert row.editor.accessibleName() == "Name"
    row.set_problem(None)
    image = row.editor.grab().toImage()
    assert image.pixelColor(0, image.height() // 2).name() == theme.color("outline").name()
    assert row.editor.accessibleDescription() == ""


def test_a_changed_field_says_what_it_was_and_offers_it_back(qtbot: QtBot) -> None:
    row = FieldRow("Humor", TextField("dry-witty"))
    qtbot.addWidget(row)
    row.resize(300, 60)
    row.show()
    revert = row.findChildren(IconButton)[0]
    assert not revert.isVisible()
    height = row.sizeHint().height()
    row.set_changed("deadpan")
    assert "was deadpan" in [label.text() for label in row.findChildren(Label)]
    assert revert.isVisible()
    assert row.sizeHint().height() == height
    with qtbot.waitSignal(row.revert_requested):
        qtbot.keyClick(revert, Qt.Key.Key_Space)
    row.set_changed("")
    assert "was empty" in [label.text() for label in row.findChildren(Label)]
    row.set_changed(None)
    assert not revert.isVisible()


def test_a_changed_list_shows_its_mark_and_keeps_the_words_in_the_tooltip(qtbot: QtBot) -> None:
    row = FieldRow("Catchphrases", TextField())
    qtbot.addWidget(row)
    row.resize(300, 60)
    row.show()
    row.set_changed("Ship it., Go.", in_words=False)
    revert = row.findChildren(IconButton)[0]
    assert revert.isVisible()
    assert "Ship it., Go." in revert.toolTip()
    assert not any("Ship it." in label.text() for label in row.findChildren(Label))


def test_a_field_is_read_from_the_side_of_the_interface(qtbot: QtBot, qapp: QApplication) -> None:
    field = TextField("direct")
    qtbot.addWidget(field)
    assert field.alignment() & Qt.AlignmentFlag.AlignLeft
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert field.alignment() & Qt.AlignmentFlag.AlignRight


def test_the_shortcut_makes_way_for_what_the_search_is_for(qtbot: QtBot) -> None:
    search = SearchField("Search personas", QKeySequence.StandardKey.Find)
    qtbot.addWidget(search)
    hint = search.findChildren(ShortcutHint)[0]
    search.resize(240, 32)
    search.show()
    assert hint.isVisible()
    search.resize(170, 32)
    assert not hint.isVisible()


class Fixer:
    """Someone who can do something about a note."""

    def __init__(self) -> None:
        self.fixed = 0

    def fix(self) -> None:
        self.fixed += 1


def test_a_note_can_offer_what_to_do(qtbot: QtBot) -> None:
    row = FieldRow("Formality", TextField("formal"))
    qtbot.addWidget(row)
    row.show()
    fixer = Fixer()
    row.set_note("“yo fam” is not formal.", fixer.fix, "Make it casual")
    found = row.findChildren(Button)
    button = next(each for each in found if each.accessibleName() == "Make it casual")
    assert button.isVisible()
    button.click()
    assert fixer.fixed == 1
    row.set_note(None)
    assert not button.isVisible()


def test_search_tells_its_shortcut_clears_and_passes_escape_on(qtbot: QtBot) -> None:
    search = SearchField("Search personas", "Ctrl+F")
    qtbot.addWidget(search)
    search.resize(240, 32)
    search.show()
    said: list[str] = []
    search.query_changed.connect(said.append)
    hint = next(label for label in search.findChildren(Label) if label.text() == "Ctrl+F")
    clear = search.findChildren(IconButton)[0]
    assert hint.isVisible()
    qtbot.keyClicks(search, "ship")
    assert said[-1] == "ship"
    assert not hint.isVisible()
    assert clear.isVisible()
    qtbot.mouseClick(clear, Qt.MouseButton.LeftButton)
    assert said[-1] == ""
    compose(search, "シップ")
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    compose(search, "", "シップ")
    assert search.text() == "シップ"
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert search.text() == ""
    assert hint.isVisible()
