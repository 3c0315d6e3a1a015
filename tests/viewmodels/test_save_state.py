"""What the footer of the editor says about changes that are on their way."""

from __future__ import annotations

from datetime import UTC, datetime

from studio.domain.draft import DraftField
from studio.domain.mutation import CHANGED_ON_SERVER, Patch, Waiting
from studio.viewmodels.save_state import save_state

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PUBLISH = Patch("M1", "p", "inf_1", {"personality.humor": DraftField("dry", "warm")})


def test_a_choice_is_asked_for_and_not_called_a_refusal():
    waiting = Waiting(
        PUBLISH,
        "blocked",
        NOW,
        reason="Humor changed on the server meanwhile.",
        reason_code=CHANGED_ON_SERVER,
        reason_field="personality.humor",
    )
    state = save_state(0, [waiting])
    assert (state.kind, state.sentence) == ("choice", "Waits for your choice")
    assert state.detail == "Humor changed on the server meanwhile."


def test_a_refused_field_is_named():
    waiting = Waiting(PUBLISH, "blocked", NOW, reason="Too long.", reason_field="personality.humor")
    state = save_state(0, [waiting])
    assert state.kind == "refused"
    assert "Humor" in state.detail
