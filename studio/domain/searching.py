"""What search makes of a text, what it looks for, and where in a text that is found.

One place for the index, for the query and for what the screen marks, so that these three can
never disagree about what a match is.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Range = tuple[int, int]
"""A part of a text: its first character, and the one after its last."""

# Each stands alone, so that one sign of a run is found too: Han, kana, pictographs.
_ALONE = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u2600-\u27bf"
    "\U0001f000-\U0001faff\U00020000-\U0003ffff]"
)
# Marks that change how a sign looks and not what it says: variation selectors, the Arabic stretch.
_SILENT = re.compile("[\ufe00-\ufe0f\u0640]")
_MOST_WORDS = 16
_LONGEST_QUERY = 400
_LONGEST_TEXT = 4_000
"""Characters of a text that are looked through; a match further behind is not worth showing."""


def folded(text: str) -> str:
    """``text`` without case, accents and vowel marks; signs that are words stand apart."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    return _ALONE.sub(r" \g<0> ", _SILENT.sub("", text))


@lru_cache(maxsize=64)
def wanted(text: str) -> tuple[tuple[str, ...], ...]:
    """What a person typed, as words to look for; each may be several tokens in a row.

    The last token of a word is the beginning of a token, the others are whole ones.
    """
    words = []
    for word in folded(text[:_LONGEST_QUERY]).split():
        tokens = "".join(sign if counts(sign) else " " for sign in word).split()
        if tokens:
            words.append(tuple(tokens))
    return tuple(words[:_MOST_WORDS])


def counts(sign: str) -> bool:
    """Whether a character is part of a word rather than between words."""
    category = unicodedata.category(sign)
    return category[0] in "LNM" or category in ("Co", "So", "Sk")


def hit_ranges(text: str, query: str) -> tuple[Range, ...]:
    """The parts of ``text`` that match ``query``: beginnings of words, blind to case and accents.

    In order, without overlaps; empty when nothing matches.
    """
    words = wanted(query)
    if not words or not text:
        return ()
    return _joined(found for word in words for found in _places(_tokens(text), word))


def first_hit(texts: tuple[str, ...], query: str, known: tuple[str, ...]) -> int:
    """The first of ``texts`` that matches a word of ``query`` which ``known`` does not; -1 if none.

    ``known`` is what can be read on the screen already.
    """
    for word in wanted(query):
        if any(_places(_tokens(text), word) for text in known if text):
            continue
        for place, text in enumerate(texts):
            if text and _places(_tokens(text), word):
                return place
    return -1


_Token = tuple[str, tuple[int, ...]]
"""A folded token, and for each of its characters the place it has in the text."""


@lru_cache(maxsize=4096)
def _tokens(text: str) -> tuple[_Token, ...]:
    tokens: list[_Token] = []
    word: list[str] = []
    places: list[int] = []

    def end() -> None:
        if word:
            tokens.append(("".join(word), tuple(places)))
            word.clear()
            places.clear()

    for place, sign in enumerate(text[:_LONGEST_TEXT]):
        if unicodedata.combining(sign):
            continue
        for part in folded(sign):
            if counts(part):
                word.append(part)
                places.append(place)
            else:
                end()
    end()
    return tuple(tokens)


def _places(tokens: tuple[_Token, ...], word: tuple[str, ...]) -> list[Range]:
    """Where ``word`` is: whole tokens in a row, the last one begun."""
    found = []
    whole, begun = word[:-1], word[-1]
    for start in range(len(tokens) - len(word) + 1):
        last_word, last_places = tokens[start + len(whole)]
        if not last_word.startswith(begun):
            continue
        if all(tokens[start + step][0] == token for step, token in enumerate(whole)):
            found.append((tokens[start][1][0], last_places[len(begun) - 1] + 1))
    return found


def _joined(ranges: Iterable[Range]) -> tuple[Range, ...]:
    out: list[Range] = []
    for start, end in sorted(ranges):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return tuple(out)
