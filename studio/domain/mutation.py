"""What was asked for and not yet confirmed: one row of the outbox each.

``id`` is a ULID and also the idempotency key, made once and stored before anything is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from studio.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from studio.domain.draft import DraftField
    from studio.domain.influencer import FieldValue


@dataclass(frozen=True, slots=True)
class Patch:
    """Publish edited fields of one influencer; each with the base it was made on."""

    id: str
    project_id: str
    influencer_id: str
    fields: Mapping[str, DraftField]


@dataclass(frozen=True, slots=True)
class Create:
    """Make a new influencer under our own id."""

    id: str
    project_id: str
    influencer_id: str
    values: Mapping[str, FieldValue]


@dataclass(frozen=True, slots=True)
class Clone:
    """Make a variant of ``source_id`` under our own id; overrides by field path."""

    id: str
    project_id: str
    influencer_id: str
    source_id: str
    name: str
    overrides: Mapping[str, FieldValue]


@dataclass(frozen=True, slots=True)
class Delete:
    """Soft delete with an optional reason."""

    id: str
    project_id: str
    influencer_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Bind:
    """Bind uploaded assets, at most 20 in one mutation."""

    id: str
    project_id: str
    influencer_id: str
    asset_ids: tuple[str, ...]


CHANGED_ON_SERVER = "CHANGED_ON_SERVER"
"""Why a publish waits for a choice: a field it changes moved on the server since it was typed."""

Mutation = Patch | Create | Clone | Delete | Bind

MutationState = Literal["waiting", "sending", "blocked"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mutation in the outbox. ``blocked`` waits for a person; ``waiting`` for ``next_try``.

    Attributes:
        held: a person holds it back: neither it nor what comes after it goes until it is let go.
        first_sent_at: when it first went out under its id; None before.
        maybe_sent: a try may have reached the server without an answer coming back.
    """

    mutation: Mutation
    state: MutationState
    created_at: datetime
    attempts: int = 0
    reason: str = ""
    reason_code: str = ""
    reason_field: str = ""
    request_id: str = ""
    next_try: datetime | None = None
    held: bool = False
    first_sent_at: datetime | None = None
    maybe_sent: bool = False

    @property
    def needs_choice(self) -> bool:
        """Whether it met another edit on the server and a person has to decide."""
        return self.state == "blocked" and self.reason_code == CHANGED_ON_SERVER
