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
        known = self._settings.current.workspaces.get(f"{url} {account.organization_id}")
        fresh = f"{urlsplit(url).netloc}-{account.organization_id}"
        await self._switch(server_url=url, last_workspace=known or fresh)

    async def use_local(self) -> None:
        """Work with the bundled server from now on."""
        await self._switch(server_url="", last_workspace="")

    def workspace_name(self) -> str:
        """The workspace of the server in use: the one Settings chose, or one used with it before,
        or a new one."""
        url, kept = self.server_url, self._settings.current
        if url == kept.server_url and kept.last_workspace:
            return kept.last_workspace
        before = [name for key, name in kept.workspaces.items() if key.startswith(f"{url} ")]
        return before[-1] if before else url

    def remember(self, url: str, organization_id: str, name: str) -> None:
        """This workspace holds the work for that organization at the server at ``url``."""
        key = f"{url} {organization_id}"
        if self._settings.current.workspaces.get(key) != name:
            known = {**self._settings.current.workspaces, key: name}
            self._settings.change(workspaces=known)

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
