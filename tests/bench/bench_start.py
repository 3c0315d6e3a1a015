"""How long the window takes, against a bare PySide6 window measured in the same run.

    xvfb-run -a python tests/bench/bench_start.py [--runs 9] [--rosters 22,10000]

Prints, in milliseconds since the process began (the operating system's clock), medians of:
first painted window with the stored roster, the local server's first answer (interactive), and
memory (PSS, of the program and of its server) after five seconds. Bare window and program take
turns; the processor time of the process is told as well, because it hardly moves when other work
runs on the computer. Judges nothing.
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
print((time.clock_gettime(time.CLOCK_BOOTTIME) - began) * 1000, time.process_time() * 1000)
"""


def bare_window() -> dict[str, float]:
    """Milliseconds to the first paint of a window with forty fields."""
    done = subprocess.run(
        [sys.executable, "-c", BARE], capture_output=True, text=True, check=True, timeout=30
    )
    ms, cpu = done.stdout.split()
    return {"window": float(ms), "window cpu": float(cpu)}


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
            found[f"{told['milestone']} cpu"] = told["cpu"]
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


def middle(runs: list[dict[str, float]], name: str) -> float:
    """The median of one figure over the runs that reached it."""
    return statistics.median([run[name] for run in runs if name in run] or [float("nan")])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--rosters", default="22,10000")
    options = parser.parse_args()
    if not os.environ.get("DISPLAY"):
        print("Run it under xvfb-run; off-screen figures are about 20 ms lower.")
    bare_window()
    for count in (int(text) for text in options.rosters.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder)
            fill(data, count)
            bare, runs = [], []
            for _ in range(options.runs):
                bare.append(bare_window())
                runs.append(start_once(data, settle=0))
            held = start_once(data, settle=5.0)
        floor = middle(bare, "window"), middle(bare, "window cpu")
        print(
            f"bare PySide6 window, first paint        {floor[0]:6.0f} ms   cpu {floor[1]:4.0f} ms"
        )
        for name in ("window", "roster_painted", "interactive"):
            wall, cpu = middle(runs, name), middle(runs, f"{name} cpu")
            print(
                f"{count:6} influencers, {name:18} {wall:6.0f} ms ({wall / floor[0]:.2f} x bare)"
                f"   cpu {cpu:4.0f} ms ({cpu / floor[1]:.2f} x)"
            )
        for words, name in (("memory after 5 s", "pss"), ("its local server", "server_pss")):
            print(f"{count:6} influencers, {words:22} {held.get(name, 0):8.0f} MiB PSS")


if __name__ == "__main__":
    main()
