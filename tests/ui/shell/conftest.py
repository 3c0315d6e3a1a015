"""The whole shell over the workspace in memory, with plain widgets for gallery and editor."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLineEdit, QListWidget, QVBoxLayout, QWidget

from studio.core.tasks import TaskScope
from studio.ui.actions import Actions
from studio.ui.dialogs import DialogModels, Dialogs
from studio.ui.main_window import MainWindow
from studio.ui.sidebar.panel import SideBar
from studio.ui.status_bar import StatusBar
from studio.viewmodels.clone import CloneViewModel
from studio.viewmodels.creation import CreationViewModel
from studio.viewmodels.deletion import DeletionViewModel
from studio.viewmodels.jobs import JobsViewModel
from studio.viewmodels.pictures import PictureLoader
from studio.viewmodels.settings import SettingsViewModel
from studio.viewmodels.status import StatusViewModel
from studio.viewmodels.workspace import WorkspaceViewModel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import ModuleType

    from studio.ui.theme import Theme

_NAME = "shell_world"
_PATH = Path(__file__).parents[2] / "viewmodels" / "shell" / "world.py"


def load_world() -> ModuleType:
    """The services in memory, shared with the tests of the view models."""
    if _NAME not in sys.modules:
        spec = importlib.util.spec_from_file_location(_NAME, _PATH)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[_NAME] = module
        spec.loader.exec_module(module)
    return sys.modules[_NAME]


class NoPictures:
    """A workspace whose pictures are never here."""

    def stored(self, url):
        return None

    async def fetch(self, url):
        raise load_world().TryLater("No picture.", no_contact=True)


def _not_here(*_args):
    raise AssertionError("this dialog has tests of its own")


class Editor(QWidget):
    """Two fields where the editor will be."""

    def __init__(self) -> None:
        super().__init__()
        self.tone, self.humor = QLineEdit(), QLineEdit()
        column = QVBoxLayout(self)
        column.addWidget(self.tone)
        column.addWidget(self.humor)
        self.setFocusProxy(self.tone)


class Shell:
    """Every part of the window, wired as the program does."""

    def __init__(self, world, theme: Theme, memory: dict[str, str] | None = None) -> None:
        self.world = world
        scope, hub = world.scope, world.hub
        self.workspace = WorkspaceViewModel(world.personas, world.sync, hub, scope)
        self.jobs = JobsViewModel(world.jobs, world.personas, hub, scope, world.clock)
        self.status = StatusViewModel(world.sync, hub, scope, world.clock)
        self.pictures = PictureLoader(NoPictures(), scope)
        self.undo, self.redo, self.publish = QAction("Undo"), QAction("Redo"), QAction("Publish")
        self.publish.setShortcut(QKeySequence("Ctrl+Return"))
        self.actions = Actions(theme, undo=self.undo, redo=self.redo, publish=self.publish)
        self.sidebar = SideBar(self.workspace, self.jobs, self.pictures, self.actions, theme)
        self.bar = StatusBar(self.status, self.jobs, theme)
        self.gallery = QListWidget()
        self.remembered: list[dict[str, str]] = []
        self.window = MainWindow(
            theme,
            self.actions,
            self.sidebar,
            self.gallery,
            self.bar,
            self.workspace,
            self.status,
            memory=memory or {},
            remember=self.remembered.append,
            system_menu=False,
        )
        self.editor = Editor()
        self.dialogs = Dialogs(self.window, theme, self.pictures, self._models(scope, hub), "0.1.0")

    def _models(self, scope, hub) -> DialogModels:
        personas = self.world.personas
        return DialogModels(
            clone=lambda source: CloneViewModel(source, personas, hub, scope),
            creation=lambda: CreationViewModel(self.workspace.project_id, personas, scope),
            deletion=lambda gone: DeletionViewModel(gone, personas, scope),
            settings=lambda: SettingsViewModel(
                self.world.connection,
                scope,
                theme="system",
                data_folder="/data",
                remember_theme=lambda _theme: None,
            ),
            outbox=_not_here,
            publishing=_not_here,
            conflict=_not_here,
            backups=_not_here,
            conflicts=None,
            jobs=self.jobs,
        )

    def dialog(self, kind: str):
        """The open dialog of a kind, or None."""
        return self.dialogs._open.get(kind)

    async def show(self, width: int = 1440, height: int = 900) -> None:
        """The window on the screen, projects and jobs read."""
        self.window.set_editor(self.editor)
        self.workspace.start()
        self.jobs.start()
        self.window.resize(width, height)
        self.window.show()
        self.window.activateWindow()
        await self.world.until(lambda: self.workspace.views[0].count is not None)

    def close(self) -> None:
        """Everything away, as at the end of the program."""
        self.dialogs.close_all()
        for model in (self.workspace, self.jobs, self.status):
            model.close()
        self.window.leave()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def shell_names() -> ModuleType:
    """Names of the world module."""
    return load_world()


@pytest_asyncio.fixture
async def world(qapp) -> AsyncIterator[object]:
    """A workspace in memory; errors that nobody handled fail the test."""
    errors: list[BaseException] = []
    scope = TaskScope("test", errors.append)
    yield load_world().World(scope)
    await scope.close()
    assert not errors, errors


@pytest_asyncio.fixture
async def shell(world, theme) -> AsyncIterator[Shell]:
    """The window, not yet shown."""
    made = Shell(world, theme)
    yield made
    made.close()


@pytest.fixture
def make_shell(world, theme):
    """A window that remembers something."""
    made: list[Shell] = []

    def make(memory: dict[str, str]) -> Shell:
        made.append(Shell(world, theme, memory))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def press():
    """``press(widget, key)``: a key into a widget, as a keyboard would."""
    from PySide6.QtTest import QTest

    def do(widget, key, modifier=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(widget, key, modifier)

    return do
