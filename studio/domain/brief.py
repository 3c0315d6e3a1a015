"""A content brief as the seed of the contract names its keys (contract 2.7, Q7)."""

from __future__ import annotations

from studio.core.values import dataclass

FORMATS = ("auto", "video_remix", "slideshow_remix", "ugc_remix")


@dataclass(frozen=True, slots=True)
class Brief:
    """What a piece of content should be. ``influencer_id`` empty: the project's primary speaks."""

    hook: str = ""
    target_platforms: tuple[str, ...] = ()
    influencer_id: str = ""
    theme_tags: tuple[str, ...] = ()
    reference_media_ids: tuple[str, ...] = ()
    language: str = ""
    format: str = "auto"
    variant_count: int = 1
