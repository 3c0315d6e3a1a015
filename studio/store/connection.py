"""One open transaction, as the functions of this package see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from studio.core.errors import Bug

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime


class Library(Protocol):
    """The few calls of the SQLite library that a transaction needs."""

    def execute(self, sql: str, params: Any = ..., /) -> Iterator[Any]:
        """Run statements; iterating gives the rows."""
        ...

    def executemany(self, sql: str, params: Iterable[Any], /) -> Iterator[Any]:
        """Run one statement per set of parameters."""
        ...

    def changes(self) -> int:
        """Rows changed by the last statement."""
        ...


class Connection:
    """Reads and writes of one transaction; it ends with the function it was given to.

    Attributes:
        now: the moment the transaction began, in UTC; every time stamp written in it.
        touched: influencers whose cards have to be made anew before the commit, in order.
    """

    __slots__ = ("_library", "_writable", "now", "touched")

    def __init__(self, library: Library, now: datetime, *, writable: bool) -> None:
        self._library = library
        self._writable = writable
        self.now = now
        self.touched: dict[str, None] = {}

    def rows(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[Any]:
        """Every row of a query, as tuples."""
        return list(self._library.execute(sql, params))

    def row(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
        """The first row as a tuple, or None."""
        found = list(self._library.execute(sql, params))
        return found[0] if found else None

    def value(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
        """The first column of the first row, or None."""
        found = list(self._library.execute(sql, params))
        return found[0][0] if found else None

    def run(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> int:
        """Change something; how many rows were. Raises Bug inside a read."""
        self._must_be_writable()
        list(self._library.execute(sql, params))
        return self._library.changes()

    def many(self, sql: str, params: Iterable[Sequence[Any]]) -> None:
        """Run one changing statement per set of parameters. Raises Bug inside a read."""
        self._must_be_writable()
        list(self._library.executemany(sql, params))

    def at(self, now: datetime | None) -> None:
        """Take the caller's clock for the rest of this transaction; None keeps it."""
        if now is not None:
            self.now = now

    def touch(self, *influencer_ids: str) -> None:
        """The cards of these influencers no longer say the truth: renew them before the commit."""
        self.touched.update(dict.fromkeys(influencer_ids))

    def _must_be_writable(self) -> None:
        if not self._writable:
            raise Bug("A read tried to change the workspace.")
