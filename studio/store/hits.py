"""Why a search found a card, where its name and the line under it do not tell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from studio.domain.fields import EVERY_FIELD
from studio.domain.searching import first_hit, hit_ranges, wanted
from studio.store.projections import show_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from studio.domain.influencer import Influencer
    from studio.domain.roster import RosterRow
    from studio.store.connection import Connection

_LEAD = 20
"""Characters shown before a match; what is further ahead gives way to an ellipsis."""
_LONGEST = 160


def with_hits(conn: Connection, rows: Sequence[RosterRow], text: str) -> tuple[RosterRow, ...]:
    """``rows`` with ``hit`` filled in where a word of ``text`` is found off the card alone.

    A hit reads ``Catchphrases: Ship it.``; the match is always near its beginning.
    """
    if not wanted(text):
        return tuple(rows)
    unseen = [row.id for row in rows if _is_unseen(row, text)]
    people = {key: found.influencer for key, found in show_many(conn, unseen).items()}
    return tuple(
        replace(row, hit=_hit(people[row.id], row, text)) if row.id in people else row
        for row in rows
    )


def _is_unseen(row: RosterRow, text: str) -> bool:
    """Whether a word that was looked for stands neither in the name nor under it."""
    card = (row.name, row.tagline)
    return any(not any(hit_ranges(line, " ".join(word)) for line in card) for word in wanted(text))


def _hit(person: Influencer, row: RosterRow, text: str) -> str:
    places = list(_places(person))
    found = first_hit(tuple(value for _, value in places), text, (row.name, row.tagline))
    if found < 0:
        return ""
    label, value = places[found]
    return f"{label}: {_excerpt(value, text)}"


def _places(person: Influencer) -> Iterator[tuple[str, str]]:
    """Everything that is searched, with the name a person knows it by."""
    for spec in EVERY_FIELD:
        value = person.value(spec.path)
        for entry in value if isinstance(value, tuple) else (value,):
            if entry:
                yield spec.label, entry
    yield "Id", person.id
    for image in person.reference_images:
        yield "Reference image", image.asset_id


def _excerpt(value: str, text: str) -> str:
    ranges = hit_ranges(value, text)
    start = ranges[0][0] if ranges else 0
    if start <= _LEAD:
        return value[:_LONGEST]
    cut = value.rfind(" ", start - _LEAD, start) + 1 or start
    return "…" + value[cut : cut + _LONGEST]
