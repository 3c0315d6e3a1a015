"""Identifiers made on this computer, before the server has heard of anything."""

from __future__ import annotations


def new_ulid() -> str:
    """A fresh ULID, 26 characters that sort in the order they were made on this computer.

    Also the idempotency key of whatever it names (contract 1.7). The library is imported at the
    first use: it costs 80 ms that the first paint does not need.
    """
    from ulid import ULID

    return str(ULID())


def new_influencer_id() -> str:
    """An influencer id of our own, so that a retried create or clone is never made twice."""
    return f"inf_{new_ulid()}"
