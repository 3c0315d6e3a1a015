"""What the screen shows of each influencer: confirmed row, waiting mutations and draft as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.mutation import Clone
from studio.domain.projection import project
from studio.store import draft_rows, outbox_rows, persona_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    sources = _sources(conn, waiting, confirmed)
    found: dict[str, Shown] = {}
    for influencer_id in wanted:
        rows = waiting.get(influencer_id, ())
        shown = project(
            confirmed.get(influencer_id),
            rows,
            drafts.get(influencer_id),
            _source_of(rows, sources),
        )
        if shown is not None:
            found[influencer_id] = shown
    return found


def without_draft(conn: Connection, influencer_id: str) -> Shown | None:
    """What an edit is typed over: the confirmed row with what already waits to be sent."""
    confirmed = persona_rows.get_many(conn, (influencer_id,))
    waiting = outbox_rows.load_of(conn, (influencer_id,))
    rows = waiting.get(influencer_id, ())
    source = _source_of(rows, _sources(conn, waiting, confirmed))
    return project(confirmed.get(influencer_id), rows, None, source)


def _source_of(rows: Iterable[Waiting], sources: Mapping[str, Influencer]) -> Influencer | None:
    for row in rows:
        if isinstance(row.mutation, Clone):
            return sources.get(row.mutation.source_id)
    return None


def _sources(
    conn: Connection,
    waiting: Mapping[str, tuple[Waiting, ...]],
    confirmed: Mapping[str, Influencer],
) -> dict[str, Influencer]:
    """What waiting clones are made of: the source as it will be when their turn comes."""
    wanted = {
        row.mutation.source_id
        for influencer_id, rows in waiting.items()
        if influencer_id not in confirmed
        for row in rows
        if isinstance(row.mutation, Clone)
    }
    if not wanted:
        return {}
    found = {}
    for source_id in wanted:
        shown = without_draft(conn, source_id)
        if shown is not None:
            found[source_id] = shown.influencer
    return found
