"""What the outbox on screen asks for; the session's own service does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from studio.domain.influencer import FieldValue
    from studio.domain.outbox import CloneIntent, DryRun, OutboxRow, PublishSent


class OutboxService(Protocol):
    """What waits to be sent. Every method may raise StudioError."""

    async def rows(self) -> tuple[OutboxRow, ...]:
        """Everything that waits, in the order it can go."""
        ...

    async def dry_run(self, row_ids: Sequence[str] = ()) -> tuple[DryRun, ...]:
        """The exact requests of these rows, of all when none is named; sends nothing."""
        ...

    async def hold(self, row_id: str) -> None:
        """Keep one row back."""
        ...

    async def release(self, row_id: str) -> None:
        """Let one row go."""
        ...

    async def hold_all(self) -> None:
        """Keep everything back that is not on its way."""
        ...

    async def release_all(self) -> None:
        """Let everything go that was held."""
        ...

    async def send_now(self, row_id: str) -> None:
        """Try one row, and what it waits for, at once."""
        ...

    async def send_all(self) -> None:
        """Try everything at once that is neither held nor refused."""
        ...

    async def remove(self, row_id: str) -> int:
        """Take one row out, and what depends on it; edits return to the draft. How many went."""
        ...

    async def edit(self, row_id: str) -> str:
        """Take a publish or a creation back to be edited; the influencer to open.

        A creation that others wait for stays where it is: what is edited joins it when published.
        """
        ...

    async def clone_intent(self, row_id: str) -> CloneIntent:
        """What a waiting clone asks for."""
        ...

    async def change_clone(
        self, row_id: str, name: str, overrides: Mapping[str, FieldValue]
    ) -> None:
        """Another name and other overrides for a clone that waits. Raises FixInput."""
        ...

    async def undo_send(self, sent: PublishSent) -> bool:
        """Put back what a publish changed; False when it had not been sent yet."""
        ...
