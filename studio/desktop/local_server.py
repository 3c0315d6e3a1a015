"""The bundled Partner API as a child process: started, watched, started again, ended with us.

``QProcess`` and not asyncio's own subprocesses: these trouble the Qt-hosted loop on Windows. A
process of its own because rendering would hold the interpreter and cost frames.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from studio.core.errors import Bug
from studio.core.logs import redact
from studio.core.secrets import ApiKey
from studio.core.values import dataclass

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

_RESTART_MS = (300, 1_000, 3_000, 10_000)
_STOP_MS = 1_500


@dataclass(frozen=True, slots=True)
class LocalAddress:
    """Where the local server listens, and the key it made for this data folder."""

    url: str
    key: ApiKey


class LocalServer(QObject):
    """One child at a time. ``moved`` carries a ``LocalAddress`` when it listens elsewhere now."""

    moved = Signal(object)

    def __init__(
        self, data_dir: Path, options: tuple[str, ...] = (), parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._data_dir = data_dir
        self._options = options
        self._process: QProcess | None = None
        self._said = b""
        self._starts = 0
        self._stopping = False
        self._address: asyncio.Future[LocalAddress] | None = None
        self._restart = QTimer(self)
        self._restart.setSingleShot(True)
        self._restart.timeout.connect(self._launch)

    def start(self) -> None:
        """Launch the child; ``address`` waits for its first word, ``moved`` tells a later one."""
        self._stopping = False
        if self._address is None or (self._address.done() and self._address.exception()):
            self._address = asyncio.get_running_loop().create_future()
        self._launch()

    async def address(self) -> LocalAddress:
        """Where it listens, once it does. Raises Bug when it cannot be started at all."""
        if self._address is None:
            self.start()
        assert self._address is not None
        return await asyncio.shield(self._address)

    @property
    def pid(self) -> int:
        """The child's process id, 0 when none runs."""
        return int(self._process.processId()) if self._process is not None else 0

    def _launch(self) -> None:
        if self._process is not None:
            self._process.deleteLater()
        self._said = b""
        process = QProcess(self)
        process.setProgram(sys.executable)
        arguments = ["-m", "studio.server", "--data-dir", str(self._data_dir), "--watch-stdin"]
        process.setArguments([*arguments, *self._options])
        process.setStandardErrorFile(
            str(self._data_dir / "server.log"), QProcess.OpenModeFlag.Truncate
        )
        process.readyReadStandardOutput.connect(self._on_output)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        self._process = process
        process.start()

    def _on_output(self) -> None:
        if self._process is None:
            return
        self._said += bytes(self._process.readAllStandardOutput().data())
        line, end, _rest = self._said.partition(b"\n")
        if not end:
            return
        self._said = b""
        try:
            told = json.loads(line)
            address = LocalAddress(str(told["url"]), ApiKey(str(told["key"])))
        except (ValueError, KeyError, TypeError):
            log.error("the local server said: %s", redact(line[:200].decode("utf-8", "replace")))
            return
        self._starts = 0
        if self._address is not None and not self._address.done():
            self._address.set_result(address)
        else:
            self.moved.emit(address)

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._give_up("The local server could not be started.")

    def _on_finished(self) -> None:
        if self._stopping:
            return
        log.warning("the local server ended by itself and is started again")
        if self._starts >= len(_RESTART_MS):
            self._give_up("The local server ends as soon as it is started.")
            return
        self._restart.start(_RESTART_MS[self._starts])
        self._starts += 1

    def _give_up(self, sentence: str) -> None:
        log.error("%s", sentence)
        if self._address is not None and not self._address.done():
            self._address.set_exception(
                Bug(sentence, next_step=f"Its words are in {self._data_dir / 'server.log'}.")
            )

    def stop(self) -> None:
        """End the child: its input is closed, which it watches; a deaf one is killed."""
        self._stopping = True
        self._restart.stop()
        process = self._process
        if process is None or process.state() == QProcess.ProcessState.NotRunning:
            return
        process.closeWriteChannel()
        if not process.waitForFinished(_STOP_MS):
            process.kill()
            process.waitForFinished(500)
