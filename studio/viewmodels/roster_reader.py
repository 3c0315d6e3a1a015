"""One round of reading for the gallery: what is on screen under a query, and where things are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from studio.domain.roster import RosterQuery

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from studio.domain.roster import RosterRow
    from studio.viewmodels.services import JobService, PersonaService

PAGE = 60
"""Rows read at once."""


@dataclass(slots=True)
class Reading:
    """What was found: ``pages`` of rows by number, ``places`` are rows by influencer id.

    ``total`` counts the view without text and chip; ``gone`` holds those of the influencers asked
    for that the project does not have any more.
    """

    size: int = 0
    total: int = 0
    pages: dict[int, tuple[RosterRow, ...]] = field(default_factory=dict)
    chips: dict[str, int] = field(default_factory=dict)
    progress: dict[str, float | None] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()


def places_of(pages: Mapping[int, tuple[RosterRow, ...]]) -> dict[str, int]:
    """The row of every influencer on these pages."""
    return {
        row.id: page * PAGE + place
        for page, rows in pages.items()
        for place, row in enumerate(rows)
    }


class RosterReader:
    """Asks the services what the gallery needs. Every method may raise ``StudioError``."""

    def __init__(self, personas: PersonaService, jobs: JobService) -> None:
        self._personas, self._jobs = personas, jobs

    async def page(self, query: RosterQuery, page: int) -> tuple[RosterRow, ...]:
        """One page of rows."""
        return await self._personas.roster(query, page * PAGE, PAGE)

    async def position(self, query: RosterQuery, influencer_id: str) -> int | None:
        """Where one influencer is under a query."""
        return await self._personas.position(query, influencer_id)

    async def progress(self, project_id: str) -> dict[str, float | None]:
        """How far the running jobs of a project are, by influencer; None where nobody knows."""
        jobs = await self._jobs.jobs(project_id)
        return {job.influencer_id: job.progress for job in jobs if job.is_running}

    async def read(self, query: RosterQuery, pages: Iterable[int], ids: Collection[str]) -> Reading:
        """These pages, and whatever pages the influencers of ``ids`` are on now."""
        counts = await self._personas.counts(query)
        size = counts.chips.get(query.status, 0)
        found = Reading(size, counts.views.get(query.view, 0), chips=dict(counts.chips))
        found.progress = await self.progress(query.project_id)
        for page in sorted(set(pages)):
            if page * PAGE < size:
                found.pages[page] = await self.page(query, page)
        found.places = places_of(found.pages)
        for influencer_id in set(ids) - found.places.keys():
            place = await self.position(query, influencer_id)
            if place is None or place >= size:
                continue
            if place // PAGE not in found.pages:
                found.pages[place // PAGE] = await self.page(query, place // PAGE)
            found.places[influencer_id] = place
        found.gone = await self._gone(query, set(ids) - found.places.keys())
        return found

    async def _gone(self, query: RosterQuery, missing: set[str]) -> frozenset[str]:
        """Which of the missing are nowhere, rather than left out by the query."""
        shelves = {
            RosterQuery(query.project_id),
            RosterQuery(query.project_id, view=query.view),
        }
        gone = set()
        for influencer_id in missing:
            places = [await self.position(shelf, influencer_id) for shelf in shelves]
            if all(place is None for place in places):
                gone.add(influencer_id)
        return frozenset(gone)
