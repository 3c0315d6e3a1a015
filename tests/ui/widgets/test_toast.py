"""Notices stand in the corner, can be acted on, and leave nothing behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from studio.ui.widgets.buttons import Button, IconButton
from studio.ui.widgets.fields import TextField
from studio.ui.widgets.toast import Toast, ToastStack

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.ui.theme import Theme


def new_host(qtbot: QtBot) -> QWidget:
    host = QWidget()
    qtbot.addWidget(host, before_close_func=QWidget.hide)
    # Away from the middle of the screen, where the pointer of a real one may rest.
    host.resize(560, 420)
    host.show()
    return host


def test_notices_stack_in_the_corner_and_keep_to_it(qtbot: QtBot) -> None:
    host = new_host(qtbot)
    stack = ToastStack(host, bottom=28)
    first = stack.notify("Nova was moved to Deleted.", action="Undo")
    second = stack.notify("Could not reach the server. " * 4, tone="error")
    assert first.geometry().bottom() < second.geometry().top()
    assert second.geometry().bottom() < 420 - 28
    assert second.geometry().right() < 560
    host.resize(500, 380)
    assert second.geometry().bottom() < 380 - 28
    assert second.geometry().right() < 500
    host.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    host.resize(501, 380)
    assert second.x() == 16


def test_a_notice_stands_over_the_part_it_is_given_as_long_as_that_is_seen(qtbot: QtBot) -> None:
    host = new_host(qtbot)
    part = QWidget(host)
    part.setGeometry(20, 0, 400, 390)
    part.show()
    toast = ToastStack(host, bottom=92, over=part).notify("Nova was moved to Deleted.")
    assert (toast.geometry().right(), toast.geometry().bottom()) == (419 - 16, 389 - 16)
    part.setGeometry(20, 0, 390, 390)
    assert toast.geometry().right() == 409 - 16
    part.hide()
    assert toast.geometry().right() == 559 - 16
    assert toast.geometry().bottom() < 420 - 92


def test_a_notice_is_as_much_wider_as_its_letters(qtbot: QtBot, theme: Theme) -> None:
    host = new_host(qtbot)
    host.resize(1000, 600)
    theme.set_text_scale(2.0)
    toast = ToastStack(host).notify("Humor of Nova changed on the server meanwhile. " * 3)
    assert toast.width() > 500


def test_a_notice_does_not_take_the_focus_and_its_action_works(qtbot: QtBot) -> None:
    host = new_host(qtbot)
    field = TextField(parent=host)
    field.show()
    host.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    toast = ToastStack(host).notify("Deleted.", action="Undo")
    assert field.hasFocus()
    with qtbot.waitSignals([toast.action_triggered, toast.closed]):
        toast.findChildren(Button)[0].click()
    qtbot.waitUntil(lambda: not host.findChildren(Toast))


def test_a_notice_goes_by_itself_or_by_its_cross(qtbot: QtBot) -> None:
    host = new_host(qtbot)
    stack = ToastStack(host)
    stack.notify("Soon gone.", seconds=0.05)
    qtbot.waitUntil(lambda: not host.findChildren(Toast))
    lasting = stack.notify("Stays.", seconds=0)
    lasting.findChildren(IconButton)[0].click()
    qtbot.waitUntil(lambda: not host.findChildren(Toast))


def test_a_fifth_notice_pushes_the_first_out(qtbot: QtBot) -> None:
    host = new_host(qtbot)
    stack = ToastStack(host, most=4)
    for number in range(5):
        stack.notify(f"Notice {number}")
    qtbot.waitUntil(lambda: len(host.findChildren(Toast)) == 4)
    names = [toast.accessibleName() for toast in host.findChildren(Toast)]
    assert "Notice 0" not in names


def test_a_notice_fades_when_motion_is_welcome(qtbot: QtBot, theme: Theme) -> None:
    theme.set_reduced_motion(reduced=False)
    host = new_host(qtbot)
    toast = ToastStack(host).notify("Hello.", seconds=0)
    toast.leave()
    assert toast.isVisible()
    qtbot.waitUntil(lambda: not host.findChildren(Toast))
