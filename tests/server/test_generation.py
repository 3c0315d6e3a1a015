"""The later generation: its shapes, its strict bodies, and what it no longer has (contract 4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RECORD = {
    "influencerId",
    "projectId",
    "name",
    "imageUrl",
    "gender",
    "ageRange",
    "brandVoice",
    "language",
    "status",
    "errorMessage",
    "createdAt",
    "updatedAt",
}
OPTIONS = ("--render-seconds", "0.2", "--picture-side", "64", "--generation", "L")


@pytest.fixture
def later(start_process: Callable[..., Any]) -> Iterator[httpx.Client]:
    process = start_process("--empty", *OPTIONS)
    bearer = {"Authorization": f"Bearer {process.key}"}
    with httpx.Client(base_url=process.url, headers=bearer, timeout=20) as client:
        yield client


@pytest.fixture
def place(later: httpx.Client) -> str:
    made = later.post("/v1/projects", json={"name": "Demo Coffee", "timezone": "UTC"})
    return f"/v1/projects/{made.json()['id']}/influencers"


def _codes(answer: httpx.Response) -> tuple[int, list[str]]:
    body = answer.json()["error"]
    return answer.status_code, [issue["path"] for issue in body["details"]["issues"]]


def test_only_a_bearer_key_opens_it(later: httpx.Client) -> None:
    key = later.headers["Authorization"].removeprefix("Bearer ")
    refused = httpx.get(f"{later.base_url}/v1/whoami", headers={"X-Api-Key": key})
    assert refused.status_code == 401
    body = later.get("/v1/whoami").json()
    assert body["organizationId"].startswith("org_")
    assert body["apiKeyId"].startswith("key_")
    assert body["scopes"] == ["*"]
    assert "parentOrganizationId" in body
    assert not {"killSwitch", "apiAccessRevoked"} & set(body)


def test_it_makes_id_and_name_itself_and_draws_one_picture(
    later: httpx.Client, place: str, finished: Callable[..., Any]
) -> None:
    started = later.post(place, json={"gender": "non_binary", "prompt": "calm maker"})
    assert started.status_code == 202
    assert started.json()["kind"] == "influencer_create"
    one = f"/v1/influencers/{started.json()['influencerId']}"
    early = later.get(one).json()
    assert set(early) == RECORD
    assert early["imageUrl"] is None or early["status"] == "ready"
    assert finished(later, started.json()["jobId"])["status"] == "completed"
    ready = later.get(one).json()
    assert (ready["status"], ready["gender"], ready["ageRange"]) == (
        "ready",
        "non_binary",
        "young_adult",
    )
    assert ready["name"]
    assert later.get(ready["imageUrl"]).status_code == 200
    (listed,) = later.get(place).json()["items"]
    assert listed == ready


def test_bodies_are_strict(later: httpx.Client, place: str) -> None:
    assert _codes(later.post(place, json={"name": "A"})) == (422, ["name"])
    one = f"/v1/influencers/{later.post(place).json()['influencerId']}"
    assert _codes(later.patch(one, json={"personality": {}})) == (422, ["personality"])
    assert _codes(later.patch(one, json={"gender": None})) == (422, ["gender"])
    assert _codes(later.patch(one, json={"gender": "nonbinary"})) == (422, ["gender"])
    assert _codes(later.patch(one, json={"ageRange": "25-34"})) == (422, ["ageRange"])
    assert later.patch(one, json={}).status_code == 422
    mine = {"name": "B", "newInfluencerId": "inf_OURS"}
    assert _codes(later.post(f"{one}/clone", json=mine)) == (422, ["newInfluencerId"])


def test_a_patch_and_a_clone(later: httpx.Client, place: str, finished: Callable[..., Any]) -> None:
    one = f"/v1/influencers/{later.post(place).json()['influencerId']}"
    change = {"name": "Nova", "ageRange": None, "brandVoice": "witty", "language": "es-MX"}
    assert later.patch(one, json=change).json().items() >= change.items()
    body = {"name": "Nova (B)", "overrides": {"brandVoice": "warm"}}
    started = later.post(f"{one}/clone", json=body).json()
    assert started["kind"] == "influencer_create"
    finished(later, started["jobId"])
    copy = later.get(f"/v1/influencers/{started['influencerId']}").json()
    assert (copy["name"], copy["brandVoice"], copy["language"]) == ("Nova (B)", "warm", "es-MX")
    assert later.request("DELETE", one).json()["status"] == "deleted"
    assert later.get(one).status_code == 404


def test_what_is_gone_has_no_route(later: httpx.Client, place: str) -> None:
    one = f"/v1/influencers/{later.post(place).json()['influencerId']}"
    bound = later.post(f"{one}/reference-images", json={"assetIds": ["med_1"]})
    media = later.post(place.replace("influencers", "media"), json={})
    assert [bound.status_code, media.status_code] == [404, 404]


def test_rows_of_the_first_generation_are_shown_in_its_words(
    start_process: Callable[..., Any],
) -> None:
    process = start_process("--empty", "--render-seconds", "0.2", "--picture-side", "64")
    with process.client() as client:
        made = client.post("/v1/projects", json={"name": "Demo", "timezone": "UTC"}).json()["id"]
        body = {"name": "Ada", "gender": "unspecified", "ageRange": "25-34"}
        one = client.post(f"/v1/projects/{made}/influencers", json=body).json()["influencerId"]
    process.stop()
    process.options = ("--empty", *OPTIONS)
    process.start()
    bearer = {"Authorization": f"Bearer {process.key}"}
    found = httpx.get(f"{process.url}/v1/influencers/{one}", headers=bearer).json()
    assert (found["name"], found["gender"], found["ageRange"]) == ("Ada", "female", "young_adult")
