"""The workspace as the side bar shows it: organization, projects, views and their counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.core.errors import StudioError
from studio.core.values import dataclass
from studio.domain.events import InfluencersChanged, Notice, ProjectsChanged, StatusChanged
from studio.domain.roster import VIEWS, RosterQuery, View

if TYPE_CHECKING:
    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.domain.roster import ProjectRow
    from studio.viewmodels.services import PersonaService, SyncService

_ICONS: dict[View, str] = {
    "all": "users",
    "ready": "circle-check",
    "in_progress": "loader",
    "drafts": "pencil-line",
    "attention": "triangle-alert",
    "deleted": "archive",
}


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A view of the roster, or ``conflicts`` or ``outbox``, which are lists of their own.

    ``count`` is None until the store has answered.
    """

    view: str
    label: str
    icon: str
    count: int | None = None


class WorkspaceViewModel(QObject):
    """Which projects there are, which one is on screen, and through which view."""

    projects_changed = Signal()
    """The list of projects or a count beside one."""

    project_changed = Signal(str)
    """Another project is on screen: its id, empty when there is none."""

    view_changed = Signal(str)
    """Another view is on screen: one of ``studio.domain.roster.VIEWS``."""

    counts_changed = Signal()
    """Counts beside the views."""

    organization_changed = Signal()
    """Name of the organization, or words about its server."""

    def __init__(
        self,
        personas: PersonaService,
        sync: SyncService,
        hub: EventHub,
        scope: TaskScope,
        *,
        remembered_project: str = "",
        parent: QObject | None = None,
    ) -> None:
        """``remembered_project`` is chosen when it still exists, else the first of the list."""
        super().__init__(parent)
        self._personas, self._sync, self._hub, self._scope = personas, sync, hub, scope
        self._projects: tuple[ProjectRow, ...] = ()
        self._project_id = remembered_project
        self._confirmed = False
        self._view: View = "all"
        self._counts: dict[str, int] | None = None
        self._lists = (0, 0)
        self._subscriptions = (
            hub.subscribe(ProjectsChanged, self._on_projects),
            hub.subscribe(InfluencersChanged, self._on_influencers),
            hub.subscribe(StatusChanged, self._on_status),
        )

    def start(self) -> None:
        """Read projects and counts; what is stored here is on screen before any server answers."""
        self._scope.latest("projects", self._load_projects())

    def close(self) -> None:
        """Hear nothing more."""
        for subscription in self._subscriptions:
            subscription.close()

    @property
    def projects(self) -> tuple[ProjectRow, ...]:
        """Projects in the order of the side bar."""
        return self._projects

    @property
    def project_id(self) -> str:
        """The project on screen; empty when there is none."""
        return self._project_id

    @property
    def project(self) -> ProjectRow | None:
        """The row of the project on screen."""
        rows = (row for row in self._projects if row.project.id == self._project_id)
        return next(rows, None)

    @property
    def view(self) -> View:
        """The view on screen."""
        return self._view

    @property
    def views(self) -> tuple[ViewRow, ...]:
        """Every view with its count, what waits for a choice if anything does, and the outbox."""
        counts = self._counts
        rows = [
            ViewRow(
                view,
                self._view_label(view),
                _ICONS[view],
                None if counts is None else counts.get(view, 0),
            )
            for view in VIEWS
        ]
        status = self._sync.status
        lists = [ViewRow("outbox", self.tr("Outbox"), "send", status.waiting)]
        if status.conflicts:
            words = self.tr("Conflicts")
            lists.insert(0, ViewRow("conflicts", words, "git-fork", status.conflicts))
        place = VIEWS.index("attention") + 1
        return (*rows[:place], *lists, *rows[place:])

    @property
    def organization(self) -> str:
        """Name of the organization; the server's address until it is known."""
        status = self._sync.status
        return status.organization or status.server or self.tr("Persona Studio")

    @property
    def server_words(self) -> str:
        """Address and contact on one line, such as ``api.layers.com · online``."""
        status = self._sync.status
        words = {
            "connecting": self.tr("connecting"),
            "online": self.tr("online"),
            "offline": self.tr("offline"),
            "sign_in": self.tr("key refused"),
        }[status.contact]
        return f"{status.server} · {words}" if status.server else words

    @property
    def title(self) -> str:
        """The window's title: organization and project."""
        project = self.project
        return (
            f"{self.organization} · {project.project.name}"
            if project is not None
            else self.organization
        )

    def choose_project(self, project_id: str) -> None:
        """Put another project on screen; one that is there already stays."""
        if project_id == self._project_id and self._confirmed:
            return
        if all(row.project.id != project_id for row in self._projects):
            return
        self._show_project(project_id)

    def choose_project_at(self, index: int) -> None:
        """The project at a place of the side bar, 0 for the first; beyond the end does nothing."""
        if 0 <= index < len(self._projects):
            self.choose_project(self._projects[index].project.id)

    def choose_view(self, view: str) -> None:
        """Put another view on screen; an unknown name does nothing."""
        if view in VIEWS and view != self._view:
            self._view = view
            self.view_changed.emit(view)

    def _view_label(self, view: View) -> str:
        return {
            "all": self.tr("All influencers"),
            "ready": self.tr("Ready"),
            "in_progress": self.tr("In progress"),
            "drafts": self.tr("Local drafts"),
            "attention": self.tr("Needs attention"),
            "deleted": self.tr("Deleted"),
        }[view]

    def _show_project(self, project_id: str) -> None:
        self._project_id = project_id
        self._confirmed = True
        self._counts = None
        if project_id:
            self._scope.latest("use", self._use(project_id))
        self._scope.latest("counts", self._load_counts(project_id))
        self.project_changed.emit(project_id)
        self.counts_changed.emit()

    async def _use(self, project_id: str) -> None:
        try:
            await self._personas.use_project(project_id)
        except StudioError as error:
            self._tell(error)

    async def _load_projects(self) -> None:
        try:
            self._projects = await self._personas.projects()
        except StudioError as error:
            self._tell(error)
            return
        self.projects_changed.emit()
        known = {row.project.id for row in self._projects}
        if self._project_id not in known:
            self._show_project(self._projects[0].project.id if self._projects else "")
        elif not self._confirmed:
            self._show_project(self._project_id)

    async def _load_counts(self, project_id: str) -> None:
        if not project_id:
            return
        try:
            counts = await self._personas.counts(RosterQuery(project_id))
        except StudioError as error:
            self._tell(error)
            return
        self._counts = dict(counts.views)
        self.counts_changed.emit()

    def _on_projects(self, _event: ProjectsChanged) -> None:
        self._scope.latest("projects", self._load_projects())

    def _on_influencers(self, event: InfluencersChanged) -> None:
        self._scope.latest("projects", self._load_projects())
        if event.project_id == self._project_id:
            self._scope.latest("counts", self._load_counts(self._project_id))

    def _on_status(self, _event: StatusChanged) -> None:
        self.organization_changed.emit()
        status = self._sync.status
        lists = (status.waiting, status.conflicts)
        if lists != self._lists:
            self._lists = lists
            self.counts_changed.emit()

    def _tell(self, error: StudioError) -> None:
        self._hub.publish(
            Notice(error.sentence, error.next_step, is_problem=True, request_id=error.request_id)
        )
