"""The colors portraits are made of, and which of them may stand next to each other.

Every color is a lower-case ``#rrggbb``. The five skin and hair tones of the style stay what its
artist chose; the scales only add steps between and beyond them.
"""

from __future__ import annotations

import re

APART = 90.0
"""Two areas closer than this (see :func:`distance`) run into each other."""

_ENOUGH_BACKDROPS = 5
HEX_COLOR = re.compile(r"#[0-9a-f]{6}")

SKIN_TONES: tuple[str, ...] = (
    "#5c3829",
    "#6f4632",
    "#875a40",
    "#a36b4f",
    "#b98e6a",
    "#c68e7a",
    "#dba88a",
    "#f1c3a5",
    "#f6d2ba",
)
"""Skin from deep to fair, in even steps."""

HAIR_COLORS: dict[str, str] = {
    "black": "#2c1b18",
    "espresso": "#43281f",
    "brown": "#724133",
    "light brown": "#8d5d3b",
    "auburn": "#7d3423",
    "red": "#a55728",
    "strawberry": "#c47a4a",
    "dark blonde": "#b58143",
    "blonde": "#d6b370",
    "platinum": "#e8d7ab",
    "gray": "#8e8d8b",
    "silver": "#bfbebb",
    "white": "#e4e2dd",
    "burgundy": "#5b1e2a",
    "pink": "#d9709a",
    "blue": "#3f5f9e",
    "teal": "#2f7f7b",
    "green": "#4c7a4a",
    "purple": "#6b4a9c",
}
"""Hair by the word people use for it."""

BACKDROPS: tuple[str, ...] = (
    "#dfe7fd",
    "#fff1e6",
    "#d7e3fc",
    "#e8dff5",
    "#e2ece9",
    "#fad2e1",
    "#e7f0d8",
    "#fde2e4",
    "#f0efeb",
)
"""Pastels behind the bust, ordered so that neighbors differ at a glance."""

GARMENTS: tuple[str, ...] = ("openJacket", "shirt", "tShirt", "turtleNeck", "dress")

GARMENT_COLORS: tuple[str, ...] = (
    "#731ac3",
    "#0b3286",
    "#147f3c",
    "#b11f1f",
    "#eab308",
    "#545454",
    "#f97316",
    "#151613",
    "#ec4899",
    "#0f766e",
    "#b4532a",
    "#334e68",
    "#7c2d55",
    "#6b7f3f",
)


def distance(first: str, second: str) -> float:
    """How different two colors look, 0 (equal) to about 765 (black to white), by "redmean"."""
    r1, g1, b1 = _channels(first)
    r2, g2, b2 = _channels(second)
    mean = (r1 + r2) / 2
    red = (2 + mean / 256) * (r1 - r2) ** 2
    green = 4 * (g1 - g2) ** 2
    blue = (2 + (255 - mean) / 256) * (b1 - b2) ** 2
    return float((red + green + blue) ** 0.5)


def clear_backdrops(hair_color: str, garment_color: str) -> tuple[str, ...]:
    """Backdrops that set off hair and garment, in their usual order.

    Fair hair is near every pastel; there the five that differ most have to do.
    """

    def apart(backdrop: str) -> float:
        return min(distance(backdrop, hair_color), distance(backdrop, garment_color))

    farthest = sorted(BACKDROPS, key=apart, reverse=True)[:_ENOUGH_BACKDROPS]
    return tuple(color for color in BACKDROPS if apart(color) > APART or color in farthest)


def skin_step(color: str) -> int:
    """The place of the nearest tone in :data:`SKIN_TONES`."""
    return min(range(len(SKIN_TONES)), key=lambda step: distance(SKIN_TONES[step], color))


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
