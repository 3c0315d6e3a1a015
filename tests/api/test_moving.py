"""A call belongs to the server and key it was made for, through cancels, moves and closing."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from typing import TYPE_CHECKING, Any

import pytest

from studio.core.errors import StudioError, TryLater
from studio.core.secrets import ApiKey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from studio.api.client import PartnerClient

ACCOUNT = {"organizationId": "o1"}
OTHER_KEY = ApiKey("lp_test_OTHEROTHEROTHER1_x")


async def hold(_asked: Any, _writer: Any) -> None:
    await asyncio.Event().wait()


async def until(condition: Any) -> None:
    while not condition():
        await asyncio.sleep(0.005)


async def test_a_write_in_flight_never_reaches_the_next_server_or_key(
    server: Any, other_server: Any, make_client: Callable[..., PartnerClient]
) -> None:
    client = make_client(tries=3)
    server.plays(hold)
    call = asyncio.get_running_loop().create_task(client.patch_influencer("inf_1", {"name": "A"}))
    await until(lambda: server.asked)
    await client.move_to(other_server.url, OTHER_KEY)
    with pytest.raises(TryLater):
        await call
    assert other_server.asked == []


async def test_a_write_that_waits_its_turn_never_gets_another_key(
    server: Any, make_client: Callable[..., PartnerClient]
) -> None:
    client = make_client(tries=3)
    server.plays(hold)
    loop = asyncio.get_running_loop()
    calls = [
        loop.create_task(client.patch_influencer(f"inf_{n}", {"name": "A"})) for n in range(20)
    ]
    await until(lambda: len(server.asked) == 8)
    await client.move_to(server.url, OTHER_KEY)
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(error, TryLater) for error in done)
    assert not [a for a in server.asked if "OTHER" in a.headers["x-api-key"]]


async def test_after_a_move_the_new_server_gets_the_new_key(
    server: Any,
    other_server: Any,
    make_client: Callable[..., PartnerClient],
    answer_with: Callable[..., Any],
) -> None:
    client = make_client()
    server.plays(answer_with(ACCOUNT))
    other_server.plays(answer_with(ACCOUNT))
    await client.whoami()
    await client.move_to(other_server.url + "/", OTHER_KEY)
    await client.whoami()
    assert client.base_url == other_server.url
    assert other_server.asked[0].headers["x-api-key"] == OTHER_KEY.reveal()
    assert len(server.asked) == 1


async def test_canceled_calls_leave_room_for_the_next(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any]
) -> None:
    server.plays(hold)
    loop = asyncio.get_running_loop()
    for _ in range(3):
        calls = [loop.create_task(client.get_influencer(f"inf_{n}")) for n in range(12)]
        before = len(server.asked)
        await until(lambda seen=before: len(server.asked) >= seen + 8)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
    server.plays(answer_with({"influencerId": "inf_1", "name": "A"}))
    assert (await client.get_influencer("inf_1")).name == "A"


async def test_closing_ends_calls_in_flight(server: Any, client: PartnerClient) -> None:
    server.plays(hold)
    call = asyncio.get_running_loop().create_task(client.whoami())
    await until(lambda: server.asked)
    await client.aclose()
    with pytest.raises(StudioError):
        await asyncio.wait_for(call, 5)


async def test_a_certificate_nobody_vouches_for_is_refused(
    make_client: Callable[..., PartnerClient], tmp_path: Path
) -> None:
    """The person reads why, and no byte of the key was sent."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(private, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    received = bytearray()

    async def serve(reader: Any, writer: Any) -> None:
        received.extend(await reader.read(100))
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    port = listener.sockets[0].getsockname()[1]
    client = make_client(base_url=f"https://localhost:{port}", tries=3)
    with pytest.raises(TryLater) as caught:
        await client.whoami()
    listener.close()
    assert caught.value.code == "CERTIFICATE"
    assert caught.value.no_contact
    assert not received
