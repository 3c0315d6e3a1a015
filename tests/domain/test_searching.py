"""Where in a text a search finds what a person typed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.searching import first_hit, folded, hit_ranges


def marked(text: str, query: str) -> list[str]:
    return [text[start:end] for start, end in hit_ranges(text, query)]


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("Ship it.", "ship", ["Ship"]),
        ("Ship it, then ship more", "sh", ["Sh", "sh"]),
        ("Ownership", "ship", []),
        ("Zoë Müller", "zoe mul", ["Zoë", "Mül"]),
        ("ZOE", "zoë", ["ZOE"]),
        ("Straße", "strass", ["Straß"]),
        ("tools-I-use", "tools-i", ["tools-I"]),
        ("tools-I-use", "use", ["use"]),
        ("the tools I use", "tools-use", []),
        ("東京の朝", "京", ["京"]),
        ("launch 🚀 day", "🚀", ["🚀"]),
        ("👩‍👩‍👧 Nova", "nova", ["Nova"]),
        ("نُور", "نور", ["نُور"]),
        ("Nova", "   ", []),
        ("Nova", '"* OR (', []),
        ("", "nova", []),
    ],
)
def test_the_beginning_of_each_word_is_found_blind_to_case_and_accents(text, query, found):
    assert marked(text, query) == found


def test_the_longer_of_two_hits_at_one_place_is_marked_once():
    assert marked("Novation", "no nova") == ["Nova"]


def test_why_it_was_found_is_the_first_field_with_a_word_that_cannot_be_read_yet():
    texts = ("dry", "Ship it.", "shipping")
    assert first_hit(texts, "nova ship", ("Nova", "Warm")) == 1
    assert first_hit(texts, "nova", ("Nova", "Warm")) == -1
    assert first_hit(texts, "zzz", ("Nova", "Warm")) == -1


@settings(max_examples=150)
@given(st.text(max_size=40), st.text(max_size=12))
def test_ranges_lie_in_the_text_in_order_and_say_what_was_typed(text, query):
    ranges = hit_ranges(text, query)
    ends = [0]
    for start, end in ranges:
        assert ends[-1] <= start < end <= len(text)
        ends.append(end)
    if ranges:
        assert all(folded(text[start:end]).strip() for start, end in ranges)


@settings(max_examples=150)
@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8), min_size=1))
def test_every_word_of_a_text_is_found_by_its_own_beginning(words):
    text = ", ".join(words)
    for word in words:
        if folded(word).strip():
            assert hit_ranges(text, word)
