"""A large roster out of the demonstration personas: for benchmarks, and for who wants to see one.

Everybody has the looks and the pictures of one persona of the first project, and speaks with
words taken here and there. The same number gives the same people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from studio.server.portraits.identity import SeededDraw
from studio.server.seed import SeedInfluencer

if TYPE_CHECKING:
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
_LAST_LATIN: Final = "\u024f"
# Shares of a hundred; whoever is in work would need a job.
_STATUSES: Final = (("ready", 86), ("draft", 9), ("failed", 5))

_GIVEN: Final[dict[str, tuple[str, ...]]] = {
    "female": tuple(
        "Ada Aisha Amara Anika Beatriz Camille Chiara Dalia Daphne Elena Esme Farah Freya Grace "
        "Hana Ines Iris Isla Jana June Keiko Leila Lucia Mae Mei Mira Nadia Nia Olive Paloma "
        "Petra Rosa Ruth Saoirse Selma Talia Thea Uma Vera Yara Zadie Zoe".split()
    ),
    "male": tuple(
        "Aaron Adil Amir Anton Arlo Bashir Ben Caleb Cyrus Dario Diego Elias Emeka Ezra Felix "
        "Gabriel Hamza Hugo Idris Ivan Jonas Kenji Kofi Leo Liam Luca Malik Mateo Milo Nico Oscar "
        "Pablo Rafael Rohan Samir Silas Tariq Tomas Viktor Wes Yannick Zeke".split()
    ),
    "nonbinary": tuple(
        "Ari Ash Blue Cam Dani Eden Ellis Finch Harlow Indigo Jules Kit Lark Linden Merritt "
        "Moss Oakley Onyx Quinn Reese Remy River Robin Rowan Sage Sasha Shiloh Sky Tatum Wren".split()
    ),
}
_SURNAMES: Final = tuple(
    "Abara Adeyemi Aguilar Ahmed Alvarez Andersen Araujo Asante Bakker Banerjee Barros Bauer "
    "Bellamy Bianchi Boateng Brennan Calloway Carvalho Castillo Chang Chaudhry Cohen Costa "
    "Dahl Danso Delgado Desai Diallo Dubois Eriksen Farouk Fischer Flores Fontaine Fujita "
    "Gallo Garza Haddad Hansen Hassan Hoang Holt Ibarra Idowu Ito Jansen Jimenez Joshi Kamau "
    "Kapoor Karlsson Keller Khan Kowalski Laurent Levy Lim Lindqvist Lopez Mahmoud Mancini "
    "Marsh Mbeki Mehta Mendes Moreau Morgan Mwangi Nakamura Navarro Nguyen Novak Obi Okafor "
    "Olsen Ortega Osei Park Patel Pereira Petrov Quispe Rahman Ramos Reyes Rossi Sato Schmidt "
    "Shah Silva Sorensen Suzuki Takeda Tanaka Thapa Torres Vargas Vega Walsh Weber Yilmaz".split()
)


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
        known = {each.name for project in projects for each in project.influencers}
        self._faces = [
            each
            for each in projects[0].influencers
            if each.reference_count and each.identity and each.status in dict(_STATUSES)
        ]
        self._voices = [
            each.fields
            for project in projects
            for each in project.influencers
            if each.clone_of is None and _is_latin(each.fields) and not _names_one(each, known)
        ]
        self._words = {
            key: sorted(
                {word for each in self._voices for word in each["personality"].get(key, [])}
            )
            for key in ("traits", "values", "interests", "catchphrases")
        }
        self._named = dict.fromkeys(_GIVEN, 0)

    def persona(self, number: int, created_days_ago: float) -> SeedInfluencer:
        """The persona of a number, which must grow by one with each call."""
        draw = SeededDraw(f"roster {number}")
        face = draw.one_of("face", tuple(self._faces))
        status = draw.weighted("status", dict(_STATUSES)) or "ready"
        pictures = 1 + int(draw.fraction("pictures") * face.reference_count)
        fields = {key: face.fields[key] for key in _LOOKS if key in face.fields}
        fields["name"] = self._name(fields["gender"])
        alike = [each for each in self._voices if each["gender"] == fields["gender"]]
        manner = draw.one_of("manner", tuple(alike or self._voices))
        for key in ("vibe", "voiceDescription"):
            if key in manner and not draw.chance(f"without {key}", 0.1):
                fields[key] = manner[key]
        fields["personality"] = self._personality(draw)
        return SeedInfluencer(
            fields=fields,
            status=status,
            clone_of=None,
            created_days_ago=created_days_ago,
            reference_count=pictures if status == "ready" else pictures - 1,
            first_variation=int(draw.fraction("first picture") * face.reference_count),
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
        # A prime number of surnames: no two turns of one given name meet the same.
        surname = _SURNAMES[(who + turn * (len(given) + 1)) % len(_SURNAMES)]
        initial = f" {chr(ord('A') + (rounds - 1) % 26)}." if rounds else ""
        return f"{given[who]}{initial} {surname}"

    def _personality(self, draw: SeededDraw) -> dict[str, Any]:
        # Tone and humor go together, and with them a manner of speaking.
        spoken = draw.one_of("tone", tuple(self._voices))["personality"]
        worded = draw.one_of("speaking", tuple(self._voices))["personality"]
        personality: dict[str, Any] = {}
        for source, keys in ((spoken, ("tone", "humor")), (worded, ("formality", "speakingStyle"))):
            personality |= {key: source[key] for key in keys if key in source}
        for key, least, most in (
            ("traits", 2, 4),
            ("values", 1, 3),
            ("interests", 2, 4),
            ("catchphrases", 0, 3),
        ):
            count = least + int(draw.fraction(f"{key} count") * (most - least + 1))
            personality[key] = _some(draw, key, self._words[key], count)
        return personality


def _some(draw: SeededDraw, label: str, words: Sequence[T], count: int) -> list[T]:
    """``count`` different words."""
    start = int(draw.fraction(label) * len(words))
    step = 1 + int(draw.fraction(f"{label} step") * (len(words) // max(1, count) - 1))
    return [words[(start + step * n) % len(words)] for n in range(count)]


def _is_latin(fields: dict[str, Any]) -> bool:
    return all(sign <= _LAST_LATIN or sign in "–—‘’“”…" for sign in str(fields))


def _names_one(persona: SeedInfluencer, known: set[str]) -> bool:
    """Whether the words about a persona name somebody, which would be somebody else."""
    text = " ".join(str(persona.fields.get(key, "")) for key in ("vibe", "voiceDescription"))
    return any(name.split()[0] in text for name in known)
