"""Keys, switched-off access, whoami and credits (contract 1.2, 2.2, 2.8, Q12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from studio.server.auth import new_key, parse_key
from studio.server.storage import add_key, add_organization
from studio.server.tables import api_keys, organizations
from studio.server.times import wire

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx


def _second_organization(hosted: Any) -> str:
    """A key of another organisation on the same server."""
    key = new_key("test")
    with hosted.parts.storage.transaction() as connection:
        owner = add_organization(
            connection,
            name="Other",
            owner_email="o@other.example",
            tier="pilot",
            created_at=wire(hosted.clock()),
        )
        add_key(connection, owner, key, wire(hosted.clock()))
    return key.text


def test_whoami(api: httpx.Client, server: Any) -> None:
    body = api.get("/v1/whoami").json()
    assert set(body) == {
        "organizationId",
        "workspaceId",
        "organizationName",
        "scopes",
        "rateLimitTier",
        "killSwitch",
        "apiAccessRevoked",
        "apiKeyId",
        "creditBalance",
    }
    assert body["organizationId"] == body["workspaceId"]
    assert (body["organizationName"], body["creditBalance"]) == ("Acme Growth", 1842)
    assert (body["scopes"], body["killSwitch"], body["apiAccessRevoked"]) == ([], False, False)
    assert body["rateLimitTier"] == "partner"
    # The id is the row's, so that it may be shown; the key's own parts are not.
    assert body["apiKeyId"] not in server.key


def test_credits_add_up(api: httpx.Client) -> None:
    body = api.get("/v1/credits").json()
    assert body["balance"] == body["includedRemaining"] + body["prepaidBalance"] == 1842
    assert body["includedRemaining"] == body["includedThisPeriod"] - body["usedThisPeriod"]
    assert body["currentPeriod"]["usedCredits"] == body["usedThisPeriod"]
    assert body["currentPeriod"]["start"] < body["currentPeriod"]["end"]


def test_the_key_has_the_documented_form(server: Any) -> None:
    key = parse_key(server.key)
    assert key is not None
    assert key.environment == "live"
    assert (len(key.handle), len(key.secret)) == (16, 43)


def test_either_header_works_and_x_api_key_wins(server: Any, api: httpx.Client) -> None:
    wrong = new_key().text

    def status(**headers: str) -> int:
        renamed = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = api.get("/v1/whoami", headers={"X-Api-Key": "", **renamed})
        return answer.status_code

    plain = {"headers": {}, "url": f"{server.url}/v1/whoami"}
    import httpx as http

    assert http.get(plain["url"], headers={"Authorization": f"Bearer {server.key}"}).is_success
    assert http.get(plain["url"], headers={"Authorization": f"bearer {server.key}"}).is_success
    assert status(X_Api_Key=server.key, Authorization=f"Bearer {wrong}") == 200
    assert status(X_Api_Key=wrong, Authorization=f"Bearer {server.key}") == 401


@pytest.mark.parametrize("change", ["none", "secret", "handle", "environment", "short", "text"])
def test_a_wrong_key_is_told_nothing(server: Any, change: str) -> None:
    import httpx as http

    key = parse_key(server.key)
    assert key is not None
    sent = {
        "none": None,
        "secret": f"lp_live_{key.handle}_{'A' * 43}",
        "handle": f"lp_live_{'A' * 16}_{key.secret}",
        "environment": f"lp_test_{key.handle}_{key.secret}",
        "short": server.key[:-1],
        "text": "secret",
    }[change]
    answer = http.get(
        f"{server.url}/v1/projects", headers={} if sent is None else {"X-Api-Key": sent}
    )
    assert answer.status_code == 401
    error = answer.json()["error"]
    assert error["code"] == "UNAUTHENTICATED"
    assert error["requestId"] == answer.headers["x-request-id"]
    assert "details" not in error


def test_organizations_cannot_see_each_other(start_hosted: Callable[..., Any]) -> None:
    hosted = start_hosted()
    mine = hosted.client
    project = mine.post("/v1/projects", json={"name": "P", "timezone": "UTC"}).json()["id"]
    theirs = {"X-Api-Key": _second_organization(hosted)}
    assert mine.get("/v1/whoami", headers=theirs).json()["organizationName"] == "Other"
    assert mine.get("/v1/projects", headers=theirs).json()["items"] == []
    for method in ("GET", "DELETE"):
        answer = mine.request(method, f"/v1/projects/{project}", headers=theirs)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")
    assert mine.get(f"/v1/projects/{project}").status_code == 200


def test_a_killed_key_is_answered_503_everywhere(start_hosted: Callable[..., Any]) -> None:
    hosted = start_hosted()
    with hosted.parts.storage.transaction() as connection:
        connection.execute(update(api_keys).values(killed=True))
    for path in ("/v1/whoami", "/v1/projects"):
        answer = hosted.client.get(path)
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "KILL_SWITCH"
        assert answer.json()["error"]["details"] == {"scope": "key"}


def test_a_revoked_organization_may_only_ask_who_it_is(
    start_hosted: Callable[..., Any],
) -> None:
    hosted = start_hosted()
    with hosted.parts.storage.transaction() as connection:
        connection.execute(update(organizations).values(revoked=True))
    who = hosted.client.get("/v1/whoami")
    assert (who.status_code, who.json()["apiAccessRevoked"]) == (200, True)
    other = hosted.client.get("/v1/credits")
    assert (other.status_code, other.json()["error"]["code"]) == (503, "KILL_SWITCH")
