"""Images on their way to an influencer, one row each, so that they survive a restart."""

# ruff: noqa: S608 - only fixed clauses are put together; every value is a parameter

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from studio.domain.upload import Upload
from studio.store.codec import clean, id_list, moment, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from studio.domain.upload import UploadState
    from studio.store.connection import Connection

_COLUMNS = (
    "id, project_id, influencer_id, filename, state, path, mime_type, size, sent, sha256, "
    "upload_id, asset_id, problem, created_at"
)


def get(conn: Connection, upload_id: str) -> Upload | None:
    """One image, or None."""
    row = conn.row(f"SELECT {_COLUMNS} FROM upload WHERE id = ?", (upload_id,))
    return _upload(row) if row else None


def of_influencer(conn: Connection, influencer_id: str) -> tuple[Upload, ...]:
    """Everything not yet bound, oldest first, refused and not-found ones included."""
    rows = conn.rows(
        f"SELECT {_COLUMNS} FROM upload WHERE influencer_id = ? "
        "AND state NOT IN ('bound', 'removed') ORDER BY seq",
        (influencer_id,),
    )
    return tuple(_upload(row) for row in rows)


def unfinished(conn: Connection) -> tuple[Upload, ...]:
    """What goes on by itself, oldest first: not bound, refused, not found, removed or held, and
    not for one that is to be deleted."""
    rows = conn.rows(
        f"SELECT {_COLUMNS} FROM upload WHERE state NOT IN "
        "('bound', 'refused', 'not_found', 'removed', 'held') "
        "AND influencer_id NOT IN "
        "(SELECT influencer_id FROM outbox WHERE kind = 'delete' AND state <> 'blocked') "
        "ORDER BY seq"
    )
    return tuple(_upload(row) for row in rows)


def to_be_sent(conn: Connection) -> tuple[Upload, ...]:
    """What is not on the server yet and is to go there, oldest first; held ones included."""
    rows = conn.rows(
        f"SELECT {_COLUMNS} FROM upload WHERE state IN "
        "('preparing', 'waiting', 'uploading', 'finalizing', 'held') ORDER BY seq"
    )
    return tuple(_upload(row) for row in rows)


def hold(conn: Connection, upload_id: str) -> Upload | None:
    """Keep one back; None when it is bound by now or was never here."""
    changed = conn.run(
        "UPDATE upload SET state = 'held', problem = '', sent = 0 WHERE id = ? AND asset_id = '' "
        "AND state IN ('waiting', 'uploading', 'finalizing')",
        (upload_id,),
    )
    return get(conn, upload_id) if changed else None


def release(conn: Connection, upload_id: str) -> Upload | None:
    """Let one go that was kept back; None when none was."""
    changed = conn.run(
        "UPDATE upload SET state = 'waiting' WHERE id = ? AND state = 'held'", (upload_id,)
    )
    return get(conn, upload_id) if changed else None


def removed_before(conn: Connection, when: datetime) -> tuple[Upload, ...]:
    """What was taken off its way and is older than ``when``: nobody brings it back any more."""
    rows = conn.rows(
        f"SELECT {_COLUMNS} FROM upload WHERE state = 'removed' AND created_at < ?", (stamp(when),)
    )
    return tuple(_upload(row) for row in rows)


def put_back(conn: Connection, upload_id: str) -> Upload | None:
    """What was taken off its way waits again; None when it is not there any more."""
    conn.run(
        "UPDATE upload SET state = 'waiting', problem = '' WHERE id = ? AND state = 'removed'",
        (upload_id,),
    )
    row = get(conn, upload_id)
    return row if row is not None and row.state == "waiting" else None


def put(conn: Connection, upload: Upload) -> None:
    """Store or replace one row; its place among the others stays."""
    names = _COLUMNS.split(", ")
    sets = ", ".join(f"{name} = excluded.{name}" for name in names if name != "created_at")
    marks = ", ".join("?" * len(names))
    conn.run(
        f"INSERT INTO upload ({_COLUMNS}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {sets}",
        (
            upload.id,
            upload.project_id,
            upload.influencer_id,
            clean(upload.filename),
            upload.state,
            clean(upload.path),
            upload.mime_type,
            upload.size,
            upload.sent,
            upload.sha256,
            upload.upload_id,
            upload.asset_id,
            clean(upload.problem),
            stamp(upload.created_at or conn.now),
        ),
    )


def replace(conn: Connection, upload_id: str, fresh: Upload) -> None:
    """Put ``fresh`` in the place of another row: a new try under a new id."""
    conn.run("UPDATE upload SET id = ? WHERE id = ?", (fresh.id, upload_id))
    put(conn, fresh)


def delete(conn: Connection, upload_id: str) -> None:
    """Forget one row."""
    conn.run("DELETE FROM upload WHERE id = ?", (upload_id,))


def set_state(conn: Connection, upload_id: str, state: UploadState, problem: str = "") -> None:
    """Move one row a step, with why when it stopped."""
    conn.run(
        "UPDATE upload SET state = ?, problem = ? WHERE id = ?", (state, clean(problem), upload_id)
    )


def set_step(conn: Connection, upload_id: str, state: UploadState, server_id: str) -> None:
    """The server gave the upload an id of its own (contract 2.5); kept to go on after a restart."""
    conn.run(
        "UPDATE upload SET state = ?, upload_id = ? WHERE id = ?", (state, server_id, upload_id)
    )


def set_sent(conn: Connection, upload_id: str, sent: int) -> None:
    """How many bytes have gone out."""
    conn.run("UPDATE upload SET sent = ? WHERE id = ?", (sent, upload_id))


def set_asset(conn: Connection, upload_id: str, asset_id: str) -> None:
    """It is on the server whole, as this asset; it waits to be bound."""
    conn.run(
        "UPDATE upload SET asset_id = ?, sent = size, problem = '' WHERE id = ?",
        (asset_id, upload_id),
    )


def bound(conn: Connection, asset_ids: Iterable[str]) -> None:
    """The server listed these assets among the references."""
    _set_by_asset(conn, asset_ids, "bound", "")


def not_found(conn: Connection, asset_ids: Iterable[str]) -> None:
    """The server dropped these assets in silence when they were bound (contract 2.4.8)."""
    _set_by_asset(conn, asset_ids, "not_found", "The server did not find this image when binding.")


def taken_back(conn: Connection, asset_ids: Iterable[str]) -> None:
    """Their bind was taken out of the outbox before it was sent."""
    _set_by_asset(conn, asset_ids, "not_found", "Taken back before it was added.")


def move(conn: Connection, old_id: str, new_id: str) -> tuple[Upload, ...]:
    """What could not be bound to one that is gone is on its way to another now, oldest first."""
    conn.run(
        "UPDATE upload SET influencer_id = ?, problem = iif(state = 'refused', problem, ''), "
        "state = iif(state IN ('binding', 'not_found'), 'waiting', state) "
        "WHERE influencer_id = ? AND state NOT IN ('bound', 'removed')",
        (new_id, old_id),
    )
    return of_influencer(conn, new_id)


def leave(conn: Connection, influencer_id: str) -> None:
    """Nobody wants them any more, since whom they were for is taken away by its own person here."""
    conn.run(
        "UPDATE upload SET state = 'removed' WHERE influencer_id = ? AND state <> 'bound'",
        (influencer_id,),
    )


def _set_by_asset(
    conn: Connection, asset_ids: Iterable[str], state: UploadState, problem: str
) -> None:
    conn.run(
        "UPDATE upload SET state = ?, problem = ? WHERE asset_id <> '' AND state <> 'bound' "
        "AND asset_id IN (SELECT value FROM json_each(?))",
        (state, problem, id_list(asset_ids)),
    )


def _upload(row: Any) -> Upload:
    return Upload(*(*row[:13], moment(row[13])))
