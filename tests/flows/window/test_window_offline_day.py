"""A whole day without a network: all of it is here, nothing of it is lost, and it goes out once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from offline_day import (
    HUMOR,
    LEFT_AS_DRAFTS,
    PATHS,
    PHRASES,
    TONE,
    TRAITS,
    Day,
    every_fourth_answer_is_lost,
    everything_is_there,
    has,
    records,
    see_everything,
    work,
)
from PySide6.QtCore import Qt
from window_driver import CTRL, SHIFT, wire_value

from studio.store import outbox
from studio.ui.conflicts.dialog import ConflictDialog
from studio.ui.conflicts.list_dialog import ConflictListDialog
from studio.ui.quit_dialog import QuitDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from fault_proxy import Forward, Passed
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


def _colleague(api: httpx.Client, day: Day) -> None:
    """Meanwhile somebody else works on some of the same, straight at the server."""

    def patch(name: str, body: dict[str, Any]) -> None:
        api.patch(f"/v1/influencers/{day.ids[name]}", json=body).raise_for_status()

    phrases = list(wire_value(day.before[day.ids["Nova (B variant)"]], PHRASES) or ())
    patch("Nova", {"personality": {"tone": "theirs, another field"}})
    patch("Nova (B variant)", {"personality": {"catchphrases": [*phrases[1:], "Theirs."]}})
    patch("Maria EN", {"personality": {"tone": "theirs, beside a draft"}})
    patch("Kai", {"personality": {"humor": "offline 6"}})
    patch("Theo Lind", {"personality": {"humor": "theirs, overlapping"}})
    patch("Noor", {"personality": {"humor": "theirs as well", "tone": "theirs, beside it"}})
    api.delete(f"/v1/influencers/{day.ids['Lena']}").raise_for_status()


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
        _colleague(api, day)
        await _network_returns(scene, desk)
        await _all_went(desk, choices=3)
        await desk.until("images are bound", lambda: _images_are_bound(records(api), day), 30)

        now = records(api)
        assert len(now) == len(day.before) - 1 + len(day.made)
        _is_merged(now, day)
        _drafts_stayed_here(now, day)
        _was_made_once(scene, now, day)
        _went_in_order(scene, day)

        listed = await _listed_conflicts(desk)
        assert listed == {"Theo Lind", "Noor", "Lena"}
        await desk.go_to(day.ids["Maria EN"])
        await desk.until(
            "a colleague's word stands beside the draft",
            lambda: desk.window.editor.value(TONE) == "theirs, beside a draft",
        )
        assert desk.window.editor.value(HUMOR) == "offline 3"


def _images_are_bound(now: dict[str, Any], day: Day) -> bool:
    def count(influencer_id: str) -> int:
        before = day.before.get(influencer_id, {"referenceImages": []})
        # A new one gets a picture of its own by its job.
        rendered = influencer_id in day.made.values() and now[influencer_id]["status"] == "ready"
        images = now[influencer_id]["referenceImages"]
        return len(images) - len(before["referenceImages"]) - rendered

    return all(count(each) >= images for each, images in day.images.items())


def _is_merged(now: dict[str, Any], day: Day) -> None:
    """What was published is there, and what a colleague did as well."""
    for name in ("Nova", "Ava Chen", "Kai", "Sora"):
        for path, value in day.typed[day.ids[name]].items():
            assert has(now[day.ids[name]], path, value), (name, path)
    assert has(now[day.ids["Nova"]], TONE, "theirs, another field")
    b_variant = now[day.ids["Nova (B variant)"]]
    assert has(b_variant, HUMOR, "offline 1")
    mine = day.typed[day.ids["Nova (B variant)"]][PHRASES]
    assert isinstance(mine, tuple)
    # The entry a colleague took out is gone, those that either added are there, each once.
    assert wire_value(b_variant, PHRASES) == (*mine[1:], "Theirs.")
    variant = now[day.made["Sora (B)"]]
    for path, value in day.typed[day.ids["Sora"]].items():
        assert has(variant, path, value), path


def _drafts_stayed_here(now: dict[str, Any], day: Day) -> None:
    """Nothing is sent that was not asked for."""
    for name in LEFT_AS_DRAFTS:
        influencer_id = day.ids[name]
        for path in day.typed[influencer_id]:
            assert has(now[influencer_id], path, wire_value(day.before[influencer_id], path)), name


def _was_made_once(scene: Any, now: dict[str, Any], day: Day) -> None:
    """By the server's own books: one row, one job, one picture for each that was asked for."""
    names = [record["name"] for record in now.values()]
    assert len(set(names)) == len(names)
    for name, influencer_id in day.made.items():
        assert now[influencer_id]["name"] == name
        made = scene.server.sql("select kind from jobs where influencer_id = ?", influencer_id)
        assert len(made) == 1, name
    received = scene.server.sql("select filename from media where filename like '%.png'")
    assert sorted(received) == [("one.png",), ("two.png",)]
    lost = [each for each in scene.net.passed if each.done and not each.status]
    assert {each.method for each in lost} >= {"POST", "PATCH"}, "answers were lost"
    for path in {each.path for each in lost if each.method == "PATCH"}:
        assert len({each.key for each in scene.net.asked("PATCH", f"{path}$")}) == 1


def _went_in_order(scene: Any, day: Day) -> None:
    """A source before its clone, an image on the server before it is bound."""
    writes = _writes(scene)
    paths = [each.path for each in writes]

    def first(end: str) -> int:
        return next(place for place, path in enumerate(paths) if path.endswith(end))

    created = {
        each.json["name"]: place
        for place, each in enumerate(writes)
        if each.path.endswith("/influencers")
    }
    sora, juno = day.ids["Sora"], day.made["Juno"]
    assert created["Juno"] < created["Ida"]
    assert created["Juno"] < first(f"{juno}/clone")
    assert created["Juno"] < first(f"{juno}/reference-images")
    assert first(f"/influencers/{sora}") < first(f"{sora}/clone")
    assert first("/media") < first("/reference-images")


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
        _colleague(api, day)
        await scene.net.online()
        for writes in (2, 6, 10):
            await _kill_after(scene, writes)
        desk = await scene.open()
        await _all_went(desk, choices=3)
        await desk.until("images are bound", lambda: _images_are_bound(records(api), day), 30)
        now = records(api)
        assert len(now) == len(day.before) - 1 + len(day.made)
        _is_merged(now, day)
        _drafts_stayed_here(now, day)
        _was_made_once(scene, now, day)
        _went_in_order(scene, day)
        assert await _listed_conflicts(desk) == {"Theo Lind", "Noor", "Lena"}


async def _kill_after(scene: Any, writes: int) -> None:
    """Run the program until so many writes arrived in all; it never hears of the last one."""
    heard = asyncio.Event()

    async def last_words(forward: Forward) -> bytes | None:
        nonlocal writes
        if sum(each.reached_server for each in _writes(scene)) < writes - 1:
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


def _writes(scene: Any) -> list[Passed]:
    return [each for each in scene.net.passed if each.method in ("POST", "PATCH")]


# ---- choices


async def _resolve(desk: WindowDriver, name: str, card: int) -> None:
    """From the list, or at once when it is the only one: a card, then the button."""
    desk.window.actions.conflicts.trigger()
    await desk.until("one of both", lambda: desk.open_dialogs())
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
        _colleague(api, day)
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
