"""API keys: their form, how they are made and checked (contract 1.2)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from typing import TYPE_CHECKING

from studio.core.values import dataclass
from studio.server.ids import new_uuid

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEY = re.compile(r"lp_(live|test)_([A-Z2-7]{16})_([A-Za-z0-9_-]{43})\Z")
_BEARER = re.compile(r"Bearer +(\S+)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KeyParts:
    """A key taken apart. The handle is safe to log, the secret is not."""

    environment: str
    handle: str
    secret: str

    @property
    def text(self) -> str:
        """The whole key as a caller sends it."""
        return f"lp_{self.environment}_{self.handle}_{self.secret}"

    @property
    def digest(self) -> str:
        """What is stored in place of the secret. The secret is 256 random bits, so one hash do."""
        return hashlib.sha256(self.secret.encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class Caller:
    """The organisation and key behind a request."""

    key_id: str
    key_killed: bool
    organization_id: str
    organization_name: str
    organization_revoked: bool
    owner_email: str
    tier: str


def new_key(environment: str = "live") -> KeyParts:
    """A fresh random key."""
    handle = base64.b32encode(secrets.token_bytes(10)).decode("ascii")
    return KeyParts(environment, handle, secrets.token_urlsafe(32))


def parse_key(text: str) -> KeyParts | None:
    """Take a key apart, or None when it has not the form of one."""
    match = _KEY.match(text)
    return KeyParts(*match.groups()) if match else None


def presented_key(headers: Mapping[str, str], *, bearer_only: bool = False) -> KeyParts | None:
    """The key of a request: ``X-Api-Key``, and only without it ``Authorization: Bearer``.

    With ``bearer_only``, as in the later generation, the first is not looked at (contract 4.1).
    """
    direct = None if bearer_only else headers.get("x-api-key")
    if direct is not None:
        return parse_key(direct.strip())
    match = _BEARER.match(headers.get("authorization", "").strip())
    return parse_key(match.group(1)) if match else None


def digests_match(stored: str, presented: KeyParts) -> bool:
    """Compare without telling by the time taken how much of the secret was right."""
    return hmac.compare_digest(stored.encode("ascii"), presented.digest.encode("ascii"))


def new_key_row_id() -> str:
    """The public id of a key row."""
    return new_uuid()
