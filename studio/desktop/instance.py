"""One program per data folder: a second launch brings the first one's window forward and ends."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, Signal

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtNetwork import QLocalServer

log = logging.getLogger(__name__)

_RAISE = b"raise\n"
_HEARD = b"heard\n"
_WAIT_MS = 1_500


class SingleInstance(QObject):
    """Holds the lock of a data folder and listens for later launches.

    The lock of a process that was killed is taken over: Qt sees that its process is gone.
    """

    raise_wanted = Signal()
    """A second launch asked for the window."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = QLockFile(str(folder / "running.lock"))
        self._lock.setStaleLockTime(0)
        digest = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
        self._name = f"persona-studio-{digest}"
        self._server: QLocalServer | None = None

    def claim(self) -> bool:
        """Whether this process is the first on the folder. A folder that cannot hold a lock is
        used all the same; the store says what is wrong with it."""
        if self._lock.tryLock(0):
            return True
        return self._lock.error() != QLockFile.LockError.LockFailedError

    def hand_over(self) -> bool:
        """Ask the first instance to come forward; whether it heard."""
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_WAIT_MS):
            return False
        socket.write(_RAISE)
        socket.waitForBytesWritten(_WAIT_MS)
        heard = socket.waitForReadyRead(_WAIT_MS) and bytes(socket.readAll().data()) == _HEARD
        socket.disconnectFromServer()
        return heard

    def listen(self) -> None:
        """Hear later launches of this user; without the socket the program works all the same."""
        from PySide6.QtNetwork import QLocalServer

        QLocalServer.removeServer(self._name)
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._on_launch)
        if not server.listen(self._name):
            log.warning("later launches cannot be heard: %s", server.errorString())
            return
        self._server = server

    def release(self) -> None:
        """Let the next launch be the first."""
        if self._server is not None:
            self._server.close()
        self._lock.unlock()

    def _on_launch(self) -> None:
        if self._server is None:
            return
        socket = self._server.nextPendingConnection()
        socket.readyRead.connect(self._on_words)
        socket.disconnected.connect(socket.deleteLater)

    def _on_words(self) -> None:
        from PySide6.QtNetwork import QLocalSocket

        socket = self.sender()
        if isinstance(socket, QLocalSocket) and bytes(socket.readAll().data()) == _RAISE:
            socket.write(_HEARD)
            socket.flush()
            self.raise_wanted.emit()
