"""Rate limits as a caller meets them (contract 1.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from studio.server.errors import ApiError
from studio.server.limits import RateLimiter

if TYPE_CHECKING:
    from collections.abc import Callable


def _drain(hosted: Any, calls: int) -> None:
    for _ in range(calls):
        assert hosted.client.get("/v1/whoami").status_code == 200


def test_standard_allows_120_reads_a_minute(start_hosted: Callable[..., Any]) -> None:
    hosted = start_hosted(tier="standard")
    hosted.clock.forward(minutes=1)
    first = hosted.client.get("/v1/whoami").headers
    assert first["x-ratelimit-endpoint-class"] == "read-light"
    assert (first["x-ratelimit-limit"], first["x-ratelimit-remaining"]) == ("120", "119")
    _drain(hosted, 119)
    refused = hosted.client.get("/v1/whoami")
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "RATE_LIMITED"
    assert refused.headers["x-ratelimit-remaining"] == "0"
    assert refused.headers["x-ratelimit-endpoint-class"] == "read-light"
    # Writing has a bucket of its own.
    body = {"name": "P", "timezone": "UTC"}
    assert hosted.client.post("/v1/projects", json=body).status_code == 201
    hosted.clock.forward(seconds=float(refused.headers["retry-after"]))
    assert hosted.client.get("/v1/whoami").status_code == 200
    assert hosted.client.get("/v1/whoami").status_code == 200
    assert hosted.client.get("/v1/whoami").status_code == 429


def test_every_answer_names_its_class(api: Any, project: str) -> None:
    classes = {
        ("GET", f"/v1/projects/{project}"): "read-light",
        ("GET", "/v1/projects/nope"): "read-light",
        ("GET", "/v1/nowhere"): "read-light",
        ("PATCH", f"/v1/projects/{project}"): "write-light",
        ("POST", f"/v1/projects/{project}/influencers"): "long-running",
        ("POST", "/v1/influencers/inf_1/clone"): "long-running",
        ("POST", "/v1/jobs/job_1/cancel"): "write-light",
        ("POST", f"/v1/projects/{project}/media/presign"): "write-light",
    }
    for (method, path), expected in classes.items():
        answer = api.request(method, path, headers={"Content-Type": "application/json"})
        assert answer.headers["x-ratelimit-endpoint-class"] == expected, path
        assert answer.headers["x-request-id"].startswith("req_")


def test_the_daily_cap_counts_writes_until_midnight() -> None:
    from datetime import UTC, datetime, timedelta

    limiter = RateLimiter()
    now = datetime(2026, 4, 18, 10, 0, tzinfo=UTC)
    for count in range(10_000):
        # 60 a minute are allowed, so a day's worth takes hours.
        limiter.take("key", "standard", "write-light", now + timedelta(seconds=count))
    late = now + timedelta(seconds=10_000)
    with pytest.raises(ApiError) as refused:
        limiter.take("key", "standard", "write-light", late)
    midnight = datetime(2026, 4, 19, tzinfo=UTC)
    assert refused.value.headers["Retry-After"] == str(int((midnight - late).total_seconds()))
    limiter.take("key", "standard", "long-running", late)
    limiter.take("other key", "standard", "write-light", late)
    limiter.take("key", "standard", "write-light", midnight)
