"""Opens the window's dialogs, at most one of a kind, and cleans up behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtCore import QObject, Signal

from studio.core.values import dataclass
from studio.ui.clone.dialog import CloneDialog
from studio.ui.creation.dialog import CreationDialog
from studio.ui.deletion.dialog import DeletionDialog
from studio.ui.jobs.dialog import JobsDialog
from studio.ui.settings.about import AboutDialog
from studio.ui.settings.dialog import SettingsDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QDialog, QWidget

    from studio.ui.theme import Theme
    from studio.viewmodels.backups import BackupsViewModel
    from studio.viewmodels.clone import CloneViewModel
    from studio.viewmodels.conflict_list import ConflictsViewModel
    from studio.viewmodels.conflicts import ConflictViewModel
    from studio.viewmodels.creation import CreationViewModel
    from studio.viewmodels.deletion import DeletionViewModel
    from studio.viewmodels.jobs import JobsViewModel
    from studio.viewmodels.outbox import OutboxViewModel
    from studio.viewmodels.pictures import PictureLoader
    from studio.viewmodels.publishing import PublishingViewModel
    from studio.viewmodels.settings import SettingsViewModel


@runtime_checkable
class _Listening(Protocol):
    """A view model that hears events as long as its dialog is open."""

    def close(self) -> None:
        """Hear nothing more."""
        ...


@dataclass(frozen=True, slots=True)
class DialogModels:
    """Makers of view models; each call gives a fresh one without a parent."""

    clone: Callable[[str], CloneViewModel]
    creation: Callable[[], CreationViewModel]
    deletion: Callable[[str], DeletionViewModel]
    settings: Callable[[], SettingsViewModel]
    outbox: Callable[[], OutboxViewModel]
    publishing: Callable[[], PublishingViewModel]
    conflict: Callable[[str], ConflictViewModel]
    backups: Callable[[], BackupsViewModel]
    conflicts: ConflictsViewModel
    jobs: JobsViewModel


class Dialogs(QObject):
    """Every dialog is opened, never executed; what came of it is a signal."""

    made = Signal(str)
    """A clone or a new influencer was queued: show its card."""

    deleted = Signal(str)
    """A deletion was queued."""

    opened = Signal(str)
    """An influencer was chosen in a list, or is the outcome of a decision."""

    field_wanted = Signal(object)
    """A :class:`studio.viewmodels.outbox.FieldPlace` that has to be fixed in the editor."""

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        pictures: PictureLoader,
        models: DialogModels,
        version: str,
    ) -> None:
        super().__init__(window)
        self._window, self._theme, self._pictures = window, theme, pictures
        self._models, self._version = models, version
        self._open: dict[str, QDialog] = {}
        self._held: dict[str, QObject | None] = {}

    def clone(self, influencer_id: str) -> None:
        """Clone… of one influencer."""
        if influencer_id and not self._raised("clone"):
            model = self._models.clone(influencer_id)
            dialog = CloneDialog(model, self._pictures, self._theme, self._window)
            dialog.cloned.connect(self.made)
            self._show("clone", dialog, model)

    def create(self) -> None:
        """New influencer."""
        if not self._raised("creation"):
            model = self._models.creation()
            dialog = CreationDialog(model, self._window)
            dialog.created.connect(self.made)
            self._show("creation", dialog, model)

    def delete(self, influencer_id: str) -> None:
        """The gate before a deletion."""
        if influencer_id and not self._raised("deletion"):
            model = self._models.deletion(influencer_id)
            dialog = DeletionDialog(model, self._pictures, self._window)
            dialog.deleted.connect(self.deleted)
            self._show("deletion", dialog, model)

    def settings(self) -> None:
        """Settings."""
        if not self._raised("settings"):
            model = self._models.settings()
            self._show("settings", SettingsDialog(model, self._window), model)

    def jobs(self) -> None:
        """The list of all jobs."""
        if not self._raised("jobs"):
            dialog = JobsDialog(self._models.jobs, self._pictures, self._window)
            dialog.opened.connect(self.opened)
            self._show("jobs", dialog)

    def outbox(self) -> None:
        """Everything that waits to be sent."""
        if not self._raised("outbox"):
            from studio.ui.outbox.dialog import OutboxDialog

            model = self._models.outbox()
            dialog = OutboxDialog(model, self._pictures, self._theme, self._window)
            dialog.opened.connect(self.opened)
            dialog.field_wanted.connect(self.field_wanted)
            dialog.choice_wanted.connect(self.conflict)
            self._show("outbox", dialog, model)

    def publish_drafts(self) -> None:
        """Every influencer with unsent edits, to be published together."""
        if not self._raised("publishing"):
            from studio.ui.publishing.dialog import PublishingDialog

            model = self._models.publishing()
            dialog = PublishingDialog(model, self._pictures, self._theme, self._window)
            self._show("publishing", dialog, model)

    def conflict(self, influencer_id: str) -> None:
        """Both versions of one influencer, to choose between."""
        if influencer_id and not self._raised("conflict"):
            from studio.ui.conflicts.dialog import ConflictDialog

            model = self._models.conflict(influencer_id)
            dialog = ConflictDialog(model, self._pictures, self._theme, self._window)
            dialog.opened.connect(self.opened)
            self._show("conflict", dialog, model)
            model.load()

    def conflicts(self) -> None:
        """Everything that needs a choice; a single one is shown at once."""
        rows = self._models.conflicts.rows
        if len(rows) == 1:
            self.conflict(rows[0].influencer_id)
        elif not self._raised("conflicts"):
            from studio.ui.conflicts.list_dialog import ConflictListDialog

            dialog = ConflictListDialog(self._models.conflicts, self._pictures, self._window)
            dialog.resolve_requested.connect(self.conflict)
            self._show("conflicts", dialog)

    def backups(self) -> None:
        """Earlier states of the workspace, to look into and to bring back."""
        if not self._raised("backups"):
            from studio.ui.backups.dialog import BackupsDialog

            model = self._models.backups()
            self._show("backups", BackupsDialog(model, self._window), model)

    def about(self) -> None:
        """About Persona Studio."""
        if not self._raised("about"):
            self._show("about", AboutDialog(self._version, self._window))

    def close_all(self) -> None:
        """Close whatever is open, as Escape would."""
        for dialog in tuple(self._open.values()):
            dialog.reject()

    def _raised(self, kind: str) -> bool:
        dialog = self._open.get(kind)
        if dialog is None:
            return False
        dialog.raise_()
        dialog.activateWindow()
        return True

    def _show(self, kind: str, dialog: QDialog, model: QObject | None = None) -> None:
        dialog.setProperty("dialogKind", kind)
        self._open[kind] = dialog
        # Not a child of the dialog: a task of the model may end after the dialog has gone.
        self._held[kind] = model
        dialog.finished.connect(self._on_finished)
        dialog.open()

    def _on_finished(self) -> None:
        dialog = self.sender()
        if dialog is None:
            return
        kind = str(dialog.property("dialogKind"))
        self._open.pop(kind, None)
        model = self._held.pop(kind, None)
        if isinstance(model, _Listening):
            model.close()
        dialog.deleteLater()
