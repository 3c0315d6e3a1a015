"""Base, mine, theirs: what is sent, and what is held for a person."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studio.domain.diff import same
from studio.domain.draft import DraftField
from studio.domain.influencer import Influencer
from studio.sync.compare import changed_there, compare

VALUES = st.one_of(st.none(), st.sampled_from(["", "a", "b", "c"]))
LISTS = st.lists(st.sampled_from(["a", "b"]), max_size=3).map(tuple)


def _theirs(style, traits=()):
    record = Influencer("inf_1", "p", "Ada").with_value("style", style)
    return record.with_value("personality.traits", traits)


@given(VALUES, VALUES, VALUES)
def test_nothing_of_theirs_is_ever_overwritten_unseen(base, mine, theirs):
    found = compare({"style": DraftField(mine, base)}, _theirs(theirs))
    if "style" in found.to_send:
        assert same(theirs, base)
        assert not same(theirs, mine)
        assert found.to_send["style"] == mine
    elif "style" in found.overlaps:
        assert not same(theirs, base)
        assert not same(theirs, mine)
    else:
        assert same(theirs, mine)


@given(LISTS, LISTS, LISTS)
def test_lists_are_compared_as_they_stand(base, mine, theirs):
    found = compare({"personality.traits": DraftField(mine, base)}, _theirs(None, theirs))
    assert ("personality.traits" in found.overlaps) == (theirs not in (base, mine))


def test_a_held_publish_names_the_field_and_what_is_there_now():
    error = changed_there(("style",), _theirs("streetwear"))
    assert error.code == "CHANGED_ON_SERVER"
    assert error.field == "style"
    assert "Style" in error.sentence
    assert "streetwear" in error.sentence


def test_a_long_value_is_cut_in_the_sentence():
    error = changed_there(("style", "vibe"), _theirs("x" * 500))
    assert len(error.sentence) < 200
    assert "Vibe" in error.sentence
