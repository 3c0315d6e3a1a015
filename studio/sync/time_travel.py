"""The roster and its influencers as of a moment, read only, by the same questions as the present.

A service for the gallery and the editor: at the present it hands every question on; in the past it
answers those about rows, counts, places and fields from the history, and refuses changes.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from studio.core.errors import ChangeStateFirst
from studio.domain.events import InfluencersChanged
from studio.domain.projection import Shown
from studio.domain.roster import RosterCounts
from studio.store import adopting, as_of
from studio.store.wording import match_query, searchable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from studio.core.events import EventHub
    from studio.domain.influencer import FieldValue, Influencer
    from studio.domain.roster import ProjectRow, RosterQuery, RosterRow
    from studio.store.as_of import PastCard
    from studio.store.connection import Connection
    from studio.store.database import Database
    from studio.sync.service import Personas

_ANSWERS_KEPT = 8
_STATUSES = {
    "ready": ("ready",),
    "rendering": ("pending", "training"),
    "drafts": ("draft",),
    "failed": ("failed",),
}
_VIEWS = {
    "ready": "ready",
    "in_progress": "rendering",
    "drafts": "drafts",
    "attention": "failed",
}
_ORDERS: Mapping[str, tuple[Callable[[PastCard], tuple[object, ...]], bool]] = {
    "newest": (lambda card: (card.order,), True),
    "oldest": (lambda card: (card.order,), False),
    "name": (lambda card: (card.name_key, card.order), False),
    "updated": (lambda card: (card.changed_at, card.order), True),
}


class TimeTravel:
    """The persona service of the window, which can be sent to an earlier moment and back."""

    def __init__(self, now: Personas, db: Database, hub: EventHub) -> None:
        self._now = now
        self._db = db
        self._hub = hub
        self._moment: datetime | None = None
        self._cards: dict[str, tuple[PastCard, ...]] = {}
        self._selected: dict[RosterQuery, tuple[tuple[PastCard, ...], tuple[PastCard, ...]]] = {}

    # ---- when

    @property
    def moment(self) -> datetime | None:
        """The moment that is shown; None is the present."""
        return self._moment

    def go_to(self, moment: datetime | None, project_id: str) -> None:
        """Show another moment, None for the present; whoever shows rows reads them again."""
        if moment == self._moment:
            return
        self._moment = moment
        self._cards = {}
        self._selected = {}
        self._hub.publish(InfluencersChanged(project_id))

    async def begins(self, project_id: str) -> datetime | None:
        """The first moment of a project that is known here."""
        return await self._db.read(as_of.begins, project_id)

    async def moments(self, project_id: str) -> tuple[datetime, ...]:
        """When something on the screen changed, the oldest first."""
        return await self._db.read(as_of.moments, project_id)

    # ---- reading

    async def projects(self) -> tuple[ProjectRow, ...]:
        """Active projects of the present."""
        return await self._now.projects()

    async def use_project(self, project_id: str) -> None:
        """This project is on screen."""
        await self._now.use_project(project_id)

    async def roster(self, query: RosterQuery, offset: int, limit: int) -> tuple[RosterRow, ...]:
        """One page of cards."""
        if self._moment is None:
            return await self._now.roster(query, offset, limit)
        found = await self._select(query)
        return tuple(card.row for card in found[max(0, offset) : max(0, offset) + max(0, limit)])

    async def roster_size(self, query: RosterQuery) -> int:
        """How many cards in all."""
        if self._moment is None:
            return await self._now.roster_size(query)
        return len(await self._select(query))

    async def counts(self, query: RosterQuery) -> RosterCounts:
        """Cards per view and chip."""
        if self._moment is None:
            return await self._now.counts(query)
        cards = await self._at_moment(query.project_id)
        within = await self._select(replace(query, status=""))
        return await asyncio.to_thread(_count, cards, within)

    async def position(self, query: RosterQuery, influencer_id: str) -> int | None:
        """The index of one card."""
        if self._moment is None:
            return await self._now.position(query, influencer_id)
        for place, card in enumerate(await self._select(query)):
            if card.row.id == influencer_id:
                return place
        return None

    async def show(self, influencer_id: str) -> Shown | None:
        """One influencer; in the past without what was unsent or waiting."""
        if self._moment is None:
            return await self._now.show(influencer_id)
        person = await self._db.read(_as_it_was, influencer_id, self._moment)
        return None if person is None else Shown(person, person, as_of=self._moment)

    async def freshen(self, influencer_id: str) -> None:
        """Have its record read soon."""
        await self._now.freshen(influencer_id)

    async def variants(self, influencer_id: str) -> tuple[Influencer, ...]:
        """What this workspace cloned from it."""
        return await self._now.variants(influencer_id)

    async def suggestions(self, project_id: str, path: str) -> tuple[str, ...]:
        """Values in use, most used first."""
        return await self._now.suggestions(project_id, path)

    async def clone_name(self, source_id: str) -> str:
        """A unique name for a variant."""
        return await self._now.clone_name(source_id)

    # ---- changing

    async def edit(
        self, influencer_id: str, values: Mapping[str, FieldValue], initiator: object = None
    ) -> None:
        """Values into the draft of the present: what was typed before the journey is kept."""
        await self._now.edit(influencer_id, values, initiator)

    async def discard(self, influencer_id: str) -> None:
        """Drop every unsent edit. Raises ChangeStateFirst in the past."""
        self._must_be_now()
        await self._now.discard(influencer_id)

    async def publish(self, influencer_id: str) -> None:
        """Queue the changed fields. Raises ChangeStateFirst in the past."""
        self._must_be_now()
        await self._now.publish(influencer_id)

    async def create(self, project_id: str, values: Mapping[str, FieldValue]) -> str:
        """Queue a new influencer. Raises ChangeStateFirst in the past."""
        self._must_be_now()
        return await self._now.create(project_id, values)

    async def clone(self, source_id: str, name: str, overrides: Mapping[str, FieldValue]) -> str:
        """Queue a clone. Raises ChangeStateFirst in the past."""
        self._must_be_now()
        return await self._now.clone(source_id, name, overrides)

    async def delete(self, influencer_id: str, reason: str) -> None:
        """Queue a soft delete. Raises ChangeStateFirst in the past."""
        self._must_be_now()
        await self._now.delete(influencer_id, reason)

    async def send_again(self, influencer_id: str) -> None:
        """Try its waiting changes now. Raises ChangeStateFirst in the past."""
        self._must_be_now()
        await self._now.send_again(influencer_id)

    async def take_back(self, influencer_id: str) -> None:
        """Its unsent outbox rows become edits again. Raises ChangeStateFirst in the past."""
        self._must_be_now()
        await self._now.take_back(influencer_id)

    # ---- the past

    def _must_be_now(self) -> None:
        if self._moment is not None:
            raise ChangeStateFirst(
                "This is the roster as it was; nothing can be changed in it.",
                next_step="Go back to now.",
            )

    async def _at_moment(self, project_id: str) -> tuple[PastCard, ...]:
        """Every card of a project, read once for a moment."""
        cards = self._cards.get(project_id)
        if cards is None:
            moment = self._moment
            assert moment is not None
            cards = await self._db.read(as_of.roster, project_id, moment)
            if moment == self._moment:
                self._cards[project_id] = cards
        return cards

    async def _select(self, query: RosterQuery) -> tuple[PastCard, ...]:
        """The cards of a query in its order; the latest few answers are kept."""
        cards = await self._at_moment(query.project_id)
        kept = self._selected.get(query)
        if kept is not None and kept[0] is cards:
            return kept[1]
        hits = await self._db.read(_hits, query) if match_query(query.text) else None
        found = await asyncio.to_thread(_chosen, cards, query, hits)
        if len(self._selected) >= _ANSWERS_KEPT:
            self._selected.clear()
        self._selected[query] = (cards, found)
        return found


def _chosen(
    cards: tuple[PastCard, ...], query: RosterQuery, hits: frozenset[str] | None
) -> tuple[PastCard, ...]:
    kept = [card for card in cards if _is_in(card, query)]
    if hits is not None:
        phrases = [f" {' '.join(_split(word))}" for word in searchable(query.text).split()]
        kept = [card for card in kept if _matches(card, phrases, hits)]
    key, reverse = _ORDERS[query.sort]
    return tuple(sorted(kept, key=key, reverse=reverse))


def _count(cards: tuple[PastCard, ...], within: tuple[PastCard, ...]) -> RosterCounts:
    there = Counter(card.row.status for card in cards if not card.on_shelf)
    views: dict[str, int] = {"all": there.total()}
    views["deleted"] = sum(card.on_shelf for card in cards)
    for view, chip in _VIEWS.items():
        views[view] = sum(there[status] for status in _STATUSES[chip])
    here = Counter(card.row.status for card in within)
    chips = {"": here.total()}
    for chip, statuses in _STATUSES.items():
        chips[chip] = sum(here[status] for status in statuses)
    return RosterCounts(views, chips)


def _is_in(card: PastCard, query: RosterQuery) -> bool:
    if card.on_shelf != (query.view == "deleted"):
        return False
    chips = [chip for chip in (_VIEWS.get(query.view, ""), query.status) if chip]
    return all(card.row.status in _STATUSES.get(chip, ()) for chip in chips)


def _as_it_was(conn: Connection, influencer_id: str, moment: datetime) -> Influencer | None:
    return as_of.at(conn, adopting.now_called(conn, influencer_id), moment)


def _hits(conn: Connection, query: RosterQuery) -> frozenset[str]:
    """Ids that match a text today; right for every card that has not changed since."""
    rows = conn.rows(
        "SELECT c.id FROM card_text t CROSS JOIN card c ON c.seq = t.rowid "
        "WHERE t.card_text MATCH ? AND c.project_id = ?",
        (match_query(query.text), query.project_id),
    )
    return frozenset(row[0] for row in rows)


def _matches(card: PastCard, phrases: list[str], hits: frozenset[str]) -> bool:
    if card.words is None:
        return card.row.id in hits
    words = f" {' '.join(_split(card.words))}"
    return all(phrase in words for phrase in phrases)


def _split(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in text).split()
