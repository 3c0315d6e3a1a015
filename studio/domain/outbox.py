"""The outbox as a person sees it: what waits, in which order, and what exactly would be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from studio.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from studio.domain.influencer import FieldValue

RowKind = Literal["patch", "create", "clone", "delete", "bind", "upload"]
RowState = Literal["waiting", "held", "sending", "blocked"]

WaitKind = Literal[
    "held",
    "choice",
    "refused",
    "sending",
    "creation",
    "unpublished",
    "earlier",
    "clones",
    "uploads",
    "asked",
    "time",
]


@dataclass(frozen=True, slots=True)
class WaitsFor:
    """One reason why a row does not go at once.

    Attributes:
        kind: ``held`` by a person; ``choice`` in a conflict; ``refused`` by the server; being
            ``sending``; the ``creation`` of an influencer that is on its way; an ``unpublished``
            one that was never asked for; an ``earlier`` change of the same influencer or of the
            source of a clone; ``clones`` that still need it; ``uploads`` of its images; a time the
            server ``asked`` for, or the ``time`` of the next try.
        row_id: the row that has to go first, if it is one.
        name: the influencer it is about.
        count: how many images or clones.
        at: the moment it may go.
    """

    kind: WaitKind
    row_id: str = ""
    name: str = ""
    count: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One waiting operation.

    Attributes:
        id: of the mutation or of the upload, which is also its idempotency key; for a bind that is
            not asked for yet, since its images are still on their way, an id made up here.
        name: of the influencer it is for; ``source_name`` of the one it is cloned from.
        paths: fields it sets, in the editor's order.
        images: how many a bind adds.
        filename: of an upload.
        why: what it waits for, the nearest first; empty when it goes as soon as there is contact.
        reason: why the last try did not work, for people.
        maybe_sent: a try may have reached the server.
        planned: it follows from others and cannot be held or removed by itself.
        progress: 0 to 1 of an upload that moves.
    """

    id: str
    kind: RowKind
    project_id: str
    influencer_id: str
    name: str
    state: RowState
    created_at: datetime
    thumbnail_url: str = ""
    source_id: str = ""
    source_name: str = ""
    paths: tuple[str, ...] = ()
    images: int = 0
    filename: str = ""
    why: tuple[WaitsFor, ...] = ()
    attempts: int = 0
    reason: str = ""
    reason_code: str = ""
    reason_field: str = ""
    request_id: str = ""
    next_try: datetime | None = None
    maybe_sent: bool = False
    planned: bool = False
    progress: float | None = None

    @property
    def needs_choice(self) -> bool:
        """Whether it is held by a conflict, which is settled elsewhere."""
        return any(each.kind == "choice" for each in self.why)

    @property
    def can_hold(self) -> bool:
        """Whether it may be held back now."""
        if self.kind == "upload":
            return self.state != "held"
        return self.state == "waiting" and not self.planned

    @property
    def can_release(self) -> bool:
        """Whether it is held and may be let go."""
        return self.state == "held"

    @property
    def can_remove(self) -> bool:
        """Whether it may be taken out of the outbox."""
        if self.kind == "upload":
            return True
        return self.state != "sending" and not self.planned

    @property
    def can_edit(self) -> bool:
        """Whether what it asks for can still be changed."""
        return self.can_remove and self.kind in ("patch", "create", "clone")

    @property
    def can_send(self) -> bool:
        """Whether trying now makes sense: it waits for a time, a person or contact."""
        if self.planned or self.kind == "upload" or self.needs_choice:
            return False
        if any(each.kind == "asked" for each in self.why):
            # The server named the moment; asking before it only makes it later.
            return False
        return self.state in ("waiting", "held", "blocked")


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """One request as the client would send it now, the key masked.

    ``body`` is exactly what would go over the wire; ``note`` says what is only known later.
    """

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    note: str = ""


@dataclass(frozen=True, slots=True)
class DryRun:
    """The requests of one row, in order. ``problem`` when it could not be sent as it is."""

    row_id: str
    requests: tuple[PlannedRequest, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class CloneIntent:
    """What a waiting clone asks for: its name, and its overrides by field path."""

    row_id: str
    name: str
    overrides: Mapping[str, FieldValue]


@dataclass(frozen=True, slots=True)
class PublishSent:
    """A publish was confirmed by the server a moment ago; it can be undone for ten seconds.

    An event of the hub.
    """

    mutation_id: str
    project_id: str
    influencer_id: str
    name: str
    paths: tuple[str, ...]


UNDO_SECONDS = 10.0
"""How long a publish that was sent can be undone."""
