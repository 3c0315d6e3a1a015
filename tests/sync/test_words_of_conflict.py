"""What people read when a publish met somebody else's edit."""

from __future__ import annotations

from studio.domain.draft import DraftField
from studio.domain.influencer import Influencer
from studio.domain.merge import merge_fields
from studio.sync import wording


def _theirs(**values):
    record = Influencer("inf_1", "p", "Ada")
    for path, value in values.items():
        record = record.with_value(path, value)
    return record


def _held(theirs, *paths):
    fields = {path: DraftField("mine", "old") for path in paths}
    return wording.changed_there(merge_fields(fields, theirs).to_choose, theirs)


def test_a_held_publish_names_the_field_and_what_is_there_now():
    error = _held(_theirs(style="streetwear"), "style")
    assert error.code == "CHANGED_ON_SERVER"
    assert error.field == "style"
    assert error.sentence == (
        "Style of Ada changed on the server meanwhile and is “streetwear” there now."
    )
    assert error.next_step == "Choose what stays; both are kept until then."


def test_long_values_are_cut_in_the_sentence():
    error = _held(_theirs(style="x" * 500, vibe="y", name="z" * 500), "style", "vibe")
    assert len(error.sentence) < 200
    assert error.sentence.startswith("Style and Vibe of ")


def test_what_was_put_together_is_no_problem():
    told = wording.merged(_theirs(), ["Traits", "Values", "Catchphrases"])
    assert not told.is_problem
    assert told.influencer_id == "inf_1"
    assert told.sentence.startswith("Traits, Values and Catchphrases of Ada ")


def test_a_server_that_keeps_other_words_than_sent_is_told_on():
    told = wording.kept_otherwise(_theirs(style="tidy"), ["style"])
    assert told.is_problem
    assert "Style of Ada is “tidy” on the server" in told.sentence
    told = wording.kept_otherwise(_theirs(), ["style", "vibe"])
    assert told.sentence == "Style and Vibe of Ada differ on the server from what was sent."
