"""Publish several at once: whose edits, exactly which fields, and what came of each."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from studio.core.errors import StudioError
from studio.core.values import dataclass
from studio.domain.events import InfluencersChanged, Notice
from studio.domain.fields import label_of
from studio.domain.roster import RosterQuery
from studio.domain.rules import check_all

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.domain.diff import Change
    from studio.domain.projection import Shown
    from studio.domain.roster import ProjectRow
    from studio.viewmodels.services import PersonaService

Reach = Literal["project", "all"]

_PAGE = 100


@dataclass(frozen=True, slots=True)
class PublishItem:
    """One influencer with unsent edits.

    Attributes:
        problems: sentences by field path; with any of them it cannot go.
        blocker: why it cannot go for another reason; empty otherwise.
        is_new: the server has never heard of it.
        ticked: whether it is to go.
        is_queued: it is in the outbox now.
        refusal: why it is not, after a try.
    """

    influencer_id: str
    project_name: str
    name: str
    thumbnail_url: str
    changes: tuple[Change, ...]
    problems: Mapping[str, str] = field(default_factory=dict)
    blocker: str = ""
    is_new: bool = False
    ticked: bool = False
    is_queued: bool = False
    refusal: str = ""

    @property
    def can_go(self) -> bool:
        """Whether it may be ticked."""
        return not self.problems and not self.blocker and not self.is_queued

    @property
    def trouble(self) -> str:
        """What stands in its way, in a sentence; empty otherwise."""
        return self.refusal or self.blocker or next(iter(self.problems.values()), "")

    @property
    def labels(self) -> str:
        """Its changed fields by name."""
        return ", ".join(label_of(change.path) for change in self.changes)


class PublishingViewModel(QObject):
    """Made for one opening of the dialog; ``close`` it at its end.

    Everything that can go is ticked, unless some were chosen beforehand: then only those are.
    """

    changed = Signal()
    """Items, ticks, results or readiness."""

    done = Signal(bool)
    """Every ticked one was tried; True when all of them are in the outbox."""

    def __init__(
        self,
        personas: PersonaService,
        hub: EventHub,
        scope: TaskScope,
        project_id: str,
        chosen: Collection[str] = (),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._personas, self._hub, self._scope = personas, hub, scope
        self._project_id = project_id
        self._chosen = frozenset(chosen)
        self._reach: Reach = "project" if project_id else "all"
        self._items: tuple[PublishItem, ...] = ()
        self._ticks: dict[str, bool] = {}
        self._loaded = False
        self._busy = False
        self._problem = ""
        self._subscription = hub.subscribe(InfluencersChanged, self._on_influencers)

    def start(self) -> None:
        """Read every draft within reach."""
        self._scope.latest("load", self._load())

    def close(self) -> None:
        """Hear nothing more."""
        self._subscription.close()

    # ---- what is shown

    @property
    def items(self) -> tuple[PublishItem, ...]:
        """Influencers with unsent edits, those that can go first."""
        return self._items

    @property
    def is_loaded(self) -> bool:
        """Whether the store has answered."""
        return self._loaded

    @property
    def busy(self) -> bool:
        """Whether publishing runs."""
        return self._busy

    @property
    def reach(self) -> Reach:
        """This project, or all of them."""
        return self._reach

    @property
    def problem(self) -> str:
        """Why the drafts could not be read; empty otherwise."""
        return self._problem

    @property
    def ticked(self) -> int:
        """How many are to go."""
        return sum(item.ticked for item in self._items)

    @property
    def all_ticked(self) -> bool | None:
        """Whether all that can go are ticked, None for some of them."""
        able = [item.ticked for item in self._items if item.can_go]
        if not any(able):
            return False
        return True if all(able) else None

    @property
    def can_publish(self) -> bool:
        """Whether anything is ticked and nothing runs."""
        return self.ticked > 0 and not self._busy

    # ---- what a person does

    def set_reach(self, reach: str) -> None:
        """This project (``project``) or ``all``."""
        if reach in ("project", "all") and reach != self._reach:
            self._reach = reach  # type: ignore[assignment]
            self._scope.latest("load", self._load())

    def set_ticked(self, influencer_id: str, ticked: bool) -> None:
        """Take one along, or leave it."""
        self._ticks[influencer_id] = ticked
        self._tick()

    def tick_all(self, ticked: bool) -> None:
        """Take all along that can go, or none."""
        self._ticks.update({item.influencer_id: ticked for item in self._items})
        self._tick()

    def publish(self) -> None:
        """Queue every ticked one; one that fails does not stop the others."""
        if self.can_publish:
            self._scope.busy("publish", self._publish())

    # ---- doing it

    def _tick(self) -> None:
        self._items = tuple(
            replace(item, ticked=item.can_go and self._ticks.get(item.influencer_id, False))
            for item in self._items
        )
        self.changed.emit()

    async def _publish(self) -> None:
        self._busy = True
        self.changed.emit()
        refused = queued = 0
        try:
            for item in [item for item in self._items if item.ticked]:
                refusal = await self._try(item.influencer_id)
                refused += bool(refusal)
                queued += not refusal
                self._put(replace(item, ticked=False, is_queued=not refusal, refusal=refusal))
        finally:
            self._busy = False
        self.changed.emit()
        if queued:
            self._hub.publish(Notice(self._said(queued)))
        self.done.emit(refused == 0)

    async def _try(self, influencer_id: str) -> str:
        """Queue one; why it was refused, or nothing."""
        try:
            await self._personas.publish(influencer_id)
        except StudioError as error:
            return error.for_people()
        return ""

    def _said(self, queued: int) -> str:
        if queued == 1:
            return self.tr("1 influencer is being published.")
        return self.tr("{count} influencers are being published.").replace("{count}", str(queued))

    def _put(self, fresh: PublishItem) -> None:
        self._items = tuple(
            fresh if item.influencer_id == fresh.influencer_id else item for item in self._items
        )
        self._ticks[fresh.influencer_id] = False
        self.changed.emit()

    # ---- reading

    def _on_influencers(self, _event: InfluencersChanged) -> None:
        if not self._busy:
            self._scope.latest("load", self._load())

    async def _load(self) -> None:
        try:
            items = await self._read()
        except StudioError as error:
            self._problem = error.for_people()
            self.changed.emit()
            return
        if self._busy:
            return
        self._problem = ""
        before = {item.influencer_id: item for item in self._items}
        for item in items:
            wanted = not self._chosen or item.influencer_id in self._chosen
            self._ticks.setdefault(item.influencer_id, wanted)
        fresh = [
            replace(item, refusal=before[item.influencer_id].refusal)
            if item.influencer_id in before
            else item
            for item in items
        ]
        self._items = tuple(sorted(fresh, key=lambda item: not item.can_go))
        self._loaded = True
        self._tick()

    async def _read(self) -> list[PublishItem]:
        found: list[PublishItem] = []
        for row in await self._personas.projects():
            within = self._reach == "all" or row.project.id == self._project_id
            if within and row.drafts:
                found += await self._of_project(row)
        return found

    async def _of_project(self, row: ProjectRow) -> list[PublishItem]:
        query = RosterQuery(row.project.id, view="drafts", sort="name")
        found: list[PublishItem] = []
        for start in range(0, row.drafts, _PAGE):
            for card in await self._personas.roster(query, start, _PAGE):
                shown = await self._personas.show(card.id)
                if shown is not None and (shown.changes or shown.is_local_only):
                    found.append(self._item(shown, row.project.name, card.thumbnail_url or ""))
        return found

    def _item(self, shown: Shown, project_name: str, thumbnail_url: str) -> PublishItem:
        values = {change.path: change.new for change in shown.changes}
        if shown.is_local_only:
            values.setdefault("name", shown.influencer.name)
        problems = {path: problem.sentence for path, problem in check_all(values).items()}
        return PublishItem(
            influencer_id=shown.influencer.id,
            project_name=project_name,
            name=shown.influencer.name,
            thumbnail_url=thumbnail_url,
            changes=shown.changes,
            problems=problems,
            blocker=self.tr("It is about to be deleted.") if shown.deleting else "",
            is_new=shown.is_local_only,
        )
