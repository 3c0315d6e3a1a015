"""Which contract a server speaks is found out from its answers, strongest evidence first (4.2)."""

from __future__ import annotations

from typing import Any

import pytest

from studio.api import bodies, dialects
from studio.api.dialects import Dialects, Evidence
from studio.api.errors import NotTaken, error_of
from studio.core.secrets import ApiKey
from studio.domain.dialect import Dialect

LATER = Dialect("L")
KEY = "lp_test_ABCDEFGHIJKLMNOP_s3cr3t_With_Underscores-0123456789abcdefghi"


@pytest.mark.parametrize(
    ("body", "generation"),
    [
        ({"organizationId": "1", "killSwitch": False}, "P1"),
        ({"organizationId": "1", "apiAccessRevoked": False}, "P1"),
        ({"organizationId": "1", "parentOrganizationId": None}, "L"),
        ({"organizationId": "org_1"}, "L"),
        ({"organizationId": "1", "apiKeyId": "key_1"}, "L"),
        ({"organizationId": "1"}, "unknown"),
        ([], "unknown"),
    ],
)
def test_the_account_gives_it_away(body: Any, generation: str) -> None:
    assert dialects.of_account(body).generation == generation


@pytest.mark.parametrize(
    ("body", "generation", "rank"),
    [
        ({"personality": {}}, "P1", dialects.SHAPE),
        ({"referenceImages": [], "language": "en"}, "P1", dialects.SHAPE),
        ({"imageUrl": None}, "L", dialects.SHAPE),
        ({"errorMessage": None}, "L", dialects.SHAPE),
        ({"gender": "nonbinary"}, "P1", dialects.VALUES),
        ({"gender": "non_binary"}, "L", dialects.VALUES),
        ({"status": "draft"}, "P1", dialects.VALUES),
        ({"ageRange": "25-34"}, "P1", dialects.VALUES),
        ({"ageRange": "young_adult"}, "L", dialects.WEAK),
        ({"name": "A", "gender": "male", "status": "ready"}, "unknown", 0),
    ],
)
def test_a_record_gives_it_away(body: Any, generation: str, rank: int) -> None:
    assert dialects.of_record(body) == Evidence(generation, rank)


def test_stronger_evidence_replaces_weaker_and_never_the_other_way() -> None:
    known, moves, doubts = Dialects(), [], []
    known.on_moved = lambda: moves.append(known.current.generation)
    known.on_doubt = lambda: doubts.append(known.current.generation)
    known.hear(dialects.of_record({"ageRange": "adult"}))
    known.hear(dialects.of_record({"personality": {}}))
    known.hear(dialects.of_record({"gender": "non_binary"}))
    assert known.current.generation == "P1"
    assert moves == ["L", "P1"]
    assert doubts == ["P1"]
    known.hear(dialects.of_account({"parentOrganizationId": None}))
    assert known.current.generation == "L"


def test_a_doubt_is_told_once_and_not_with_every_record() -> None:
    known, doubts = Dialects(), []
    known.on_doubt = lambda: doubts.append(1)
    known.hear(dialects.of_account({"killSwitch": False}))
    for _ in range(5):
        known.hear(dialects.of_record({"imageUrl": None}))
    assert doubts == [1]


def test_what_was_learned_goes_with_the_contract_it_was_learned_of() -> None:
    known = Dialects()
    known.hear(dialects.of_account({"killSwitch": False}))
    known.learn({"personality"})
    assert not known.current.takes("personality.tone")
    known.hear(dialects.of_account({"parentOrganizationId": None}))
    assert known.current == LATER


def test_the_port_of_the_bundled_server_does_not_make_it_another() -> None:
    key = ApiKey(KEY)
    assert dialects.server_of("http://127.0.0.1:1", key) == dialects.server_of(
        "http://127.0.0.1:2", key
    )
    other = ApiKey(KEY.replace("ABCDEFGHIJKLMNOP", "BBCDEFGHIJKLMNOP"))
    at = "https://api.layers.com"
    assert dialects.server_of(at, key) != dialects.server_of(at, other)
    assert "s3cr3t" not in dialects.server_of(at, key)


def test_a_later_body_holds_its_own_words_alone() -> None:
    body = bodies.patch_body(
        {"name": "A", "gender": "nonbinary", "age_range": None, "brand_voice": "warm"}, LATER
    )
    assert body == {"name": "A", "gender": "non_binary", "ageRange": None, "brandVoice": "warm"}
    made = bodies.later_create_body(
        {"name": "A", "gender": "nonbinary", "age_range": "25-34", "vibe": "calm"}, LATER
    )
    assert made == {"gender": "non_binary"}
    clone = bodies.clone_body("B", "inf_OURS", {"language": "en"}, LATER)
    assert clone == {"name": "B", "overrides": {"language": "en"}}


@pytest.mark.parametrize("dialect", [LATER, Dialect("P1", frozenset({"personality"}))])
def test_a_body_with_what_is_not_taken_is_never_made(dialect: Dialect) -> None:
    with pytest.raises(NotTaken) as caught:
        bodies.patch_body({"name": "A", "personality.tone": "calm"}, dialect)
    assert caught.value.paths == {"personality.tone"}
    assert "this computer" in caught.value.next_step


@pytest.mark.parametrize(
    ("issue", "paths"),
    [
        ({"path": "personality"}, {"personality"}),
        ({"path": ["body", "personality"], "message": "no"}, {"personality"}),
        ({"path": "style", "message": "Unrecognized key"}, {"style"}),
        ({"path": "vibe", "code": "extra_forbidden"}, {"vibe"}),
        ({"path": "", "code": "unrecognized_keys", "keys": ["vibe", "hairColor"]}, None),
        ({"path": ["personality"], "keys": ["humor"]}, {"personality.humor"}),
    ],
)
def test_a_refusal_that_names_unknown_fields_is_understood(issue: Any, paths: Any) -> None:
    error = error_of(422, {"error": {"code": "VALIDATION", "details": {"issues": [issue]}}})
    assert isinstance(error, NotTaken)
    assert error.paths == (paths or {"vibe", "hair_color"})


@pytest.mark.parametrize(
    "issue",
    [
        {"path": "style", "message": "takes at most 256 characters"},
        {"path": "personality.tone", "message": "must be a string"},
        {"path": "gender", "message": "is not one of the values"},
        {"path": "somethingElse", "message": "Unrecognized key"},
    ],
)
def test_a_refused_value_is_something_to_fix(issue: Any) -> None:
    error = error_of(422, {"error": {"code": "VALIDATION", "details": {"issues": [issue]}}})
    assert not isinstance(error, NotTaken)
