"""Every publish that waits for a choice, as a list: for a dialog, a banner and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from studio.core.errors import StudioError
from studio.core.values import dataclass
from studio.domain.events import InfluencersChanged, ProjectsChanged, StatusChanged
from studio.viewmodels import conflict_words

if TYPE_CHECKING:
    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.domain.conflict import Conflict
    from studio.viewmodels.services import ConflictService, PersonaService, SyncService


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """One conflict for a list or a banner; ``words`` say what it asks for."""

    influencer_id: str
    project_id: str
    name: str
    thumbnail_url: str
    project: str
    words: str
    since: str
    is_gone: bool


class ConflictsViewModel(QObject):
    """Every conflict of this workspace, the oldest first."""

    changed = Signal()
    """Rows, count, or why there are none."""

    def __init__(
        self,
        conflicts: ConflictService,
        personas: PersonaService,
        sync: SyncService,
        hub: EventHub,
        scope: TaskScope,
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._service, self._personas, self._sync = conflicts, personas, sync
        self._hub, self._scope, self._clock = hub, scope, clock
        self._found: tuple[Conflict, ...] = ()
        self._faces: dict[str, str] = {}
        self._projects: dict[str, str] = {}
        self._state: Literal["loading", "ready", "failed"] = "loading"
        self._failure = ""
        self._stale = False
        self._subscriptions = (
            hub.subscribe(InfluencersChanged, self._on_influencers),
            hub.subscribe(ProjectsChanged, self._on_projects),
            hub.subscribe(StatusChanged, self._on_status),
        )

    def start(self) -> None:
        """Read what waits."""
        self._read_soon()

    def try_again(self) -> None:
        """Read anew after a failure."""
        self._state = "loading"
        self.changed.emit()
        self._read_soon()

    def close(self) -> None:
        """Hear nothing more."""
        for subscription in self._subscriptions:
            subscription.close()

    @property
    def count(self) -> int:
        """How many influencers wait for a person."""
        return len(self._found)

    @property
    def rows(self) -> tuple[ConflictRow, ...]:
        """All of them, the oldest first."""
        return tuple(self._row(conflict) for conflict in self._found)

    def matching(self, text: str) -> tuple[ConflictRow, ...]:
        """Those whose name or project contains ``text``, blind to case."""
        wanted = text.strip().casefold()
        return tuple(
            row
            for row in self.rows
            if wanted in row.name.casefold() + "\n" + row.project.casefold()
        )

    def row_of(self, influencer_id: str) -> ConflictRow | None:
        """The conflict of one influencer, None when it has none."""
        found = (each for each in self._found if each.influencer_id == influencer_id)
        return next((self._row(each) for each in found), None)

    @property
    def empty(self) -> Literal["", "loading", "failed", "offline", "none"]:
        """Why the list is empty; empty itself when there is something in it."""
        if self._found:
            return ""
        if self._state != "ready":
            return self._state
        return "offline" if self._sync.status.contact in ("offline", "sign_in") else "none"

    @property
    def failure(self) -> str:
        """Why the list could not be read, as a sentence."""
        return self._failure

    def _row(self, conflict: Conflict) -> ConflictRow:
        return ConflictRow(
            conflict.influencer_id,
            conflict.project_id,
            conflict.name,
            self._faces.get(conflict.influencer_id, ""),
            self._projects.get(conflict.project_id, ""),
            conflict_words.waiting_words(conflict),
            conflict_words.since_words(conflict.found_at, self._clock.now()),
            conflict.is_gone,
        )

    def _read_soon(self) -> None:
        self._stale = True
        self._scope.busy("conflicts", self._read_while_stale())

    async def _read_while_stale(self) -> None:
        while self._stale:
            self._stale = False
            await self._read()

    async def _read(self) -> None:
        try:
            found = await self._service.conflicts()
            await self._learn(found)
        except StudioError as error:
            self._state, self._failure = "failed", error.for_people()
        else:
            self._found, self._state, self._failure = found, "ready", ""
        self.changed.emit()

    async def _learn(self, found: tuple[Conflict, ...]) -> None:
        """Names of projects and portraits, for what is listed."""
        for conflict in found:
            shown = await self._personas.show(conflict.influencer_id)
            if shown is not None:
                url = shown.influencer.thumbnail_url or ""
                self._faces[conflict.influencer_id] = url
        if {conflict.project_id for conflict in found} - self._projects.keys():
            rows = await self._personas.projects()
            self._projects = {row.project.id: row.project.name for row in rows}

    def _on_influencers(self, event: InfluencersChanged) -> None:
        ids = {conflict.influencer_id for conflict in self._found}
        moved = self._sync.status.conflicts != len(self._found)
        if moved or not event.ids or ids & event.ids:
            self._read_soon()

    def _on_projects(self, _event: ProjectsChanged) -> None:
        self._projects.clear()
        if self._found:
            self._read_soon()

    def _on_status(self, _event: StatusChanged) -> None:
        if self._sync.status.conflicts != len(self._found):
            self._read_soon()
        elif not self._found:
            self.changed.emit()
