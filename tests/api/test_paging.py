"""Lists end, and whoever reaches the end has seen all of it once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.api.paging import Page, all_influencers, all_projects, every, pages
from studio.core.errors import Bug

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.api.client import PartnerClient


@given(st.lists(st.lists(st.integers(0, 30).map(str), max_size=5), min_size=1, max_size=8))
async def test_every_item_comes_once_though_pages_shift(content: Any) -> None:
    async def fetch(cursor: str) -> Any:
        number = int(cursor or 0)
        following = str(number + 1) if number + 1 < len(content) else ""
        return Page(tuple(content[number]), following)

    seen = [item async for item in every(fetch, str)]
    assert seen == list(dict.fromkeys(item for page in content for item in page))


@pytest.mark.parametrize("loop", [["a", "a"], ["a", "b", "a"]])
async def test_a_list_that_repeats_itself_is_a_bug_not_an_end(loop: Any) -> None:
    cursors = iter([*loop, *loop])

    async def fetch(_cursor: str) -> Any:
        return Page(("x",), next(cursors))

    with pytest.raises(Bug):
        async for _ in pages(fetch):
            pass


async def test_a_list_without_end_ends() -> None:
    async def fetch(cursor: str) -> Any:
        return Page(("x",), f"{cursor}+")

    with pytest.raises(Bug):
        async for _ in pages(fetch, page_cap=10):
            pass


async def test_all_pages_over_the_wire(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any]
) -> None:
    server.plays(
        answer_with({"items": [{"influencerId": "a"}, {"name": "no id"}, 7], "nextCursor": "c/1 "}),
        answer_with({"items": [{"influencerId": "a"}, {"influencerId": "b"}]}),
    )
    found = [item async for item in all_influencers(client, "p1")]
    assert [item.id for item in found] == ["a", "b"]
    assert [asked.target for asked in server.asked] == [
        "/v1/projects/p1/influencers?limit=100",
        "/v1/projects/p1/influencers?cursor=c%2F1+&limit=100",
    ]


async def test_all_projects_over_the_wire(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any]
) -> None:
    server.plays(answer_with({"items": [{"id": "p1", "name": "A"}], "nextCursor": None}))
    found = [item async for item in all_projects(client, status="active")]
    assert [item.name for item in found] == ["A"]
    assert server.asked[0].target == "/v1/projects?limit=200&status=active"


@pytest.mark.parametrize("answer", [{}, {"items": None}, {"items": {}}, []])
async def test_a_page_without_items_is_not_an_empty_list(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any], answer: Any
) -> None:
    server.plays(answer_with(answer))
    with pytest.raises(Bug):
        await client.list_influencers("p1")
