"""The tour: the main job played in the real window against the real local server."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.cli import Options


def play(options: Options) -> int:
    """Play every step, save its pictures; 0 when all of it worked, 1 with a sentence otherwise."""
    from studio.tour.player import play_tour

    return play_tour(options)
