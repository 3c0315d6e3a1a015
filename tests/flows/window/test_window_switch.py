"""Settings choose another server: asked first, nothing lost, each server's work stays its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from studio.core.errors import ChangeStateFirst
from studio.core.secrets import ApiKey
from studio.ui.quit_dialog import QuitDialog

if TYPE_CHECKING:
    from window_driver import WindowDriver

TONE = "personality.tone"


async def _asked(desk: WindowDriver) -> QuitDialog:
    def found() -> QuitDialog | None:
        dialogs = [each for each in desk.open_dialogs() if isinstance(each, QuitDialog)]
        return dialogs[0] if dialogs else None

    await desk.until("it is asked", found)
    dialog = found()
    assert dialog is not None
    return dialog


async def test_another_server_is_asked_about_and_drafts_stay_with_the_first(scene: Any) -> None:
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        await desk.open_card(0)
        await desk.type_into(TONE, "for the first server alone")
        await desk.until("it is a draft", lambda: "1 draft" in desk.window.status.drafts)
        connection, key = desk.studio.connection, ApiKey(scene.server.key)
        first, old = connection.server_url, desk.window

        switching = asyncio.ensure_future(connection.use(scene.server.url, key))
        dialog = await _asked(desk)
        assert desk.says("Change the server", dialog)
        dialog.reject()
        with pytest.raises(ChangeStateFirst, match="not changed"):
            await switching
        assert (connection.server_url, desk.window) == (first, old)

        switching = asyncio.ensure_future(connection.use(scene.server.url, key))
        (await _asked(desk)).quit_button.click()
        await switching
        await desk.until("another window is there", lambda: desk.studio.window not in (None, old))
        await desk.until("its roster is read", lambda: desk.window.gallery.size >= 12)
        assert desk.window.session.engine.status.drafts == 0

        second = desk.window
        await connection.use(first, key)
        await desk.until("the first is back", lambda: desk.studio.window not in (None, second))
        await desk.until("with its draft", lambda: desk.window.session.engine.status.drafts == 1)
