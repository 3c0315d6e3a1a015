"""The limits of the contract as sentences a person understands (contract 2.4.3, 2.4.8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from studio.core.values import dataclass
from studio.domain.fields import BY_PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from studio.domain.influencer import FieldValue

REASON_LIMIT = 1024
BIND_LIMIT = 20
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
INLINE_BYTES = 262_144
"""An image of fewer decoded bytes than this goes inline; from here on it is presigned (2.5)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value cannot be sent. ``code`` is stable; ``sentence`` is for people."""

    code: str
    sentence: str


def check(path: str, value: FieldValue) -> Problem | None:
    """The first problem with ``value`` at ``path``, or None when it can be sent."""
    spec = BY_PATH.get(path)
    if spec is None:
        return Problem("unknown_field", f"“{path}” is not a field of an influencer.")
    if isinstance(value, tuple):
        if any(not entry.strip() for entry in value):
            return Problem("empty_entry", f"{spec.label}: an entry is empty. Fill or remove it.")
        return None
    text = value or ""
    if path == "name" and not text.strip():
        return Problem("name_missing", "A name is needed.")
    if path == "language" and text and _LANGUAGE.fullmatch(text) is None:
        return Problem(
            "not_a_language",
            f"“{text[:40]}” is not a language tag. Enter one such as en or es-MX.",
        )
    if spec.limit is not None and len(text) > spec.limit:
        over = len(text) - spec.limit
        return Problem(
            "too_long",
            f"{spec.label} has {len(text)} characters; {spec.limit} is the most. "
            f"Shorten it by {over}.",
        )
    if spec.kind == "choice" and value is not None and value not in spec.options:
        return Problem(
            "unknown_choice",
            f"{spec.label} “{text[:40]}” is not known to the server. "
            f"Choose {', '.join(spec.options[:-1])} or {spec.options[-1]}.",
        )
    return None


def check_all(values: Mapping[str, FieldValue]) -> dict[str, Problem]:
    """Problems by path; empty when everything can be sent."""
    return {path: problem for path, value in values.items() if (problem := check(path, value))}


def check_reason(reason: str) -> Problem | None:
    """The reason of a deletion (2.4.6)."""
    if len(reason) > REASON_LIMIT:
        return Problem(
            "too_long",
            f"The reason has {len(reason)} characters; {REASON_LIMIT} is the most.",
        )
    return None
