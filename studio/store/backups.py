"""Whole copies of the workspace file beside it: made, listed, checked, and thrown away in order.

Names are ``workspace.reason.time.sqlite3``; reasons are those of ``studio.domain.backup`` with
``v3`` for "before the step up from version 3". A copy has its name only once it is whole.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import apsw  # noqa: TID251

from studio.domain.backup import Backup, Holding
from studio.store.errors import trouble

if TYPE_CHECKING:
    from pathlib import Path

    from studio.domain.backup import BackupReason

KEPT = 10
KEPT_DAYS = 7
KEPT_UPDATES = 3
"""Copies made before an update are counted for themselves."""

_ENDING = "%Y%m%dT%H%M%S%f"
_PAGES = 16
_STEP_SECONDS = 0.004
"""A write that comes in between waits for one step at most."""

_SPARE = 3
"""A copy is made by itself only where this many times its size is free."""


def backup_dir(path: Path) -> Path:
    """Where the backups of a workspace lie; not made by asking."""
    return path.parent / "backups"


def backups(path: Path) -> tuple[Path, ...]:
    """The backups of a workspace, the newest first."""
    found = [
        file
        for file in backup_dir(path).glob(f"{path.stem}.*.*.sqlite3")
        if file.name.count(".") == path.stem.count(".") + 3
    ]
    return tuple(sorted(found, key=_time_in, reverse=True))


def made_at(backup: Path) -> datetime:
    """When it was made, in UTC, by its name. Raises ValueError for another kind of file."""
    return datetime.strptime(_time_in(backup), _ENDING).replace(tzinfo=UTC)


def reason_of(backup: Path) -> BackupReason:
    """Why it was made."""
    word = backup.name.split(".")[-3]
    if word in ("asked", "restore", "import", "rolling"):
        return word  # type: ignore[return-value]
    return "update"


def new_name(path: Path, label: str, now: datetime) -> Path:
    """Where a copy made now belongs; makes the folder."""
    folder = backup_dir(path)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{path.stem}.{label}.{now.astimezone(UTC):{_ENDING}}.sqlite3"


def has_room(path: Path) -> bool:
    """Whether the disk can take a copy without becoming narrow."""
    folder = path.parent
    return shutil.disk_usage(folder).free > _SPARE * path.stat().st_size


def create_private(path: Path) -> None:
    """Make an empty file readable by this user alone; one that exists is left as it is.

    SQLite gives the files beside it (WAL, shared memory, journal) the same rights.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.close(handle)


def sync_file(path: Path) -> None:
    """Everything written to a file is on the disk when this returns. Raises OSError."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Copy:
    """A copy of an open workspace in small steps, consistent though it is written meanwhile.

    ``step`` and ``abandon`` belong to the thread of the connection; what is left after the last
    step (``settle``) to any other.
    """

    def __init__(self, connection: apsw.Connection, target: Path) -> None:
        self.target = target
        self._unfinished = target.with_name(f".{target.name}.part")
        self._unfinished.unlink(missing_ok=True)
        create_private(self._unfinished)
        self._copy = apsw.Connection(str(self._unfinished))
        self._copy.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        self._work = self._copy.backup("main", connection, "main")
        self.is_over = False

    def step(self, seconds: float = _STEP_SECONDS) -> bool:
        """Copy pages for a moment; True when all are copied. Raises apsw.Error."""
        until = time.monotonic() + seconds
        while not self._work.done:
            self._work.step(_PAGES)
            if time.monotonic() > until:
                break
        if not self._work.done:
            return False
        self._work.finish()
        # The copy carries the mark of a WAL file; alone it has to open without one.
        self._copy.execute("PRAGMA journal_mode = DELETE")
        self._copy.close()
        self.is_over = True
        return True

    def flush(self) -> None:
        """Bring what was copied so far to the disk, so that the end has little left to wait for."""
        sync_file(self._unfinished)

    def settle(self) -> Path:
        """Check the finished copy and give it its name. Raises DiskTrouble, OSError."""
        try:
            if not is_sound(self._unfinished):
                raise trouble("damaged")
            sync_file(self._unfinished)
            os.replace(self._unfinished, self.target)
        except BaseException:
            self._unfinished.unlink(missing_ok=True)
            raise
        return self.target

    def abandon(self) -> None:
        """Leave nothing behind."""
        self.is_over = True
        with contextlib.suppress(apsw.Error):
            self._work.close(force=True)
        with contextlib.suppress(apsw.Error):
            self._copy.close(force=True)
        with contextlib.suppress(OSError):
            self._unfinished.unlink(missing_ok=True)


def back_up(connection: apsw.Connection, path: Path, now: datetime, *, label: str) -> Path:
    """A whole copy of the file as it is now, readable by this user alone; old ones go."""
    copy = Copy(connection, new_name(path, label, now))
    try:
        copy.step(float("inf"))
    except BaseException:
        copy.abandon()
        raise
    made = copy.settle()
    prune(path)
    return made


def prune(path: Path) -> None:
    """Throw away what no rule keeps: the last ten, one a day for a week, three before updates."""
    found = backups(path)
    updates = [file for file in found if reason_of(file) == "update"]
    others = [file for file in found if reason_of(file) != "update"]
    kept = {*updates[:KEPT_UPDATES], *others[:KEPT]}
    if others:
        newest = made_at(others[0])
        days: dict[object, Path] = {}
        for file in others:
            made = made_at(file)
            if newest - made < timedelta(days=KEPT_DAYS):
                days.setdefault(made.date(), file)
        kept.update(days.values())
    for file in found:
        if file not in kept:
            file.unlink(missing_ok=True)
    for part in backup_dir(path).glob(f".{path.stem}.*.part"):
        # A copy that was cut off by the end of the program.
        if time.time() - part.stat().st_mtime > 3600:
            part.unlink(missing_ok=True)


def is_sound(file: Path) -> bool:
    """Whether a file that nobody writes passes its check."""
    try:
        connection = open_still(file)
    except apsw.Error:
        return False
    try:
        return [row[0] for row in connection.execute("PRAGMA quick_check(1)")] == ["ok"]
    except apsw.Error:
        return False
    finally:
        connection.close(force=True)


def open_still(file: Path) -> apsw.Connection:
    """Read a file that nobody writes, changing nothing and making no files beside it."""
    name = f"{file.resolve().as_uri()}?immutable=1"
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    connection = apsw.Connection(name, flags=flags)
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def describe(file: Path) -> Backup:
    """What is in a copy, once it has passed its check."""
    size, reason, made = file.stat().st_size, reason_of(file), made_at(file)
    if not is_sound(file):
        return Backup(file.name, reason, made, size, is_sound=False)
    try:
        held = holding(file)
    except apsw.Error:
        return Backup(file.name, reason, made, size, is_sound=False)
    return Backup(
        file.name,
        reason,
        made,
        size,
        influencers=held.influencers,
        drafts=held.drafts,
        waiting=held.waiting,
    )


def holding(file: Path) -> Holding:
    """What is in a file that nobody writes. Raises apsw.Error."""
    connection = open_still(file)
    try:
        counts = next(
            connection.execute(
                "SELECT (SELECT count(*) FROM persona WHERE deleted_at IS NULL), "
                "(SELECT count(*) FROM draft), (SELECT count(*) FROM outbox)"
            )
        )
    finally:
        connection.close(force=True)
    return Holding(*counts)


def images_kept(path: Path) -> set[str]:
    """Files of images that a copy of this workspace waits with: without them, bringing it back
    would bring less than there was. May wait for the disk."""
    found: set[str] = set()
    for file in backups(path):
        try:
            connection = open_still(file)
        except apsw.Error:
            continue
        try:
            rows = connection.execute("SELECT path FROM upload WHERE path <> ''")
            found.update(str(row[0]) for row in rows)
        except apsw.Error:
            # Of a version before images had rows, or damaged: it names none.
            continue
        finally:
            connection.close(force=True)
    return found


def _time_in(backup: Path) -> str:
    return backup.name.split(".")[-2]
