"""The whole workspace as one file: writing it, looking into one, and taking it in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from PySide6.QtCore import QDir, QLocale, QObject, Signal

from studio.core.errors import StudioError
from studio.viewmodels.workspace_words import effects, held_words

if TYPE_CHECKING:
    from studio.core.tasks import TaskScope
    from studio.domain.backup import ExportReport, ImportReport

Work = Literal["", "export", "look", "import"]


class TransferService(Protocol):
    """The workspace out to a file and in again."""

    async def export(self, target: Path) -> ExportReport:
        """Write all of it, whole or not at all."""
        ...

    async def look(self, archive: Path) -> ImportReport:
        """Check a file and say what it would change."""
        ...

    async def take_in(self, *, keep_current: bool) -> None:
        """Take in what was looked at last; the window opens again on the result."""
        ...

    async def forget(self) -> None:
        """Drop what was looked at."""
        ...


class TransfersViewModel(QObject):
    """Nothing is taken in before what it changes has been shown."""

    changed = Signal()
    """The file, what is known of it, or what is under way."""

    taken_in = Signal()
    """The file was handed over: the window opens again."""

    def __init__(
        self, service: TransferService, scope: TaskScope, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._service, self._scope = service, scope
        self._work: Work = ""
        self._report: ImportReport | None = None
        self._written: ExportReport | None = None
        self._problem = ""
        self._file = Path()
        self.keeps_current = True

    # ---- what there is to see

    @property
    def work(self) -> Work:
        """What is under way."""
        return self._work

    @property
    def problem(self) -> str:
        """Why the last thing did not work; empty when it did."""
        return self._problem

    @property
    def has_file(self) -> bool:
        """A sound file was looked at and can be taken in."""
        return self._report is not None

    @property
    def can_import(self) -> bool:
        """A file is there to be taken in, and nothing else is under way."""
        return self.has_file and not self._work

    @property
    def file_name(self) -> str:
        """The file that is looked at."""
        return self._file.name

    @property
    def progress(self) -> str:
        """What is under way, as a sentence; empty when nothing is."""
        return {
            "": "",
            "export": self.tr("Writing the file…"),
            "look": self.tr("Checking the file…"),
            "import": self.tr("Importing…"),
        }[self._work]

    @property
    def written(self) -> str:
        """Where the last export went and how much that was; empty when there was none."""
        report = self._written
        if report is None:
            return ""
        what = ", ".join(held_words(report.holding, report.images))
        size = QLocale().formattedDataSize(report.size)
        return (
            self.tr("Exported {what} ({size}) to {file}")
            .replace("{what}", what)
            .replace("{size}", size)
            .replace("{file}", QDir.toNativeSeparators(str(report.path)))
        )

    @property
    def owner(self) -> str:
        """Whose workspace the file holds, as a sentence."""
        report = self._report
        if report is None:
            return ""
        if not report.organization:
            return self.tr("Of an organization that was not known yet")
        return self.tr("Workspace of {name}").replace("{name}", report.organization)

    @property
    def contents(self) -> str:
        """What is in the file."""
        report = self._report
        return " · ".join(held_words(report.holding, report.images)) if report else ""

    @property
    def effects(self) -> tuple[str, ...]:
        """What taking it in would do, one sentence each."""
        report = self._report
        return effects(report.comparison, keeps_current=self.keeps_current) if report else ()

    # ---- doing

    def export(self, target: Path) -> None:
        """Write the workspace to a file; a second trigger meanwhile does nothing."""
        self._start("export", target)

    def look(self, archive: Path) -> None:
        """Look into a file; a second trigger meanwhile does nothing."""
        self._start("look", archive)

    def keep_current(self, keep: bool) -> None:
        """Whether unsent words of now stay."""
        if keep != self.keeps_current:
            self.keeps_current = keep
            self.changed.emit()

    def take_in(self) -> None:
        """Take in the file that was looked at; a second trigger meanwhile does nothing."""
        if self.can_import:
            self._start("import", self._file)

    def leave(self) -> None:
        """Do without the file."""
        if self.can_import:
            self._report, self._problem = None, ""
            self.keeps_current = True
            self._scope.spawn(self._service.forget(), name="forget-import")
            self.changed.emit()

    def close(self) -> None:
        """Leave nothing behind of a file that was looked at or still is."""
        if self._work == "look" or self.can_import:
            self._scope.spawn(self._service.forget(), name="forget-import")

    # ---- inside

    def _start(self, work: Work, file: Path) -> None:
        if self._work:
            return
        self._work, self._problem, self._written = work, "", None
        self.changed.emit()
        self._scope.busy("transfer", self._run(work, file))

    async def _run(self, work: Work, file: Path) -> None:
        try:
            if work == "export":
                self._written = await self._service.export(file)
            elif work == "look":
                self._report, self._file = await self._service.look(file), file
            else:
                await self._service.take_in(keep_current=self.keeps_current)
                self._report = None
                self.taken_in.emit()
        except StudioError as error:
            self._problem = error.for_people()
        finally:
            self._work = ""
            self.changed.emit()
