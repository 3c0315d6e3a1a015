"""The line under a name, and what search makes of a text."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from studio.domain.influencer import STATUSES
from studio.store.codec import clean

if TYPE_CHECKING:
    from studio.domain.projection import Shown

# Each stands alone, so that one sign of a run is found too: Han, kana, pictographs.
_ALONE = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u2600-\u27bf"
    "\U0001f000-\U0001faff\U00020000-\U0003ffff]"
)
# Marks that change how a sign looks and not what it says: variation selectors, the Arabic stretch.
_SILENT = re.compile("[\ufe00-\ufe0f\u0640]")
_NUMBER = re.compile(r"\d+")
_MOST_WORDS = 16


def searchable(text: str) -> str:
    """``text`` without case, accents and vowel marks, as it is indexed and asked for."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", clean(text).casefold())
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    return _ALONE.sub(r" \g<0> ", _SILENT.sub("", text))


def sort_key(name: str) -> str:
    """A name in alphabetical order without case and accents; numbers by size."""
    return _NUMBER.sub(lambda found: found[0].zfill(8), searchable(name).strip())


def match_query(text: str) -> str:
    """What a person typed as a full-text query: every word has to begin a word of the record.

    Empty when there is nothing to look for. No input is ever an error: operators and quotes of the
    query language are plain text.
    """
    words = []
    for word in searchable(text[:400]).split():
        plain = "".join(sign if _counts(sign) else " " for sign in word).strip()
        if plain:
            words.append(f'"{plain}"*')
    return " AND ".join(words[:_MOST_WORDS])


def _counts(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category[0] in "LNM" or category in ("Co", "So", "Sk")


def tagline(shown: Shown, *, deleted_reason: str | None, is_draft: bool) -> str:
    """Tone and humor, or why the influencer is not as it should be."""
    person = shown.influencer
    if deleted_reason is not None:
        return deleted_reason or "Deleted"
    if shown.deleting:
        return "Waiting to be deleted"
    if any(row.state == "blocked" for row in shown.waiting):
        return "Could not be sent"
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
