"""Buttons are reached by keyboard, show it, and say what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.ui.widgets.buttons import Button, IconButton, SplitButton
from studio.ui.widgets.checks import CheckBox, RadioButton
from studio.ui.widgets.focus_ring import FocusRing
from studio.ui.widgets.menu import Menu

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.ui.theme import Theme


def ring_of(button: QWidget) -> FocusRing:
    return button.findChildren(FocusRing)[0]


def test_the_ring_shows_for_the_keyboard_and_nothing_moves(qtbot: QtBot, theme: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    first, second = Button("Review"), Button("Publish", "primary")
    column.addWidget(first)
    column.addWidget(second)
    window.show()
    window.activateWindow()
    first.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(first.hasFocus)
    before = (first.geometry(), second.geometry(), first.sizeHint())
    assert ring_of(first).isVisible()
    edge = first.grab().toImage().pixelColor(0, first.height() // 2)
    assert edge.name() == theme.color("accent").name()
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    assert second.hasFocus()
    assert ring_of(second).isVisible()
    assert not ring_of(first).isVisible()
    assert (first.geometry(), second.geometry(), first.sizeHint()) == before
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    assert not ring_of(first).isVisible()
    window.hide()


@pytest.mark.parametrize("kind", ["primary", "outline", "ghost", "danger"])
def test_controls_are_thirty_two_high_and_twenty_eight_when_compact(
    qtbot: QtBot, kind: str
) -> None:
    for compact, height in ((False, 32), (True, 28)):
        button = Button("Clone", kind, "copy", compact=compact)
        square = IconButton("copy", "Copy", kind, compact=compact)
        for widget in (button, square):
            qtbot.addWidget(widget)
            widget.show()
        assert button.sizeHint().height() == height
        assert (square.width(), square.height()) == (height, height)


def test_an_ampersand_in_a_name_is_shown_and_is_no_shortcut(qtbot: QtBot) -> None:
    button = Button("Clone R&D")
    qtbot.addWidget(button)
    assert button.accessibleName() == "Clone R&D"
    assert button.text() == "Clone R&&D"
    assert button.shortcut().isEmpty()


def test_an_icon_button_has_a_name(qtbot: QtBot) -> None:
    button = IconButton("ellipsis", "More <actions>")
    qtbot.addWidget(button)
    assert button.accessibleName() == "More <actions>"
    assert "&lt;actions&gt;" in button.toolTip()


def test_the_split_button_does_its_main_thing_and_opens_its_menu(qtbot: QtBot) -> None:
    split = SplitButton("Clone", "copy-plus")
    qtbot.addWidget(split)
    menu = Menu(parent=split)
    menu.addAction("Variant matrix")
    split.set_menu(menu)
    split.show()
    with qtbot.waitSignal(split.clicked):
        qtbot.mouseClick(split.main, Qt.MouseButton.LeftButton)
    assert not menu.isVisible()
    qtbot.mouseClick(split.more, Qt.MouseButton.LeftButton)
    assert menu.isVisible()
    menu.close()
    qtbot.keyClick(split.main, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert menu.isVisible()
    menu.close()
    assert split.more.accessibleName() == "More ways: Clone"
    split.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    split.layout().activate()
    assert split.more.x() < split.main.x()


def test_checks_turn_on_with_space(qtbot: QtBot, theme: Theme) -> None:
    for box in (CheckBox("Keep C&A"), RadioButton("Keep C&A")):
        qtbot.addWidget(box)
        box.show()
        assert box.accessibleName() == "Keep C&A"
        qtbot.keyClick(box, Qt.Key.Key_Space)
        assert box.isChecked()
        image = box.grab().toImage()
        names = {image.pixelColor(x, image.height() // 2 + 5).name() for x in range(20)}
        assert theme.color("accent").name() in names
