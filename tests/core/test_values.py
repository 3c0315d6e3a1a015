"""Frozen values: the same to work with as the library's data classes."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace
from typing import ClassVar

import pytest

from studio.core.values import dataclass as value


@value(frozen=True, slots=True)
class Place:
    """Two plain fields, one with a default, one made anew each time."""

    kinds: ClassVar[int] = 3
    name: str
    floor: int = 0
    tags: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        return f"{self.name}, {self.floor}"


@value(frozen=True, slots=True)
class Room(Place):
    """Fields below those of its parent."""

    number: int = 1


class Annex(Place):
    """No fields of its own."""


@value(frozen=True, slots=True)
class Nothing:
    """No fields at all."""


def test_arguments_by_place_by_name_and_by_default():
    assert Place("a", 2).words == "a, 2"
    assert Place(floor=4, name="b").words == "b, 4"
    assert Place("a").tags == []
    assert Place("a").tags is not Place("a").tags
    assert Room("a", number=7).number == 7
    assert Annex("a", 1).words == "a, 1"
    for wrong in ({}, {"name": "a", "roof": 1}):
        with pytest.raises(TypeError, match=r"name|roof"):
            Place(**wrong)


def test_equal_by_value_within_one_class_only():
    assert Place("a", 1, []) == Place("a", 1, [])
    assert Place("a", 1) != Place("a", 2)
    assert Place("a") != Room("a")
    assert Nothing() == Nothing()
    one, other = Nothing(), Nothing()
    assert len({one, other}) == 1


def test_nothing_can_be_changed_or_added():
    place = Place("a")
    with pytest.raises(FrozenInstanceError):
        place.name = "b"
    with pytest.raises(FrozenInstanceError):
        place.roof = "b"
    with pytest.raises(FrozenInstanceError):
        del place.name
    assert not hasattr(place, "__dict__")


def test_what_the_library_offers_for_its_own_works():
    place = Room("a", 2, ["x"], 5)
    assert [entry.name for entry in fields(Room)] == ["name", "floor", "tags", "number"]
    assert replace(place, floor=3) == Room("a", 3, ["x"], 5)
    assert asdict(place) == {"name": "a", "floor": 2, "tags": ["x"], "number": 5}
    assert copy.deepcopy(place) == place
    assert pickle.loads(pickle.dumps(place)) == place
    match place:
        case Room(name, floor):
            assert (name, floor) == ("a", 2)
        case _:
            pytest.fail("not matched")


def test_it_tells_its_fields_as_the_library_does():
    @dataclass(frozen=True, slots=True)
    class Theirs:
        name: str
        size: float

    @value(frozen=True, slots=True)
    class Ours:
        name: str
        size: float

    assert repr(Ours("a", 1.5)) == repr(Theirs("a", 1.5)).replace("Theirs", "Ours")
    assert hash(Ours("a", 1.5)) == hash(Theirs("a", 1.5))


def test_methods_of_its_own_are_kept():
    @value(frozen=True, slots=True)
    class Secret:
        text: str

        def __repr__(self) -> str:
            return "***"

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 7

    assert repr(Secret("a")) == "***"
    assert Secret("a") == Secret("b")
    assert hash(Secret("a")) == 7
