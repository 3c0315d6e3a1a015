"""The demonstration roster: within the contract, complete, and with a face of its own for each."""

from __future__ import annotations

import io
import itertools
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from studio.server.portraits import Identity, ToonHeadRenderer
from studio.server.portraits.wording import hair_color_from, hair_style_from, origin_from
from studio.server.seed import SeedInfluencer, personas

EVERYBODY = [persona for project in personas() for persona in project.influencers]
LIMITS = {
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
TEXTS = ("tone", "humor", "formality", "speakingStyle")
LISTS = ("traits", "values", "interests", "catchphrases")
FACED = [persona for persona in EVERYBODY if persona.identity is not None]


def face(persona: SeedInfluencer) -> tuple[object, ...]:
    assert persona.identity is not None
    who = Identity.from_json(persona.identity)
    return who.hair, who.rear_hair, who.beard, who.skin_color, who.hair_color


def named(persona: SeedInfluencer) -> str:
    return persona.name


def test_three_projects_of_twelve_seven_and_three() -> None:
    shape = [(project.name, len(project.influencers)) for project in personas()]
    assert shape == [("Acme Coffee iOS", 12), ("Beta Fitness", 7), ("Calendly Clone", 3)]
    assert len({project.customer_external_id for project in personas()}) == 3
    for project in personas():
        assert ZoneInfo(project.timezone).key == project.timezone
        assert project.primary_language
    assert any(project.brand_context is None for project in personas())
    assert any(project.brand_context is not None for project in personas())


def test_newest_first_is_the_order_people_see_on_the_cards() -> None:
    assert [persona.name for persona in personas()[0].influencers] == [
        "Nova",
        "Nova (B variant)",
        "Ava Chen",
        "Maria EN",
        "Maria ES",
        "Theo Lind",
        "Kai",
        "Imani",
        "Sora",
        "Marcus",
        "Lena",
        "Noor",
    ]
    for project in personas():
        ages = [persona.created_days_ago for persona in project.influencers]
        assert ages == sorted(set(ages))
        assert ages[0] >= 0


def test_names_differ_and_every_status_occurs_with_most_of_them_ready() -> None:
    names = [persona.name for persona in EVERYBODY]
    assert len(set(names)) == len(names) == 22
    statuses = [persona.status for persona in EVERYBODY]
    assert set(statuses) == {"draft", "pending", "training", "ready", "failed"}
    assert statuses.count("ready") > len(statuses) / 2
    by_name = {persona.name: persona.status for persona in EVERYBODY}
    assert by_name["Nova (B variant)"] == "training"
    assert by_name["Imani"] == "failed"


@pytest.mark.parametrize("persona", EVERYBODY, ids=named)
def test_every_field_keeps_the_limits_of_the_contract(persona: SeedInfluencer) -> None:
    fields: dict[str, Any] = persona.fields
    assert set(fields) <= {*LIMITS, "gender", "personality"}
    assert fields["gender"] in {"male", "female", "nonbinary", "unspecified"}
    for key, limit in LIMITS.items():
        if key in fields:
            assert 1 <= len(fields[key]) <= limit
    personality = fields["personality"]
    assert set(personality) <= {*TEXTS, *LISTS}
    assert all(isinstance(personality.get(key, ""), str) for key in TEXTS)
    for key in LISTS:
        entries = personality.get(key, [])
        assert all(isinstance(entry, str) and entry.strip() == entry != "" for entry in entries)
        assert len(set(entries)) == len(entries)
    assert 0 <= persona.reference_count <= 20
    assert persona.first_variation >= 0


@pytest.mark.parametrize("persona", EVERYBODY, ids=named)
def test_what_a_card_and_a_counter_have_to_hold_fits(persona: SeedInfluencer) -> None:
    personality = persona.fields["personality"]
    line = f"{personality.get('tone', '')} · {personality.get('humor', '')}"
    assert len(line) <= 32
    assert all(len(phrase) <= 80 for phrase in personality.get("catchphrases", []))


def test_nova_says_what_nova_says() -> None:
    nova = personas()[0].influencers[0]
    personality = nova.fields["personality"]
    assert (nova.fields["gender"], nova.fields["ageRange"]) == ("nonbinary", "25-34")
    assert personality["catchphrases"] == ["Ship it.", "If it's not on the list, it's not real."]
    assert (personality["tone"], personality["humor"]) == ("conversational", "deadpan")
    assert (personality["formality"], personality["speakingStyle"]) == ("casual", "direct")
    assert personality["traits"] == ["earnest", "thorough"]
    assert personality["values"] == ["transparency", "craft"]
    assert personality["interests"] == ["productivity", "tools-I-use"]


def test_nobody_repeats_the_catchphrase_of_another() -> None:
    said = [
        phrase.casefold()
        for persona in EVERYBODY
        for phrase in persona.fields["personality"].get("catchphrases", [])
    ]
    assert len(said) > 50
    assert len(set(said)) == len(said)


def test_most_are_filled_a_few_are_sparse_and_other_scripts_occur() -> None:
    full = [persona for persona in EVERYBODY if {*LIMITS, "gender"} <= set(persona.fields)]
    assert 14 <= len(full) < len(EVERYBODY)
    everything = "".join(f"{persona.name}{persona.fields['personality']}" for persona in EVERYBODY)
    assert any("\u0600" <= sign <= "\u06ff" for persona in EVERYBODY for sign in persona.name)
    assert "¡" in everything
    assert any(ord(sign) > 0x1F300 for sign in everything)


def test_a_clone_belongs_to_the_project_and_wears_the_face_of_its_source() -> None:
    clones = 0
    for project in personas():
        by_name = {persona.name: persona for persona in project.influencers}
        for persona in project.influencers:
            if persona.clone_of is not None:
                clones += 1
                assert persona.identity == by_name[persona.clone_of].identity is not None
    assert clones == 2


def test_no_two_people_who_can_be_chosen_look_alike() -> None:
    ready = [persona for persona in EVERYBODY if persona.status == "ready"]
    assert len({face(persona) for persona in ready}) == len(ready)
    renderer = ToonHeadRenderer()
    thumbnails = [
        Image.open(
            io.BytesIO(
                renderer.render(
                    Identity.from_json(persona.identity or {}), persona.first_variation, 48
                )
            )
        ).convert("RGB")
        for persona in ready
    ]
    for first, second in itertools.combinations(thumbnails, 2):
        assert first.tobytes() != second.tobytes()


@pytest.mark.parametrize("persona", FACED, ids=named)
def test_the_face_agrees_with_the_words_beside_it(persona: SeedInfluencer) -> None:
    who = Identity.from_json(persona.identity or {})
    assert hair_color_from(persona.fields["hairColor"]) == who.hair_color
    wish = hair_style_from(persona.fields["hairStyle"])
    for allowed, worn in (
        (wish.hair, who.hair),
        (wish.rear_hair, who.rear_hair),
        (wish.beard, who.beard),
    ):
        assert not allowed or worn in allowed
    skin = origin_from(persona.fields["ethnicity"]).skin
    assert not skin or who.skin_color in skin
