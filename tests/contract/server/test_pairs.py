"""The server against ``tests/contract/pairs.yaml``: literal requests, literal responses."""

from __future__ import annotations

import base64
import re
import uuid
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAIRS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "pairs.yaml").read_text(encoding="utf-8")
)
JUNO = next(p for p in PAIRS if p["name"] == "create an influencer with every field")
PNG = next(p for p in PAIRS if p["name"] == "upload a small picture in one call")


class Given:
    """The things named in braces, each made when a pair first names it."""

    def __init__(
        self, fast: httpx.Client, slow: httpx.Client, finished: Callable[..., Any]
    ) -> None:
        self.fast = fast
        self.slow = slow
        self._finished = finished
        self._made: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        if name not in self._made:
            getattr(self, f"_make_{name}")()
        return self._made[name]

    def fill(self, value: Any) -> Any:
        """``value`` with every name in braces replaced."""
        if isinstance(value, str):
            return re.sub(r"\{([a-z]+)\}", lambda match: self[match.group(1)], value)
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, dict):
            return {key: self.fill(item) for key, item in value.items()}
        return value

    def _post(self, path: str, body: Any, api: httpx.Client | None = None) -> dict[str, Any]:
        answer = (api or self.fast).post(path, json=body)
        assert answer.is_success, answer.text
        result: dict[str, Any] = answer.json()
        return result

    def _make_project(self) -> None:
        body = {
            "name": "Demo Coffee",
            "timezone": "America/Los_Angeles",
            "customerExternalId": "demo-coffee",
            "ownerEmail": "ops@demo.example",
        }
        self._made["project"] = self._post("/v1/projects", body)["id"]

    def _make_archived(self) -> None:
        made = self._post("/v1/projects", {"name": "Old", "timezone": "UTC"})["id"]
        self.fast.delete(f"/v1/projects/{made}").raise_for_status()
        self._made["archived"] = made

    def _make_influencer(self) -> None:
        body = dict(JUNO["request"]["body"])
        del body["influencerId"], body["referenceImages"]
        accepted = self._post(f"/v1/projects/{self['project']}/influencers", body)
        self._finished(self.fast, accepted["jobId"])
        self._made["influencer"] = accepted["influencerId"]
        self._made["ended"] = accepted["jobId"]
        job = self.fast.get(f"/v1/jobs/{accepted['jobId']}")
        self._made["etag"] = job.headers["etag"]

    _make_ended = _make_influencer
    _make_etag = _make_influencer

    def _make_doomed(self) -> None:
        accepted = self._post(f"/v1/projects/{self['project']}/influencers", {"name": "Doomed"})
        self._finished(self.fast, accepted["jobId"])
        self._made["doomed"] = accepted["influencerId"]
        self._made["failed"] = accepted["jobId"]

    _make_failed = _make_doomed

    def _make_asset(self) -> None:
        made = self._post(f"/v1/projects/{self['project']}/media", PNG["request"]["body"])
        self._made["asset"] = made["assetId"]

    def _make_foreign(self) -> None:
        other = self._post("/v1/projects", {"name": "Other", "timezone": "UTC"})["id"]
        made = self._post(f"/v1/projects/{other}/media", PNG["request"]["body"])
        self._made["foreign"] = made["assetId"]

    def _presigned(self) -> dict[str, Any]:
        body = {"kind": "reference_image", "mimeType": "image/png"}
        return self._post(f"/v1/projects/{self['project']}/media/presign", body)

    def _make_upload(self) -> None:
        signed = self._presigned()
        data = base64.b64decode(PNG["request"]["body"]["dataBase64"])
        httpx.put(signed["uploadUrl"], content=data, headers=signed["headers"]).raise_for_status()
        self._made["upload"] = signed["uploadId"]

    def _make_pending(self) -> None:
        self._made["pending"] = self._presigned()["uploadId"]

    def _make_running(self) -> None:
        project = self._post("/v1/projects", {"name": "Slow", "timezone": "UTC"}, self.slow)
        accepted = self._post(
            f"/v1/projects/{project['id']}/influencers", {"name": "Slow"}, self.slow
        )
        self._made["running"] = accepted["jobId"]

    def _make_new(self) -> None:
        self._made["new"] = f"inf_{uuid.uuid4()}"


@pytest.fixture(scope="module")
def clients(
    server_process: type[Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """A server that renders fast, and one whose jobs stay where they are."""
    fast = server_process(
        tmp_path_factory.mktemp("fast"),
        (
            *("--empty", "--render-seconds", "0.1", "--picture-side", "32"),
            *("--fail-renders-named", "Doomed"),
        ),
    ).start()
    slow = server_process(
        tmp_path_factory.mktemp("slow"), ("--empty", "--render-seconds", "600")
    ).start()
    with fast.client() as one, slow.client() as other:
        yield one, other
    fast.stop()
    slow.stop()


def _is_moment(value: Any) -> bool:
    return datetime.fromisoformat(value).tzinfo is not None


_KINDS: dict[str, Callable[[Any], bool]] = {
    "<any>": lambda _value: True,
    "<text>": lambda value: isinstance(value, str) and value != "",
    "<id>": lambda value: isinstance(value, str) and value != "",
    "<uuid>": lambda value: str(uuid.UUID(value)) == value.lower(),
    "<moment>": _is_moment,
    "<url>": lambda value: value.startswith(("http://", "https://")),
    "<url?>": lambda value: value is None or value.startswith(("http://", "https://")),
    "<number>": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "<boolean>": lambda value: isinstance(value, bool),
    "<object>": lambda value: isinstance(value, dict),
}


def _compare(expected: Any, actual: Any, where: str = "body") -> None:
    if isinstance(expected, str) and expected in _KINDS:
        assert _KINDS[expected](actual), f"{where}: {actual!r} is not {expected}"
    elif isinstance(expected, dict) and set(expected) == {"<each>"}:
        assert isinstance(actual, list), where
        assert actual, f"{where} is empty"
        for index, item in enumerate(actual):
            _compare(expected["<each>"], item, f"{where}.{index}")
    elif isinstance(expected, dict):
        assert isinstance(actual, dict), f"{where}: {actual!r} is no object"
        assert set(actual) == set(expected), where
        for key, value in expected.items():
            _compare(value, actual[key], f"{where}.{key}")
    elif isinstance(expected, list):
        assert isinstance(actual, list), f"{where}: {actual!r} is no array"
        assert len(actual) == len(expected), f"{where}: {actual!r}"
        for index, (one, other) in enumerate(zip(expected, actual, strict=True)):
            _compare(one, other, f"{where}.{index}")
    else:
        assert actual == expected, where
        assert type(actual) is type(expected), where


def _archive_all(api: httpx.Client) -> None:
    for item in api.get("/v1/projects", params={"limit": 200}).json()["items"]:
        api.delete(f"/v1/projects/{item['id']}").raise_for_status()


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["name"])
def test_the_server_answers_as_written(
    pair: dict[str, Any],
    clients: tuple[httpx.Client, httpx.Client],
    finished: Callable[..., Any],
) -> None:
    given = Given(*clients, finished)
    request = pair["request"]
    if pair["name"] == "a page of projects":
        # Those of other pairs may have been renamed meanwhile.
        _archive_all(given.fast)
    if pair["name"].startswith("a page of"):
        given.fill("{influencer}")
    path = given.fill(request["path"])
    body = given.fill(request.get("body"))
    headers = given.fill(request.get("headers", {}))
    # One server answers every pair: a key must not meet the same key of an earlier run.
    if "Idempotency-Key" in headers:
        headers["Idempotency-Key"] += pair["name"].replace(" ", "-")
    api = given.slow if "{running}" in request["path"] else given.fast
    content = {} if body is None else {"json": body}
    answer = api.request(request["method"], path, headers=headers, **content)
    response = pair["response"]
    assert answer.status_code == response["status"], answer.text
    for name, value in response.get("headers", {}).items():
        _compare(given.fill(value), answer.headers[name], name)
    if "body" in response:
        _compare(given.fill(response["body"]), answer.json())
    else:
        assert answer.content == b""


def test_what_the_written_clone_leaves_on_the_server(
    clients: tuple[httpx.Client, httpx.Client], finished: Callable[..., Any]
) -> None:
    given = Given(*clients, finished)
    name = "clone an influencer, with humorStyle in the overrides"
    request = next(pair for pair in PAIRS if pair["name"] == name)["request"]
    body = given.fill(request["body"])
    accepted = given.fast.post(given.fill(request["path"]), json=body).json()
    finished(given.fast, accepted["jobId"])
    clone = given.fast.get(f"/v1/influencers/{accepted['influencerId']}").json()
    assert clone["personality"] == {
        **JUNO["request"]["body"]["personality"],
        "tone": "playful",
        "humor": "deadpan",
    }
    assert (clone["ageRange"], clone["status"]) == ("18-24", "ready")
