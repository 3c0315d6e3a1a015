"""The one owner of the truth about contact with the server."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from studio.api.errors import RateLimited
from studio.core.errors import SignIn, StudioError, TryLater
from studio.domain.events import StatusChanged
from studio.domain.status import SyncStatus
from studio.sync.schedule import Patience

if TYPE_CHECKING:
    from typing import Any

    from studio.core.clock import Clock
    from studio.core.events import EventHub


def is_answer(error: StudioError) -> bool:
    """Whether an error proves that the server was reached: it carries the id of the call (1.4)."""
    if isinstance(error, TryLater) and error.no_contact:
        return False
    return bool(error.request_id)


class Connectivity:
    """Keeps ``SyncStatus`` true: every answer and every failure is told here.

    ``last_contact`` moves with answers of the server alone, never with hope.
    """

    def __init__(
        self, hub: EventHub, clock: Clock, server: str, random: Random | None = None
    ) -> None:
        self._hub = hub
        self._clock = clock
        self._patience = Patience(clock, random or Random())  # noqa: S311 - spreads retries
        self.status = SyncStatus(server=server)

    def update(self, **values: Any) -> None:
        """Set fields of the status; listeners hear of it only when something really moved."""
        if any(getattr(self.status, name) != value for name, value in values.items()):
            self.status = replace(self.status, **values)
            self._hub.publish(StatusChanged())

    def answered(self) -> None:
        """The server answered a call just now, as it should."""
        self._patience.over()
        self.update(contact="online", reason="", next_try=None, last_contact=self._clock.now())

    def failed(self, error: StudioError) -> None:
        """A call everything else depends on failed: all waits for the next try."""
        if isinstance(error, SignIn):
            self._patience.over()
            known = {"last_contact": self._clock.now()} if error.request_id else {}
            self.update(contact="sign_in", reason=error.for_people(), next_try=None, **known)
            return
        at = error.at if isinstance(error, TryLater) else None
        wait = self._patience.failed(at)
        next_try = self._clock.now() + timedelta(seconds=wait)
        if is_answer(error):
            self.update(
                contact="online",
                reason=error.sentence,
                next_try=next_try,
                last_contact=self._clock.now(),
            )
        elif isinstance(error, TryLater) and not isinstance(error, RateLimited):
            self.update(contact="offline", reason=error.sentence, next_try=next_try)
        else:
            self.update(reason=error.sentence, next_try=next_try)

    def try_again(self) -> None:
        """The person changed the key or asked to try: forget refusals and waits."""
        self._patience.over()
        if self.status.contact in ("sign_in", "offline"):
            self.update(contact="connecting", reason="", next_try=None)

    @property
    def is_refused(self) -> bool:
        """The key was refused: nothing is sent until a person acts."""
        return self.status.contact == "sign_in"

    @property
    def is_online(self) -> bool:
        """Whether the last thing heard of the server was an answer."""
        return self.status.contact == "online"

    def wait_left(self) -> float:
        """Seconds until the next attempt is allowed; 0 when it is now."""
        return self._patience.wait_left()
