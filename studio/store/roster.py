"""What the gallery lists: pages, sizes, counts and places of a query, all decided in SQL."""

# ruff: noqa: S608 - only fixed clauses are put together; every value is a parameter

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from studio.core.values import dataclass
from studio.domain.fields import BY_PATH
from studio.domain.roster import RosterCounts, RosterRow
from studio.store.cards import ATTENTION, DRAFTS, FAILED, READY, WORKING
from studio.store.codec import load_field, moment
from studio.store.hits import with_hits
from studio.store.wording import match_query

if TYPE_CHECKING:
    from collections.abc import Iterable

    from studio.domain.roster import RosterQuery
    from studio.store.connection import Connection

_VIEW_FLAGS = {
    "all": 0,
    "ready": READY,
    "in_progress": WORKING,
    "drafts": DRAFTS,
    "attention": ATTENTION,
    "deleted": 0,
}
_CHIP_FLAGS = {"ready": READY, "rendering": WORKING, "drafts": DRAFTS, "failed": FAILED}
_ORDERS = {
    "newest": "{seq} DESC",
    "oldest": "{seq}",
    "name": "c.name_key, c.seq",
    "updated": "c.changed_at DESC, c.seq DESC",
}
_CARD = (
    "c.id, c.name, c.status, c.gender, c.age_range, c.thumbnail_url, c.tagline, c.unsent, "
    "c.waiting, c.blocked, c.local_only, c.created_at, c.conflicts"
)
_MOST_SUGGESTIONS = 200
_MOST_READ = 5_000


@dataclass(frozen=True, slots=True)
class _Selection:
    """A query as SQL: where from, which rows, the number of a row, and the values for the marks.

    A search counts rows by the number in the text index, which then gives them in order by itself.
    """

    source: str
    where: str
    seq: str
    params: dict[str, Any]


def rows(conn: Connection, query: RosterQuery, offset: int, limit: int) -> tuple[RosterRow, ...]:
    """Rows ``offset`` .. ``offset + limit`` of a query, with what a search found them by."""
    chosen = _select(query)
    order = _ORDERS[query.sort].format(seq=chosen.seq)
    found = conn.rows(
        f"SELECT {_CARD} FROM {chosen.source} WHERE {chosen.where} ORDER BY {order} "
        "LIMIT :limit OFFSET :offset",
        {**chosen.params, "limit": max(0, limit), "offset": max(0, offset)},
    )
    cards = tuple(
        RosterRow(*(*row[:9], bool(row[9]), bool(row[10]), moment(row[11]), row[12]))
        for row in found
    )
    return with_hits(conn, cards, query.text)


def size(conn: Connection, query: RosterQuery) -> int:
    """How many rows a query has in all."""
    chosen = _select(query)
    total: int = conn.value(
        f"SELECT count(*) FROM {chosen.source} WHERE {chosen.where}", chosen.params
    )
    return total


def counts(conn: Connection, query: RosterQuery) -> RosterCounts:
    """Rows per view of the whole project, and per chip within the query's view and text.

    The chip named by an empty text is the one that narrows nothing.
    """
    kinds = conn.rows(
        "SELECT shelf, flags, count(*) FROM card WHERE project_id = ? GROUP BY shelf, flags",
        (query.project_id,),
    )
    here = [(flags, number) for shelf, flags, number in kinds if not shelf]
    views = {view: _total(here, mask) for view, mask in _VIEW_FLAGS.items()}
    views["deleted"] = sum(number for shelf, _, number in kinds if shelf)
    if match_query(query.text):
        within = _within(conn, query)
    else:
        mask = _VIEW_FLAGS[query.view]
        on_shelf = query.view == "deleted"
        within = [
            (flags, number)
            for shelf, flags, number in kinds
            if bool(shelf) == on_shelf and flags & mask == mask
        ]
    chips = {"": _total(within, 0)}
    chips.update((chip, _total(within, mask)) for chip, mask in _CHIP_FLAGS.items())
    return RosterCounts(views, chips)


def position(conn: Connection, query: RosterQuery, influencer_id: str) -> int | None:
    """The index of one influencer within a query, None when it is not among its rows."""
    chosen = _select(query)
    at = conn.row(
        f"SELECT c.seq, c.name_key, c.changed_at FROM {chosen.source} "
        f"WHERE {chosen.where} AND c.id = :id",
        {**chosen.params, "id": influencer_id},
    )
    if at is None:
        return None
    before = {
        "newest": f"{chosen.seq} > :seq",
        "oldest": f"{chosen.seq} < :seq",
        "name": "(c.name_key, c.seq) < (:name_key, :seq)",
        "updated": "(c.changed_at, c.seq) > (:changed_at, :seq)",
    }[query.sort]
    index: int = conn.value(
        f"SELECT count(*) FROM {chosen.source} WHERE {chosen.where} AND {before}",
        {**chosen.params, "seq": at[0], "name_key": at[1], "changed_at": at[2]},
    )
    return index


def suggestions(conn: Connection, project_id: str, path: str) -> tuple[str, ...]:
    """Values used at a field across a project's roster, most used first; empty ones left out.

    A roster of more than five thousand is judged by its newest five thousand.
    """
    spec = BY_PATH.get(path)
    if spec is None:
        return ()
    head, _, key = path.partition(".")
    column = "personality" if key else head
    newest = (
        f"(SELECT p.{column} FROM card c JOIN persona p ON p.id = c.id "
        "WHERE c.project_id = :project AND c.shelf = 0 ORDER BY c.seq DESC LIMIT :most) p"
    )
    if spec.is_list:
        source, value = f"{newest}, json_each(p.personality, '$.{key}') v", "v.value"
    elif key:
        source, value = newest, f"p.personality ->> '$.{key}'"
    else:
        source, value = newest, f"p.{head}"
    uses: dict[str, int] = dict(
        conn.rows(
            f"SELECT {value} AS used, count(*) FROM {source} WHERE used <> '' GROUP BY used",
            {"project": project_id, "most": _MOST_READ},
        )
    )
    typed = conn.rows(
        "SELECT f.value FROM draft_field f JOIN draft d USING (influencer_id) "
        "WHERE d.project_id = ? AND f.path = ?",
        (project_id, path),
    )
    for row in typed:
        entry = load_field(row[0])
        for text in entry if isinstance(entry, tuple) else (entry,):
            if text:
                uses[text] = uses.get(text, 0) + 1
    ranked = sorted(uses.items(), key=lambda use: (-use[1], use[0].casefold()))
    return tuple(text for text, _ in ranked[:_MOST_SUGGESTIONS])


def _select(query: RosterQuery) -> _Selection:
    mask = _VIEW_FLAGS[query.view] | _CHIP_FLAGS.get(query.status, 0)
    params: dict[str, Any] = {
        "project": query.project_id,
        "shelf": int(query.view == "deleted"),
    }
    where = "c.project_id = :project AND c.shelf = :shelf"
    if mask:
        where += " AND c.flags & :mask = :mask"
        params["mask"] = mask
    match = match_query(query.text)
    if not match:
        return _Selection("card c", where, "c.seq", params)
    params["match"] = match
    return _Selection(
        "card_text t CROSS JOIN card c ON c.seq = t.rowid",
        f"t.card_text MATCH :match AND {where}",
        "t.rowid",
        params,
    )


def _within(conn: Connection, query: RosterQuery) -> list[tuple[int, int]]:
    """How many rows have which flags, within the query's view and text, whatever its chip."""
    chosen = _select(replace(query, status=""))
    return conn.rows(
        f"SELECT c.flags, count(*) FROM {chosen.source} WHERE {chosen.where} GROUP BY c.flags",
        chosen.params,
    )


def _total(kinds: Iterable[tuple[int, int]], mask: int) -> int:
    return sum(number for flags, number in kinds if flags & mask == mask)
