"""The window before a server of the later contract: its own fields, the rest kept here."""

from __future__ import annotations

from typing import Any

HUMOR = "personality.humor"


async def test_fields_of_the_later_contract_are_edited_and_the_persona_stays_here(
    scene: Any,
) -> None:
    async with scene:
        await scene.serve("--render-seconds", "1", "--generation", "L")
        desk = await scene.open()
        await desk.until("the roster is on screen", lambda: desk.window.gallery.size >= 3)
        await desk.until(
            "the server's contract is known",
            lambda: desk.window.session.engine.status.generation == "L",
        )
        await desk.until("an influencer is open", lambda: desk.window.editor.shown is not None)
        await desk.until("its details are here", lambda: desk.window.editor.editable)
        desk.window.open(desk.open_id)
        await desk.until("its fields are offered", lambda: desk.says("Brand voice"))

        await desk.type_into(HUMOR, "dry")
        await desk.until("it is told", lambda: desk.says("Only on this computer"))
        assert desk.window.editor.unsent == 0
        await desk.type_into("language", "es-MX")
        await desk.until("it can be published", desk.view.footer.publish.isEnabled)
        desk.window.editor.publish_action.trigger()
        api, wanted = scene.api(), f"/v1/influencers/{desk.open_id}"
        api.headers["Authorization"] = f"Bearer {scene.server.key}"
        await desk.until(
            "the server has it", lambda: api.get(wanted).json().get("language") == "es-MX"
        )
        assert desk.window.editor.value(HUMOR) == "dry"
