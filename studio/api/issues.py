"""Which fields of ours the issues of a refused body name (contract 1.5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from studio.domain.fields import BY_PATH, BY_WIRE

if TYPE_CHECKING:
    from collections.abc import Mapping

_OTHER_FIELDS = {
    "timezone": "timezone",
    "primaryLanguage": "primary_language",
    "customerExternalId": "customer_external_id",
    "ownerEmail": "owner_email",
    "reason": "reason",
    "status": "status",
}
_UNKNOWN_WORDS = re.compile(
    r"unrecogni[sz]ed|unknown[ _](?:key|field|propert|param)|extra[_ ](?:forbidden|inputs?)|"
    r"additional ?propert|unexpected[ _](?:key|field|propert)|is not a field",
    re.IGNORECASE,
)


def field_path(issue_path: object) -> str:
    """Our field path of ``details.issues[].path``, empty when it names no field of ours.

    Understands dotted text and lists, a leading ``body`` or ``overrides``, and list positions.
    """
    parts = _parts(issue_path)
    wire = ".".join(parts[:2])
    if wire == "personality.humorStyle":
        wire = "personality.humor"
    spec = BY_WIRE.get(wire) or BY_WIRE.get(parts[0] if parts else "")
    if spec is not None:
        return spec.path
    return _OTHER_FIELDS.get(wire, "")


def _parts(issue_path: object) -> list[str]:
    if isinstance(issue_path, str):
        parts = re.split(r"[./\[\]]+", issue_path)
    elif isinstance(issue_path, list):
        parts = [str(part) for part in issue_path]
    else:
        return []
    parts = [part for part in parts if part and not part.isdigit()]
    while parts and parts[0] in ("body", "overrides", "$"):
        parts.pop(0)
    return parts


def first_named(details: Mapping[str, Any]) -> tuple[str, object]:
    """Field path and message, as it came, of the first issue that names a field of ours."""
    issues = details.get("issues")
    if not isinstance(issues, list):
        return "", ""
    for issue in issues[:50]:
        if isinstance(issue, dict) and (path := field_path(issue.get("path"))):
            return path, issue.get("message")
    return "", ""


def unknown_fields(details: Mapping[str, Any]) -> frozenset[str]:
    """Fields the server says it does not know. A value it dislikes is another matter.

    Strict validators tell by a code, by the keys, or in words of the issue; an issue with the whole
    of ``personality`` can only mean that, since what is sent there always has the contract's form.
    """
    issues = details.get("issues")
    found: set[str] = set()
    for issue in issues[:50] if isinstance(issues, list) else ():
        if not isinstance(issue, dict):
            continue
        keys = issue.get("keys")
        told = f"{issue.get('code')} {issue.get('type')} {issue.get('message')}"
        is_unknown = isinstance(keys, list) or _UNKNOWN_WORDS.search(told[:400]) is not None
        paths = (
            [_below(issue.get("path"), key) for key in keys[:50]]
            if isinstance(keys, list)
            else [issue.get("path")]
        )
        for each in paths:
            whole = _parts(each) == ["personality"]
            path = "personality" if whole else field_path(each)
            if (is_unknown or whole) and (whole or path in BY_PATH):
                found.add(path)
    return frozenset(found)


def _below(path: object, key: object) -> list[object]:
    return [*_parts(path), key]
