"""Undo and redo that outlive the program: a real workspace file, the real services."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest_asyncio
from PySide6.QtCore import QObject

from studio.core.errors import StudioError
from studio.store import history, outbox, uploads
from studio.viewmodels.edit_steps import UndoSteps
from studio.viewmodels.step_book import StepBook

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def _world():
    name = "history_world"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


w = _world()
until, TONE, HUMOR, PHRASES = w.until, w.TONE, w.HUMOR, w.PHRASES


@pytest_asyncio.fixture
async def desk(qapp: Any, tmp_path: Path) -> AsyncIterator[Any]:
    made = w.Desk(tmp_path / "acme.sqlite3")
    await made.know("inf_1", "Nova", tone="warm", humor="dry", catchphrases=("Ship it.",))
    await made.know("inf_2", "Ava", tone="bubbly", humor="slapstick")
    yield made
    await made.end()
    assert not made.errors, made.errors


async def test_the_menu_reads_the_same_after_a_restart_and_ten_undos_return_the_opening(desk):
    editor = await desk.open()
    steps = (
        ("name", "Nova Reyes"),
        (HUMOR, "wry"),
        (TONE, "calm"),
        (PHRASES, ("Ship it.", "Later.")),
        (PHRASES, ("Later.", "Ship it.")),
        (PHRASES, ("Ship it.",)),
        ("gender", "female"),
        ("age_range", "35-44"),
        ("vibe", "harbor"),
        ("style", "linen"),
    )
    opening = {path: editor.value(path) for path, _ in steps}
    for path, value in steps:
        if isinstance(value, str):
            desk.type(path, value)
        else:
            editor.set_value(path, value)
            editor.end_step()
    last = {path: editor.value(path) for path, _ in steps}
    editor.undo_action.trigger()
    said = (editor.undo_action.text(), editor.redo_action.text())
    assert said == ("Undo Change vibe", "Redo Change style")
    editor = await desk.restart()
    assert (editor.undo_action.text(), editor.redo_action.text()) == said
    for _ in range(9):
        editor.undo_action.trigger()
    assert {path: editor.value(path) for path, _ in steps} == opening
    assert not editor.undo_action.isEnabled()
    assert await desk.draft() == {}
    editor = await desk.restart()
    for _ in range(10):
        editor.redo_action.trigger()
    assert {path: editor.value(path) for path, _ in steps} == last
    assert not editor.redo_action.isEnabled()
    assert (await desk.draft())["name"] == "Nova Reyes"
    await desk.quiet()


async def test_an_edit_after_undo_ends_what_could_be_done_again_for_good(desk):
    editor = await desk.open()
    desk.type(TONE, "calm")
    desk.type(HUMOR, "wry")
    editor.undo_action.trigger()
    desk.type("vibe", "harbor")
    await desk.draft()
    editor = await desk.restart()
    assert not editor.redo_action.isEnabled()
    assert editor.undo_action.text() == "Undo Change vibe"
    editor.undo_action.trigger()
    editor.undo_action.trigger()
    assert (editor.value(TONE), editor.value(HUMOR)) == ("warm", "dry")
    assert not editor.undo_action.isEnabled()
    await desk.quiet()


async def test_undo_after_a_publish_is_a_new_unsent_edit(desk):
    editor = await desk.open()
    desk.type(TONE, "calm")
    editor.publish()
    await until(lambda: editor.save_state.kind == "waiting")
    editor = await desk.restart()
    assert editor.undo_action.text() == "Undo Change tone"
    editor.undo_action.trigger()
    assert await desk.draft() == {TONE: "warm"}
    (row,) = await desk.db.read(outbox.waiting)
    assert row.mutation.fields[TONE].value == "calm"
    await desk.quiet()


async def test_the_history_tells_undo_from_typing(desk):
    editor = await desk.open()
    desk.type(TONE, "calm")
    await desk.draft()
    editor.undo_action.trigger()
    await desk.draft()
    editor.redo_action.trigger()
    await desk.draft()
    editor.restore({HUMOR: "wry"})
    await desk.draft()
    told = await desk.db.read(history.of_influencer, "inf_1")
    assert [each.kind for each in told] == ["restore", "redo", "undo", "edit"]
    assert editor.undo_action.text() == "Undo Restore humor"
    await desk.quiet()


async def test_steps_of_one_are_not_offered_for_another(desk):
    editor = await desk.open()
    desk.type(TONE, "calm")
    await desk.draft()
    await desk.open("inf_2")
    assert not editor.undo_action.isEnabled()
    editor = await desk.restart("inf_2")
    assert not editor.undo_action.isEnabled()
    await desk.open("inf_1")
    assert editor.undo_action.isEnabled()
    await desk.quiet()


async def test_a_step_typed_while_the_earlier_ones_are_read_comes_after_them(desk):
    editor = await desk.open()
    desk.type(TONE, "calm")
    await desk.draft()
    await desk.end()
    desk._start()
    desk.editor.open("inf_1")
    await until(lambda: desk.editor.influencer_id == "inf_1")
    editor = desk.editor
    desk.type(HUMOR, "wry")
    assert editor.undo_action.text() == "Undo Change humor"
    await until(lambda: not any("read steps" in name for name in desk.scope.running))
    editor.undo_action.trigger()
    assert editor.undo_action.text() == "Undo Change tone"
    editor.undo_action.trigger()
    assert await desk.draft() == {}
    await desk.quiet()


async def test_what_could_not_be_written_takes_its_step_along_later(desk):
    editor = await desk.open()
    real = desk.history.edit

    async def full(*_arguments: Any, **_named: Any) -> None:
        raise StudioError("The disk is full.")

    desk.history.edit = full  # type: ignore[method-assign]
    desk.type(TONE, "calm")
    await until(lambda: editor.save_state.kind == "not_saved")
    desk.history.edit = real  # type: ignore[method-assign]
    desk.type(HUMOR, "wry")
    assert await desk.draft() == {TONE: "calm", HUMOR: "wry"}
    editor = await desk.restart()
    assert editor.undo_action.text() == "Undo Change humor"
    editor.undo_action.trigger()
    assert editor.undo_action.text() == "Undo Change tone"
    await desk.quiet()


async def test_one_undo_takes_a_step_of_many_back_and_leaves_later_edits(desk):
    def steps_for(parent: QObject) -> UndoSteps:
        async def flush() -> None: ...

        book = StepBook(desk.personas, desk.history)
        return UndoSteps(
            desk.clock, book, lambda *_: None, desk.scope, flush, desk.errors.append, parent
        )

    parent = QObject()
    steps = steps_for(parent)
    before = {"inf_1": {TONE: "warm"}, "inf_2": {TONE: "bubbly"}}
    after = {"inf_1": {TONE: "calm"}, "inf_2": {TONE: "calm"}}
    steps.done_to_many("Change tone of 2", before, after)

    async def quiet() -> None:
        await until(lambda: not any("step of many" in name for name in desk.scope.running))

    await quiet()
    assert (await desk.shown("inf_2")).personality.tone == "calm"
    later = steps_for(parent)
    later.activate("inf_2")
    await until(later.undo_action.isEnabled)
    assert later.undo_action.text() == "Undo Change tone of 2"
    await desk.personas.edit("inf_1", {TONE: "hers"})
    later.undo()
    await quiet()
    assert (await desk.shown("inf_1")).personality.tone == "hers"
    assert (await desk.shown("inf_2")).personality.tone == "bubbly"
    later.redo()
    await quiet()
    assert (await desk.shown("inf_2")).personality.tone == "calm"
    await desk.quiet()


async def test_steps_are_offered_again_after_many_others_were_open(desk):
    editor = await desk.open()
    desk.type(TONE, "calm")
    await desk.draft()
    for number in range(25):
        await desk.know(f"inf_other{number}", f"Other {number}", tone="warm")
        await desk.open(f"inf_other{number}")
        desk.type(TONE, "cool")
        await desk.draft()
    await desk.open("inf_1")
    assert editor.undo_action.text() == "Undo Change tone"
    editor.undo_action.trigger()
    assert await desk.draft() == {}
    await desk.quiet()


async def test_images_taken_in_and_taken_off_are_steps_that_outlive_the_program(desk, tmp_path):
    from PIL import Image

    files = []
    for number in range(2):
        path = tmp_path / f"photo {number}.png"
        Image.new("RGB", (300, 300), (40 * number, 90, 120)).save(path)
        files.append(path)

    async def coming() -> list[str]:
        return [each.filename for each in await desk.uploads.uploads("inf_1")]

    async def until_there(*names: str) -> None:
        import asyncio

        async with asyncio.timeout(5):
            while sorted(await coming()) != sorted(names):
                await asyncio.sleep(0.005)
        await desk.quiet()

    editor = await desk.open()
    desk.look.add_files(files)
    await until(lambda: editor.undo_action.text() == "Undo Add 2 images")
    await until_there("photo 0.png", "photo 1.png")
    desk.type(TONE, "calm")
    editor.undo_action.trigger()
    editor.undo_action.trigger()
    await until_there()
    assert editor.redo_action.text() == "Redo Add 2 images"
    await desk.draft()
    for path in files:
        path.unlink()
    editor = await desk.restart()
    assert editor.redo_action.text() == "Redo Add 2 images"
    editor.redo_action.trigger()
    await until_there("photo 0.png", "photo 1.png")
    (first, _) = await desk.uploads.uploads("inf_1")
    await until(lambda: len(desk.look.tiles) == 2)
    desk.look.remove(first.id)
    await until_there("photo 1.png")
    assert editor.undo_action.text() == "Undo Remove image"
    editor.undo_action.trigger()
    await until_there("photo 0.png", "photo 1.png")
    assert all(each.state == "waiting" for each in await desk.uploads.uploads("inf_1"))


async def test_images_that_reached_the_server_stay_and_the_step_before_is_next(desk, tmp_path):
    from PIL import Image

    path = tmp_path / "photo.png"
    Image.new("RGB", (300, 300), (40, 90, 120)).save(path)
    editor = await desk.open()
    desk.type(TONE, "calm")
    desk.look.add_files([path])
    await until(lambda: editor.undo_action.text() == "Undo Add image")
    (row,) = await desk.uploads.uploads("inf_1")
    await desk.db.write(uploads.delete, row.id)
    editor.undo_action.trigger()
    await until(lambda: editor.undo_action.text() == "Undo Change tone")
    assert "on the server already" in desk.notices[-1].sentence
    await desk.quiet()
