"""Clone with an override, clone at once, new by name, delete with a reason; each exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from window_driver import CTRL, SHIFT

from studio.ui.clone.dialog import CloneDialog
from studio.ui.creation.dialog import CreationDialog
from studio.ui.deletion.dialog import DeletionDialog

if TYPE_CHECKING:
    from window_driver import WindowDriver

HUMOR = "personality.humor"
RENDER_SECONDS = "3"
"""Long enough for a job to be asked after while it runs, also on a busy machine."""


def _row_of(desk: WindowDriver, influencer_id: str) -> int:
    return [desk.card_id(row) for row in range(desk.window.gallery.size)].index(influencer_id)


async def _rendered(desk: WindowDriver, made: str) -> None:
    """Follow the job of a placeholder: progress on its card, then the same card is ready."""
    gallery, page = desk.window.gallery, desk.window.page
    await desk.until("it has a card", lambda: page.selected_id == made)
    row = _row_of(desk, made)
    scrolled = page.grid.verticalScrollBar().value()
    # None while nothing is known, 0 while it is queued: more is a job that is really followed.
    await desk.until("progress is on its card", lambda: gallery.progress_of(made), 20)
    assert desk.window.jobs.running_words, "the status bar counts it"
    await desk.until("it is ready", lambda: desk.status_of(made) == "ready", 30)
    assert gallery.progress_of(made) is None
    assert page.selected_id == desk.open_id == made, "the selection has not moved"
    assert page.grid.current_row() == row == _row_of(desk, made)
    assert page.grid.verticalScrollBar().value() == scrolled
    await desk.until("its portrait is drawn", desk.portraits_drawn, 20)


async def test_a_clone_with_an_override_turns_ready_on_its_own_card(scene: Any) -> None:
    async with scene:
        await scene.serve("--render-seconds", "6")
        desk = await scene.open()
        await desk.ready()
        api = scene.api()
        source = await desk.open_card(2)
        size = desk.window.gallery.size
        await desk.press(Qt.Key.Key_D, CTRL | SHIFT)
        dialog = await desk.opened(CloneDialog)
        await desk.until("it knows its source", dialog.clone_button.isEnabled)
        dialog.offer_field(HUMOR)
        await desk.press(Qt.Key.Key_A, CTRL)
        await desk.write("slapstick")
        await desk.until("the change is shown", lambda: desk.says("slapstick", dialog.diff))
        assert scene.net.asked("POST") == []
        await desk.click(dialog.clone_button, double=True)
        await desk.until("the placeholder is open", lambda: desk.open_id not in ("", source))
        made = desk.open_id
        assert desk.dialog(CloneDialog) is None
        await _rendered(desk, made)

        asked = scene.net.asked("POST", "/clone$")
        assert len(asked) == 1, "a double click makes one clone"
        assert asked[0].json["overrides"] == {"personality": {"humor": "slapstick"}}
        assert desk.window.gallery.size == size + 1
        record = api.get(f"/v1/influencers/{made}").json()
        original = api.get(f"/v1/influencers/{source}").json()
        assert record["personality"] == {**original["personality"], "humor": "slapstick"}
        assert record["status"] == "ready"


async def test_clone_now_makes_a_variant_for_each_press(scene: Any) -> None:
    async with scene:
        await scene.serve("--render-seconds", "6")
        desk = await scene.open()
        await desk.ready()
        source = await desk.open_card(2)
        name, size = desk.open_name, desk.window.gallery.size
        await desk.press(Qt.Key.Key_D, CTRL)
        await desk.until("the placeholder is open", lambda: desk.open_id != source)
        made = desk.open_id
        await desk.until("it has a name of its own", lambda: desk.open_name.startswith(name))
        assert desk.open_name != name
        await _rendered(desk, made)
        assert desk.window.gallery.size == size + 1
        assert len(scene.net.asked("POST", "/clone$")) == 1


async def test_a_new_influencer_needs_only_a_name(scene: Any) -> None:
    async with scene:
        await scene.serve("--render-seconds", "6")
        desk = await scene.open()
        await desk.ready()
        before, size = desk.open_id, desk.window.gallery.size
        await desk.press(Qt.Key.Key_N, CTRL)
        dialog = await desk.opened(CreationDialog)
        assert not dialog.create_button.isEnabled()
        await desk.write("Juno")
        assert dialog.create_button.isEnabled()
        await desk.click(dialog.create_button, double=True)
        await desk.until("it is open", lambda: desk.open_id not in ("", before))
        made = desk.open_id
        assert desk.open_name == "Juno"
        await _rendered(desk, made)
        asked = scene.net.asked("POST", "/influencers$")
        assert len(asked) == 1, "a double click makes one"
        assert asked[0].json["name"] == "Juno"
        assert desk.window.gallery.size == size + 1
        assert scene.api().get(f"/v1/influencers/{made}").json()["status"] == "ready"


async def test_enter_alone_does_not_delete_and_the_reason_arrives(scene: Any) -> None:
    async with scene:
        await scene.serve("--render-seconds", "6")
        desk = await scene.open()
        await desk.ready()
        doomed = await desk.open_card(2)
        size = desk.window.gallery.size
        desk.window.page.grid.setFocus()
        await desk.press(Qt.Key.Key_Delete)
        gate = await desk.opened(DeletionDialog)
        await desk.until("it says who", lambda: desk.open_name in gate.windowTitle())
        await desk.press(Qt.Key.Key_Return)
        await desk.until("Enter keeps it", lambda: desk.dialog(DeletionDialog) is None)
        assert scene.net.asked("DELETE") == []
        assert doomed in [desk.card_id(row) for row in range(size)]

        desk.window.page.grid.setFocus()
        await desk.press(Qt.Key.Key_Delete)
        gate = await desk.opened(DeletionDialog)
        await desk.until("it says who", lambda: desk.open_name in gate.windowTitle())
        gate.reason.setFocus()
        await desk.write("Replaced by a <b>later</b> variant")
        assert not gate.delete_button.isEnabled()
        await desk.click(gate.understood)
        await desk.until("it may be deleted", gate.delete_button.isEnabled)
        await desk.click(gate.delete_button, double=True)
        await desk.until("the roster is one shorter", lambda: desk.window.gallery.size == size - 1)
        await desk.until("the server knows", lambda: scene.net.asked("DELETE"))
        await desk.until("it is settled", lambda: not desk.window.session.engine.status.waiting)
        assert [each.json for each in scene.net.asked("DELETE")] == [
            {"reason": "Replaced by a <b>later</b> variant"}
        ]
        assert scene.api().get(f"/v1/influencers/{doomed}").status_code == 404
        assert scene.server.sql("select delete_reason from influencers where id = ?", doomed) == [
            ("Replaced by a <b>later</b> variant",)
        ]
        await desk.until("a neighbor took its place", lambda: desk.open_id not in ("", doomed))

        desk.window.workspace.choose_view("deleted")
        await desk.until("it lies on the shelf", lambda: desk.card_id(0) == doomed)
        desk.window.page.recreate_requested.emit(doomed)
        editor = desk.window.editor
        await desk.until(
            "a draft of it is open", lambda: editor.shown is not None and editor.shown.is_local_only
        )
        assert editor.influencer_id != doomed
        assert scene.net.asked("POST", r"/influencers$") == []


async def test_publishing_twice_in_a_breath_sends_one_request(scene: Any) -> None:
    async with scene:
        await scene.serve("--render-seconds", "6")
        desk = await scene.open()
        await desk.ready()
        await desk.open_card(2)
        await desk.type_into(HUMOR, "once")
        for _ in range(2):
            await desk.press(Qt.Key.Key_Return, CTRL)
        await desk.until("it is published", lambda: desk.says("All changes published"))
        for _ in range(2):
            await desk.press(Qt.Key.Key_Return, CTRL)
        await desk.type_into(HUMOR, "twice")
        await desk.until("it can be published", desk.view.footer.publish.isEnabled)
        await desk.click(desk.view.footer.publish, double=True)
        await desk.until("it is published", lambda: desk.says("All changes published"))
        bodies = [each.json for each in scene.net.asked("PATCH")]
        assert bodies == [{"personality": {"humor": "once"}}, {"personality": {"humor": "twice"}}]
