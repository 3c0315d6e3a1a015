"""Where errors go that nothing caught: the log, one line for the person, and a crash file."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from typing import TYPE_CHECKING, TextIO

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

log = logging.getLogger("studio.last_resort")

_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class LastResort:
    """Keeps the program running after an error in a slot, a thread or a task, and says so once."""

    def __init__(self, crash_file: Path, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._crash_file = crash_file
        self._crash_stream: TextIO | None = None

    def install(self) -> None:
        """Take over the hooks of Python, threads and Qt."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        qInstallMessageHandler(self._on_qt_message)
        try:
            self._crash_stream = self._crash_file.open("w", encoding="utf-8")
            faulthandler.enable(self._crash_stream)
        except OSError as error:
            log.warning("no crash file: %s", error)

    def report(self, error: BaseException) -> None:
        """An error of ours: logged whole, told in one sentence."""
        log.error("unexpected", exc_info=error)
        self._tell("Something went wrong inside the program. Your edits are saved.")

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.report(error.with_traceback(trace))

    def _on_thread_exception(self, told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None:
            log.error("unexpected, in a thread", exc_info=told.exc_value)

    def _on_qt_message(self, kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        log.log(_QT_LEVELS.get(kind, logging.WARNING), "qt: %s", text)
