"""Signed upload addresses: whoever holds one may PUT, without a key, for a quarter of an hour."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Final

URL_LIFE: Final = timedelta(minutes=15)


class UploadSigner:
    """Signs and checks upload addresses with the server's own secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def query(self, upload_id: str, expires_at: datetime) -> str:
        """The query of a signed address."""
        expires = str(int(expires_at.timestamp()))
        return f"expires={expires}&signature={self._signature(upload_id, expires)}"

    def allows(self, upload_id: str, expires: str, signature: str, now: datetime) -> bool:
        """Whether the address was signed here and has not run out."""
        expected = self._signature(upload_id, expires)
        if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
            return False
        return now < datetime.fromtimestamp(int(expires), UTC)

    def _signature(self, upload_id: str, expires: str) -> str:
        message = f"{upload_id}\n{expires}".encode("utf-8", "replace")
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()
