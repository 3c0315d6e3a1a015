"""Who we are to the server: organisation, key, credits (contract 2.2 and 2.8)."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from studio.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Account:
    """The answer of whoami. ``blocked`` is True when the key or organisation was switched off."""

    organization_id: str
    organization_name: str
    workspace_id: str = ""
    rate_limit_tier: str = "standard"
    api_key_id: str = ""
    scopes: tuple[str, ...] = ()
    credit_balance: int | None = None
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Credits:
    """The wallet; in P1 ``balance`` is the number to gate on."""

    balance: int
    included_remaining: int = 0
    prepaid_balance: int = 0
    estimates: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TierLimits:
    """Calls a minute by class, and writes a day (contract 1.9)."""

    reads: int
    writes: int
    starts: int
    writes_a_day: int


TIERS: Mapping[str, TierLimits] = {
    "standard": TierLimits(120, 60, 20, 10_000),
    "pilot": TierLimits(1_200, 600, 60, 100_000),
    "partner": TierLimits(6_000, 3_000, 300, 500_000),
}
