"""The key and signed links are in no log, no repr, no error, whatever happens."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from studio.core.errors import StudioError

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.api.client import PartnerClient


def leaks(text: str, key: str) -> bool:
    return key in text or "s3cr3t" in text or "SIGNED" in text


async def test_nothing_that_is_logged_or_shown_holds_a_secret(
    server: Any,
    make_client: Callable[..., PartnerClient],
    answer_with: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
    key_text: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    error = {"error": {"code": "VALIDATION", "message": f"no: {key_text}", "requestId": key_text}}

    async def cut(_asked: Any, writer: Any) -> None:
        writer.close()

    client = make_client()
    shown = [repr(client), repr(client.calls), repr(vars(client.calls.transport))]
    for behavior in (
        answer_with(error, status=422, headers={"X-Request-Id": key_text}),
        answer_with(error, status=500),
        answer_with(raw=key_text.encode()),
        cut,
        answer_with({"uploadId": "upl_1", "uploadUrl": server.url + "/put?sig=SIGNED"}),
    ):
        server.plays(behavior)
        try:
            ticket = await client.presign("p1", mime_type="image/png", filename="a.png", size=3)
            shown.append(repr(ticket))
            server.plays(answer_with({}, status=403))
            await client.put_upload(ticket, b"abc", 3)
        except StudioError as caught:
            shown += [repr(caught), caught.for_people(), caught.request_id, caught.code]
    assert server.asked[0].headers["x-api-key"] == key_text
    assert not [text for text in shown if leaks(text, key_text)]
    assert caplog.records
    lines = [record.getMessage() + str(record.exc_info) for record in caplog.records]
    assert not [line for line in lines if leaks(line, key_text)]


async def test_every_call_is_logged_with_its_request_id_but_no_body(
    server: Any,
    client: PartnerClient,
    answer_with: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="studio.api")
    server.plays(answer_with({"influencerId": "inf_1", "name": "Secret Name"}))
    await client.patch_influencer("inf_1", {"name": "Secret Name"})
    (record,) = [r for r in caplog.records if r.name.startswith("studio.api")]
    line = record.getMessage()
    assert line.startswith("PATCH /v1/influencers/{influencer_id} 200 ")
    assert line.endswith("req_TEST")
    assert "Secret" not in line
    assert "inf_1" not in line


async def test_both_headers_carry_the_key(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any], key_text: str
) -> None:
    server.plays(answer_with({"organizationId": "o"}))
    await client.whoami()
    assert server.asked[0].headers["x-api-key"] == key_text
    assert server.asked[0].headers["authorization"] == f"Bearer {key_text}"


async def test_a_log_line_cannot_be_forged_by_a_header(
    server: Any,
    client: PartnerClient,
    answer_with: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    server.plays(
        answer_with(
            {"organizationId": "o"}, headers={"X-Request-Id": "a\x1b[31m b\x85c" + "d" * 500}
        )
    )
    await client.whoami()
    line = next(r.getMessage() for r in caplog.records if r.name == "studio.api.transport")
    assert line.isprintable()
    assert len(line) < 200


@pytest.mark.parametrize(
    "influencer_id", ["a/b", "../whoami", "a?b=c", "a#b", "ä ö", "%2e%2e", "a%00"]
)
async def test_an_id_never_leaves_its_place_in_the_path(
    server: Any, client: PartnerClient, answer_with: Callable[..., Any], influencer_id: str
) -> None:
    server.plays(answer_with({"influencerId": "x"}))
    await client.get_influencer(influencer_id)
    target = server.asked[0].target
    assert target.count("/") == 3
    assert "?" not in target
    assert "#" not in target


@pytest.mark.parametrize("influencer_id", ["", ".", ".."])
async def test_an_id_that_is_none_is_refused(
    server: Any, client: PartnerClient, influencer_id: str
) -> None:
    with pytest.raises(StudioError):
        await client.get_influencer(influencer_id)
    assert server.asked == []
