"""The roster as rows of an item model, read from the store in pages as they come into sight."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from studio.core.errors import StudioError
from studio.domain.events import InfluencersChanged, JobsChanged, Notice, StatusChanged
from studio.domain.roster import SORTS, VIEWS, RosterQuery
from studio.viewmodels.gallery_words import Empty, spoken, status_of, why_empty
from studio.viewmodels.roster_pages import RosterPages
from studio.viewmodels.roster_reader import PAGE, Reading, RosterReader, places_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.domain.roster import RosterRow
    from studio.viewmodels.services import JobService, PersonaService, SyncService

CHIPS = ("", "ready", "rendering", "drafts", "failed")
"""What a query's ``status`` may be."""

_SLOW_SECONDS = 0.25
_TYPING_SECONDS = 0.05
"""A pause this long in typing, and the hits are counted: it takes the store longer than a page."""
_NOWHERE = QModelIndex()
_ROWS, _PROGRESS = "rows", "progress"

_Index = QModelIndex | QPersistentModelIndex


class GalleryModel(QAbstractListModel):
    """Cards of one project under one query. Only pages near the eye are held.

    One influencer may be *held* (the selected one): its place is always known, whatever happens
    to the rows around it, and indexes that a view keeps follow their influencer.
    """

    query_changed = Signal()
    """Another project, view, text, chip or order; its rows follow with a model reset."""

    refreshed = Signal(str)
    """Rows of the project named may have moved; indexes and the held place are right again."""

    counts_changed = Signal()
    """Counts beside the chips, the size, or what an empty gallery says."""

    located = Signal(str)
    """The held influencer has a place now: its id."""

    def __init__(
        self,
        personas: PersonaService,
        jobs: JobService,
        sync: SyncService,
        hub: EventHub,
        scope: TaskScope,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._reader, self._sync = RosterReader(personas, jobs), sync
        self._hub, self._scope = hub, scope
        self._query = RosterQuery("")
        self._pages, self._total = RosterPages(), 0
        self._held_id, self._held_place, self._held_gone = "", -1, False
        self._progress: dict[str, float | None] = {}
        self._chips: dict[str, int] = {}
        self._state: Literal["loading", "ready", "failed"] = "loading"
        self._failure = ""
        self._generation, self._shown_generation = 0, 0
        self._stale: set[str] = set()
        self._missed = False
        self._subscriptions = (
            hub.subscribe(InfluencersChanged, self._on_influencers),
            hub.subscribe(JobsChanged, self._on_jobs),
            hub.subscribe(StatusChanged, self._on_status),
        )

    def close(self) -> None:
        """Hear nothing more."""
        for subscription in self._subscriptions:
            subscription.close()

    # ---- what is asked for

    @property
    def query(self) -> RosterQuery:
        """What is on screen."""
        return self._query

    def show_project(self, project_id: str, *, status: str = "", sort: str = "newest") -> None:
        """Another project, with its remembered chip and order; a word not known counts as none.

        An empty id says that there is no project; before that, one is on its way.
        """
        if project_id == self._query.project_id:
            if not project_id:
                self._state = "ready"
                self.counts_changed.emit()
            return
        chip = status if status in CHIPS else ""
        order = sort if sort in SORTS else "newest"
        self._held_id, self._held_place, self._held_gone = "", -1, False
        view = self._query.view
        self._ask(RosterQuery(project_id, view=view, status=chip, sort=order))
        self._scope.latest("gallery-slow", self._clear_when_slow(self._generation))

    def show_view(self, view: str) -> None:
        """Another view of the same project; the chip starts at all. Unknown ones do nothing."""
        if view in VIEWS and view != self._query.view:
            self._ask(replace(self._query, view=view, status=""))

    def search(self, text: str) -> None:
        """Narrow to what matches; an empty text shows all."""
        self._ask(replace(self._query, text=text.strip()))

    def choose_chip(self, status: str) -> None:
        """``ready``, ``rendering``, ``drafts``, ``failed``, or empty for all."""
        if status in CHIPS:
            self._ask(replace(self._query, status=status))

    def choose_sort(self, sort: str) -> None:
        """One of ``studio.domain.roster.SORTS``."""
        if sort in SORTS:
            self._ask(replace(self._query, sort=sort))

    def clear_filters(self) -> None:
        """No text and no chip; view and order stay."""
        self._ask(replace(self._query, text="", status=""))

    def try_again(self) -> None:
        """Read anew, and ask the server anew."""
        self._sync.sync_now()
        self._generation += 1
        self._state = "loading"
        self.counts_changed.emit()
        self._scope.latest("gallery", self._load_anew())

    def _ask(self, query: RosterQuery) -> None:
        if query == self._query:
            return
        self._query = query
        self._generation += 1
        self.query_changed.emit()
        self._scope.latest("gallery", self._load_anew())

    # ---- what is known

    @property
    def size(self) -> int:
        """Cards in all."""
        return self._pages.size

    @property
    def total(self) -> int:
        """Cards of the view without text and chip."""
        return max(self._total, self._pages.size)

    @property
    def is_narrowed(self) -> bool:
        """Whether a text or a chip leaves something out."""
        return bool(self._query.text or self._query.status)

    def chip_count(self, status: str) -> int | None:
        """Cards behind a chip within the view and text; None until the store answered."""
        return self._chips.get(status)

    @property
    def empty(self) -> Empty:
        """Why there is no card, or empty when there are some."""
        if self._pages.size:
            return ""
        if self._state != "ready":
            return self._state
        return why_empty(self._query, self._sync.status)

    @property
    def failure(self) -> str:
        """Why the store could not be read, or the server not reached."""
        return self._failure or self._sync.status.reason

    def row_at(self, row: int) -> RosterRow | None:
        """A card, or None while its page is on the way (it is asked for then)."""
        if not self._pages.holds_page_of(row):
            self._want((row // PAGE,))
        return self._pages.row(row)

    def loaded(self, row: int) -> RosterRow | None:
        """A card that is here already; never asks for one."""
        return self._pages.row(row)

    def progress_of(self, influencer_id: str) -> float | None:
        """0 to 1 while a job of it runs and tells; None otherwise."""
        return self._progress.get(influencer_id)

    def id_at(self, row: int) -> str:
        """The influencer of a card that is loaded, else empty."""
        return self._pages.id_at(row)

    def find_name(self, prefix: str, start: int) -> int:
        """The first loaded card at or after ``start`` whose name begins so, from the top after the
        last one; -1 when there is none. Case does not count."""
        return self._pages.find_name(prefix, start)

    async def row_of(self, influencer_id: str) -> int:
        """The place of an influencer under this query, -1 when it is not there."""
        place = await self._reader.position(self._query, influencer_id)
        return -1 if place is None or place >= self._pages.size else place

    def look_at(self, first: int, last: int) -> None:
        """These rows are in sight: what lies around them is read ahead."""
        self._pages.eye = (max(0, first), max(0, last))
        if self._pages.size:
            self._want(self._pages.around_eye(1))

    # ---- the held influencer

    @property
    def held_id(self) -> str:
        """The influencer whose place is kept known; empty when there is none."""
        return self._held_id

    @property
    def held_place(self) -> int:
        """Its row, -1 while it is not among the rows of the query."""
        return self._held_place

    @property
    def held_is_gone(self) -> bool:
        """Whether the project does not have it any more (rather than the query leaving it out)."""
        return self._held_gone

    def hold(self, influencer_id: str) -> None:
        """Follow this influencer from now on; ``located`` tells as soon as it has a place."""
        if influencer_id == self._held_id and self._held_place >= 0:
            self.located.emit(influencer_id)
            return
        self._held_id, self._held_gone = influencer_id, False
        self._held_place = self._pages.places().get(influencer_id, -1)
        if self._held_place >= 0:
            self.located.emit(influencer_id)
        elif influencer_id:
            self._soon(_ROWS, self._refresh)

    # ---- item model

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Cards in all."""
        return 0 if parent.isValid() else self._pages.size

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name and spoken text of a card that is here; painting asks ``row_at``."""
        row = self.loaded(index.row()) if index.isValid() else None
        if row is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.spoken(row)
        return None

    def status_of(self, row: RosterRow) -> str:
        """What a card shows as its status: the server's, or ``deleted``, or ``attention``."""
        return status_of(row, self._query)

    def spoken(self, row: RosterRow) -> str:
        """A card as a screen reader says it: ``Nova (B), ready, 2 unsent edits``."""
        return spoken(row, self.status_of(row), self._progress.get(row.id))

    # ---- reading

    def _want(self, pages: Iterable[int]) -> None:
        if self._pages.want(pages):
            self._scope.busy("gallery-pages", self._load_wanted())

    async def _load_wanted(self) -> None:
        """Page after page, the one nearest to the eye first."""
        while (page := self._pages.next_wanted()) is not None:
            await self._load_page(page, self._generation)
            self._pages.answered(page)

    async def _load_page(self, page: int, generation: int) -> None:
        try:
            rows = await self._reader.page(self._query, page)
        except StudioError as error:
            self._pages.refuse(page)
            self._fail(error)
            return
        if generation != self._generation:
            return
        self._pages.put(page, rows)
        first, last = page * PAGE, min((page + 1) * PAGE, self._pages.size) - 1
        if last >= first:
            self.dataChanged.emit(self.index(first), self.index(last))

    async def _load_anew(self) -> None:
        """A new query: what its top needs is read, then the model is reset once."""
        query, generation = self._query, self._generation
        self._missed = False
        if not query.project_id:
            self._state = "ready"
            self._reset(Reading())
            return
        try:
            if query.text:
                await self._load_first(query, generation)
            found = await self._reader.read(query, (0,), self._held_ids())
        except StudioError as error:
            self._reset(Reading())
            self._fail(error)
            return
        if generation != self._generation:
            return
        self._state, self._failure = "ready", ""
        if self._shown_generation == generation:
            self._grow(found)
        else:
            self._reset(found)
        if self._missed:
            self._soon(_ROWS, self._refresh)

    async def _load_first(self, query: RosterQuery, generation: int) -> None:
        """What is typed is answered with its first cards at once: counting takes longer."""
        rows = await self._reader.page(query, 0)
        if generation != self._generation:
            return
        self._state, self._failure = "ready", ""
        first = Reading(len(rows), self._total, {0: rows}, self._chips, self._progress)
        first.places = places_of(first.pages)
        self._reset(first, is_counted=len(rows) < PAGE)
        await asyncio.sleep(_TYPING_SECONDS)

    def _grow(self, found: Reading) -> None:
        """The first cards are on screen already: the rest and the counts join them."""
        before = self._held_place
        self._move_rows(found)
        self.counts_changed.emit()
        self._tell_held(before)

    async def _clear_when_slow(self, generation: int) -> None:
        """Cards of another project do not stay under a new name while the store is slow."""
        await asyncio.sleep(_SLOW_SECONDS)
        if generation == self._generation != self._shown_generation:
            self._state = "loading"
            self._reset(Reading())

    def _reset(self, found: Reading, *, is_counted: bool = True) -> None:
        self.beginResetModel()
        self._pages.eye = (0, 0)
        self._pages.size = found.size
        self._take(found)
        self._shown_generation = self._generation
        self.endResetModel()
        if is_counted:
            self.counts_changed.emit()
        self._tell_held(-1)

    async def _refresh(self) -> None:
        """Rows moved underneath: read again what is near the eye, keep everything in its place."""
        query, generation = self._query, self._generation
        if not query.project_id or self._shown_generation != generation:
            self._missed = True
            return
        kept = self._kept_ids()
        try:
            found = await self._reader.read(query, self._pages.around_eye(1), set(kept.values()))
        except StudioError as error:
            self._fail(error)
            return
        if generation != self._generation:
            return
        before = self._held_place
        self._state, self._failure = "ready", ""
        if self._held_id and self._held_id not in kept.values():
            self._stale.add(_ROWS)  # it was held while we read: look for it in one more round
        self._move_rows(found)
        self.counts_changed.emit()
        self.refreshed.emit(query.project_id)
        self._tell_held(before)

    def _held_ids(self) -> set[str]:
        return {self._held_id} - {""}

    def _kept_ids(self) -> dict[int, str]:
        """What a view must find again, by row: its own indexes, the first in sight, the held."""
        rows = {index.row() for index in self.persistentIndexList()} | {self._pages.eye[0]}
        kept = {row: influencer_id for row in rows if (influencer_id := self.id_at(row))}
        if self._held_id:
            kept[self._held_place] = self._held_id
        return kept

    def _move_rows(self, found: Reading) -> None:
        """Take ``found`` so that every index a view keeps follows its influencer.

        Rows are added at the end before, and taken from the end after the others have moved.
        """
        if found.size > self._pages.size:
            self.beginInsertRows(_NOWHERE, self._pages.size, found.size - 1)
            self._pages.size = found.size
            self.endInsertRows()
        self.layoutAboutToBeChanged.emit()
        moves = {**places_of(found.pages), **found.places}
        indexes = self.persistentIndexList()
        ids = [self.id_at(index.row()) for index in indexes]
        self._take(found)
        places = [moves.get(influencer_id, -1) for influencer_id in ids]
        self.changePersistentIndexList(
            indexes, [self.index(place) if place >= 0 else _NOWHERE for place in places]
        )
        self.layoutChanged.emit()
        if found.size < self._pages.size:
            self.beginRemoveRows(_NOWHERE, found.size, self._pages.size - 1)
            self._pages.size = found.size
            self.endRemoveRows()

    def _take(self, found: Reading) -> None:
        self._pages.take(found.pages)
        self._chips, self._total, self._progress = found.chips, found.total, found.progress
        self._held_place = found.places.get(self._held_id, -1)
        self._held_gone = self._held_id in found.gone

    def _tell_held(self, before: int) -> None:
        if self._held_place >= 0 > before:
            self.located.emit(self._held_id)

    async def _refresh_progress(self) -> None:
        project_id = self._query.project_id
        try:
            progress = await self._reader.progress(project_id)
        except StudioError as error:
            self._fail(error)
            return
        if project_id != self._query.project_id:
            return
        before, self._progress = self._progress, progress
        places = self._pages.places()
        for influencer_id in before.keys() | progress.keys():
            row = places.get(influencer_id, -1)
            if before.get(influencer_id) != progress.get(influencer_id) and row >= 0:
                self.dataChanged.emit(self.index(row), self.index(row))

    def _fail(self, error: StudioError) -> None:
        self._state, self._failure = "failed", error.for_people()
        self._hub.publish(
            Notice(error.sentence, error.next_step, is_problem=True, request_id=error.request_id)
        )
        self.counts_changed.emit()

    # ---- hearing

    def _soon(self, what: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do it once more after whatever runs now, so that a storm of events delays nothing."""
        self._stale.add(what)
        self._scope.busy(f"gallery-{what}", self._until_fresh(what, work))

    async def _until_fresh(self, what: str, work: Callable[[], Awaitable[None]]) -> None:
        while what in self._stale:
            self._stale.discard(what)
            await work()

    def _on_influencers(self, event: InfluencersChanged) -> None:
        if event.project_id in ("", self._query.project_id):
            self._soon(_ROWS, self._refresh)

    def _on_jobs(self, _event: JobsChanged) -> None:
        self._soon(_PROGRESS, self._refresh_progress)

    def _on_status(self, _event: StatusChanged) -> None:
        if not self._pages.size:
            self.counts_changed.emit()
