"""The large roster: believable, within the contract, and the same every time."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from studio.server.portraits import Identity
from studio.server.roster import filled
from studio.server.schemas import read_body
from studio.server.seed import SeedInfluencer, personas

TOTAL = 12_000


@pytest.fixture(scope="module")
def crowd() -> tuple[SeedInfluencer, ...]:
    """Those who were added."""
    own = len(personas()[0].influencers)
    return filled(personas(), TOTAL)[0].influencers[own:]


def test_there_are_as_many_as_asked_for_and_the_same_ones_every_time(
    crowd: tuple[SeedInfluencer, ...],
) -> None:
    projects = filled(personas(), TOTAL)
    assert sum(len(project.influencers) for project in projects) == TOTAL
    assert projects[0].influencers[-len(crowd) :] == crowd
    assert projects[1:] == personas()[1:]
    assert filled(personas(), 22) == filled(personas(), 0) == personas()


def test_everybody_has_a_name_of_their_own_and_is_older_than_the_well_known(
    crowd: tuple[SeedInfluencer, ...],
) -> None:
    known = [each for project in personas() for each in project.influencers]
    names = [each.name for each in (*known, *crowd)]
    assert len(set(names)) == len(names)
    ages = [each.created_days_ago for each in crowd]
    assert ages == sorted(set(ages))
    assert ages[0] > max(each.created_days_ago for each in known)


def test_what_they_are_made_of_could_be_sent_to_the_server(
    crowd: tuple[SeedInfluencer, ...],
) -> None:
    for each in crowd[:600]:
        read_body("NewInfluencer", each.fields)
        for entries in each.fields["personality"].values():
            if isinstance(entries, list):
                assert len(set(entries)) == len(entries)


def test_they_look_like_the_persona_whose_pictures_they_share(
    crowd: tuple[SeedInfluencer, ...],
) -> None:
    own = {each.name: each for each in personas()[0].influencers}
    faces = Counter(each.pictures_of for each in crowd)
    assert len(faces) == 9
    for each in crowd[:600]:
        source = own[each.pictures_of or ""]
        assert each.identity == source.identity
        Identity.from_json(each.identity or {})
        assert each.reference_count <= source.reference_count
        for key in ("gender", "ageRange", "hairColor", "hairStyle", "ethnicity"):
            assert each.fields[key] == source.fields[key]


def test_they_differ_and_most_are_ready(crowd: tuple[SeedInfluencer, ...]) -> None:
    def said(each: SeedInfluencer) -> str:
        fields: dict[str, Any] = {key: each.fields[key] for key in each.fields if key != "name"}
        return str(fields)

    assert len({said(each) for each in crowd}) == len(crowd)
    statuses = Counter(each.status for each in crowd)
    assert set(statuses) == {"ready", "draft", "failed"}
    assert statuses["ready"] > 0.8 * len(crowd)
    assert all(each.reference_count for each in crowd if each.status == "ready")
    assert any(not each.reference_count for each in crowd)
    assert any("vibe" not in each.fields for each in crowd)
