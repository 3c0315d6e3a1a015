"""Errors by what the person can do about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class StudioError(Exception):
    """Something a person should read: a plain sentence, and what to do next.

    Attributes:
        sentence: for people; plain text, no markup.
        next_step: what to do, as a short sentence or an empty string.
        code: the server's or our own stable code.
        request_id: the server's id of the call, empty when there was none (contract 1.4).
        field: the field path the error belongs to, such as ``personality.tone``, or empty.
    """

    def __init__(
        self,
        sentence: str,
        *,
        next_step: str = "",
        code: str = "",
        request_id: str = "",
        field: str = "",
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.next_step = next_step
        self.code = code
        self.request_id = request_id
        self.field = field

    def for_people(self) -> str:
        """The sentence and its next step on one line."""
        return f"{self.sentence} {self.next_step}".strip()


class FixInput(StudioError):
    """What was entered has to change; ``field`` says where."""


class ChangeStateFirst(StudioError):
    """Something else has to happen first (a conflict, an approval, an empty wallet)."""


class TryLater(StudioError):
    """Nobody's fault: the same call may succeed later.

    ``at`` is the earliest moment worth trying, or None when unknown.
    ``no_contact`` tells a network failure from a server that answered.
    """

    def __init__(
        self,
        sentence: str,
        *,
        at: datetime | None = None,
        no_contact: bool = False,
        next_step: str = "",
        code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(sentence, next_step=next_step, code=code, request_id=request_id)
        self.at = at
        self.no_contact = no_contact


class SignIn(StudioError):
    """The key is missing, wrong, revoked or switched off: all work stops until a person acts."""


class Bug(StudioError):
    """Ours or the server's: the answer does not match the contract, or the program is wrong."""
