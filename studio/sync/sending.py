"""Empties the outbox in order, and leaves the server alone where it asks for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.api.errors import RateLimited
from studio.core.errors import TryLater
from studio.store import outbox
from studio.sync.connectivity import is_answer
from studio.sync.schedule import Patience

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from random import Random

    from studio.core.clock import Clock
    from studio.store.database import Database
    from studio.sync.connectivity import Connectivity
    from studio.sync.push import Push

_NO_ROOM_SECONDS = 2.0
_TROUBLES_AT_MOST = 2


class Sending:
    """Decides which row goes next and when. ``on_sent`` is awaited after each that was settled."""

    def __init__(
        self,
        db: Database,
        push: Push,
        contact: Connectivity,
        clock: Clock,
        on_sent: Callable[[], Awaitable[None]],
        random: Random,
    ) -> None:
        self._db = db
        self._push = push
        self._contact = contact
        self._clock = clock
        self._on_sent = on_sent
        self._patience = Patience(clock, random)
        self._stopping = False

    def stop(self) -> None:
        """Begin no further row."""
        self._stopping = True

    async def send_due(self) -> None:
        """Send every row that may go now.

        A row the server cannot take at the moment waits for its own time and the next one goes; a
        limit, or two such rows in a row, end the round. Raises what concerns all: SignIn,
        DiskTrouble and TryLater without contact.
        """
        troubles = 0
        while not self._stopping and self._patience.wait_left() == 0:
            if not await self._db.read(outbox.has_due, self._clock.now()):
                return
            if not self._push.has_room():
                self._patience.hold(_NO_ROOM_SECONDS)
                return
            row = await self._db.write(outbox.claim_next, self._clock.now())
            if row is None:
                return
            self._contact.update(busy=True)
            try:
                await self._push.send(row)
            except TryLater as error:
                if not is_answer(error) and not isinstance(error, RateLimited):
                    raise
                if is_answer(error):
                    self._contact.answered()
                troubles += 1
                if isinstance(error, RateLimited) or troubles == _TROUBLES_AT_MOST:
                    self._patience.failed(error.at)
            else:
                troubles = 0
                self._patience.over()
                self._contact.answered()
            await self._on_sent()

    async def next_wait(self) -> float | None:
        """Seconds until a row may go; None when none waits for a time."""
        held = self._patience.wait_left()
        if await self._db.read(outbox.has_due, self._clock.now()):
            return held
        at = await self._db.read(outbox.next_try)
        return None if at is None else max((at - self._clock.now()).total_seconds(), held)
