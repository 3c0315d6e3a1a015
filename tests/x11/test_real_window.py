"""A real window on a real screen: mapped, clicked, typed into, dropped onto, resized."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import x_screen
from PIL import Image
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication
from x_screen import on_screen

if TYPE_CHECKING:
    from pathlib import Path

    from window_driver import WindowDriver

HUMOR = "personality.humor"
CORNER = QPoint(1720, 40)
"""Where the other program's window stands: beside ours."""


async def _opened(scene: Any, size: tuple[int, int] = (1360, 860)) -> WindowDriver:
    await scene.serve()
    desk: WindowDriver = await scene.open(size=size)
    desk.main.move(40, 40)
    handle = desk.main.windowHandle()
    await desk.until("the window is exposed", handle.isExposed)
    await desk.until("it is the active one", lambda: QApplication.activeWindow() is desk.main)
    await desk.ready()
    return desk


def _card(desk: WindowDriver, row: int) -> QPoint:
    grid = desk.window.page.grid
    return on_screen(grid.viewport(), grid.card_rect(row).center())


async def test_the_window_is_mapped_and_takes_mouse_and_keyboard(scene: Any) -> None:
    async with scene:
        desk = await _opened(scene)
        title = desk.main.windowTitle()
        found = await x_screen.xdotool("search", "--onlyvisible", "--name", f"^{title}$")
        assert str(int(desk.main.winId())) in found.split()

        third = desk.card_id(2)
        await x_screen.click(_card(desk, 2))
        await desk.until("the third card is open", lambda: desk.open_id == third)
        assert desk.window.page.selected_id == third
        await desk.until("with its details", lambda: desk.control(HUMOR).text())

        await x_screen.click(on_screen(desk.control(HUMOR)))
        await x_screen.key("ctrl+a")
        await x_screen.write("Typed on real keys")
        await desk.until("it is typed", lambda: desk.control(HUMOR).text() == "Typed on real keys")
        await x_screen.key("ctrl+z")
        await desk.until("undone", lambda: desk.window.editor.unsent == 0)
        await x_screen.key("ctrl+shift+z")
        await desk.until("done again", lambda: desk.window.editor.unsent == 1)
        await x_screen.key("ctrl+Return")
        await desk.until("it is published", lambda: desk.says("All changes published"))
        record = scene.api().get(f"/v1/influencers/{third}").json()
        assert record["personality"]["humor"] == "Typed on real keys"


async def test_a_file_of_another_program_lands_on_card_and_editor(
    scene: Any, tmp_path: Path
) -> None:
    file = tmp_path / "desktop.png"
    Image.effect_noise((640, 480), 60).convert("RGB").save(file)
    async with scene:
        desk = await _opened(scene)
        target = desk.card_id(2)
        assert desk.open_id != target
        before = _bound(scene, target)
        async with x_screen.DragSource(file, CORNER) as source:
            await x_screen.drag(source.middle, _card(desk, 2))
            await desk.until("the card is open", lambda: desk.open_id == target)
            await desk.until("it is bound", lambda: desk.look.bound_count == before + 1, 25)
            await x_screen.drag(source.middle, on_screen(desk.view))
            await desk.until("the second as well", lambda: desk.look.bound_count == before + 2, 25)
        assert _bound(scene, target) == before + 2


def _bound(scene: Any, influencer_id: str) -> int:
    record = scene.api().get(f"/v1/influencers/{influencer_id}").json()
    return len(record["referenceImages"])


async def test_the_theme_switches_live(scene: Any) -> None:
    async with scene:
        desk = await _opened(scene)

        def brightness() -> int:
            screen = desk.main.screen()
            shot = screen.grabWindow(desk.main.winId()).toImage()
            spots = ((20, 20), (300, 100), (shot.width() - 20, 20), (20, shot.height() - 8))
            return sum(shot.pixelColor(x, y).lightness() for x, y in spots) // len(spots)

        await desk.until("the light window is on the screen", lambda: brightness() > 200)
        desk.window.actions.toggle_theme.trigger()
        await desk.until("the dark one is", lambda: brightness() < 80)
        desk.window.actions.toggle_theme.trigger()
        await desk.until("the light one again", lambda: brightness() > 200)


async def test_a_narrow_window_shows_the_editor_as_a_page(scene: Any) -> None:
    async with scene:
        desk = await _opened(scene)
        panes = desk.window.window.panes
        assert panes.shows_gallery
        assert panes.shows_editor
        window = int(desk.main.winId())
        await x_screen.xdotool("windowsize", window, 1000, 800)
        await desk.until("it is narrow", lambda: desk.main.width() == 1000)
        await desk.until("one of both is shown", lambda: panes.shows_gallery != panes.shows_editor)
        if panes.shows_editor:
            panes.back()
        await desk.until("the gallery alone", lambda: not desk.view.isVisible())
        await x_screen.click(_card(desk, 1), times=2)
        await desk.until("the editor is a page of its own", desk.view.isVisible)
        assert not desk.window.page.isVisible()
        assert desk.view.width() > 600
        await x_screen.xdotool("windowsize", window, 1360, 860)
        await desk.until(
            "both again", lambda: desk.window.page.isVisible() and desk.view.isVisible()
        )
