"""The file of one workspace: one connection, on one thread, whole transactions as functions.

``fn(conn, *args)`` runs on the store thread as one transaction and is on the disk when the call
returns. Errors are two kinds: :class:`DiskTrouble`, which a person can do something about, and
:class:`Bug`, which is ours. What ``fn`` itself raises passes through, and nothing is changed.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import apsw  # noqa: TID251

from studio.core.clock import SystemClock
from studio.core.errors import Bug
from studio.store import backups, cards, migrate
from studio.store.connection import Connection
from studio.store.errors import (
    DiskTrouble,
    from_library,
    from_system,
    is_damage,
    shakes_trust,
    trouble,
)
from studio.store.recovery import OpenReport, RunningMark, has_data, move_aside, put_in_place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from studio.core.clock import Clock

__all__ = ["Connection", "Database", "DiskTrouble", "OpenReport"]

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

OLDEST_SQLITE = (3, 51, 3)
"""Versions before it can corrupt a WAL file that two connections write."""

_STATEMENTS = 500
"""As many as the store has: fewer kept ones would be read anew again and again."""
_BUSY_MS = 2_000
_PRAGMAS = """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = 1;
    PRAGMA checkpoint_fullfsync = 1;
    PRAGMA foreign_keys = ON;
    PRAGMA mmap_size = 0;
    PRAGMA cache_size = -32000;
    PRAGMA temp_store = MEMORY;
    PRAGMA journal_size_limit = 16777216;
    PRAGMA trusted_schema = OFF;
"""


class Database:
    """One open workspace file. Make it with :meth:`open`, end it with :meth:`close`.

    Attributes:
        path: the file.
        report: what was found and done when it was opened.
    """

    def __init__(
        self, path: Path, clock: Clock, vfs: str | None, thread: ThreadPoolExecutor
    ) -> None:
        self.path = path
        self.report = OpenReport()
        self._clock = clock
        self._vfs = vfs
        self._thread = thread
        self._mark = RunningMark(path)
        self._connection: apsw.Connection | None = None
        self._suspect = False
        self._closed = False

    @staticmethod
    def open(path: Path, *, clock: Clock | None = None, vfs: str | None = None) -> Database:
        """Open or make the file, bring it up to date, and check it after an unclean exit.

        A damaged file is put aside and kept; ``report`` says what took its place. Raises
        DiskTrouble when the file cannot be used, Bug when the SQLite library is too old.
        """
        _refuse_old_library()
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        database = Database(path, clock or SystemClock(), vfs, thread)
        try:
            thread.submit(database._start).result()
        except BaseException:
            thread.shutdown()
            raise
        return database

    # ---- using

    async def read(
        self, fn: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run ``fn`` on one state of the data; a change inside it raises Bug."""
        return await asyncio.wrap_future(self._thread_call(fn, args, kwargs, writable=False))

    async def write(
        self, fn: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run ``fn`` as one transaction; on return it is on the disk.

        Cancelling the caller does not take the change back: once asked for, it is made.
        """
        future = self._thread_call(fn, args, kwargs, writable=True)
        try:
            return await asyncio.shield(asyncio.wrap_future(future))
        except asyncio.CancelledError:
            future.add_done_callback(_log_failure)
            raise

    def submit(
        self, fn: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> Future[R]:
        """As :meth:`write`, for callers without a loop."""
        return self._thread_call(fn, args, kwargs, writable=True)

    def submit_read(
        self, fn: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> Future[R]:
        """As :meth:`read`, for callers without a loop."""
        return self._thread_call(fn, args, kwargs, writable=False)

    def submit_outside(self, fn: Callable[[apsw.Connection], R]) -> Future[R]:
        """Run ``fn`` on the connection itself, outside any transaction: a step of a copy."""
        if self._closed:
            raise Bug("The workspace is closed.")
        return self._thread.submit(self._outside, fn)

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be asked of it any more."""
        return self._closed

    def distrust(self) -> None:
        """A copy of the file was not sound: check the file before anything else is done with it."""
        self._suspect = True

    def close(self) -> None:
        """Finish what was asked for, close the file and end the thread. Twice is harmless."""
        if self._closed:
            return
        self._closed = True
        self._thread.submit(self._end).result()
        self._thread.shutdown()

    def _thread_call(
        self, fn: Callable[..., R], args: Any, kwargs: dict[str, Any], *, writable: bool
    ) -> Future[R]:
        if self._closed:
            raise Bug("The workspace is closed.")
        return self._thread.submit(self._transaction, fn, args, kwargs, writable=writable)

    # ---- on the store thread

    def _transaction(
        self, fn: Callable[..., R], args: Any, kwargs: dict[str, Any], *, writable: bool
    ) -> R:
        library = self._sound_connection()
        try:
            library.execute("BEGIN IMMEDIATE" if writable else "BEGIN")
            try:
                conn = Connection(library, self._clock.now(), writable=writable)
                result = fn(conn, *args, **kwargs)
                if conn.touched:
                    cards.refresh_cards(conn, conn.touched)
                library.execute("COMMIT")
            except BaseException:
                _roll_back(library)
                raise
        except apsw.Error as error:
            told = from_library(error)
            if shakes_trust(told):
                self._suspect = True
            log.warning("the store refused: %s: %s", type(error).__name__, error)
            raise told from error
        return result

    def _outside(self, fn: Callable[[apsw.Connection], R]) -> R:
        try:
            return fn(self._sound_connection())
        except apsw.Error as error:
            raise from_library(error) from error
        except OSError as error:
            raise from_system(error) from error

    def _sound_connection(self) -> apsw.Connection:
        """The connection; after an I/O error a new one, once the file has passed a check."""
        if self._connection is not None and not self._suspect:
            return self._connection
        self._drop_connection()
        connection = self._connect()
        try:
            _check(connection)
        except BaseException:
            connection.close(force=True)
            raise
        self._connection = connection
        self._suspect = False
        return connection

    def _start(self) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            created = not has_data(self.path)
            unclean = self._mark.exists()
            self.report = OpenReport(created=created, unclean=unclean)
            if created and backups.backups(self.path):
                self._replace_damaged()
            else:
                self._open_sound()
            self._mark.set()
        except OSError as error:
            self._drop_connection()
            raise from_system(error) from error

    def _open_sound(self) -> None:
        try:
            self._bring_up(check=self.report.unclean)
        except DiskTrouble as error:
            self._drop_connection()
            if not is_damage(error):
                raise
            log.warning("the workspace file is damaged", exc_info=error)
            self._replace_damaged()

    def _bring_up(self, *, check: bool) -> None:
        self._connection = self._connect()
        try:
            if check:
                _check(self._connection)
            before = migrate.migrate(self._connection, self.path, self._clock.now())
            # A flipped letter in the name of a column is no fault to the library's own check.
            if check and migrate.structure(self._connection) != migrate.structure_of(
                migrate.version(self._connection)
            ):
                raise trouble("damaged")
        except apsw.Error as error:
            raise from_library(error) from error
        if before:
            self.report = replace(self.report, migrated_from=before)

    def _replace_damaged(self) -> None:
        """Put the file aside and go on from the newest backup that is sound, or from nothing."""
        aside = move_aside(self.path, self._clock.now())
        self.report = replace(self.report, damaged=aside)
        for backup in backups.backups(self.path):
            put_in_place(backup, self.path)
            try:
                self._bring_up(check=True)
            except DiskTrouble as error:
                log.warning("the backup %s cannot be used: %s", backup.name, error.sentence)
                self._drop_connection()
                move_aside(self.path, self._clock.now())
                continue
            self.report = replace(self.report, restored_from=backup)
            break
        else:
            self._bring_up(check=False)
        self._rescue_from(aside)

    def _rescue_from(self, aside: Path) -> None:
        """Carry over what the damaged file still gives: unsent words are there and nowhere else."""
        library = self._connection
        assert library is not None
        try:
            library.execute("BEGIN IMMEDIATE")
            rescued = migrate.rescue(library, aside)
            cards.rebuild(Connection(library, self._clock.now(), writable=True))
            library.execute("COMMIT")
        except (apsw.Error, ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("nothing was carried over from %s", aside.name, exc_info=error)
            _roll_back(library)
            return
        self.report = replace(self.report, rescued=rescued)

    def _connect(self) -> apsw.Connection:
        connection: apsw.Connection | None = None
        try:
            backups.create_private(self.path)
            connection = apsw.Connection(
                str(self.path), vfs=self._vfs, statementcachesize=_STATEMENTS
            )
            connection.set_busy_timeout(_BUSY_MS)
            # A statement that gives a row stops there until the row is taken.
            list(connection.execute(_PRAGMAS))
        except apsw.Error as error:
            if connection is not None:
                connection.close(force=True)
            raise from_library(error) from error
        except OSError as error:
            raise from_system(error) from error
        return connection

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.close(force=True)
        except apsw.Error as error:
            log.warning("the workspace file did not close in order: %s", error)

    def _end(self) -> None:
        sound = self._connection is not None and not self._suspect
        self._drop_connection()
        if sound:
            try:
                self._mark.clear()
            except OSError as error:
                log.warning("the mark of the open workspace stays: %s", error)


def _refuse_old_library() -> None:
    text = apsw.sqlite_lib_version()
    if tuple(int(part) for part in text.split(".")) < OLDEST_SQLITE:
        oldest = ".".join(str(part) for part in OLDEST_SQLITE)
        raise Bug(
            f"SQLite {text} is too old; {oldest} is the oldest that is safe.",
            next_step="Install the program again.",
            code="old_sqlite",
        )


def _check(connection: apsw.Connection) -> None:
    """Raises DiskTrouble when the file is damaged."""
    try:
        answers = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
    except apsw.Error as error:
        told = from_library(error)
        # A check can only be at odds with the file: what is no trouble of the disk is damage.
        raise (told if isinstance(told, DiskTrouble) else trouble("damaged")) from error
    if answers != ["ok"]:
        log.error("the workspace file failed its check: %s", answers)
        raise trouble("damaged")


def _roll_back(library: apsw.Connection) -> None:
    """End a transaction that may already have been ended by the error itself."""
    try:
        if not library.get_autocommit():
            library.execute("ROLLBACK")
    except apsw.Error as error:
        log.warning("a transaction did not roll back in order: %s", error)


def _log_failure(future: Future[Any]) -> None:
    error = None if future.cancelled() else future.exception()
    if error is not None:
        log.error("a change whose caller had gone was not made", exc_info=error)
