"""An afternoon's work leaves nothing behind: dialogs and influencers come and go."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from collections.abc import Callable

    from window_driver import WindowDriver

DIALOGS = 30
SWITCHES = 100


def _dialogs(desk: WindowDriver) -> list[Callable[[], Any]]:
    actions = desk.window.actions
    return [
        actions.clone.trigger,
        actions.new_influencer.trigger,
        actions.delete.trigger,
        actions.settings.trigger,
        actions.about.trigger,
        desk.window.window.status_bar.jobs_wanted.emit,
    ]


async def _census() -> tuple[Counter[str], Counter[str], int]:
    """Widgets by class, tasks by name, view models and other objects of ours."""
    for _ in range(3):
        gc.collect()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        await asyncio.sleep(0.02)
    widgets = Counter(type(widget).__name__ for widget in QApplication.allWidgets())
    tasks = Counter(_task_name(task) for task in asyncio.all_tasks())
    ours = sum(
        isinstance(each, QObject) and type(each).__module__.startswith("studio.")
        for each in gc.get_objects()
    )
    return widgets, tasks, ours


def _task_name(task: asyncio.Task[Any]) -> str:
    name = task.get_name()
    return "unnamed" if name.startswith("Task-") else name


async def _use_dialogs(desk: WindowDriver, times: int) -> None:
    kinds = _dialogs(desk)
    for number in range(times):
        kinds[number % len(kinds)]()
        await desk.until("a dialog is open", desk.open_dialogs)
        await desk.turns(10)
        for dialog in desk.open_dialogs():
            dialog.reject()
        await desk.until("it is closed", lambda: not desk.open_dialogs())


async def _walk(desk: WindowDriver, times: int) -> None:
    size = desk.window.gallery.size
    for number in range(times):
        desk.window.page.grid.choose(number % size, reveal=True)
        wanted = desk.card_id(number % size)
        await desk.until("it is open", lambda: desk.open_id == wanted)  # noqa: B023


async def _quiet(desk: WindowDriver) -> None:
    """All that was asked for has come, so that two moments can be compared."""
    desk.window.page.grid.choose(0, reveal=True)
    await desk.until("the first is open", lambda: desk.open_id == desk.card_id(0))
    await desk.until("pictures rest", lambda: not desk.window.pictures.is_loading)
    await desk.until("the engine rests", lambda: not desk.window.session.engine.status.busy)
    await desk.until("images on their way were read", lambda: not _reads_uploads())


def _reads_uploads() -> bool:
    return any(task.get_name().endswith("look:uploads") for task in asyncio.all_tasks())


async def test_dialogs_and_switches_leave_no_widgets_and_no_tasks(scene: Any) -> None:
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        # Once around first: what is made at the first use is allowed to stay.
        await _walk(desk, desk.window.gallery.size)
        await _use_dialogs(desk, len(_dialogs(desk)))
        await _quiet(desk)
        widgets, tasks, ours = await _census()
        await _use_dialogs(desk, DIALOGS)
        await _walk(desk, SWITCHES)
        await _quiet(desk)
        now_widgets, now_tasks, now_ours = await _census()
        assert now_widgets - widgets == Counter()
        assert now_tasks - tasks == Counter()
        assert now_ours - ours <= 0
