"""Media: inline, presigned, and served (contract 2.5)."""

from __future__ import annotations

import base64
import hashlib
from io import BytesIO
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 262_144


def _inline(api: httpx.Client, project: str, data: bytes, **fields: Any) -> httpx.Response:
    body = {
        "kind": "reference_image",
        "mimeType": "image/png",
        "dataBase64": base64.b64encode(data).decode(),
        **fields,
    }
    return api.post(f"/v1/projects/{project}/media", json=body)


def _presign(api: httpx.Client, project: str, **fields: Any) -> dict[str, Any]:
    body = {"kind": "reference_image", "mimeType": "image/png", **fields}
    answer = api.post(f"/v1/projects/{project}/media/presign", json=body)
    assert answer.status_code == 200, answer.text
    signed: dict[str, Any] = answer.json()
    return signed


def _finalize(api: httpx.Client, project: str, upload_id: str, **fields: Any) -> httpx.Response:
    body = {"uploadId": upload_id, **fields}
    return api.post(f"/v1/projects/{project}/media/finalize", json=body)


def _put(signed: dict[str, Any], data: bytes, **headers: str) -> httpx.Response:
    sent = {"Content-Type": signed["headers"]["Content-Type"], **headers}
    return httpx.put(signed["uploadUrl"], content=data, headers=sent)


def _issue(answer: httpx.Response) -> str:
    assert answer.status_code == 422, answer.text
    return str(answer.json()["error"]["details"]["issues"][0]["path"])


def test_an_inline_upload_is_served_as_it_was_sent(
    api: httpx.Client, project: str, picture: Callable[..., bytes]
) -> None:
    data = picture("navy", (900, 600))
    answer = _inline(api, project, data, filename="one.png")
    assert answer.status_code == 201
    asset = answer.json()
    assert asset["mediaId"] == asset["assetId"]
    assert asset["contentType"] == asset["mimeType"] == "image/png"
    assert asset["kind"] == "reference_image"
    served = httpx.get(asset["url"])
    assert served.content == data
    assert served.headers["content-type"] == "image/png"
    assert served.headers["x-content-type-options"] == "nosniff"


def test_thumbnails_are_small_upright_pictures(
    api: httpx.Client, project: str, picture: Callable[..., bytes]
) -> None:
    sideways = Image.new("RGB", (1000, 500), "olive")
    exif = Image.Exif()
    exif[0x0112] = 6
    out = BytesIO()
    sideways.save(out, "JPEG", exif=exif)
    asset = _inline(api, project, out.getvalue(), mimeType="image/jpeg").json()["assetId"]
    person = api.post(
        f"/v1/projects/{project}/influencers",
        json={"name": "J", "referenceImages": {"assetIds": [asset]}},
    ).json()["influencerId"]
    image = api.get(f"/v1/influencers/{person}").json()["referenceImages"][0]
    small = Image.open(BytesIO(httpx.get(image["thumbnailUrl"]).content))
    assert small.size == (192, 384)


def test_inline_takes_less_than_256_kb(api: httpx.Client, project: str) -> None:
    assert _inline(api, project, b"x" * (LIMIT - 1)).status_code == 201
    assert _issue(_inline(api, project, b"x" * LIMIT)) == "dataBase64"


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"dataBase64": "not base64!"}, "dataBase64"),
        ({"dataBase64": ""}, "dataBase64"),
        ({"dataBase64": "AAA"}, "dataBase64"),
        ({"kind": "picture"}, "kind"),
        ({"mimeType": "text/html"}, "mimeType"),
        ({"mimeType": "image/svg+xml"}, "mimeType"),
        ({"mimeType": "video/mp4"}, "mimeType"),
        ({"filename": ""}, "filename"),
        ({"filename": "f" * 257}, "filename"),
        ({"folder": "x"}, "folder"),
        ({"contentType": "image/png"}, ""),
    ],
)
def test_a_bad_inline_upload(
    api: httpx.Client, project: str, fields: dict[str, Any], path: str
) -> None:
    assert _issue(_inline(api, project, b"abcd", **fields)) == path


def test_the_other_spelling_of_the_type(api: httpx.Client, project: str) -> None:
    body = {"kind": "image", "contentType": "image/gif", "dataBase64": "AAAA"}
    answer = api.post(f"/v1/projects/{project}/media", json=body)
    assert (answer.status_code, answer.json()["mimeType"]) == (201, "image/gif")
    signed = _presign(api, project, kind="audio", mimeType="audio/wav", byteSize=4)
    assert signed["headers"] == {"Content-Type": "audio/wav", "Content-Length": "4"}


def test_presign_put_finalize(
    api: httpx.Client, project: str, picture: Callable[..., bytes]
) -> None:
    data = picture("maroon", (640, 640))
    digest = hashlib.sha256(data).hexdigest()
    signed = _presign(api, project, sizeBytes=len(data), checksumSha256=digest.upper())
    assert signed["method"] == "PUT"
    assert signed["headers"] == {
        "Content-Type": "image/png",
        "Content-Length": str(len(data)),
    }
    assert _put(signed, data).status_code == 200
    first = _finalize(api, project, signed["uploadId"], checksumSha256=digest)
    again = _finalize(api, project, signed["uploadId"])
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert httpx.get(first.json()["url"]).content == data


def test_a_put_needs_no_key_but_the_signature(api: httpx.Client, project: str) -> None:
    signed = _presign(api, project)
    address, _, query = signed["uploadUrl"].partition("?")
    bad_signature = f"{address}?{query[:-4]}0000"
    later = f"{address}?" + query.replace("expires=", "expires=9")
    other = _presign(api, project)["uploadUrl"].partition("?")[0]
    for url in (address, bad_signature, later, f"{other}?{query}"):
        answer = httpx.put(url, content=b"x", headers={"Content-Type": "image/png"})
        assert answer.status_code == 403, url
    wrong_type = httpx.put(
        signed["uploadUrl"], content=b"x", headers={"Content-Type": "image/jpeg"}
    )
    assert wrong_type.status_code == 403


def test_finalize_checks_what_arrived(api: httpx.Client, project: str) -> None:
    signed = _presign(api, project, sizeBytes=4)
    assert _finalize(api, project, signed["uploadId"]).status_code == 409
    assert _put(signed, b"12345").status_code == 413
    assert _put(signed, b"123").status_code == 200
    short = _finalize(api, project, signed["uploadId"])
    assert (short.status_code, short.json()["error"]["code"]) == (409, "CONFLICT")
    assert _put(signed, b"1234").status_code == 200
    wrong = _finalize(api, project, signed["uploadId"], checksumSha256="0" * 64)
    assert wrong.status_code == 409
    assert _finalize(api, project, signed["uploadId"]).status_code == 200
    assert _put(signed, b"abcd").status_code == 403


def test_finalize_of_the_unknown(api: httpx.Client, project: str) -> None:
    signed = _presign(api, project)
    elsewhere = api.post("/v1/projects", json={"name": "Other", "timezone": "UTC"}).json()["id"]
    assert _finalize(api, project, "upl_none").status_code == 404
    assert _finalize(api, elsewhere, signed["uploadId"]).status_code == 404


def test_a_signed_address_lives_a_quarter_of_an_hour(start_hosted: Callable[..., Any]) -> None:
    hosted = start_hosted()
    project = hosted.client.post("/v1/projects", json={"name": "P", "timezone": "UTC"}).json()["id"]
    signed = _presign(hosted.client, project)
    hosted.clock.forward(minutes=14, seconds=59)
    assert _put(signed, b"1").status_code == 200
    hosted.clock.forward(seconds=1)
    assert _put(signed, b"1").status_code == 403


def test_what_is_not_finalized_within_a_day_is_removed(
    start_hosted: Callable[..., Any],
) -> None:
    hosted = start_hosted()
    api = hosted.client
    project = api.post("/v1/projects", json={"name": "P", "timezone": "UTC"}).json()["id"]
    folder = hosted.parts.services.config.media_dir
    kept = _presign(api, project)
    left = _presign(api, project)
    for signed in (kept, left):
        assert _put(signed, b"1").status_code == 200
    assert _finalize(api, project, kept["uploadId"]).status_code == 200
    hosted.clock.forward(hours=24)
    assert _finalize(api, project, left["uploadId"]).status_code == 404
    assert len(list(folder.iterdir())) == 2
    _presign(api, project)
    assert len(list(folder.iterdir())) == 1
    assert _finalize(api, project, kept["uploadId"]).status_code == 200


def test_a_put_that_is_cut_leaves_nothing(
    start_hosted: Callable[..., Any], wait_until: Callable[..., Any]
) -> None:
    import socket

    hosted = start_hosted()
    api = hosted.client
    project = api.post("/v1/projects", json={"name": "P", "timezone": "UTC"}).json()["id"]
    signed = _presign(api, project, sizeBytes=1000)
    folder = hosted.parts.services.config.media_dir
    authority, _, path = signed["uploadUrl"].removeprefix("http://").partition("/")
    host, _, port = authority.partition(":")
    with socket.create_connection((host, int(port))) as sock:
        head = f"PUT /{path} HTTP/1.1\r\nHost: {authority}\r\nContent-Type: image/png\r\n"
        sock.sendall(f"{head}Content-Length: 1000\r\n\r\n".encode() + b"x" * 990)
        wait_until(lambda: list(folder.glob("*.part")))
    wait_until(lambda: not list(folder.iterdir()))
    assert _finalize(api, project, signed["uploadId"]).status_code == 409


def test_addresses_cannot_be_guessed(api: httpx.Client, project: str) -> None:
    asset = _inline(api, project, b"abcd").json()
    base, token, name = asset["url"].rsplit("/", 2)
    assert len(token) >= 32
    for path in (f"{'A' * len(token)}/{name}", f"{token}/med_other.png", f"{token}/../../key"):
        assert httpx.get(f"{base}/{path}").status_code == 404
