"""What leaves this computer: only what was asked for, in the contract's own words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.api import bodies, mapping
from studio.core.errors import Bug, FixInput
from studio.domain.brief import Brief
from studio.domain.fields import BY_PATH, FIELDS, FieldSpec
from studio.domain.rules import check

LINES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
WORDS = LINES.filter(str.strip)

P1_PATHS = tuple(spec.path for spec in FIELDS)


@st.composite
def changes(draw: Any, paths: Any = P1_PATHS) -> Any:
    """Values the contract allows, for any of the fields."""
    made = {}
    for path in draw(st.lists(st.sampled_from(paths), min_size=1, unique=True)):
        spec = BY_PATH[path]
        if spec.is_list:
            made[path] = tuple(draw(st.lists(WORDS, max_size=4)))
        elif spec.kind == "choice":
            made[path] = draw(st.sampled_from([*spec.options, None, ""]))
        else:
            made[path] = draw(WORDS if path == "name" else LINES | st.none())
    return made


def flat(body: Any) -> Any:
    """A body as dotted wire names."""
    out: dict[str, Any] = {}
    for name, value in body.items():
        if isinstance(value, dict):
            out |= {f"{name}.{inner}": entry for inner, entry in value.items()}
        else:
            out[name] = value
    return out


@given(changes())
def test_a_patch_holds_exactly_the_changed_fields(values: Any) -> None:
    sent = flat(bodies.patch_body(values))
    assert set(sent) == {BY_PATH[path].wire for path in values}
    for path, value in values.items():
        wire = sent[BY_PATH[path].wire]
        if isinstance(value, tuple):
            assert wire == list(value)
        else:
            assert (wire or None) == (value or None)


@given(changes())
def test_what_is_patched_is_what_is_read_back(values: Any) -> None:
    record = {"influencerId": "inf_1", **bodies.patch_body(values)}
    read = mapping.influencer(record)
    for path, value in values.items():
        assert (read.value(path) or None) == (value or None)


@given(changes(tuple(path for path in P1_PATHS if path != "name")))
def test_overrides_hold_no_null_and_say_humor(values: Any) -> None:
    body = bodies.clone_body("B", "inf_2", values)
    assert set(body) <= {"name", "newInfluencerId", "overrides"}
    sent = flat(body["overrides"])
    assert None not in sent.values()
    assert "personality.humorStyle" not in sent
    assert set(sent) == {BY_PATH[path].wire for path in values}


@given(changes(), WORDS)
def test_a_create_leaves_out_what_has_no_value(values: Any, name: Any) -> None:
    body = bodies.create_body("inf_1", {**values, "name": name})
    sent = flat(body)
    assert sent.pop("influencerId") == "inf_1"
    assert sent.pop("name") == name
    assert all(sent.values())


def test_clearing() -> None:
    body = bodies.patch_body(
        {"gender": "", "age_range": None, "personality.tone": None, "personality.traits": ()}
    )
    assert body == {"gender": None, "ageRange": None, "personality": {"tone": "", "traits": []}}
    clone = bodies.clone_body("B", "", {"gender": None, "style": None, "personality.tone": ""})
    assert clone["overrides"] == {"gender": "unspecified", "style": "", "personality": {"tone": ""}}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", ""),
        ("name", None),
        ("name", "x" * 129),
        ("age_range", "x" * 17),
        ("gender", "non_binary"),
        ("hair_color", "x" * 65),
        ("personality.traits", ("ok", "  ")),
        ("nonsense", "x"),
    ],
)
def test_what_the_contract_refuses_is_never_sent(path: str, value: Any) -> None:
    with pytest.raises(FixInput) as caught:
        bodies.patch_body({path: value})
    assert caught.value.field == path
    assert caught.value.sentence


@pytest.mark.parametrize(
    "spec", [spec for spec in FIELDS if spec.limit], ids=lambda spec: spec.path
)
def test_limits_are_the_contracts(spec: FieldSpec) -> None:
    limit = spec.limit or 0
    assert bodies.patch_body({spec.path: "x" * limit})
    with pytest.raises(FixInput):
        bodies.patch_body({spec.path: "x" * (limit + 1)})
    assert check(spec.path, "x" * limit) is None


def test_an_empty_patch_is_our_mistake() -> None:
    with pytest.raises(Bug):
        bodies.patch_body({})


@pytest.mark.parametrize("count", [0, 21])
def test_binding_takes_one_to_twenty(count: int) -> None:
    with pytest.raises(FixInput):
        bodies.bind_body(["a"] * count)
    assert bodies.bind_body(["a"] * 20) == {"assetIds": ["a"] * 20}


def test_references_of_a_create_are_an_object() -> None:
    body = bodies.create_body("", {"name": "A"}, ["med_1"])
    assert body == {"name": "A", "referenceImages": {"assetIds": ["med_1"]}}


def test_a_reason_is_optional_and_limited() -> None:
    assert bodies.delete_body("") is None
    assert bodies.delete_body("done") == {"reason": "done"}
    with pytest.raises(FixInput):
        bodies.delete_body("x" * 1025)


def test_a_project_takes_only_what_can_be_written() -> None:
    assert bodies.project_body({"primary_language": "de"}) == {"primaryLanguage": "de"}
    with pytest.raises(Bug):
        bodies.project_body({"brand_context": {}})
    for name in ("", "  ", "x" * 129):
        with pytest.raises(FixInput):
            bodies.project_body({"name": name})


def test_a_brief_sends_the_seeds_keys_that_have_a_value() -> None:
    brief = Brief(hook="Hi", target_platforms=("tiktok",), influencer_id="inf_1")
    assert bodies.content_body(brief, "cnt_1") == {
        "id": "cnt_1",
        "format": "auto",
        "variantCount": 1,
        "brief": {"hook": "Hi", "targetPlatforms": ["tiktok"], "influencerId": "inf_1"},
    }
    for bad in (Brief(format="x"), Brief(variant_count=0), Brief(variant_count=6)):
        with pytest.raises(FixInput):
            bodies.content_body(bad)
