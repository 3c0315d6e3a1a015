"""The only translator between the wire and the domain.

Reading is tolerant: unknown enum values stay text, unknown keys stay in ``extra``, and a record of
a later contract is read as far as it goes. Raises Bug when an answer lacks even its id.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from studio.api.dialects import our_spelling
from studio.api.errors import plain
from studio.core.errors import Bug
from studio.core.values import dataclass
from studio.domain.account import Account, Credits
from studio.domain.influencer import Influencer, Personality, ReferenceImage
from studio.domain.job import RUNNING, Job
from studio.domain.project import Project

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from studio.api.wire import InfluencerRecord, Record

_URL_NAMES = ("upload_url", "url", "signed_url", "put_url")
_NEVER_ON_PUT = frozenset(
    {"host", "x-api-key", "authorization", "cookie", "connection", "transfer-encoding"}
)


@dataclass(frozen=True, slots=True)
class CancelAnswer:
    """What came of a wish to stop a job; ``accepted`` is not yet canceled (3.5)."""

    accepted: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Asset:
    """A stored media file (2.5)."""

    asset_id: str
    url: str = ""
    mime_type: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Where an upload goes (2.5, Q11). ``url`` carries a signature: never log it."""

    upload_id: str
    url: str
    headers: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Ticket({self.upload_id})"


@dataclass(frozen=True, slots=True)
class ContentStarted:
    """The job of a generation and what it makes (2.7, Q8)."""

    job: Job
    container_ids: tuple[str, ...]


def _dict(body: object) -> dict[str, Any]:
    """The answer as an object; Bug when it is none."""
    if not isinstance(body, dict):
        raise _off_contract("an object was expected")
    return body


def _off_contract(what: str) -> Bug:
    return Bug(f"The server's answer does not match the contract: {what}.", code="OFF_CONTRACT")


def _extra(record: Record) -> Mapping[str, object]:
    return MappingProxyType(record.unknown)


def reference_images(entries: Iterable[object]) -> tuple[ReferenceImage, ...]:
    """Bound pictures in the server's order, each asset once; entries without an id are left out."""
    from studio.api.wire import ReferenceImageRecord

    found: dict[str, ReferenceImage] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        record = ReferenceImageRecord.model_validate(entry)
        if record.asset_id and record.asset_id not in found:
            found[record.asset_id] = ReferenceImage(
                record.asset_id, record.url or "", record.thumbnail_url, record.added_at
            )
    return tuple(found.values())


def bound_images(body: object) -> tuple[ReferenceImage, ...]:
    """The whole list after a bind (2.4.8, Q17)."""
    from studio.api.wire import BoundRecord

    return reference_images(BoundRecord.model_validate(_dict(body)).reference_images)


def _personality(body: dict[str, Any]) -> Personality:
    """``humorStyle``, as the seed writes it (Q4), is read as humor where humor is missing."""
    from studio.api.wire import PersonalityRecord

    record = PersonalityRecord.model_validate(body)
    other_humor = record.unknown.get("humorStyle")
    return Personality(
        traits=record.traits,
        tone=record.tone,
        humor=record.humor or (other_humor if isinstance(other_humor, str) else record.humor),
        formality=record.formality,
        values=record.values,
        interests=record.interests,
        speaking_style=record.speaking_style,
        catchphrases=record.catchphrases,
        extra=_extra(record),
    )


def _influencer(record: InfluencerRecord, project_id: str, *, detailed: bool) -> Influencer:
    if not record.influencer_id:
        raise _off_contract("an influencer has no id")
    return Influencer(
        id=record.influencer_id,
        project_id=record.project_id or project_id,
        name=record.name or "",
        status=record.status or "pending",
        gender=our_spelling(record.gender),
        age_range=record.age_range,
        ethnicity=record.ethnicity,
        body_type=record.body_type,
        hair_color=record.hair_color,
        hair_style=record.hair_style,
        style=record.style,
        vibe=record.vibe,
        voice_description=record.voice_description,
        personality=_personality(record.personality),
        reference_images=reference_images(record.reference_images),
        thumbnail_url=record.thumbnail_url or record.image_url,
        created_at=record.created_at,
        updated_at=record.updated_at,
        detailed=detailed,
        extra=_extra(record),
        brand_voice=record.brand_voice,
        language=record.language,
        error_message=plain(record.error_message),
    )


def influencer(body: object, project_id: str = "") -> Influencer:
    """A full record of either generation (2.4.1, 4.1); ``project_id`` stands in where it names
    none."""
    from studio.api.wire import InfluencerRecord

    return _influencer(InfluencerRecord.model_validate(_dict(body)), project_id, detailed=True)


def slim_influencer(body: object, project_id: str) -> Influencer:
    """A list item (2.4.2): personality, look and pictures are unknown, not empty."""
    from studio.api.wire import InfluencerRecord

    return _influencer(InfluencerRecord.model_validate(_dict(body)), project_id, detailed=False)


def project(body: object) -> Project:
    """A project or a list item (2.3)."""
    from studio.api.wire import ProjectRecord

    record = ProjectRecord.model_validate(_dict(body))
    if not record.id:
        raise _off_contract("a project has no id")
    return Project(
        id=record.id,
        name=record.name or "",
        status=record.status or "active",
        timezone=record.timezone or "UTC",
        primary_language=record.primary_language or "en",
        customer_external_id=record.customer_external_id,
        created_at=record.created_at,
        updated_at=record.updated_at,
        extra=_extra(record),
    )


def account(body: object) -> Account:
    """The answer of whoami; either switch blocks all work (2.2, Q12)."""
    from studio.api.wire import AccountRecord

    record = AccountRecord.model_validate(_dict(body))
    if not record.organization_id:
        raise _off_contract("whoami names no organization")
    return Account(
        organization_id=record.organization_id,
        organization_name=record.organization_name or "",
        workspace_id=record.workspace_id or record.organization_id,
        rate_limit_tier=record.rate_limit_tier or "standard",
        api_key_id=record.api_key_id or "",
        scopes=record.scopes,
        credit_balance=record.credit_balance,
        blocked=record.kill_switch or record.api_access_revoked,
    )


def credits(body: object) -> Credits:
    """The wallet (2.8)."""
    from studio.api.wire import CreditsRecord

    record = CreditsRecord.model_validate(_dict(body))
    if record.balance is None:
        raise _off_contract("the wallet has no balance")
    estimates = {
        name: int(cost)
        for name, cost in record.estimated_credits_per_format.items()
        if isinstance(cost, int | float) and not isinstance(cost, bool)
    }
    return Credits(
        record.balance,
        record.included_remaining or 0,
        record.prepaid_balance or 0,
        MappingProxyType(estimates),
    )


def is_job(body: object) -> bool:
    """Whether a create answered with a job rather than with the record itself (Q3)."""
    return isinstance(body, dict) and bool(body.get("jobId"))


def job(body: object, *, etag: str = "", request_id: str = "", influencer_id: str = "") -> Job:
    """A job in any form, the clone's four fields included (3.1).

    ``influencer_id`` stands in where neither the job nor its result names one.
    """
    from studio.api.wire import JobRecord

    record = JobRecord.model_validate(_dict(body))
    if not record.job_id:
        raise _off_contract("a job has no id")
    made = record.result.get("influencerId")
    progress = record.progress
    error = body.get("error") if isinstance(body, dict) else None
    failure = error if isinstance(error, dict) else {"message": error}
    return Job(
        id=record.job_id,
        kind=record.kind or "",
        project_id=record.project_id or "",
        influencer_id=record.influencer_id or (made if isinstance(made, str) else influencer_id),
        status=record.status or RUNNING,
        stage=record.stage or "",
        progress=None if progress is None else min(max(progress, 0.0), 1.0),
        is_clone=record.kind == "influencer_clone",
        started_at=record.started_at,
        finished_at=record.finished_at,
        error_code=plain(failure.get("code"), 64),
        error_message=plain(failure.get("message")),
        request_id=request_id,
        etag=etag,
    )


def content_started(body: object, request_id: str = "") -> ContentStarted:
    """The answer of a generation: the array, else the single id (Q8)."""
    from studio.api.wire import JobRecord

    record = JobRecord.model_validate(_dict(body))
    single = (record.container_id,) if record.container_id else ()
    return ContentStarted(job(body, request_id=request_id), record.container_ids or single)


def cancel_answer(body: object) -> CancelAnswer:
    """The answer of a cancel (3.5)."""
    from studio.api.wire import CancelRecord

    record = CancelRecord.model_validate(_dict(body))
    return CancelAnswer(record.accepted, record.reason or "")


def asset(body: object) -> Asset:
    """A stored file; ``assetId`` and ``mediaId`` are the same (2.5)."""
    from studio.api.wire import AssetRecord

    record = AssetRecord.model_validate(_dict(body))
    asset_id = record.asset_id or record.media_id
    if not asset_id:
        raise _off_contract("an uploaded file has no id")
    return Asset(asset_id, record.url or "", record.mime_type or record.content_type or "")


def ticket(body: object, mime_type: str) -> Ticket:
    """Where to send the bytes: the first address present, and the headers if there are any."""
    from studio.api.wire import PresignRecord

    record = PresignRecord.model_validate(_dict(body))
    url = next((found for name in _URL_NAMES if (found := getattr(record, name))), None)
    if not record.upload_id or not url:
        raise _off_contract("an upload has no address")
    headers = {
        name: str(value)
        for name, value in record.headers.items()
        if isinstance(value, str | int)
        and name.lower() not in _NEVER_ON_PUT
        and name.isascii()
        and name.isprintable()
        and str(value).isascii()
        and str(value).isprintable()
    }
    if not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = mime_type
    return Ticket(record.upload_id, url, MappingProxyType(headers))


def page_parts(body: object) -> tuple[tuple[dict[str, Any], ...], str]:
    """The items of a page and the next cursor, empty at the end (1.8)."""
    from studio.api.wire import PageRecord

    answer = _dict(body)
    if not isinstance(answer.get("items"), list):
        raise _off_contract("a list has no items")
    record = PageRecord.model_validate(answer)
    return record.items, record.next_cursor or ""


def deleted_at(body: object) -> datetime | None:
    """When the server deleted or archived it."""
    from studio.api.wire import DeletedRecord

    record = DeletedRecord.model_validate(body if isinstance(body, dict) else {})
    return record.deleted_at or record.archived_at
