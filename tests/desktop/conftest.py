"""View models run on the program's own loop: asyncio hosted by Qt."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable


def _qt_loop() -> asyncio.AbstractEventLoop:
    from qasync import QEventLoop

    loop = QEventLoop(QApplication.instance() or QApplication([]), already_running=False)
    loop.set_default_executor(ThreadPoolExecutor(2, thread_name_prefix="test"))
    return loop


def pytest_asyncio_loop_factories(
    config: object, item: object
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Every async test of this folder runs on Qt's loop."""
    return {"qt": _qt_loop}
