"""The one event loop: asyncio on the GUI thread, hosted by Qt."""

from __future__ import annotations

import asyncio
import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from PySide6.QtWidgets import QApplication

log = logging.getLogger(__name__)

_WORKERS = 4


def _unowned_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    log.error("loop: %s", context.get("message", "an error without words"), exc_info=error)


def run(app: QApplication, main: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run ``main`` to its end on Qt's loop and return what it returns.

    ``main`` waits for the shutdown; nothing else may quit the application, because that would
    stop the loop under it.
    """
    from qasync import QEventLoop

    app.setQuitOnLastWindowClosed(False)

    def make_loop() -> asyncio.AbstractEventLoop:
        loop = QEventLoop(app)
        # qasync's own default executor is ten QThreads; plain threads end cleanly.
        loop.set_default_executor(ThreadPoolExecutor(_WORKERS, thread_name_prefix="studio"))
        loop.set_exception_handler(_unowned_error)
        return loop

    with asyncio.Runner(loop_factory=make_loop) as runner:
        return runner.run(main())


def quit_on_signals(request_quit: Callable[[], None]) -> None:
    """Ctrl+C and a session's end ask for the ordinary way out."""

    def asked(_number: int, _frame: object) -> None:
        request_quit()

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, asked)
