"""What the status bar is told: answers are contact, silence is not, and neither is hope."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from studio.api.errors import NoContact, RateLimited, ServerBusy
from studio.core.errors import Bug, SignIn
from studio.core.events import EventHub
from studio.domain.events import StatusChanged
from studio.sync.connectivity import Connectivity, is_answer


class StillClock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        return datetime(2026, 5, 1, tzinfo=UTC) + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return 500.0 + self.passed

    async def sleep(self, seconds: float) -> None:
        self.passed += seconds


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def told() -> list[object]:
    return []


@pytest.fixture
def contact(clock, told) -> Connectivity:
    hub = EventHub()
    hub.subscribe(StatusChanged, told.append)
    return Connectivity(hub, clock, "api.layers.com", Random(1))


def test_before_the_first_answer_nothing_is_claimed(contact):
    assert contact.status.contact == "connecting"
    assert contact.status.last_contact is None


def test_silence_is_offline_with_a_reason_and_a_next_try(contact, clock):
    contact.answered()
    at = contact.status.last_contact
    clock.passed += 60
    contact.failed(NoContact("The server cannot be reached."))
    assert contact.status.contact == "offline"
    assert contact.status.reason == "The server cannot be reached."
    assert contact.status.next_try > clock.now()
    assert contact.status.last_contact == at
    assert contact.wait_left() > 0


def test_tries_without_contact_grow_apart(contact):
    waits = []
    for _ in range(8):
        contact.failed(NoContact("The server cannot be reached."))
        waits.append(contact.wait_left())
    assert waits[-1] > 10 * waits[0]
    assert waits[-1] <= 60


def test_a_server_in_trouble_is_contact_all_the_same_and_tries_grow_apart(contact, clock):
    waits = []
    for _ in range(6):
        contact.failed(ServerBusy("The server cannot answer.", request_id="req_1"))
        waits.append(contact.wait_left())
    assert contact.status.contact == "online"
    assert contact.status.last_contact == clock.now()
    assert contact.status.reason
    assert waits[-1] > 5 * waits[0]


def test_a_gateway_that_answers_for_the_server_is_no_contact(contact):
    contact.failed(ServerBusy("The server cannot answer."))
    assert contact.status.contact == "offline"
    assert contact.status.last_contact is None


def test_a_limit_of_our_own_making_says_nothing_about_contact(contact):
    contact.answered()
    at = contact.status.last_contact
    contact.failed(RateLimited("Too many calls."))
    assert contact.status.contact == "online"
    assert contact.status.last_contact == at


def test_a_refused_key_waits_for_a_person(contact):
    contact.failed(SignIn("The server does not accept this key.", request_id="req_1"))
    assert contact.is_refused
    assert contact.status.last_contact is not None
    contact.try_again()
    assert contact.status.contact == "connecting"


def test_a_key_that_is_missing_here_is_no_contact(contact):
    contact.failed(SignIn("There is no key for this server."))
    assert contact.is_refused
    assert contact.status.last_contact is None


def test_listeners_hear_only_of_what_moved(contact, told):
    contact.update(waiting=1)
    contact.update(waiting=1)
    assert len(told) == 1


def test_only_an_id_of_the_call_proves_an_answer():
    assert is_answer(Bug("off contract", request_id="req_1"))
    assert not is_answer(Bug("our own"))
    assert not is_answer(NoContact("cut", request_id="req_1"))
