"""Numbers of the gallery: first paint, scrolling, jumps and resizing at four sizes of roster.

Run ``python tests/bench/bench_gallery.py``. It prints medians and tails next to the aims and
judges nothing. Rows and portraits are in memory, so only the window's own work is measured; the
store has numbers of its own in ``bench_store.py``.
"""

from __future__ import annotations

import asyncio
import gc
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import psutil
from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from studio.core.events import EventHub
from studio.core.tasks import TaskScope
from studio.domain.roster import VIEWS, RosterCounts, RosterQuery, RosterRow
from studio.domain.status import SyncStatus
from studio.ui.gallery.page import GalleryPage
from studio.ui.theme import Theme
from studio.viewmodels.gallery import GalleryModel
from studio.viewmodels.pictures import PictureLoader

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.domain.job import Job

SIZES = (22, 1_000, 10_000, 100_000)
PORTRAITS = 60
STATUSES = ("ready", "ready", "ready", "training", "draft", "failed")
MODEL_SIZE = (1160, 840)


class Rows:
    """A roster whose rows are made when they are asked for."""

    def __init__(self, count: int) -> None:
        self._count = count

    def row(self, number: int) -> RosterRow:
        return RosterRow(
            f"inf_{number:06}",
            f"Person number {number}",
            STATUSES[number % len(STATUSES)],
            None,
            None,
            f"portrait-{number % PORTRAITS}",
            "Conversational · dry-witty and more",
            number % 3,
        )

    async def roster(self, _query: RosterQuery, offset: int, limit: int) -> tuple[RosterRow, ...]:
        return tuple(self.row(n) for n in range(offset, min(offset + limit, self._count)))

    async def roster_size(self, _query: RosterQuery) -> int:
        return self._count

    async def counts(self, _query: RosterQuery) -> RosterCounts:
        return RosterCounts(dict.fromkeys(VIEWS, self._count), {"": self._count})

    async def position(self, _query: RosterQuery, influencer_id: str) -> int | None:
        return int(influencer_id[4:])


class NoJobs:
    async def jobs(self, project_id: str = "") -> tuple[Job, ...]:
        return ()


class Online:
    status = SyncStatus("online", server="bench")

    def sync_now(self) -> None:
        """Nothing to sync."""


class Portraits:
    """Sixty pictures on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for number in range(PORTRAITS):
            image = QImage(512, 512, QImage.Format.Format_RGB32)
            image.fill(QColor.fromHsv(number * 6, 60, 240))
            painter = QPainter(image)
            painter.setBrush(QColor.fromHsv(number * 6, 200, 120))
            painter.drawEllipse(QPoint(256, 240), 150, 190)
            painter.end()
            image.save(str(folder / f"portrait-{number}.png"))

    def stored(self, url: str) -> Path:
        return self._folder / f"{url}.png"

    async def fetch(self, url: str) -> Path:
        return self.stored(url)


Spent = tuple[float, float]
"""Milliseconds on the clock, and of the thread's processor time."""


def spread(values: list[float]) -> str:
    """Median, 99th percentile and worst of some milliseconds."""
    ordered = sorted(values)
    p99 = ordered[min(len(ordered) - 1, round(len(ordered) * 0.99))]
    return f"p50 {statistics.median(ordered):5.2f}  p99 {p99:5.2f}  max {ordered[-1]:5.2f}"


def timed(work: Callable[[], object]) -> Spent:
    began, used = time.perf_counter(), time.thread_time()
    work()
    return (time.perf_counter() - began) * 1000, (time.thread_time() - used) * 1000


class PaintWatch(QObject):
    """Counts the paint events of one widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.paints = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.paints += event.type() == QEvent.Type.Paint
        return False


class Bench:
    """One page over one size of roster."""

    def __init__(self, count: int, theme: Theme, portraits: Portraits, app: QApplication) -> None:
        self.app = app
        self.scope = TaskScope("bench")
        hub = EventHub()
        self.model = GalleryModel(Rows(count), NoJobs(), Online(), hub, self.scope)
        self.loader = PictureLoader(portraits, self.scope)
        self.page = GalleryPage(self.model, self.loader, theme)
        self.page.resize(*MODEL_SIZE)
        self.view = self.page.grid.viewport()
        self.bar = self.page.grid.verticalScrollBar()

    async def rest(self) -> None:
        """Until nothing is being read, and everything is painted."""
        for _ in range(3):
            self.app.processEvents()
            while self.scope.running:
                await asyncio.sleep(0.001)
                self.app.processEvents()

    async def first_paint(self) -> Spent:
        """From the answer of the store to the painted window, its portraits still missing."""
        self.model.show_project("bench")
        while not self.model.size:
            await asyncio.sleep(0)

        watch = PaintWatch(self.view)

        def paint() -> None:
            self.page.show()
            while not watch.paints:
                self.app.processEvents()

        return timed(paint)

    async def scroll(self, step: int, frames: int) -> list[Spent]:
        """Frames of a scroll; the loop runs between them, as in the program."""
        spent = []
        for _ in range(frames):
            at = self.bar.value() + step
            if not 0 <= at <= self.bar.maximum():
                step, at = -step, max(0, min(self.bar.maximum(), self.bar.value() - step))

            def frame(at: int = at) -> None:
                self.bar.setValue(at)
                self.app.processEvents()

            spent.append(timed(frame))
            await asyncio.sleep(0.001)
        return spent

    async def jump(self, times: int) -> list[Spent]:
        spent = []
        for number in range(times):
            at = self.bar.maximum() * ((number * 37) % 100) // 100

            def frame(at: int = at) -> None:
                self.bar.setValue(at)
                self.app.processEvents()

            spent.append(timed(frame))
            await self.rest()
        return spent

    async def resize(self, times: int) -> list[Spent]:
        spent = []
        for number in range(times):

            def frame(width: int = MODEL_SIZE[0] - 7 * (number % 40)) -> None:
                self.page.resize(width, MODEL_SIZE[1])
                self.app.processEvents()

            spent.append(timed(frame))
        return spent

    async def close(self) -> None:
        self.model.close()
        await self.scope.close()
        self.page.hide()
        self.page.deleteLater()
        self.app.processEvents()


async def main(app: QApplication) -> None:
    theme = Theme(app, "light")
    process = psutil.Process()
    print("milliseconds; aims: first paint <= 60, scroll p99 <= 8.3 and max <= 16.7,")
    print("resize <= 16.7, memory <= +25 MiB; 1160x840, portraits of 512 px")
    with tempfile.TemporaryDirectory() as folder:
        portraits = Portraits(Path(folder))
        for count in (22, *SIZES):
            gc.collect()
            before = process.memory_info().rss
            bench = Bench(count, theme, portraits, app)
            first = await bench.first_paint()
            await bench.rest()
            cold = await bench.scroll(60, 300)
            await bench.rest()
            warm = await bench.scroll(-60, 300)
            jumps = await bench.jump(60)
            sizes = await bench.resize(80)
            await bench.rest()
            grown = (process.memory_info().rss - before) / 2**20
            await bench.close()
            paint = f"first paint {first[0]:5.1f} (cpu {first[1]:5.1f})"
            print(f"{count:>7,} rows  {paint}   memory {grown:+5.1f} MiB")
            for name, values in (
                ("scroll, new cards", cold),
                ("scroll, seen cards", warm),
                ("jumps", jumps),
                ("resize", sizes),
            ):
                clock, used = zip(*values, strict=True)
                print(f"  {name:<18} {spread(list(clock))}   cpu {spread(list(used))}")


if __name__ == "__main__":
    application = QApplication([])
    asyncio.run(main(application))
