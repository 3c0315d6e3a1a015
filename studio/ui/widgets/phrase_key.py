"""When two phrases are the same to a reader."""

from __future__ import annotations

import unicodedata


def phrase_key(text: str) -> str:
    """``text`` without case, punctuation, spacing, symbols and emoji; equal keys are repeats.

    A phrase of nothing but symbols keeps them, so that two different emoji are not repeats.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_INVISIBLE)
    kept = "".join(mark for mark in folded if unicodedata.category(mark)[0] in "LNM")
    return kept or "".join(folded.split())


_INVISIBLE = dict.fromkeys(range(65024, 65040))
"""Variation selectors count as marks but only choose how an emoji is drawn."""
