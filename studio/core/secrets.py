"""API keys: in the system's keyring or in memory, never in a log, a repr or a file of ours."""

from __future__ import annotations

import logging
from typing import Protocol

log = logging.getLogger(__name__)

_SERVICE = "persona-studio"


class ApiKey:
    """A key that does not show itself: ``repr`` and ``str`` give only what is safe to log.

    The form is ``lp_<env>_<key id>_<secret>``; the secret may itself hold underscores, so only the
    first three split (contract 1.2).
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text.strip()

    def reveal(self) -> str:
        """The key itself, for the request header alone."""
        return self._text

    @property
    def key_id(self) -> str:
        """The 16-character handle, safe to log; empty when the form is unknown."""
        parts = self._text.split("_", 3)
        return parts[2] if len(parts) == 4 and parts[0] == "lp" else ""

    @property
    def env(self) -> str:
        """``live``, ``test`` or empty."""
        parts = self._text.split("_", 3)
        return parts[1] if len(parts) == 4 and parts[0] == "lp" else ""

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return f"ApiKey(lp_{self.env}_{self.key_id}_***)" if self.key_id else "ApiKey(***)"

    __str__ = __repr__


class SecretStore(Protocol):
    """Where a key is kept between runs, by server address."""

    def load(self, server_url: str) -> ApiKey | None:
        """The kept key, or None."""
        ...

    def save(self, server_url: str, key: ApiKey) -> bool:
        """Keep it; False when it can only be kept until the program ends."""
        ...

    def forget(self, server_url: str) -> None:
        """Drop it."""
        ...


class KeyringStore:
    """The system's keyring; without a safe one, memory for this session.

    Every call may block on the system's own dialogs: call it from a worker thread.
    """

    def __init__(self) -> None:
        self._session: dict[str, ApiKey] = {}

    def load(self, server_url: str) -> ApiKey | None:
        """The kept key, or None when there is none or the keyring refuses."""
        if server_url in self._session:
            return self._session[server_url]
        import keyring
        from keyring.errors import KeyringError

        try:
            text = keyring.get_password(_SERVICE, server_url)
        except KeyringError as error:
            log.warning("the keyring could not be read: %s", type(error).__name__)
            return None
        return ApiKey(text) if text else None

    def save(self, server_url: str, key: ApiKey) -> bool:
        """Keep the key; False when no safe keyring exists and it lasts for this session only."""
        self._session[server_url] = key
        import keyring
        from keyring.errors import KeyringError

        backend = type(keyring.get_keyring())
        if "plaintext" in backend.__name__.lower() or backend.__module__.endswith(
            (".fail", ".null")
        ):
            return False
        try:
            keyring.set_password(_SERVICE, server_url, key.reveal())
        except KeyringError as error:
            log.warning("the keyring could not be written: %s", type(error).__name__)
            return False
        return True

    def forget(self, server_url: str) -> None:
        """Drop the key from memory and keyring; a missing entry is fine."""
        self._session.pop(server_url, None)
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.delete_password(_SERVICE, server_url)
        except KeyringError:
            log.info("no key was kept for this server")
