"""Who a portrait shows: the parts of a face that stay the same from picture to picture."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import TypeVar

from studio.core.values import dataclass
from studio.server.portraits.palette import (
    APART,
    GARMENT_COLORS,
    GARMENTS,
    HAIR_COLORS,
    HEX_COLOR,
    SKIN_TONES,
    clear_backdrops,
    distance,
    skin_step,
)
from studio.server.portraits.wording import (
    Choice,
    hair_color_from,
    hair_style_from,
    origin_from,
    years_from,
)

HAIR_VARIANTS: tuple[str, ...] = ("bun", "sideComed", "spiky", "undercut")
REAR_HAIR_VARIANTS: tuple[str, ...] = ("longStraight", "longWavy", "neckHigh", "shoulderHigh")
BEARD_VARIANTS: tuple[str, ...] = (
    "chin",
    "chinMoustache",
    "fullBeard",
    "longBeard",
    "moustacheTwirl",
)

Weights = Mapping[str | None, float]
T = TypeVar("T")

_GRAY_FROM = 55
_BEARD_FROM = 22
_REAR_HAIR: dict[str, Weights] = {
    "female": {
        None: 0.16,
        "longStraight": 0.22,
        "longWavy": 0.26,
        "shoulderHigh": 0.2,
        "neckHigh": 0.16,
    },
    "male": {None: 0.9, "neckHigh": 0.06, "shoulderHigh": 0.04},
    "open": {None: 0.48, "neckHigh": 0.24, "shoulderHigh": 0.14, "longWavy": 0.14},
}
_BEARDS: dict[str, Weights] = {
    "female": {None: 1.0},
    "male": {
        None: 0.5,
        "fullBeard": 0.24,
        "chinMoustache": 0.12,
        "chin": 0.06,
        "moustacheTwirl": 0.05,
        "longBeard": 0.03,
    },
    "open": {None: 0.9, "chin": 0.04, "moustacheTwirl": 0.03, "fullBeard": 0.03},
}


@dataclass(frozen=True, slots=True)
class Identity:
    """One invented person in the terms of the portrait style.

    ``hair``, ``rear_hair`` and ``beard`` are variant names of the style, None for "without".
    ``garment`` and ``backdrop`` are what the person wears and stands before in the anchor
    picture; later pictures may change them. ``seed`` decides whatever nothing else decides.
    """

    seed: str
    hair: str | None
    rear_hair: str | None
    beard: str | None
    skin_color: str
    hair_color: str
    garment: str
    garment_color: str
    backdrop: str

    def to_json(self) -> dict[str, object]:
        """A JSON object that :meth:`from_json` turns back into an equal identity."""
        return dict(asdict(self))

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Identity:
        """Read what :meth:`to_json` wrote. Raises ValueError for a part the style cannot draw."""
        names = {field.name for field in fields(cls)}
        if set(data) != names:
            raise ValueError(f"not an identity: {sorted(set(data) ^ names)}")
        return cls(
            seed=_text(data, "seed"),
            hair=_variant(data, "hair", HAIR_VARIANTS),
            rear_hair=_variant(data, "rear_hair", REAR_HAIR_VARIANTS),
            beard=_variant(data, "beard", BEARD_VARIANTS),
            skin_color=_color(data, "skin_color"),
            hair_color=_color(data, "hair_color"),
            garment=_required_variant(data, "garment", GARMENTS),
            garment_color=_color(data, "garment_color"),
            backdrop=_color(data, "backdrop"),
        )


def identity_for(
    seed: str,
    *,
    gender: str | None,
    age_range: str | None,
    hair_color: str | None,
    hair_style: str | None,
    ethnicity: str | None,
) -> Identity:
    """The identity a seed and a description give; equal arguments give an equal identity.

    The texts are free (section 2.4.3); what they say and the style can draw is honored, the rest
    comes from the seed.
    """
    draw = SeededDraw(seed)
    origin = origin_from(ethnicity)
    wish = hair_style_from(hair_style)
    years = years_from(age_range)

    skin = draw.one_of("skin", origin.skin or SKIN_TONES)
    color = hair_color_from(hair_color) or _natural_hair(draw, skin, origin.hair_colors, years)
    rear = _from_wish(draw, "rear hair", wish.rear_hair, _REAR_HAIR[_kind(gender)])
    hair = _from_wish(draw, "hair", wish.hair, _front_weights(gender, rear, years))
    if hair is None or (hair == "bun" and not wish.rear_hair and draw.chance("bun alone", 0.65)):
        rear = None
    beard = _from_wish(draw, "beard", wish.beard, _beard_weights(gender, years, hair, rear))
    garment = draw.one_of("garment", _garments(gender, beard))
    garment_color = draw.one_of("garment color", wearable_colors(skin, color, rear, beard))
    return Identity(
        seed=seed,
        hair=hair,
        rear_hair=rear,
        beard=beard,
        skin_color=skin,
        hair_color=color,
        garment=garment,
        garment_color=garment_color,
        backdrop=draw.one_of("backdrop", clear_backdrops(color, garment_color)),
    )


def adapted(
    source: Identity,
    *,
    gender: str | None = None,
    age_range: str | None = None,
    hair_color: str | None = None,
    hair_style: str | None = None,
    ethnicity: str | None = None,
) -> Identity:
    """The same person with only what the given texts ask for changed (clone overrides, 2.4.7).

    A text that names nothing the style can draw changes nothing.
    """
    draw = SeededDraw(source.seed)
    wish = hair_style_from(hair_style)
    origin = origin_from(ethnicity)
    changed = source
    if origin.skin and source.skin_color not in origin.skin:
        changed = replace(changed, skin_color=draw.one_of("skin", origin.skin))
    color = hair_color_from(hair_color)
    years = years_from(age_range)
    if color is None and years is not None and years >= _GRAY_FROM:
        color = _natural_hair(draw, changed.skin_color, (), years)
    if color is not None:
        changed = replace(changed, hair_color=color)
    if wish.hair:
        changed = replace(changed, hair=draw.one_of("hair", wish.hair))
    if wish.rear_hair:
        changed = replace(changed, rear_hair=draw.one_of("rear hair", wish.rear_hair))
    if wish.beard:
        changed = replace(changed, beard=draw.one_of("beard", wish.beard))
    elif gender == "female":
        changed = replace(changed, beard=None)
    return _in_wearable_clothes(source, changed, draw)


def wearable_colors(
    skin: str, hair_color: str, rear_hair: str | None, beard: str | None
) -> tuple[str, ...]:
    """Garment colors that do not melt into the skin, or into hair that falls on the garment."""
    falls_on_it = rear_hair is not None or beard == "longBeard"
    return tuple(
        color
        for color in GARMENT_COLORS
        if distance(color, skin) > APART
        and (not falls_on_it or distance(color, hair_color) > APART)
    )


class SeededDraw:
    """Choices that depend on the seed and their own label alone, on every machine alike."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def fraction(self, label: str) -> float:
        """A number from 0 up to but not including 1."""
        digest = hashlib.blake2b(f"{self._seed}\x1f{label}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64

    def chance(self, label: str, probability: float) -> bool:
        """True in the given share of seeds."""
        return self.fraction(label) < probability

    def one_of(self, label: str, options: tuple[T, ...]) -> T:
        """One option, all equally likely."""
        return options[int(self.fraction(label) * len(options))]

    def weighted(self, label: str, weights: Weights) -> str | None:
        """One key of ``weights``, as likely as its weight."""
        point = self.fraction(label) * sum(weights.values())
        for option, weight in weights.items():
            point -= weight
            if point < 0:
                return option
        return tuple(weights)[-1]


def _in_wearable_clothes(source: Identity, changed: Identity, draw: SeededDraw) -> Identity:
    """Another garment color if new skin or hair would melt into the present one."""
    before, after = (
        wearable_colors(who.skin_color, who.hair_color, who.rear_hair, who.beard)
        for who in (source, changed)
    )
    if changed.garment_color in before and changed.garment_color not in after:
        return replace(changed, garment_color=draw.one_of("garment color", after))
    return changed


def _kind(gender: str | None) -> str:
    return gender if gender in ("female", "male") else "open"


def _from_wish(draw: SeededDraw, label: str, wish: Choice, weights: Weights) -> str | None:
    return draw.one_of(label, wish) if wish else draw.weighted(label, weights)


def _front_weights(gender: str | None, rear: str | None, years: int | None) -> Weights:
    """Front hair that goes with what falls behind it."""
    if _kind(gender) == "male":
        bald = 0.04 if years is None else (0.0 if years < 30 else 0.08)
        return {"undercut": 0.42, "sideComed": 0.36, "spiky": 0.18, None: bald}
    if rear is None:
        return {"bun": 0.4, "sideComed": 0.2, "spiky": 0.16, "undercut": 0.24}
    if rear == "neckHigh":
        return {"sideComed": 0.6, "undercut": 0.25, "bun": 0.15}
    return {"sideComed": 0.75, "bun": 0.25}


def _beard_weights(
    gender: str | None, years: int | None, hair: str | None, rear: str | None
) -> Weights:
    """Beards nobody asked for stay with grown men, and else with short hair."""
    kind = _kind(gender)
    if years is not None and years < _BEARD_FROM:
        return {None: 1.0}
    if kind == "open" and (rear is not None or hair == "bun"):
        return {None: 1.0}
    return _BEARDS[kind]


def _natural_hair(draw: SeededDraw, skin: str, suitable: tuple[str, ...], years: int | None) -> str:
    """A hair color nobody has to explain: by age first, then origin, then skin."""
    if years is not None and years >= _GRAY_FROM and draw.chance("grayed", 0.65):
        return HAIR_COLORS[draw.one_of("gray", ("gray", "silver", "white"))]
    if suitable:
        return HAIR_COLORS[draw.one_of("hair color", suitable)]
    step = skin_step(skin)
    if step <= 3:
        names: tuple[str, ...] = ("black", "black", "espresso")
    elif step <= 5:
        names = ("black", "espresso", "espresso", "brown")
    else:
        names = (
            "black",
            "espresso",
            "brown",
            "light brown",
            "auburn",
            "red",
            "dark blonde",
            "blonde",
        )
    return HAIR_COLORS[draw.one_of("hair color", names)]


def _garments(gender: str | None, beard: str | None) -> tuple[str, ...]:
    sleeved = tuple(garment for garment in GARMENTS if garment != "dress")
    return GARMENTS if gender == "female" and beard is None else sleeved


def _text(data: Mapping[str, object], key: str) -> str:
    value = data[key]
    if not isinstance(value, str):
        raise ValueError(f"identity: {key} is not a text")  # noqa: TRY004 - one error for callers
    return value


def _variant(data: Mapping[str, object], key: str, allowed: tuple[str, ...]) -> str | None:
    return None if data[key] is None else _required_variant(data, key, allowed)


def _required_variant(data: Mapping[str, object], key: str, allowed: tuple[str, ...]) -> str:
    value = _text(data, key)
    if value not in allowed:
        raise ValueError(f"identity: {key} cannot be {value!r}")
    return value


def _color(data: Mapping[str, object], key: str) -> str:
    value = _text(data, key)
    if not HEX_COLOR.fullmatch(value):
        raise ValueError(f"identity: {key} is not #rrggbb")
    return value
