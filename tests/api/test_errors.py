"""Codes become what a person can do; a server's words stay plain and short."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.api.errors import (
    MESSAGE_LIMIT,
    Conflict,
    Gone,
    KeyReused,
    KeySwitchedOff,
    NoContact,
    RateLimited,
    ServerBusy,
    error_of,
    plain,
)
from studio.api.issues import field_path
from studio.core.errors import Bug, ChangeStateFirst, FixInput, SignIn, StudioError, TryLater
from studio.domain.fields import FIELDS, FieldSpec


def body(code: str, message: object = "why", details: object = None) -> dict[str, object]:
    return {"error": {"code": code, "message": message, "requestId": "req_9", "details": details}}


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "UNAUTHENTICATED", SignIn),
        (403, "FORBIDDEN_SCOPE", ChangeStateFirst),
        (403, "APPROVAL_REQUIRED", ChangeStateFirst),
        (402, "BILLING_EXHAUSTED", ChangeStateFirst),
        (404, "NOT_FOUND", Gone),
        (409, "CONFLICT", Conflict),
        (409, "IDEMPOTENCY_CONFLICT", KeyReused),
        (409, "CONTENT_REJECTED", ChangeStateFirst),
        (422, "VALIDATION", FixInput),
        (400, "VALIDATION", FixInput),
        (429, "RATE_LIMITED", RateLimited),
        (503, "KILL_SWITCH", KeySwitchedOff),
        (403, "KILL_SWITCH", KeySwitchedOff),
        (503, "UNAVAILABLE", ServerBusy),
        (500, "INTERNAL", ServerBusy),
        (408, "X", ServerBusy),
        (425, "X", ServerBusy),
        (413, "X", FixInput),
        (418, "X", Bug),
        (403, "NEW_CODE", ChangeStateFirst),
        (404, "NEW_CODE", Gone),
        (409, "NEW_CODE", Conflict),
        (422, "NEW_CODE", FixInput),
    ],
)
def test_a_code_becomes_what_a_person_can_do(status: int, code: str, kind: Any) -> None:
    error = error_of(status, body(code))
    assert type(error) is kind
    assert error.code == code
    assert error.request_id == "req_9"
    assert error.sentence.endswith((".", "why"))
    assert not error.sentence.endswith("..")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, SignIn),
        (404, Bug),
        (403, Bug),
        (409, Bug),
        (422, Bug),
        (407, NoContact),
        (429, RateLimited),
        (500, ServerBusy),
        (599, ServerBusy),
        (413, FixInput),
    ],
)
@pytest.mark.parametrize("junk", [None, [], "x", {}, {"error": "x"}, {"error": {"code": 7}}])
def test_without_the_envelope_a_status_proves_little(status: int, kind: Any, junk: Any) -> None:
    assert type(error_of(status, junk, request_id="req_h")) is kind


@given(
    st.integers(400, 599),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    ),
)
def test_no_body_breaks_it(status: int, junk: Any) -> None:
    for whole in (
        junk,
        {"error": junk},
        body("VALIDATION", junk, junk),
        body("X", junk, {"issues": junk}),
    ):
        error = error_of(status, whole)
        assert isinstance(error, StudioError)
        assert error.for_people()
        assert len(error.sentence) < MESSAGE_LIMIT + 150


@pytest.mark.parametrize("spec", FIELDS, ids=lambda spec: spec.path)
@pytest.mark.parametrize("form", ["{}", "body.{}", "overrides.{}"])
def test_an_issue_leads_to_its_field(spec: FieldSpec, form: str) -> None:
    path = form.format(spec.wire)
    assert field_path(path) == spec.path
    assert field_path(path.split(".")) == spec.path
    error = error_of(422, body("VALIDATION", details={"issues": [{"path": path}]}))
    assert isinstance(error, FixInput)
    assert error.field == spec.path
    assert spec.label in error.sentence


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("personality.traits.3", "personality.traits"),
        ("personality.traits[3]", "personality.traits"),
        (["personality", "traits", 3], "personality.traits"),
        ("overrides.personality.humorStyle", "personality.humor"),
        ("primaryLanguage", "primary_language"),
        ("assetIds", ""),
        ("", ""),
        (None, ""),
        ({"a": 1}, ""),
        ("....", ""),
    ],
)
def test_other_issue_paths(path: Any, field: Any) -> None:
    assert field_path(path) == field


def test_the_first_issue_that_names_a_field_counts() -> None:
    issues = [7, {"path": "nonsense"}, {"path": "ageRange", "message": "too long"}]
    error = error_of(422, body("VALIDATION", details={"issues": issues}))
    assert error.field == "age_range"
    assert "too long" in error.sentence


def test_a_job_that_cannot_be_stopped_says_so() -> None:
    details = {"subcode": "JOB_CANCEL_UNAVAILABLE", "jobId": "job_1", "stage": "opening_pr"}
    error = error_of(409, body("CONFLICT", details=details))
    assert isinstance(error, Conflict)
    assert error.subcode == "JOB_CANCEL_UNAVAILABLE"
    assert error.details["stage"] == "opening_pr"


@given(st.text())
def test_a_servers_words_become_one_plain_short_line(text: Any) -> None:
    line = plain(text)
    assert len(line) <= MESSAGE_LIMIT
    assert line.isprintable() or all(ord(char) > 127 for char in line if not char.isprintable())
    assert not set(line) & set("\n\r\t\x00\x1b\u202e\u2066\u2028\ud800")


def test_text_cannot_run_backwards() -> None:
    assert plain("a\u202eb\u2066c\u200fd") == "abcd"
    assert plain("two\nlines\tand\x1b[31m red") == "two lines and [31m red"


def test_a_giant_message_is_clipped() -> None:
    error = error_of(422, body("VALIDATION", "x" * 1_000_000))
    assert len(error.sentence) < MESSAGE_LIMIT + 100


def test_a_key_in_a_message_is_struck_out(key_text: str) -> None:
    error = error_of(422, body("VALIDATION", f"bad {key_text} here"))
    assert key_text not in error.for_people()
    assert "s3cr3t" not in repr(error)


def test_a_wait_is_kept(clock: Any) -> None:
    error = error_of(429, body("RATE_LIMITED"), wait=5.0, at=clock.now())
    assert isinstance(error, TryLater)
    assert error.at == clock.now()
    assert not error.no_contact
