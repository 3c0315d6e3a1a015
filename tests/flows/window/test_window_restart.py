"""What was seen and typed is there again at the next start, before any server has answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QImage
    from window_driver import WindowDriver

TONE = "personality.tone"


def _cards(desk: WindowDriver) -> dict[str, QImage]:
    """The picture of every card in sight, by name, without the rings around it."""
    grid = desk.window.page.grid
    seen = grid.viewport().grab().toImage()
    view = grid.viewport().rect()
    found = {}
    for row in grid.rows_in_sight():
        card: QRect = grid.card_rect(row)
        name = desk.card_names()[row]
        if view.contains(card):
            found[name] = seen.copy(card.adjusted(4, 4, -4, -4))
    return found


def _is_drafted(desk: WindowDriver, row: int) -> bool:
    card = desk.window.gallery.row_at(row)
    return card is not None and bool(card.unsent) and "alf a sentence" in card.tagline


def _colors(picture: QImage) -> int:
    step = 7
    return len(
        {
            picture.pixel(x, y)
            for x in range(0, picture.width(), step)
            for y in range(0, picture.height(), step)
        }
    )


@pytest.mark.parametrize("silence", ["refuses connections", "takes them and says nothing"])
async def test_roster_portraits_and_drafts_come_before_the_server(scene: Any, silence: str) -> None:
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        await desk.open_card(2)
        drafted = desk.open_id
        await desk.type_into(TONE, "half a sentence, kept")
        await desk.until("the draft is told", lambda: "1 draft" in desk.window.status.drafts)
        await desk.until("its card says so", lambda: _is_drafted(desk, 2))
        await desk.until("cards rest", desk.portraits_drawn)
        names, before = desk.card_names(), _cards(desk)
        assert len(before) >= 4
        assert max(_colors(picture) for picture in before.values()) > 40, "portraits, not initials"
        await desk.close()

        if silence == "refuses connections":
            await scene.net.offline()
        else:
            scene.hold()
        asked = len(scene.net.passed)
        desk = await scene.open()
        await desk.until("the roster is there", lambda: desk.card_names() == names, 2)
        await desk.until("portraits are drawn", desk.portraits_drawn, 5)
        assert desk.window.session.engine.status.contact in ("connecting", "offline")
        assert desk.contact_words.startswith(("Connecting", "Offline"))
        assert all(passed.status == 0 for passed in scene.net.passed[asked:])
        row = names.index(
            next(name for name in names if desk.card_id(names.index(name)) == drafted)
        )
        await desk.open_card(row)
        assert desk.control(TONE).text() == "half a sentence, kept"
        assert desk.window.editor.unsent == 1
        await desk.until("its card says so", lambda: _is_drafted(desk, 2))
        await desk.until("portraits are drawn", desk.portraits_drawn, 5)
        after = _cards(desk)
        assert after.keys() == before.keys()
        assert [name for name in before if before[name] != after[name]] == []


async def test_a_server_named_for_one_run_opens_its_own_workspace(scene: Any) -> None:
    """Settings remember the workspace of another server: no row of it may be shown or sent here."""
    async with scene:
        await scene.serve()
        first = await scene.open()
        await first.ready()
        await first.open_card(0)
        await first.type_into(TONE, "for this server alone")
        await first.until("it is kept", lambda: "1 draft" in first.window.status.drafts)
        settings = first.studio.settings
        settings.change(server_url="https://elsewhere.test", last_workspace="elsewhere.test-org_9")
        await first.close()
        scene.opened.remove(first)
        second = await scene.open()
        await second.until("the roster is here", lambda: second.window.gallery.size)
        await second.until("the draft as well", lambda: "1 draft" in second.window.status.drafts)
        folder = scene.data_dir / "data" / "workspaces"
        assert [file.name for file in folder.glob("elsewhere*")] == []


async def test_a_damaged_workspace_opens_and_says_what_became_of_it(scene: Any) -> None:
    scene.expected_trouble = ("Traceback",)
    async with scene:
        await scene.serve()
        first = await scene.open()
        await first.ready()
        await first.close()
        scene.opened.remove(first)
        folder = scene.data_dir / "data" / "workspaces"
        (file,) = folder.glob("*.sqlite3")
        file.write_bytes(b"\xff\xd8\xff\xe0 a picture" * 2000)
        second = await scene.open()
        await second.until("the roster is here again", lambda: second.window.gallery.size >= 12)
        assert any("was damaged and is kept as" in said for said in second.toasts())
        assert list(folder.glob("*.damaged-*"))
