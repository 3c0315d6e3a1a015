"""Catchphrases edited in place: by keyboard, by drag, and never repeated by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputMethodEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from studio.ui.widgets.buttons import Button
from studio.ui.widgets.label import Label
from studio.ui.widgets.phrase_key import phrase_key
from studio.ui.widgets.phrase_row import DragHandle, PhraseRow, grapheme_count
from studio.ui.widgets.phrases import PhraseList

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.ui.theme import Theme


class Bench:
    """A list in a window, and what it said."""

    def __init__(self, qtbot: QtBot, window: QWidget) -> None:
        self.qtbot = qtbot
        self.window = window
        column = cast("QVBoxLayout", window.layout())
        self.list = PhraseList()
        self.other = QLineEdit()
        column.addWidget(self.list)
        column.addWidget(self.other)
        column.addStretch(1)
        self.said: list[tuple[str, ...]] = []
        self.list.values_changed.connect(self.said.append)
        self.window.resize(420, 500)
        self.window.show()
        self.window.activateWindow()
        self.other.setFocus()
        qtbot.waitUntil(self.other.hasFocus)

    def row(self, place: int) -> PhraseRow:
        """The row at ``place``."""
        return self.list.rows()[place]

    def focused(self) -> int:
        """Which row has the caret; -1 for none."""
        for place, row in enumerate(self.list.rows()):
            if row.edit.hasFocus():
                return place
        return -1

    def shown(self) -> list[str]:
        """What the rows show from top to bottom."""
        rows = sorted(self.list.rows(), key=lambda row: row.y())
        return [row.text() for row in rows]

    def type(self, text: str) -> None:
        """Keys into whatever has the focus."""
        self.qtbot.keyClicks(QApplication.focusWidget(), text)

    def press(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """One key into whatever has the focus."""
        self.qtbot.keyClick(QApplication.focusWidget(), key, modifier)


@pytest.fixture
def bench(qtbot: QtBot, reading_window: QWidget) -> Bench:
    return Bench(qtbot, reading_window)


def test_a_list_is_written_with_the_keyboard_alone(bench: Bench) -> None:
    bench.list.add_phrase()
    bench.type("Ship it.")
    bench.press(Qt.Key.Key_Return)
    bench.type("Done is a feature.")
    assert bench.list.values() == ("Ship it.", "Done is a feature.")
    assert bench.said[-1] == bench.list.values()
    bench.press(Qt.Key.Key_Up)
    assert bench.focused() == 0
    bench.press(Qt.Key.Key_Return)
    bench.type("Between")
    assert bench.shown() == ["Ship it.", "Between", "Done is a feature."]


def test_every_key_reaches_the_draft(bench: Bench) -> None:
    bench.list.add_phrase()
    bench.type("Hey")
    assert bench.said == [("H",), ("He",), ("Hey",)]


def test_enter_on_a_blank_row_adds_no_second_blank(bench: Bench) -> None:
    bench.list.set_values(("a",))
    bench.list.start_editing(0)
    bench.press(Qt.Key.Key_Return)
    bench.press(Qt.Key.Key_Return)
    assert bench.shown() == ["a", ""]
    assert bench.said == []


def test_backspace_on_an_empty_phrase_removes_it(bench: Bench) -> None:
    bench.list.set_values(("a", "b", "c"))
    bench.list.start_editing(1)
    bench.press(Qt.Key.Key_Backspace)
    bench.press(Qt.Key.Key_Backspace)
    assert bench.list.values() == ("a", "c")
    assert bench.focused() == 0


def test_alt_and_arrows_move_a_phrase_and_the_caret_goes_along(bench: Bench) -> None:
    bench.list.set_values(("a", "b", "c"))
    bench.list.start_editing(2)
    alt = Qt.KeyboardModifier.AltModifier
    bench.press(Qt.Key.Key_Up, alt)
    bench.press(Qt.Key.Key_Up, alt)
    bench.press(Qt.Key.Key_Up, alt)
    assert bench.shown() == ["c", "a", "b"]
    assert bench.focused() == 0
    bench.press(Qt.Key.Key_Down, alt)
    assert bench.said == [("a", "c", "b"), ("c", "a", "b"), ("a", "c", "b")]


def test_tab_follows_the_order_on_the_screen_after_a_move(bench: Bench) -> None:
    bench.list.set_values(("a", "b", "c"))
    bench.list.start_editing(0)
    bench.press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert bench.shown() == ["b", "a", "c"]
    bench.list.start_editing(0)
    walked = []
    for _ in range(3):
        walked.append(bench.row(bench.focused()).text())
        bench.press(Qt.Key.Key_Tab)
    assert walked == ["b", "a", "c"]


def test_a_phrase_is_dragged_by_its_handle(bench: Bench) -> None:
    bench.list.set_values(("a", "b", "c"))
    bench.qtbot.waitUntil(lambda: bench.row(2).y() > bench.row(1).geometry().bottom() > 40)
    first = bench.row(0)
    handle = first.findChildren(DragHandle)[0]
    drop = handle.mapFromGlobal(bench.row(2).mapToGlobal(QPoint(10, bench.row(2).height() - 2)))
    left = Qt.MouseButton.LeftButton
    bench.qtbot.mousePress(handle, left)
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(drop),
        QPointF(handle.mapToGlobal(drop)),
        left,
        left,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(handle, move)
    bench.qtbot.mouseRelease(handle, left)
    assert bench.shown() == ["b", "c", "a"]
    assert bench.said == [("b", "c", "a")]


def test_filling_never_emits(bench: Bench) -> None:
    bench.list.set_values(("a", "b"))
    bench.list.set_values(("b",))
    bench.list.set_values(())
    bench.list.set_values(("x", "x"))
    assert bench.said == []
    assert bench.list.values() == ("x", "x")


def test_an_echo_of_what_was_typed_leaves_the_caret_alone(bench: Bench) -> None:
    bench.list.set_values(("Ship it",))
    bench.list.start_editing(0)
    bench.press(Qt.Key.Key_Home)
    bench.type("We ")
    bench.list.set_values(bench.said[-1])
    assert bench.row(0).edit.cursorPosition() == 3
    bench.list.set_values(("We Ship it", "from elsewhere"))
    assert bench.focused() == 0
    assert bench.row(0).edit.cursorPosition() == 3


def test_a_repeat_is_flagged_before_it_is_added(bench: Bench) -> None:
    bench.list.set_values(("Ship it.",))
    bench.list.add_phrase()
    bench.type("  ship IT!!")
    commit = QInputMethodEvent()
    commit.setCommitString(" 🚀")
    QApplication.sendEvent(bench.row(1).edit, commit)
    row = bench.row(1)
    assert row.is_flagged()
    assert bench.list.values() == ("Ship it.",)
    assert "Ship it." in row.edit.accessibleDescription()
    warning = [label for label in row.findChildren(Label) if "Repeats" in label.text()]
    assert warning[0].isVisible()
    keep = row.findChildren(Button)[0]
    bench.press(Qt.Key.Key_Return)
    assert keep.hasFocus()
    bench.press(Qt.Key.Key_Space)
    assert bench.list.values() == ("Ship it.", "ship IT!! 🚀")
    assert not warning[0].isVisible()


def test_writing_on_takes_the_flag_away(bench: Bench) -> None:
    bench.list.set_values(("Ship it.",))
    bench.list.add_phrase()
    bench.type("Ship it")
    assert bench.row(1).is_flagged()
    bench.type(" today")
    assert not bench.row(1).is_flagged()
    assert bench.said[-1] == ("Ship it.", "Ship it today")


def test_a_flagged_row_stays_while_others_change(bench: Bench) -> None:
    bench.list.set_values(("Ship it.", "b"))
    bench.list.add_phrase()
    bench.type("ship it")
    bench.list.start_editing(1)
    bench.type("c")
    assert bench.said[-1] == ("Ship it.", "bc")
    bench.list.set_values(bench.said[-1])
    assert bench.shown() == ["Ship it.", "bc", "ship it"]


def test_a_repeat_is_none_once_the_other_has_gone(bench: Bench) -> None:
    bench.list.set_values(("Ship it.",))
    bench.list.add_phrase()
    bench.type("ship it")
    assert bench.row(1).is_flagged()
    bench.list.start_editing(0)
    for _ in range(len("Ship it.") + 1):
        bench.press(Qt.Key.Key_Backspace)
    assert bench.shown() == ["ship it"]
    assert not bench.row(0).is_flagged()
    assert bench.said[-1] == ("ship it",)


def test_an_edit_that_becomes_a_repeat_counts_with_what_it_was(bench: Bench) -> None:
    bench.list.set_values(("Ship it", "Ship them"))
    bench.list.start_editing(1)
    for _ in "hem":
        bench.press(Qt.Key.Key_Backspace)
    bench.press(Qt.Key.Key_Backspace)
    bench.type("it")
    assert bench.row(1).is_flagged()
    assert bench.list.values() == ("Ship it", "Ship them")


def test_another_influencer_does_not_inherit_what_was_not_finished(bench: Bench) -> None:
    bench.list.set_values(("Ship it",))
    bench.list.add_phrase()
    bench.type("ship it")
    bench.list.set_values(("Other", "Another"), fresh=True)
    assert bench.shown() == ["Other", "Another"]
    bench.list.add_phrase()
    bench.list.set_values(("Other", "Another", "pulled"))
    assert bench.shown() == ["Other", "Another", "pulled", ""]
    assert bench.focused() == 3


def test_an_input_method_ends_its_word_with_enter_and_adds_nothing(bench: Bench) -> None:
    bench.list.add_phrase()
    line = bench.row(0).edit
    QApplication.sendEvent(line, QInputMethodEvent("でき", []))
    bench.press(Qt.Key.Key_Return)
    bench.press(Qt.Key.Key_Backspace)
    assert len(bench.list.rows()) == 1
    commit = QInputMethodEvent()
    commit.setCommitString("出来た")
    QApplication.sendEvent(line, commit)
    assert bench.said == [("出来た",)]


def test_the_count_is_of_characters_a_person_sees(bench: Bench, theme: Theme) -> None:
    bench.list.set_values(("👩‍👩‍👧‍👦é", "x" * 81))
    counts = [
        label.text()
        for row in bench.list.rows()
        for label in row.findChildren(Label)
        if label.text().endswith("/ 80")
    ]
    assert counts == ["2 / 80", "81 / 80"]
    assert grapheme_count("👩‍👩‍👧‍👦") == 1
    assert bench.list.values()[1] == "x" * 81


def test_a_blank_row_goes_when_the_caret_leaves_it(bench: Bench) -> None:
    bench.list.set_values(("a",))
    bench.list.add_phrase()
    assert len(bench.list.rows()) == 2
    bench.other.setFocus(Qt.FocusReason.TabFocusReason)
    assert bench.shown() == ["a"]
    assert bench.said == []


def test_what_the_server_does_not_have_is_marked(bench: Bench, theme: Theme) -> None:
    bench.list.set_values(("Ship it.", "New here"))
    bench.list.set_changed_from(("Ship it.",))

    def marked(place: int) -> bool:
        image = bench.row(place).edit.grab().toImage()
        wanted = theme.color("warn").name()
        middle = image.height() // 2
        return any(image.pixelColor(x, middle).name() == wanted for x in range(image.width()))

    assert not marked(0)
    assert marked(1)
    bench.list.set_changed_from(("Ship it.", "New here"))
    assert not marked(1)


def test_a_reader_hears_which_phrase_it_is(bench: Bench) -> None:
    bench.list.set_values(("a", "b"))
    names = [row.edit.accessibleName() for row in bench.list.rows()]
    assert names == ["Catchphrase 1 of 2", "Catchphrase 2 of 2"]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("Ship it.", "  SHIP-IT 🚀", True),
        ("¡Vamos!", "vamos", True),
        ("Straße", "STRASSE", True),
        ("❤️", "❤", True),
        ("🚀", "🎉", False),
        ("Ship it", "Ship them", False),
        ("", "…", False),
    ],
)
def test_when_two_phrases_are_the_same(first: str, second: str, same: bool) -> None:
    assert (phrase_key(first) == phrase_key(second)) is same


def test_tab_walks_the_phrases_in_their_place_wherever_they_were_added(bench: Bench) -> None:
    bench.list.set_values(("a", "c"))
    bench.list.start_editing(0)
    bench.press(Qt.Key.Key_Return)
    bench.type("b")
    bench.list.add_phrase("d")
    bench.list.start_editing(0)
    seen = [bench.focused()]
    for _ in range(3):
        bench.press(Qt.Key.Key_Tab)
        seen.append(bench.focused())
    assert seen == [0, 1, 2, 3]
    bench.press(Qt.Key.Key_Tab)
    assert bench.other.hasFocus()


def test_another_list_leaves_nothing_of_what_was_never_taken(bench: Bench) -> None:
    bench.list.set_values(("Ship it.", "Go."))
    bench.list.start_editing(1)
    bench.row(1).edit.selectAll()
    bench.type("ship it!!")
    assert bench.row(1).is_flagged()
    bench.other.setFocus()
    bench.list.set_values(("Ship it.", "Go."))
    assert bench.shown() == ["Ship it.", "ship it!!"]
    bench.list.set_values(("Ship it.", "Go."), fresh=True)
    assert bench.shown() == ["Ship it.", "Go."]
    assert not any(row.is_flagged() for row in bench.list.rows())
