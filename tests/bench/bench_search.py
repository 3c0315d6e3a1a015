"""Search as a person types, over the real store: from the key to the painted result.

    python tests/bench/bench_search.py [--rosters 10000,100000] [--rounds 20]

Prints milliseconds, p50, p99 and the longest, for each key of some words, and for the store's own
answer. Judges nothing; the aim is 16.7 ms to the painted result.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"
sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench_gallery import NoJobs, Online, PaintWatch, Portraits
from bench_store import PROJECT, fill
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from studio.core.clock import SystemClock
from studio.core.events import EventHub
from studio.core.tasks import TaskScope
from studio.desktop import loop
from studio.domain.roster import RosterQuery
from studio.store import roster
from studio.store.database import Database
from studio.sync.service import Personas
from studio.ui.gallery.page import GalleryPage
from studio.ui.theme import Theme
from studio.viewmodels.gallery import GalleryModel
from studio.viewmodels.pictures import PictureLoader

WORDS = ("ship", "witty", "nova 42", "zoe", "workw", "jurg", "نور", "qqqq")


class NoEngine:
    """Nothing is sent here."""

    def use_project(self, _project_id: str) -> None:
        """Nothing to read."""


def report(what: str, times: list[float]) -> None:
    times.sort()
    p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
    print(
        f"  {what:34} p50 {times[len(times) // 2]:7.2f}   p99 {p99:7.2f}   "
        f"max {times[-1]:7.2f} ms   ({len(times)} keys)"
    )


def press(widget: QWidget, letter: str) -> None:
    """A key as it arrives from any keyboard."""
    plain = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyPress, 0, plain, letter))


async def keys(page: GalleryPage, model: GalleryModel, rounds: int) -> list[float]:
    """Type the words key by key; how long until the cards of that very text were painted."""
    watch = PaintWatch(page.grid.viewport())
    app = QApplication.instance()
    assert app is not None
    search = page.header.search
    resets: list[float] = []
    model.modelReset.connect(lambda: resets.append(time.perf_counter()))
    took = []
    for number in range(rounds):
        word = WORDS[number % len(WORDS)]
        for letter in word:
            if letter == " ":
                press(search, letter)
                await asyncio.sleep(0.05)
                continue
            resets.clear()
            began = time.perf_counter()
            press(search, letter)
            while not resets and time.perf_counter() - began < 2:
                await asyncio.sleep(0)
            if not resets:
                print(f"  no new cards for {letter!r} of {word!r}")
            if model.size:
                page.grid.viewport().update()
                paints = watch.paints
                while watch.paints == paints:
                    await asyncio.sleep(0)
            took.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.03)
        search.clear()
        await asyncio.sleep(0.05)
    return took


def store_alone(db: Database, rounds: int) -> list[float]:
    """The page of cards alone, for every prefix of the words."""
    took = []
    for word in WORDS * max(1, rounds // len(WORDS)):
        for end in range(1, len(word) + 1):
            query = RosterQuery(PROJECT, text=word[:end])
            began = time.perf_counter()
            db.submit_read(roster.rows, query, 0, 60).result()
            took.append((time.perf_counter() - began) * 1000)
    return took


async def measure(counts: list[int], rounds: int, theme: Theme) -> None:
    for count in counts:
        print(f"{count:,} influencers")
        with tempfile.TemporaryDirectory() as folder:
            db = Database.open(Path(folder) / "w.sqlite3")
            fill(db, count)
            hub, scope = EventHub(), TaskScope("bench")
            personas = Personas(db, hub, SystemClock(), NoEngine())  # type: ignore[arg-type]
            model = GalleryModel(personas, NoJobs(), Online(), hub, scope)
            page = GalleryPage(model, PictureLoader(Portraits(Path(folder)), scope), theme)
            page.resize(1160, 840)
            page.show()
            model.show_project(PROJECT)
            while not model.size:
                await asyncio.sleep(0.01)
            page.focus_search()
            await asyncio.sleep(0.5)
            report("key to painted result", await keys(page, model, rounds))
            report("the store's page of cards", store_alone(db, rounds))
            model.close()
            await scope.close()
            page.deleteLater()
            db.close()


def main() -> None:
    reads = argparse.ArgumentParser(description=__doc__)
    reads.add_argument("--rosters", default="10000,100000")
    reads.add_argument("--rounds", type=int, default=16)
    asked = reads.parse_args()
    app = QApplication([])
    theme = Theme(app, "light", reduced_motion=True)
    counts = [int(each) for each in asked.rosters.split(",")]

    async def run() -> int:
        await measure(counts, asked.rounds, theme)
        return 0

    loop.run(app, run)


if __name__ == "__main__":
    main()
