"""An influencer asked for under our own id that the server made under another (contract 4.1).

Later servers make ids themselves. Everything kept of it here moves to the server's id in one
transaction; the old id stays known, since windows and running work may still name it.
"""

# ruff: noqa: S608 - only fixed names are put together; every value is a parameter

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from studio.store.connection import Connection

_CALLED = "called:"
_COLUMNS: Final = (
    ("lineage", "influencer_id"),
    ("lineage", "source_id"),
    ("history", "influencer_id"),
    ("outbox", "influencer_id"),
    ("outbox", "source_id"),
    ("job", "influencer_id"),
    ("job", "source_id"),
    ("upload", "influencer_id"),
    ("conflict", "influencer_id"),
    ("edit_step_part", "influencer_id"),
)


def adopt(conn: Connection, old_id: str, new_id: str) -> None:
    """Everything of ``old_id`` is of ``new_id`` from now on; what is there already stays."""
    conn.run(
        "INSERT OR IGNORE INTO draft (influencer_id, project_id, is_new, created_at, updated_at) "
        "SELECT ?, project_id, 0, created_at, updated_at FROM draft WHERE influencer_id = ?",
        (new_id, old_id),
    )
    conn.run(
        "UPDATE OR IGNORE draft_field SET influencer_id = ? WHERE influencer_id = ?",
        (new_id, old_id),
    )
    conn.run("DELETE FROM draft WHERE influencer_id = ?", (old_id,))
    for table, column in _COLUMNS:
        conn.run(f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {column} = ?", (new_id, old_id))
    conn.run("DELETE FROM persona WHERE id = ?", (old_id,))
    conn.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (_CALLED + old_id, new_id))
    conn.touch(old_id, new_id)


def now_called(conn: Connection, influencer_id: str) -> str:
    """The id an influencer has now; mostly the one it always had."""
    found = conn.value("SELECT value FROM meta WHERE key = ?", (_CALLED + influencer_id,))
    return str(found) if found else influencer_id
