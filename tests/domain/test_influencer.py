"""Rules, differences and the projection: what a person sees follows from them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.diff import differences, same, shown
from studio.domain.draft import Draft, DraftField
from studio.domain.fields import BY_PATH, FIELDS
from studio.domain.influencer import Influencer, Personality
from studio.domain.job import Job, stage_words, steady
from studio.domain.mutation import Clone, Create, Delete, Patch, Waiting
from studio.domain.projection import project
from studio.domain.rules import check, check_all
from studio.domain.variants import variant_name

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NOVA = Influencer(
    "inf_1",
    "p",
    "Nova",
    status="ready",
    gender="nonbinary",
    personality=Personality(traits=("earnest",), humor="deadpan", catchphrases=("Ship it.",)),
)


def waiting(mutation: Patch | Create | Clone | Delete) -> Waiting:
    return Waiting(mutation, "waiting", NOW)


def test_a_name_of_129_characters_is_refused_in_words() -> None:
    problem = check("name", "n" * 129)
    assert problem is not None
    assert "129" in problem.sentence
    assert "128" in problem.sentence
    assert check("name", "n" * 128) is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("age_range", "x" * 17),
        ("gender", "robot"),
        ("hair_color", "x" * 65),
        ("voice_description", "x" * 1025),
        ("name", "  "),
        ("name", None),
        ("personality.traits", ("ok", " ")),
    ],
)
def test_what_the_contract_refuses_is_refused_here_first(
    path: str, value: str | tuple[str, ...] | None
) -> None:
    assert check(path, value) is not None


def test_clearing_and_known_values_are_fine() -> None:
    assert check_all({"gender": None, "age_range": "25-34", "personality.tone": "x" * 5000}) == {}


def test_every_limit_is_the_contracts() -> None:
    limits = {spec.wire: spec.limit for spec in FIELDS if spec.limit}
    assert limits == {
        "name": 128,
        "ageRange": 16,
        "ethnicity": 128,
        "bodyType": 128,
        "hairColor": 64,
        "hairStyle": 128,
        "style": 256,
        "vibe": 256,
        "voiceDescription": 1024,
    }


text_values = st.one_of(st.none(), st.text(max_size=20))
list_values = st.lists(st.text(min_size=1, max_size=8), max_size=5).map(tuple)
edits = st.dictionaries(
    st.sampled_from([spec.path for spec in FIELDS]), st.none(), min_size=0, max_size=6
).flatmap(
    lambda chosen: st.fixed_dictionaries(
        {path: list_values if BY_PATH[path].is_list else text_values for path in chosen}
    )
)


@given(edits)
def test_differences_are_exactly_what_was_edited(values: dict[str, object]) -> None:
    after = NOVA
    for path, value in values.items():
        after = after.with_value(path, value)  # type: ignore[arg-type]
    changed = {change.path for change in differences(NOVA, after)}
    assert changed == {
        path
        for path, value in values.items()
        if not same(NOVA.value(path), value)  # type: ignore[arg-type]
    }
    for change in differences(NOVA, after):
        nova_with = NOVA.with_value(change.path, change.new)
        assert nova_with.value(change.path) == after.value(change.path)


@given(edits)
def test_a_draft_shows_its_values_and_marks_only_what_differs(values: dict[str, object]) -> None:
    fields = {path: DraftField(value, NOVA.value(path)) for path, value in values.items()}  # type: ignore[arg-type]
    found = project(NOVA, (), Draft("inf_1", "p", fields))
    assert found is not None
    for path, value in values.items():
        assert found.influencer.value(path) == value
        assert (found.mark(path) is None) == same(NOVA.value(path), value)  # type: ignore[arg-type]


def test_a_waiting_publish_is_shown_but_is_no_unsent_edit() -> None:
    patch = Patch("m1", "p", "inf_1", {"personality.humor": DraftField("dry-witty", "deadpan")})
    found = project(NOVA, (waiting(patch),), None)
    assert found is not None
    assert found.influencer.personality.humor == "dry-witty"
    assert found.changes == ()
    draft = Draft("inf_1", "p", {"personality.humor": DraftField("dry", "dry-witty")})
    again = project(NOVA, (waiting(patch),), draft)
    assert again is not None
    assert [(change.old, change.new) for change in again.changes] == [("dry-witty", "dry")]


def test_a_clone_that_was_not_sent_yet_is_its_source_renamed_with_overrides() -> None:
    clone = Clone("m1", "p", "inf_2", "inf_1", "Nova (B)", {"personality.humor": "dry"})
    found = project(None, (waiting(clone),), None, NOVA)
    assert found is not None
    assert found.is_local_only
    assert found.influencer.name == "Nova (B)"
    assert found.influencer.status == "pending"
    assert found.influencer.personality.humor == "dry"
    assert found.influencer.personality.traits == ("earnest",)
    assert found.influencer.reference_images == ()


def test_a_create_and_a_delete_that_wait() -> None:
    create = Create("m1", "p", "inf_9", {"name": "Juno"})
    found = project(None, (waiting(create),), None)
    assert found is not None
    assert found.influencer.name == "Juno"
    assert project(None, (), None) is None
    gone = project(NOVA, (waiting(Delete("m2", "p", "inf_1")),), None)
    assert gone is not None
    assert gone.deleting


def test_variant_names_are_unique_and_fit() -> None:
    assert variant_name("Nova", {"Nova"}) == "Nova (B)"
    assert variant_name("Nova", {"nova (b)"}) == "Nova (C)"
    assert variant_name("Nova (B)", {"Nova", "Nova (B)"}) == "Nova (C)"
    assert variant_name("Nova", {f"Nova ({chr(c)})" for c in range(66, 91)}) == "Nova (27)"
    long = variant_name("n" * 128, set())
    assert len(long) == 128
    assert long.endswith(" (B)")


@given(st.text(min_size=1, max_size=128), st.integers(0, 40))
def test_fifty_clones_of_anything_get_fifty_names(name: str, count: int) -> None:
    taken = {name}
    for _ in range(count):
        made = variant_name(name, taken)
        assert made not in taken
        assert len(made) <= 128
        taken.add(made)


def test_a_bar_never_moves_backwards_within_a_stage() -> None:
    at_60 = Job("j", "influencer_clone", "p", "i", stage="rendering_references", progress=0.6)
    at_40 = Job("j", "influencer_clone", "p", "i", stage="rendering_references", progress=0.4)
    assert steady(at_60, at_40).progress == 0.6
    next_stage = Job("j", "influencer_clone", "p", "i", stage="finalizing", progress=0.1)
    assert steady(at_60, next_stage).progress == 0.1


def test_unknown_words_are_shown_as_they_are() -> None:
    assert stage_words("rendering_references") == "Rendering references"
    assert Job("j", "new_kind", "p", "i", status="pondering").is_running
    assert Influencer("i", "p", "N", status="marinating").is_working
    assert shown(()) == "none"
