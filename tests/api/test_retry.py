"""Trying again: how often, how long, and what is never repeated."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.api.errors import Conflict, KeySwitchedOff, NoContact, RateLimited, ServerBusy
from studio.api.retry import CAP, LONGEST_WAIT, Breaker, Retrying, backoff, retry_after, server_time
from studio.core.errors import StudioError, TryLater

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.api.client import PartnerClient

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
ACCOUNT = {"organizationId": "o1"}


def envelope(code: str, **details: object) -> dict[str, object]:
    return {"error": {"code": code, "message": "m", "requestId": "req_1", "details": details}}


# ---- Retry-After


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("1.5", 1.5),
        ("0", 0),
        ("-30", 0),
        ("1000000000", LONGEST_WAIT),
        ("9" * 5000, LONGEST_WAIT),
        ("inf", LONGEST_WAIT),
        ("nan", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("\x00", None),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0),
        (format_datetime(NOW + timedelta(days=400), usegmt=True), LONGEST_WAIT),
        ("Fri, 01 May 2026 12:00:30 -0000", 30),
        ("Fri, 99 Foo 2026 99:00:30 GMT", None),
    ],
)
def test_every_form_of_retry_after(text: Any, seconds: float) -> None:
    assert retry_after(text, NOW) == seconds


@given(st.text())
def test_no_header_text_breaks_it(text: Any) -> None:
    seconds = retry_after(text, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_WAIT
    assert server_time(text, NOW).tzinfo is not None


def test_a_wrong_clock_here_does_not_stretch_a_wait(clock: Any) -> None:
    theirs = clock.now() - timedelta(days=1)
    until = format_datetime(theirs + timedelta(seconds=5), usegmt=True)
    assert retry_after(until, server_time(format_datetime(theirs, usegmt=True), clock.now())) == 5


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_the_pause_grows_and_stays_capped(failures: Any, chance: float) -> None:
    assert 0 <= backoff(failures, chance) <= CAP
    assert backoff(failures, 1.0) <= backoff(failures + 1, 1.0)


# ---- over a socket


async def test_a_short_wait_is_sat_out_within_the_call(
    server: Any,
    make_client: Callable[..., PartnerClient],
    clock: Any,
    answer_with: Callable[..., Any],
) -> None:
    server.plays(
        answer_with(envelope("RATE_LIMITED"), status=429, headers={"Retry-After": "7"}),
        answer_with(ACCOUNT),
    )
    await make_client(tries=3).whoami()
    assert len(server.asked) == 2
    assert clock.elapsed >= 7


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("text", ["300", "1000000000", "Fri, 01 May 2026 12:05:00 GMT"])
async def test_a_long_wait_surfaces_with_its_moment(
    server: Any,
    make_client: Callable[..., PartnerClient],
    clock: Any,
    answer_with: Callable[..., Any],
    status: int,
    text: Any,
) -> None:
    code = "RATE_LIMITED" if status == 429 else "UNAVAILABLE"
    server.plays(answer_with(envelope(code), status=status, headers={"Retry-After": text}))
    with pytest.raises(TryLater) as caught:
        await make_client(tries=3).whoami()
    assert len(server.asked) == 1
    assert caught.value.at is not None
    wait = (caught.value.at - clock.now()).total_seconds()
    assert 299 <= wait <= LONGEST_WAIT
    assert caught.value.request_id == "req_TEST"
    assert not caught.value.no_contact


@pytest.mark.parametrize("text", ["soon", "-5", "nan", "0"])
async def test_a_senseless_wait_falls_back_to_our_own(
    server: Any,
    make_client: Callable[..., PartnerClient],
    clock: Any,
    answer_with: Callable[..., Any],
    text: Any,
) -> None:
    server.plays(answer_with(envelope("BUSY"), status=503, headers={"Retry-After": text}))
    with pytest.raises(ServerBusy):
        await make_client(tries=3).whoami()
    assert len(server.asked) == 3
    assert clock.waits == [0.5, 1.0]


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504, 520])
async def test_passing_trouble_is_tried_three_times(
    server: Any,
    make_client: Callable[..., PartnerClient],
    answer_with: Callable[..., Any],
    status: int,
) -> None:
    server.plays(answer_with(envelope("WHATEVER"), status=status))
    with pytest.raises(ServerBusy):
        await make_client(tries=3).whoami()
    assert len(server.asked) == 3


@pytest.mark.parametrize("scope", ["key", "organization"])
async def test_a_key_that_was_switched_off_is_never_repeated(
    server: Any,
    make_client: Callable[..., PartnerClient],
    answer_with: Callable[..., Any],
    scope: Any,
) -> None:
    server.plays(
        answer_with(envelope("KILL_SWITCH", scope=scope), status=503, headers={"Retry-After": "1"})
    )
    with pytest.raises(KeySwitchedOff) as caught:
        await make_client(tries=3).whoami()
    assert len(server.asked) == 1
    assert caught.value.code == "KILL_SWITCH"


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 409, 410, 413, 415, 422])
async def test_a_refusal_is_never_repeated(
    server: Any,
    make_client: Callable[..., PartnerClient],
    answer_with: Callable[..., Any],
    status: int,
) -> None:
    server.plays(answer_with(envelope("SOMETHING"), status=status))
    with pytest.raises(StudioError) as caught:
        await make_client(tries=3).patch_influencer("inf_1", {"name": "A"})
    assert len(server.asked) == 1
    assert not isinstance(caught.value, TryLater)


async def test_a_write_is_repeated_with_the_same_key_and_body(
    server: Any, make_client: Callable[..., PartnerClient], answer_with: Callable[..., Any]
) -> None:
    async def lost(_asked: Any, writer: Any) -> None:
        writer.close()

    server.plays(lost, lost, answer_with({"influencerId": "inf_1", "name": "A"}))
    record = await make_client(tries=3).patch_influencer(
        "inf_1", {"name": "A"}, idempotency_key="01MUTATION"
    )
    assert record.name == "A"
    assert {asked.headers["idempotency-key"] for asked in server.asked} == {"01MUTATION"}
    assert len({asked.body for asked in server.asked}) == 1


async def test_writes_without_a_given_key_get_one_each(
    server: Any, make_client: Callable[..., PartnerClient], answer_with: Callable[..., Any]
) -> None:
    server.plays(answer_with(envelope("BUSY"), status=500), answer_with({"influencerId": "inf_1"}))
    client = make_client(tries=3)
    await client.patch_influencer("inf_1", {"name": "A"})
    await client.patch_influencer("inf_1", {"name": "B"})
    keys = [asked.headers["idempotency-key"] for asked in server.asked]
    assert keys[0] == keys[1] != keys[2]


async def test_a_call_that_may_not_be_repeated_is_not(clock: Any) -> None:
    tries = 0

    async def attempt() -> None:
        nonlocal tries
        tries += 1
        raise ServerBusy("x")

    with pytest.raises(ServerBusy):
        await Retrying(clock, chance=lambda: 0.5).run(attempt, repeatable=False)
    assert tries == 1


@given(
    waits=st.lists(st.none() | st.floats(0, 100), min_size=3, max_size=3), chance=st.floats(0, 1)
)
def test_one_call_never_takes_more_than_three_tries_and_its_patience(
    waits: Any, chance: float
) -> None:
    class Clock:
        elapsed = 0.0

        def now(self) -> Any:
            return NOW

        def monotonic(self) -> Any:
            return self.elapsed

        async def sleep(self, seconds: float) -> None:
            self.elapsed += seconds

    clock, left = Clock(), list(waits)
    slept: list[tuple[float | None, float]] = []

    async def attempt() -> None:
        if not left:
            raise AssertionError("a fourth try")
        slept.append((left[0], clock.elapsed))
        raise RateLimited("x", wait=left.pop(0))

    with pytest.raises(RateLimited):
        asyncio.run(Retrying(clock, chance=lambda: chance).run(attempt, repeatable=True))
    assert clock.elapsed <= 20.0
    for (asked, before), (_, after) in pairwise(slept):
        assert after - before >= (asked or 0.0) - 1e-9


# ---- the breaker


async def test_after_five_lost_contacts_calls_fail_at_once_until_a_probe_passes(
    server: Any,
    make_client: Callable[..., PartnerClient],
    clock: Any,
    answer_with: Callable[..., Any],
) -> None:
    async def lost(_asked: Any, writer: Any) -> None:
        writer.close()

    client = make_client()
    server.plays(lost)
    for _ in range(5):
        with pytest.raises(NoContact):
            await client.whoami()
    with pytest.raises(NoContact) as caught:
        await client.whoami()
    assert len(server.asked) == 5
    assert caught.value.at is not None
    assert caught.value.at > clock.now()

    clock.elapsed += 60
    with pytest.raises(NoContact):
        await client.whoami()
    with pytest.raises(NoContact):
        await client.whoami()
    assert len(server.asked) == 6

    server.plays(answer_with(ACCOUNT))
    await client.reconnect()
    await client.whoami()
    await client.whoami()
    assert len(server.asked) == 8


async def test_answers_of_any_kind_are_contact(
    server: Any, make_client: Callable[..., PartnerClient], answer_with: Callable[..., Any]
) -> None:
    client = make_client()
    server.plays(answer_with(envelope("BUSY"), status=500))
    for _ in range(8):
        with pytest.raises(ServerBusy):
            await client.whoami()
    assert len(server.asked) == 8


def test_only_one_probe_at_a_time(clock: Any) -> None:
    breaker = Breaker(clock, chance=lambda: 0.0)
    for _ in range(5):
        breaker.leave(probe=breaker.enter(), contact=False)
    breaker.try_now()
    assert breaker.enter()
    with pytest.raises(NoContact):
        breaker.enter()
    breaker.leave(probe=True, contact=None)
    assert breaker.enter(), "a probe that was cut off frees the place"
    breaker.leave(probe=True, contact=True)
    assert not breaker.enter()


@given(st.lists(st.booleans(), max_size=80), st.floats(0, 1))
def test_the_breaker_never_locks_for_more_than_a_minute(outcomes: Any, chance: float) -> None:
    class Clock:
        at = 0.0

        def now(self) -> Any:
            return NOW

        def monotonic(self) -> Any:
            return self.at

        async def sleep(self, seconds: float) -> None:
            raise AssertionError

    clock = Clock()
    breaker = Breaker(clock, chance=lambda: chance)
    for contact in outcomes:
        waited, probe = 0.0, False
        while True:
            try:
                probe = breaker.enter()
                break
            except NoContact:
                clock.at += 1.0
                waited += 1.0
        assert waited <= 61
        breaker.leave(probe=probe, contact=contact)
        if contact:
            assert not breaker.is_open


# ---- a write whose answer was lost


async def lost_answer(_asked: Any, writer: Any) -> None:
    writer.close()


async def test_a_conflict_right_after_a_lost_answer_is_waited_out(
    server: Any, make_client: Callable[..., PartnerClient], answer_with: Callable[..., Any]
) -> None:
    server.plays(
        lost_answer,
        answer_with(envelope("CONFLICT"), status=409),
        answer_with({"influencerId": "inf_1", "name": "A"}),
    )
    client = make_client(tries=3)
    assert (await client.patch_influencer("inf_1", {"name": "A"})).name == "A"


async def test_a_conflict_that_stays_surfaces_in_the_end(
    server: Any, make_client: Callable[..., PartnerClient], answer_with: Callable[..., Any]
) -> None:
    conflict = answer_with(envelope("CONFLICT"), status=409)
    server.plays(lost_answer, conflict)
    client = make_client(tries=1)
    seen = []
    for _ in range(6):
        with pytest.raises(StudioError) as caught:
            await client.create_influencer("p", "inf_1", {"name": "A"}, idempotency_key="K")
        seen.append(type(caught.value))
    assert seen == [NoContact, ServerBusy, ServerBusy, ServerBusy, Conflict, Conflict]


async def test_a_conflict_out_of_the_blue_is_one(
    server: Any, make_client: Callable[..., PartnerClient], answer_with: Callable[..., Any]
) -> None:
    server.plays(answer_with(envelope("CONFLICT"), status=409))
    with pytest.raises(Conflict):
        await make_client(tries=3).create_influencer("p", "inf_1", {"name": "A"})
    assert len(server.asked) == 1


async def test_a_stage_that_refuses_to_stop_is_never_waited_out(
    server: Any, make_client: Callable[..., PartnerClient], answer_with: Callable[..., Any]
) -> None:
    refusal = envelope("CONFLICT", subcode="JOB_CANCEL_UNAVAILABLE")
    server.plays(lost_answer, answer_with(refusal, status=409))
    with pytest.raises(Conflict):
        await make_client(tries=3).cancel_job("job_1")
