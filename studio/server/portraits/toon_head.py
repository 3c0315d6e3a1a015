"""Portraits in the ToonHead style, drawn as SVG by DiceBear and rasterized by resvg.

ToonHead is by Johan Melin, remixed by DiceBear, licensed CC BY 4.0; ``CREDIT`` is the line that
has to stand wherever the program names its sources.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from studio.core.values import dataclass
from studio.server.portraits.identity import Identity, SeededDraw, wearable_colors
from studio.server.portraits.palette import BACKDROPS, GARMENTS, clear_backdrops, skin_step

if TYPE_CHECKING:
    from dicebear import Style

CREDIT = (
    "Portraits: remix of “ToonHead” (https://www.figma.com/community/file/1589627891082866389) "
    "by Johan Melin (https://www.johanmelin.com), licensed under CC BY 4.0 "
    "(https://creativecommons.org/licenses/by/4.0/), drawn with DiceBear "
    "(https://www.dicebear.com)."
)

MAX_SIZE = 2048
"""The largest edge in pixels; beyond it a request is a mistake, not a picture."""


@dataclass(frozen=True, slots=True)
class _Expression:
    eyes: str
    eyebrows: str
    mouth: str


_EXPRESSIONS: tuple[_Expression, ...] = (
    _Expression("happy", "happy", "smile"),
    _Expression("wide", "neutral", "laugh"),
    _Expression("wink", "happy", "smile"),
    _Expression("humble", "neutral", "smile"),
    _Expression("happy", "raised", "smile"),
    _Expression("bow", "happy", "laugh"),
    _Expression("happy", "neutral", "smile"),
    _Expression("happy", "happy", "laugh"),
    _Expression("wink", "raised", "laugh"),
    _Expression("wide", "happy", "smile"),
    _Expression("bow", "neutral", "smile"),
    _Expression("wide", "raised", "agape"),
    _Expression("happy", "raised", "laugh"),
)
"""No anger and no grief: brand faces. The first is the calm one of the anchor picture."""

_FIRST_SET = 4
_OWN_CLOTHES_EVERY = 5
_SMILE_LINE = "#3F2626"
_SMILE_LINE_ON_DEEP_SKIN = "#1A0B08"
_DEEPEST_STEPS = 2
_BUN_SHIFT_PERCENT = 4


class ToonHeadRenderer:
    """Draws an :class:`Identity` in the ToonHead style. Safe to share between threads."""

    def render(self, identity: Identity, variation: int, size: int) -> bytes:
        """A square PNG with an edge of ``size`` pixels.

        Variation 0 is the anchor: calm, in the identity's own garment and before its own
        backdrop. The next three, which complete a first set, change expression and backdrop;
        all further ones (they never run out) mostly the clothes as well. Equal
        arguments give equal bytes.
        Raises ValueError for a negative variation or a size outside 1 to :data:`MAX_SIZE`.
        """
        if variation < 0 or not 1 <= size <= MAX_SIZE:
            raise ValueError(f"cannot draw variation {variation} at {size} px")
        import resvg_py

        svg = _svg(identity, variation)
        return bytes(
            resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size, skip_system_fonts=True)
        )


@cache
def _style() -> Style:
    import json
    from importlib import resources

    from dicebear import Style

    definition = resources.files("dicebear_styles").joinpath("toon-head.json")
    return Style(json.loads(definition.read_text(encoding="utf-8")))


def _svg(identity: Identity, variation: int) -> str:
    from dicebear import Avatar

    svg = Avatar(_style(), _options(identity, variation)).to_string()
    if skin_step(identity.skin_color) < _DEEPEST_STEPS:
        # The style draws a closed mouth in one brown for everybody; on deep skin it disappears.
        svg = svg.replace(_SMILE_LINE, _SMILE_LINE_ON_DEEP_SKIN)
    return svg


def _options(identity: Identity, variation: int) -> dict[str, Any]:
    expression = _EXPRESSIONS[variation % len(_EXPRESSIONS)]
    garment, garment_color = _outfit(identity, variation)
    options: dict[str, Any] = {
        "seed": identity.seed,
        "skinColor": [identity.skin_color],
        "hairColor": [identity.hair_color],
        "clothesVariant": garment,
        "clothesColor": [garment_color],
        "eyesVariant": expression.eyes,
        "eyebrowsVariant": expression.eyebrows,
        "mouthVariant": expression.mouth,
        "backgroundColor": [_backdrop(identity, variation, garment_color)],
    }
    parts = (("hair", identity.hair), ("rearHair", identity.rear_hair), ("beard", identity.beard))
    for part, variant in parts:
        options[f"{part}Probability"] = 0 if variant is None else 100
        if variant is not None:
            options[f"{part}Variant"] = variant
    if identity.hair == "bun":
        # The bun touches the upper edge of the canvas; the body has length to spare below.
        options["translateY"] = _BUN_SHIFT_PERCENT
    return options


def _outfit(identity: Identity, variation: int) -> tuple[str, str]:
    """Garment and color: the identity's own in the first set of four and now and then later."""
    if variation < _FIRST_SET or variation % _OWN_CLOTHES_EVERY == 0:
        return identity.garment, identity.garment_color
    draw = SeededDraw(identity.seed)
    garments = tuple(g for g in GARMENTS if g not in (identity.garment, "dress"))
    colors = tuple(
        color
        for color in wearable_colors(
            identity.skin_color, identity.hair_color, identity.rear_hair, identity.beard
        )
        if color != identity.garment_color
    )
    first_garment = int(draw.fraction("further garments") * len(garments))
    first_color = int(draw.fraction("further colors") * len(colors))
    # Five is coprime to any plausible number of colors left, so neighbors in the list, which
    # resemble each other, do not follow each other.
    return (
        garments[(first_garment + variation) % len(garments)],
        colors[(first_color + 5 * variation) % len(colors)],
    )


def _backdrop(identity: Identity, variation: int, garment_color: str) -> str:
    """The identity's backdrop first, then the others in turn, none that hides hair or garment."""
    own = identity.backdrop
    start = BACKDROPS.index(own) if own in BACKDROPS else 0
    clear = clear_backdrops(identity.hair_color, garment_color)
    others = [
        color
        for color in (*BACKDROPS[start:], *BACKDROPS[:start])
        if color in clear and color != own
    ]
    return (own, *others)[variation % (len(others) + 1)]
