"""One step of undo: what fields said before and after, of one influencer or of several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from studio.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studio.domain.influencer import FieldValue

StepKind = Literal["edit", "restore", "images_in", "images_out"]
"""What a step did: put values, or took images in or off their way."""

WriteKind = Literal["edit", "undo", "redo", "restore"]
"""How the values of a write came about; the history tells it."""


@dataclass(frozen=True, slots=True)
class EditStep:
    """A named step. ``before`` and ``after`` hold values by field path, by influencer.

    Attributes:
        id: random; the workspace keeps the order in which steps were made.
        title: what a menu puts after "Undo".
        undone: it waits to be done again.
        uploads: the images of a step about images, which has no values.
    """

    id: str
    title: str
    before: Mapping[str, Mapping[str, FieldValue]]
    after: Mapping[str, Mapping[str, FieldValue]]
    kind: StepKind = "edit"
    undone: bool = False
    uploads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepChanges:
    """What a write does to the steps: those made or moved, and the ids of those that go."""

    kept: tuple[EditStep, ...] = ()
    dropped: tuple[str, ...] = ()
    kind: WriteKind = "edit"
