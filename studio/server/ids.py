"""Ids in the forms this server mints and takes (contract 1.12, Q2)."""

from __future__ import annotations

import re
import secrets
import threading
import time
import uuid

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80

UUID_PATTERN = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
INFLUENCER_ID_PATTERN = (
    r"^(?:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|inf_[A-Za-z0-9-]{1,64})$"
)
_UUID = re.compile(UUID_PATTERN.rstrip("$") + r"\Z")
_INFLUENCER = re.compile(INFLUENCER_ID_PATTERN.rstrip("$") + r"\Z")

_last_lock = threading.Lock()
_last: list[int] = [0]


def mint(prefix: str) -> str:
    """A new ``<prefix>_<26 upper-case base32>`` id; ids of this process grow as they are made.

    Growing matters because lists of rows made in the same millisecond are ordered by id.
    """
    with _last_lock:
        value = (time.time_ns() // 1_000_000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
        if value <= _last[0]:
            value = _last[0] + 1
        _last[0] = value
    text = "".join(_CROCKFORD[(value >> shift) & 31] for shift in range(125, -1, -5))
    return f"{prefix}_{text}"


def derived(prefix: str, seed: str) -> str:
    """The id that always belongs to ``seed``: a repeated step names the same thing."""
    value = uuid.uuid5(uuid.NAMESPACE_OID, seed).int
    text = "".join(_CROCKFORD[(value >> shift) & 31] for shift in range(125, -1, -5))
    return f"{prefix}_{text}"


def new_uuid() -> str:
    """A bare UUID, the form of projects, organisations and keys."""
    return str(uuid.uuid4())


def is_project_id(text: str) -> bool:
    """Whether ``text`` has the form of a project id: a bare UUID."""
    return _UUID.match(text) is not None


def is_influencer_id(text: str) -> bool:
    """Whether ``text`` has a form an influencer id may have: a UUID or ``inf_...``."""
    return _INFLUENCER.match(text) is not None
