"""What a server takes decides what is sent to it, and what stays on this computer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.dialect import LATER_AGES, UNKNOWN, Dialect
from studio.domain.draft import Draft, DraftField
from studio.domain.fields import EVERY_FIELD, FIELDS, LATER_FIELDS
from studio.domain.influencer import Influencer
from studio.domain.projection import project
from studio.domain.rules import check

LATER = Dialect("L")
P1 = Dialect("P1")
VALUES = st.none() | st.text(max_size=12) | st.lists(st.text(max_size=5), max_size=3).map(tuple)


def test_a_persona_server_takes_every_field_of_the_persona_and_no_later_one() -> None:
    for dialect in (P1, UNKNOWN):
        assert all(dialect.takes(spec.path) for spec in FIELDS)
        assert not any(dialect.takes(spec.path) for spec in LATER_FIELDS)


def test_a_later_server_takes_five_fields() -> None:
    taken = [spec.path for spec in EVERY_FIELD if LATER.takes(spec.path)]
    assert taken == ["name", "gender", "age_range", "brand_voice", "language"]
    assert [path for path in taken if LATER.takes(path, "create")] == ["gender", "age_range"]
    assert not LATER.takes_reference_images
    assert not LATER.takes_own_ids
    assert not LATER.takes_name_at_creation


@pytest.mark.parametrize(
    ("path", "value", "can"),
    [
        ("gender", "nonbinary", True),
        ("gender", "unspecified", False),
        ("gender", None, False),
        ("age_range", "mature", True),
        ("age_range", "25-34", False),
        ("age_range", None, True),
        ("brand_voice", "witty", True),
        ("brand_voice", None, False),
        ("language", "es-MX", True),
        ("personality.tone", "calm", False),
    ],
)
def test_a_later_server_has_a_word_for(path: str, value: str | None, can: bool) -> None:
    assert LATER.can_send(path, value) is can


def test_what_was_refused_is_not_taken_and_all_of_personality_goes_together() -> None:
    learned = Dialect("P1", frozenset({"personality", "vibe"}))
    assert not learned.takes("personality.tone")
    assert not learned.takes("vibe")
    assert learned.takes("style")


def test_the_fields_to_offer_have_the_words_of_the_server() -> None:
    assert LATER.options("age_range") == LATER_AGES
    assert "unspecified" not in LATER.options("gender")
    assert "unspecified" in P1.options("gender")
    assert [spec.path for spec in LATER.fields][-2:] == ["brand_voice", "language"]
    assert P1.fields == FIELDS


@pytest.mark.parametrize("tag", ["en", "es-MX", "zh-Hant-TW", None, ""])
def test_a_language_tag_is_fine(tag: str | None) -> None:
    assert check("language", tag) is None


@pytest.mark.parametrize("text", ["not a language", "e", "en_US", "english, mostly"])
def test_what_is_no_language_tag_is_told(text: str) -> None:
    problem = check("language", text)
    assert problem is not None
    assert problem.code == "not_a_language"


@given(
    st.dictionaries(st.sampled_from([spec.path for spec in EVERY_FIELD]), VALUES, max_size=6),
    st.sampled_from([P1, LATER, UNKNOWN, Dialect("P1", frozenset({"personality"}))]),
)
def test_every_edit_is_shown_and_either_unsent_or_kept_here(values, dialect) -> None:
    fields = {path: DraftField(value, None) for path, value in values.items()}
    shown = project(Influencer("inf_1", "p", ""), (), Draft("inf_1", "p", fields), dialect=dialect)
    assert shown is not None
    unsent = {change.path for change in shown.changes}
    assert not unsent & shown.local_only_paths
    for path, value in values.items():
        assert shown.influencer.value(path) == value
        assert not value or path in unsent | shown.local_only_paths
    assert all(dialect.can_send(change.path, change.new) for change in shown.changes)
