"""A whole day without a network: all of it is here, nothing of it is lost, and it goes out once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from offline_day import (
    HUMOR,
    LEFT_AS_DRAFTS,
    PATHS,
    TONE,
    TRAITS,
    Day,
    drafts_stayed_here,
    every_fourth_answer_is_lost,
    everything_is_there,
    has,
    images_are_bound,
    is_merged,
    let_a_colleague_work,
    records,
    see_everything,
    was_made_once,
    went_in_order,
    work,
    writes,
)
from PySide6.QtCore import Qt
from window_driver import CTRL, SHIFT, wire_value

from studio.store import outbox
from studio.ui.conflicts.dialog import ConflictDialog
from studio.ui.conflicts.list_dialog import ConflictListDialog
from studio.ui.quit_dialog import QuitDialog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fault_proxy import Forward
    from window_driver import WindowDriver

ALWAYS = float("inf")
MINE, THEIRS, RECREATE = 0, 1, 0
"""Cards, as they lie in the dialog."""


@pytest.fixture
def pictures(picture: Callable[..., bytes], tmp_path: Path) -> tuple[Path, Path]:
    """Two pictures on the desktop."""
    made = tmp_path / "one.png", tmp_path / "two.png"
    for path, color in zip(made, ("teal", "orange"), strict=True):
        path.write_bytes(picture(color))
    return made


async def _started_offline(scene: Any, day: Day) -> WindowDriver:
    """Online once in the morning, closed, then started with nobody there."""
    await scene.serve("--render-seconds", "0.5")
    desk = await scene.open()
    await see_everything(desk, day, scene.api())
    await desk.close()
    await scene.net.offline()
    return await scene.open()


async def _quit(desk: WindowDriver) -> None:
    """Ctrl+Q, and Enter to the question."""
    await desk.press(Qt.Key.Key_Q, CTRL)
    await desk.opened(QuitDialog)
    await desk.press(Qt.Key.Key_Return)
    await desk.until("the program leaves", desk.studio.left.is_set)
    await desk.close()


# ---- without a network


async def test_a_cold_start_without_a_server_shows_all_there_is(scene: Any) -> None:
    async with scene:
        day = Day()
        desk = await _started_offline(scene, day)
        await desk.until("the roster is there", lambda: desk.window.gallery.size == 12)
        await desk.until("it is told", lambda: desk.contact_words.startswith("Offline since"))
        for influencer_id, record in day.before.items():
            await desk.go_to(influencer_id)
            for path in PATHS:
                there = wire_value(record, path) or None
                assert (desk.window.editor.value(path) or None) == there, (record["name"], path)
        await desk.press(Qt.Key.Key_F, CTRL)
        await desk.write("smaller cup")
        await desk.until("a phrase finds one", lambda: desk.card_names() == ["Noor"])
        row = desk.window.gallery.row_at(0)
        assert row is not None
        assert "smaller cup" in row.hit


async def test_portraits_never_scrolled_into_sight_are_there_offline(scene: Any) -> None:
    async with scene:
        await scene.serve()
        scene.seconds = 60
        day = Day()
        desk = await scene.open()
        await see_everything(desk, day, scene.api())
        pictures = desk.window.session.pictures
        faces = _faces(desk)
        assert len(faces) > 6
        assert len(desk.window.page.grid.rows_in_sight()) < 12, "some are out of sight"
        await desk.until(
            "all are kept", lambda: all(pictures.stored(face) for face in faces.values()), 8
        )
        await desk.close()
        await scene.net.offline()
        desk = await scene.open()
        for influencer_id in faces:
            await desk.go_to(influencer_id)
            await desk.until("it is drawn", lambda i=influencer_id: _is_drawn(desk, i))


def _faces(desk: WindowDriver) -> dict[str, str]:
    """The address of each portrait of the roster, by influencer."""
    rows = (desk.window.gallery.row_at(place) for place in range(desk.window.gallery.size))
    return {row.id: row.thumbnail_url for row in rows if row and row.thumbnail_url}


def _is_drawn(desk: WindowDriver, influencer_id: str) -> bool:
    row = desk.window.gallery.row_at(desk.card_ids().index(influencer_id))
    return row is not None and desk.window.pictures.image(row.thumbnail_url, 90) is not None


async def test_a_day_outlives_quitting_and_a_kill(scene: Any, pictures: tuple[Path, Path]) -> None:
    async with scene:
        day = Day()
        desk = await _started_offline(scene, day)
        await work(desk, day, pictures)
        for path in pictures:
            path.unlink()
        await _quit(desk)

        desk = await scene.open()
        await everything_is_there(desk, day)
        await _undo_works(desk, day)
        await desk.close()

        # And once without any order: the process itself is killed while it types.
        marcus = day.ids["Marcus"]
        said = await asyncio.to_thread(_kill_while_typing, scene, marcus)
        desk = await scene.open()
        await desk.go_to(marcus)
        kept = str(desk.window.editor.value(HUMOR))
        after = f"typed before the kill {int(said.rpartition(' ')[2]) + 1}"
        assert kept == said or (kept and after.startswith(kept)), (said, kept)
        day.typed[marcus][HUMOR] = kept
        await everything_is_there(desk, day)
        assert scene.net.asked("PATCH") == scene.net.asked("POST") == []


async def _undo_works(desk: WindowDriver, day: Day) -> None:
    """The step of yesterday is named, taken back, and done again."""
    maria = day.ids["Maria EN"]
    await desk.go_to(maria)
    written = desk.window.editor.value(TRAITS)
    assert desk.window.editor.undo_action.text() == "Undo Change traits"
    await desk.press(Qt.Key.Key_Z, CTRL)
    morning = wire_value(day.before[maria], TRAITS)
    await desk.until("it is undone", lambda: desk.window.editor.value(TRAITS) == morning)
    await desk.press(Qt.Key.Key_Z, CTRL | SHIFT)
    await desk.until("it is done again", lambda: desk.window.editor.value(TRAITS) == written)


def _kill_while_typing(scene: Any, influencer_id: str) -> str:
    """The last text that a process of its own acknowledged before it was killed."""
    child = scene.start_child(influencer_id)
    assert child.stdout is not None
    try:
        said = [child.stdout.readline().decode() for _ in range(3)]
    finally:
        child.kill()
    said += child.stdout.read().decode().splitlines(keepends=True)
    child.wait()
    child.stdout.close()
    return [line.strip() for line in said if line.endswith("\n")][-1]


# ---- the network returns


async def _network_returns(scene: Any, desk: WindowDriver) -> None:
    """It takes requests again, and loses every fourth answer to a read and to a write."""
    await scene.net.online()
    for method in ("GET", "POST", "PATCH"):
        scene.net.when(method, "^/v1/", every_fourth_answer_is_lost(), ALWAYS)
    await desk.press(Qt.Key.Key_F5)


async def _all_went(desk: WindowDriver, choices: int) -> None:
    """Nothing waits in the outbox any more but what needs a choice, and the status bar knows."""

    async def left() -> list[str]:
        return [row.state for row in await desk.window.session.db.read(outbox.waiting)]

    end = asyncio.get_running_loop().time() + 40
    while set(await left()) - {"blocked"}:
        assert asyncio.get_running_loop().time() < end, f"still in the outbox: {await left()}"
        await asyncio.sleep(0.02)
    engine = desk.window.session.engine
    await desk.until("choices are counted", lambda: engine.status.conflicts == choices)
    blocked = len(await left())
    await desk.until("what waits is counted", lambda: desk.waiting == blocked)


async def test_everything_goes_out_once_and_only_real_overlaps_ask(
    scene: Any, pictures: tuple[Path, Path]
) -> None:
    scene.seconds = 100
    async with scene:
        day = Day()
        desk = await _started_offline(scene, day)
        await work(desk, day, pictures)
        api = scene.api()
        let_a_colleague_work(api, day)
        await _network_returns(scene, desk)
        await _all_went(desk, choices=3)
        await desk.until("images are bound", lambda: images_are_bound(scene, day), 30)

        now = records(api)
        assert len(now) == len(day.before) - 1 + len(day.made)
        is_merged(now, day)
        drafts_stayed_here(now, day)
        was_made_once(scene, now, day)
        went_in_order(scene, day)

        listed = await _listed_conflicts(desk)
        assert listed == {"Theo Lind", "Noor", "Lena"}
        await desk.go_to(day.ids["Maria EN"])
        await desk.until(
            "a colleague's word stands beside the draft",
            lambda: desk.window.editor.value(TONE) == "theirs, beside a draft",
        )
        assert desk.window.editor.value(HUMOR) == "offline 3"


async def _listed_conflicts(desk: WindowDriver) -> set[str]:
    desk.window.actions.conflicts.trigger()
    dialog = await desk.opened(ConflictListDialog)
    names = {line.row.name for line in dialog.lines}
    await desk.press(Qt.Key.Key_Escape)
    await desk.until("the list is gone", lambda: desk.dialog(ConflictListDialog) is None)
    return names


async def test_a_program_killed_while_it_sends_sends_nothing_twice(
    scene: Any, pictures: tuple[Path, Path]
) -> None:
    scene.seconds = 100
    async with scene:
        day = Day()
        desk = await _started_offline(scene, day)
        await work(desk, day, pictures)
        await desk.close()
        api = scene.api()
        let_a_colleague_work(api, day)
        await scene.net.online()
        for count in (2, 6, 10):
            await _kill_after(scene, count)
        desk = await scene.open()
        await _all_went(desk, choices=3)
        await desk.until("images are bound", lambda: images_are_bound(scene, day), 30)
        now = records(api)
        assert len(now) == len(day.before) - 1 + len(day.made)
        is_merged(now, day)
        drafts_stayed_here(now, day)
        was_made_once(scene, now, day)
        went_in_order(scene, day)
        assert await _listed_conflicts(desk) == {"Theo Lind", "Noor", "Lena"}


async def _kill_after(scene: Any, count: int) -> None:
    """Run the program until so many writes arrived in all; it never hears of the last one."""
    heard = asyncio.Event()

    async def last_words(forward: Forward) -> bytes | None:
        if sum(each.reached_server for each in writes(scene)) < count - 1:
            return await forward()
        await forward()
        heard.set()
        return None

    for method in ("POST", "PATCH"):
        scene.net.when(method, "^/v1/", last_words, ALWAYS)
    child = scene.start_child()
    try:
        await asyncio.wait_for(heard.wait(), 30)
    finally:
        child.kill()
        child.communicate()
    scene.net.behave()


# ---- choices


async def _resolve(desk: WindowDriver, name: str, card: int) -> None:
    """From the list, or at once when it is the only one: a card, then the button."""
    desk.window.actions.conflicts.trigger()
    await desk.until("one of both", desk.open_dialogs)
    listed = desk.dialog(ConflictListDialog)
    if listed is not None:
        line = next(line for line in listed.lines if line.row.name == name)
        await desk.click(line.button)
    dialog = await desk.opened(ConflictDialog)
    await desk.until("both versions are read", lambda: dialog.gone or dialog.rows)
    holder = dialog.gone or next(row for row in dialog.rows if row.cards)
    await desk.click(holder.cards[card])
    await desk.until("it is decided", dialog.publish_button.isEnabled)
    await desk.click(dialog.publish_button)
    await desk.until("the dialog is gone", lambda: desk.dialog(ConflictDialog) is None)


async def test_choices_are_sent_and_nothing_typed_is_missing(
    scene: Any, pictures: tuple[Path, Path]
) -> None:
    scene.seconds = 100
    async with scene:
        day = Day()
        desk = await _started_offline(scene, day)
        await work(desk, day, pictures)
        await _quit(desk)
        api = scene.api()
        let_a_colleague_work(api, day)
        desk = await scene.open()
        await _network_returns(scene, desk)
        await _all_went(desk, choices=3)

        await _resolve(desk, "Theo Lind", MINE)
        await _all_went(desk, choices=2)
        await _resolve(desk, "Noor", THEIRS)
        await _all_went(desk, choices=1)
        await _resolve(desk, "Lena", RECREATE)
        known = {"", *day.ids.values(), *day.made.values()}
        await desk.until("the new one is open", lambda: desk.open_id not in known)
        again = desk.open_id
        assert desk.open_name == "Lena"
        assert again not in records(api), "it goes when it is published"
        await desk.press(Qt.Key.Key_Return, CTRL)
        await desk.until("it was asked for", lambda: not desk.window.editor.is_unsent_draft)
        await _all_went(desk, choices=0)
        await desk.until("it is told", lambda: desk.contact_words.startswith("Synced"), 30)
        assert desk.waiting == 0
        assert await desk.window.session.db.read(outbox.waiting) == ()

        now = records(api)
        assert len(now) == len(day.before) + len(day.made)
        theo, noor = now[day.ids["Theo Lind"]], now[day.ids["Noor"]]
        assert has(theo, HUMOR, "offline 5")
        assert has(noor, HUMOR, "theirs as well")
        assert has(noor, TONE, "theirs, beside it")
        for name, record in (("Theo Lind", theo), ("Noor", noor), ("Lena", now[again])):
            typed = day.typed[day.ids[name]]
            for path in typed.keys() - ({HUMOR} if name == "Noor" else set()):
                assert has(record, path, typed[path]), (name, path)
        await _lost_version_is_restorable(desk, day.ids["Noor"], "offline 11")
        await desk.until("drafts are counted", lambda: "4 drafts" in desk.window.status.drafts)
        for name in LEFT_AS_DRAFTS:
            await desk.go_to(day.ids[name])
            assert desk.window.editor.unsent == len(day.typed[day.ids[name]])


async def _lost_version_is_restorable(desk: WindowDriver, influencer_id: str, text: str) -> None:
    """What was not chosen is in the history with a way back."""
    await desk.go_to(influencer_id)
    desk.view.show_tab("history")
    await desk.until("the history is read", lambda: desk.window.late.history.entries)
    await desk.until("the words are there", lambda: desk.says(text))
    desk.view.show_tab("persona")
