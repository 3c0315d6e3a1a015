"""Some drafts go and others stay; what is held back stays while the rest goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from offline_day import HUMOR, has, publish, records
from PySide6.QtCore import Qt
from window_driver import wire_value

from studio.ui.outbox.dialog import OutboxDialog
from studio.ui.publishing.dialog import PublishingDialog

if TYPE_CHECKING:
    from window_driver import WindowDriver

NAMES = ("Ava Chen", "Kai", "Sora", "Noor")


async def _typed(desk: WindowDriver, names: tuple[str, ...] = NAMES) -> dict[str, str]:
    """A word in the humor of each; their ids by name."""
    ids = dict(zip(desk.card_names(), desk.card_ids(), strict=True))
    for name in names:
        await desk.go_to(ids[name])
        await desk.type_into(HUMOR, f"new for {name}")
    return {name: ids[name] for name in names}


async def test_of_four_drafts_only_the_two_that_are_ticked_go(scene: Any) -> None:
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        api = scene.api()
        morning = records(api)
        ids = await _typed(desk)
        await desk.until("four are drafts", lambda: "4 drafts" in desk.window.status.drafts)

        desk.window.actions.publish_drafts.trigger()
        dialog = await desk.opened(PublishingDialog)
        await desk.until("all four are listed", lambda: len(dialog.rows) == 4)
        assert all(row.tick.isChecked() for row in dialog.rows)
        for row in dialog.rows:
            if row.item.name in ("Kai", "Noor"):
                await desk.click(row.tick)
        await desk.until("two are left", lambda: dialog.publish_button.text() == "Publish 2")
        await desk.click(dialog.publish_button)
        await desk.until("it closes", lambda: desk.dialog(PublishingDialog) is None)
        await desk.until("two are drafts", lambda: "2 drafts" in desk.window.status.drafts)
        await desk.until("all is sent", lambda: desk.contact_words.startswith("Synced"))

        now = records(api)
        for name, influencer_id in ids.items():
            before = wire_value(morning[influencer_id], HUMOR)
            there = f"new for {name}" if name in ("Ava Chen", "Sora") else before
            assert has(now[influencer_id], HUMOR, there), name
            await desk.go_to(influencer_id)
            assert desk.window.editor.value(HUMOR) == f"new for {name}"
            assert desk.window.editor.unsent == (name in ("Kai", "Noor"))
        assert len(scene.net.asked("PATCH")) == 2


async def test_what_is_held_back_stays_while_the_rest_goes(scene: Any) -> None:
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        await desk.close()
        await scene.net.offline()
        desk = await scene.open()
        api = scene.api()
        await desk.until("the roster is there", lambda: desk.window.gallery.size == 12)
        ids = {}
        for name in NAMES[:3]:
            ids |= await _typed(desk, (name,))
            await publish(desk)

        dialog = await _opened_at(desk, "Kai")
        assert dialog.detail.hold_button.text() == "Hold"
        await desk.click(dialog.detail.hold_button)
        await desk.until("it can be let go", lambda: dialog.detail.hold_button.text() == "Release")
        await scene.net.online()
        await desk.click(dialog.send_button)
        await desk.until("two have gone", lambda: desk.waiting == 1)
        await desk.until("one is listed", lambda: dialog.list.model().rowCount() == 1)
        assert desk.says("Kai", dialog)
        now = records(api)
        assert has(now[ids["Ava Chen"]], HUMOR, "new for Ava Chen")
        assert has(now[ids["Sora"]], HUMOR, "new for Sora")
        assert not has(now[ids["Kai"]], HUMOR, "new for Kai")
        await desk.press(Qt.Key.Key_Escape)
        await desk.until("it is closed", lambda: desk.dialog(OutboxDialog) is None)
        await desk.press(Qt.Key.Key_F5)
        await desk.close()

        # What was held is held at the next start as well.
        desk = await scene.open()
        await desk.until("contact is there", lambda: desk.window.session.contact.is_online)
        await desk.ready()
        assert desk.waiting == 1
        dialog = await _opened_at(desk, "Kai")
        assert not has(records(api)[ids["Kai"]], HUMOR, "new for Kai")
        await desk.click(dialog.detail.hold_button)
        await desk.until("it has gone", lambda: desk.waiting == 0)
        await desk.until("the list says so", lambda: desk.says("Nothing waits", dialog))
        assert has(records(api)[ids["Kai"]], HUMOR, "new for Kai")
        assert len(scene.net.asked("PATCH")) == 3


async def _opened_at(desk: WindowDriver, name: str) -> OutboxDialog:
    """The outbox with the row of an influencer chosen by keys."""
    desk.window.actions.outbox.trigger()
    dialog = await desk.opened(OutboxDialog)
    await desk.until("it is read", lambda: dialog.list.model().rowCount())
    await desk.press(Qt.Key.Key_Home)
    for _ in range(dialog.list.model().rowCount()):
        if desk.says(name, dialog.detail):
            break
        await desk.press(Qt.Key.Key_Down)
    assert desk.says(name, dialog.detail)
    await desk.until("its request is shown", lambda: "PATCH" in dialog.detail.requests)
    return dialog
