"""The one owner of the truth about contact with the server."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from studio.core.errors import SignIn, StudioError, TryLater
from studio.domain.events import StatusChanged
from studio.domain.status import SyncStatus
from studio.sync.schedule import backoff

if TYPE_CHECKING:
    from typing import Any

    from studio.core.clock import Clock
    from studio.core.events import EventHub


class Connectivity:
    """Keeps ``SyncStatus`` true: every answer and every failure is told here."""

    def __init__(
        self, hub: EventHub, clock: Clock, server: str, random: Random | None = None
    ) -> None:
        self._hub = hub
        self._clock = clock
        self._random = random or Random()  # noqa: S311 - spreads retries, guards nothing
        self._failures = 0
        self._resume_at = 0.0
        self.status = SyncStatus(server=server)

    def update(self, **values: Any) -> None:
        """Set fields of the status; listeners hear of it only when something really moved."""
        changed = replace(self.status, **values)
        if changed != self.status:
            self.status = changed
            self._hub.publish(StatusChanged())

    def answered(self) -> None:
        """The server answered a call just now."""
        self._failures = 0
        self._resume_at = 0.0
        self.update(contact="online", reason="", next_try=None, last_contact=self._clock.now())

    def failed(self, error: StudioError) -> None:
        """A call failed. Only what speaks about contact changes the status."""
        if isinstance(error, SignIn):
            self.update(contact="sign_in", reason=error.for_people(), next_try=None)
            return
        if not isinstance(error, TryLater):
            self.answered()
            return
        if not error.no_contact:
            self.answered()
        self._failures += 1
        wait = backoff(self._failures, self._random)
        now = self._clock.now()
        if error.at is not None:
            wait = max(wait, (error.at - now).total_seconds())
        self._resume_at = self._clock.monotonic() + wait
        next_try = now + timedelta(seconds=wait)
        if error.no_contact:
            self.update(contact="offline", reason=error.sentence, next_try=next_try)
        else:
            self.update(reason=error.sentence, next_try=next_try)

    def sign_in_again(self) -> None:
        """The person changed the key or asked to try: forget the refusal."""
        self._failures = 0
        self._resume_at = 0.0
        if self.status.contact in ("sign_in", "offline"):
            self.update(contact="connecting", reason="", next_try=None)

    @property
    def is_refused(self) -> bool:
        """The key was refused: nothing is sent until a person acts."""
        return self.status.contact == "sign_in"

    def wait_left(self) -> float:
        """Seconds until the next attempt is allowed; 0 when it is now."""
        return max(0.0, self._resume_at - self._clock.monotonic())
