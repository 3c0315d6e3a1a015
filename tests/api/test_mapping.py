"""Records of any make become domain values; nothing that comes breaks the reading."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.api import mapping
from studio.api.wire import moment
from studio.core.errors import Bug
from studio.domain.fields import FIELDS
from studio.domain.influencer import Influencer

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
MOMENTS = st.integers(0, 7_000_000_000_000).map(
    lambda millis: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


@st.composite
def records(draw: Any) -> Any:
    """A full record as the contract draws it (2.4.1), with any of its optional parts."""
    record = {
        "influencerId": draw(TEXT),
        "projectId": draw(TEXT),
        "name": draw(TEXT),
        "status": draw(st.sampled_from(["draft", "pending", "training", "ready", "failed"]) | TEXT),
        "createdAt": stamp(draw(MOMENTS)),
        "updatedAt": stamp(draw(MOMENTS)),
        "thumbnailUrl": draw(st.none() | TEXT),
        "referenceImages": [
            {
                "assetId": f"med_{n}",
                "url": "https://m/x",
                "thumbnailUrl": None,
                "addedAt": stamp(at),
            }
            for n, at in enumerate(draw(st.lists(MOMENTS, max_size=3)))
        ],
    }
    personality: dict[str, object] = {}
    for spec in FIELDS:
        head, _, rest = spec.wire.partition(".")
        value = draw(st.lists(TEXT, max_size=4) if spec.is_list else TEXT)
        if rest:
            if draw(st.booleans()):
                personality[rest] = value
        elif head != "name":
            record[head] = draw(st.sampled_from([value, None]))
    return record | {"personality": personality}


@given(records())
def test_a_record_is_read_whole(record: Any) -> None:
    read = mapping.influencer(record)
    assert read.id == record["influencerId"]
    assert read.detailed
    assert not read.extra
    assert read.created_at is not None
    assert stamp(read.created_at) == record["createdAt"]
    assert [image.asset_id for image in read.reference_images] == [
        image["assetId"] for image in record["referenceImages"]
    ]
    for spec in FIELDS:
        head, _, rest = spec.wire.partition(".")
        sent = record["personality"].get(rest) if rest else record[head]
        assert read.value(spec.path) == (tuple(sent or ()) if spec.is_list else sent)


@given(records(), st.dictionaries(TEXT.map("x-{}".format), JSON, max_size=3))
def test_unknown_keys_are_kept_as_they_came(record: Any, unknown: Any) -> None:
    record["personality"] |= unknown
    read = mapping.influencer(record | unknown)
    assert dict(read.extra) == unknown
    assert dict(read.personality.extra) == unknown


@given(
    st.dictionaries(
        st.sampled_from(
            [spec.wire.split(".")[0] for spec in FIELDS]
            + [
                "influencerId",
                "projectId",
                "status",
                "personality",
                "referenceImages",
                "createdAt",
                "updatedAt",
                "thumbnailUrl",
                "imageUrl",
                "brandVoice",
            ]
        ),
        JSON,
    )
)
def test_values_of_the_wrong_type_never_break_the_reading(record: Any) -> None:
    try:
        read = mapping.influencer(record)
    except Bug:
        assert (
            not record.get("influencerId")
            or not isinstance(record["influencerId"], str | int | float)
            or isinstance(record["influencerId"], bool)
        )
        return
    assert isinstance(read.name, str)
    for spec in FIELDS:
        value = read.value(spec.path)
        assert isinstance(value, tuple) if spec.is_list else value is None or isinstance(value, str)


@given(JSON)
def test_no_answer_breaks_any_reader(answer: Any) -> None:
    readers: list[Any] = [
        mapping.influencer,
        mapping.project,
        mapping.account,
        mapping.credits,
        mapping.job,
        mapping.content_started,
        mapping.cancel_answer,
        mapping.asset,
        mapping.page_parts,
        mapping.bound_images,
        mapping.deleted_at,
        lambda body: mapping.slim_influencer(body, "p"),
        lambda body: mapping.ticket(body, "image/png"),
    ]
    for read in readers:
        with contextlib.suppress(Bug):
            read(answer)


def test_a_slim_item_leaves_the_rest_unknown() -> None:
    read = mapping.slim_influencer({"influencerId": "inf_1", "name": "A"}, "p1")
    assert not read.detailed
    assert read.project_id == "p1"


def test_a_record_of_the_later_contract_is_read_whole() -> None:
    read = mapping.influencer(
        {
            "influencerId": "inf_1",
            "projectId": "prj_1",
            "name": "A",
            "imageUrl": "https://m/a",
            "gender": "non_binary",
            "ageRange": "young_adult",
            "brandVoice": "witty",
            "language": "en",
            "status": "processing",
            "errorMessage": None,
        }
    )
    assert read.gender == "nonbinary"
    assert read.status == "processing"
    assert read.is_working
    assert read.thumbnail_url == "https://m/a"
    assert (read.brand_voice, read.language) == ("witty", "en")
    assert not read.extra


def test_the_reason_of_a_failed_one_is_read_as_a_plain_line() -> None:
    record = {"influencerId": "inf_1", "status": "failed", "errorMessage": "no\nface  found"}
    assert mapping.influencer(record).error_message == "no face found"


def test_humor_style_is_read_as_humor_where_humor_is_missing() -> None:
    read = mapping.influencer({"influencerId": "i", "personality": {"humorStyle": "dry"}})
    assert read.personality.humor == "dry"
    assert dict(read.personality.extra) == {"humorStyle": "dry"}
    both = {"humor": "warm", "humorStyle": "dry"}
    assert (
        mapping.influencer({"influencerId": "i", "personality": both}).personality.humor == "warm"
    )


def test_an_asset_bound_twice_is_shown_once() -> None:
    images = mapping.reference_images([{"assetId": "a", "url": "1"}, {"assetId": "a"}, {}, 7])
    assert [image.url for image in images] == ["1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-04-18T12:04:11.000Z", datetime(2026, 4, 18, 12, 4, 11, tzinfo=UTC)),
        ("2026-04-01T14:22:10Z", datetime(2026, 4, 1, 14, 22, 10, tzinfo=UTC)),
        ("2026-04-01T14:22:10.123456+00:00", datetime(2026, 4, 1, 14, 22, 10, 123456, tzinfo=UTC)),
        (
            "2026-04-01T14:22:10.123456789+02:00",
            datetime(2026, 4, 1, 12, 22, 10, 123456, tzinfo=UTC),
        ),
        ("2026-04-01t14:22:10z", datetime(2026, 4, 1, 14, 22, 10, tzinfo=UTC)),
        ("2026-04-01 14:22:10", datetime(2026, 4, 1, 14, 22, 10, tzinfo=UTC)),
        ("2026-12-31T23:59:60Z", datetime(2027, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59-12:00", None),
        ("2026-02-30T00:00:00Z", None),
        ("yesterday", None),
        (1776513600, None),
        (None, None),
    ],
)
def test_every_form_of_a_moment(text: Any, expected: Any) -> None:
    assert moment(text) == expected


@given(
    st.datetimes(
        timezones=st.integers(-23 * 60, 23 * 60).map(
            lambda minutes: timezone(timedelta(minutes=minutes))
        )
    ).filter(lambda at: 2 < at.year < 9998)
)
def test_a_moment_in_any_zone_is_the_same_moment(at: datetime) -> None:
    assert moment(at.isoformat()) == at


@given(st.text())
def test_no_text_breaks_a_moment(text: Any) -> None:
    moment(text)


# ---- jobs


def test_the_four_fields_of_a_clone_are_enough() -> None:
    job = mapping.job(
        {"jobId": "job_1", "kind": "influencer_clone", "status": "running", "influencerId": "inf_2"}
    )
    assert (job.id, job.influencer_id, job.is_clone, job.is_running) == (
        "job_1",
        "inf_2",
        True,
        True,
    )
    assert job.progress is None


def test_only_the_id_of_a_job_is_needed() -> None:
    job = mapping.job({"jobId": "job_1"}, influencer_id="inf_1")
    assert job.is_running
    assert job.influencer_id == "inf_1"


@pytest.mark.parametrize(
    ("sent", "shown"), [(0, 0.0), (0.5, 0.5), (7, 1.0), (-1, 0.0), (True, None), ("0.5", None)]
)
def test_progress_stays_between_nothing_and_everything(sent: Any, shown: Any) -> None:
    assert mapping.job({"jobId": "j", "progress": sent}).progress == shown


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        ({"code": "SOME_CODE", "message": "It broke"}, "SOME_CODE", "It broke"),
        ("It broke", "", "It broke"),
        ({"message": 7}, "", ""),
        (None, "", ""),
        ([1], "", ""),
    ],
)
def test_a_failed_job_says_why_in_any_shape(error: Any, code: str, message: Any) -> None:
    job = mapping.job({"jobId": "j", "status": "failed", "error": error})
    assert not job.is_running
    assert (job.error_code, job.error_message) == (code, message)


def test_an_unknown_status_still_runs() -> None:
    assert mapping.job({"jobId": "j", "status": "napping"}).is_running


def test_the_influencer_of_a_finished_job_is_found_in_its_result() -> None:
    job = mapping.job({"jobId": "j", "status": "completed", "result": {"influencerId": "inf_9"}})
    assert job.influencer_id == "inf_9"


@pytest.mark.parametrize(
    ("answer", "containers"),
    [
        ({"jobId": "j", "containerIds": ["a", "b"], "containerId": "a"}, ("a", "b")),
        ({"jobId": "j", "containerId": "a"}, ("a",)),
        ({"jobId": "j"}, ()),
    ],
)
def test_containers_come_as_a_list_or_alone(answer: Any, containers: Any) -> None:
    assert mapping.content_started(answer).container_ids == containers


# ---- uploads, account


@pytest.mark.parametrize("name", ["uploadUrl", "url", "signedUrl", "putUrl"])
def test_the_address_of_an_upload_has_many_names(name: Any) -> None:
    ticket = mapping.ticket({"uploadId": "u", name: "https://s/x"}, "image/png")
    assert ticket.url == "https://s/x"
    assert dict(ticket.headers) == {"Content-Type": "image/png"}


def test_headers_of_an_upload_cannot_smuggle() -> None:
    headers = {
        "content-type": "image/png",
        "x-amz-meta": "1",
        "Host": "evil",
        "X-Api-Key": "k",
        "Authorization": "a",
        "Bad": "a\r\nb: c",
        "Content-Length": 5,
        "x": None,
    }
    ticket = mapping.ticket(
        {"uploadId": "u", "url": "https://s/x", "headers": headers}, "image/png"
    )
    assert dict(ticket.headers) == {
        "content-type": "image/png",
        "x-amz-meta": "1",
        "Content-Length": "5",
    }


@pytest.mark.parametrize("switch", ["killSwitch", "apiAccessRevoked"])
def test_either_switch_blocks(switch: Any) -> None:
    assert mapping.account({"organizationId": "o", switch: True}).blocked
    assert not mapping.account({"organizationId": "o", switch: False}).blocked


def test_extras_are_plain_json_again() -> None:
    read = mapping.project({"id": "p", "brandContext": {"appName": "A"}, "metadata": None})
    assert json.loads(json.dumps(dict(read.extra))) == {
        "brandContext": {"appName": "A"},
        "metadata": None,
    }
    assert isinstance(mapping.influencer({"influencerId": "i"}), Influencer)
