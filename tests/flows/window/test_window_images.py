"""Images by drop and paste: bound where they were meant to; what is no picture is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from window_driver import CTRL, files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _bound(scene: Any, influencer_id: str) -> int:
    record = scene.api().get(f"/v1/influencers/{influencer_id}").json()
    return len(record["referenceImages"])


async def test_files_dropped_on_a_card_are_bound_to_it(
    scene: Any, picture: Callable[..., bytes], tmp_path: Path
) -> None:
    small, large = tmp_path / "small.png", tmp_path / "large.png"
    small.write_bytes(picture())
    large.write_bytes(picture(noisy=True))
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        target = desk.card_id(2)
        before = _bound(scene, target)
        assert desk.open_id != target
        await desk.drop_on_card(2, files([small, large]))
        await desk.until("its card is chosen", lambda: desk.open_id == target)
        await desk.until("both are bound", lambda: desk.look.bound_count == before + 2, 25)
        assert _bound(scene, target) == before + 2
        await desk.until("nothing waits", lambda: len(desk.look.tiles) == before + 2)
        assert len(scene.net.asked("POST", "/reference-images$")) <= 2


async def test_the_look_tab_takes_drops_and_the_clipboard(
    scene: Any, picture: Callable[..., bytes], tmp_path: Path
) -> None:
    dropped = tmp_path / "dropped.jpg"
    dropped.write_bytes(picture("orange"))
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        target = await desk.open_card(2)
        desk.view.show_look()
        before = desk.look.bound_count
        await desk.drop(desk.view, files([dropped]))
        await desk.until("the drop is bound", lambda: desk.look.bound_count == before + 1, 25)

        image = QImage(120, 80, QImage.Format.Format_RGB32)
        image.fill(QColor("purple"))
        QGuiApplication.clipboard().setImage(image)
        desk.view.look.paste.setFocus(Qt.FocusReason.TabFocusReason)
        await desk.press(Qt.Key.Key_V, CTRL)
        await desk.until("the paste is bound", lambda: desk.look.bound_count == before + 2, 25)
        assert _bound(scene, target) == before + 2


async def test_what_is_no_picture_is_refused_in_words(scene: Any, tmp_path: Path) -> None:
    notes, liar = tmp_path / "notes.txt", tmp_path / "liar.png"
    notes.write_text("not a picture")
    liar.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        target = await desk.open_card(2)
        sentence = "“notes.txt” is not a picture. PNG, JPEG, WebP and HEIC can be added."
        await desk.drop_on_card(2, files([notes]))
        await desk.until("a notice says so", lambda: sentence in " ".join(desk.toasts()))
        told = len(desk.toasts())
        desk.view.show_look()
        await desk.drop(desk.view, files([notes]))
        await desk.until("again", lambda: len(desk.toasts()) == told + 1)

        before = desk.look.bound_count
        await desk.drop(desk.view, files([liar]))
        await desk.until(
            "its tile tells why",
            lambda: any(tile.state == "failed" for tile in desk.look.tiles),
        )
        tile = next(tile for tile in desk.look.tiles if tile.state == "failed")
        assert desk.says(tile.caption, desk.view.look)
        assert desk.look.bound_count == before == _bound(scene, target)
        assert scene.net.asked("POST") == []
