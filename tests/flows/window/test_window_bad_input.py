"""Bad input: a sentence beside the field, the text kept, nothing sent, the reason at Publish."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from window_driver import CTRL

TOO_LONG = {
    "name": ("n" * 129, "Name has 129 characters; 128 is the most. Shorten it by 1."),
    "age_range": ("a" * 17, "Age range has 17 characters; 16 is the most. Shorten it by 1."),
}


async def test_text_that_is_too_long_is_kept_and_explained(scene: Any) -> None:
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        publish = desk.view.footer.publish
        for path, (text, sentence) in TOO_LONG.items():
            await desk.paste_into(path, text)
            assert desk.control(path).text() == text
            await desk.until("the sentence is beside it", lambda: desk.problem(path) == sentence)  # noqa: B023
            assert not publish.isEnabled()
            assert publish.accessibleDescription() == sentence
            assert sentence in publish.toolTip()
            await desk.press(Qt.Key.Key_Return, CTRL)
            await desk.until("the draft is durable", lambda: desk.window.status.drafts)
            # Leaving the field and coming back changes nothing about it.
            there = desk.open_id
            await desk.open_card(1)
            await desk.open_card(0)
            assert desk.open_id == there
            assert desk.control(path).text() == text
            assert desk.problem(path) == sentence
            await desk.press(Qt.Key.Key_Z, CTRL)
            assert desk.problem(path) == ""
        assert scene.net.asked("PATCH") == []


async def test_a_clone_without_a_name_cannot_be_started(scene: Any) -> None:
    from studio.ui.clone.dialog import CloneDialog

    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        await desk.press(Qt.Key.Key_D, CTRL | Qt.KeyboardModifier.ShiftModifier)
        dialog = await desk.opened(CloneDialog)
        await desk.until("it knows its source", dialog.clone_button.isEnabled)
        await desk.press(Qt.Key.Key_A, CTRL)
        await desk.press(Qt.Key.Key_Delete)
        assert not dialog.clone_button.isEnabled()
        assert desk.says("A name is needed.", dialog)
        await desk.press(Qt.Key.Key_Return)
        assert desk.dialog(CloneDialog) is dialog
        await desk.press(Qt.Key.Key_Escape)
        assert scene.net.asked("POST") == []


@pytest.mark.parametrize("name", ["   ", ""])
async def test_an_empty_name_cannot_be_published(scene: Any, name: str) -> None:
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        await desk.paste_into("name", "x")
        await desk.press(Qt.Key.Key_A, CTRL)
        if name:
            await desk.write(name)
        else:
            await desk.press(Qt.Key.Key_Delete)
        assert desk.problem("name") == "A name is needed."
        assert not desk.view.footer.publish.isEnabled()
        await desk.press(Qt.Key.Key_Return, CTRL)
        assert scene.net.asked("PATCH") == []


async def test_a_very_long_text_is_never_cut_in_silence(scene: Any) -> None:
    text = "word " * 8_000
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        api = scene.api()
        influencer_id = await desk.open_card(2)
        await desk.paste_into("personality.tone", text)
        await desk.until("a draft", lambda: desk.window.editor.unsent == 1)
        assert desk.window.editor.value("personality.tone") == text
        await desk.press(Qt.Key.Key_Return, CTRL)
        await desk.until("it is published", lambda: desk.says("All changes published"))
        record = api.get(f"/v1/influencers/{influencer_id}").json()
        assert record["personality"]["tone"] == text

        await desk.press(Qt.Key.Key_End)
        await desk.write("end")
        await desk.press(Qt.Key.Key_Return, CTRL)
        await desk.until("it is published again", lambda: len(scene.net.asked("PATCH")) == 2)
        await desk.until("all of it", lambda: desk.says("All changes published"))
        record = api.get(f"/v1/influencers/{influencer_id}").json()
        assert record["personality"]["tone"] == text + "end"
