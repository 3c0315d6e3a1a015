"""Faces for personas: an identity, its pictures, and variations of real photographs.

Importing this package is cheap; the drawing and imaging libraries load with the first picture.
"""

from __future__ import annotations

from typing import Protocol

from studio.server.portraits.identity import Identity, adapted, identity_for
from studio.server.portraits.photo import MAX_PIXELS, PhotoError, vary_photo
from studio.server.portraits.toon_head import CREDIT, ToonHeadRenderer


class PortraitRenderer(Protocol):
    """Anything that can draw one person again and again."""

    def render(self, identity: Identity, variation: int, size: int) -> bytes:
        """A square PNG of ``size`` pixels; equal arguments give equal bytes.

        Variation 0 is the calm anchor look; any other shows the same person with another
        expression, clothes or background.
        """
        ...


__all__ = [
    "CREDIT",
    "MAX_PIXELS",
    "Identity",
    "PhotoError",
    "PortraitRenderer",
    "ToonHeadRenderer",
    "adapted",
    "identity_for",
    "vary_photo",
]
