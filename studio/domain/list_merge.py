"""Two versions of a list put together over the one both began with, entry by entry.

An entry is one text as it stands, case and all; of equal ones the first is told from the second by
its number. What either side added stays, what either side took out is gone, and nothing else goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from studio.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

Origin = Literal["kept", "mine", "theirs", "both"]
"""Whose an entry is: there from the start, added here, added on the server, added on both sides."""

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a merged list, or one that was taken out, and who did it."""

    text: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class ListMerge:
    """What two versions come to: the entries that stand, and those that somebody took out."""

    entries: tuple[Entry, ...]
    removed: tuple[Entry, ...]

    @property
    def value(self) -> tuple[str, ...]:
        """The merged list."""
        return tuple(entry.text for entry in self.entries)


def merge_lists(base: tuple[str, ...], mine: tuple[str, ...], theirs: tuple[str, ...]) -> ListMerge:
    """Merge entry by entry.

    Entries both sides still have stand in the order of the side that moved them; here wins when
    both did. What one side alone added stands behind the entry it was put behind, so that an entry
    edited in place keeps its place; mine comes before theirs.
    """
    b, m, t = _numbered(base), _numbered(mine), _numbered(theirs)
    if mine in (base, theirs):
        order = t
    elif theirs == base:
        order = m
    else:
        order = _put_together(b, m, t)
    began, here, there = frozenset(b), frozenset(m), frozenset(t)
    entries = tuple(Entry(key[0], _origin(key, began, here, there)) for key in order)
    return ListMerge(entries, _removed(b, here, there))


def _numbered(texts: Iterable[str]) -> list[Key]:
    """Each text with how many equal ones came before it."""
    seen: dict[str, int] = {}
    keys = []
    for text in texts:
        number = seen.get(text, 0)
        seen[text] = number + 1
        keys.append((text, number))
    return keys


def _put_together(base: list[Key], mine: list[Key], theirs: list[Key]) -> list[Key]:
    began = frozenset(base)
    common = frozenset(mine) & frozenset(theirs)
    old = [key for key in base if key in common]
    is_moved_here = [key for key in mine if key in common and key in began] != old
    frame = [key for key in (mine if is_moved_here else theirs) if key in common]
    behind_mine, last_mine = _additions(mine, common, began)
    behind_theirs, last_theirs = _additions(theirs, common, began)
    order: list[Key] = [*behind_mine.get(None, ()), *behind_theirs.get(None, ())]
    for key in frame:
        order += (key, *behind_mine.get(key, ()), *behind_theirs.get(key, ()))
    return order + last_mine + last_theirs


def _additions(
    keys: list[Key], common: frozenset[Key], began: frozenset[Key]
) -> tuple[dict[Key | None, list[Key]], list[Key]]:
    """What this side alone added, by the common entry it stands behind; then those at the end."""
    behind: dict[Key | None, list[Key]] = {}
    last: list[Key] = []
    place: Key | None = None
    for key in keys:
        if key in common:
            if last:
                behind[place] = last
            place, last = key, []
        elif key not in began:
            last.append(key)
    return behind, last


def _origin(key: Key, began: frozenset[Key], here: frozenset[Key], there: frozenset[Key]) -> Origin:
    if key in began:
        return "kept"
    if key in here and key in there:
        return "both"
    return "mine" if key in here else "theirs"


def _removed(base: list[Key], here: frozenset[Key], there: frozenset[Key]) -> tuple[Entry, ...]:
    removed = []
    for key in base:
        if key not in here and key not in there:
            removed.append(Entry(key[0], "both"))
        elif key not in here:
            removed.append(Entry(key[0], "mine"))
        elif key not in there:
            removed.append(Entry(key[0], "theirs"))
    return tuple(removed)
