"""Words as chips, by keyboard alone, by mouse, by paste and by input method."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QListView, QVBoxLayout, QWidget

from studio.ui.widgets.chips import Chip, ChipEditor, FilterChip

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.ui.theme import Theme


class Bench:
    """An editor in a window with the focus, and what it said."""

    def __init__(self, qtbot: QtBot, width: int = 420) -> None:
        self.qtbot = qtbot
        self.window = QWidget()
        qtbot.addWidget(self.window, before_close_func=QWidget.hide)
        column = QVBoxLayout(self.window)
        self.editor = ChipEditor("Add trait…")
        self.next = QLineEdit()
        column.addWidget(self.editor)
        column.addWidget(self.next)
        self.said: list[tuple[str, ...]] = []
        self.editor.values_changed.connect(self.said.append)
        self.window.resize(width, 160)
        self.window.show()
        self.window.activateWindow()
        self.editor.setFocus()
        qtbot.waitUntil(self.line.hasFocus)

    @property
    def line(self) -> QLineEdit:
        """The line at the end."""
        return self.editor.findChildren(QLineEdit)[0]

    def chips(self) -> list[Chip]:
        """The chips, in reading order."""
        found = [chip for chip in self.editor.findChildren(Chip) if chip.isVisible()]
        return sorted(found, key=lambda chip: (chip.y(), chip.x()))

    def type(self, text: str) -> None:
        """Keys into whatever has the focus."""
        self.qtbot.keyClicks(QApplication.focusWidget(), text)

    def press(self, key: Qt.Key) -> None:
        """One key into whatever has the focus."""
        self.qtbot.keyClick(QApplication.focusWidget(), key)


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def test_enter_and_comma_add_in_the_order_typed(bench: Bench) -> None:
    bench.type("earnest")
    bench.press(Qt.Key.Key_Return)
    bench.type("thorough,dry ,")
    assert bench.editor.values() == ("earnest", "thorough", "dry")
    assert bench.said == [("earnest",), ("earnest", "thorough"), ("earnest", "thorough", "dry")]
    assert [chip.value() for chip in bench.chips()] == ["earnest", "thorough", "dry"]


def test_enter_on_an_empty_line_is_left_to_the_dialog(bench: Bench) -> None:
    press = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
    press.ignore()
    QApplication.sendEvent(bench.line, press)
    assert bench.said == []
    assert not press.isAccepted()


def test_backspace_on_an_empty_line_removes_the_last(bench: Bench) -> None:
    bench.editor.set_values(("a", "b"))
    bench.type("x")
    bench.press(Qt.Key.Key_Backspace)
    assert bench.said == []
    bench.press(Qt.Key.Key_Backspace)
    assert bench.said == [("a",)]


def test_arrows_walk_the_chips_and_delete_removes(bench: Bench) -> None:
    bench.editor.set_values(("a", "b", "c"))
    bench.press(Qt.Key.Key_Left)
    assert bench.chips()[2].hasFocus()
    bench.press(Qt.Key.Key_Left)
    assert bench.chips()[1].hasFocus()
    bench.press(Qt.Key.Key_Delete)
    assert bench.editor.values() == ("a", "c")
    assert bench.chips()[1].hasFocus()
    bench.press(Qt.Key.Key_Home)
    assert bench.chips()[0].hasFocus()
    bench.press(Qt.Key.Key_Right)
    bench.press(Qt.Key.Key_Right)
    assert bench.line.hasFocus()
    assert bench.said == [("a", "c")]


def test_typing_on_a_chip_goes_on_in_the_line(bench: Bench) -> None:
    bench.editor.set_values(("a",))
    bench.press(Qt.Key.Key_Left)
    bench.type("z")
    assert bench.line.hasFocus()
    assert bench.line.text() == "z"


def test_arrows_follow_the_reading_direction(bench: Bench) -> None:
    bench.window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    bench.editor.set_values(("first", "second"))
    bench.press(Qt.Key.Key_Right)
    chips = bench.chips()
    assert [chip.value() for chip in chips] == ["second", "first"]
    assert chips[0].hasFocus()
    bench.press(Qt.Key.Key_Right)
    assert chips[1].hasFocus()


def test_filling_never_emits_and_keeps_what_is_being_typed(bench: Bench) -> None:
    bench.type("half a wo")
    bench.editor.set_values(("a", "b"))
    bench.editor.set_values(("b",))
    bench.editor.set_values(())
    assert bench.said == []
    assert bench.editor.pending_text() == "half a wo"


def test_another_list_starts_with_an_empty_line(bench: Bench) -> None:
    bench.type("warm")
    bench.editor.take_typed()
    bench.type("half")
    bench.editor.set_values(("b",), fresh=True)
    assert bench.said == [("warm",)]
    assert bench.editor.pending_text() == ""


def test_the_same_word_in_other_letters_is_not_added_twice(bench: Bench) -> None:
    bench.editor.set_values(("Straße",))
    bench.type("STRASSE,")
    assert bench.editor.values() == ("Straße",)
    assert bench.said == []
    assert bench.line.text() == ""


def test_a_paste_with_commas_and_lines_becomes_many(bench: Bench) -> None:
    QApplication.clipboard().setText("one, two\nthree,,one")
    bench.qtbot.keyClick(bench.line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert bench.editor.values() == ("one", "two", "three")
    assert bench.said == [("one", "two", "three")]


def test_an_input_method_ends_its_word_with_enter_and_adds_nothing(bench: Bench) -> None:
    bench.type("very ")
    QApplication.sendEvent(bench.line, QInputMethodEvent("まじめ", []))
    bench.press(Qt.Key.Key_Return)
    assert bench.said == []
    commit = QInputMethodEvent()
    commit.setCommitString("真面目")
    QApplication.sendEvent(bench.line, commit)
    assert bench.line.text() == "very 真面目"
    assert bench.said == []
    bench.press(Qt.Key.Key_Return)
    assert bench.said == [("very 真面目",)]


def test_a_suggestion_is_taken_by_arrow_and_enter(bench: Bench) -> None:
    bench.editor.set_values(("earnest",))
    bench.editor.set_suggestions(("earnest", "Thorough", "throughout", "warm"))
    bench.type("th")
    popup = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QListView))
    bench.qtbot.waitUntil(popup.isVisible)
    offered = [popup.model().index(row, 0).data() for row in range(popup.model().rowCount())]
    assert offered == ["Thorough", "throughout"]
    bench.qtbot.keyClick(popup, Qt.Key.Key_Down)
    bench.qtbot.keyClick(popup, Qt.Key.Key_Return)
    bench.qtbot.waitUntil(lambda: bench.said == [("earnest", "Thorough")])
    assert bench.line.text() == ""


def test_leaving_keeps_what_was_typed(bench: Bench) -> None:
    bench.type("warm")
    bench.press(Qt.Key.Key_Tab)
    assert bench.next.hasFocus()
    assert bench.said == [("warm",)]


def test_the_cross_of_a_chip_removes_it(bench: Bench) -> None:
    bench.editor.set_values(("a", "b"))
    chip = bench.chips()[0]
    cross = QPoint(chip.width() - 12, chip.height() // 2)
    bench.qtbot.mouseClick(chip, Qt.MouseButton.LeftButton, pos=cross)
    assert bench.said == [("b",)]
    assert chip.accessibleName() == "a"


def test_chips_without_crosses_are_narrower_and_delete_still_removes(qtbot: QtBot) -> None:
    wide, narrow = ChipEditor(), ChipEditor(crosses=False)
    for editor in (wide, narrow):
        qtbot.addWidget(editor)
        editor.set_values(("craft",))
        editor.show()
    chip = narrow.findChildren(Chip)[0]
    assert chip.sizeHint().width() < wide.findChildren(Chip)[0].sizeHint().width()
    edge = QPoint(chip.width() - 4, chip.height() // 2)
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton, pos=edge)
    assert narrow.values() == ("craft",)
    qtbot.keyClick(chip, Qt.Key.Key_Delete)
    assert narrow.values() == ()


def test_many_chips_take_more_lines_and_the_box_grows(qtbot: QtBot) -> None:
    bench = Bench(qtbot, width=260)
    low = bench.editor.heightForWidth(240)
    bench.editor.set_values(tuple(f"a longer word {number}" for number in range(8)))
    assert bench.editor.heightForWidth(240) > low * 3
    qtbot.waitUntil(lambda: len({chip.y() for chip in bench.chips()}) >= 4)
    assert all(chip.geometry().right() < bench.editor.width() for chip in bench.chips())


def test_a_word_of_a_thousand_letters_stays_in_the_box(qtbot: QtBot) -> None:
    bench = Bench(qtbot, width=220)
    bench.editor.set_values(("x" * 1000,))
    qtbot.waitUntil(lambda: bench.chips()[0].geometry().right() < bench.editor.width())


def test_a_filter_is_a_toggle_with_its_color(qtbot: QtBot, theme: Theme) -> None:
    chip = FilterChip("Drafts", "warn")
    qtbot.addWidget(chip)
    chip.show()
    image = chip.grab().toImage()
    middle = image.height() // 2
    across = {image.pixelColor(x, middle).name() for x in range(image.width())}
    assert theme.color("warn").name() in across
    qtbot.keyClick(chip, Qt.Key.Key_Space)
    assert chip.isChecked()
    ground = chip.grab().toImage().pixelColor(8, middle)
    assert ground.name() == theme.color("text").name()


def test_without_crosses_two_words_stand_in_half_a_column(qtbot: QtBot) -> None:
    editor = ChipEditor("Add interest…", crosses=False)
    qtbot.addWidget(editor)
    editor.resize(208, 34)
    editor.show()
    editor.set_values(("productivity", "tools-I-use"))
    assert editor.heightForWidth(208) == editor.heightForWidth(800)
    short = ChipEditor(crosses=False)
    qtbot.addWidget(short)
    short.set_values(("craft", "very long word"))
    short.resize(400, 34)
    short.show()
    around = {
        chip.width() - chip.fontMetrics().horizontalAdvance(chip.value())
        for chip in short.findChildren(Chip)
    }
    assert len(around) == 1


def test_a_list_filled_while_its_window_is_not_painted_is_painted_afterwards(
    qtbot: QtBot,
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    editor = ChipEditor("Add trait…")
    QVBoxLayout(window).addWidget(editor)
    window.show()
    window.setUpdatesEnabled(False)
    editor.set_values(tuple(f"word {number}" for number in range(40)))
    window.setUpdatesEnabled(True)
    assert editor.updatesEnabled()
    assert len([chip for chip in editor.findChildren(Chip) if chip.isVisible()]) == 40


def test_a_list_that_is_only_read_offers_nothing_to_type(bench: Bench) -> None:
    bench.editor.set_values(("earnest",))
    assert bench.line.placeholderText() == "Add trait…"
    bench.editor.setEnabled(False)
    assert not bench.line.placeholderText()
    bench.editor.setEnabled(True)
    assert bench.line.placeholderText() == "Add trait…"
