"""Settings: which server with which key, which theme, and where the data lives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal

from studio.core.errors import StudioError
from studio.core.secrets import ApiKey

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.core.tasks import TaskScope
    from studio.domain.account import Account

THEMES = ("system", "light", "dark")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class ConnectionService(Protocol):
    """Which server this program works with."""

    @property
    def server_url(self) -> str:
        """The address in use; empty for the bundled local server."""
        ...

    @property
    def keeps_keys(self) -> bool:
        """False when this computer has no safe keyring: a key then lasts until the program ends."""
        ...

    async def check(self, url: str, key: ApiKey) -> Account:
        """Who this key is to that server. Keeps nothing. Raises SignIn, TryLater, Bug."""
        ...

    async def use(self, url: str, key: ApiKey) -> None:
        """Keep the key and work with that server from now on; drafts of the other stay."""
        ...

    async def use_local(self) -> None:
        """Work with the bundled server from now on."""
        ...


class SettingsViewModel(QObject):
    """A key is checked before it is kept, and the organization is named first."""

    changed = Signal()
    """Any of the properties below."""

    saved = Signal()
    """The chosen server is in use now."""

    theme_changed = Signal(str)
    """``system``, ``light`` or ``dark`` was chosen."""

    def __init__(
        self,
        connection: ConnectionService,
        scope: TaskScope,
        *,
        theme: str,
        data_folder: str,
        remember_theme: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._connection, self._scope = connection, scope
        self._theme, self._remember_theme = theme, remember_theme
        self.data_folder = data_folder
        self._local = not connection.server_url
        self._url = connection.server_url
        self._key = ApiKey("")
        self._account: Account | None = None
        self._busy = False
        self._problem = ""
        self._url_problem = ""

    @property
    def theme(self) -> str:
        """The chosen theme."""
        return self._theme

    def choose_theme(self, theme: str) -> None:
        """Shown at once and remembered; an unknown name does nothing."""
        if theme in THEMES and theme != self._theme:
            self._theme = theme
            self._remember_theme(theme)
            self.theme_changed.emit(theme)
            self.changed.emit()

    @property
    def local(self) -> bool:
        """Whether the bundled server is chosen."""
        return self._local

    @property
    def url(self) -> str:
        """The address as typed."""
        return self._url

    @property
    def account(self) -> Account | None:
        """Who the key is to the server, once checked; None after any change."""
        return self._account

    @property
    def problem(self) -> str:
        """Why the last check or save did not work."""
        return self._problem

    @property
    def url_problem(self) -> str:
        """What is wrong with the address."""
        return self._url_problem

    @property
    def key_note(self) -> str:
        """What to know about the key that was typed."""
        notes = []
        if self._key.env == "test":
            notes.append(self.tr("A test key: the server bills its work as well."))
        if not self._connection.keeps_keys:
            notes.append(
                self.tr("This computer has no safe keyring; the key lasts until the program ends.")
            )
        return " ".join(notes)

    @property
    def account_words(self) -> str:
        """Organization, tier and credits of the checked key on one line."""
        account = self._account
        if account is None:
            return ""
        words = [account.organization_name, account.rate_limit_tier]
        if account.credit_balance is not None:
            words.append(self.tr("{count} credits").format(count=f"{account.credit_balance:,}"))
        return " · ".join(words)

    @property
    def busy(self) -> bool:
        """A check or a save runs."""
        return self._busy

    @property
    def can_check(self) -> bool:
        """An address and a key are there."""
        return not self._local and bool(self._url) and bool(self._key) and not self._busy

    @property
    def can_save(self) -> bool:
        """Something else than what is in use was chosen, and its key was found good."""
        if self._busy:
            return False
        if self._local:
            return bool(self._connection.server_url)
        return self._account is not None and not self._account.blocked

    def choose_local(self, local: bool) -> None:
        """Bundled server, or an address with a key."""
        if local != self._local:
            self._local = local
            self._forget_check()

    def set_url(self, url: str) -> None:
        """The address; another one makes the check void."""
        url = url.strip().rstrip("/")
        if url != self._url:
            self._url = url
            self._forget_check()

    def set_key(self, key: str) -> None:
        """The key; another one makes the check void."""
        if ApiKey(key).reveal() != self._key.reveal():
            self._key = ApiKey(key)
            self._forget_check()

    def check(self) -> None:
        """Ask the server who this key is; a second trigger meanwhile does nothing."""
        if not self.can_check:
            return
        self._url_problem = self._address_problem()
        if self._url_problem:
            self.changed.emit()
            return
        self._scope.busy("check", self._check())

    def save(self) -> None:
        """Use what was chosen; a second trigger meanwhile does nothing."""
        if self.can_save:
            self._scope.busy("save", self._save())

    def _forget_check(self) -> None:
        self._account = None
        self._problem = ""
        self._url_problem = ""
        self.changed.emit()

    def _address_problem(self) -> str:
        parts = urlsplit(self._url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return self.tr("Write the whole address, such as https://api.layers.com")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            return self.tr("A key is only sent over https.")
        return ""

    async def _check(self) -> None:
        url, key = self._url, self._key
        self._start()
        try:
            account = await self._connection.check(url, key)
        except StudioError as error:
            if (url, key) == (self._url, self._key):
                self._problem = error.for_people()
        else:
            if (url, key) == (self._url, self._key):
                self._account = account
                if account.blocked:
                    self._problem = self.tr("This key or organization is switched off.")
        finally:
            self._end()

    async def _save(self) -> None:
        self._start()
        try:
            if self._local:
                await self._connection.use_local()
            else:
                await self._connection.use(self._url, self._key)
        except StudioError as error:
            self._problem = error.for_people()
        else:
            self.saved.emit()
        finally:
            self._end()

    def _start(self) -> None:
        self._busy, self._problem = True, ""
        self.changed.emit()

    def _end(self) -> None:
        self._busy = False
        self.changed.emit()
