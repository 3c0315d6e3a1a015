"""Jobs: progress, ETags, cancel, and going on after the server was killed (contract 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

RENDERING = "rendering_references"


@pytest.fixture(scope="module")
def slow_server(tmp_path_factory: pytest.TempPathFactory, server: Any) -> Iterator[Any]:
    """A server slow enough to act between the stages of a job."""
    process = type(server)(
        tmp_path_factory.mktemp("slow"),
        ("--empty", "--render-seconds", "1.5", "--picture-side", "32"),
    ).start()
    yield process
    process.stop()


@pytest.fixture
def slow(slow_server: Any) -> Iterator[httpx.Client]:
    with slow_server.client() as client:
        yield client


def _project(api: httpx.Client) -> str:
    return str(api.post("/v1/projects", json={"name": "P", "timezone": "UTC"}).json()["id"])


def _start(api: httpx.Client, project: str, name: str = "Juno") -> dict[str, Any]:
    answer = api.post(f"/v1/projects/{project}/influencers", json={"name": name})
    accepted: dict[str, Any] = answer.json()
    return accepted


def _changes(api: httpx.Client, job_id: str, wait_until: Callable[..., Any]) -> list[Any]:
    """Every different body of a job until its end, followed by its ETag."""
    seen: list[tuple[str, dict[str, Any]]] = []

    def ended() -> bool:
        tag = seen[-1][0] if seen else ""
        answer = api.get(f"/v1/jobs/{job_id}", headers={"If-None-Match": tag})
        if answer.status_code == 304:
            assert answer.content == b""
            assert answer.headers["etag"] == tag
            return False
        seen.append((answer.headers["etag"], answer.json()))
        return seen[-1][1]["status"] != "running"

    wait_until(ended)
    return seen


def test_a_follower_sees_every_stage_with_a_new_etag(
    slow: httpx.Client, wait_until: Callable[..., Any]
) -> None:
    accepted = _start(slow, _project(slow))
    seen = _changes(slow, accepted["jobId"], wait_until)
    tags = [tag for tag, _body in seen]
    running = [body for _tag, body in seen[:-1]]
    assert len(set(tags)) == len(tags)
    stages = list(dict.fromkeys(body["stage"] for body in running))
    assert stages == ["queued", "shaping_identity", RENDERING, "finalizing"]
    progress = [body["progress"] for body in running]
    assert progress == sorted(progress)
    assert len(set(progress)) >= 5
    assert all(0 <= each < 1 for each in progress)
    assert set(running[0]) == {"jobId", "kind", "status", "progress", "stage", "startedAt"}
    last = seen[-1][1]
    assert set(last) == {"jobId", "kind", "status", "finishedAt", "result"}
    assert last["result"] == {"influencerId": accepted["influencerId"]}


def test_a_clone_reads_its_source_first(slow: httpx.Client, wait_until: Callable[..., Any]) -> None:
    source = _start(slow, _project(slow))["influencerId"]
    accepted = slow.post(f"/v1/influencers/{source}/clone", json={"name": "B"}).json()
    where = f"/v1/jobs/{accepted['jobId']}"

    def after_the_queue() -> str:
        stage = str(slow.get(where).json()["stage"])
        return "" if stage == "queued" else stage

    assert wait_until(after_the_queue) == "reading_source"


def test_any_of_several_etags_matches(api: httpx.Client, project: str, finished: Any) -> None:
    job = _start(api, project)["jobId"]
    finished(api, job)
    tag = api.get(f"/v1/jobs/{job}").headers["etag"]
    for known in (f'"x", {tag}', f"W/{tag}", "*"):
        assert api.get(f"/v1/jobs/{job}", headers={"If-None-Match": known}).status_code == 304
    assert api.get(f"/v1/jobs/{job}", headers={"If-None-Match": '"x"'}).status_code == 200


def test_a_canceled_job_ends_between_stages_and_its_row_fails(
    slow: httpx.Client, finished: Any
) -> None:
    accepted = _start(slow, _project(slow))
    where = f"/v1/jobs/{accepted['jobId']}"
    first = slow.post(f"{where}/cancel")
    assert (first.status_code, first.json()) == (
        202,
        {"jobId": accepted["jobId"], "accepted": True},
    )
    ended = finished(slow, accepted["jobId"])
    assert set(ended) == {"jobId", "kind", "status", "finishedAt"}
    assert ended["status"] == "canceled"
    record = slow.get(f"/v1/influencers/{accepted['influencerId']}").json()
    assert record["status"] == "failed"
    again = slow.post(f"{where}/cancel")
    assert (again.status_code, again.json()["reason"]) == (200, "ALREADY_CANCELED")
    assert again.json()["accepted"] is False


def test_finalizing_refuses_to_be_canceled(
    slow: httpx.Client, wait_until: Callable[..., Any], finished: Any
) -> None:
    job = _start(slow, _project(slow))["jobId"]
    wait_until(lambda: slow.get(f"/v1/jobs/{job}").json().get("stage") == "finalizing")
    refused = slow.post(f"/v1/jobs/{job}/cancel")
    assert refused.status_code == 409
    error = refused.json()["error"]
    assert error["code"] == "CONFLICT"
    assert error["details"] == {
        "subcode": "JOB_CANCEL_UNAVAILABLE",
        "jobId": job,
        "stage": "finalizing",
    }
    assert finished(slow, job)["status"] == "completed"


def test_ended_jobs_say_how_they_ended(api: httpx.Client, project: str, finished: Any) -> None:
    for name, reason in (("Juno", "ALREADY_COMPLETED"), ("Doomed", "ALREADY_FAILED")):
        job = _start(api, project, name)["jobId"]
        finished(api, job)
        answer = api.post(f"/v1/jobs/{job}/cancel")
        assert (answer.status_code, answer.json()["reason"]) == (200, reason)


def test_unknown_jobs(api: httpx.Client) -> None:
    assert api.get("/v1/jobs/job_none").status_code == 404
    assert api.post("/v1/jobs/job_none/cancel").status_code == 404


def test_more_running_jobs_than_allowed(start_hosted: Callable[..., Any], finished: Any) -> None:
    api = start_hosted(running_jobs=2, render_seconds=0.8).client
    project = _project(api)
    jobs = [_start(api, project)["jobId"] for _ in range(2)]
    where = f"/v1/projects/{project}/influencers"
    own_key = {"Idempotency-Key": "third"}
    refused = api.post(where, json={"name": "Third"}, headers=own_key)
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "RATE_LIMITED"
    assert int(refused.headers["retry-after"]) >= 1
    for job in jobs:
        finished(api, job)
    # The refusal was not kept under the key, so the same call may now succeed.
    assert api.post(where, json={"name": "Third"}, headers=own_key).status_code == 202


def test_jobs_survive_one_kill_after_the_other_and_a_canceled_one_stays_canceled(
    start_process: Callable[..., Any], wait_until: Callable[..., Any], finished: Any
) -> None:
    options = ("--empty", "--render-seconds", "1.5", "--picture-side", "32")
    process = start_process(*options)
    address = process.url
    with process.client() as api:
        project = _project(api)
        kept, canceled = (_start(api, project) for _ in range(2))
        where = f"/v1/jobs/{kept['jobId']}"
    queued = ""
    for moment in (RENDERING, "finalizing"):
        with process.client() as api:
            wait_until(lambda api=api: api.get(where).json()["stage"] == moment)  # noqa: B023
            if moment == RENDERING:
                cancel = api.post(f"/v1/jobs/{canceled['jobId']}/cancel")
                assert cancel.status_code == 202
            queued = _start(api, project)["jobId"]
        process.kill()
        process = start_process(*options)
        assert process.url == address
        with process.client() as api:
            cut = api.get(where).json()
            assert (cut["status"], cut["stage"]) == ("running", moment)
            assert api.get(f"/v1/jobs/{queued}").json()["stage"] == "queued"
    with process.client() as api:
        assert finished(api, kept["jobId"])["status"] == "completed"
        assert finished(api, canceled["jobId"])["status"] == "canceled"
        assert finished(api, queued)["status"] == "completed"
        record = api.get(f"/v1/influencers/{kept['influencerId']}").json()
        assert record["status"] == "ready"
        images = [image["assetId"] for image in record["referenceImages"]]
        assert len(images) == len(set(images)) == 4
        for image in record["referenceImages"]:
            assert api.get(image["url"]).status_code == 200
