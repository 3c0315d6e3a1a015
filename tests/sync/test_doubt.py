"""When a server is asked first, and when the key alone is enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from studio.domain.mutation import Delete, Waiting
from studio.sync.doubt import is_forgotten

START = datetime(2026, 4, 18, 12, tzinfo=UTC)
DELETE = Delete("M1", "p", "inf_1")


@pytest.mark.parametrize(
    ("age", "asked"),
    [
        (timedelta(minutes=1), False),
        (timedelta(hours=22), False),
        (timedelta(hours=24), True),
        (timedelta(days=3650), True),
        (timedelta(days=-1), True),
    ],
)
def test_a_key_of_a_day_is_too_old_and_so_is_one_from_the_future(age, asked):
    row = Waiting(DELETE, "sending", START, first_sent_at=START, maybe_sent=True)
    assert is_forgotten(row, START + age) == asked


def test_what_surely_never_arrived_needs_no_question():
    row = Waiting(DELETE, "sending", START, first_sent_at=START)
    assert not is_forgotten(row, START + timedelta(days=9))
    row = Waiting(DELETE, "sending", START, maybe_sent=True)
    assert not is_forgotten(row, START + timedelta(days=9))
