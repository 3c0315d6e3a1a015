"""Text is shown letter by letter, and no text can stall or fool the window."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QToolTip, QWidget

from studio.ui.widgets.label import ElidedLabel, Label, breakable, set_tooltip, shown

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_a_word_longer_than_a_line_breaks_instead_of_widening_the_window(qtbot: QtBot) -> None:
    label = Label("Delete " + "N" * 128 + "?", wrap=True)
    qtbot.addWidget(label)
    assert label.minimumSizeHint().width() < 300
    assert label.text().replace("\u200b", "") == "Delete " + "N" * 128 + "?"
    family = "👨‍👩‍👧"
    assert breakable(family * 50).replace("\u200b", "") == family * 50
    assert all(piece == family * 12 for piece in breakable(family * 48).split("\u200b")[:-1])
    assert breakable("short words stay") == "short words stay"


#: 300 bytes that keep a label which guesses its format busy for minutes.
NESTED_TABLES = "<table><tr><td>" * 20


@pytest.mark.parametrize("kind", [Label, ElidedLabel])
def test_nested_tables_are_letters_and_cost_nothing(qtbot: QtBot, kind: type[Label]) -> None:
    started = time.perf_counter()
    label = kind(NESTED_TABLES)
    qtbot.addWidget(label)
    set_tooltip(label, NESTED_TABLES)
    label.resize(4000, 40)
    label.show()
    label.grab()
    QToolTip.showText(QPoint(0, 0), label.toolTip(), label)
    tips = [w for w in QApplication.topLevelWidgets() if w.metaObject().className() == "QTipLabel"]
    for tip in tips:
        tip.grab()
    QToolTip.hideText()
    for tip in tips:
        tip.hide()
    assert time.perf_counter() - started < 1
    assert label.text() == NESTED_TABLES


def test_a_label_refuses_to_read_markup(qtbot: QtBot) -> None:
    label = Label("<b>Nova</b>")
    qtbot.addWidget(label)
    with pytest.raises(ValueError, match="plain text"):
        label.setTextFormat(Qt.TextFormat.RichText)
    assert label.text() == "<b>Nova</b>"
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_a_tooltip_shows_markup_as_letters(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    set_tooltip(widget, '<img src="/etc/hostname"> & "Nova"\nsecond line')
    assert "<img" not in widget.toolTip()
    assert "&lt;img" in widget.toolTip()
    set_tooltip(widget, "")
    assert widget.toolTip() == ""


def test_control_characters_and_direction_overrides_are_made_visible() -> None:
    assert shown("a\x00b") == "a\u2400b"
    assert "\u202e" not in shown("photo\u202egnp.exe")
    assert shown("Zoë 👩‍👩‍👧 مرحبا") == "Zoë 👩‍👩‍👧 مرحبا"


def test_a_megabyte_of_text_is_cut(qtbot: QtBot) -> None:
    started = time.perf_counter()
    label, line = Label("x" * 1_000_000), ElidedLabel("line\n" * 200_000)
    for widget in (label, line):
        qtbot.addWidget(widget)
        widget.resize(300, 40)
        widget.show()
        widget.grab()
    assert len(label.text()) <= 20_000
    assert time.perf_counter() - started < 1


def test_a_long_line_ends_in_an_ellipsis_and_tells_the_rest_on_hover(qtbot: QtBot) -> None:
    label = ElidedLabel("A persona with a name that is far too long for its place")
    qtbot.addWidget(label)
    label.resize(120, 20)
    label.show()
    assert label.text().endswith("…")
    assert "too long for its place" in label.toolTip()
    assert label.accessibleName() == label.full_text()
    label.resize(600, 20)
    assert label.text() == label.full_text()
    assert label.toolTip() == ""


def test_an_elided_line_gives_way_to_its_neighbors(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    label = ElidedLabel("word " * 100)
    row.addWidget(label, 1)
    assert window.minimumSizeHint().width() < 100
    assert label.sizeHint().width() <= 400


@pytest.mark.parametrize(
    ("direction", "side"),
    [
        (Qt.LayoutDirection.LeftToRight, Qt.AlignmentFlag.AlignLeft),
        (Qt.LayoutDirection.RightToLeft, Qt.AlignmentFlag.AlignRight),
    ],
)
def test_text_stands_on_the_near_side_of_the_interface(
    qtbot: QtBot, direction: Qt.LayoutDirection, side: Qt.AlignmentFlag
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    label = Label("Latin letters", parent=window)
    window.setLayoutDirection(direction)
    label.resize(300, 20)
    label.show()
    image = label.grab().toImage()
    ground = image.pixelColor(150, 0)
    inked = [
        x
        for x in range(image.width())
        if any(image.pixelColor(x, y) != ground for y in range(image.height()))
    ]
    at_left = sum(inked) / len(inked) < 150
    assert at_left == (side == Qt.AlignmentFlag.AlignLeft)
