"""Which server the program works with, and the key for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from studio.api.client import PartnerClient
from studio.core.errors import ChangeStateFirst, StudioError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from studio.core.secrets import ApiKey, SecretStore
    from studio.core.settings import SettingsFile
    from studio.domain.account import Account


class Connection:
    """The connection service of Settings.

    ``on_change`` opens the workspace of the new server, ``may_change`` is asked before.
    """

    def __init__(
        self,
        settings: SettingsFile,
        secrets: SecretStore,
        server_url: str,
        on_change: Callable[[], Awaitable[None]],
        may_change: Callable[[], Awaitable[bool]],
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._on_change = on_change
        self._may_change = may_change
        self.server_url = server_url
        self.keeps_keys = True

    async def check(self, url: str, key: ApiKey) -> Account:
        """Who this key is to that server. Keeps nothing. Raises StudioError."""
        client = PartnerClient(url, key, tries=1)
        try:
            return await client.whoami()
        finally:
            await client.aclose()

    async def use(self, url: str, key: ApiKey) -> None:
        """Keep the key and work with that server from now on."""
        account = await self.check(url, key)
        if account.blocked:
            raise ChangeStateFirst(
                "This key or its organization is switched off.", next_step="Use another key."
            )
        self.keeps_keys = await asyncio.to_thread(self._secrets.save, url, key)
        host = urlsplit(url).netloc
        workspace = f"{host}-{account.organization_id}"
        await self._switch(server_url=url, last_workspace=workspace)

    async def use_local(self) -> None:
        """Work with the bundled server from now on."""
        await self._switch(server_url="", last_workspace="")

    async def key(self) -> ApiKey | None:
        """The kept key of the server in use; the keyring may take its time."""
        return await asyncio.to_thread(self._secrets.load, self.server_url)

    async def _switch(self, *, server_url: str, last_workspace: str) -> None:
        if not await self._may_change():
            raise ChangeStateFirst("The server was not changed.")
        before = self._settings.current
        self._settings.change(server_url=server_url, last_workspace=last_workspace)
        self.server_url = server_url
        try:
            await self._on_change()
        except StudioError:
            self._settings.change(
                server_url=before.server_url, last_workspace=before.last_workspace
            )
            self.server_url = before.server_url
            raise
        await asyncio.to_thread(self._settings.save)
