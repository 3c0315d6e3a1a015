"""What joins the window after its first paint: conflicts, undoing a send, and the past."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject

from studio.viewmodels.as_of import AsOfViewModel
from studio.viewmodels.conflict_list import ConflictsViewModel
from studio.viewmodels.history import HistoryViewModel
from studio.viewmodels.undo_send import UndoSendViewModel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from studio.app.session import Session
    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.ui.editor.editor_view import EditorView
    from studio.ui.gallery.page import GalleryPage
    from studio.ui.history.history_tab import HistoryTab
    from studio.ui.theme import Theme
    from studio.ui.widgets.toast import ToastStack
    from studio.viewmodels.editor import EditorViewModel
    from studio.viewmodels.workspace import WorkspaceViewModel


class LateParts(QObject):
    """View models that live as long as the window, and their places in it."""

    def __init__(
        self,
        session: Session,
        workspace: WorkspaceViewModel,
        editor: EditorViewModel,
        hub: EventHub,
        scope: TaskScope,
        clock: Clock,
        theme: Theme,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._editor, self._theme = workspace, editor, theme
        self.conflicts = ConflictsViewModel(
            session.conflicts, session.past, session.engine, hub, scope.child("conflicts"), clock
        )
        self.undo_send = UndoSendViewModel(session.outbox, hub, scope.child("undo send"), clock)
        self.history = HistoryViewModel(editor, session.history, hub, scope)
        self.as_of = AsOfViewModel(session.past, hub, scope, clock=clock)
        workspace.project_changed.connect(self.as_of.set_project)
        self.conflicts.start()

    def join(self, page: GalleryPage, view: EditorView, toasts: ToastStack) -> None:
        """Take their places: a bar over the gallery, a strip and a tab in the editor, a toast."""
        from studio.ui.conflicts.banner import ConflictBanner
        from studio.ui.history.as_of_bar import AsOfBar
        from studio.ui.outbox.undo_toast import UndoSendToast

        page.put_bar(AsOfBar(self.as_of, self._theme, page))
        self.banner = ConflictBanner(self.conflicts, self._editor, self._theme)
        view.put_banner(self.banner)
        view.add_page("history", view.tr("History"), self._make_history)
        self._undo_toast = UndoSendToast(self.undo_send, toasts, self)

    def show_past(self) -> None:
        """Open the way through time of the project on screen."""
        self.as_of.start(self._workspace.project_id)

    async def close(self) -> None:
        """Hear nothing more, end tasks."""
        self.conflicts.close()
        self.undo_send.close()
        await self.as_of.close()
        await self.history.close()

    def _make_history(self, parent: QWidget) -> QWidget:
        from studio.ui.history.history_tab import HistoryTab

        tab: HistoryTab = HistoryTab(self.history, self._editor, self._theme, parent)
        return cast("QWidget", tab)
