"""Qt objects in cycles die on the GUI thread, whoever allocates."""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QObject, Qt

from studio.desktop.collector import Collector

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class Knot(QObject):
    """A cycle that only the collector can undo."""

    died_on: ClassVar[list[str]] = []

    def __init__(self) -> None:
        super().__init__()
        self.me = self
        self.destroyed.connect(_note, Qt.ConnectionType.DirectConnection)


def _note() -> None:
    Knot.died_on.append(threading.current_thread().name)


def _allocate() -> None:
    for _ in range(200):
        garbage = [[] for _ in range(1000)]
        for one in garbage:
            one.append(one)  # type: ignore[arg-type]


def test_workers_that_allocate_destroy_nothing(qtbot: QtBot) -> None:
    Knot.died_on.clear()
    collector = Collector()
    try:
        for _ in range(50):
            Knot()
        with ThreadPoolExecutor(2) as pool:
            for future in [pool.submit(_allocate) for _ in range(4)]:
                future.result()
        assert Knot.died_on == []
        qtbot.waitUntil(lambda: len(Knot.died_on) == 50, timeout=10_000)
        assert set(Knot.died_on) == {threading.main_thread().name}
    finally:
        collector.stop()
        gc.disable()
