"""The server's records as they come, read tolerantly (contract 1.1, 1.11, Q5).

No field is required but ids, a value of another type than expected reads as absent, and unknown
keys stay in ``model_extra``. Imported at the first call only: pydantic costs 80 ms.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?"
    r"\s*([Zz]|[+-]\d{2}:?\d{2})?"
)


def moment(value: object) -> datetime | None:
    """Any RFC 3339 form as a moment in UTC; None for anything else.

    A missing offset counts as UTC, digits beyond microseconds are cut, and the leap second 60
    becomes the next minute.
    """
    match = _MOMENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    date, clock, seconds, fraction, offset = match.groups()
    extra = timedelta(seconds=1 if seconds == "60" else 0)
    seconds = "59" if seconds == "60" else seconds or "00"
    micros = (fraction or "0")[:6].ljust(6, "0")
    zone = "+00:00" if offset is None or offset in "Zz" else offset
    try:
        parsed = datetime.fromisoformat(f"{date}T{clock}:{seconds}.{micros}{zone}")
        return parsed.astimezone(UTC) + extra
    except (ValueError, OverflowError):
        return None


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return None


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value else ()
    if not isinstance(value, list):
        return ()
    return tuple(text for entry in value if (text := _text(entry)) is not None)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _whole(value: object) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _truth(value: object) -> bool:
    return value is True


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> tuple[dict[str, Any], ...]:
    return (
        tuple(entry for entry in value if isinstance(entry, dict))
        if isinstance(value, list)
        else ()
    )


Text = Annotated[str | None, BeforeValidator(_text)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
Moment = Annotated[datetime | None, BeforeValidator(moment)]
Number = Annotated[float | None, BeforeValidator(_number)]
Whole = Annotated[int | None, BeforeValidator(_whole)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Object = Annotated[dict[str, Any], BeforeValidator(_object)]
Objects = Annotated[tuple[dict[str, Any], ...], BeforeValidator(_objects)]


class Record(BaseModel):
    """Tolerant, camelCase on the wire, unknown keys kept."""

    model_config = ConfigDict(
        extra="allow", alias_generator=to_camel, frozen=True, hide_input_in_errors=True
    )

    @property
    def unknown(self) -> dict[str, Any]:
        """The keys this program does not know, as they came."""
        return dict(self.model_extra or {})


class ReferenceImageRecord(Record):
    """An entry of ``referenceImages`` (2.4.1)."""

    asset_id: Text = None
    url: Text = None
    thumbnail_url: Text = None
    added_at: Moment = None


class PersonalityRecord(Record):
    """``personality``: a key that was never supplied may be missing."""

    traits: Texts = ()
    tone: Text = None
    humor: Text = None
    formality: Text = None
    values: Texts = ()
    interests: Texts = ()
    speaking_style: Text = None
    catchphrases: Texts = ()


class InfluencerRecord(Record):
    """A full record of either generation, or a slim item of the list (2.4.1, 2.4.2, 4.1)."""

    influencer_id: Text = None
    project_id: Text = None
    name: Text = None
    gender: Text = None
    age_range: Text = None
    status: Text = None
    thumbnail_url: Text = None
    ethnicity: Text = None
    body_type: Text = None
    hair_color: Text = None
    hair_style: Text = None
    style: Text = None
    vibe: Text = None
    voice_description: Text = None
    personality: Object = {}
    reference_images: Objects = ()
    created_at: Moment = None
    updated_at: Moment = None
    image_url: Text = None
    brand_voice: Text = None
    language: Text = None
    error_message: Text = None


class ProjectRecord(Record):
    """A project or a list item (2.3)."""

    id: Text = None
    name: Text = None
    status: Text = None
    timezone: Text = None
    primary_language: Text = None
    customer_external_id: Text = None
    created_at: Moment = None
    updated_at: Moment = None


class AccountRecord(Record):
    """The answer of whoami (2.2)."""

    organization_id: Text = None
    workspace_id: Text = None
    organization_name: Text = None
    scopes: Texts = ()
    rate_limit_tier: Text = None
    kill_switch: Truth = False
    api_access_revoked: Truth = False
    api_key_id: Text = None
    credit_balance: Whole = None


class CreditsRecord(Record):
    """The wallet (2.8)."""

    balance: Whole = None
    included_remaining: Whole = None
    prepaid_balance: Whole = None
    estimated_credits_per_format: Object = {}


class JobRecord(Record):
    """A job in any of its forms (3.1): only ``jobId`` can be counted on."""

    job_id: Text = None
    kind: Text = None
    status: Text = None
    stage: Text = None
    progress: Number = None
    project_id: Text = None
    influencer_id: Text = None
    container_id: Text = None
    container_ids: Texts = ()
    started_at: Moment = None
    finished_at: Moment = None
    result: Object = {}


class CancelRecord(Record):
    """The answer of a cancel (3.5)."""

    accepted: Truth = False
    reason: Text = None


class AssetRecord(Record):
    """The answer of finalize and of an inline upload (2.5)."""

    media_id: Text = None
    asset_id: Text = None
    url: Text = None
    mime_type: Text = None
    content_type: Text = None


class PresignRecord(Record):
    """The answer of presign; the name of the address is not documented (Q11)."""

    upload_id: Text = None
    upload_url: Text = None
    url: Text = None
    signed_url: Text = None
    put_url: Text = None
    headers: Object = {}


class PageRecord(Record):
    """A page of a list (1.8)."""

    items: Objects = ()
    next_cursor: Text = None


class BoundRecord(Record):
    """The answer of reference-images (2.4.8)."""

    reference_images: Objects = ()


class DeletedRecord(Record):
    """The answer of a delete or an archive."""

    deleted_at: Moment = None
    archived_at: Moment = None
