"""The outbox on screen: rows in words, what a person does with them, and the dry run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from studio.core.errors import StudioError
from studio.core.values import dataclass
from studio.domain.events import InfluencersChanged, Notice, StatusChanged, UploadsChanged
from studio.viewmodels.outbox_model import OutboxModel
from studio.viewmodels.outbox_words import (
    OutboxLine,
    contact_words,
    counts_words,
    line_of,
    removed_words,
    request_text,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.domain.outbox import CloneIntent, OutboxRow
    from studio.viewmodels.outbox_service import OutboxService
    from studio.viewmodels.services import SyncService

_TICK_SECONDS = 1.0
_MANY = 200
_MANY_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """A field of an influencer that has to be looked at."""

    influencer_id: str
    path: str


class OutboxViewModel(QObject):
    """Made for one opening of the outbox; ``close`` it with the dialog."""

    changed = Signal()
    """Rows, counts or contact."""

    ticked = Signal()
    """Only ages and countdowns moved."""

    selected_changed = Signal()
    """Another row is chosen, or what is known of it moved."""

    preview_changed = Signal()
    """The requests of the chosen row."""

    problem_changed = Signal()
    """What was asked for could not be done, or that is no longer worth saying."""

    copied = Signal(str)
    """Text for the clipboard: every request."""

    opened = Signal(str)
    """An influencer to open in the editor."""

    field_wanted = Signal(object)
    """A :class:`FieldPlace` that has to be fixed."""

    choice_wanted = Signal(str)
    """An influencer whose conflict has to be settled."""

    clone_wanted = Signal(object)
    """A :class:`studio.domain.outbox.CloneIntent` to be changed."""

    def __init__(
        self,
        service: OutboxService,
        sync: SyncService,
        hub: EventHub,
        scope: TaskScope,
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._service, self._sync, self._hub = service, sync, hub
        self._scope, self._clock = scope, clock
        self._rows: tuple[OutboxRow, ...] = ()
        self._loaded = False
        self._look_again = False
        self._closed = False
        self._selected = ""
        self._preview = ""
        self._problem = ""
        self.model = OutboxModel(self.line, self)
        self._subscriptions = (
            hub.subscribe(InfluencersChanged, self._on_moved),
            hub.subscribe(UploadsChanged, self._on_moved),
            hub.subscribe(StatusChanged, self._on_moved),
        )

    def start(self) -> None:
        """Read what waits, and keep the ages moving."""
        self._on_moved(None)
        self._scope.busy("tick", self._tick())

    def close(self) -> None:
        """Hear nothing more, and let ages stand still."""
        self._closed = True
        for subscription in self._subscriptions:
            subscription.close()

    # ---- what is shown

    @property
    def rows(self) -> tuple[OutboxRow, ...]:
        """Everything that waits, in the order it can go."""
        return self._rows

    @property
    def is_loaded(self) -> bool:
        """Whether the store has answered."""
        return self._loaded

    def line(self, row: OutboxRow) -> OutboxLine:
        """A row in words, as of now."""
        return line_of(row, self._sync.status, self._clock.now())

    @property
    def words(self) -> str:
        """Counts and contact on one line."""
        contact = contact_words(self._sync.status, self._clock.now())
        counts = counts_words(self._rows)
        return f"{counts} · {contact}" if counts else contact

    @property
    def empty_words(self) -> tuple[str, str]:
        """What is true when nothing waits: a heading and a sentence."""
        contact = contact_words(self._sync.status, self._clock.now())
        drafts = self._sync.status.drafts
        if not drafts:
            return self.tr("Nothing waits"), contact
        kept = (
            self.tr("1 influencer has edits that were never published.")
            if drafts == 1
            else self.tr("{count} influencers have edits that were never published.").replace(
                "{count}", str(drafts)
            )
        )
        return self.tr("Nothing waits"), f"{contact} {kept}"

    @property
    def problem(self) -> str:
        """Why the last wish could not be done; empty otherwise."""
        return self._problem

    @property
    def can_send_all(self) -> bool:
        """Whether anything would go at once."""
        return any(row.state == "waiting" and not row.planned for row in self._rows)

    @property
    def can_hold_all(self) -> bool:
        """Whether anything can be held back."""
        return any(row.can_hold for row in self._rows)

    @property
    def can_release_all(self) -> bool:
        """Whether anything is held."""
        return any(row.can_release for row in self._rows)

    @property
    def selected(self) -> OutboxLine | None:
        """The chosen row in words."""
        row = self._row(self._selected)
        return self.line(row) if row is not None else None

    @property
    def preview(self) -> str:
        """The requests of the chosen row as text, the key masked; empty until they are written."""
        return self._preview

    # ---- what a person does

    def select(self, row_id: str) -> None:
        """Choose a row; its requests are written down."""
        if row_id != self._selected:
            self._selected = row_id
            self._preview = ""
            self.selected_changed.emit()
            self.preview_changed.emit()
            self._write_down()

    def hold(self, row_id: str) -> None:
        """Keep it back."""
        self._do(f"hold {row_id}", partial(self._service.hold, row_id))

    def release(self, row_id: str) -> None:
        """Let it go."""
        self._do(f"release {row_id}", partial(self._service.release, row_id))

    def remove(self, row_id: str) -> None:
        """Take it out; edits return to the draft."""
        row = self._row(row_id)
        if row is not None and row.can_remove:
            self._do(f"remove {row_id}", partial(self._remove, row))

    def send_now(self, row_id: str) -> None:
        """Try it now."""
        self._do(f"send {row_id}", partial(self._service.send_now, row_id))

    def send_all(self) -> None:
        """Try everything now."""
        self._do("send all", self._service.send_all)

    def hold_all(self) -> None:
        """Keep everything back."""
        self._do("hold all", self._service.hold_all)

    def release_all(self) -> None:
        """Let everything go."""
        self._do("release all", self._service.release_all)

    def edit(self, row_id: str) -> None:
        """Change what it asks for: a clone in place, anything else back in the editor."""
        row = self._row(row_id)
        if row is None:
            return
        if row.kind == "clone":
            self._do(f"edit {row_id}", partial(self._ask_for_clone, row_id))
        else:
            self._do(f"edit {row_id}", partial(self._take_back, row_id))

    def change_clone(self, intent: CloneIntent) -> None:
        """Another name and other overrides for a clone that waits."""
        change = partial(self._service.change_clone, intent.row_id, intent.name, intent.overrides)
        self._do(f"change {intent.row_id}", change)

    def fix(self, row_id: str) -> None:
        """Do what its error asks for."""
        row = self._row(row_id)
        if row is None:
            return
        match self.line(row).fix:
            case "choice":
                self.choice_wanted.emit(row.influencer_id)
            case "field":
                self._do(f"fix {row_id}", partial(self._fix_field, row))
            case _:
                self.send_now(row_id)

    def open(self, row_id: str) -> None:
        """Open its influencer in the editor."""
        row = self._row(row_id)
        if row is not None:
            self.opened.emit(row.influencer_id)

    def copy_all(self) -> None:
        """Write every request down for the clipboard."""
        self._scope.busy("copy all", self._copy_all())

    # ---- doing it

    def _do(self, key: str, call: Callable[[], Awaitable[Any]]) -> None:
        self._scope.busy(key, self._guarded(call))

    async def _guarded(self, call: Callable[[], Awaitable[Any]]) -> None:
        self._say("")
        try:
            await call()
        except StudioError as error:
            self._say(error.for_people())
        self._on_moved(None)

    async def _remove(self, row: OutboxRow) -> None:
        gone = await self._service.remove(row.id)
        words = removed_words(row, others=gone - 1)
        self._hub.publish(Notice(words, influencer_id=row.influencer_id))

    async def _ask_for_clone(self, row_id: str) -> None:
        self.clone_wanted.emit(await self._service.clone_intent(row_id))

    async def _take_back(self, row_id: str) -> None:
        self.opened.emit(await self._service.edit(row_id))

    async def _fix_field(self, row: OutboxRow) -> None:
        if row.kind == "clone":
            await self._ask_for_clone(row.id)
            return
        influencer_id = await self._service.edit(row.id)
        self.field_wanted.emit(FieldPlace(influencer_id, row.reason_field))

    async def _copy_all(self) -> None:
        try:
            runs = await self._service.dry_run()
        except StudioError as error:
            self._say(error.for_people())
            return
        self.copied.emit("\n\n\n".join(request_text(run, whole=True) for run in runs))

    def _say(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            self.problem_changed.emit()

    def _row(self, row_id: str) -> OutboxRow | None:
        return next((row for row in self._rows if row.id == row_id), None)

    # ---- keeping up

    def _on_moved(self, _event: object) -> None:
        self._look_again = True
        self._scope.busy("load", self._load())

    async def _load(self) -> None:
        while self._look_again:
            self._look_again = False
            try:
                rows = await self._service.rows()
            except StudioError as error:
                self._say(error.for_people())
                return
            self._show(rows)
            if len(rows) > _MANY:
                # While a long outbox empties, each row that goes would read all of it again.
                await self._clock.sleep(_MANY_SECONDS)

    def _show(self, rows: tuple[OutboxRow, ...]) -> None:
        before = self._row(self._selected)
        moved, self._rows, self._loaded = rows != self._rows, rows, True
        if moved:
            self.model.show_rows(rows)
        self.changed.emit()
        now = self._row(self._selected)
        if now is None and rows:
            self.select(rows[0].id)
        elif now is None:
            self.select("")
        elif now != before:
            self.selected_changed.emit()
            self._write_down()

    def _write_down(self) -> None:
        if self._selected:
            self._scope.latest("preview", self._read_requests(self._selected))

    async def _read_requests(self, row_id: str) -> None:
        try:
            runs = await self._service.dry_run((row_id,))
            text = "\n\n".join(request_text(run) for run in runs)
        except StudioError as error:
            text = f"# {error.for_people()}"
        if row_id == self._selected and text != self._preview:
            self._preview = text
            self.preview_changed.emit()

    async def _tick(self) -> None:
        while not self._closed:
            await self._clock.sleep(_TICK_SECONDS)
            if not self._closed:
                self.ticked.emit()
