"""Whatever a server, proxy or portal answers: a clean error in time and little memory."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from studio.core.errors import Bug, FixInput, SignIn, StudioError, TryLater

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.api.client import PartnerClient

ACCOUNT = {"organizationId": "o1", "organizationName": "Acme", "killSwitch": False}
RAW = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def raw(*pieces: bytes, then: str = "close", pause: float = 0.0) -> Any:
    """Bytes as given; afterwards close, or hold the connection open."""

    async def behave(_asked: Any, writer: Any) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            if pause:
                await asyncio.sleep(pause)
        if then == "close":
            writer.close()
        else:
            await asyncio.Event().wait()

    return behave


def endless(head: bytes, piece: bytes, pause: float = 0.0) -> Any:
    """The same bytes for ever."""

    async def behave(_asked: Any, writer: Any) -> None:
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return behave


async def refused(client: PartnerClient) -> StudioError:
    """The error of a whoami."""
    with pytest.raises(StudioError) as caught:
        await client.whoami()
    return caught.value


async def test_a_dripping_server_is_left_at_the_deadline(
    server: Any, make_client: Callable[..., PartnerClient]
) -> None:
    server.plays(endless(RAW + b"Content-Length: 100000\r\n\r\n", b" ", pause=0.05))
    client = make_client(deadline=0.4)
    loop = asyncio.get_running_loop()
    started = loop.time()
    error = await refused(client)
    assert isinstance(error, TryLater)
    assert error.no_contact
    assert loop.time() - started < 3


async def test_silence_is_left_at_the_deadline(
    server: Any, make_client: Callable[..., PartnerClient]
) -> None:
    server.plays(raw(then="hold"))
    error = await refused(make_client(deadline=0.3))
    assert isinstance(error, TryLater)
    assert error.code == "TIMEOUT"


def bomb() -> bytes:
    """300 MiB of blanks as 299 KiB of gzip, without ever holding them."""
    pack = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    mebibyte = b" " * 2**20
    return b"".join(pack.compress(mebibyte) for _ in range(300)) + pack.flush()


async def test_a_gzip_bomb_is_cut_and_costs_little_memory(
    server: Any, client: PartnerClient
) -> None:
    packed = bomb()
    assert len(packed) < 400_000
    head = RAW + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    server.plays(raw(head, packed))
    await refused(client)  # imports are not to be measured
    tracemalloc.start()
    try:
        error = await refused(client)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(error, Bug)
    assert error.code == "ANSWER_TOO_LARGE"
    assert peak < 32 * 2**20


async def test_a_packed_answer_is_read(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any]
) -> None:
    packed = gzip.compress(b'{"organizationId": "o1"}')
    server.plays(answer_with(raw=packed, headers={"Content-Encoding": "gzip"}))
    assert (await client.whoami()).organization_id == "o1"


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "nonsense"])
async def test_other_packings_are_refused(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any], encoding: str
) -> None:
    server.plays(answer_with(ACCOUNT, headers={"Content-Encoding": encoding}))
    assert isinstance(await refused(client), Bug)


async def test_a_damaged_packing_is_refused(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any]
) -> None:
    server.plays(answer_with(raw=b"not gzip at all", headers={"Content-Encoding": "gzip"}))
    assert isinstance(await refused(client), Bug)


async def test_an_endless_body_is_cut_at_the_cap(server: Any, client: PartnerClient) -> None:
    piece = b"%x\r\n" % 65536 + b" " * 65536 + b"\r\n"
    server.plays(endless(RAW + b"Transfer-Encoding: chunked\r\n\r\n", piece))
    error = await refused(client)
    assert error.code == "ANSWER_TOO_LARGE"


async def test_an_announced_giant_is_not_even_read(server: Any, client: PartnerClient) -> None:
    server.plays(raw(RAW + b"Content-Length: 99999999999\r\n\r\n", then="hold"))
    assert (await refused(client)).code == "ANSWER_TOO_LARGE"


@pytest.mark.parametrize(
    "behavior",
    [
        pytest.param(raw(), id="closes without a word"),
        pytest.param(raw(b"HTTP/1.1 200"), id="closes in the status line"),
        pytest.param(raw(RAW + b'Content-Length: 500\r\n\r\n{"a":'), id="body shorter than said"),
        pytest.param(raw(b"\x00\xff\x13 hello\r\n\r\n"), id="no HTTP at all"),
        pytest.param(
            raw(RAW + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n"), id="a bad chunk size"
        ),
        pytest.param(raw(RAW + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}"), id="half a chunk"),
    ],
)
async def test_a_broken_answer_is_a_lost_contact(
    server: Any, client: PartnerClient, behavior: Any
) -> None:
    server.plays(behavior)
    error = await refused(client)
    assert isinstance(error, TryLater)
    assert error.no_contact
    assert error.sentence


async def test_endless_headers_end(server: Any, make_client: Callable[..., PartnerClient]) -> None:
    server.plays(endless(RAW, b"X-More: " + b"a" * 1000 + b"\r\n"))
    error = await refused(make_client(deadline=10))
    assert isinstance(error, TryLater)
    assert error.code != "TIMEOUT"


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/json"])
async def test_a_web_page_is_not_the_server(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any], kind: Any
) -> None:
    page = b"\n <!DOCTYPE html><title>Hotel Wi-Fi</title>"
    server.plays(answer_with(raw=page, headers={"Content-Type": kind}))
    error = await refused(client)
    assert isinstance(error, TryLater)
    assert error.no_contact
    assert "did not come from the Partner API" in error.sentence


async def test_a_web_page_with_404_does_not_make_a_record_gone(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any]
) -> None:
    server.plays(answer_with(raw=b"<html>", status=404, headers={"Content-Type": "text/html"}))
    with pytest.raises(TryLater):
        await client.get_influencer("inf_1")


async def test_a_404_without_the_envelope_does_not_make_a_record_gone(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any]
) -> None:
    server.plays(answer_with({"detail": "Not Found"}, status=404))
    with pytest.raises(Bug):
        await client.get_influencer("inf_1")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"7",
        b'"text"',
        b"null",
        b"{",
        b"{}",
        b"\xff\xfe\x00",
        b'{"organizationId": "o1", "creditBalance": NaN}',
        b'{"organizationId": "o1", "creditBalance": -Infinity}',
        b'{"organizationId": "o1", "creditBalance": 1e999}',
        b'{"organizationId": "o1", "creditBalance": ' + b"9" * 5000 + b"}",
        b'{"organizationId": "o1", "creditBalance": 99999999999999999999}',
        b"[" * 100_000 + b"]" * 100_000,
        b'{"organizationId": "o1", "x": ' + b"[" * 100 + b"]" * 100 + b"}",
    ],
)
async def test_an_answer_off_the_contract_is_a_bug_that_quotes_nothing(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any], body: Any
) -> None:
    server.plays(answer_with(raw=body))
    error = await refused(client)
    assert isinstance(error, Bug)
    assert "999" not in error.sentence


async def test_halved_surrogates_become_storable(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any]
) -> None:
    server.plays(
        answer_with(raw=rb'{"influencerId": "inf_1", "name": "A\ud800B", "\udfff": "\uD83D\uDE00"}')
    )
    record = await client.get_influencer("inf_1")
    assert record.name == "A\N{REPLACEMENT CHARACTER}B"
    assert record.extra["\N{REPLACEMENT CHARACTER}"] == "\N{GRINNING FACE}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://evil.example/v1/whoami",
        "//evil.example/",
        "file:///etc/passwd",
        "http://user@127.0.0.1/",
    ],
)
async def test_no_redirect_leaves_the_server(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any], status: int, target: Any
) -> None:
    server.plays(answer_with({}, status=status, headers={"Location": target}))
    assert isinstance(await refused(client), TryLater | FixInput)
    assert len(server.asked) == 1


async def test_the_key_is_not_carried_to_another_port(
    server: Any, other_server: Any, client: PartnerClient, answer_with: Callable[..., Any]
) -> None:
    server.plays(answer_with({}, status=307, headers={"Location": other_server.url + "/v1/whoami"}))
    await refused(client)
    assert other_server.asked == []


async def test_a_redirect_on_the_same_server_is_followed(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any]
) -> None:
    server.plays(
        answer_with({}, status=302, headers={"Location": "/v1/whoami/"}), answer_with(ACCOUNT)
    )
    assert (await client.whoami()).organization_name == "Acme"
    assert [asked.target for asked in server.asked] == ["/v1/whoami", "/v1/whoami/"]


async def test_a_redirect_loop_ends(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any]
) -> None:
    server.plays(answer_with({}, status=302, headers={"Location": "/v1/whoami"}))
    await refused(client)
    assert len(server.asked) == 4


async def test_a_write_is_not_turned_into_a_read_by_a_redirect(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any]
) -> None:
    server.plays(answer_with({}, status=303, headers={"Location": "/v1/elsewhere"}))
    with pytest.raises(TryLater):
        await client.patch_influencer("inf_1", {"name": "A"})
    assert len(server.asked) == 1


async def test_no_server_at_all(make_client: Callable[..., PartnerClient]) -> None:
    error = await refused(make_client(base_url="http://127.0.0.1:1"))
    assert isinstance(error, TryLater)
    assert error.no_contact
    assert error.sentence == "The server cannot be reached."


@pytest.mark.parametrize(
    "address",
    ["http://api.example.com", "ftp://127.0.0.1", "127.0.0.1:80", "", "http://a b/", "http://x:y/"],
)
async def test_an_unsafe_server_address_is_refused_before_anything_is_sent(
    make_client: Callable[..., PartnerClient], address: str
) -> None:
    assert isinstance(await refused(make_client(base_url=address)), FixInput)


async def test_a_proxy_of_the_system_is_not_used_for_this_computer(
    server: Any,
    make_client: Callable[..., PartnerClient],
    answer_with: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    server.plays(answer_with(ACCOUNT))
    assert (await make_client().whoami()).organization_id == "o1"


async def test_senseless_proxy_settings_do_not_stop_the_program(
    server: Any,
    make_client: Callable[..., PartnerClient],
    answer_with: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", "nonsense://[")
    server.plays(answer_with(ACCOUNT))
    assert (await make_client().whoami()).organization_id == "o1"


async def test_the_loop_stays_awake_while_a_large_answer_is_read(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any]
) -> None:
    items = [{"influencerId": f"inf_{n}", "name": "x" * 900} for n in range(3000)]
    server.plays(answer_with({"items": items, "nextCursor": None}))
    await client.list_influencers("p1")
    worst = 0.0
    done = asyncio.Event()

    async def watch() -> None:
        nonlocal worst
        loop = asyncio.get_running_loop()
        while not done.is_set():
            before = loop.time()
            await asyncio.sleep(0.001)
            worst = max(worst, loop.time() - before)

    watcher = asyncio.get_running_loop().create_task(watch())
    page = await client.list_influencers("p1")
    done.set()
    await watcher
    assert len(page.items) == 3000
    assert worst < 1.0


async def test_after_closing_a_call_fails_cleanly(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any]
) -> None:
    server.plays(answer_with(ACCOUNT))
    await client.whoami()
    await client.aclose()
    await client.aclose()
    assert isinstance(await refused(client), TryLater)


async def test_reconnecting_opens_new_connections(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any]
) -> None:
    server.plays(answer_with(ACCOUNT))
    await client.whoami()
    await client.whoami()
    assert server.connections == 1
    await client.reconnect()
    await client.whoami()
    assert server.connections == 2


async def test_a_missing_or_mangled_key_is_never_sent(
    server: Any, answer_with: Callable[..., Any]
) -> None:
    from studio.api.client import PartnerClient
    from studio.core.secrets import ApiKey

    server.plays(answer_with(ACCOUNT))
    for text in ("", "lp_live_a\r\nX-Evil: 1", "lp_live_ä"):
        client = PartnerClient(server.url, ApiKey(text))
        assert isinstance(await refused(client), SignIn)
        await client.aclose()
    assert server.asked == []
