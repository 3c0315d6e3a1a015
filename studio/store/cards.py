"""The gallery's own table: one row per influencer as it is shown, and its full-text index.

Rows are renewed in the transaction that changed what they show, so counts, pages and search can
never disagree with it.
"""

# ruff: noqa: S608 - only fixed clauses are put together; every value is a parameter

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from studio.domain.influencer import STATUSES
from studio.domain.mutation import Clone, Create
from studio.store import conflicts, projections
from studio.store.codec import clean, clean_or_none, id_list, stamp
from studio.store.wording import searchable, sort_key, tagline

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from studio.domain.projection import Shown
    from studio.store.connection import Connection

READY = 1
WORKING = 2
DRAFTS = 4
FAILED = 8
ATTENTION = 16

_COLUMNS = (
    "id, project_id, shelf, flags, name_key, changed_at, made_at, name, status, gender, "
    "age_range, thumbnail_url, tagline, unsent, waiting, blocked, local_only, created_at, "
    "text_hash, conflicts"
)
_NAMES = _COLUMNS.split(", ")
_MADE_AT = _NAMES.index("made_at")
_TEXT_HASH = _NAMES.index("text_hash")
_TIES = 20
_LATEST_MS = (1 << 42) - 1
_BATCH = 500


def refresh_cards(conn: Connection, ids: Iterable[str]) -> None:
    """Make the cards of these influencers, and of clones waiting on them, say the truth again."""
    wanted = _with_clones(conn, ids)
    conflicts.settle(conn, wanted)
    for start in range(0, len(wanted), _BATCH):
        _refresh_batch(conn, wanted[start : start + _BATCH])


def rebuild(conn: Connection) -> None:
    """Make every card anew, from nothing."""
    conn.run("DELETE FROM card")
    conn.run("DELETE FROM card_text")
    rows = conn.rows(
        "SELECT id FROM persona UNION SELECT influencer_id FROM draft "
        "UNION SELECT influencer_id FROM outbox"
    )
    refresh_cards(conn, [row[0] for row in rows])


def _with_clones(conn: Connection, ids: Iterable[str]) -> list[str]:
    """``ids`` in their order, then the placeholders that are drawn after them."""
    found = dict.fromkeys(ids)
    fresh = list(found)
    while fresh:
        rows = conn.rows(
            "SELECT influencer_id FROM outbox WHERE source_id <> '' "
            "AND source_id IN (SELECT value FROM json_each(?))",
            (id_list(fresh),),
        )
        fresh = [row[0] for row in rows if row[0] not in found]
        found.update(dict.fromkeys(fresh))
    return list(found)


def _refresh_batch(conn: Connection, ids: Sequence[str]) -> None:
    shown_by_id = projections.show_many(conn, ids)
    parameter = (id_list(ids),)
    before = {
        row[1]: row
        for row in conn.rows(
            f"SELECT seq, {_COLUMNS} FROM card WHERE id IN (SELECT value FROM json_each(?))",
            parameter,
        )
    }
    facts = {
        row[0]: row
        for row in conn.rows(
            "SELECT j.value, p.first_seen_at, p.deleted_at, p.deleted_reason, d.created_at, "
            "d.is_new, s.thumbnail_url, p.deleted_here, "
            "(SELECT count(*) FROM conflict c WHERE c.influencer_id = j.value) "
            "FROM json_each(?) j LEFT JOIN persona p ON p.id = j.value "
            "LEFT JOIN draft d ON d.influencer_id = j.value "
            "LEFT JOIN lineage l ON l.influencer_id = j.value "
            "LEFT JOIN persona s ON s.id = l.source_id",
            parameter,
        )
    }
    for influencer_id in ids:
        old = before.get(influencer_id)
        shown = shown_by_id.get(influencer_id)
        if shown is None:
            if old is not None:
                _remove(conn, old[0])
            continue
        text = _text(shown)
        new = _card(shown, facts[influencer_id], _hash(text))
        if old is None:
            _insert(conn, new, text)
        elif old[1:] != new:
            _replace(conn, old, new, text)


def _card(shown: Shown, facts: Any, text_hash: int) -> tuple[Any, ...]:
    person = shown.influencer
    _, first_seen_at, deleted_at, deleted_reason, draft_made_at, is_new, source_face = facts[:7]
    deleted_here, choices = facts[7:]
    on_shelf = deleted_at is not None
    is_left = on_shelf and deleted_at != deleted_here and bool(shown.changes)
    asked = any(isinstance(row.mutation, (Create, Clone)) for row in shown.waiting)
    is_draft = shown.is_local_only and bool(is_new) and not asked
    blocked = any(row.state == "blocked" for row in shown.waiting)
    made_at = stamp(person.created_at) or first_seen_at
    if made_at is None:
        made_at = stamp(shown.waiting[0].created_at) if shown.waiting else draft_made_at
    name = clean(person.name)
    return (
        person.id,
        person.project_id,
        int(on_shelf),
        _flags(shown, blocked=blocked, is_draft=is_draft),
        sort_key(name),
        stamp(person.updated_at) or made_at,
        made_at,
        name,
        clean(person.status),
        clean_or_none(person.gender),
        clean_or_none(person.age_range),
        # Until it has a face of its own, a clone in the making wears its source's.
        clean_or_none(person.thumbnail_url or (source_face if person.is_working else None)),
        clean(
            tagline(shown, deleted_reason=deleted_reason if on_shelf else None, is_draft=is_draft)
        ),
        len(shown.changes),
        len(shown.waiting),
        int(blocked),
        int(shown.is_local_only),
        stamp(person.created_at) if person.created_at else made_at,
        text_hash,
        1 if is_left else choices,
    )


def _flags(shown: Shown, *, blocked: bool, is_draft: bool) -> int:
    person = shown.influencer
    flags = 0
    if person.status == "ready":
        flags |= READY
    elif person.status == "failed":
        flags |= FAILED | ATTENTION
    elif person.status in ("pending", "training") or person.status not in STATUSES:
        flags |= WORKING
    if shown.changes or is_draft:
        flags |= DRAFTS
    if blocked:
        flags |= ATTENTION
    return flags


# ---- rows


def _insert(conn: Connection, new: tuple[Any, ...], text: tuple[str, str, str]) -> None:
    seq = _place(conn, new[_MADE_AT])
    marks = ", ".join("?" * (len(_NAMES) + 1))
    conn.run(f"INSERT INTO card (seq, {_COLUMNS}) VALUES ({marks})", (seq, *new))
    conn.run("INSERT INTO card_text (rowid, name, words, ids) VALUES (?, ?, ?, ?)", (seq, *text))


def _replace(
    conn: Connection, old: tuple[Any, ...], new: tuple[Any, ...], text: tuple[str, str, str]
) -> None:
    seq = old[0]
    before = old[1:]
    if before[_MADE_AT] != new[_MADE_AT]:
        _remove(conn, seq)
        _insert(conn, new, text)
        return
    moved = [index for index in range(len(_NAMES)) if before[index] != new[index]]
    sets = ", ".join(f"{_NAMES[index]} = ?" for index in moved)
    conn.run(f"UPDATE card SET {sets} WHERE seq = ?", (*(new[index] for index in moved), seq))
    if before[_TEXT_HASH] != new[_TEXT_HASH]:
        conn.run(
            "INSERT OR REPLACE INTO card_text (rowid, name, words, ids) VALUES (?, ?, ?, ?)",
            (seq, *text),
        )


def _remove(conn: Connection, seq: int) -> None:
    conn.run("DELETE FROM card WHERE seq = ?", (seq,))
    conn.run("DELETE FROM card_text WHERE rowid = ?", (seq,))


def _place(conn: Connection, made_at: int) -> int:
    """A free row number for something made then: a later moment is a higher number.

    Of several of the same millisecond the one that came first is the highest, since a server lists
    the newest first.
    """
    first = max(0, min(made_at // 1000, _LATEST_MS)) << _TIES
    last = first + (1 << _TIES) - 1
    lowest: int | None = conn.value(
        "SELECT min(seq) FROM card WHERE seq BETWEEN ? AND ?", (first, last)
    )
    return last if lowest is None else lowest - 1


# ---- text


def _text(shown: Shown) -> tuple[str, str, str]:
    person = shown.influencer
    voice = person.personality
    words = (
        *voice.traits,
        *voice.values,
        *voice.interests,
        *voice.catchphrases,
        voice.tone,
        voice.humor,
        voice.formality,
        voice.speaking_style,
        person.style,
        person.vibe,
        person.ethnicity,
        person.body_type,
        person.hair_color,
        person.hair_style,
        person.voice_description,
    )
    ids = (person.id, *(image.asset_id for image in person.reference_images))
    return (
        searchable(person.name),
        searchable("\n".join(word for word in words if word)),
        searchable("\n".join(ids)),
    )


def _hash(text: tuple[str, str, str]) -> int:
    digest = blake2b("\0".join(text).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
