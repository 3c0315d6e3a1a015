"""What the screen shows of each influencer: confirmed row, waiting mutations and draft as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.mutation import Clone
from studio.domain.projection import project
from studio.store import dialects, draft_rows, outbox_rows, persona_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from studio.domain.influencer import Influencer
    from studio.domain.mutation import Waiting
    from studio.domain.projection import Shown
    from studio.store.connection import Connection


def show(conn: Connection, influencer_id: str) -> Shown | None:
    """The projection of one influencer; None when there is nothing to show."""
    return show_many(conn, (influencer_id,)).get(influencer_id)


def show_many(conn: Connection, ids: Iterable[str]) -> dict[str, Shown]:
    """Projections by id; ids with nothing to show are left out."""
    wanted = tuple(dict.fromkeys(ids))
    confirmed = persona_rows.get_many(conn, wanted)
    waiting = outbox_rows.load_of(conn, wanted)
    drafts = draft_rows.load(conn, wanted)
    dialect = dialects.get(conn)
    found: dict[str, Shown] = {}
    for influencer_id in wanted:
        rows = waiting.get(influencer_id, ())
        shown = project(
            confirmed.get(influencer_id),
            rows,
            drafts.get(influencer_id),
            _source(conn, rows),
            dialect,
        )
        if shown is not None:
            found[influencer_id] = shown
    return found


def without_draft(conn: Connection, influencer_id: str) -> Shown | None:
    """What an edit is typed over: the confirmed row with what already waits to be sent."""
    rows = outbox_rows.load_of(conn, (influencer_id,)).get(influencer_id, ())
    return project(persona_rows.get(conn, influencer_id), rows, None, _source(conn, rows))


def _source(conn: Connection, rows: Iterable[Waiting]) -> Influencer | None:
    """What a waiting clone is made of: its source as it will be when the clone's turn comes."""
    for row in rows:
        clone = row.mutation
        if isinstance(clone, Clone):
            before = outbox_rows.load_before(conn, clone.source_id, clone.id)
            confirmed = persona_rows.get(conn, clone.source_id)
            shown = project(confirmed, before, None, _source(conn, before))
            return shown.influencer if shown is not None else None
    return None
