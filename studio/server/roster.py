"""A large roster out of the demonstration personas: for benchmarks, and for who wants to see one.

Everybody has the looks and the pictures of one persona of the first project, and speaks with
words taken here and there. The same number gives the same people.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any, Final, TypeVar

from studio.server.seed import SeedInfluencer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studio.server.seed import SeedProject

T = TypeVar("T")

_SPAN_DAYS: Final = 400.0
_DAYS_EACH: Final = 0.5
_LOOKS: Final = (
    "gender",
    "ageRange",
    "ethnicity",
    "bodyType",
    "hairColor",
    "hairStyle",
    "style",
)
_READY_SHARE: Final = 0.86
_DRAFT_SHARE: Final = 0.09
_SPARSE_SHARE: Final = 0.1
# How many entries a list has, at least and at most.
_LISTS: Final = {"traits": (2, 4), "values": (1, 3), "interests": (2, 4), "catchphrases": (0, 3)}
_OF_EVERYBODY: Final = frozenset({"traits", "values"})
_LAST_LATIN: Final = "\u024f"
_PUNCTUATION: Final = frozenset("–—‘’“”…")


def _listed(names: str) -> tuple[str, ...]:
    return tuple(names.split())


_GIVEN: Final[dict[str, tuple[str, ...]]] = {
    "female": _listed(
        "Ada Aisha Amara Anika Beatriz Camille Chiara Dalia Daphne Elena Esme Farah Freya Grace "
        "Hana Ines Iris Isla Jana June Keiko Leila Lucia Mae Mei Mira Nadia Nia Olive Paloma "
        "Petra Rosa Ruth Saoirse Selma Talia Thea Uma Vera Yara Zadie Zoe"
    ),
    "male": _listed(
        "Aaron Adil Amir Anton Arlo Bashir Ben Caleb Cyrus Dario Diego Elias Emeka Ezra Felix "
        "Gabriel Hamza Hugo Idris Ivan Jonas Kenji Kofi Leo Liam Luca Malik Mateo Milo Nico Oscar "
        "Pablo Rafael Rohan Samir Silas Tariq Tomas Viktor Wes Yannick Zeke"
    ),
    "nonbinary": _listed(
        "Ari Ash Blue Cam Dani Eden Ellis Finch Harlow Indigo Jules Kit Lark Linden Merritt "
        "Moss Oakley Onyx Quinn Reese Remy River Robin Rowan Sage Sasha Shiloh Sky Tatum Wren"
    ),
}
_SURNAMES: Final = _listed(
    "Abara Adeyemi Aguilar Ahmed Alvarez Andersen Araujo Asante Bakker Banerjee Barros Bauer "
    "Bellamy Bianchi Boateng Brennan Calloway Carvalho Castillo Chang Chaudhry Cohen Costa "
    "Dahl Danso Delgado Desai Diallo Dubois Eriksen Farouk Fischer Flores Fontaine Fujita "
    "Gallo Garza Haddad Hansen Hassan Hoang Holt Ibarra Idowu Ito Jansen Jimenez Joshi Kamau "
    "Kapoor Karlsson Keller Khan Kowalski Laurent Levy Lim Lindqvist Lopez Mahmoud Mancini "
    "Marsh Mbeki Mehta Mendes Moreau Morgan Mwangi Nakamura Navarro Nguyen Novak Obi Okafor "
    "Olsen Ortega Osei Park Patel Pereira Petrov Quispe Rahman Ramos Reyes Rossi Sato Schmidt "
    "Shah Silva Sorensen Suzuki Takeda Tanaka Thapa Torres Vargas Vega Walsh Weber Yilmaz"
)
# Steps that meet every name before any comes again: the number of surnames is a prime, and the
# numbers of given names have no factor in common with the step.
_GIVEN_STEP: Final = 17
_SURNAME_STEP: Final = 37


def filled(projects: tuple[SeedProject, ...], total: int) -> tuple[SeedProject, ...]:
    """The projects with the first one filled up until there are ``total`` personas in all.

    The new ones are older than all others, so that what people see first stays the same.
    """
    missing = total - sum(len(project.influencers) for project in projects)
    if missing <= 0:
        return projects
    first, *others = projects
    crowd = _Crowd(projects)
    oldest = max(each.created_days_ago for project in projects for each in project.influencers)
    step = min(_DAYS_EACH, _SPAN_DAYS / missing)
    added = tuple(crowd.persona(n, oldest + step * (n + 1)) for n in range(missing))
    return (replace(first, influencers=first.influencers + added), *others)


class _Crowd:
    """Makes personas one after the other."""

    def __init__(self, projects: tuple[SeedProject, ...]) -> None:
        # A clone may speak another language than its project.
        everybody = [each for one in projects for each in one.influencers if not each.clone_of]
        first = [each for each in projects[0].influencers if not each.clone_of]
        in_work = {"pending", "training"}
        self._faces = [
            each for each in first if each.reference_count and each.status not in in_work
        ]
        self._voices = [each.fields for each in first]
        self._words = {
            key: _entries(everybody if key in _OF_EVERYBODY else first, key) for key in _LISTS
        }
        self._named = dict.fromkeys(_GIVEN, 0)

    def persona(self, number: int, created_days_ago: float) -> SeedInfluencer:
        """The persona of a number, which must grow by one with each call."""
        draw = Random(number)  # noqa: S311 - nobody is kept out by it
        face = _one_of(draw, self._faces)
        point = draw.random()
        ready = point < _READY_SHARE
        pictures = int(draw.random() * face.reference_count) + ready
        fields: dict[str, Any] = {"name": self._name(face.fields["gender"])}
        fields |= {key: face.fields[key] for key in _LOOKS if key in face.fields}
        alike = [each for each in self._voices if each["gender"] == fields["gender"]]
        manner = _one_of(draw, alike)
        for key in ("vibe", "voiceDescription"):
            if draw.random() >= _SPARSE_SHARE and key in manner:
                fields[key] = manner[key]
        fields["personality"] = self._personality(draw)
        return SeedInfluencer(
            fields=fields,
            status="ready" if ready else _unready(point),
            clone_of=None,
            created_days_ago=created_days_ago,
            reference_count=pictures,
            first_variation=int(draw.random() * face.reference_count),
            identity=face.identity,
            pictures_of=face.name,
        )

    def _name(self, gender: str) -> str:
        """Every given name with every surname, and after that with initials between them."""
        given = _GIVEN[gender]
        place = self._named[gender]
        self._named[gender] += 1
        turn, who = divmod(place, len(given))
        rounds, turn = divmod(turn, len(_SURNAMES))
        surname = _SURNAMES[(who + turn) * _SURNAME_STEP % len(_SURNAMES)]
        initial = f" {chr(ord('A') + (rounds - 1) % 26)}." if rounds else ""
        return f"{given[who * _GIVEN_STEP % len(given)]}{initial} {surname}"

    def _personality(self, draw: Random) -> dict[str, Any]:
        # Tone and humor go together, and so do the two about the manner of speaking.
        personality: dict[str, Any] = {}
        for pair in (("tone", "humor"), ("formality", "speakingStyle")):
            spoken = _one_of(draw, self._voices)["personality"]
            personality |= {key: spoken[key] for key in pair if key in spoken}
        for key, (least, most) in _LISTS.items():
            count = least + int(draw.random() * (most - least + 1))
            personality[key] = _some(draw, self._words[key], count)
        return personality


def _one_of(draw: Random, options: Sequence[T]) -> T:
    return options[int(draw.random() * len(options))]


def _some(draw: Random, words: Sequence[str], count: int) -> list[str]:
    """``count`` different words."""
    start = int(draw.random() * len(words))
    step = 1 + int(draw.random() * (len(words) // max(1, count) - 1))
    return [words[(start + step * place) % len(words)] for place in range(count)]


def _unready(point: float) -> str:
    return "draft" if point < _READY_SHARE + _DRAFT_SHARE else "failed"


def _entries(personas: Sequence[SeedInfluencer], key: str) -> list[str]:
    """Everything the personas have in a list, in one script."""
    found = {entry for each in personas for entry in each.fields["personality"].get(key, [])}
    return sorted(entry for entry in found if _is_latin(entry))


def _is_latin(text: str) -> bool:
    return all(sign <= _LAST_LATIN or sign in _PUNCTUATION for sign in text)
