"""Builds the dialogs of the window after its first paint; each opening has a fresh view model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio import __version__
from studio.ui.dialogs import DialogModels, Dialogs
from studio.viewmodels.clone import CloneViewModel
from studio.viewmodels.creation import CreationViewModel
from studio.viewmodels.deletion import DeletionViewModel
from studio.viewmodels.settings import SettingsViewModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.app.connection import Connection
    from studio.app.memory import Memory
    from studio.app.session import Session
    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.ui.main_window import MainWindow
    from studio.ui.theme import Theme
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
    workspace: WorkspaceViewModel,
    jobs: JobsViewModel,
    data_folder: str,
    choose_theme: Callable[[str], None],
) -> Dialogs:
    """The dialogs of ``window`` over the services of ``session``."""
    personas = session.personas

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

    models = DialogModels(clone, creation, deletion, settings, jobs)
    return Dialogs(window, theme, pictures, models, __version__)
