"""How late the window's thread is while the tour is played and forty pictures are taken in.

    xvfb-run -a python tests/bench/bench_stalls.py [--images 40] [--worst 10]

A timer of 8 ms on the window's thread measures its own lateness; a thread beside it writes down
where the window's thread is when a beat is more than 30 ms overdue. Prints percentiles for each
part, in milliseconds, and the stacks of the longest stalls. Judges nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import threading
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from studio.app import studio as program
from studio.cli import Options
from studio.desktop import loop
from studio.tour.hands import drop, until
from studio.tour.steps import Steps

if TYPE_CHECKING:
    from types import FrameType

    from PySide6.QtWidgets import QWidget

    from studio.app.studio import Studio

BEAT_MS = 8
OVERDUE_S = 0.030
LOOK_EVERY_S = 0.004
WAITING = ("_worker", "wait", "select")
"""What idle threads of pools and loops are doing."""


@dataclass
class Stall:
    """One time the thread was away: how long, in which part, what it and the others were doing."""

    ms: float = 0.0
    part: str = ""
    seen: dict[str, int] = field(default_factory=dict)
    beside: dict[str, int] = field(default_factory=dict)


def stack_of(frame: FrameType, depth: int) -> str:
    """The innermost calls of a thread, as text."""
    return "".join(traceback.format_list(traceback.extract_stack(frame)[-depth:])).rstrip()


class Watchdog(QObject):
    """Made on the window's thread; ``part`` names what is being measured now."""

    def __init__(self) -> None:
        super().__init__()
        self.part = ""
        self.lateness: dict[str, list[float]] = {}
        self.stalls: list[Stall] = []
        self._watched = threading.get_ident()
        self._due = time.perf_counter() + BEAT_MS / 1000
        self._stall: Stall | None = None
        self._over = threading.Event()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT_MS)
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._timer.stop()
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        now = time.perf_counter()
        late = max(0.0, (now - self._due) * 1000)
        self.lateness.setdefault(self.part, []).append(late)
        stall, self._stall = self._stall, None
        if stall is not None:
            stall.ms, stall.part = late, self.part
            self.stalls.append(stall)
        self._due = now + BEAT_MS / 1000

    def _look(self) -> None:
        while not self._over.wait(LOOK_EVERY_S):
            if time.perf_counter() - self._due < OVERDUE_S:
                continue
            frames = sys._current_frames()
            stall = self._stall
            if stall is None:
                stall = self._stall = Stall()
            stack = stack_of(frames.pop(self._watched), 7)
            stall.seen[stack] = stall.seen.get(stack, 0) + 1
            del frames[threading.get_ident()]
            for frame in frames.values():
                if frame.f_code.co_name not in WAITING:
                    beside = stack_of(frame, 2)
                    stall.beside[beside] = stall.beside.get(beside, 0) + 1


class NoCamera:
    """The steps ask for pictures; taking them would be what is measured."""

    async def shoot(self, window: QWidget, name: str) -> None:
        """Only let the window come to rest."""
        await asyncio.sleep(0.1)


def make_images(folder: Path, count: int) -> list[Path]:
    """Photographs of six megapixels, each another."""
    paths = []
    for number in range(count):
        image = QImage(3000, 2000, QImage.Format.Format_RGB32)
        image.fill(QColor.fromHsv(number * 9 % 360, 90, 200))
        painter = QPainter(image)
        for line in range(0, 2000, 5):
            painter.setPen(QColor.fromHsv((line + number) % 360, 200, 150))
            painter.drawLine(0, line, 3000, (line * 7 + number * 50) % 2000)
        painter.end()
        path = folder / f"photo-{number:02}.jpg"
        image.save(str(path), "JPG", 90)
        paths.append(path)
    return paths


async def take_in(studio: Studio, paths: list[Path]) -> None:
    """Drop the photographs on the Look tab and wait until all are bound or refused."""
    window = studio.window
    assert window is not None
    assert window.editor_view is not None
    window.editor_view.show_look()
    await asyncio.sleep(0.2)
    for first in range(0, len(paths), 20):
        await drop(window.editor_view.look, paths[first : first + 20])
        await asyncio.sleep(0.5)

    def at_rest() -> bool:
        return window.look is not None and not any(
            tile.state in ("waiting", "working") for tile in window.look.tiles
        )

    await until("every picture is taken in", at_rest, 120)


async def measure(studio: Studio, images: list[Path], watchdog: Watchdog) -> None:
    """Play each part under its name."""
    watchdog.part = "start"
    await studio.open()
    assert studio.window is not None
    steps = Steps(studio, NoCamera())  # type: ignore[arg-type]
    watchdog.part = "first sync"
    await steps.open_roster()
    for step in (
        steps.edit_and_undo,
        steps.review_and_publish,
        steps.clone_with_an_override,
        steps.clone_by_key,
        steps.create,
        steps.drop_an_image,
        steps.search_and_filter,
        steps.delete_with_a_reason,
    ):
        watchdog.part = step.__name__.replace("_", " ")
        await step()
    watchdog.part = f"{len(images)} images"
    await take_in(studio, images)
    watchdog.part = "idle"
    await asyncio.sleep(5)


def print_findings(watchdog: Watchdog, worst: int) -> None:
    def line(name: str, late: list[float]) -> str:
        late = sorted(late)
        p50, p99, p999 = (late[min(len(late) - 1, int(len(late) * q))] for q in (0.5, 0.99, 0.999))
        over = sum(value > 50 for value in late)
        return (
            f"{name:24} {len(late):6} beats   p50 {p50:5.1f}   p99 {p99:6.1f}   "
            f"p99.9 {p999:6.1f}   max {late[-1]:6.1f}   over 50 ms: {over}"
        )

    for part, late in watchdog.lateness.items():
        print(line(part, late))
    settled = [ms for part, late in watchdog.lateness.items() if part != "start" for ms in late]
    print(line("all but the start", settled))
    for stall in sorted(watchdog.stalls, key=lambda stall: -stall.ms)[:worst]:
        total = sum(stall.seen.values())
        print(f"\n{stall.ms:.0f} ms in “{stall.part}”, seen {total} times")
        for stack, times in sorted(stall.seen.items(), key=lambda item: -item[1])[:3]:
            print(f"  {times} of {total}:\n{stack}")
        for stack, times in sorted(stall.beside.items(), key=lambda item: -item[1])[:2]:
            print(f"  {times} of {total}, another thread meanwhile:\n{stack}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=int, default=40)
    parser.add_argument("--worst", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        studio = program.Studio(
            Options(
                data_dir=Path(folder) / "data",
                size=(1440, 900),
                theme="light",
                server_options=("--render-seconds", "3"),
            )
        )
        app = QApplication(sys.argv[:1])
        studio.dress(app)
        images = make_images(Path(folder), options.images)

        async def run() -> int:
            watchdog = Watchdog()
            try:
                await measure(studio, images, watchdog)
            finally:
                watchdog.stop()
                await studio.shut_down()
            print_findings(watchdog, options.worst)
            return 0

        loop.run(app, run)


if __name__ == "__main__":
    main()
