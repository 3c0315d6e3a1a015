"""Leaving: the question names what was not sent, no way out sends anything, uploads go on later."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu
from window_driver import CTRL, files

from studio.ui.quit_dialog import QuitDialog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from window_driver import WindowDriver

HUMOR = "personality.humor"


async def _by_key(desk: WindowDriver) -> None:
    await desk.press(Qt.Key.Key_Q, CTRL)


async def _by_frame(desk: WindowDriver) -> None:
    desk.main.close()


async def _by_menu(desk: WindowDriver) -> None:
    sidebar = desk.window.window.sidebar
    await desk.click(sidebar.organization)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    await desk.choose(menu, "Quit")
    menu.close()


ROUTES: dict[str, Callable[[WindowDriver], Awaitable[None]]] = {
    "Ctrl+Q": _by_key,
    "the frame's button": _by_frame,
    "the menu": _by_menu,
}


@pytest.mark.parametrize("route", ROUTES)
async def test_every_way_out_names_the_drafts_and_sends_nothing(scene: Any, route: str) -> None:
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        names = []
        for row in (0, 2):
            await desk.open_card(row)
            await desk.type_into(HUMOR, "not sent yet")
            names.append(desk.open_name)
        await desk.until("both are drafts", lambda: "2 drafts" in desk.window.status.drafts)

        await ROUTES[route](desk)
        question = await desk.opened(QuitDialog)
        for name in names:
            assert desk.says(name, question)
        await desk.press(Qt.Key.Key_Escape)
        await desk.until("the question is gone", lambda: desk.dialog(QuitDialog) is None)
        assert not desk.studio.left.is_set()
        assert desk.main.isVisible()

        await ROUTES[route](desk)
        question = await desk.opened(QuitDialog)
        await desk.press(Qt.Key.Key_Return)
        await desk.until("the program leaves", desk.studio.left.is_set)
        await desk.close()
        assert [each for each in scene.net.passed if each.method != "GET"] == []

        desk = await scene.open()
        await desk.until("the drafts are back", lambda: "2 drafts" in desk.window.status.drafts)


async def test_without_drafts_nothing_is_asked(scene: Any) -> None:
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        await desk.press(Qt.Key.Key_Q, CTRL)
        await desk.until("the program leaves", desk.studio.left.is_set)
        assert desk.open_dialogs() == []


async def test_a_word_typed_a_moment_before_leaving_is_there_again(scene: Any) -> None:
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        row = 2
        await desk.open_card(row)
        await desk.type_into(HUMOR, "the last keystrok")
        await desk.write("e")
        await desk.close()
        desk = await scene.open()
        await desk.ready()
        await desk.open_card(row)
        assert desk.control(HUMOR).text() == "the last keystroke"


async def test_an_upload_cut_by_leaving_goes_on_at_the_next_start(
    scene: Any, picture: Callable[..., bytes], tmp_path: Path
) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(picture(noisy=True))
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        target = await desk.open_card(2)
        before = desk.look.bound_count
        scene.hold("PUT")
        await desk.drop_on_card(2, files([large]))
        await desk.until("it is under way", lambda: scene.net.asked("PUT"))
        large.unlink()
        began = time.monotonic()
        await desk.close()
        assert time.monotonic() - began < 3

        scene.release()
        desk = await scene.open()
        await desk.ready()
        await desk.open_card(2)
        assert desk.open_id == target
        await desk.until("it is bound", lambda: desk.look.bound_count == before + 1, 25)
        record = scene.api().get(f"/v1/influencers/{target}").json()
        assert len(record["referenceImages"]) == before + 1
