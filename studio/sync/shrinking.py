"""What becomes of a mutation that this server cannot take as it is (contract 4)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from studio.core.errors import ChangeStateFirst
from studio.domain.mutation import Clone, Create, Patch

if TYPE_CHECKING:
    from studio.api.client import PartnerClient
    from studio.api.errors import NotTaken
    from studio.domain.mutation import Mutation

_AT_MOST = 6


class Shrinking:
    """Says what to leave out. A server that goes on refusing is asked a few times only."""

    def __init__(self, client: PartnerClient) -> None:
        self._dialects = client.dialects
        self._tries: Counter[str] = Counter()

    def may_help(self, mutation: Mutation, error: NotTaken) -> bool:
        """Whether the same without what this server does not take is worth sending."""
        self._tries[mutation.influencer_id] += 1
        if self._tries[mutation.influencer_id] > _AT_MOST:
            del self._tries[mutation.influencer_id]
            return False
        match mutation:
            case Patch():
                return True
            case Create():
                return self._dialects.current.is_later or error.paths != {"name"}
            case Clone():
                return error.paths != {"name"}
            case _:
                return False

    def left_out(self, mutation: Mutation, error: NotTaken) -> frozenset[str]:
        """A create of a later server is left whole: what it lacks is patched in afterwards."""
        if isinstance(mutation, Create):
            return frozenset() if self._dialects.current.is_later else error.paths - {"name"}
        return error.paths

    def must_be_known(self, mutation: Mutation) -> None:
        """Before something goes again under another key: with a later server only the key tells
        that it was made before, since the id is the server's. Raises ChangeStateFirst then."""
        if isinstance(mutation, Create | Clone) and not self._dialects.current.takes_own_ids:
            raise ChangeStateFirst(
                "Whether the server made it is not known: an answer was lost too long ago.",
                next_step="Look among the others, then send it again or take it back.",
                code="MAYBE_MADE",
            )
