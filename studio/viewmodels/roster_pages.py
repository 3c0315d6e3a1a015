"""The part of a roster that is in memory: pages of rows near the eye, and what is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.viewmodels.roster_reader import PAGE, places_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from studio.domain.roster import RosterRow

_KEPT = 40
_NEAR = 3


class RosterPages:
    """``size`` rows in all; those of some pages are here, others are wanted or were refused."""

    def __init__(self) -> None:
        self.size = 0
        self.eye = (0, 0)
        self._pages: dict[int, tuple[RosterRow, ...]] = {}
        self._wanted: set[int] = set()
        self._refused: set[int] = set()

    def take(self, pages: dict[int, tuple[RosterRow, ...]]) -> None:
        """These pages in place of all others; nothing is on its way any more."""
        self._pages = pages
        self._wanted.clear()
        self._refused.clear()

    def put(self, page: int, rows: tuple[RosterRow, ...]) -> None:
        """One page more; the farthest from it are let go when there are too many."""
        self._pages[page] = rows
        if len(self._pages) > _KEPT:
            for far in sorted(self._pages, key=lambda held: abs(held - page))[_KEPT:]:
                del self._pages[far]

    # ---- what is here

    def row(self, row: int) -> RosterRow | None:
        """A row that is here."""
        page = self._pages.get(row // PAGE, ())
        place = row % PAGE
        return page[place] if 0 <= row < self.size and place < len(page) else None

    def id_at(self, row: int) -> str:
        """The influencer of a row that is here, else empty."""
        found = self.row(row)
        return found.id if found else ""

    def holds_page_of(self, row: int) -> bool:
        """Whether the page of a row is here."""
        return row // PAGE in self._pages

    def places(self) -> dict[str, int]:
        """The row of every influencer that is here."""
        return places_of(self._pages)

    def find_name(self, prefix: str, start: int) -> int:
        """The first row at or after ``start`` whose name begins so, from the top after the last
        one; -1 when there is none. Case does not count."""
        wanted = prefix.casefold()
        found = sorted(
            page * PAGE + place
            for page, rows in self._pages.items()
            for place, row in enumerate(rows)
            if row.name.casefold().startswith(wanted)
        )
        return next((row for row in found if row >= start), found[0] if found else -1)

    # ---- what is asked for

    def around_eye(self, beyond: int) -> range:
        """The pages in sight, and ``beyond`` more on both sides."""
        first, last = (min(place, self.size) // PAGE for place in self.eye)
        return range(max(0, first - beyond), last + beyond + 1)

    def want(self, pages: Iterable[int]) -> bool:
        """Ask for those of ``pages`` that are not here; whether there are any new ones."""
        known = (self._pages, self._wanted, self._refused)
        missing = [
            page for page in pages if page * PAGE < self.size and all(page not in k for k in known)
        ]
        self._wanted.update(missing)
        return bool(missing)

    def next_wanted(self) -> int | None:
        """The wanted page nearest to the eye; None when nothing is wanted any more: what was
        scrolled past is let go."""
        if not self._wanted:
            return None
        middle = sum(self.eye) // 2 // PAGE
        page = min(self._wanted, key=lambda wanted: abs(wanted - middle))
        if page not in self.around_eye(_NEAR):
            self._wanted.clear()
            return None
        return page

    def answered(self, page: int) -> None:
        """A wanted page was read, or could not be."""
        self._wanted.discard(page)

    def refuse(self, page: int) -> None:
        """It cannot be read: not asked for again before the next round."""
        self._refused.add(page)
