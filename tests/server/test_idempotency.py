"""Idempotency keys (contract 1.7, Q13)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

BODY = {"name": "Once", "timezone": "UTC"}


def _projects(api: Any) -> int:
    return len(api.get("/v1/projects", params={"limit": 200}).json()["items"])


def _post(api: Any, key: str, **kwargs: Any) -> Any:
    headers = {"Idempotency-Key": key, **kwargs.pop("headers", {})}
    return api.post("/v1/projects", headers=headers, **kwargs)


def test_the_same_call_is_answered_again_and_done_once(
    start_hosted: Callable[..., Any],
) -> None:
    api = start_hosted().client
    first = _post(api, "k1", json=BODY)
    json_headers = {"Content-Type": "application/json"}
    spaced = b'{ "timezone" : "UTC",\n "name":"Once" }'
    again = _post(api, "k1", content=spaced, headers=json_headers)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert _projects(api) == 1
    assert _post(api, "k2", json=BODY).json()["id"] != first.json()["id"]


def test_without_a_key_each_call_counts(start_hosted: Callable[..., Any]) -> None:
    api = start_hosted().client
    assert api.post("/v1/projects", json=BODY).json() != api.post("/v1/projects", json=BODY).json()
    assert _projects(api) == 2


def test_another_body_under_the_same_key(start_hosted: Callable[..., Any]) -> None:
    api = start_hosted().client
    _post(api, "k", json=BODY)
    answer = _post(api, "k", json={**BODY, "name": "Other"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "IDEMPOTENCY_CONFLICT")
    assert _post(api, "k", json=BODY).status_code == 201


def test_a_key_belongs_to_one_route_and_its_ids(start_hosted: Callable[..., Any]) -> None:
    api = start_hosted().client
    ids = [_post(api, f"p{n}", json=BODY).json()["id"] for n in range(2)]
    headers = {"Idempotency-Key": "shared"}
    names = [
        api.patch(f"/v1/projects/{each}", json={"name": "New"}, headers=headers).json()["id"]
        for each in ids
    ]
    assert names == ids


def test_refusals_are_kept_too(start_hosted: Callable[..., Any]) -> None:
    api = start_hosted().client
    missing = {"name": "x", "timezone": "Nowhere/Land"}
    first = _post(api, "bad", json=missing)
    again = _post(api, "bad", json=missing)
    assert first.status_code == again.status_code == 422
    assert again.json()["error"]["requestId"] == first.json()["error"]["requestId"]


def test_a_deleted_row_is_told_once_under_one_key(api: Any, project: str) -> None:
    person = api.post(f"/v1/projects/{project}/influencers", json={"name": "J"}).json()
    where = f"/v1/influencers/{person['influencerId']}"
    headers = {"Idempotency-Key": "delete-once"}
    first = api.delete(where, headers=headers)
    again = api.delete(where, headers=headers)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert api.delete(where).status_code == 404


def test_a_repeated_clone_makes_one_clone(api: Any, project: str) -> None:
    person = api.post(f"/v1/projects/{project}/influencers", json={"name": "J"}).json()
    where = f"/v1/influencers/{person['influencerId']}/clone"
    headers = {"Idempotency-Key": "01J0A2B3C4D5E6F7G8H9JKMNPQ"}
    answers = [api.post(where, json={"name": "B"}, headers=headers) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["jobId"] for answer in answers}) == 1
    assert len(api.get(f"/v1/projects/{project}/influencers").json()["items"]) == 2


def test_a_twin_of_a_running_call_is_told_to_wait(
    start_hosted: Callable[..., Any], wait_until: Callable[..., Any]
) -> None:
    hosted = start_hosted()
    in_flight = hosted.parts.services.in_flight
    answers: list[Any] = []

    def call() -> None:
        answers.append(_post(hosted.client, "twin", json=BODY))

    threads = [threading.Thread(target=call) for _ in range(2)]
    # The database is held, so the first call is still inside when its twin comes.
    with hosted.parts.storage.transaction():
        for count, thread in enumerate(threads, start=1):
            thread.start()
            wait_until(lambda count=count: in_flight.calls() == count)
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["error"]["code"] == "CONFLICT"
    made = next(answer for answer in answers if answer.status_code == 201)
    assert _post(hosted.client, "twin", json=BODY).json() == made.json()
    assert _projects(hosted.client) == 1


def test_a_key_is_forgotten_after_24_hours(start_hosted: Callable[..., Any]) -> None:
    hosted = start_hosted()
    first = _post(hosted.client, "day", json=BODY).json()
    hosted.clock.forward(hours=23, minutes=59)
    assert _post(hosted.client, "day", json=BODY).json() == first
    hosted.clock.forward(minutes=1)
    assert _post(hosted.client, "day", json=BODY).json()["id"] != first["id"]


@pytest.mark.parametrize("key", ["", "k" * 256, "has space"])
def test_keys_that_cannot_be(api: Any, key: str) -> None:
    answer = _post(api, key, json=BODY)
    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["issues"][0]["path"] == "Idempotency-Key"


def test_a_kept_answer_survives_a_kill(start_process: Callable[..., Any]) -> None:
    process = start_process("--empty")
    with process.client() as api:
        first = _post(api, "kill", json=BODY).json()
    process.kill()
    with start_process("--empty").client() as api:
        assert _post(api, "kill", json=BODY).json() == first
        assert _projects(api) == 1
