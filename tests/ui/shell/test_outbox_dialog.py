"""The outbox on screen: choosing, holding, taking out, the requests, and a thousand rows."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from studio.domain.outbox import WaitsFor
from studio.domain.status import SyncStatus
from studio.ui.outbox.clone_change import CloneChangeDialog
from studio.ui.outbox.dialog import OutboxDialog
from studio.ui.widgets.card import Notice
from studio.ui.widgets.label import Label
from studio.viewmodels.outbox import OutboxViewModel
from studio.viewmodels.pictures import PictureLoader

_PATH = Path(__file__).parents[2] / "viewmodels" / "shell" / "outbox_world.py"
_SPEC = importlib.util.spec_from_file_location("outbox_world", _PATH)
outbox_world = importlib.util.module_from_spec(_SPEC)
sys.modules.setdefault("outbox_world", outbox_world)
_SPEC.loader.exec_module(outbox_world)
NOON, row = outbox_world.NOON, outbox_world.row


class Sync:
    status = SyncStatus("online", "api.layers.com", last_contact=NOON)


class NoPictures:
    def stored(self, url):
        return None

    async def fetch(self, url):
        raise outbox_world.BUSY


class Desk:
    """The dialog over an outbox in memory."""

    def __init__(self, world, theme) -> None:
        self.world = world
        self.service = outbox_world.OutboxInMemory(world.hub)
        scope = world.scope.child("outbox")
        self.model = OutboxViewModel(self.service, Sync(), world.hub, scope, world.clock)
        self.pictures = PictureLoader(NoPictures(), scope)
        self.window = QWidget()
        self.window.resize(1200, 800)
        self.theme = theme

    async def open(self, *rows) -> OutboxDialog:
        self.service.put(*rows)
        self.window.show()
        self.dialog = OutboxDialog(self.model, self.pictures, self.theme, self.window)
        self.dialog.open()
        await self.world.until(lambda: self.model.is_loaded)
        return self.dialog


@pytest_asyncio.fixture
async def desk(world, theme):
    made = Desk(world, theme)
    yield made
    made.dialog.reject()
    made.window.deleteLater()


def click(button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


async def test_the_first_row_is_chosen_and_its_requests_are_read(desk):
    dialog = await desk.open(row(1), row(2))
    await desk.world.until(lambda: "PATCH /v1/influencers/inf_1" in dialog.detail.requests)
    assert dialog.list.current_id() == "M1"
    assert dialog.header.subtitle.text().startswith("2 wait")
    click(dialog.detail.copy_button)
    assert QGuiApplication.clipboard().text() == dialog.detail.requests


async def test_arrows_choose_delete_takes_out_and_enter_opens(desk):
    dialog = await desk.open(row(1), row(2), row(3))
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    assert desk.model.selected.row.id == "M2"
    QTest.keyClick(dialog.list, Qt.Key.Key_Delete)
    await desk.world.until(lambda: list(desk.service.held) == ["M1", "M3"])
    opened = []
    dialog.opened.connect(opened.append)
    await desk.world.until(lambda: dialog.list.current_id() == "M1")
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    assert opened == ["inf_1"]
    assert not dialog.isVisible()


async def test_a_row_is_held_and_released_by_the_same_button(desk):
    dialog = await desk.open(row(1))
    await desk.world.until(dialog.detail.hold_button.isVisible)
    click(dialog.detail.hold_button)
    await desk.world.until(lambda: dialog.detail.hold_button.text() == "Release")
    assert desk.service.held["M1"].state == "held"
    assert dialog.hold_button.text() == "Release all"
    click(dialog.detail.hold_button)
    await desk.world.until(lambda: desk.service.held["M1"].state == "waiting")


async def test_only_what_can_be_done_is_offered(desk):
    dialog = await desk.open(
        row(1, kind="bind", images=2, planned=True, why=(WaitsFor("uploads", count=2),)),
        row(2, state="blocked", why=(WaitsFor("choice"),)),
        row(3, state="sending", why=(WaitsFor("sending"),)),
    )
    detail = dialog.detail

    def offered():
        buttons = {
            "send": detail.send_button, "hold": detail.hold_button, "edit": detail.edit_button,
            "remove": detail.remove_button, "fix": detail.fix_button,
        }  # fmt: skip
        return {name for name, button in buttons.items() if button.isVisible()}

    await desk.world.until(lambda: detail.isVisible() and offered() == set())
    desk.model.select("M2")
    assert offered() == {"edit", "remove", "fix"}
    desk.model.select("M3")
    assert offered() == set()


async def test_a_long_reason_in_large_letters_is_read_whole(desk, theme):
    theme.set_text_scale(2.0)
    desk.window.resize(860, 560)
    dialog = await desk.open(
        row(1, state="blocked", why=(WaitsFor("refused"),), reason="It is too long. " * 12)
    )
    notice = dialog.detail.findChild(Notice)
    await desk.world.until(notice.isVisible)
    label = notice.findChild(Label)
    await desk.world.until(lambda: label.height() >= label.heightForWidth(label.width()))
    assert notice.height() >= label.height()


async def test_a_refusal_leads_to_its_field(desk):
    places = []
    dialog = await desk.open(
        row(1, state="blocked", why=(WaitsFor("refused"),), reason="Too long.", reason_field="name")
    )
    dialog.field_wanted.connect(places.append)
    await desk.world.until(dialog.detail.fix_button.isVisible)
    click(dialog.detail.fix_button)
    await desk.world.until(lambda: places)
    assert (places[0].influencer_id, places[0].path) == ("inf_1", "name")
    assert not dialog.isVisible()


async def test_what_could_not_be_done_is_said_and_nothing_closes(desk):
    dialog = await desk.open(row(1))
    desk.service.refusal = outbox_world.BUSY
    await desk.world.until(dialog.detail.remove_button.isVisible)
    click(dialog.detail.remove_button)
    await desk.world.until(dialog._problem.isVisible)
    assert dialog.isVisible()


async def test_a_waiting_clone_is_changed_in_a_form(desk):
    dialog = await desk.open(row(1, kind="clone", source_name="Nova"))
    await desk.world.until(dialog.detail.edit_button.isVisible)
    click(dialog.detail.edit_button)
    await desk.world.until(lambda: dialog.findChildren(CloneChangeDialog))
    (form,) = dialog.findChildren(CloneChangeDialog)
    name = form.form.editor("name")
    name.control.selectAll()
    QTest.keyClicks(name.control, "x" * 129)
    click(form.save_button)
    assert form.isVisible()
    name.control.selectAll()
    QTest.keyClicks(name.control, "Kai")
    form.form.editor("personality.humor").control.selectAll()
    QTest.keyClick(form.form.editor("personality.humor").control, Qt.Key.Key_Delete)
    QTest.keyClicks(form.form.editor("personality.tone").control, "calm")
    click(form.save_button)
    await desk.world.until(lambda: desk.service.changed)
    assert desk.service.changed == [("M1", "Kai", {"personality.tone": "calm"})]


async def test_an_empty_outbox_says_so(desk):
    dialog = await desk.open()
    await desk.world.until(lambda: dialog._pages.currentIndex() == 1)
    assert dialog._heading.text() == "Nothing waits"
    assert not dialog.send_button.isEnabled()


async def test_send_all_and_every_request_to_the_clipboard(desk):
    dialog = await desk.open(row(1), row(2))
    await desk.world.until(dialog.send_button.isEnabled)
    click(dialog.copy_button)
    await desk.world.until(lambda: QGuiApplication.clipboard().text().count("PATCH ") == 2)
    click(dialog.send_button)
    await desk.world.until(lambda: desk.service.sent == ["M1", "M2"])


async def test_a_thousand_rows_make_no_more_widgets_than_two(desk):
    dialog = await desk.open(row(1), row(2))
    few = len(dialog.findChildren(QWidget))
    desk.service.put(*(row(number) for number in range(3, 1001)))
    await desk.world.until(lambda: desk.model.model.rowCount() == 1000)
    assert len(dialog.findChildren(QWidget)) == few
    QTest.keyClick(dialog.list, Qt.Key.Key_End)
    assert desk.model.selected.row.id == "M1000"
    assert dialog.list.current_id() == "M1000"


async def test_text_from_outside_is_drawn_as_it_is(desk):
    dialog = await desk.open(row(1, name="<b>Nova</b>\nsecond", filename="<img src=x>"))
    await desk.world.until(dialog.detail.isVisible)
    assert "<b>Nova</b>" in dialog.detail._name.full_text()
    assert not dialog.list.grab().isNull()
