"""What the status bar says about contact, drafts and credits: evidence, never hope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from studio.core.values import dataclass
from studio.domain.events import Notice, StatusChanged

if TYPE_CHECKING:
    from datetime import datetime

    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.viewmodels.services import SyncService

NOTICE_SECONDS = 10.0
"""How long a passing notice stays in the status bar."""


@dataclass(frozen=True, slots=True)
class StatusLine:
    """The left end of the status bar.

    ``token`` names a color, ``detail`` is for the tooltip, ``action`` is what a click does.
    """

    icon: str
    words: str
    token: str
    detail: str = ""
    action: Literal["sync", "settings", "attention", "conflicts", "outbox"] = "sync"


def moment_words(moment: datetime, now: datetime) -> str:
    """A moment in the person's own time zone: ``12:04`` today, ``3 Mar 12:04`` on another day."""
    local, today = moment.astimezone(), now.astimezone()
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b %H:%M}"


class StatusViewModel(QObject):
    """Words for the status bar, and notices on their way to the window."""

    changed = Signal()
    """Any of the properties below."""

    noticed = Signal(object)
    """A :class:`studio.domain.events.Notice` to show as a toast."""

    def __init__(
        self,
        sync: SyncService,
        hub: EventHub,
        scope: TaskScope,
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sync, self._scope, self._clock = sync, scope, clock
        self._passing = ""
        self._subscriptions = (
            hub.subscribe(StatusChanged, self._on_status),
            hub.subscribe(Notice, self._on_notice),
        )

    def close(self) -> None:
        """Hear nothing more."""
        for subscription in self._subscriptions:
            subscription.close()

    @property
    def line(self) -> StatusLine:
        """Contact with the server."""
        status = self._sync.status
        if status.contact == "sign_in":
            words = self.tr("Key refused · open settings")
            return StatusLine("key-round", words, "error", status.reason, "settings")
        if status.contact == "offline":
            return self._offline()
        if status.contact == "connecting":
            words = self._with_kept(self.tr("Connecting…"), status.waiting)
            return StatusLine("refresh-cw", words, "textSecondary", status.reason)
        return self._online()

    @property
    def drafts(self) -> str:
        """Unsent edits on this computer; empty when there are none."""
        count = self._sync.status.drafts
        if not count:
            return ""
        if count == 1:
            return self.tr("1 draft on this computer")
        return self.tr("{count} drafts on this computer").format(count=count)

    @property
    def credits(self) -> str:
        """The wallet; empty while unknown."""
        balance = self._sync.status.credits
        if balance is None:
            return ""
        if balance == 1:
            return self.tr("1 credit")
        return self.tr("{count} credits").format(count=f"{balance:,}")

    @property
    def hint(self) -> str:
        """The right end: a passing notice, when the next attempt is made, or the standing hint."""
        if self._passing:
            return self._passing
        status = self._sync.status
        if status.contact == "offline" and status.next_try is not None:
            when = moment_words(status.next_try, self._clock.now())
            return self.tr("Next try at {time}").format(time=when)
        return self.tr("Personality changes affect new generations only")

    def sync_now(self) -> None:
        """Try at once; the words change when the server has answered, not before."""
        self._sync.sync_now()

    def _offline(self) -> StatusLine:
        status = self._sync.status
        if status.last_contact is None:
            words = self.tr("Offline")
        else:
            since = moment_words(status.last_contact, self._clock.now())
            words = self.tr("Offline since {time}").format(time=since)
        return StatusLine(
            "cloud-off", self._with_kept(words, status.waiting), "warn", status.reason
        )

    def _online(self) -> StatusLine:
        status = self._sync.status
        detail = self._contact_words()
        if status.conflicts:
            words = (
                self.tr("1 influencer needs your choice")
                if status.conflicts == 1
                else self.tr("{count} influencers need your choice").format(count=status.conflicts)
            )
            return StatusLine("git-fork", words, "warn", detail, "conflicts")
        if status.blocked:
            words = (
                self.tr("1 change needs you")
                if status.blocked == 1
                else self.tr("{count} changes need you").format(count=status.blocked)
            )
            return StatusLine("triangle-alert", words, "warn", detail, "attention")
        if status.waiting:
            text = (
                self.tr("Sending {count}…") if status.busy else self.tr("Waiting to send {count}")
            )
            words = text.format(count=status.waiting)
            return StatusLine("cloud-upload", words, "info", detail, "outbox")
        if status.last_contact is None:
            return StatusLine("refresh-cw", self.tr("Syncing…"), "textSecondary")
        synced = moment_words(status.last_contact, self._clock.now())
        words = self.tr("Synced {time}").format(time=synced)
        return StatusLine("cloud-check", words, "ok", detail)

    def _with_kept(self, words: str, waiting: int) -> str:
        if not waiting:
            return words
        kept = (
            self.tr("1 change safe here")
            if waiting == 1
            else self.tr("{count} changes safe here").format(count=waiting)
        )
        return f"{words} · {kept}"

    def _contact_words(self) -> str:
        moment = self._sync.status.last_contact
        if moment is None:
            return ""
        when = moment_words(moment, self._clock.now())
        words = self.tr("Last answer of the server: {time}").format(time=when)
        if self._sync.status.generation == "L":
            words += "\n" + self.tr("It speaks the newer contract: personas stay on this computer.")
        return words

    def _on_status(self, _event: StatusChanged) -> None:
        self.changed.emit()

    def _on_notice(self, notice: Notice) -> None:
        self.noticed.emit(notice)
        self._passing = notice.sentence
        self._scope.latest("passing", self._let_pass())
        self.changed.emit()

    async def _let_pass(self) -> None:
        await self._clock.sleep(NOTICE_SECONDS)
        self._passing = ""
        self.changed.emit()
