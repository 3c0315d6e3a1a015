"""Backups of the workspace: what there is, what one would bring back, and bringing it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QLocale, QObject, Signal

from studio.core.errors import StudioError
from studio.core.values import dataclass
from studio.domain.backup import Holding
from studio.viewmodels.workspace_words import effects, held_words

if TYPE_CHECKING:
    from studio.core.tasks import TaskScope
    from studio.domain.backup import Backup, BackupReason, Comparison
    from studio.viewmodels.transfers import TransfersViewModel


class BackupService(Protocol):
    """Copies of the workspace on this computer."""

    async def backups(self) -> tuple[Backup, ...]:
        """Every copy, checked, the newest first."""
        ...

    async def compare(self, name: str) -> Comparison:
        """What bringing this copy back would change."""
        ...

    async def back_up(self) -> None:
        """A copy of now, checked and on the disk."""
        ...

    async def restore(self, name: str, *, keep_current: bool) -> None:
        """Bring a copy back; the window opens again on the result."""
        ...


@dataclass(frozen=True, slots=True)
class BackupRow:
    """One copy as the list says it; one that failed its check cannot be chosen."""

    name: str
    title: str
    words: str
    is_sound: bool


class BackupsViewModel(QObject):
    """Nothing is restored before what it changes has been shown."""

    changed = Signal()
    """Rows, the choice, its comparison, or what is under way."""

    restored = Signal()
    """The choice was handed over: the window opens again."""

    def __init__(
        self,
        service: BackupService,
        scope: TaskScope,
        transfers: TransfersViewModel,
        parent: QObject | None = None,
    ) -> None:
        """``transfers`` is the other way a workspace comes and goes; it ends with this one."""
        super().__init__(parent)
        self.transfers = transfers
        self._service, self._scope = service, scope
        self._backups: tuple[Backup, ...] = ()
        self._comparison: Comparison | None = None
        self._problem = ""
        self._busy = ""
        self.is_loaded = False
        self.chosen = ""
        self.keeps_current = True

    def close(self) -> None:
        """Leave nothing behind of a file that was looked at."""
        self.transfers.close()

    def load(self) -> None:
        """Read the list."""
        self._scope.latest("backups", self._load())

    @property
    def rows(self) -> tuple[BackupRow, ...]:
        """The copies, the newest first."""
        return tuple(self._row(backup) for backup in self._backups)

    @property
    def problem(self) -> str:
        """Why the last thing did not work; empty when it did."""
        return self._problem

    @property
    def is_busy(self) -> bool:
        """A copy is made or brought back."""
        return bool(self._busy)

    @property
    def can_restore(self) -> bool:
        """A sound copy is chosen, what it changes is known, and nothing else is under way."""
        return self._comparison is not None and not self._busy

    @property
    def effects(self) -> tuple[str, ...]:
        """What bringing the chosen one back would do, one sentence each."""
        found = self._comparison
        return effects(found, keeps_current=self.keeps_current) if found is not None else ()

    def choose(self, name: str) -> None:
        """Look at one copy; the last choice wins."""
        if name == self.chosen or not any(
            backup.name == name and backup.is_sound for backup in self._backups
        ):
            return
        self.chosen, self._comparison, self._problem = name, None, ""
        self.changed.emit()
        self._scope.latest("compare", self._compare(name))

    def keep_current(self, keep: bool) -> None:
        """Whether unsent words of now stay."""
        if keep != self.keeps_current:
            self.keeps_current = keep
            self.changed.emit()

    def back_up(self) -> None:
        """Make a copy now; a second trigger meanwhile does nothing."""
        if not self._busy:
            self._scope.busy("back-up", self._run("back-up"))

    def restore(self) -> None:
        """Bring the chosen one back; a second trigger meanwhile does nothing."""
        if self.can_restore:
            self._scope.busy("restore", self._run("restore"))

    # ---- inside

    def _row(self, backup: Backup) -> BackupRow:
        locale = QLocale()
        made = backup.made_at.astimezone()
        # Marked as one run of left to right, or a right-to-left line would put the hour first.
        title = made.strftime("%Y-%m-%d\u200e \u200e%H:%M")
        size = locale.formattedDataSize(backup.size)
        if not backup.is_sound:
            return BackupRow(
                backup.name,
                title,
                self.tr("Failed its check · {size}").format(size=size),
                is_sound=False,
            )
        held = Holding(backup.influencers, backup.drafts, backup.waiting)
        words = " · ".join((self._reason(backup.reason), *held_words(held), size))
        return BackupRow(backup.name, title, words, is_sound=True)

    def _reason(self, reason: BackupReason) -> str:
        return {
            "rolling": self.tr("By itself"),
            "asked": self.tr("Made by you"),
            "update": self.tr("Before an update"),
            "restore": self.tr("Before a restore"),
            "import": self.tr("Before an import"),
        }[reason]

    async def _load(self) -> None:
        try:
            self._backups = await self._service.backups()
        except StudioError as error:
            self._problem = error.for_people()
        self.is_loaded = True
        self.changed.emit()

    async def _compare(self, name: str) -> None:
        try:
            self._comparison = await self._service.compare(name)
        except StudioError as error:
            self._problem = error.for_people()
        self.changed.emit()

    async def _run(self, what: str) -> None:
        self._busy, self._problem = what, ""
        self.changed.emit()
        try:
            if what == "restore":
                await self._service.restore(self.chosen, keep_current=self.keeps_current)
                self.restored.emit()
            else:
                await self._service.back_up()
                self._backups = await self._service.backups()
        except StudioError as error:
            self._problem = error.for_people()
        finally:
            self._busy = ""
            self.changed.emit()
