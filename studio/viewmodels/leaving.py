"""What is left behind when the program ends or changes its server: drafts and waiting changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.core.errors import StudioError
from studio.core.values import dataclass
from studio.domain.fields import label_of
from studio.domain.roster import RosterQuery
from studio.viewmodels.outbox_words import sentence

if TYPE_CHECKING:
    from studio.domain.projection import Shown
    from studio.viewmodels.outbox_service import OutboxService
    from studio.viewmodels.services import PersonaService

NAMED = 8
"""Drafts and changes told in full; of the others only their number is of use."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """``unsent``: every influencer with unsent edits, the first with their fields;
    ``waiting``: the first changes on their way, ``waiting_count`` all of them."""

    unsent: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    waiting_count: int = 0

    @property
    def is_worth_a_question(self) -> bool:
        """Whether anything would be left behind."""
        return bool(self.unsent or self.waiting_count)


async def look_at_leaving(personas: PersonaService, outbox: OutboxService) -> Leaving:
    """What there is now. What cannot be read is not named: leaving is never held up by it."""
    try:
        unsent = await _unsent(personas)
    except StudioError:
        unsent = ()
    try:
        rows = [row for row in await outbox.rows() if not row.planned]
    except StudioError:
        rows = []
    words = tuple(f"{row.name or row.influencer_id}: {sentence(row)}" for row in rows[:NAMED])
    return Leaving(unsent, words, len(rows))


async def _unsent(personas: PersonaService) -> tuple[str, ...]:
    found: list[str] = []
    for row in await personas.projects():
        if not row.drafts:
            continue
        query = RosterQuery(row.project.id, view="drafts")
        for card in await personas.roster(query, 0, row.drafts):
            shown = await personas.show(card.id) if len(found) < NAMED else None
            found.append(f"{card.name}{_fields(shown)}")
    return tuple(found)


def _fields(shown: Shown | None) -> str:
    if shown is None or not shown.changes:
        return ""
    return " · " + ", ".join(label_of(change.path) for change in shown.changes[:4])
