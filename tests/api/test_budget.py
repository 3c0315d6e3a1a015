"""The shared budget: never over the limit, the visible first, nobody forgotten."""

from __future__ import annotations

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.api.budget import Priority, RateBudget
from studio.api.errors import RateLimited
from studio.domain.account import TIERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.api.client import PartnerClient


class SteppedClock:
    """Time moves to the next sleeper once nothing else can go on."""

    def __init__(self) -> None:
        self.at = 0.0
        self.sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self.count = 0

    def now(self) -> datetime:
        return datetime(2026, 5, 1, tzinfo=UTC) + timedelta(seconds=self.at)

    def monotonic(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self.count += 1
        heapq.heappush(self.sleepers, (self.at + seconds, self.count, future))
        await future

    async def play(self, *coros: Any) -> Any:
        """Run everything to its end."""
        loop = asyncio.get_running_loop()
        tasks = [loop.create_task(coro) for coro in coros]
        while not all(task.done() for task in tasks):
            for _ in range(3):
                await asyncio.sleep(0)
            if not self.sleepers:
                continue
            self.at = max(self.at, self.sleepers[0][0])
            while self.sleepers and self.sleepers[0][0] <= self.at:
                future = heapq.heappop(self.sleepers)[2]
                if not future.done():
                    future.set_result(None)
        return [task.result() for task in tasks]


ARRIVALS = st.lists(
    st.tuples(st.floats(0, 200), st.sampled_from(list(Priority))), min_size=1, max_size=120
)


@settings(max_examples=40)
@given(ARRIVALS, st.integers(1, 25))
def test_no_minute_ever_holds_more_than_the_limit_and_everyone_gets_a_turn(
    arrivals: Any, limit: int
) -> None:
    clock = SteppedClock()
    budget = RateBudget(clock)
    budget.observe("read", {"x-ratelimit-limit": str(limit)})
    granted: list[float] = []

    async def come(at: float, priority: Priority) -> None:
        if at:
            await clock.sleep(at)
        await budget.acquire("read", priority)
        granted.append(clock.at)

    asyncio.run(clock.play(*(come(at, priority) for at, priority in arrivals)))
    assert len(granted) == len(arrivals)
    for first, over in zip(granted, granted[limit:], strict=False):
        assert over - first > 60


@settings(max_examples=40)
@given(st.lists(st.sampled_from(list(Priority)), min_size=5, max_size=60))
def test_what_is_visible_goes_first(priorities: Any) -> None:
    clock = SteppedClock()
    budget = RateBudget(clock)
    budget.observe("read", {"x-ratelimit-limit": "4"})
    turns: list[tuple[float, Priority]] = []

    async def come(priority: Priority) -> None:
        await clock.sleep(1)
        await budget.acquire("read", priority)
        turns.append((clock.at, priority))

    async def fill() -> None:
        for _ in range(4):
            await budget.acquire("read", Priority.VISIBLE)

    asyncio.run(clock.play(fill(), *(come(priority) for priority in priorities)))
    assert len(turns) == len(priorities)
    assert sorted(turns) == sorted(turns, key=lambda turn: turn[1])


async def test_background_work_leaves_room_for_what_a_person_does_next() -> None:
    clock = SteppedClock()
    budget = RateBudget(clock)
    many = 200

    async def sweep() -> None:
        for _ in range(many):
            await budget.acquire("read", Priority.BACKGROUND)

    async def person() -> None:
        await clock.sleep(1)
        before = clock.at
        await budget.acquire("read", Priority.VISIBLE)
        assert clock.at == before

    await clock.play(sweep(), person())


async def test_classes_do_not_share_their_calls() -> None:
    clock = SteppedClock()
    budget = RateBudget(clock)

    async def all_starts() -> None:
        for _ in range(20):
            await budget.acquire("start", Priority.VISIBLE)
        for _ in range(60):
            await budget.acquire("write", Priority.VISIBLE)
        for _ in range(120):
            await budget.acquire("read", Priority.VISIBLE)

    await clock.play(all_starts())
    assert clock.at == 0


@pytest.mark.parametrize("tier", [*TIERS, "unheard of"])
def test_the_tier_sets_the_limits(tier: str) -> None:
    budget = RateBudget(SteppedClock(), tier)
    limits = TIERS.get(tier, TIERS["standard"])
    assert (budget.limit("read"), budget.limit("write"), budget.limit("start")) == (
        limits.reads,
        limits.writes,
        limits.starts,
    )


async def test_calls_others_make_with_the_same_key_count() -> None:
    clock = SteppedClock()
    budget = RateBudget(clock)
    budget.observe(
        "read",
        {"x-ratelimit-limit": "10", "x-ratelimit-remaining": "2", "x-ratelimit-reset": "30"},
    )

    async def three() -> None:
        for _ in range(3):
            await budget.acquire("read", Priority.VISIBLE)

    await clock.play(three())
    assert 29 <= clock.at <= 36


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "x-ratelimit-limit",
                "x-ratelimit-remaining",
                "x-ratelimit-reset",
                "x-ratelimit-endpoint-class",
            ]
        ),
        st.text() | st.integers().map(str) | st.floats().map(str),
    )
)
def test_no_header_breaks_or_locks_it(headers: Any) -> None:
    clock = SteppedClock()
    budget = RateBudget(clock)
    budget.observe("read", headers)
    assert budget.limit("read") >= 1
    asyncio.run(clock.play(budget.acquire("read")))
    assert clock.at <= 70


async def test_a_pause_the_server_asked_for_is_kept() -> None:
    clock = SteppedClock()
    budget = RateBudget(clock)
    budget.pause("start", 12)
    await clock.play(budget.acquire("start"))
    assert 12 <= clock.at < 13


async def test_a_pause_too_long_to_wait_for_surfaces_with_its_moment() -> None:
    clock = SteppedClock()
    budget = RateBudget(clock)
    budget.pause("start", 3600)
    with pytest.raises(RateLimited) as caught:
        await budget.acquire("start")
    assert caught.value.at == clock.now() + timedelta(hours=1)
    await budget.acquire("read")


async def test_one_who_gives_up_frees_the_line() -> None:
    clock = SteppedClock()
    budget = RateBudget(clock)
    budget.observe("read", {"x-ratelimit-limit": "1"})
    await budget.acquire("read")
    loop = asyncio.get_running_loop()
    waiting = [loop.create_task(budget.acquire("read", Priority.VISIBLE)) for _ in range(50)]
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    await clock.play(budget.acquire("read", Priority.BACKGROUND))
    assert clock.at <= 66


async def test_the_headers_of_real_answers_reach_the_budget(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any]
) -> None:
    server.plays(
        answer_with(
            {"balance": 1},
            headers={
                "X-RateLimit-Endpoint-Class": "read-light",
                "X-RateLimit-Limit": "77",
                "X-RateLimit-Remaining": "70",
            },
        )
    )
    await client.credits()
    assert client.budget.limit("read") == 77
    assert client.budget.used("read") == 1


async def test_the_tier_of_whoami_reaches_the_budget(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any]
) -> None:
    server.plays(answer_with({"organizationId": "o", "rateLimitTier": "pilot"}))
    await client.whoami()
    assert client.budget.limit("write") == 600


async def test_a_refused_class_waits_while_others_go_on(
    server: Any,
    make_client: Callable[..., PartnerClient],
    clock: Any,
    answer_with: Callable[..., Any],
) -> None:
    error = {"error": {"code": "RATE_LIMITED", "message": "", "requestId": "r"}}
    server.plays(
        answer_with(error, status=429, headers={"Retry-After": "1800"}),
        answer_with({"organizationId": "o"}),
    )
    client = make_client()
    with pytest.raises(RateLimited):
        await client.clone_influencer("inf_1", "B")
    with pytest.raises(RateLimited) as caught:
        await client.clone_influencer("inf_1", "C")
    assert caught.value.at is not None
    await client.whoami()
    assert len(server.asked) == 2
