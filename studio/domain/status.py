"""What is known about the server, from evidence only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from studio.core.values import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from studio.domain.fields import Generation

Contact = Literal["connecting", "online", "offline", "sign_in"]


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """The truth the status bar tells.

    Attributes:
        contact: ``connecting`` before the first answer, ``sign_in`` when the key is refused.
        server: the address shown to people; ``local server`` for the bundled one.
        organization: its name, from the last answer (kept while offline).
        last_contact: the last moment the server answered, kept over restarts.
        busy: a pull or push runs now.
        waiting: outbox rows not yet sent; ``blocked`` of them wait for a person.
        conflicts: influencers whose edits wait for a choice.
        drafts: influencers with unsent edits on this computer.
        jobs: running jobs.
        reason: why there is no contact, as a sentence; empty when online.
        next_try: when the next attempt is made.
        credits: wallet balance, None when unknown.
        generation: which contract the server speaks (contract 4.2).
    """

    contact: Contact = "connecting"
    server: str = ""
    organization: str = ""
    last_contact: datetime | None = None
    busy: bool = False
    waiting: int = 0
    blocked: int = 0
    conflicts: int = 0
    drafts: int = 0
    jobs: int = 0
    reason: str = ""
    next_try: datetime | None = None
    credits: int | None = None
    generation: Generation = "unknown"
