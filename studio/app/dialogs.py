"""Builds the dialogs of the window after its first paint; each opening has a fresh view model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio import __version__
from studio.ui.dialogs import DialogModels, Dialogs
from studio.viewmodels.backups import BackupsViewModel
from studio.viewmodels.clone import CloneViewModel
from studio.viewmodels.conflicts import ConflictViewModel
from studio.viewmodels.creation import CreationViewModel
from studio.viewmodels.deletion import DeletionViewModel
from studio.viewmodels.outbox import OutboxViewModel
from studio.viewmodels.publishing import PublishingViewModel
from studio.viewmodels.settings import SettingsViewModel
from studio.viewmodels.transfers import TransfersViewModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.app.connection import Connection
    from studio.app.memory import Memory
    from studio.app.session import Session
    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.ui.main_window import MainWindow
    from studio.ui.theme import Theme
    from studio.viewmodels.conflict_list import ConflictsViewModel
    from studio.viewmodels.jobs import JobsViewModel
    from studio.viewmodels.pictures import PictureLoader
    from studio.viewmodels.workspace import WorkspaceViewModel


def build_dialogs(
    window: MainWindow,
    theme: Theme,
    pictures: PictureLoader,
    session: Session,
    connection: Connection,
    memory: Memory,
    hub: EventHub,
    scope: TaskScope,
    clock: Clock,
    workspace: WorkspaceViewModel,
    jobs: JobsViewModel,
    conflicts: ConflictsViewModel,
    data_folder: str,
    choose_theme: Callable[[str], None],
) -> Dialogs:
    """The dialogs of ``window`` over the services of ``session``."""
    personas = session.past

    def clone(influencer_id: str) -> CloneViewModel:
        return CloneViewModel(influencer_id, personas, hub, scope)

    def creation() -> CreationViewModel:
        return CreationViewModel(workspace.project_id, personas, scope)

    def deletion(influencer_id: str) -> DeletionViewModel:
        return DeletionViewModel(influencer_id, personas, scope)

    def settings() -> SettingsViewModel:
        return SettingsViewModel(
            connection,
            scope,
            theme=memory.now.theme,
            data_folder=data_folder,
            remember_theme=choose_theme,
        )

    def outbox() -> OutboxViewModel:
        return OutboxViewModel(session.outbox, session.engine, hub, scope.child("outbox"), clock)

    def publishing() -> PublishingViewModel:
        return PublishingViewModel(personas, hub, scope, workspace.project_id)

    def conflict(influencer_id: str) -> ConflictViewModel:
        return ConflictViewModel(influencer_id, session.conflicts, personas, hub, scope, clock)

    def backups() -> BackupsViewModel:
        return BackupsViewModel(
            session.backups, scope, TransfersViewModel(session.transfers, scope)
        )

    models = DialogModels(
        clone,
        creation,
        deletion,
        settings,
        outbox,
        publishing,
        conflict,
        backups,
        conflicts,
        jobs,
    )
    return Dialogs(window, theme, pictures, models, __version__)
