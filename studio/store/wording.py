"""The line under a name, and what search makes of a text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from studio.domain.influencer import STATUSES
from studio.domain.mutation import CHANGED_ON_SERVER
from studio.domain.searching import folded, wanted
from studio.store.codec import clean

if TYPE_CHECKING:
    from studio.domain.projection import Shown

_NUMBER = re.compile(r"\d+")


def searchable(text: str) -> str:
    """``text`` without case, accents and vowel marks, as it is indexed and asked for."""
    return folded(clean(text))


def sort_key(name: str) -> str:
    """A name in alphabetical order without case and accents; numbers by size."""
    return _NUMBER.sub(lambda found: found[0].zfill(8), searchable(name).strip())


def match_query(text: str) -> str:
    """What a person typed as a full-text query: every word has to begin a word of the record.

    Empty when there is nothing to look for. No input is ever an error: operators and quotes of the
    query language are plain text.
    """
    words = (" ".join(tokens) for tokens in wanted(clean(text)))
    return " AND ".join(f'"{word}"*' for word in words)


def tagline(shown: Shown, *, deleted_reason: str | None, is_draft: bool) -> str:
    """Tone and humor, or why the influencer is not as it should be."""
    person = shown.influencer
    if deleted_reason is not None:
        return deleted_reason or "Deleted"
    if shown.deleting:
        return "Waiting to be deleted"
    blocked = [row for row in shown.waiting if row.state == "blocked"]
    if blocked:
        is_choice = blocked[0].reason_code == CHANGED_ON_SERVER
        return "Changed in two places" if is_choice else "Could not be sent"
    if person.status == "failed":
        return "Render failed"
    if shown.is_local_only and not is_draft:
        return "Waiting to be sent"
    if person.status == "pending" and not shown.is_local_only:
        return "Waiting to be rendered"
    words = [part.strip() for part in (person.personality.tone, person.personality.humor) if part]
    line = " · ".join(word for word in words if word)
    if line:
        return line[:1].upper() + line[1:]
    if is_draft:
        return "Draft on this computer"
    if person.status not in STATUSES:
        status = person.status.replace("_", " ").strip()
        return status[:1].upper() + status[1:]
    return ""
