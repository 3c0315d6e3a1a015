"""The real local Partner API in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class PartnerServer:
    """``python -m studio.server``: where it listens, its key, and ways to hurt it."""

    data_dir: Path
    options: tuple[str, ...] = ("--empty", "--render-seconds", "0.4")
    url: str = ""
    key: str = ""
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> PartnerServer:
        """Start it and wait until it listens."""
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "studio.server",
                "--data-dir",
                str(self.data_dir),
                "--watch-stdin",
                *self.options,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        assert self.process.stdout is not None
        told = json.loads(self.process.stdout.readline())
        self.url, self.key = told["url"], told["key"]
        return self

    def kill(self) -> None:
        """SIGKILL: it has no chance to write anything down."""
        self.process.kill()
        self._close()

    def restart(self, *, elsewhere: bool = True) -> None:
        """Start it again after :meth:`kill`, at another port unless told otherwise."""
        if elsewhere:
            (self.data_dir / "port").unlink(missing_ok=True)
        self.start()

    def stop(self) -> None:
        """End it in order."""
        if self.process.poll() is None:
            assert self.process.stdin is not None
            self.process.stdin.close()
        self._close()

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Look into or change the server's own database."""
        with contextlib.closing(sqlite3.connect(self.data_dir / "partner.db", timeout=5)) as conn:
            rows = conn.execute(statement, values).fetchall()
            conn.commit()
        return rows

    def _close(self) -> None:
        self.process.wait(timeout=10)
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()
