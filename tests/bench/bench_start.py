"""How long the window takes, against a bare PySide6 window measured in the same run.

    xvfb-run -a python tests/bench/bench_start.py [--runs 9] [--rosters 22,10000]

Prints, in milliseconds since the process began (the operating system's clock), medians of:
first painted window with the stored roster, the local server's first answer (interactive), and
memory (PSS, of the program and of its server) after five seconds. Judges nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

BARE = """
import os, sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget, QVBoxLayout, QLineEdit

class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, app.quit)

app = QApplication([])
window = Window()
body = QWidget(); layout = QVBoxLayout(body)
for _ in range(40):
    layout.addWidget(QLineEdit())
window.setCentralWidget(body)
window.resize(1440, 900)
window.show()
app.exec()
fields = open('/proc/self/stat').read().rpartition(')')[2].split()
began = int(fields[19]) / os.sysconf('SC_CLK_TCK')
print((time.clock_gettime(time.CLOCK_BOOTTIME) - began) * 1000)
"""


def bare_window(runs: int) -> float:
    """Median milliseconds to the first paint of a window with forty fields."""
    times = []
    for _ in range(runs + 1):
        done = subprocess.run(
            [sys.executable, "-c", BARE], capture_output=True, text=True, check=True, timeout=30
        )
        times.append(float(done.stdout.strip()))
    return statistics.median(times[1:])


def pss_mib(pid: int) -> float:
    """Proportional memory of one process in MiB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def children_of(pid: int) -> list[int]:
    """Process ids of the direct children."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()]


def start_once(data: Path, settle: float) -> dict[str, float]:
    """One run of the program: its own milestones, and memory after ``settle`` seconds."""
    process = subprocess.Popen(
        [sys.executable, "-m", "studio", "--data-dir", str(data), "--report-start"],
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, float] = {}
    assert process.stdout is not None
    deadline = time.monotonic() + 60
    while "interactive" not in found and time.monotonic() < deadline:
        line = process.stdout.readline()
        if not line:
            break
        if line.startswith("{"):
            told = json.loads(line)
            found[told["milestone"]] = told["ms"]
    if settle:
        time.sleep(settle)
        found["pss"] = pss_mib(process.pid)
        found["server_pss"] = sum(pss_mib(child) for child in children_of(process.pid))
    process.terminate()
    process.wait(20)
    return found


def fill(data: Path, count: int) -> None:
    """Bring a fresh workspace to ``count`` influencers: its own server makes and serves them."""
    options = ["--server-option=--roster", f"--server-option={count}"] if count > 22 else []
    process = subprocess.Popen(
        [sys.executable, "-m", "studio", "--data-dir", str(data), *options],
    )
    database = data / "data" / "local" / "workspace.sqlite3"
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline and not _is_filled(database, count):
        time.sleep(1)
    process.terminate()
    process.wait(20)


def _is_filled(database: Path, count: int) -> bool:
    """Whether every influencer was read in full."""
    if not database.exists():
        return False
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        try:
            found = connection.execute("SELECT count(*), min(detailed) FROM persona").fetchone()
        except sqlite3.OperationalError:
            return False
    return found[0] >= count and found[1] == 1


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--rosters", default="22,10000")
    options = parser.parse_args()
    if not os.environ.get("DISPLAY"):
        print("Run it under xvfb-run; off-screen figures are about 20 ms lower.")
    bare = bare_window(options.runs)
    print(f"bare PySide6 window, first paint        {bare:8.0f} ms")
    for count in (int(text) for text in options.rosters.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder)
            fill(data, count)
            runs = [start_once(data, settle=0) for _ in range(options.runs)]
            held = start_once(data, settle=5.0)
        for name in ("window", "roster_painted", "interactive"):
            times = [run[name] for run in runs if name in run]
            if times:
                middle = statistics.median(times)
                print(
                    f"{count:6} influencers, {name:22} {middle:8.0f} ms   "
                    f"{middle / bare:.2f} x bare"
                )
        for words, name in (("memory after 5 s", "pss"), ("its local server", "server_pss")):
            print(f"{count:6} influencers, {words:22} {held.get(name, 0):8.0f} MiB PSS")


if __name__ == "__main__":
    main()
