"""Leaving a persona with unsent edits, by every route: the edit stays here and nothing is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from window_driver import CTRL

from studio.ui.clone.dialog import CloneDialog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from window_driver import WindowDriver

HUMOR = "personality.humor"


async def _to_another_card(desk: WindowDriver) -> None:
    await desk.open_card(3)


async def _to_another_project(desk: WindowDriver) -> None:
    workspace = desk.window.workspace
    here = workspace.project_id
    workspace.choose_project_at(1)
    await desk.until("the other project is here", lambda: workspace.project_id != here)
    await desk.until("its cards are here", lambda: desk.window.gallery.size not in (0, 12))
    workspace.choose_project_at(0)
    await desk.ready()


async def _to_another_view(desk: WindowDriver) -> None:
    desk.window.workspace.choose_view("failed")
    desk.window.workspace.choose_view("deleted")
    await desk.turns()
    desk.window.workspace.choose_view("all")
    await desk.ready()


async def _to_a_search(desk: WindowDriver) -> None:
    await desk.press(Qt.Key.Key_F, CTRL)
    await desk.write("nobody at all")
    await desk.turns()
    await desk.press(Qt.Key.Key_Escape)
    await desk.ready()


async def _through_a_dialog(desk: WindowDriver) -> None:
    desk.window.dialogs.clone(desk.open_id)
    (await desk.opened(CloneDialog)).reject()
    await desk.until("the dialog is gone", lambda: desk.dialog(CloneDialog) is None)


async def _to_a_narrow_window(desk: WindowDriver) -> None:
    desk.main.resize(900, 700)
    await desk.turns()
    desk.main.resize(1360, 860)
    await desk.turns()


ROUTES: tuple[Callable[[WindowDriver], Awaitable[None]], ...] = (
    _to_another_card,
    _to_another_project,
    _to_another_view,
    _to_a_search,
    _through_a_dialog,
    _to_a_narrow_window,
)


async def test_no_way_of_leaving_a_persona_sends_anything_or_loses_a_word(scene: Any) -> None:
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        for number, leave in enumerate(ROUTES):
            influencer_id = await desk.open_card(2)
            await desk.type_into(HUMOR, f"unsent {number}")
            await leave(desk)
            await desk.open_card(2)
            await desk.until(
                f"the words are there after {leave.__name__}",
                lambda words=f"unsent {number}": desk.control(HUMOR).text() == words,
            )
            assert influencer_id == desk.open_id
        await desk.close()
        assert [each for each in scene.net.passed if each.method != "GET"] == []
