"""What the connected server takes: two generations of one contract, and what it was seen to refuse.

Contract section 4. What a server does not take stays on this computer and is never sent: bodies are
strict, so one unknown field would fail the whole call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from studio.core.values import dataclass
from studio.domain.fields import BY_PATH, EVERY_FIELD, FIELDS

if TYPE_CHECKING:
    from studio.domain.fields import FieldSpec, Generation
    from studio.domain.influencer import FieldValue

LATER_AGES: Final = ("teen", "young_adult", "adult", "mid_adult", "mature", "senior")
"""The later generation's age ranges; P1 takes any text instead."""
LATER_GENDERS: Final = ("female", "male", "nonbinary")
"""Its genders in our spelling; on the wire the last is ``non_binary``."""
MEANINGS: Final[dict[Generation, str]] = {
    "P1": "persona contract",
    "L": "newer contract",
    "unknown": "",
}
"""What people are told of a generation."""

Call = Literal["create", "patch", "clone"]

_AT_CREATION: Final = frozenset({"gender", "age_range"})


@dataclass(frozen=True, slots=True)
class Dialect:
    """One server's way to speak. An unknown server counts as P1, the contract to match.

    Attributes:
        generation: which contract it follows.
        refused: field paths it named as unknown to it, ``personality`` for all of that.
    """

    generation: Generation = "unknown"
    refused: frozenset[str] = frozenset()

    @property
    def is_later(self) -> bool:
        """Whether it speaks the later contract."""
        return self.generation == "L"

    @property
    def takes_reference_images(self) -> bool:
        """Whether images can be uploaded and bound; later servers make their own."""
        return not self.is_later

    @property
    def takes_own_ids(self) -> bool:
        """Whether a new influencer may bring its id."""
        return not self.is_later

    @property
    def takes_name_at_creation(self) -> bool:
        """Whether a new influencer may bring its name; later servers make one up."""
        return self.takes("name", "create")

    @property
    def fields(self) -> tuple[FieldSpec, ...]:
        """The fields to offer, in the editor's order.

        A persona's own fields stay with a later server too: they are kept on this computer.
        """
        return EVERY_FIELD if self.is_later else FIELDS

    def takes(self, path: str, call: Call = "patch") -> bool:
        """Whether the field can be sent at all."""
        spec = BY_PATH.get(path)
        if spec is None or path in self.refused or path.partition(".")[0] in self.refused:
            return False
        if not self.is_later:
            return "P1" in spec.generations
        return "L" in spec.generations and (call != "create" or path in _AT_CREATION)

    def can_send(self, path: str, value: FieldValue, call: Call = "patch") -> bool:
        """Whether this value of the field can be sent."""
        if not self.takes(path, call):
            return False
        if not self.is_later:
            return True
        if path == "gender":
            return value in LATER_GENDERS
        if path == "age_range":
            return (not value and call == "patch") or value in LATER_AGES
        if path in ("brand_voice", "language"):
            return bool(value)
        return True

    def options(self, path: str) -> tuple[str, ...]:
        """The values to offer for a field."""
        if self.is_later and path == "gender":
            return LATER_GENDERS
        if self.is_later and path == "age_range":
            return LATER_AGES
        return BY_PATH[path].options


UNKNOWN: Final = Dialect()
"""Before any server has answered."""
