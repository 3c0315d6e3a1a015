"""Projects as a caller sees them (contract 2.3)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx


def _make(api: httpx.Client, **fields: Any) -> dict[str, Any]:
    answer = api.post("/v1/projects", json={"name": "P", "timezone": "UTC", **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def _issues(answer: httpx.Response) -> set[str]:
    error = answer.json()["error"]
    assert error["code"] == "VALIDATION"
    return {issue["path"] for issue in error["details"]["issues"]}


def test_a_created_project_can_be_read_back(api: httpx.Client) -> None:
    own_id = str(uuid.uuid4()).upper()
    made = _make(
        api,
        id=own_id,
        name="Demo Coffee",
        timezone="America/Los_Angeles",
        customerExternalId="demo-coffee",
        ownerEmail="a@b.example",
        primaryLanguage="en-US",
        metadata={"tier": {"n": 1}},
    )
    assert made["id"] == own_id
    assert made["status"] == "active"
    assert made["metadata"] == {"tier": {"n": 1}}
    assert made["ownerEmail"] == "a@b.example"
    assert made["brandContext"] is None
    assert made["ingestState"] == {"github": None, "website": None, "appstore": None}
    assert api.get(f"/v1/projects/{own_id}").json() == made


def test_what_is_left_out_takes_its_default(api: httpx.Client) -> None:
    made = _make(api)
    assert (made["primaryLanguage"], made["customerExternalId"], made["metadata"]) == (
        "en",
        None,
        None,
    )
    assert "@" in made["ownerEmail"]


def test_an_id_is_taken_once(api: httpx.Client) -> None:
    made = _make(api)
    again = api.post("/v1/projects", json={"name": "P", "timezone": "UTC", "id": made["id"]})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "CONFLICT")


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, {"name", "timezone"}),
        ({"name": "", "timezone": "UTC"}, {"name"}),
        ({"name": "n" * 129, "timezone": "UTC"}, {"name"}),
        ({"name": "n", "timezone": "Mars/Olympus"}, {"timezone"}),
        ({"name": "n", "timezone": "UTC", "id": "prj_1"}, {"id"}),
        ({"name": "n", "timezone": "UTC", "metadata": {"x": "y" * 9000}}, {"metadata"}),
        ({"name": "n", "timezone": "UTC", "metadata": []}, {"metadata"}),
        ({"name": 5, "timezone": "UTC"}, {"name"}),
        ({"name": "n", "timezone": "UTC", "nickname": "x"}, {"nickname"}),
        ({"name": "n", "timezone": "UTC", "ownerEmail": "nobody"}, {"ownerEmail"}),
        ({"name": "n", "timezone": "UTC", "primaryLanguage": "e"}, {"primaryLanguage"}),
    ],
)
def test_a_bad_body_names_its_fields(
    api: httpx.Client, body: dict[str, Any], paths: set[str]
) -> None:
    answer = api.post("/v1/projects", json=body)
    assert answer.status_code == 422
    assert _issues(answer) == paths


def test_lists_are_newest_first_and_cursors_survive_new_rows(api: httpx.Client) -> None:
    mark = uuid.uuid4().hex
    made = [_make(api, name=f"{mark} {n}")["id"] for n in range(5)]
    first = api.get("/v1/projects", params={"search": mark.upper(), "limit": 2}).json()
    assert [item["id"] for item in first["items"]] == [made[4], made[3]]
    _make(api, name=f"{mark} late")
    seen = []
    cursor = first["nextCursor"]
    while cursor:
        page = api.get("/v1/projects", params={"search": mark, "limit": 2, "cursor": cursor}).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["nextCursor"]
    assert seen == [made[2], made[1], made[0]]


def test_lists_can_be_filtered(api: httpx.Client) -> None:
    mark = uuid.uuid4().hex
    one = _make(api, name="One", customerExternalId=mark)
    two = _make(api, name="Two 100%_", customerExternalId=mark)
    api.delete(f"/v1/projects/{one['id']}")

    def listed(**params: str) -> list[str]:
        items = api.get("/v1/projects", params={"customerExternalId": mark, **params}).json()
        return [item["id"] for item in items["items"]]

    assert listed() == [two["id"], one["id"]]
    assert listed(status="active") == [two["id"]]
    assert listed(status="archived") == [one["id"]]
    assert listed(search="%_") == [two["id"]]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=ten",
        "limit=1&limit=2",
        "cursor=nonsense",
        "cursor=WyJpbmZsdWVuY2VycyIsImEiLCJiIl0",
        "status=paused",
        "sort=name",
    ],
)
def test_a_bad_query_is_refused(api: httpx.Client, query: str) -> None:
    answer = api.get(f"/v1/projects?{query}")
    assert answer.status_code == 422
    assert _issues(answer) == {query.partition("=")[0]}


def test_a_patch_changes_what_it_names(api: httpx.Client) -> None:
    made = _make(api, metadata={"a": 1, "b": 2})
    patched = api.patch(
        f"/v1/projects/{made['id']}", json={"name": "New", "metadata": {"c": 3}}
    ).json()
    assert (patched["name"], patched["metadata"]) == ("New", {"c": 3})
    assert patched["timezone"] == made["timezone"]
    assert patched["updatedAt"] > made["updatedAt"]


@pytest.mark.parametrize(
    "field",
    ["id", "organizationId", "createdAt", "ingestState", "brandContext", "brandContext.icp"],
)
def test_read_only_fields_are_refused_with_400(api: httpx.Client, field: str) -> None:
    made = _make(api)
    answer = api.patch(f"/v1/projects/{made['id']}", json={"name": "New", field: "x"})
    assert answer.status_code == 400
    assert _issues(answer) == {field}
    assert api.get(f"/v1/projects/{made['id']}").json() == made


def test_archiving_is_repeatable_and_reversible(api: httpx.Client) -> None:
    made = _make(api)
    where = f"/v1/projects/{made['id']}"
    first = api.delete(where).json()
    assert first["status"] == "archived"
    assert first["canceledScheduledPosts"] == 0
    second = api.request("DELETE", where, json={})
    assert second.status_code == 200
    assert second.json()["archivedAt"] >= first["archivedAt"]
    assert api.get(where).json()["status"] == "archived"
    assert api.patch(where, json={"status": "active"}).json()["status"] == "active"


def test_nothing_new_starts_in_an_archived_project(api: httpx.Client, project: str) -> None:
    person = api.post(f"/v1/projects/{project}/influencers", json={"name": "Juno"}).json()
    where = f"/v1/influencers/{person['influencerId']}"
    api.delete(f"/v1/projects/{project}")
    create = api.post(f"/v1/projects/{project}/influencers", json={"name": "Second"})
    clone = api.post(f"{where}/clone", json={"name": "Copy"})
    assert [each.status_code for each in (create, clone)] == [409, 409]
    assert api.get(where).status_code == 200
    assert api.patch(where, json={"vibe": "calm"}).status_code == 200
    assert api.delete(where).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_unknown_and_impossible_ids(api: httpx.Client, method: str) -> None:
    body = {"name": "x"} if method == "PATCH" else None
    unknown = api.request(method, f"/v1/projects/{uuid.uuid4()}", json=body)
    impossible = api.request(method, "/v1/projects/not-a-uuid", json=body)
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "NOT_FOUND")
    assert impossible.status_code == 422
