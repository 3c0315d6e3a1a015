"""The error envelope and the codes of the contract (contract 1.5, 1.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ApiError(Exception):
    """A refusal with its status, code and details, turned into the envelope at the edge."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = dict(details) if details is not None else None
        self.headers = dict(headers or {})

    def body(self, request_id: str) -> dict[str, Any]:
        """The envelope of contract 1.5."""
        error: dict[str, Any] = {
            "code": self.code,
            "message": self.message,
            "requestId": request_id,
        }
        if self.details is not None:
            error["details"] = self.details
        return {"error": error}


def unauthenticated() -> ApiError:
    """401: the key is missing, malformed or wrong; which of these is not told."""
    return ApiError(401, "UNAUTHENTICATED", "A valid API key is required.")


def kill_switch(scope: str) -> ApiError:
    """503: the key (``key``) or the organisation (``organization``) is switched off (Q12)."""
    return ApiError(
        503,
        "KILL_SWITCH",
        "API access is switched off for this key."
        if scope == "key"
        else "API access is switched off for this organization.",
        details={"scope": scope},
    )


def not_found(what: str) -> ApiError:
    """404: absent, deleted or somebody else's; which of these is not told."""
    return ApiError(404, "NOT_FOUND", f"No such {what}.")


def method_not_allowed(allow: str) -> ApiError:
    """405 with the methods that are there."""
    return ApiError(
        405, "METHOD_NOT_ALLOWED", "This method is not offered here.", headers={"Allow": allow}
    )


def conflict(message: str, **details: Any) -> ApiError:
    """409 ``CONFLICT`` with the details of the call."""
    return ApiError(409, "CONFLICT", message, details=details or None)


def idempotency_conflict() -> ApiError:
    """409: the same ``Idempotency-Key`` came with another body."""
    return ApiError(
        409,
        "IDEMPOTENCY_CONFLICT",
        "This Idempotency-Key was already used with a different body.",
    )


def rate_limited(
    message: str, retry_after: int, *, details: Mapping[str, Any] | None = None
) -> ApiError:
    """429 with ``Retry-After`` in whole seconds."""
    return ApiError(
        429,
        "RATE_LIMITED",
        message,
        details=details,
        headers={"Retry-After": str(retry_after)},
    )


def validation(path: str, message: str, *, status: int = 422) -> ApiError:
    """``VALIDATION`` of one field."""
    return validation_issues([(path, message)], status=status)


def validation_issues(issues: Sequence[tuple[str, str]], *, status: int = 422) -> ApiError:
    """``VALIDATION`` with one issue per field: its path, and a sentence for people."""
    path, message = issues[0]
    return ApiError(
        status,
        "VALIDATION",
        f"{path}: {message}" if path else message,
        details={"issues": [{"path": at, "message": why} for at, why in issues]},
    )
