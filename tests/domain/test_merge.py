"""Base, mine, theirs: nothing anybody wrote is lost, and only real overlaps are asked about."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.diff import same
from studio.domain.draft import DraftField
from studio.domain.influencer import Influencer
from studio.domain.list_merge import Entry, merge_lists
from studio.domain.merge import Merged, merge_fields, merge_value

TEXTS = st.sampled_from((None, "", "warm", "cool", "dry"))
LISTS = st.lists(st.sampled_from("abcdAB"), max_size=6).map(tuple)
UNIQUE = st.lists(st.sampled_from("abcdefAB"), max_size=7, unique=True).map(tuple)


def _theirs(**values):
    record = Influencer("inf_1", "p", "Ada")
    for path, value in values.items():
        record = record.with_value(path.replace("__", "."), value)
    return record


# ---- texts


@given(TEXTS, TEXTS, TEXTS)
def test_a_text_needs_a_choice_only_when_both_sides_wrote_something_else(base, mine, theirs):
    merged = merge_value(base, mine, theirs)
    overlap = not same(mine, theirs) and not same(mine, base) and not same(theirs, base)
    assert merged.needs_choice == overlap
    if not overlap:
        assert same(merged.value, theirs if same(mine, base) else mine)


def test_an_empty_text_and_no_text_are_one():
    assert merge_value(None, "", None) == Merged(None)
    assert merge_value("warm", "", None) == Merged(None)


def test_ones_own_words_as_the_server_writes_them_are_no_edit_of_theirs():
    assert merge_value("cool ", "warm", "cool") == Merged("warm")
    assert merge_value("cafe\u0301", "warm", "caf\u00e9") == Merged("warm")
    assert merge_value("cool", "cool ", "stern").needs_choice


# ---- lists


@given(LISTS, LISTS, LISTS)
def test_no_entry_goes_unless_somebody_took_it_out(base, mine, theirs):
    merged = Counter(merge_lists(base, mine, theirs).value)
    began, here, there = Counter(base), Counter(mine), Counter(theirs)
    for text in here | there | began:
        lower, upper = sorted((here[text], there[text]))
        assert lower <= merged[text] <= upper
        if here[text] >= began[text] and there[text] >= began[text]:
            assert merged[text] == upper
        if here[text] <= began[text] and there[text] <= began[text]:
            assert merged[text] == lower
    assert set(merged) <= set(mine) | set(theirs)


@given(LISTS, LISTS, LISTS)
def test_a_list_never_needs_a_choice(base, mine, theirs):
    assert not merge_value(base, mine, theirs).needs_choice


@given(LISTS, LISTS)
def test_a_side_that_did_nothing_changes_nothing(one, other):
    assert merge_value(one, other, one).value == other
    assert merge_value(one, one, other).value == other
    assert merge_value(one, other, other).value == other


@given(LISTS, LISTS, LISTS)
def test_both_sides_come_to_the_same_entries(base, mine, theirs):
    one = merge_lists(base, mine, theirs).value
    other = merge_lists(base, theirs, mine).value
    assert Counter(one) == Counter(other)


@given(LISTS, LISTS, LISTS)
def test_once_stored_the_merge_is_what_both_sides_have(base, mine, theirs):
    merged = merge_lists(base, mine, theirs).value
    assert merge_lists(theirs, merged, theirs).value == merged
    assert merge_lists(base, merged, merged).value == merged


@given(UNIQUE, UNIQUE, UNIQUE)
def test_merging_again_changes_nothing(base, mine, theirs):
    merged = merge_lists(base, mine, theirs).value
    assert merge_lists(base, mine, merged).value == merged
    assert merge_lists(base, merged, theirs).value == merged


@given(UNIQUE, UNIQUE, UNIQUE)
def test_every_entry_says_whose_it_is(base, mine, theirs):
    found = merge_lists(base, mine, theirs)
    for entry in found.entries:
        assert (entry.text in base) == (entry.origin == "kept")
        if entry.origin != "kept":
            assert (entry.text in mine) == (entry.origin in ("mine", "both"))
            assert (entry.text in theirs) == (entry.origin in ("theirs", "both"))
    assert {each.text for each in found.removed} == set(base) - set(found.value)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        ("ab", "abx", "aby", "abxy"),  # both add: mine first
        ("ab", "axb", "aby", "axby"),  # an addition keeps its place
        ("abc", "aBc", "abcd", "aBcd"),  # edited in place, added to elsewhere
        ("abc", "aBc", "adc", "aBdc"),  # one entry edited on both sides: both stand
        ("abc", "aBc", "ac", "aBc"),  # edited here, taken out there: the edit stays
        ("abc", "ab", "bc", "b"),  # each takes one out
        ("abc", "cba", "abcd", "cbad"),  # moved here, added there
        ("abc", "abcx", "cab", "cabx"),  # moved there, added here at the end
        ("abc", "bac", "cab", "bac"),  # moved on both sides: mine
        ("ab", "", "abc", "c"),  # emptied here, added there
        ("a", "aA", "ab", "aAb"),  # case is another entry
        ("aa", "a", "aab", "ab"),  # one of two equal ones taken out
    ],
)  # fmt: skip
def test_lists_merge_as_people_expect(base, mine, theirs, merged):
    assert "".join(merge_lists(tuple(base), tuple(mine), tuple(theirs)).value) == merged


def test_what_was_taken_out_says_by_whom():
    found = merge_lists(("a", "b", "c"), ("b", "c"), ("a", "c"))
    assert found.removed == (Entry("a", "mine"), Entry("b", "theirs"))
    assert found.entries == (Entry("c", "kept"),)


# ---- fields


def test_what_was_changed_here_alone_is_sent_and_the_rest_left_alone():
    fields = {
        "style": DraftField("mine", "old"),
        "vibe": DraftField("same", "old"),
        "personality.traits": DraftField(("a", "x"), ("a",)),
    }
    theirs = _theirs(style="old", vibe="same", personality__traits=("a", "y"))
    found = merge_fields(fields, theirs)
    assert found.to_send == {"personality.traits": ("a", "x", "y"), "style": "mine"}
    assert found.to_choose == ()
    assert [each.path for each in found.fields] == ["personality.traits", "style"]
    assert [each.path for each in found.put_together] == ["personality.traits"]


def test_choices_come_first_and_are_not_sent():
    fields = {
        "personality.traits": DraftField(("a", "x"), ("a",)),
        "style": DraftField("mine", "old"),
        "name": DraftField("Mine", "Old"),
    }
    theirs = _theirs(style="theirs", name="Theirs", personality__traits=("a",))
    found = merge_fields(fields, theirs)
    assert found.to_send == {"personality.traits": ("a", "x")}
    assert [each.path for each in found.fields] == ["name", "style", "personality.traits"]
    assert [each.path for each in found.to_choose] == ["name", "style"]
    assert all(each.merged is None for each in found.to_choose)


def test_a_list_that_could_not_be_sent_is_a_choice():
    fields = {"personality.values": DraftField(("a", "x"), ("a",))}
    found = merge_fields(fields, _theirs(personality__values=("a", " ")))
    assert [each.path for each in found.to_choose] == ["personality.values"]


@given(TEXTS, TEXTS, TEXTS)
def test_nothing_of_theirs_is_ever_overwritten_unseen(base, mine, theirs):
    found = merge_fields({"style": DraftField(mine, base)}, _theirs(style=theirs))
    if "style" in found.to_send:
        assert same(theirs, base)
        assert found.to_send["style"] == mine
    elif found.to_choose:
        assert not same(theirs, base)
        assert not same(theirs, mine)
    else:
        assert same(theirs, mine) or same(mine, base)
