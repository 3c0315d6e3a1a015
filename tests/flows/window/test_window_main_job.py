"""The main job, by keyboard alone, from the project to the server's record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from window_driver import CTRL, SHIFT

if TYPE_CHECKING:
    from collections.abc import Mapping

HUMOR = "personality.humor"


def _flat(record: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


async def test_by_keyboard_from_project_to_published_record(scene: Any) -> None:
    async with scene:
        scene.prepare_local()
        desk = await scene.open(server_options=("--render-seconds", "1"))
        await desk.ready()
        api = scene.api()
        projects = api.get("/v1/projects").json()["items"]

        await desk.press(Qt.Key.Key_2, CTRL)
        roster = api.get(f"/v1/projects/{projects[1]['id']}/influencers").json()["items"]
        names = [row["name"] for row in roster]
        await desk.until("the second project is shown", lambda: desk.card_names() == names)
        assert projects[1]["name"] in desk.main.windowTitle()
        await desk.ready(size=7)
        await desk.press(Qt.Key.Key_Right)
        await desk.press(Qt.Key.Key_Right)
        third = desk.card_id(2)
        await desk.press(Qt.Key.Key_Return)
        await desk.until("the third card is open", lambda: desk.open_id == third)
        await desk.until("with its details", desk._is_detailed)
        before = api.get(f"/v1/influencers/{third}").json()
        assert before["name"] == desk.open_name

        await desk.press(Qt.Key.Key_F6)
        humor = desk.control(HUMOR)
        await desk.tab_to(lambda focus: focus is humor)
        await desk.press(Qt.Key.Key_A, CTRL)
        await desk.write("bone-dry")
        assert desk.window.editor.unsent == 1
        await desk.press(Qt.Key.Key_Z, CTRL)
        assert humor.text() == (before["personality"]["humor"] or "")
        assert desk.window.editor.unsent == 0
        await desk.press(Qt.Key.Key_Z, CTRL | SHIFT)
        assert humor.text() == "bone-dry"
        assert QApplication.focusWidget() is humor
        assert api.get(f"/v1/influencers/{third}").json() == before, (
            "nothing is sent before Publish"
        )

        await desk.press(Qt.Key.Key_Return, CTRL)
        await desk.until("it is published", lambda: desk.says("All changes published"))
        after = api.get(f"/v1/influencers/{third}").json()
        changed = {
            name: value for name, value in _flat(after).items() if _flat(before).get(name) != value
        }
        changed.pop("updatedAt")
        assert changed == {"personality.humor": "bone-dry"}
        assert _flat(after).keys() == _flat(before).keys()
