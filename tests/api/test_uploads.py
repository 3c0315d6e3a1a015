"""A picture reaches the server whole, by the right way, and can be taken up again."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from studio.api.uploads import CHUNK, upload_image
from studio.core.errors import Bug, FixInput, StudioError, TryLater
from studio.domain.rules import INLINE_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from studio.api.client import PartnerClient

BIG = bytes(range(256)) * (3 * CHUNK // 256 + 5)


def envelope(code: str) -> dict[str, object]:
    return {"error": {"code": code, "message": "m", "requestId": "r"}}


class Store:
    """A server's media routes: presign, put, finalize, inline, as the contract says."""

    def __init__(self, server: Any, answer_with: Callable[..., Any]) -> None:
        self.server = server
        self.answer_with = answer_with
        self.put_statuses: list[int] = []
        self.finalize_statuses: list[int] = []
        self.presigned = 0
        self.put_url = "{base}/store/{n}?sig=SIGNED"
        server.plays(self.behave)

    async def behave(self, asked: Any, writer: Any) -> None:
        await self.reply(asked)(asked, writer)

    def reply(self, asked: Any) -> Any:
        done = {"assetId": "med_1", "mediaId": "med_1", "url": "https://m/1"}
        if asked.target.endswith("/media/presign"):
            self.presigned += 1
            url = self.put_url.format(base=self.server.url, n=self.presigned)
            headers = {"Content-Type": asked.json["mimeType"], "Content-Length": "1"}
            return self.answer_with(
                {"uploadId": f"upl_{self.presigned}", "uploadUrl": url, "headers": headers}
            )
        if asked.method == "PUT":
            status = self.put_statuses.pop(0) if self.put_statuses else 200
            return self.answer_with(
                raw=b"<Error>no</Error>", status=status, headers={"Content-Type": "application/xml"}
            )
        if asked.target.endswith("/media/finalize"):
            status = self.finalize_statuses.pop(0) if self.finalize_statuses else 200
            return self.answer_with(done if status == 200 else envelope("CONFLICT"), status=status)
        return self.answer_with(done, status=201)

    def calls(self) -> list[str]:
        return [
            f"{asked.method} {asked.target.partition('?')[0].rpartition('/')[2]}"
            for asked in self.server.asked
        ]


@pytest.fixture
def store(server: Any, answer_with: Callable[..., Any]) -> Any:
    """A well-behaved media store."""
    return Store(server, answer_with)


def upload(client: PartnerClient, source: Any, **options: Any) -> Any:
    return upload_image(
        client, project_id="p1", path=source, mime_type="image/png", filename="a.png", **options
    )


@pytest.mark.parametrize("as_file", [True, False])
async def test_a_large_file_goes_in_pieces_and_arrives_whole(
    store: Any, client: PartnerClient, tmp_path: Path, as_file: Any
) -> None:
    source = tmp_path / "a.png"
    source.write_bytes(BIG)
    progress: list[int] = []
    steps: list[tuple[str, str]] = []

    async def stepped(step: Any, upload_id: Any) -> None:
        steps.append((step, upload_id))

    asset_id = await upload(
        client,
        source if as_file else BIG,
        sha256="a" * 64,
        idempotency_key="01UPLOAD",
        on_step=stepped,
        on_progress=progress.append,
    )
    assert asset_id == "med_1"
    presign, put, finalize = store.server.asked
    assert presign.json == {
        "kind": "reference_image",
        "mimeType": "image/png",
        "filename": "a.png",
        "sizeBytes": len(BIG),
        "checksumSha256": "a" * 64,
    }
    assert presign.headers["idempotency-key"] == "01UPLOAD"
    assert put.body == BIG
    assert put.headers["content-type"] == "image/png"
    assert put.headers["content-length"] == str(len(BIG))
    assert finalize.json == {"uploadId": "upl_1", "checksumSha256": "a" * 64}
    assert steps == [("uploading", "upl_1"), ("finalizing", "upl_1")]
    assert progress == [0, CHUNK, 2 * CHUNK, 3 * CHUNK, len(BIG)]


async def test_the_key_does_not_go_with_the_bytes(store: Any, client: PartnerClient) -> None:
    await upload(client, BIG)
    put = store.server.asked[1]
    assert put.method == "PUT"
    assert "x-api-key" not in put.headers
    assert "authorization" not in put.headers


@pytest.mark.parametrize("size", [1, INLINE_BYTES - 1])
async def test_a_small_file_goes_inline(
    store: Any, client: PartnerClient, tmp_path: Path, size: int
) -> None:
    source = tmp_path / "a.png"
    source.write_bytes(b"x" * size)
    progress: list[int] = []
    assert await upload(client, source, idempotency_key="K", on_progress=progress.append) == "med_1"
    (asked,) = store.server.asked
    assert asked.target == "/v1/projects/p1/media"
    assert asked.headers["idempotency-key"] == "K"
    body = asked.json
    assert base64.b64decode(body.pop("dataBase64")) == b"x" * size
    assert body == {"kind": "reference_image", "mimeType": "image/png", "filename": "a.png"}
    assert progress == [size]


async def test_from_the_limit_on_it_is_presigned(store: Any, client: PartnerClient) -> None:
    await upload(client, b"x" * INLINE_BYTES)
    assert store.calls() == ["POST presign", "PUT 1", "POST finalize"]


@pytest.mark.parametrize("status", [403, 404])
async def test_a_link_that_ran_out_is_asked_for_anew(
    store: Any, client: PartnerClient, status: int
) -> None:
    store.put_statuses = [status]
    await upload(client, BIG, idempotency_key="K")
    assert store.calls() == ["POST presign", "PUT 1", "POST presign", "PUT 2", "POST finalize"]
    keys = [a.headers["idempotency-key"] for a in store.server.asked if "presign" in a.target]
    assert keys[0] == "K" != keys[1]


async def test_a_link_that_always_runs_out_surfaces(store: Any, client: PartnerClient) -> None:
    store.put_statuses = [403] * 10
    with pytest.raises(TryLater):
        await upload(client, BIG)
    assert store.calls().count("POST presign") == 3


async def test_a_put_that_fails_in_passing_is_sent_again_whole(
    store: Any, make_client: Callable[..., PartnerClient]
) -> None:
    store.put_statuses = [503]
    progress: list[int] = []
    await upload(make_client(tries=3), BIG, on_progress=progress.append)
    assert store.calls() == ["POST presign", "PUT 1", "PUT 1", "POST finalize"]
    assert store.server.asked[2].body == BIG
    assert progress.count(0) == 2


async def test_a_finished_put_is_only_finalized_after_a_restart(
    store: Any, client: PartnerClient
) -> None:
    assert await upload(client, BIG, resume_upload_id="upl_9") == "med_1"
    assert store.calls() == ["POST finalize"]
    assert store.server.asked[0].json["uploadId"] == "upl_9"


async def test_what_the_server_forgot_is_sent_again(store: Any, client: PartnerClient) -> None:
    store.finalize_statuses = [409]
    await upload(client, BIG, resume_upload_id="upl_9", idempotency_key="K")
    assert store.calls() == ["POST finalize", "POST presign", "PUT 1", "POST finalize"]
    assert store.server.asked[1].headers["idempotency-key"] != "K"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/put",
        "http://169.254.169.254/put",
        "http://store.example/put",
        "ftp://store.example/put",
        "file:///tmp/x",
    ],
)
async def test_bytes_go_only_to_the_server_or_over_https(
    store: Any, client: PartnerClient, url: str
) -> None:
    store.put_url = url
    with pytest.raises(StudioError) as caught:
        await upload(client, BIG)
    assert isinstance(caught.value, Bug | FixInput)
    assert store.calls() == ["POST presign"]


async def test_a_relative_address_is_the_servers(store: Any, client: PartnerClient) -> None:
    store.put_url = "/store/{n}"
    await upload(client, BIG)
    assert store.calls() == ["POST presign", "PUT 1", "POST finalize"]


@pytest.mark.parametrize("size", [0, 100, len(BIG)])
async def test_a_file_that_is_missing_or_shrinks_is_named(
    store: Any, client: PartnerClient, tmp_path: Path, size: int
) -> None:
    source = tmp_path / "a.png"
    if size:
        source.write_bytes(BIG[:size])

    async def shrink(step: Any, _upload_id: Any) -> None:
        source.write_bytes(b"x")

    with pytest.raises(FixInput):
        await upload(client, source, on_step=shrink)
    assert "POST finalize" not in store.calls()


async def test_an_empty_file_is_refused_here(store: Any, client: PartnerClient) -> None:
    with pytest.raises(FixInput):
        await upload(client, b"")
    assert store.server.asked == []


async def test_a_file_too_large_for_the_server_says_so(store: Any, client: PartnerClient) -> None:
    store.put_statuses = [413]
    with pytest.raises(FixInput) as caught:
        await upload(client, BIG)
    assert "too large" in caught.value.sentence


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("../../etc/a.png", "a.png"),
        ("C:\\Users\\x\\a.png", "a.png"),
        ("", "image"),
        ("a\nb\x00.png", "ab.png"),
        ("x" * 400 + ".jpeg", "x" * 251 + ".jpeg"),
        ("x" * 400, "x" * 256),
        ("Ångström.png", "Ångström.png"),
    ],
)
async def test_only_a_safe_name_is_sent(
    store: Any, client: PartnerClient, given: Any, sent: Any
) -> None:
    await upload_image(client, project_id="p1", path=b"x", mime_type="image/png", filename=given)
    assert store.server.asked[0].json["filename"] == sent


# ---- pictures


async def test_a_picture_comes_with_its_type(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any], key_text: str
) -> None:
    server.plays(answer_with(raw=b"\x89PNG", headers={"Content-Type": "image/png; q=1"}))
    picture = await client.fetch_picture(server.url + "/media/a.png")
    assert (picture.data, picture.content_type) == (b"\x89PNG", "image/png")
    assert server.asked[0].headers["x-api-key"] == key_text
    assert (await client.fetch_picture("/media/a.png")).data == b"\x89PNG"


async def test_a_picture_past_the_cap_is_not_read(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any]
) -> None:
    server.plays(answer_with(raw=b"x" * 2000, headers={"Content-Type": "image/png"}))
    with pytest.raises(Bug):
        await client.fetch_picture(server.url + "/a", max_bytes=1000)


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_a_picture_that_is_gone(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any], status: int
) -> None:
    from studio.api.errors import Gone

    server.plays(answer_with(raw=b"", status=status, headers={"Content-Type": "text/html"}))
    with pytest.raises(Gone):
        await client.fetch_picture(server.url + "/a")


@pytest.mark.parametrize("kind", ["application/json", "application/zip"])
async def test_something_else_than_a_picture(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any], kind: Any
) -> None:
    server.plays(answer_with(raw=b"{}", headers={"Content-Type": kind}))
    with pytest.raises(Bug):
        await client.fetch_picture(server.url + "/a")


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "http://169.254.169.254/x", "http://10.0.0.1/x", "data:image/png,x", ""],
)
async def test_a_picture_of_an_unsafe_address_is_not_fetched(
    client: PartnerClient, server: Any, url: str, answer_with: Callable[..., Any]
) -> None:
    server.plays(answer_with(raw=b"<html>", headers={"Content-Type": "text/html"}))
    with pytest.raises(StudioError):
        await client.fetch_picture(url)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "192.168.1.1", "[::1]", "[fe80::1]"],
)
async def test_a_public_server_cannot_point_into_this_network(
    make_client: Callable[..., PartnerClient], host: str
) -> None:
    client = make_client(base_url="https://93.184.216.34")
    with pytest.raises(Bug):
        await client.fetch_picture(f"https://{host}/a.png")
