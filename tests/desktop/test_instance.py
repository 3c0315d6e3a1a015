"""A second launch on the same folder brings the first window forward and ends."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from studio.desktop.instance import SingleInstance

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

SECOND = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from studio.desktop.instance import SingleInstance
app = QCoreApplication([])
second = SingleInstance(Path(sys.argv[1]))
print(second.claim(), second.hand_over() if not second.claim() else None)
"""

HOLD = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from studio.desktop.instance import SingleInstance
app = QCoreApplication([])
first = SingleInstance(Path(sys.argv[1]))
print(first.claim(), flush=True)
time.sleep(60)
"""


def test_the_second_launch_is_told_to_the_first(qtbot: QtBot, tmp_path: Path) -> None:
    first = SingleInstance(tmp_path)
    assert first.claim()
    first.listen()
    try:
        with qtbot.waitSignal(first.raise_wanted, timeout=10_000):
            second = subprocess.Popen(
                [sys.executable, "-c", SECOND, str(tmp_path)], stdout=subprocess.PIPE, text=True
            )
        said, _ = second.communicate(timeout=10)
        assert said.split() == ["False", "True"]
    finally:
        first.release()


def test_another_folder_is_another_program(tmp_path: Path) -> None:
    first, second = SingleInstance(tmp_path / "a"), SingleInstance(tmp_path / "b")
    assert first.claim()
    assert second.claim()
    first.release()
    second.release()


def test_the_lock_of_a_killed_process_is_taken_over(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == "True"
    late = SingleInstance(tmp_path)
    assert not late.claim()
    holder.kill()
    holder.wait(10)
    holder.stdout.close()
    assert late.claim()
    late.release()
