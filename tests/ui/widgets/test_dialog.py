"""Dialogs are awaited, keep the keyboard inside, and never stop the program."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from studio.core.tasks import TaskScope
from studio.ui.widgets.buttons import Button
from studio.ui.widgets.dialog import StudioDialog, confirm, result_of
from studio.ui.widgets.fields import TextField
from studio.ui.widgets.label import Label
from studio.ui.widgets.scrim import Scrim

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from PySide6.QtGui import QMoveEvent
    from pytestqt.qtbot import QtBot

    Until = Callable[[Callable[[], bool]], Awaitable[None]]


def open_dialog() -> StudioDialog | None:
    """The dialog on the screen, if there is one."""
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, StudioDialog)]
    return next((dialog for dialog in found if dialog.isVisible()), None)


async def answer(until: Until, act: Callable[[StudioDialog], Any]) -> None:
    """Wait for the dialog, then do what a person would."""
    await until(lambda: open_dialog() is not None and QApplication.focusWidget() is not None)
    dialog = open_dialog()
    assert dialog is not None
    act(dialog)


def new_window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window, before_close_func=QWidget.hide)
    window.resize(800, 600)
    window.show()
    return window


async def test_enter_presses_the_default_and_escape_says_no(qtbot: QtBot, until: Until) -> None:
    window = new_window(qtbot)
    for key, expected in ((Qt.Key.Key_Return, True), (Qt.Key.Key_Escape, False)):
        asked = asyncio.get_running_loop().create_task(
            confirm(window, "Publish 2 changes?", "New content only.", accept="Publish")
        )

        def press(dialog: StudioDialog, key: Qt.Key = key) -> None:
            QTest.keyClick(QApplication.focusWidget() or dialog, key)

        await answer(until, press)
        assert await asked is expected
        assert open_dialog() is None


async def test_enter_never_confirms_a_dangerous_question(qtbot: QtBot, until: Until) -> None:
    window = new_window(qtbot)
    asked = asyncio.get_running_loop().create_task(
        confirm(window, "Delete Nova?", "<b>Gone</b>", accept="Delete", danger=True)
    )

    def press(dialog: StudioDialog) -> None:
        assert "<b>Gone</b>" in [label.text() for label in dialog.findChildren(Label)]
        QTest.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Return)

    await answer(until, press)
    assert await asked is False


async def test_other_work_goes_on_while_a_dialog_is_open(qtbot: QtBot, until: Until) -> None:
    window = new_window(qtbot)
    scope = TaskScope("test")
    ticks: list[int] = []

    async def tick() -> None:
        for number in range(3):
            await asyncio.sleep(0)
            ticks.append(number)

    asked = asyncio.get_running_loop().create_task(confirm(window, "Wait?", "Yes.", accept="Go on"))
    await until(lambda: open_dialog() is not None)
    scope.spawn(tick(), name="tick")
    await until(lambda: ticks == [0, 1, 2])
    dialog = open_dialog()
    assert dialog is not None
    dialog.reject()
    assert await asked is False
    await scope.close()


async def test_tab_stays_inside_the_dialog(qtbot: QtBot, until: Until) -> None:
    window = new_window(qtbot)
    outside = TextField(parent=window)
    outside.show()
    dialog = StudioDialog("Rename", parent=window)
    field = TextField("Nova")
    dialog.body.addWidget(field)
    dialog.add_button("Cancel", result=0)
    dialog.add_button("Rename", "primary", result=1, default=True)
    asked = asyncio.get_running_loop().create_task(result_of(dialog))
    await until(lambda: QApplication.focusWidget() is not None and dialog.isActiveWindow())
    seen = set()
    for _ in range(8):
        holder = QApplication.focusWidget()
        assert holder is not None
        assert dialog.isAncestorOf(holder)
        seen.add(holder)
        QTest.keyClick(holder, Qt.Key.Key_Tab)
    assert len(seen) == 3
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert await asked == 1
    dialog.deleteLater()


async def test_the_window_behind_goes_into_the_shade_and_comes_back(
    qtbot: QtBot, until: Until
) -> None:
    window = new_window(qtbot)
    dialog = StudioDialog("Clone Nova", "Appearance is kept.", icon="copy-plus", parent=window)
    asked = asyncio.get_running_loop().create_task(result_of(dialog))
    await until(lambda: bool(window.findChildren(Scrim)))
    assert window.findChildren(Scrim)[0].geometry() == window.rect()
    dialog.reject()
    assert await asked == 0
    await until(lambda: not window.findChildren(Scrim))
    dialog.deleteLater()


async def test_giving_up_the_wait_closes_the_dialog(qtbot: QtBot, until: Until) -> None:
    window = new_window(qtbot)
    scope = TaskScope("test")
    dialog = StudioDialog("Clone Nova", parent=window)
    scope.spawn(result_of(dialog), name="dialog")
    await until(dialog.isVisible)
    await scope.close()
    assert not dialog.isVisible()
    dialog.deleteLater()


async def test_a_dialog_that_goes_with_its_window_is_a_no(qtbot: QtBot, until: Until) -> None:
    window = QWidget()
    window.resize(400, 300)
    window.show()
    asked = asyncio.get_running_loop().create_task(
        confirm(window, "Still there?", "No.", accept="Yes")
    )
    await until(lambda: open_dialog() is not None)
    window.hide()
    window.deleteLater()
    assert await asyncio.wait_for(asked, 5) is False


def test_a_long_title_does_not_widen_the_dialog(qtbot: QtBot) -> None:
    dialog = StudioDialog("Clone " + "Nova " * 200, "<i>plain</i>")
    qtbot.addWidget(dialog)
    dialog.add_button("Cancel", result=0)
    assert dialog.minimumSizeHint().width() < 500
    assert [b.text() for b in dialog.findChildren(Button)] == ["Cancel"]


def off_center(dialog: StudioDialog, window: QWidget) -> int:
    """Pixels between the middle of a dialog and that of its window."""
    apart = dialog.geometry().center() - window.geometry().center()
    return max(abs(apart.x()), abs(apart.y()))


async def test_a_dialog_stands_over_the_middle_also_after_it_has_grown(qtbot: QtBot) -> None:
    window = new_window(qtbot)
    window.move(0, 0)
    dialog = StudioDialog("Delete Nova?", parent=window)
    dialog.resize(300, 160)
    dialog.open()
    assert off_center(dialog, window) <= 1
    dialog.resize(420, 380)
    assert off_center(dialog, window) <= 1
    dialog.reject()
    dialog.deleteLater()


class Told(StudioDialog):
    """Remembers where it was told to be."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Delete Nova?", parent=parent)
        self.places: list[QPoint] = []

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self.places.append(event.pos())


async def test_a_place_told_while_the_window_is_taken_over_is_put_right(
    qtbot: QtBot, until: Until
) -> None:
    window = new_window(qtbot)
    window.move(0, 0)
    dialog = Told(window)
    dialog.resize(300, 200)
    dialog.open()
    dialog.windowHandle().setPosition(3, 4)
    await until(lambda: QPoint(3, 4) in dialog.places)
    await until(lambda: off_center(dialog, window) <= 1)
    dialog.reject()
    dialog.deleteLater()


async def test_where_a_person_has_moved_a_dialog_it_stays(qtbot: QtBot, until: Until) -> None:
    window = new_window(qtbot)
    window.move(0, 0)
    dialog = Told(window)
    dialog.resize(300, 200)
    dialog.open()
    await until(lambda: not dialog._place._settling.isActive())
    dialog.windowHandle().setPosition(30, 40)
    await until(lambda: dialog.pos() == QPoint(30, 40))
    dialog.resize(340, 260)
    assert dialog.pos() == QPoint(30, 40)
    dialog.reject()
    dialog.deleteLater()


def test_every_header_is_as_high_and_buttons_keep_the_width_of_their_words(qtbot: QtBot) -> None:
    plain = StudioDialog("Review changes", "2 fields change.")
    dressed = StudioDialog("Clone Nova", "Appearance is kept.", icon="copy-plus")
    for dialog in (plain, dressed):
        qtbot.addWidget(dialog)
        dialog.add_button("Close", result=0)
        dialog.resize(560, 400)
        dialog.show()
    assert plain.header.height() == dressed.header.height()
    assert plain.footer.height() == dressed.footer.height()
    button = plain.findChildren(Button)[0]
    assert button.width() == button.sizeHint().width()
    edge = button.mapTo(plain, button.rect().topRight()).x()
    assert plain.width() - edge <= 24


def test_a_window_let_go_of_while_its_shade_still_has_to_go_is_deleted_once() -> None:
    def ask() -> weakref.ref[QWidget]:
        window = QWidget()
        window.resize(400, 300)
        window.show()
        dialog = StudioDialog("Delete Nova?", parent=window)
        dialog.open()
        dialog.reject()
        window.hide()
        return weakref.ref(window)

    left = ask()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    assert left() is None
