"""The ladder from an older file to the one this version works with: numbered SQL files.

``PRAGMA user_version`` is the number of the last step taken. Each step is one transaction; a file
with data is backed up before the first.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import apsw  # noqa: TID251

from studio.store.errors import DiskTrouble

if TYPE_CHECKING:
    from datetime import datetime

STEPS_DIR = Path(__file__).parent / "migrations"
KEPT_BACKUPS = 3


def steps(folder: Path = STEPS_DIR) -> tuple[Path, ...]:
    """The SQL files in order; the n-th leads to version n."""
    found = tuple(sorted(folder.glob("[0-9]*.sql")))
    for number, file in enumerate(found, start=1):
        if int(file.name.partition("_")[0]) != number:
            raise ValueError(f"{file.name} is out of order")
    return found


def version(connection: apsw.Connection) -> int:
    """The last step this file has taken; 0 for an empty one."""
    for (number,) in connection.execute("PRAGMA user_version"):
        return int(number)
    return 0


def migrate(
    connection: apsw.Connection, path: Path, now: datetime, *, folder: Path = STEPS_DIR
) -> int | None:
    """Take the steps that are missing; the version it came from, None when there were none.

    Raises DiskTrouble when the file is from a newer version of the program, left as it is.
    """
    ladder = steps(folder)
    before = version(connection)
    if before == len(ladder):
        return None
    if before > len(ladder):
        raise DiskTrouble(
            "This workspace was written by a newer version of the program.",
            next_step="Install the newest version. Nothing was changed.",
            code="newer",
        )
    if before > 0:
        back_up(connection, path, now, label=f"v{before}")
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        for number, file in enumerate(ladder[before:], start=before + 1):
            _take(connection, file, number)
    finally:
        connection.execute("PRAGMA foreign_keys = ON")
    return before


def _take(connection: apsw.Connection, file: Path, number: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # A second process may have taken the step between our look and our lock.
        if version(connection) < number:
            connection.execute(file.read_text("utf-8"))
            broken = list(connection.execute("PRAGMA foreign_key_check"))
            if broken:
                raise ValueError(f"{file.name} leaves rows without their parents: {broken[:3]}")
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        if not connection.get_autocommit():
            connection.execute("ROLLBACK")
        raise


# ---- backups


def backup_dir(path: Path) -> Path:
    """Where the backups of a workspace lie; not made by asking."""
    return path.parent / "backups"


def backups(path: Path) -> tuple[Path, ...]:
    """The backups of a workspace, the newest first."""
    found = backup_dir(path).glob(f"{path.stem}.*.sqlite3")
    return tuple(sorted(found, key=lambda file: file.name.split(".")[-2], reverse=True))


def back_up(connection: apsw.Connection, path: Path, now: datetime, *, label: str) -> Path:
    """A whole copy of the file as it is now, readable by this user alone; old ones go."""
    folder = backup_dir(path)
    folder.mkdir(mode=0o700, exist_ok=True)
    name = f"{path.stem}.{label}.{now:%Y%m%dT%H%M%S%f}.sqlite3"
    target = folder / name
    unfinished = folder / f".{name}.part"
    create_private(unfinished)
    copy = apsw.Connection(str(unfinished))
    try:
        copy.execute("PRAGMA journal_mode = OFF")
        with copy.backup("main", connection, "main") as work:
            work.step(-1)
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        copy.close()
    _sync(unfinished)
    os.replace(unfinished, target)
    for old in backups(path)[KEPT_BACKUPS:]:
        old.unlink(missing_ok=True)
    return target


def create_private(path: Path) -> None:
    """Make an empty file readable by this user alone; one that exists is left as it is.

    SQLite gives the files beside it (WAL, shared memory, journal) the same rights.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.close(handle)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
