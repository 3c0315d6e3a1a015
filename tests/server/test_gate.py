"""Who may knock at all: Host, Origin, methods, body types (a page in a browser may not)."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


def _raw(server: Any, request: str) -> tuple[int, dict[str, str], bytes]:
    """Send bytes as they are and read the whole answer."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as sock:
        sock.sendall(request.encode())
        data = b""
        while chunk := sock.recv(65536):
            data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:])
    return int(lines[0].split()[1]), headers, body


def _get(server: Any, target: str = "/v1/whoami", method: str = "GET", **headers: str) -> int:
    authority = server.url.removeprefix("http://")
    sent = {"Host": authority, "X-Api-Key": server.key, "Connection": "close", **headers}
    lines = "".join(f"{n.replace('_', '-')}: {v}\r\n" for n, v in sent.items() if v)
    return _raw(server, f"{method} {target} HTTP/1.1\r\n{lines}\r\n")[0]


def test_its_own_address_is_answered(server: Any) -> None:
    assert _get(server) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "localhost:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.0.0.1.evil.example:{port}",
        "[::1]:{port}",
        "127.0.0.1:{port}.",
        "user@127.0.0.1:{port}",
    ],
)
def test_any_other_host_is_refused(server: Any, host: str) -> None:
    port = server.url.rpartition(":")[2]
    assert _get(server, Host=host.format(port=port)) in {400, 421}


def test_no_host_or_two_are_refused(server: Any) -> None:
    authority = server.url.removeprefix("http://")
    key = f"X-Api-Key: {server.key}\r\n"
    without = f"GET /v1/whoami HTTP/1.0\r\n{key}\r\n"
    twice = (
        f"GET /v1/whoami HTTP/1.1\r\nHost: {authority}\r\nHost: evil.example\r\n"
        f"{key}Connection: close\r\n\r\n"
    )
    assert _raw(server, without)[0] in {400, 421}
    assert _raw(server, twice)[0] in {400, 421}


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "{url}"])
def test_any_origin_is_refused_even_our_own(server: Any, origin: str) -> None:
    origin = origin.format(url=server.url)
    answer = httpx.get(
        f"{server.url}/v1/whoami", headers={"X-Api-Key": server.key, "Origin": origin}
    )
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_media_is_behind_the_same_gate(server: Any, api: httpx.Client, project: str) -> None:
    body = {"kind": "image", "mimeType": "image/png", "dataBase64": "AAAA"}
    url = api.post(f"/v1/projects/{project}/media", json=body).json()["url"]
    assert httpx.get(url).status_code == 200
    assert httpx.get(url, headers={"Origin": "http://evil.example"}).status_code == 403
    assert httpx.get(url, headers={"Host": "evil.example"}).status_code == 421


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "CONNECT", "PROPFIND", "PUT"])
def test_methods_that_are_not_offered(server: Any, method: str) -> None:
    assert _get(server, method=method) in {400, 405}


def test_an_absolute_address_in_the_request_line_is_not_followed(server: Any) -> None:
    assert _get(server, target="http://evil.example/v1/whoami") in {400, 404, 421}
    assert _get(server, target=f"{server.url}/v1/whoami") in {400, 404, 421}


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
)
def test_a_write_must_say_that_it_is_json(server: Any, content_type: str) -> None:
    headers = {"X-Api-Key": server.key}
    if content_type:
        headers["Content-Type"] = content_type
    body = json.dumps({"name": "Form", "timezone": "UTC"}).encode()
    answer = httpx.post(f"{server.url}/v1/projects", content=body, headers=headers)
    assert answer.status_code == 415
    assert answer.json()["error"]["requestId"] == answer.headers["x-request-id"]


def test_json_may_name_its_charset(api: httpx.Client) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    body = json.dumps({"name": "Zoë", "timezone": "UTC"}).encode()
    assert api.post("/v1/projects", content=body, headers=headers).json()["name"] == "Zoë"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b'{"name": NaN, "timezone": "UTC"}',
        b'{"name": "\\ud800", "timezone": "UTC"}',
        b'{"name": "\xff", "timezone": "UTC"}',
        b'{"name": "x", "timezone": "UTC", "metadata": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
        b'{"name": ' + b"9" * 5000 + b', "timezone": "UTC"}',
    ],
)
def test_a_body_that_cannot_be_read(api: httpx.Client, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = api.post("/v1/projects", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "VALIDATION")


def test_text_of_any_kind_comes_back_as_it_was(api: httpx.Client) -> None:
    name = "a\u0000b \U0001f9d1\u200d\U0001f3a8 \u202eright <table><tr><td>"
    made = api.post("/v1/projects", json={"name": name, "timezone": "UTC"}).json()
    assert api.get(f"/v1/projects/{made['id']}").json()["name"] == name


def test_a_body_that_is_too_large(api: httpx.Client) -> None:
    headers = {"Content-Type": "application/json"}
    answer = api.post("/v1/projects", content=b" " * (1024 * 1024 + 1), headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")
    endless = api.post("/v1/projects", content=(b" " * 65536 for _ in range(40)), headers=headers)
    assert endless.status_code == 413


def test_unknown_addresses(api: httpx.Client) -> None:
    for path in ("/v1/nothing", "/", "/v1/whoami/", "/v2/whoami", "/docs"):
        answer = api.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")
    refused = api.delete("/v1/whoami")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")


def test_a_failure_of_ours_is_an_envelope_and_no_trace(start_hosted: Callable[..., Any]) -> None:
    hosted = start_hosted()
    with hosted.parts.storage.transaction() as connection:
        connection.exec_driver_sql("DROP TABLE projects")
    answer = hosted.client.get("/v1/projects")
    assert answer.status_code == 500
    error = answer.json()["error"]
    assert error["code"] == "INTERNAL"
    assert error["requestId"] == answer.headers["x-request-id"]
    assert "projects" not in error["message"]
