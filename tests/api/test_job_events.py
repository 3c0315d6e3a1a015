"""How often a job is asked for."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.api.job_events import poll_delays, poll_etag

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.api.client import PartnerClient


def test_the_waits_are_the_contracts() -> None:
    waits = list(islice(poll_delays(lambda: 0.0), 9))
    assert waits == pytest.approx([2, 2.6, 3.38, 4.394, 5.7122, 7.42586, 9.653618, 10, 10])


@given(st.floats(0, 1))
def test_jitter_only_adds_and_at_most_half_a_second(chance: float) -> None:
    plain = islice(poll_delays(lambda: 0.0), 20)
    for wait, without in zip(poll_delays(lambda: chance), plain, strict=False):
        assert 0 <= wait - without <= 0.5 + 1e-9


def test_a_tag_that_never_changes_cannot_hide_the_end_of_a_job() -> None:
    sent = [poll_etag(poll, '"x"') for poll in range(24)]
    assert sent.count("") == 2
    assert sent[11] == sent[23] == ""


async def test_an_unchanged_job_is_no_answer(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any]
) -> None:
    server.plays(
        answer_with({"jobId": "job_1", "status": "running"}, headers={"ETag": 'W/"1"'}),
        answer_with(raw=b"", status=304, headers={"ETag": 'W/"1"'}),
    )
    job = await client.get_job("job_1")
    assert job is not None
    assert job.etag == 'W/"1"'
    assert await client.get_job("job_1", job.etag) is None
    assert "if-none-match" not in server.asked[0].headers
    assert server.asked[1].headers["if-none-match"] == 'W/"1"'
