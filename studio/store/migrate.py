"""The ladder from an older file to the one this version works with: numbered SQL files.

``PRAGMA user_version`` is the number of the last step taken. Each step is one transaction; a file
with data is backed up before the first.
"""

# ruff: noqa: S608 - only names of our own tables are put together; every value is a parameter

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw  # noqa: TID251

from studio.store.backups import back_up
from studio.store.errors import DiskTrouble

if TYPE_CHECKING:
    from datetime import datetime

STEPS_DIR = Path(__file__).parent / "migrations"


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
    connection: apsw.Connection,
    path: Path,
    now: datetime,
    *,
    folder: Path = STEPS_DIR,
    copy_first: bool = True,
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
    if before > 0 and copy_first:
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
            list(connection.execute(file.read_text("utf-8")))
            broken = list(connection.execute("PRAGMA foreign_key_check"))
            if broken:
                raise ValueError(f"{file.name} leaves rows without their parents: {broken[:3]}")
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        if not connection.get_autocommit():
            connection.execute("ROLLBACK")
        raise


# ---- what a file of a version consists of


def structure(connection: apsw.Connection) -> set[tuple[Any, ...]]:
    """Everything in the file by name, and the columns of its tables.

    What the full-text index makes for itself is left out: it is the library's own business.
    """
    found: set[tuple[Any, ...]] = set()
    for kind, name, table in list(
        connection.execute("SELECT type, name, tbl_name FROM sqlite_schema")
    ):
        if table.startswith("card_text_"):
            continue
        found.add((kind, name, table))
        if kind == "table":
            for column in connection.execute(
                'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)',
                (name,),
            ):
                found.add((name, *column))
    return found


def structure_of(number: int) -> set[tuple[Any, ...]]:
    """What the steps up to ``number`` make of an empty file."""
    connection = apsw.Connection(":memory:")
    try:
        for file in steps()[:number]:
            list(connection.execute(file.read_text("utf-8")))
        return structure(connection)
    finally:
        connection.close()


# ---- out of a damaged file

_TYPED_HERE = (
    "draft", "draft_field", "outbox", "history", "lineage", "upload",
    "edit_step", "edit_step_part", "conflict",
)  # fmt: skip
_READ_THERE = ("project", "persona", "job", "meta")
JSON_COLUMNS = {
    "project": ("extra",),
    "persona": ("personality", "reference_images", "extra"),
    "lineage": ("overrides",),
    "draft_field": ("value", "base"),
    "outbox": ("body",),
    "history": ("old", "new"),
    "conflict": ("base", "mine", "theirs"),
    "edit_step": ("uploads",),
    "edit_step_part": ("before", "after"),
}


def rescue(connection: apsw.Connection, damaged: Path) -> int:
    """Copy every row that can still be read out of ``damaged``; how many. Changes nothing in it.

    What was typed here replaces what a backup says of it when all of it could be read. Has to run
    inside a transaction, and the cards have to be made anew after it.
    """
    copied = 0
    try:
        old = apsw.Connection(str(damaged), flags=apsw.SQLITE_OPEN_READONLY)
    except apsw.Error:
        return 0
    try:
        if version(old) != version(connection):
            return 0
        connection.execute("PRAGMA defer_foreign_keys = ON")
        for table in (*_READ_THERE, *_TYPED_HERE):
            copied += _copy_rows(connection, old, table)
    except (apsw.CorruptError, apsw.NotADBError, apsw.IOError):
        return copied
    finally:
        old.close(force=True)
    return copied


def _copy_rows(connection: apsw.Connection, old: apsw.Connection, table: str) -> int:
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    found, whole = _readable(old, f"SELECT {', '.join(names)} FROM {table}", names[0])
    way = "REPLACE"
    if table == "draft":
        way = "IGNORE"  # replacing a row would take its fields along
    elif whole and table in _TYPED_HERE:
        connection.execute(f"DELETE FROM {table}")
    marks = ", ".join("?" * len(names))
    copied = 0
    for row in found:
        try:
            connection.execute(f"INSERT OR {way} INTO {table} VALUES ({marks})", row)
        except apsw.ConstraintError:
            continue
        copied += connection.changes()
    for name in JSON_COLUMNS.get(table, ()):
        connection.execute(f"DELETE FROM {table} WHERE NOT json_valid({name})")
        copied -= connection.changes()
    if table == "draft_field":
        # A field is kept even where the row above it is lost.
        connection.execute(
            "INSERT OR IGNORE INTO draft (influencer_id, project_id, created_at, updated_at) "
            "SELECT f.influencer_id, p.project_id, f.updated_at, f.updated_at "
            "FROM draft_field f JOIN persona p ON p.id = f.influencer_id"
        )
        connection.execute(
            "DELETE FROM draft_field WHERE influencer_id NOT IN (SELECT influencer_id FROM draft)"
        )
        connection.execute(
            "DELETE FROM draft WHERE is_new = 0 "
            "AND influencer_id NOT IN (SELECT influencer_id FROM draft_field)"
        )
    return copied


def _readable(old: apsw.Connection, query: str, key: str) -> tuple[list[Any], bool]:
    """Rows from both ends of a table up to the damage, and whether there was none."""
    found: list[Any] = []
    for order in ("", "DESC"):
        try:
            for row in old.execute(f"{query} ORDER BY {key} {order}"):
                found.append(row)  # noqa: PERF402 - the rows before the damage have to stay
        except apsw.Error:
            continue
        return found, True
    return found, False
