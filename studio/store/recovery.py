"""Files around the workspace file: the mark of a running program, damaged files, backups."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from studio.core.values import dataclass

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class OpenReport:
    """What was found and done when a workspace was opened.

    Attributes:
        created: there was no file, or an empty one.
        unclean: the program that had it open before did not end in order.
        migrated_from: the version it was brought up from, None when it was current.
        damaged: where the damaged file was put aside, None when it was sound.
        restored_from: the backup that took its place, None when none was used.
        rescued: rows read out of the damaged file.
    """

    created: bool = False
    unclean: bool = False
    migrated_from: int | None = None
    damaged: Path | None = None
    restored_from: Path | None = None
    rescued: int = 0

    @property
    def sentence(self) -> str:
        """What a person should know of it; empty when all is as it should be."""
        if self.damaged is None:
            return ""
        text = f"The workspace file was damaged and is kept as {self.damaged.name}."
        if self.restored_from is not None:
            text += " The newest backup took its place."
        if self.rescued:
            return f"{text} What could be read of it was carried over."
        if self.restored_from is None:
            text += " A new one was begun; the roster is read from the server again."
        return text


class RunningMark:
    """A file beside the workspace that is there while a program has it open."""

    def __init__(self, path: Path) -> None:
        self._file = path.with_name(f"{path.name}.open")

    def exists(self) -> bool:
        """Whether somebody has it open, or had and did not end in order."""
        return self._file.exists()

    def set(self) -> None:
        """This program has it open from now on. Raises OSError."""
        handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, f"{os.getpid()}\n".encode())
        finally:
            os.close(handle)

    def clear(self) -> None:
        """It was closed in order. Raises OSError."""
        self._file.unlink(missing_ok=True)


def has_data(path: Path) -> bool:
    """Whether there is anything in the file or in the log beside it."""
    return any(
        file.exists() and file.stat().st_size > 0
        for file in (path, path.with_name(f"{path.name}-wal"))
    )


def move_aside(path: Path, now: datetime) -> Path:
    """Rename a damaged file and what belongs to it, and keep them; the new name."""
    aside = path.with_name(f"{path.stem}.damaged-{now:%Y%m%dT%H%M%S%f}.sqlite3")
    for ending in ("-wal", "-shm", ""):
        part = path.with_name(path.name + ending)
        if part.exists():
            os.replace(part, aside.with_name(aside.name + ending))
    return aside


def put_in_place(backup: Path, path: Path) -> None:
    """Copy a backup to where the workspace file belongs, whole or not at all."""
    import shutil  # needed on the rarest of starts alone

    unfinished = path.with_name(f".{path.name}.part")
    with open(unfinished, "wb", opener=_private) as target, open(backup, "rb") as source:
        shutil.copyfileobj(source, target)
        target.flush()
        os.fsync(target.fileno())
    os.replace(unfinished, path)


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
