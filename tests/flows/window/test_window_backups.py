"""An earlier state of the workspace comes back through the window, and unsent words stay."""

from __future__ import annotations

from typing import Any

TONE = "personality.tone"


async def test_a_backup_is_brought_back_and_what_was_typed_since_is_kept(scene: Any) -> None:
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        await desk.open_card(0)
        first, old = desk.open_id, desk.window
        await desk.type_into(TONE, "from before the copy")
        await desk.until("it is a draft", lambda: "1 draft" in old.status.drafts)
        await old.session.backups.back_up()
        await desk.type_into(TONE, "typed after the copy")
        await old.editor.flush()

        old.actions.backups.trigger()
        await desk.until("the list is open", desk.open_dialogs)
        found = await old.session.backups.backups()
        assert [backup.reason for backup in found] == ["asked"]
        await old.session.backups.restore(found[0].name, keep_current=True)

        await desk.until("another window is there", lambda: desk.studio.window not in (None, old))
        assert desk.window is not old
        await desk.until("the roster is here", lambda: desk.window.gallery.size >= 12)
        shown = await desk.window.session.personas.show(first)
        assert shown.influencer.value(TONE) == "typed after the copy"
        kept = await desk.window.session.backups.backups()
        assert [each.reason for each in kept] == ["restore", "asked"]
        await desk.until("it is told", lambda: desk.says("The workspace was brought back"))
