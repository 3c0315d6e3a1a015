"""Tasks end with their scope, and no error waits for the garbage collector."""

from __future__ import annotations

import asyncio

import pytest

from studio.core.tasks import TaskScope


async def test_closing_a_scope_ends_its_tasks_and_those_below() -> None:
    ended: list[str] = []

    async def forever(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)

    app = TaskScope("app")
    window = app.child("window")
    app.spawn(forever("app"), name="a")
    window.spawn(forever("window"), name="w")
    await asyncio.sleep(0)
    assert set(app.running) == {"a", "w"}

    await app.close()

    assert ended == ["window", "app"]
    assert app.running == ()


async def test_an_error_reaches_the_reporter_at_once() -> None:
    told: list[BaseException] = []
    scope = TaskScope("app", told.append)

    async def fails() -> None:
        raise ValueError("broken")

    scope.child("dialog").spawn(fails(), name="f")
    while not told:
        await asyncio.sleep(0)

    assert isinstance(told[0], ValueError)


async def test_latest_cancels_the_older_and_busy_refuses_the_newer() -> None:
    scope = TaskScope("app")
    seen: list[str] = []

    async def step(name: str) -> None:
        await asyncio.sleep(0)
        seen.append(name)

    scope.latest("search", step("a"))
    await scope.latest("search", step("ab"))  # type: ignore[misc]
    first = scope.busy("publish", step("one"))
    assert scope.busy("publish", step("two")) is None
    assert first is not None
    await first

    assert seen == ["ab", "one"]
    await scope.close()


async def test_a_closed_scope_starts_nothing() -> None:
    scope = TaskScope("app")
    await scope.close()
    assert scope.spawn(asyncio.sleep(0), name="late") is None
    assert scope.child("later").spawn(asyncio.sleep(0), name="late") is None


async def test_a_scope_can_be_closed_by_one_of_its_own_tasks() -> None:
    scope = TaskScope("app")

    async def close() -> str:
        await scope.close()
        return "closed"

    task = scope.spawn(close(), name="close")
    assert task is not None
    assert await task == "closed"


@pytest.mark.parametrize("times", [1, 2])
async def test_closing_twice_is_harmless(times: int) -> None:
    scope = TaskScope("app")
    for _ in range(times):
        await scope.close()
    assert scope.closed
