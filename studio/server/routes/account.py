"""Whoami and credits (contract 2.2, 2.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select

from studio.server.dispatch import Call, Operation, Reply
from studio.server.tables import organizations
from studio.server.times import wire

if TYPE_CHECKING:
    from datetime import datetime

_CREDITS_PER_FORMAT = {"video_remix": 120, "slideshow_remix": 50, "ugc_remix": 120, "auto": 120}


def _organization(call: Call) -> Row[Any]:
    return call.connection.execute(
        select(organizations).where(organizations.c.id == call.caller.organization_id)
    ).one()


def _included_remaining(row: Row[Any]) -> int:
    return max(0, int(row.included_per_period) - int(row.used_this_period))


def whoami(call: Call) -> Reply:
    """GET /v1/whoami."""
    row = _organization(call)
    return Reply(
        200,
        {
            "organizationId": row.id,
            "workspaceId": row.id,
            "organizationName": row.name,
            "scopes": [],
            "rateLimitTier": row.tier,
            "killSwitch": False,
            "apiAccessRevoked": row.revoked,
            "apiKeyId": call.caller.key_id,
            "creditBalance": _included_remaining(row) + row.prepaid,
        },
    )


def credit_state(call: Call) -> Reply:
    """GET /v1/credits. Renders are free, so the numbers only ever change from outside."""
    row = _organization(call)
    included = _included_remaining(row)
    start, end = _month(call.now)
    return Reply(
        200,
        {
            "organizationId": row.id,
            "balance": included + row.prepaid,
            "includedRemaining": included,
            "prepaidBalance": row.prepaid,
            "includedThisPeriod": row.included_per_period,
            "usedThisPeriod": row.used_this_period,
            "currentPeriod": {
                "start": wire(start),
                "end": wire(end),
                "usedCredits": row.used_this_period,
            },
            "subscriptionTier": "pro",
            "billingStatus": "active",
            "estimatedCreditsPerFormat": _CREDITS_PER_FORMAT,
            "ingestCostsBilled": {"github": False, "website": False, "appstore": False},
        },
    )


def _month(now: datetime) -> tuple[datetime, datetime]:
    start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    years, month = divmod(start.month, 12)
    return start, start.replace(year=start.year + years, month=month + 1)


OPERATIONS = (
    Operation("GET", "/v1/whoami", "read-light", whoami, when_revoked=True),
    Operation("GET", "/v1/credits", "read-light", credit_state),
)
