"""The side bar: organization, projects, views, and the jobs at its foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.ui.jobs.section import MOST_CARDS, JobsSection
from studio.ui.sidebar.nav import NavList
from studio.ui.sidebar.organization import OrganizationButton
from studio.ui.widgets.label import Label
from studio.ui.widgets.menu import Menu

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from studio.ui.actions import Actions
    from studio.ui.theme import Theme
    from studio.viewmodels.jobs import JobsViewModel
    from studio.viewmodels.pictures import PictureLoader
    from studio.viewmodels.workspace import WorkspaceViewModel

WIDTH = 232
WIDEST = 320
"""So wide at most when text is enlarged."""

SQUARES = ("#5B4BE1", "#1F9D6B", "#E5A00D", "#3B82E0", "#B055D0", "#E0605A")
"""Colors of the projects' squares, in turn; the same in both themes, a name is always beside."""


class SideBar(QWidget):
    """Where to go: which project, which view of it; and what is being made meanwhile."""

    job_opened = Signal(str)
    """An influencer whose job was clicked."""
    all_jobs_wanted = Signal()
    outbox_wanted = Signal()
    conflicts_wanted = Signal()

    def __init__(
        self,
        workspace: WorkspaceViewModel,
        jobs: JobsViewModel,
        pictures: PictureLoader,
        actions: Actions,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._theme = workspace, theme
        menu = Menu(parent=self)
        actions.fill_window_menu(menu)
        self.organization = OrganizationButton(menu, theme, self)
        self.projects = NavList(theme, self.tr("Projects"))
        self.views = NavList(theme, self.tr("Views"))
        scroll = self._scrolled()
        # Made after the lists, so that Tab comes to it after them.
        self.jobs = JobsSection(jobs, pictures, theme, self)
        self._lay_out(scroll)
        self.setAccessibleName(self.tr("Side bar"))
        self.projects.chosen.connect(workspace.choose_project)
        self.views.chosen.connect(self._on_view_chosen)
        self.projects.left_at.connect(self._on_left_projects)
        self.views.left_at.connect(self._on_left_views)
        self.jobs.opened.connect(self.job_opened)
        self.jobs.all_wanted.connect(self.all_jobs_wanted)
        workspace.projects_changed.connect(self._show_projects)
        workspace.project_changed.connect(self._on_project_changed)
        workspace.view_changed.connect(self._show_view)
        workspace.counts_changed.connect(self._show_views)
        workspace.organization_changed.connect(self._show_organization)
        theme.changed.connect(self._on_theme)
        self._on_theme()
        self._show_organization()
        self._show_projects()
        self._show_views()

    def focus_entry(self) -> QWidget:
        """Where F6 lands."""
        return self.projects.current_row() or self.organization

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fewer job cards in a low window."""
        super().resizeEvent(event)
        height = event.size().height()
        self.jobs.set_most(MOST_CARDS if height >= 740 else 2 if height >= 640 else 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground and the hairline at the far edge."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("sidebar"))
        edge = 0 if self.isRightToLeft() else self.width() - 1
        painter.fillRect(edge, 0, 1, self.height(), self._theme.color("hairline"))
        painter.end()

    def _scrolled(self) -> QScrollArea:
        lists = QWidget()
        inner = QVBoxLayout(lists)
        inner.setContentsMargins(10, 0, 10, 0)
        inner.setSpacing(0)
        inner.addWidget(self._heading(self.tr("PROJECT")))
        inner.addSpacing(6)
        inner.addWidget(self.projects)
        inner.addSpacing(16)
        inner.addWidget(self._heading(self.tr("VIEWS")))
        inner.addSpacing(6)
        inner.addWidget(self.views)
        inner.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # Asked for a part that Qt made by itself, the bindings load every widget class there is.
        scroll.setViewport(QWidget())
        scroll.viewport().setAutoFillBackground(False)
        lists.setAutoFillBackground(False)
        scroll.setWidget(lists)
        lists.setAutoFillBackground(False)
        return scroll

    def _lay_out(self, scroll: QScrollArea) -> None:
        foot = QVBoxLayout()
        foot.setContentsMargins(10, 8, 11, 12)
        foot.addWidget(self.jobs)
        head = QVBoxLayout()
        head.setContentsMargins(10, 13, 11, 0)
        head.addWidget(self.organization)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addSpacing(26)
        column.addWidget(scroll, 1)
        column.addLayout(foot)

    def _on_theme(self) -> None:
        self.setFixedWidth(min(WIDEST, round(WIDTH * self._theme.text_scale)))
        self.update()

    def _heading(self, text: str) -> Label:
        label = Label(text, role="overline")
        label.setContentsMargins(8, 0, 8, 0)
        return label

    def _show_organization(self) -> None:
        self.organization.say(self._workspace.organization, self._workspace.server_words)

    def _show_projects(self) -> None:
        rows = self._workspace.projects
        self.projects.set_keys([row.project.id for row in rows])
        for place, row in enumerate(rows):
            widget = self.projects.row(row.project.id)
            if widget is not None:
                square = SQUARES[place % len(SQUARES)]
                widget.show_row(row.project.name, row.influencers, square=square)
        self.projects.set_current(self._workspace.project_id)

    def _show_views(self) -> None:
        rows = self._workspace.views
        self.views.set_keys([row.view for row in rows])
        for row in rows:
            widget = self.views.row(row.view)
            if widget is not None:
                # A row without any is quiet; "all" always says how many there are.
                count = row.count if row.count or row.view == "all" else None
                widget.show_row(row.label, count, icon=row.icon)
        self._show_view(self._workspace.view)

    def _show_view(self, view: str) -> None:
        # "All" is what a project shows anyway: the project's own mark says so.
        self.views.set_current("" if view == "all" else view)

    def _on_view_chosen(self, key: str) -> None:
        """Views change the gallery; the two lists open over it, and the view stays marked."""
        if key == "outbox":
            self.outbox_wanted.emit()
        elif key == "conflicts":
            self.conflicts_wanted.emit()
        else:
            self._workspace.choose_view(key)
        self._show_view(self._workspace.view)

    def _on_project_changed(self, project_id: str) -> None:
        self.projects.set_current(project_id)

    def _on_left_projects(self, way: str) -> None:
        if way == "down":
            self.views.enter()
        else:
            self.organization.setFocus(Qt.FocusReason.TabFocusReason)

    def _on_left_views(self, way: str) -> None:
        if way == "up":
            self.projects.enter(last=True)
        elif self.jobs.cards:
            self.jobs.cards[0].setFocus(Qt.FocusReason.TabFocusReason)
