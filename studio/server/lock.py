"""One server per data folder, by a lock the system drops when the process ends."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FolderTaken(RuntimeError):
    """Another server runs on this folder."""


class FolderLock:
    """Held from ``with`` to its end. Waits a little for a server that is just ending.

    Raises:
        FolderTaken: at entry, when the lock was not free within ``patience_s`` seconds.
    """

    def __init__(self, path: Path, *, patience_s: float) -> None:
        self._path = path
        self._patience_s = patience_s
        self._descriptor = -1

    def __enter__(self) -> Self:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + self._patience_s
        while True:
            try:
                _try_lock(descriptor)
            except OSError:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    raise FolderTaken(
                        f"Another server is running on {self._path.parent}."
                    ) from None
                time.sleep(0.05)
            else:
                self._descriptor = descriptor
                return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)
