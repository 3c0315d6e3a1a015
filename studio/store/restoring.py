"""Bringing a copy back: what it would change, and the change itself, on a closed workspace.

The state of now is copied first; the new file is built beside the old one, checked, and takes its
place in one step. Nothing that is brought back goes out by itself: outbox rows come back held.
"""

# ruff: noqa: S608 - only names of our own tables are put together; every value is a parameter

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw  # noqa: TID251

from studio.domain.backup import Comparison, Unsent
from studio.store import backups, cards, drafts, migrate
from studio.store.codec import load_field
from studio.store.connection import Connection
from studio.store.errors import from_library, from_system, trouble
from studio.store.recovery import has_data, move_aside

if TYPE_CHECKING:
    from datetime import datetime

    from studio.domain.backup import BackupReason

_WOULD_GO_OUT = "asset_id = '' AND state IN ('waiting', 'uploading', 'finalizing')"
_FROM_THERE = ("meta", "project", "persona", "job", "lineage")


# ---- looking


def compare(backup: Path, path: Path) -> Comparison:
    """What ``backup`` holds that the workspace does not, and the other way round. Changes nothing;
    the workspace may be open. Raises DiskTrouble."""
    try:
        connection = backups.open_still(backup)
        try:
            connection.execute("ATTACH ? AS now", (f"{path.resolve().as_uri()}?mode=ro",))
            return Comparison(
                _unsent(connection, "main", "now", "n.path IS NULL"),
                _unsent(connection, "now", "main", "n.value IS NOT f.value"),
                _count(connection, "outbox", "main", "now"),
                _count(connection, "outbox", "now", "main"),
                _count(connection, "persona", "main", "now"),
            )
        finally:
            connection.close(force=True)
    except apsw.Error as error:
        raise from_library(error) from error


def _unsent(
    connection: apsw.Connection, here: str, there: str, condition: str
) -> tuple[Unsent, ...]:
    found: dict[str, tuple[str, list[str]]] = {}
    rows = connection.execute(
        "SELECT f.influencer_id, coalesce("
        f"(SELECT value FROM {here}.draft_field d WHERE d.influencer_id = f.influencer_id "
        "AND d.path = 'name'), "
        f"(SELECT json_quote(name) FROM {here}.persona p WHERE p.id = f.influencer_id), "
        f"'\"\"'), f.path FROM {here}.draft_field f LEFT JOIN {there}.draft_field n "
        "ON n.influencer_id = f.influencer_id AND n.path = f.path "
        f"WHERE {condition} ORDER BY f.updated_at DESC"
    )
    for influencer_id, name, path in rows:
        found.setdefault(influencer_id, (str(load_field(name) or ""), []))[1].append(path)
    return tuple(
        Unsent(influencer_id, name, tuple(paths)) for influencer_id, (name, paths) in found.items()
    )


def _count(connection: apsw.Connection, table: str, here: str, there: str) -> int:
    ((number,),) = connection.execute(
        f"SELECT count(*) FROM {here}.{table} WHERE id NOT IN (SELECT id FROM {there}.{table})"
    )
    return int(number)


# ---- doing


def restore(
    backup: Path,
    path: Path,
    now: datetime,
    *,
    keep_current: bool,
    reason: BackupReason = "restore",
) -> Path | None:
    """Bring ``backup`` back into the closed workspace at ``path``.

    With ``keep_current`` everything of now stays and what only the backup holds is added; without,
    the workspace becomes what it was. Either way the state of now is kept, named after ``reason``;
    returns where. Raises DiskTrouble, and then nothing has changed.
    """
    then = path.with_name(f".{path.name}.then")
    fresh = path.with_name(f".{path.name}.fresh")
    try:
        # A log left beside them by a killed program would be played into these.
        sweep(path)
        kept = _keep_now(path, now, reason)
        _copy_file(backup, then)
        _bring_up(then, now)
        if keep_current and kept is not None and kept.parent == backups.backup_dir(path):
            _copy_file(kept, fresh)
            _add(fresh, then, now)
        else:
            os.replace(then, fresh)
            _hold(fresh, now)
        if not backups.is_sound(fresh):
            raise trouble("damaged")
        backups.sync_file(fresh)
        os.replace(fresh, path)
        backups.prune(path)
    except apsw.Error as error:
        raise from_library(error) from error
    except OSError as error:
        raise from_system(error) from error
    finally:
        sweep(path)
    return kept


def sweep(path: Path) -> None:
    """Remove what an unfinished :func:`restore` left; never while one is at work."""
    for part in ("then", "fresh"):
        unfinished = path.with_name(f".{path.name}.{part}")
        # The logs first: without its file a log is nothing, with another file it is poison.
        for log in path.parent.glob(f"{unfinished.name}-*"):
            log.unlink(missing_ok=True)
        unfinished.unlink(missing_ok=True)


def _keep_now(path: Path, now: datetime, reason: BackupReason) -> Path | None:
    """A copy of the state of now, with the log written into the file; a damaged one put aside."""
    if not has_data(path):
        return None
    try:
        connection = apsw.Connection(str(path))
        try:
            # A log that stayed behind would be played into the file that takes this one's place.
            if list(connection.execute("PRAGMA journal_mode = DELETE")) != [("delete",)]:
                raise trouble("in_use")
        finally:
            connection.close(force=True)
        if not backups.is_sound(path):
            return move_aside(path, now)
    except (apsw.CorruptError, apsw.NotADBError):
        return move_aside(path, now)
    target = backups.new_name(path, reason, now)
    unfinished = target.with_name(f".{target.name}.part")
    _copy_file(path, unfinished)
    backups.sync_file(unfinished)
    os.replace(unfinished, target)
    return target


def _copy_file(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    backups.create_private(target)
    with open(source, "rb") as read, open(target, "r+b") as write:
        shutil.copyfileobj(read, write, 1 << 20)


def _bring_up(file: Path, now: datetime) -> None:
    connection = apsw.Connection(str(file))
    try:
        connection.execute("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF")
        migrate.migrate(connection, file, now, copy_first=False)
    finally:
        connection.close(force=True)


def _hold(file: Path, now: datetime) -> None:
    """What waited then may have gone out since: a person decides."""
    with _Work(file, now) as conn:
        conn.run("UPDATE outbox SET held = 1, state = 'waiting' WHERE state <> 'blocked'")
        conn.run("UPDATE outbox SET held = 1 WHERE state = 'blocked'")
        conn.run(f"UPDATE upload SET state = 'held' WHERE {_WOULD_GO_OUT}")
        conn.touch(*(row[0] for row in conn.rows("SELECT DISTINCT influencer_id FROM outbox")))


def _add(fresh: Path, then: Path, now: datetime) -> None:
    with _Work(fresh, now, then) as conn:
        for table in _FROM_THERE:
            conn.run(f"INSERT OR IGNORE INTO main.{table} SELECT * FROM past.{table}")
        conn.touch(
            *(
                row[0]
                for row in conn.rows(
                    "SELECT id FROM persona WHERE id NOT IN (SELECT id FROM main.card)"
                )
            )
        )
        # Before the history: that tells which of them this workspace has already dealt with.
        _add_outbox(conn)
        _add_history(conn)
        _add_uploads(conn)
        _add_drafts(conn)


def _add_drafts(conn: Connection) -> None:
    known = {row[0] for row in conn.rows("SELECT id FROM persona")}
    known |= {row[0] for row in conn.rows("SELECT influencer_id FROM main.draft")}
    rows = conn.rows("SELECT influencer_id, project_id, is_new FROM past.draft ORDER BY created_at")
    for influencer_id, project_id, is_new in rows:
        fields = {
            path: load_field(value)
            for path, value in conn.rows(
                "SELECT path, value FROM past.draft_field f WHERE influencer_id = ? "
                "AND NOT EXISTS (SELECT 1 FROM main.draft_field n "
                "WHERE n.influencer_id = f.influencer_id AND n.path = f.path)",
                (influencer_id,),
            )
        }
        if influencer_id in known:
            if fields:
                drafts.set_fields(conn, influencer_id, fields, kind="restore")
        elif is_new:
            drafts.start_new(conn, project_id, influencer_id, fields)
        conn.touch(influencer_id)


def _add_outbox(conn: Connection) -> None:
    """Rows this workspace never knew; those it knew have been confirmed or taken back since."""
    names = [name for name in _columns(conn, "outbox") if name != "seq"]
    taken = [{"held": "1", "state": "'waiting'"}.get(name, name) for name in names]
    rows = conn.rows(
        "SELECT id, influencer_id FROM past.outbox WHERE id NOT IN (SELECT id FROM main.outbox) "
        "AND id NOT IN (SELECT mutation_id FROM main.history) ORDER BY seq"
    )
    for mutation_id, influencer_id in rows:
        conn.run(
            f"INSERT INTO main.outbox ({', '.join(names)}) "
            f"SELECT {', '.join(taken)} FROM past.outbox WHERE id = ?",
            (mutation_id,),
        )
        conn.touch(influencer_id)


def _add_uploads(conn: Connection) -> None:
    names = ", ".join(name for name in _columns(conn, "upload") if name != "seq")
    rows = conn.rows("SELECT id, path FROM past.upload WHERE id NOT IN (SELECT id FROM upload)")
    for upload_id, path in rows:
        if path and Path(path).is_file():
            conn.run(
                f"INSERT INTO main.upload ({names}) SELECT {names} FROM past.upload WHERE id = ?",
                (upload_id,),
            )
            conn.run(
                f"UPDATE main.upload SET state = 'held' WHERE id = ? AND {_WOULD_GO_OUT}",
                (upload_id,),
            )


def _add_history(conn: Connection) -> None:
    names = ", ".join(name for name in _columns(conn, "history") if name != "seq")
    conn.run(
        f"INSERT INTO main.history ({names}) SELECT {names} FROM past.history "
        "WHERE influencer_id NOT IN (SELECT influencer_id FROM main.history) ORDER BY seq"
    )


def _columns(conn: Connection, table: str) -> list[str]:
    return [row[1] for row in conn.rows(f"PRAGMA main.table_info({table})")]


class _Work:
    """One transaction in a file that nobody else knows of; its cards are made anew at the end."""

    def __init__(self, file: Path, now: datetime, past: Path | None = None) -> None:
        self._library = apsw.Connection(str(file))
        self._conn = Connection(self._library, now, writable=True)
        self._library.execute("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF")
        if past is not None:
            self._library.execute("ATTACH ? AS past", (str(past),))
        self._library.execute("BEGIN IMMEDIATE")

    def __enter__(self) -> Connection:
        return self._conn

    def __exit__(self, kind: object, *_more: Any) -> None:
        try:
            if kind is None:
                cards.refresh_cards(self._conn, self._conn.touched)
                self._library.execute("COMMIT")
        finally:
            self._library.close(force=True)
