"""What the window remembers between runs, written a moment after it changed, off the GUI thread."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from studio.core.settings import Settings, SettingsFile
    from studio.core.tasks import TaskScope
    from studio.domain.roster import RosterQuery

log = logging.getLogger(__name__)


class Memory:
    """The settings as the window uses them: project per workspace, chip and order per project."""

    def __init__(self, settings: SettingsFile, scope: TaskScope, workspace: str) -> None:
        """``workspace`` names the server in use."""
        self._settings = settings
        self._scope = scope
        self._workspace = workspace

    @property
    def now(self) -> Settings:
        """Everything remembered."""
        return self._settings.current

    @property
    def project(self) -> str:
        """The project shown last in this workspace; empty when there was none."""
        return self.now.project.get(self._workspace, "")

    def chip_and_order(self, project_id: str) -> tuple[str, str]:
        """How the roster of a project was last narrowed and sorted."""
        view = self.now.view.get(project_id, {})
        return view.get("status", ""), view.get("sort", "newest")

    def keep_project(self, project_id: str) -> None:
        """This project is on screen."""
        if project_id and project_id != self.project:
            self._keep(project={**self.now.project, self._workspace: project_id})

    def keep_query(self, query: RosterQuery) -> None:
        """Chip and order of the project on screen."""
        kept = {"status": query.status, "sort": query.sort}
        if query.project_id and self.now.view.get(query.project_id) != kept:
            self._keep(view={**self.now.view, query.project_id: kept})

    def keep_window(self, window: dict[str, str]) -> None:
        """Place of the window and width of its editor."""
        if window != self.now.window:
            self._keep(window=window)

    def keep_density(self, density: str) -> None:
        """How close the cards stand."""
        self._keep(density=density)

    def keep_theme(self, theme: str) -> None:
        """``system``, ``light`` or ``dark``."""
        self._keep(theme=theme)

    def _keep(self, **values: Any) -> None:
        self._settings.change(**values)
        self._scope.spawn(self._write(), name="settings")

    async def _write(self) -> None:
        try:
            await asyncio.to_thread(self._settings.save)
        except OSError as error:
            log.warning("settings were not written: %s", error)
