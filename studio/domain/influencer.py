"""An influencer: a synthetic brand ambassador with a personality, a look and reference images.

Contract 2.4.1. Text fields stay text: values the program does not know are shown as they are.
"""

from __future__ import annotations

from dataclasses import field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from studio.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

FieldValue = str | None | tuple[str, ...]
"""What a field of the editor holds: a text, nothing, or a list of texts in order."""

NOTHING: Mapping[str, object] = MappingProxyType({})

GENDERS = ("female", "male", "nonbinary", "unspecified")
STATUSES = ("draft", "pending", "training", "ready", "failed")
WORKING_STATUSES = ("pending", "training")


@dataclass(frozen=True, slots=True)
class ReferenceImage:
    """One picture bound to an influencer; the first is the anchor of the look."""

    asset_id: str
    url: str
    thumbnail_url: str | None = None
    added_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Personality:
    """How the influencer speaks and thinks. ``extra`` keeps keys this program does not know."""

    traits: tuple[str, ...] = ()
    tone: str | None = None
    humor: str | None = None
    formality: str | None = None
    values: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    speaking_style: str | None = None
    catchphrases: tuple[str, ...] = ()
    extra: Mapping[str, object] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Influencer:
    """One influencer as the server (or a draft) knows it.

    ``detailed`` is False while only the slim list item was read: then personality, appearance and
    reference images are unknown, not empty. ``extra`` keeps unknown keys of the record.
    ``brand_voice``, ``language`` and ``error_message`` (why it failed) are the later generation's
    (4.1); there ``thumbnail_url`` is its one picture.
    """

    id: str
    project_id: str
    name: str
    status: str = "draft"
    gender: str | None = None
    age_range: str | None = None
    ethnicity: str | None = None
    body_type: str | None = None
    hair_color: str | None = None
    hair_style: str | None = None
    style: str | None = None
    vibe: str | None = None
    voice_description: str | None = None
    personality: Personality = Personality()
    reference_images: tuple[ReferenceImage, ...] = ()
    thumbnail_url: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    detailed: bool = True
    extra: Mapping[str, object] = field(default_factory=lambda: NOTHING)
    brand_voice: str | None = None
    language: str | None = None
    error_message: str = ""

    @property
    def is_working(self) -> bool:
        """Whether the server still makes it; unknown statuses count as work in progress."""
        return self.status in WORKING_STATUSES or self.status not in STATUSES

    def value(self, path: str) -> FieldValue:
        """The value at a field path such as ``gender`` or ``personality.humor``."""
        head, _, rest = path.partition(".")
        found: FieldValue = getattr(self.personality, rest) if rest else getattr(self, head)
        return found

    def with_value(self, path: str, value: FieldValue) -> Influencer:
        """A copy with one field replaced."""
        head, _, rest = path.partition(".")
        if rest:
            return replace(self, personality=replace(self.personality, **{rest: value}))  # type: ignore[arg-type]
        return replace(self, **{head: value})  # type: ignore[arg-type]
