"""Pills, segments, tabs, progress, avatars and the layout that wraps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

from studio.ui.widgets.avatar import Avatar, OrgBadge, initials
from studio.ui.widgets.flow_layout import FlowLayout
from studio.ui.widgets.pill import StatusDot, StatusPill, paint_pill, status_look
from studio.ui.widgets.progress import ProgressLine
from studio.ui.widgets.segmented import Segmented
from studio.ui.widgets.tabs import TabBar

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.ui.theme import Theme

STATUSES = ("draft", "pending", "training", "ready", "failed", "conflict")


def test_each_status_has_its_own_word_and_shape(qtbot: QtBot) -> None:
    looks = [status_look(status) for status in STATUSES]
    assert len({word for word, _token, _shape in looks}) == len(STATUSES)
    assert len({shape for _word, _token, shape in looks}) == len(STATUSES)
    pictures = []
    for status in STATUSES:
        dot = StatusDot(status)
        qtbot.addWidget(dot)
        dot.show()
        # Without color, so that it is the shapes that differ.
        image = dot.grab().toImage().convertToFormat(QImage.Format.Format_Alpha8)
        gray = dot.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        flat = [gray.pixelColor(x, y).value() // 32 for x in range(8) for y in range(8)]
        pictures.append((flat, image.width()))
    assert len({str(picture) for picture in pictures}) == len(STATUSES)


def test_an_unknown_status_is_named_not_hidden() -> None:
    assert status_look("archived")[0] == "archived"


def test_the_pill_has_the_color_of_its_status(qtbot: QtBot, theme: Theme) -> None:
    pill = StatusPill("failed")
    qtbot.addWidget(pill)
    pill.show()
    assert pill.accessibleName() == "Failed"
    pill.set_status("training", "Rendering 62%")
    assert pill.accessibleName() == "Rendering 62%"
    canvas = QImage(200, 40, QImage.Format.Format_ARGB32)
    canvas.fill(QColor("black"))
    painter = QPainter(canvas)
    box = paint_pill(painter, QPointF(4, 4), "Ready", "ok", theme)
    painter.end()
    assert canvas.pixelColor(round(box.left() + 12), round(box.center().y())).name() == (
        theme.color("ok").name()
    )
    assert box.height() == 22


def test_a_segment_is_chosen_by_arrows_and_enters_tab_order_once(qtbot: QtBot) -> None:
    segments = Segmented((("one", "One variant"), ("matrix", "Variant matrix"), ("x", "Third")))
    qtbot.addWidget(segments, before_close_func=QWidget.hide)
    said: list[str] = []
    segments.selected.connect(said.append)
    segments.show()
    segments.activateWindow()
    segments.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    assert segments.current() == "matrix"
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Left)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Left)
    assert said == ["matrix", "one"]
    segments.set_current("x")
    assert said == ["matrix", "one"]
    stops = [
        button
        for button in segments.findChildren(QWidget)
        if button.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert len(stops) == 1
    segments.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    segments.setFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    assert segments.current() == "matrix"


def test_tabs_say_where_one_went_and_how_many_there_are(qtbot: QtBot) -> None:
    tabs = TabBar()
    qtbot.addWidget(tabs)
    said: list[str] = []
    tabs.picked.connect(said.append)
    tabs.add_tab("persona", "Persona")
    tabs.add_tab("look", "Look", 4)
    tabs.add_tab("history", "History")
    tabs.show()
    assert said == []
    narrow = tabs.tabRect(1).width()
    tabs.set_count("look", 20)
    assert tabs.tabRect(1).width() > narrow
    assert tabs.accessibleTabName(1) == "Look, 20"
    qtbot.keyClick(tabs, Qt.Key.Key_Right)
    assert said == ["look"]
    tabs.set_current("history")
    assert tabs.current() == "history"
    assert said == ["look"]
    qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(0).center())
    assert said == ["look", "persona"]


@pytest.mark.parametrize(("fraction", "share"), [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0), (7.0, 1.0)])
def test_progress_fills_its_share(
    qtbot: QtBot, theme: Theme, fraction: float, share: float
) -> None:
    line = ProgressLine()
    qtbot.addWidget(line)
    line.resize(200, 4)
    line.set_fraction(fraction)
    line.show()
    image = line.grab().toImage()
    accent = theme.color("accent").name()
    filled = sum(image.pixelColor(x, 2).name() == accent for x in range(200))
    assert filled == pytest.approx(200 * share, abs=4)


def test_progress_fills_from_the_reading_side(qtbot: QtBot, theme: Theme) -> None:
    line = ProgressLine()
    qtbot.addWidget(line)
    line.resize(200, 4)
    line.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    line.set_fraction(0.25)
    line.show()
    image = line.grab().toImage()
    assert image.pixelColor(190, 2).name() == theme.color("accent").name()
    assert image.pixelColor(10, 2).name() != theme.color("accent").name()


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Nova", "N"),
        ("Ava Chen", "AC"),
        ("maria de la cruz", "MC"),
        ("👩‍👩‍👧 Family", "👩‍👩‍👧F"),
        ("", "?"),
        ("ليلى حسن", "لح"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_an_avatar_fills_its_square_and_cuts_the_corners(qtbot: QtBot) -> None:
    avatar = Avatar(44)
    qtbot.addWidget(avatar)
    avatar.set_name("Ava Chen")
    avatar.show()
    tinted = avatar.grab().toImage().pixelColor(22, 3)
    picture = QImage(90, 300, QImage.Format.Format_RGB32)
    picture.fill(QColor("teal"))
    avatar.set_picture(picture)
    image = avatar.grab().toImage()
    for x, y in ((22, 22), (1, 22), (22, 1), (42, 42 - 8)):
        assert image.pixelColor(x, y).name() == QColor("teal").name()
    assert image.pixelColor(0, 0).name() != QColor("teal").name()
    avatar.set_picture(None)
    assert avatar.grab().toImage().pixelColor(22, 3) == tinted
    assert avatar.accessibleName() == "Ava Chen"


def test_an_organization_has_one_letter(qtbot: QtBot) -> None:
    badge = OrgBadge()
    qtbot.addWidget(badge)
    badge.set_name("Acme Growth")
    badge.show()
    image = badge.grab().toImage()
    assert image.pixelColor(4, 15) != image.pixelColor(26, 15)
    assert badge.accessibleName() == "Acme Growth"


def test_the_wrapping_layout_mirrors_and_wraps(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    flow = FlowLayout(window, spacing=10)
    parts = []
    for _ in range(4):
        part = QWidget()
        part.setFixedSize(60, 20)
        flow.addWidget(part)
        parts.append(part)
    window.resize(220, 100)
    window.show()
    assert [(part.x(), part.y()) for part in parts] == [(0, 0), (70, 0), (140, 0), (0, 30)]
    assert flow.heightForWidth(220) == 50
    assert flow.heightForWidth(60) == 110
    window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    flow.setGeometry(window.rect())
    assert [part.x() for part in parts] == [160, 90, 20, 160]


def test_the_focus_stays_near_when_what_has_it_goes_away(
    qtbot: QtBot, reading_window: QWidget
) -> None:
    top, part = QPushButton("top"), QWidget()
    inside = QVBoxLayout(part)
    page, other = QWidget(), QPushButton("other page")
    field = QPushButton("field", page)
    for widget in (QPushButton("head of the part"), page, other):
        inside.addWidget(widget)
    for widget in (top, part):
        reading_window.layout().addWidget(widget)
    reading_window.resize(400, 300)
    reading_window.show()
    reading_window.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    page.hide()
    focus = reading_window.focusWidget()
    assert focus is not None
    assert focus is not top
    assert part.isAncestorOf(focus)
