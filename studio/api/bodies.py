"""What we write: strict bodies with exactly the fields that were asked for (contract 2.3 to 2.7).

Values the contract refuses never leave this computer: they raise FixInput naming the field. Fields
the server's dialect does not have raise NotTaken, so that no later server ever sees a persona's.
Unknown personality keys are never sent: the server merges key by key, so they stay as they are,
and its strict bodies would refuse them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from studio.api.dialects import spelled
from studio.api.errors import NotTaken
from studio.core.errors import Bug, FixInput
from studio.domain.brief import FORMATS
from studio.domain.dialect import UNKNOWN
from studio.domain.fields import BY_PATH
from studio.domain.rules import BIND_LIMIT, check, check_reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from studio.domain.brief import Brief
    from studio.domain.dialect import Call, Dialect
    from studio.domain.influencer import FieldValue

_PROJECT_FIELDS = {
    "name": "name",
    "status": "status",
    "timezone": "timezone",
    "primary_language": "primaryLanguage",
    "customer_external_id": "customerExternalId",
    "owner_email": "ownerEmail",
    "metadata": "metadata",
}
_NAME_LIMIT = 128
_VARIANTS = 5


def _checked(path: str, value: FieldValue) -> None:
    """Raise FixInput for a value the contract refuses; an empty one only means cleared."""
    problem = check(path, value or None)
    if problem is not None:
        raise FixInput(problem.sentence, field=path, code=problem.code)


def _all_taken(dialect: Dialect, values: Mapping[str, FieldValue], call: Call) -> None:
    """Raise NotTaken for what this server has no place for."""
    refused = frozenset(
        path
        for path, value in values.items()
        if path in BY_PATH and not dialect.can_send(path, value, call)
    )
    if refused:
        raise NotTaken(refused)


def _put(body: dict[str, Any], path: str, value: object) -> None:
    """Set ``value`` under its wire name, inside ``personality`` where it belongs there."""
    head, _, rest = BY_PATH[path].wire.partition(".")
    if rest:
        body.setdefault(head, {})[rest] = value
    else:
        body[head] = value


def patch_body(changes: Mapping[str, FieldValue], dialect: Dialect = UNKNOWN) -> dict[str, Any]:
    """A PATCH of exactly these fields, by field path (2.4.5, 4.1).

    An empty text clears a field with null. Inside ``personality`` it is sent as an empty text:
    the contract shows only texts there and says nothing of null, which a strict server refuses.
    """
    if not changes:
        raise Bug("There is nothing to send.", code="EMPTY_PATCH")
    _all_taken(dialect, changes, "patch")
    body: dict[str, Any] = {}
    for path, value in changes.items():
        _checked(path, value)
        spec = BY_PATH[path]
        if spec.is_list:
            _put(body, path, list(value or ()))
        elif value:
            _put(body, path, spelled(dialect, path, value))
        else:
            _put(body, path, "" if path.startswith("personality.") else None)
    return body


def later_create_body(values: Mapping[str, FieldValue], dialect: Dialect) -> dict[str, Any]:
    """A create of the later generation (4.1): what it takes of the values; the rest is for a PATCH
    of what was made."""
    body: dict[str, Any] = {}
    for path, value in values.items():
        if value and dialect.can_send(path, value, "create"):
            _put(body, path, spelled(dialect, path, value))
    return body


def create_body(
    influencer_id: str,
    values: Mapping[str, FieldValue],
    asset_ids: Sequence[str] = (),
    dialect: Dialect = UNKNOWN,
) -> dict[str, Any]:
    """A create under our own id (2.4.3): fields without a value are left out."""
    _checked("name", values.get("name"))
    _all_taken(dialect, {path: value for path, value in values.items() if value}, "create")
    body: dict[str, Any] = {}
    if influencer_id:
        body["influencerId"] = influencer_id
    for path, value in values.items():
        if value:
            _checked(path, value)
            _put(body, path, list(value) if isinstance(value, tuple) else value)
    if asset_ids:
        body["referenceImages"] = bind_body(asset_ids)
    return body


def clone_body(
    name: str,
    new_influencer_id: str,
    overrides: Mapping[str, FieldValue],
    dialect: Dialect = UNKNOWN,
) -> dict[str, Any]:
    """A clone with what shall differ from its source (2.4.7).

    ``overrides`` are create fields, of which none may be null: a text is cleared with an empty
    text, and no gender is ``unspecified``. Later servers make the id themselves.
    """
    _checked("name", name)
    _all_taken(dialect, overrides, "clone")
    body: dict[str, Any] = {"name": name}
    if new_influencer_id and dialect.takes_own_ids:
        body["newInfluencerId"] = new_influencer_id
    inner: dict[str, Any] = {}
    for path, value in overrides.items():
        if path == "name":
            raise Bug("The name of a clone is not an override.", code="BAD_OVERRIDE")
        _checked(path, value)
        if BY_PATH[path].is_list:
            _put(inner, path, list(value or ()))
        else:
            value = spelled(dialect, path, value)
            _put(inner, path, value or ("unspecified" if path == "gender" else ""))
    if inner:
        body["overrides"] = inner
    return body


def bind_body(asset_ids: Sequence[str]) -> dict[str, Any]:
    """1 to 20 assets to bind (2.4.8)."""
    if not 1 <= len(asset_ids) <= BIND_LIMIT:
        raise FixInput(
            f"1 to {BIND_LIMIT} images can be bound at once, not {len(asset_ids)}.",
            code="too_many_images",
        )
    return {"assetIds": list(asset_ids)}


def delete_body(reason: str) -> dict[str, Any] | None:
    """The reason of a deletion; no body without one (2.4.6)."""
    problem = check_reason(reason)
    if problem is not None:
        raise FixInput(problem.sentence, field="reason", code=problem.code)
    return {"reason": reason} if reason else None


def project_body(values: Mapping[str, object]) -> dict[str, Any]:
    """A project's writable fields, by our names (2.3)."""
    if not values:
        raise Bug("There is nothing to send.", code="EMPTY_PATCH")
    body: dict[str, Any] = {}
    for name, value in values.items():
        if name not in _PROJECT_FIELDS:
            raise Bug(f"“{name}” of a project cannot be written.", code="BAD_FIELD")
        body[_PROJECT_FIELDS[name]] = value
    if "name" in body:
        text = body["name"]
        if not isinstance(text, str) or not 1 <= len(text.strip()) <= len(text) <= _NAME_LIMIT:
            raise FixInput(f"A project's name has 1 to {_NAME_LIMIT} characters.", field="name")
    return body


def content_body(brief: Brief, content_id: str = "") -> dict[str, Any]:
    """A generation with the seed's brief keys (2.7, Q7)."""
    if brief.format not in FORMATS:
        raise FixInput(f"“{brief.format[:40]}” is not a format the server knows.", field="format")
    if not 1 <= brief.variant_count <= _VARIANTS:
        raise FixInput(f"1 to {_VARIANTS} variants can be made at once.", field="variant_count")
    wishes: dict[str, Any] = {
        "hook": brief.hook,
        "targetPlatforms": list(brief.target_platforms),
        "influencerId": brief.influencer_id,
        "themeTags": list(brief.theme_tags),
        "referenceMediaIds": list(brief.reference_media_ids),
        "language": brief.language,
    }
    body: dict[str, Any] = {"format": brief.format, "variantCount": brief.variant_count}
    if content_id:
        body["id"] = content_id
    if given := {name: value for name, value in wishes.items() if value}:
        body["brief"] = given
    return body
