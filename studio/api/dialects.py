"""Finds out which generation of the contract a server speaks, from what it answers (4.2).

Evidence has a rank, in the contract's order: the account, the shape of a record, its values, a
refusal. Stronger evidence replaces weaker; weaker evidence that says otherwise asks for the account
to be read anew, since a server may have been renewed meanwhile.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from studio.core.values import dataclass
from studio.domain.dialect import LATER_AGES, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from studio.core.secrets import ApiKey
    from studio.domain.dialect import Dialect
    from studio.domain.fields import Generation
    from studio.domain.influencer import FieldValue

ACCOUNT: Final = 4
SHAPE: Final = 3
VALUES: Final = 2
WEAK: Final = 1

_P1_ACCOUNT = ("killSwitch", "apiAccessRevoked")
_P1_SHAPE = ("personality", "referenceImages")
_LATER_SHAPE = ("imageUrl", "brandVoice", "language", "errorMessage")
_SPELLINGS = {"nonbinary": "non_binary"}
_OURS = {theirs: ours for ours, theirs in _SPELLINGS.items()}
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one answer says; ``rank`` 0 means nothing."""

    generation: Generation = "unknown"
    rank: int = 0


NOTHING: Final = Evidence()


def of_account(body: object) -> Evidence:
    """What whoami gives away: P1's switches, or the later prefixes."""
    if not isinstance(body, dict):
        return NOTHING
    if any(key in body for key in _P1_ACCOUNT):
        return Evidence("P1", ACCOUNT)
    prefixed = _starts(body.get("organizationId"), "org_") or _starts(body.get("apiKeyId"), "key_")
    return Evidence("L", ACCOUNT) if "parentOrganizationId" in body or prefixed else NOTHING


def of_record(body: object) -> Evidence:
    """What a record or an item of the list gives away: its keys, then its values."""
    if not isinstance(body, dict):
        return NOTHING
    if any(key in body for key in _P1_SHAPE):
        return Evidence("P1", SHAPE)
    if any(key in body for key in _LATER_SHAPE):
        return Evidence("L", SHAPE)
    gender, age = body.get("gender"), body.get("ageRange")
    if gender == "non_binary":
        return Evidence("L", VALUES)
    if gender in ("nonbinary", "unspecified") or body.get("status") == "draft":
        return Evidence("P1", VALUES)
    if isinstance(age, str) and age:
        return Evidence("L", WEAK) if age in LATER_AGES else Evidence("P1", VALUES)
    return NOTHING


def of_refused_creation(paths: Collection[str]) -> Evidence:
    """A create that was refused for its name: later servers make names up."""
    return Evidence("L", WEAK) if "name" in paths else NOTHING


def server_of(base_url: str, key: ApiKey) -> str:
    """What a dialect is remembered by. The bundled server's port moves, so it does not count."""
    parts = urlsplit(base_url)
    is_ours = parts.hostname in _LOOPBACK
    host = parts.hostname if is_ours else f"{parts.scheme}://{parts.netloc}{parts.path}"
    return f"{host}#{key.key_id}"


class Dialects:
    """What is known of the one server a client talks to.

    ``on_moved`` is called when that changes, ``on_doubt`` when an answer contradicts it.
    """

    def __init__(self) -> None:
        self.current: Dialect = UNKNOWN
        self.rank = 0
        self.on_moved: Callable[[], None] | None = None
        self.on_doubt: Callable[[], None] | None = None
        self._doubted: Generation = "unknown"

    def start_with(self, dialect: Dialect, rank: int) -> None:
        """Go on from what an earlier run found out, or from nothing with another server."""
        self.current, self.rank = dialect, rank
        self._doubted = "unknown"

    def hear(self, evidence: Evidence) -> None:
        """Weigh what an answer gave away."""
        if not evidence.rank:
            return
        same = evidence.generation == self.current.generation
        if evidence.rank < self.rank and not same:
            if self._doubted != evidence.generation and self.on_doubt is not None:
                self._doubted = evidence.generation
                self.on_doubt()
            return
        if same and evidence.rank <= self.rank:
            return
        self.rank = evidence.rank
        if not same:
            # Another contract refuses other fields: what was learned of the old one is void.
            learned = frozenset() if self.current.generation != "unknown" else self.current.refused
            self._become(replace(self.current, generation=evidence.generation, refused=learned))

    def learn(self, paths: Collection[str]) -> None:
        """The server named these fields as unknown to it."""
        if not self.current.refused.issuperset(paths):
            self._become(replace(self.current, refused=self.current.refused.union(paths)))

    def _become(self, dialect: Dialect) -> None:
        self.current = dialect
        if self.on_moved is not None:
            self.on_moved()


def spelled(dialect: Dialect, path: str, value: FieldValue) -> FieldValue:
    """A value as this server spells it."""
    if dialect.is_later and path == "gender" and isinstance(value, str):
        return _SPELLINGS.get(value, value)
    return value


def our_spelling(gender: str | None) -> str | None:
    """A gender of either generation in the spelling of this program."""
    return _OURS.get(gender, gender) if gender is not None else None


def _starts(value: Any, prefix: str) -> bool:
    return isinstance(value, str) and value.startswith(prefix)
