"""Publish several at once: ticks, fields old against new, results, and the question at leaving."""

from __future__ import annotations

import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea, QWidget

from studio.core.errors import TryLater
from studio.domain.diff import Change
from studio.domain.influencer import Influencer
from studio.domain.outbox import PublishSent
from studio.ui.outbox.undo_toast import UndoSendToast
from studio.ui.publishing.dialog import PAGE, PublishingDialog
from studio.ui.quit_dialog import QUIT, QuitDialog
from studio.ui.widgets.buttons import Button
from studio.ui.widgets.label import Label
from studio.ui.widgets.toast import Toast, ToastStack
from studio.viewmodels.pictures import PictureLoader
from studio.viewmodels.publishing import PublishingViewModel
from studio.viewmodels.undo_send import UndoSendViewModel

HUMOR = Change("personality.humor", "deadpan", "dry-witty")


class NoPictures:
    def stored(self, url):
        return None

    async def fetch(self, url):
        raise TryLater("No picture.", no_contact=True)


class Desk:
    """The dialog over the workspace in memory."""

    def __init__(self, world, theme) -> None:
        self.world, self.theme = world, theme
        self.published: list[str] = []
        self.refusal: Exception | None = None
        world.personas.publish = self.publish
        self.window = QWidget()
        self.window.resize(1000, 700)

    async def publish(self, influencer_id: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.published.append(influencer_id)
        self.world.personas.unsent.pop(influencer_id)

    async def open(self, **unsent) -> PublishingDialog:
        people = self.world.personas
        for influencer_id, changes in unsent.items():
            if influencer_id not in people.people:
                people.put(Influencer(influencer_id, "p1", influencer_id.title()))
            people.unsent[influencer_id] = changes
        scope = self.world.scope.child("publishing")
        self.model = PublishingViewModel(people, self.world.hub, scope, "p1")
        self.window.show()
        pictures = PictureLoader(NoPictures(), scope)
        self.dialog = PublishingDialog(self.model, pictures, self.theme, self.window)
        self.dialog.open()
        await self.world.until(lambda: self.model.is_loaded)
        return self.dialog


@pytest_asyncio.fixture
async def desk(world, theme):
    made = Desk(world, theme)
    yield made
    if hasattr(made, "dialog"):
        made.dialog.reject()
    made.window.deleteLater()


def click(widget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def texts(widget) -> list[str]:
    return [label.text() for label in widget.findChildren(Label)]


async def test_rows_are_ticked_open_to_their_changes_and_enter_publishes(desk):
    dialog = await desk.open(inf_nova=(HUMOR,), inf_b=(Change("style", None, "bold"),))
    assert [row.tick.isChecked() for row in dialog.rows] == [True, True]
    assert dialog.publish_button.text() == "Publish 2"
    first = dialog.rows[0]
    assert not {"deadpan", "dry-witty"} & set(texts(first))
    click(first.toggle)
    assert {"deadpan", "dry-witty"} <= set(texts(first))
    click(first.toggle)
    assert not first.is_open
    first.tick.click()
    assert dialog.publish_button.text() == "Publish 1"
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    await desk.world.until(lambda: not dialog.isVisible())
    assert desk.published == ["inf_b"]


async def test_what_cannot_go_says_why_and_has_no_tick(desk):
    dialog = await desk.open(inf_b=(Change("name", "B", "x" * 129),))
    (row,) = dialog.rows
    assert not row.tick.isEnabled()
    assert any("128 is the most" in text for text in texts(row))
    assert not dialog.publish_button.isEnabled()


async def test_a_failure_stays_on_screen_with_its_reason(desk):
    dialog = await desk.open(inf_nova=(HUMOR,))
    desk.refusal = TryLater("The disk is full.")
    click(dialog.publish_button)
    await desk.world.until(lambda: "The disk is full." in texts(dialog.rows[0]))
    assert dialog.isVisible()
    assert dialog.cancel_button.text() == "Close"


async def test_nothing_to_publish_is_said_in_the_middle(desk):
    dialog = await desk.open()
    said = next(label for label in dialog.findChildren(Label) if "no unsent edits" in label.text())
    await desk.world.until(said.isVisible)
    left = said.mapTo(dialog, said.rect().topLeft()).x()
    assert abs(left + said.width() / 2 - dialog.width() / 2) <= 1


async def test_cancel_publishes_nothing(desk):
    dialog = await desk.open(inf_nova=(HUMOR,))
    click(dialog.cancel_button)
    assert not dialog.isVisible()
    assert desk.published == []


async def test_the_box_for_all_ticks_and_unticks(desk):
    dialog = await desk.open(inf_nova=(HUMOR,), inf_b=(HUMOR,))
    dialog.rows[0].tick.click()
    assert dialog.all_box.checkState() == Qt.CheckState.PartiallyChecked
    dialog.all_box.click()
    assert desk.model.ticked == 2
    dialog.all_box.click()
    assert desk.model.ticked == 0


async def test_many_drafts_are_laid_out_by_the_page_and_all_are_published(desk):
    many = {f"inf_{number:03}": (HUMOR,) for number in range(PAGE + 5)}
    dialog = await desk.open(**many)
    assert len(dialog.rows) == PAGE
    assert dialog.more_button.text() == "Show 5 more"
    assert dialog.publish_button.text() == f"Publish {PAGE + 5}"
    click(dialog.publish_button)
    await desk.world.until(lambda: len(desk.published) == PAGE + 5)


async def test_nothing_unsent_is_said(desk):
    dialog = await desk.open()
    assert dialog._empty.isVisible()
    assert not dialog.publish_button.isEnabled()


# ---- leaving


async def test_leaving_names_drafts_and_what_waits_and_enter_keeps(desk):
    desk.window.show()
    dialog = QuitDialog(
        ["Nova · Humor"],
        waiting=7,
        waiting_words=[f"Ava: Publish {number}" for number in range(7)],
        parent=desk.window,
    )
    dialog.open()
    said = texts(dialog)
    assert any("Nova · Humor" in line for line in said)
    assert any("Ava: Publish 0" in line for line in said)
    assert "and 2 more" in said
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.result() == QUIT


async def test_however_long_the_names_the_buttons_stay_in_reach(desk, theme):
    theme.set_text_scale(2.0)
    desk.window.resize(860, 560)
    desk.window.show()
    names = ["A very long name of somebody " * 5] * 20
    dialog = QuitDialog(names, waiting=40, waiting_words=names, jobs=1, parent=desk.window)
    dialog.open()
    assert dialog.height() <= 560
    assert dialog.rect().contains(
        dialog.quit_button.mapTo(dialog, dialog.quit_button.rect().center())
    )
    dialog.reject()


async def test_few_names_need_no_scroll_bar(desk):
    desk.window.show()
    dialog = QuitDialog(["Nova", "Maria"], waiting=2, waiting_words=["Publish", "Clone"])
    dialog.open()
    bars = [page.verticalScrollBar() for page in dialog.findChildren(QScrollArea)]
    assert [bar.maximum() for bar in bars] == [0]
    dialog.reject()
    dialog.deleteLater()


async def test_changing_the_server_says_where_the_drafts_stay(desk):
    desk.window.show()
    dialog = QuitDialog(["Nova"], waiting=1, purpose="switch", parent=desk.window)
    dialog.open()
    assert dialog.header.title.text() == "Change the server with unsent edits?"
    assert "nothing is sent" in dialog.sentences[0]
    assert "until you come back" in dialog.sentences[1]
    assert dialog.quit_button.text() == "Keep drafts and change"
    dialog.reject()


# ---- undo send


class UndoDesk:
    """A window whose toasts offer to undo."""

    def __init__(self, desk) -> None:
        self.world, self.window = desk.world, desk.window
        self.undone: list[PublishSent] = []
        scope = self.world.scope.child("undo")
        self.model = UndoSendViewModel(self, self.world.hub, scope, self.world.clock)
        self.window.show()
        self.toast = UndoSendToast(self.model, ToastStack(self.window), self.window)

    async def undo_send(self, sent: PublishSent) -> bool:
        self.undone.append(sent)
        return True

    def shown(self) -> list[Toast]:
        return [one for one in self.window.findChildren(Toast) if one.isVisible()]


async def test_a_sent_publish_can_be_undone_from_its_toast(desk):
    undo = UndoDesk(desk)
    sent = PublishSent("M1", "p1", "inf_nova", "Nova", ("personality.humor",))
    undo.world.hub.publish(sent)
    (toast,) = undo.shown()
    assert toast.accessibleName() == "Nova: humor sent."
    (button,) = [one for one in toast.findChildren(Button) if one.text() == "Undo send"]
    click(button)
    await undo.world.until(lambda: undo.undone == [sent] and not undo.shown())
    undo.model.close()


async def test_the_offer_goes_after_ten_seconds_and_a_newer_one_takes_its_place(desk):
    undo = UndoDesk(desk)
    undo.world.hub.publish(PublishSent("M1", "p1", "inf_nova", "Nova", ("style",)))
    undo.world.hub.publish(PublishSent("M2", "p1", "inf_b", "B", ("style",)))
    assert [one.accessibleName() for one in undo.shown()] == ["Edits of 2 influencers were sent."]
    await undo.world.until(lambda: undo.world.clock.sleeping)
    undo.world.clock.pass_time(10)
    await undo.world.until(lambda: not undo.shown())
    undo.model.close()
