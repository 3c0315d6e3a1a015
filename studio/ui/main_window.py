"""The window: side bar, gallery, editor and status bar, and how they share the room."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from studio.ui.panes import EDITOR_WIDTH, Panes
from studio.ui.widgets import tab_order
from studio.ui.widgets.toast import ToastStack
from studio.ui.window_memory import number_of, place_of, place_text, rescued
from studio.viewmodels.jobs import JobRow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QCloseEvent, QMoveEvent, QResizeEvent

    from studio.domain.events import Notice
    from studio.ui.actions import Actions
    from studio.ui.sidebar.panel import SideBar
    from studio.ui.status_bar import StatusBar
    from studio.ui.theme import Theme
    from studio.viewmodels.status import StatusViewModel
    from studio.viewmodels.workspace import WorkspaceViewModel

SMALLEST = (860, 560)
USUAL = (1440, 900)
NARROW = 1100
"""Under this width, in logical pixels, the editor is a page of its own."""
_WIDER_BY = 555
"""What the parts need more side by side with text twice as large."""
_REMEMBER_MS = 400
_TOAST_BOTTOM = 92
"""Notices stay above the status bar and the editor's row of Publish."""


class MainWindow(QMainWindow):
    """Holds the parts it is given; closing only asks."""

    close_requested = Signal()
    """The person wants to leave, by whatever route. The window stays until :meth:`leave`."""

    open_requested = Signal(str)
    """An influencer named by a job or a notice should be shown."""

    def __init__(
        self,
        theme: Theme,
        actions: Actions,
        sidebar: SideBar,
        gallery: QWidget,
        status_bar: StatusBar,
        workspace: WorkspaceViewModel,
        status: StatusViewModel,
        *,
        memory: Mapping[str, str],
        remember: Callable[[dict[str, str]], None],
        system_menu: bool = sys.platform == "darwin",
    ) -> None:
        """``memory`` is what ``remember`` was last given (place and editor width), or empty."""
        super().__init__()
        self._theme, self._workspace, self._status = theme, workspace, status
        self._remember = remember
        self._leaving = False
        self._contact = ""
        self.sidebar, self.status_bar = sidebar, status_bar
        self.panes = Panes(gallery, theme)
        self.setMinimumSize(*SMALLEST)
        whole = self._lay_out()
        self.setCentralWidget(whole)
        # Over the cards, which scroll; over the editor they would hide what is being typed.
        self.toasts = ToastStack(whole, bottom=_TOAST_BOTTOM, over=gallery)
        self._remember_timer = QTimer(self)
        self._remember_timer.setSingleShot(True)
        self._remember_timer.setInterval(_REMEMBER_MS)
        self._remember_timer.timeout.connect(self.remember_now)
        self.addActions(list(actions.all))
        if system_menu:
            actions.fill_menu_bar(self.menuBar())
        self._connect(actions)
        self._restore(memory)
        self._show_title()
        gallery.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_editor(self, editor: QWidget) -> None:
        """Put the editor into the place kept for it; it may be built after the first paint."""
        self.panes.set_editor(editor)

    def show_editor(self) -> None:
        """An influencer was opened: in a narrow window its page comes up."""
        self.panes.open_editor()

    def settle_focus(self) -> None:
        """Cards are here for the first time: the gallery takes the focus nobody has used yet."""
        focused = QApplication.focusWidget()
        if focused is None or focused is self.sidebar.organization:
            self.panes.gallery.setFocus(Qt.FocusReason.OtherFocusReason)

    def come_forward(self) -> None:
        """Somebody looks for this window: out of the dock, before the others, with the focus."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def leave(self) -> None:
        """Close for good, without asking."""
        self._leaving = True
        self.remember_now()
        self.close()

    def remember_now(self) -> None:
        """Hand place and editor width to whoever keeps them."""
        self._remember_timer.stop()
        self._remember(
            {
                "place": place_text(self.normalGeometry()),
                "maximized": "1" if self.isMaximized() else "",
                "editor": str(self.panes.editor_width()),
            }
        )

    def announce(self, words: str) -> None:
        """Let a screen reader say ``words`` when it is idle."""
        if not self.isVisible():
            return
        from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def announce_job(self, row: object) -> None:
        """Let a screen reader say what came of a job (a row of the jobs' view model)."""
        if isinstance(row, JobRow):
            self.announce(f"{row.name}: {row.failure or row.words}")

    def show_notice(self, notice: Notice) -> None:
        """A passing line in the corner; with an id for support it can be copied."""
        words = f"{notice.sentence} {notice.next_step}".strip()
        if notice.request_id:
            action = self.tr("Copy")
        elif notice.influencer_id:
            action = self.tr("Open")
        else:
            action = ""
        toast = self.toasts.notify(
            words,
            action=action,
            tone="error" if notice.is_problem else "ok",
            # What an influencer waits for is also said in the status bar, on its card and in it.
            seconds=12.0 if notice.is_problem and not notice.influencer_id else 6.0,
        )
        toast.setProperty("copy", f"{words}\nrequest {notice.request_id}")
        toast.setProperty("open", "" if notice.request_id else notice.influencer_id)
        toast.setProperty("problem", notice.is_problem)
        toast.action_triggered.connect(self._on_toast)
        self.announce(words)

    def withdraw_problems(self, influencer_id: str) -> None:
        """What was said about this influencer is settled: it need not be read any more."""
        for toast in self.toasts.shown:
            if toast.property("problem") and toast.property("open") == influencer_id:
                toast.leave()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab and Shift+Tab go as the window reads."""
        return tab_order.step(self, forward=forward)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Every way out asks first; nothing is ever sent by closing."""
        if self._leaving:
            event.accept()
            return
        event.ignore()
        self.close_requested.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side, or page by page."""
        super().resizeEvent(event)
        self._share()
        self._remember_timer.start()

    def _share(self) -> None:
        enough = NARROW + _WIDER_BY * (self._theme.text_scale - 1)
        self.panes.set_narrow(self.width() < enough)

    def moveEvent(self, event: QMoveEvent) -> None:
        """Remember where it is."""
        super().moveEvent(event)
        self._remember_timer.start()

    def _lay_out(self) -> QWidget:
        whole = QWidget()
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self.sidebar)
        upper.addWidget(self.panes, 1)
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(upper, 1)
        column.addWidget(self.status_bar)
        return whole

    def _connect(self, actions: Actions) -> None:
        actions.quit.triggered.connect(self.close)
        actions.sync_now.triggered.connect(self._status.sync_now)
        actions.project_wanted.connect(self._on_project_wanted)
        actions.next_region.triggered.connect(self._on_next_region)
        actions.previous_region.triggered.connect(self._on_previous_region)
        self.sidebar.job_opened.connect(self.open_requested)
        self.status_bar.view_wanted.connect(self._workspace.choose_view)
        self.panes.page_changed.connect(self._remember_timer.start)
        self._theme.changed.connect(self._share)
        self._workspace.project_changed.connect(self._show_title)
        self._workspace.projects_changed.connect(self._show_title)
        self._workspace.organization_changed.connect(self._show_title)
        self._workspace.view_changed.connect(self._on_gallery_wanted)
        self._workspace.project_changed.connect(self._on_gallery_wanted)
        self._status.noticed.connect(self.show_notice)
        self._status.changed.connect(self._on_status)

    def _restore(self, memory: Mapping[str, str]) -> None:
        screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        place = place_of(memory)
        if place is None:
            first = screens[0] if screens else QRect(0, 0, *USUAL)
            width = max(SMALLEST[0], min(USUAL[0], first.width()))
            height = max(SMALLEST[1], min(USUAL[1], first.height()))
            self.resize(width, height)
        else:
            self.setGeometry(rescued(place, screens, SMALLEST))
        if memory.get("maximized"):
            self.setWindowState(self.windowState() | Qt.WindowState.WindowMaximized)
        self.panes.set_editor_width(number_of(memory, "editor", EDITOR_WIDTH))

    def _show_title(self, _project: str = "") -> None:
        self.setWindowTitle(self._workspace.title)

    def _on_status(self) -> None:
        words = self._status.line.words
        if words != self._contact:
            self._contact = words
            self.announce(words)

    def _on_gallery_wanted(self, _what: str) -> None:
        self.panes.back()

    def _on_project_wanted(self, place: object) -> None:
        if isinstance(place, int):
            self._workspace.choose_project_at(place)

    def _on_toast(self) -> None:
        toast = self.sender()
        if toast is None:
            return
        wanted = str(toast.property("open") or "")
        if wanted:
            self.open_requested.emit(wanted)
        else:
            QGuiApplication.clipboard().setText(str(toast.property("copy")))

    def _on_next_region(self) -> None:
        self._go_region(1)

    def _on_previous_region(self) -> None:
        self._go_region(-1)

    def _regions(self) -> list[QWidget]:
        regions: list[QWidget] = [self.sidebar]
        if self.panes.shows_gallery:
            regions.append(self.panes.gallery)
        if self.panes.shows_editor and self.panes.editor is not None:
            regions.append(self.panes.editor)
        regions.append(self.status_bar)
        return regions

    def _go_region(self, step: int) -> None:
        regions = self._regions()
        focused = QApplication.focusWidget()
        here = next(
            (
                place
                for place, region in enumerate(regions)
                if focused is not None and (region is focused or region.isAncestorOf(focused))
            ),
            -1 if step > 0 else len(regions),
        )
        for offset in range(1, len(regions) + 1):
            region = regions[(here + step * offset) % len(regions)]
            entry = self._entry(region)
            if entry is not None:
                entry.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def _entry(self, region: QWidget) -> QWidget | None:
        """Where the focus was in a part, else its own choice, else its first control."""
        # Qt's stubs promise a widget where there may be none.
        last = cast("QWidget | None", region.focusWidget())
        if last is not None and last.isVisible() and last.isEnabled():
            return last
        if region is self.sidebar:
            return self.sidebar.focus_entry()
        if region is self.status_bar:
            return self.status_bar.focus_entry()
        if region.focusPolicy() & Qt.FocusPolicy.TabFocus:
            return region
        for child in region.findChildren(QWidget):
            takes = child.focusPolicy() & Qt.FocusPolicy.TabFocus
            if takes and child.isVisible() and child.isEnabled():
                return child
        return None
