"""A project: the roster of one customer or product (contract 2.3)."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from studio.core.values import dataclass
from studio.domain.influencer import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Project:
    """``extra`` keeps what this program does not edit (brand context, ingest state, metadata)."""

    id: str
    name: str
    status: str = "active"
    timezone: str = "UTC"
    primary_language: str = "en"
    customer_external_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    extra: Mapping[str, object] = field(default_factory=lambda: NOTHING)
