"""Key to paint, key to disk, and persona switch in the real window over the real local server.

    xvfb-run -a python tests/bench/bench_edit.py [--keys 300] [--switches 100]

Prints milliseconds, p50, p99 and the longest. Judges nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from studio.app.studio import Studio
from studio.cli import Options
from studio.desktop import loop
from studio.domain.events import InfluencersChanged

HUMOR = "personality.humor"


class PaintWatch(QObject):
    """When a widget was last painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.at = 0.0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.at = time.perf_counter()
        return False

    async def since(self, moment: float) -> float:
        while self.at < moment:
            await asyncio.sleep(0)
        return (self.at - moment) * 1000


def report(what: str, times: list[float]) -> None:
    times.sort()
    p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
    print(f"{what:34} p50 {times[len(times) // 2]:7.2f}   p99 {p99:7.2f}   max {times[-1]:7.2f} ms")


async def until(holds: object) -> None:
    while not holds():  # type: ignore[operator]
        await asyncio.sleep(0.02)


async def measure(studio: Studio, keys: int, switches: int) -> None:
    await studio.open()
    window = studio.window
    assert window is not None
    await until(lambda: window.editor_view is not None and window.editor.editable)
    await until(lambda: not studio.window.session.engine.status.busy)
    await asyncio.sleep(2)
    view = window.editor_view
    assert view is not None

    control = view.binding(HUMOR).row.editor
    control.setFocus()
    watch = PaintWatch(control)
    durable: list[float] = []
    typed_at = 0.0
    studio.hub.subscribe(
        InfluencersChanged, lambda _event: durable.append((time.perf_counter() - typed_at) * 1000)
    )
    painted = []
    for number in range(keys):
        typed_at = time.perf_counter()
        QTest.keyClicks(control, "abcdefghij"[number % 10])
        painted.append(await watch.since(typed_at))
        await asyncio.sleep(0.02)
    report("key to painted field", painted)
    report("key to committed draft and notice", durable)

    whole = PaintWatch(view.header.name)
    ids = [window.gallery.id_at(row) for row in range(min(12, window.gallery.size))]
    switched = []
    for number in range(switches):
        wanted = ids[(number + 1) % len(ids)]
        started = time.perf_counter()
        window.page.select(wanted)
        await until_open(window, wanted)
        switched.append(await whole.since(started))
        await asyncio.sleep(0.03)
    report("persona switch to painted name", switched)


async def until_open(window: object, influencer_id: str) -> None:
    while window.editor.influencer_id != influencer_id or not window.editor.shown:  # type: ignore[attr-defined]
        await asyncio.sleep(0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--keys", type=int, default=300)
    parser.add_argument("--switches", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Options(data_dir=Path(folder), size=(1440, 900), theme="light"))
        app = QApplication(sys.argv[:1])
        studio.dress(app)

        async def run() -> int:
            try:
                await measure(studio, options.keys, options.switches)
            finally:
                await studio.shut_down()
            return 0

        loop.run(app, run)


if __name__ == "__main__":
    main()
