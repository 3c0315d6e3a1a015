"""Every field a person can edit, in the order the editor shows them, with the contract's limits.

Contract 2.4.1, 2.4.3, 2.4.5, and 4.1 for the later generation. A path is the Python name; ``wire``
the name on the wire.
"""

from __future__ import annotations

from typing import Literal

from studio.core.values import dataclass

FieldKind = Literal["line", "choice", "text", "chips", "phrases"]
Generation = Literal["P1", "L", "unknown"]
"""What a server speaks: the persona contract, the later one, or not known yet."""

_BOTH: tuple[Generation, ...] = ("P1", "L")


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One editable field.

    Attributes:
        path: ``name``, ``gender``, ``personality.tone``, ...
        wire: dotted name on the wire.
        label: what the editor calls it.
        kind: which control edits it. ``chips`` and ``phrases`` hold lists, the others text.
        limit: most characters the contract allows, None where it names no limit.
        options: offered values; other values stay possible for kinds other than ``choice``.
        tab: ``persona`` or ``look``.
        nullable: whether an empty text clears the field on the server.
        generations: which generations of the contract have the field at all; what a given server
            takes is the question of :mod:`studio.domain.dialect`.
    """

    path: str
    wire: str
    label: str
    kind: FieldKind
    limit: int | None = None
    options: tuple[str, ...] = ()
    tab: Literal["persona", "look"] = "persona"
    nullable: bool = True
    generations: tuple[Generation, ...] = ("P1",)

    @property
    def is_list(self) -> bool:
        """Whether the value is a tuple of texts."""
        return self.kind in ("chips", "phrases")


FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec("name", "name", "Name", "line", 128, nullable=False, generations=_BOTH),
    FieldSpec(
        "gender",
        "gender",
        "Gender",
        "choice",
        options=("female", "male", "nonbinary", "unspecified"),
        generations=_BOTH,
    ),
    FieldSpec("age_range", "ageRange", "Age range", "line", 16, generations=_BOTH),
    FieldSpec("personality.traits", "personality.traits", "Traits", "chips"),
    FieldSpec("personality.tone", "personality.tone", "Tone", "line"),
    FieldSpec("personality.humor", "personality.humor", "Humor", "line"),
    FieldSpec(
        "personality.formality",
        "personality.formality",
        "Formality",
        "line",
        options=("casual", "relaxed", "neutral", "polished", "formal"),
    ),
    FieldSpec("personality.speaking_style", "personality.speakingStyle", "Speaking style", "line"),
    FieldSpec("personality.values", "personality.values", "Values", "chips"),
    FieldSpec("personality.interests", "personality.interests", "Interests", "chips"),
    FieldSpec("personality.catchphrases", "personality.catchphrases", "Catchphrases", "phrases"),
    FieldSpec("ethnicity", "ethnicity", "Ethnicity", "line", 128, tab="look"),
    FieldSpec("body_type", "bodyType", "Body type", "line", 128, tab="look"),
    FieldSpec("hair_color", "hairColor", "Hair color", "line", 64, tab="look"),
    FieldSpec("hair_style", "hairStyle", "Hair style", "line", 128, tab="look"),
    FieldSpec("style", "style", "Style", "line", 256, tab="look"),
    FieldSpec("vibe", "vibe", "Vibe", "line", 256, tab="look"),
    FieldSpec(
        "voice_description", "voiceDescription", "Voice description", "text", 1024, tab="look"
    ),
)
"""The fields of the persona contract."""


LATER_FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec(
        "brand_voice",
        "brandVoice",
        "Brand voice",
        "choice",
        options=("authentic", "witty", "professional", "warm", "casual", "educational"),
        nullable=False,
        generations=("L",),
    ),
    FieldSpec("language", "language", "Language", "line", 35, nullable=False, generations=("L",)),
)
"""What only the later generation has (4.1)."""

EVERY_FIELD: tuple[FieldSpec, ...] = FIELDS + LATER_FIELDS
BY_PATH: dict[str, FieldSpec] = {spec.path: spec for spec in EVERY_FIELD}
BY_WIRE: dict[str, FieldSpec] = {spec.wire: spec for spec in EVERY_FIELD}


def label_of(path: str) -> str:
    """What people call the field at ``path``; the path itself when unknown."""
    spec = BY_PATH.get(path)
    return spec.label if spec else path
