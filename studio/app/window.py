"""One window over one session: view models, widgets, and which signal goes where."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.app.drops import Drops
from studio.app.first_paint import FirstPaint
from studio.app.memory import Memory
from studio.core.errors import StudioError
from studio.core.late_modules import load_next
from studio.ui.actions import Actions
from studio.ui.gallery.page import GalleryPage
from studio.ui.main_window import MainWindow
from studio.ui.sidebar.panel import SideBar
from studio.ui.status_bar import StatusBar
from studio.viewmodels.drops import DropContent
from studio.viewmodels.editor import EditorViewModel
from studio.viewmodels.gallery import GalleryModel
from studio.viewmodels.jobs import JobsViewModel
from studio.viewmodels.pictures import PictureLoader
from studio.viewmodels.status import StatusViewModel
from studio.viewmodels.workspace import WorkspaceViewModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from studio.app.connection import Connection
    from studio.app.late_parts import LateParts
    from studio.app.session import Session
    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.core.paths import AppPaths
    from studio.core.settings import SettingsFile
    from studio.core.tasks import TaskScope
    from studio.ui.dialogs import Dialogs
    from studio.ui.editor.editor_view import EditorView
    from studio.ui.theme import Theme, ThemeMode
    from studio.viewmodels.look import LookViewModel

log = logging.getLogger(__name__)

_FIRST_ROWS_SECONDS = 0.3
_LATE_MODULES = (
    "studio.ui.editor.header",
    "studio.ui.editor.persona_tab",
    "studio.ui.editor.review_dialog",
    "studio.ui.look.look_tab",
    "studio.ui.editor.editor_view",
    "studio.viewmodels.look",
    "studio.ui.clone.dialog",
    "studio.ui.creation.dialog",
    "studio.ui.deletion.dialog",
    "studio.ui.jobs.dialog",
    "studio.ui.settings.dialog",
    "studio.app.late_parts",
    "studio.app.commands",
    "studio.app.dialogs",
)
"""What the rest of the window is made of, in bites: together they would stop it for a blink."""


def _late_modules() -> Iterator[Callable[[], object]]:
    return (partial(import_module, name) for name in _LATE_MODULES)


class StudioWindow(QObject):
    """Builds the window in two steps: what the first paint needs, then the rest."""

    quit_wanted = Signal()

    def __init__(
        self,
        session: Session,
        connection: Connection,
        settings: SettingsFile,
        hub: EventHub,
        scope: TaskScope,
        clock: Clock,
        theme: Theme,
        paths: AppPaths,
    ) -> None:
        super().__init__()
        self.session = session
        self.scope = scope
        self._connection = connection
        self._hub, self._clock, self._theme, self._paths = hub, clock, theme, paths
        self.memory = Memory(settings, scope, connection.server_url or "local")
        self._first_shown = False
        self._contact = ""
        personas, engine = session.past, session.engine
        self.workspace = WorkspaceViewModel(
            personas,
            engine,
            hub,
            scope.child("workspace"),
            remembered_project=self.memory.project,
        )
        self.gallery = GalleryModel(personas, session.renders, engine, hub, scope.child("gallery"))
        self.pictures = PictureLoader(session.pictures, scope.child("pictures"))
        self.jobs = JobsViewModel(session.renders, personas, hub, scope.child("jobs"), clock)
        self.status = StatusViewModel(engine, hub, scope.child("status"), clock)
        self.editor = EditorViewModel(
            personas,
            engine,
            hub,
            scope,
            clock=clock,
            steps=session.history,
            uploads=session.uploads,
        )
        self._drops = Drops(personas, session.uploads, hub, scope, clock)
        self.look: LookViewModel | None = None
        self.late: LateParts | None = None
        self.dialogs: Dialogs | None = None
        self.editor_view: EditorView | None = None
        self.actions = Actions(
            theme,
            undo=self.editor.undo_action,
            redo=self.editor.redo_action,
            publish=self.editor.publish_action,
        )
        self.page = GalleryPage(self.gallery, self.pictures, theme)
        if self.memory.now.density == "compact":
            self.page.set_density("compact")
        self.window = MainWindow(
            theme,
            self.actions,
            SideBar(self.workspace, self.jobs, self.pictures, self.actions, theme),
            self.page,
            StatusBar(self.status, self.jobs, theme),
            self.workspace,
            self.status,
            memory=self.memory.now.window,
            remember=self.memory.keep_window,
        )
        self._connect()

    # ---- start

    async def show(self) -> None:
        """Show the window with the stored roster in its first paint, and wait for that."""
        self.workspace.start()
        self.jobs.start()
        with suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_ROWS_SECONDS):
                await self._first_rows()
        first_paint = FirstPaint(self.page.grid.viewport())
        self.window.show()
        await first_paint.seen()

    async def _first_rows(self) -> None:
        loaded = asyncio.Event()
        self.gallery.modelReset.connect(loaded.set)
        self.workspace.projects_changed.connect(loaded.set)
        try:
            await loaded.wait()
            if self.workspace.projects and not self.gallery.size:
                loaded.clear()
                await loaded.wait()
        finally:
            self.gallery.modelReset.disconnect(loaded.set)
            self.workspace.projects_changed.disconnect(loaded.set)

    async def finish(self) -> None:
        """Build what the first paint did not need, a piece a turn: the window answers meanwhile."""
        parts = (self._make_editor, self._show_editor, self._make_late_parts, self._make_dialogs)
        for make in (*_late_modules(), *parts, self.actions.draw_icons):
            make()
            await asyncio.sleep(0)
        for _loaded in load_next():
            await asyncio.sleep(0)
        self.session.portraits.start()

    def _make_editor(self) -> None:
        from studio.ui.editor.editor_view import EditorView
        from studio.viewmodels.look import LookViewModel

        self.look = LookViewModel(
            self.editor, self.session.uploads, self.session.engine, self._hub, self.scope,
            clock=self._clock,
        )  # fmt: skip
        self.look.images_added.connect(self.editor.on_images_added)
        self.look.image_removed.connect(self.editor.on_image_removed)
        self.editor_view = EditorView(self.editor, self.look, self.pictures, self._theme)

    def _show_editor(self) -> None:
        assert self.editor_view is not None
        self.window.set_editor(self.editor_view)
        self._open_first()
        self.window.settle_focus()

    def _make_late_parts(self) -> None:
        from studio.app.late_parts import LateParts

        assert self.editor_view is not None
        self.late = LateParts(
            self.session, self.workspace, self.editor, self._hub, self.scope, self._clock,
            self._theme, self,
        )  # fmt: skip
        self.late.join(self.page, self.editor_view, self.window.toasts)

    def _make_dialogs(self) -> None:
        from studio.app.commands import Commands
        from studio.app.dialogs import build_dialogs

        assert self.late is not None
        self.dialogs = build_dialogs(
            self.window,
            self._theme,
            self.pictures,
            self.session,
            self._connection,
            self.memory,
            self._hub,
            self.scope,
            self._clock,
            self.workspace,
            self.jobs,
            self.late.conflicts,
            str(self._paths.data),
            self.choose_theme,
        )
        self.commands = Commands(self, self.dialogs, self.late, self._hub)

    async def close(self) -> None:
        """Make every typed value durable, then end view models and tasks."""
        if self.dialogs is not None:
            self.dialogs.close_all()
        try:
            await self.editor.close()
        except StudioError as error:
            log.error("an edit could not be written while closing: %s", error.sentence)
        if self.look is not None:
            await self.look.close()
        if self.late is not None:
            await self.late.close()
        for model in (self.workspace, self.gallery, self.jobs, self.status):
            model.close()
        self.window.leave()
        await self.scope.close()
        self.window.deleteLater()

    # ---- who hears whom

    def _connect(self) -> None:
        self.workspace.project_changed.connect(self._on_project)
        self.workspace.projects_changed.connect(self._show_project_name)
        self.workspace.view_changed.connect(self.gallery.show_view)
        self.gallery.counts_changed.connect(self._on_rows)
        self.gallery.query_changed.connect(self._on_query)
        self.page.selection_changed.connect(self._on_selected)
        self.page.activated.connect(self.open)
        self.page.files_dropped.connect(self._on_files)
        self.page.all_requested.connect(self._on_all_wanted)
        self.page.density_changed.connect(self.memory.keep_density)
        self.editor.open_requested.connect(self.open)
        self.editor.unsent_changed.connect(self._on_unsent)
        self.window.open_requested.connect(self.open)
        self.status.changed.connect(self._on_status)
        self.window.close_requested.connect(self.quit_wanted)
        self.jobs.ended.connect(self.window.announce_job)
        self.actions.search.triggered.connect(self.page.focus_search)
        self.actions.toggle_theme.triggered.connect(self._on_toggle_theme)

    # ---- opening

    def open(self, influencer_id: str) -> None:
        """Show one influencer: its card selected, its fields in the editor."""
        self.page.select(influencer_id)
        self.editor.open(influencer_id)
        self.actions.set_influencer_chosen(chosen=True)
        self.window.show_editor()

    def _on_selected(self, influencer_id: str) -> None:
        self.actions.set_influencer_chosen(chosen=bool(influencer_id))
        if influencer_id:
            self.editor.open(influencer_id)

    def _on_rows(self) -> None:
        if self.editor_view is not None and not self._first_shown:
            self._open_first()

    def _open_first(self) -> None:
        """The first card is open at the start, so that the editor is never a blank page."""
        first = self.gallery.id_at(0)
        if first and not self.page.selected_id:
            self._first_shown = True
            self.page.select(first)

    def _on_project(self, project_id: str) -> None:
        status, sort = self.memory.chip_and_order(project_id)
        self.gallery.show_project(project_id, status=status, sort=sort)
        self._show_project_name()
        self._first_shown = False
        self.memory.keep_project(project_id)

    def _show_project_name(self) -> None:
        row = self.workspace.project
        self.page.set_project_name(row.project.name if row is not None else "")

    def _on_status(self) -> None:
        """Contact is back: pictures that could not be had are asked for again."""
        contact = self.session.engine.status.contact
        if contact == "online" and self._contact != "online":
            self.pictures.forget_failures()
        self._contact = contact

    def _on_unsent(self) -> None:
        self.actions.set_unsent(unsent=self.editor.unsent > 0)

    # ---- doing

    def _on_files(self, influencer_id: str, content: object) -> None:
        target = influencer_id or self.page.selected_id
        if isinstance(content, DropContent):
            if target and content.count:
                self.open(target)
            self._drops.take(target, content)

    def _on_toggle_theme(self) -> None:
        self.choose_theme("light" if self._theme.name == "dark" else "dark")

    def choose_theme(self, mode: str) -> None:
        """Show and remember a theme."""
        wanted: ThemeMode = mode if mode in ("light", "dark") else "system"  # type: ignore[assignment]
        self._theme.set_mode(wanted)
        self.memory.keep_theme(wanted)

    def _on_all_wanted(self) -> None:
        self.workspace.choose_view("all")

    def _on_query(self) -> None:
        self.memory.keep_query(self.gallery.query)
