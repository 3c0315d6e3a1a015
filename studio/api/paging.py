"""Cursor pages, read one after the other (contract 1.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from studio.core.errors import Bug
from studio.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from studio.api.client import PartnerClient
    from studio.domain.influencer import Influencer
    from studio.domain.project import Project

T = TypeVar("T")

PAGE_CAP = 2_000
"""Most pages of one list: 200,000 influencers at 100 a page."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page. ``next_cursor`` is empty at the end of the list."""

    items: tuple[T, ...]
    next_cursor: str = ""


async def pages(
    fetch: Callable[[str], Awaitable[Page[T]]], *, page_cap: int = PAGE_CAP
) -> AsyncIterator[Page[T]]:
    """Every page of a list; ``fetch`` gets the cursor, empty for the first page.

    Ends normally only at the true end of the list, so a caller that reaches the end has seen all
    of it. Raises Bug when a cursor comes a second time or the list never ends.
    """
    cursor = ""
    seen = {cursor}
    for _ in range(page_cap):
        page = await fetch(cursor)
        yield page
        if not page.next_cursor:
            return
        if page.next_cursor in seen:
            raise Bug("The server's list repeats itself.", code="CURSOR_REPEATED")
        cursor = page.next_cursor
        seen.add(cursor)
    raise Bug("The server's list does not end.", code="LIST_WITHOUT_END")


async def every(
    fetch: Callable[[str], Awaitable[Page[T]]],
    identity: Callable[[T], str],
    *,
    page_cap: int = PAGE_CAP,
) -> AsyncIterator[T]:
    """Every item of a list once, though rows may shift between pages while it is read."""
    seen: set[str] = set()
    async for page in pages(fetch, page_cap=page_cap):
        for item in page.items:
            name = identity(item)
            if name not in seen:
                seen.add(name)
                yield item


async def all_projects(client: PartnerClient, *, status: str = "") -> AsyncIterator[Project]:
    """Every project, newest first."""

    async def fetch(cursor: str) -> Page[Project]:
        return await client.list_projects(cursor, status=status)

    async for project in every(fetch, _id_of):
        yield project


async def all_influencers(client: PartnerClient, project_id: str) -> AsyncIterator[Influencer]:
    """Every influencer of a project as slim items, newest first."""

    async def fetch(cursor: str) -> Page[Influencer]:
        return await client.list_influencers(project_id, cursor)

    async for influencer in every(fetch, _id_of):
        yield influencer


def _id_of(item: Project | Influencer) -> str:
    return item.id
