"""Opaque cursors over newest-first lists (contract 1.8).

A cursor names the last row given, not a position, so rows made in between move nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_

from studio.core.values import dataclass
from studio.server.errors import validation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Column, Row, Select


@dataclass(frozen=True, slots=True)
class Position:
    """The last row a page gave: its moment of creation and its id."""

    created_at: str
    row_id: str


def encode_cursor(kind: str, position: Position) -> str:
    """The cursor text of ``position`` in the list ``kind``."""
    raw = json.dumps([kind, position.created_at, position.row_id], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode("ascii").rstrip("=")


def decode_cursor(kind: str, cursor: str) -> Position:
    """Read a cursor back.

    Raises:
        ApiError: 422, the cursor is not one this list gave.
    """
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        parts = json.loads(raw)
    except (ValueError, binascii.Error, RecursionError):
        parts = None
    if (
        not isinstance(parts, list)
        or len(parts) != 3
        or not all(isinstance(part, str) for part in parts)
        or parts[0] != kind
        or encode_cursor(kind, Position(parts[1], parts[2])) != cursor
    ):
        raise validation("cursor", "is not a cursor of this list")
    return Position(parts[1], parts[2])


def after(
    query: Select[Any], kind: str, cursor: str | None, created_at: Column[str], row_id: Column[str]
) -> Select[Any]:
    """``query`` newest first, going on after ``cursor``."""
    if cursor is not None:
        last = decode_cursor(kind, cursor)
        query = query.where(
            or_(
                created_at < last.created_at,
                and_(created_at == last.created_at, row_id < last.row_id),
            )
        )
    return query.order_by(created_at.desc(), row_id.desc())


def cut(kind: str, rows: Sequence[Row[Any]], limit: int) -> tuple[Sequence[Row[Any]], str | None]:
    """The page out of ``limit + 1`` rows with ``created_at`` and ``id``, and the next cursor."""
    if len(rows) <= limit:
        return rows, None
    page = rows[:limit]
    return page, encode_cursor(kind, Position(page[-1].created_at, page[-1].id))
