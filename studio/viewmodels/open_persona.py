"""Which influencer is open: its projection, and how it keeps up with changes from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from studio.core.errors import StudioError
from studio.domain.events import InfluencersChanged, Notice, StatusChanged
from studio.viewmodels.draft_writer import NOTHING, DraftWriter
from studio.viewmodels.form_values import PATHS, FormValues

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.domain.diff import Change
    from studio.domain.influencer import FieldValue, Influencer
    from studio.domain.projection import Shown
    from studio.viewmodels.draft_writer import TakesEdits
    from studio.viewmodels.services import PersonaService, SyncService

Phase = Literal["empty", "loading", "open", "gone", "failed"]

SLOW_MS = 150
"""Reading or writing that takes longer than this is told; shorter would only flicker."""


class OpenPersona(QObject):
    """One influencer at a time, opened by id, and the values its form shows.

    What comes from elsewhere never replaces a field with an unsent change, nor the one with the
    focus, nor one typed into while the projection was being read.
    """

    opened = Signal()
    """Another influencer, or none, is in the editor: every field is another."""
    hand_in_requested = Signal()
    """It is about to be replaced, published or closed: what was typed and not set yet is due."""
    fields_changed = Signal(object)
    """A frozenset of paths whose value, mark, problem or note changed."""
    state_changed = Signal()
    """Header, save state, or what may be done changed."""
    variants_changed = Signal()

    def __init__(
        self,
        personas: PersonaService,
        sync: SyncService,
        hub: EventHub,
        scope: TaskScope,
        parent: QObject | None = None,
        *,
        edits: TakesEdits | None = None,
    ) -> None:
        """``scope`` is the window's; the editor's own tasks live in a child of it.

        ``edits`` is where typed values go; without it, straight to ``personas``.
        """
        super().__init__(parent)
        self._personas = personas
        self._sync = sync
        self._hub = hub
        self._scope = scope.child("editor")
        self._writer = DraftWriter(edits or personas, self._scope, self, self._on_written)
        self._form = FormValues()
        self._phase: Phase = "empty"
        self._wanted = ""
        self._id = ""
        self._shown: Shown | None = None
        self._variants: tuple[Influencer, ...] = ()
        self._reason = ""
        self._focus = ""
        self._serial = 0
        self._touched: dict[str, int] = {}
        self._read_again = False
        self._read_when_written = False
        self._slow_read = self._timer(self._on_slow_read)
        self._subscriptions = (
            hub.subscribe(InfluencersChanged, self._on_influencers_changed),
            hub.subscribe(StatusChanged, self._on_status_changed),
        )

    def _timer(self, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(SLOW_MS)
        timer.timeout.connect(slot)
        return timer

    async def close(self) -> None:
        """Make every typed value durable, then end tasks and subscriptions.

        Raises StudioError when something could not be written on this computer.
        """
        self.hand_in_requested.emit()
        for subscription in self._subscriptions:
            subscription.close()
        self._slow_read.stop()
        try:
            await self._writer.flush()
        finally:
            await self._scope.close()

    async def flush(self) -> None:
        """Return when every typed value is durable. Raises StudioError when one cannot be."""
        self.hand_in_requested.emit()
        await self._writer.flush()

    @property
    def phase(self) -> Phase:
        """Nothing, being read, open, not known here any more, or unreadable."""
        return self._phase

    @property
    def influencer_id(self) -> str:
        """The influencer in the editor; empty when there is none."""
        return self._id

    @property
    def influencer(self) -> Influencer | None:
        """The open influencer with everything typed so far."""
        if self._shown is None:
            return None
        made = self._shown.influencer
        for path in PATHS:
            value = self._form.value(path)
            if made.value(path) != value:
                made = made.with_value(path, value)
        return made

    @property
    def shown(self) -> Shown | None:
        """The projection as it was last read."""
        return self._shown

    @property
    def variants(self) -> tuple[Influencer, ...]:
        """Influencers cloned from the open one."""
        return self._variants

    @property
    def reason(self) -> str:
        """Why the influencer could not be read, as a sentence."""
        return self._reason

    @property
    def editable(self) -> bool:
        """Whether fields may be edited: its details are here and it is not being deleted."""
        shown = self._shown
        return (
            self._phase == "open"
            and shown is not None
            and shown.influencer.detailed
            and not shown.deleting
            and shown.as_of is None
        )

    @property
    def note(self) -> str:
        """Why fields cannot be edited now, or why its render failed; empty when all is well."""
        shown = self._shown
        if shown is None:
            return ""
        if self.editable:
            failed = shown.influencer.status == "failed"
            return shown.influencer.error_message if failed else ""
        if shown.as_of is not None:
            return self.tr("As it was then, read only.")
        if shown.deleting:
            return self.tr("It is being deleted.")
        if self._sync.status.contact in ("offline", "sign_in"):
            return self.tr("Details are read as soon as the server can be reached.")
        return self.tr("Details are being read.")

    def open(self, influencer_id: str) -> None:
        """Show another influencer; the one before stays until it is read, so nothing flickers."""
        if influencer_id == self._wanted and self._phase in ("loading", "open"):
            return
        self._wanted = influencer_id
        self._slow_read.start()
        self._scope.latest("open", self._open(influencer_id))

    def close_current(self) -> None:
        """Show nothing. Unsent changes stay in the draft."""
        self._wanted = ""
        self._slow_read.stop()
        self._scope.latest("open", self._open(""))

    async def _open(self, influencer_id: str) -> None:
        if not influencer_id:
            self._become("", None, "empty")
            return
        before = self._writer.unwritten(influencer_id)
        try:
            shown = await self._personas.show(influencer_id)
        except StudioError as error:
            self._become(influencer_id, None, "failed", error.for_people())
            return
        if shown is None:
            self._become(influencer_id, None, "gone")
            return
        self._become(influencer_id, shown, "open", unwritten=before)
        self._scope.latest("variants", self._read_variants(influencer_id))
        self._scope.latest("freshen", self._freshen(influencer_id))

    def _become(
        self,
        influencer_id: str,
        shown: Shown | None,
        phase: Phase,
        reason: str = "",
        unwritten: Mapping[str, FieldValue] = NOTHING,
    ) -> None:
        self._slow_read.stop()
        if self._shown is not None:
            self.hand_in_requested.emit()
        if shown is not None:
            self._form.load(shown, {**unwritten, **self._writer.unwritten(influencer_id)})
        self._id = influencer_id if shown is not None else ""
        self._shown = shown
        self._phase = phase
        self._reason = reason
        self._focus = ""
        self._variants = ()
        self.opened.emit()
        self.variants_changed.emit()
        self._settle()

    def _on_slow_read(self) -> None:
        if self._wanted != self._id:
            self._become("", None, "loading")

    async def _freshen(self, influencer_id: str) -> None:
        try:
            await self._personas.freshen(influencer_id)
        except StudioError:
            return  # The status bar tells why there is no contact; the note tells what is missing.

    async def _read_variants(self, influencer_id: str) -> None:
        try:
            variants = await self._personas.variants(influencer_id)
        except StudioError:
            variants = ()
        if influencer_id == self._id and variants != self._variants:
            self._variants = variants
            self.variants_changed.emit()

    # Fields

    def value(self, path: str) -> FieldValue:
        """What a field shows."""
        return self._form.value(path)

    def mark(self, path: str) -> Change | None:
        """The unsent change of a field, or None."""
        return self._form.mark(path)

    def incoming(self, path: str) -> Change | None:
        """A newer value of the server that waits until the focus leaves the field, or None."""
        return self._form.incoming(path)

    def moved(self, path: str) -> Change | None:
        """What a changed field was typed over, against what the server has there by now; None
        while these are the same."""
        return self._form.moved(path)

    def stays_here(self, path: str) -> bool:
        """Whether a field holds a change that this server does not take: it is kept on this
        computer, not unsent and not sent (contract 4)."""
        return self._form.stays_here(path)

    def problem(self, path: str) -> str:
        """Why a field cannot be sent or was refused; empty when nothing is wrong."""
        return self._form.problem(path)

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every unsent change, in the editor's order: what Publish would send."""
        return self._form.changes() if self._shown is not None else ()

    def enter_field(self, path: str) -> None:
        """A field has the focus: what comes in from elsewhere leaves it alone."""
        self._focus = path

    def leave_field(self, path: str) -> None:
        """The focus left a field: a held value comes in."""
        if self._focus == path:
            self._focus = ""
        if self._form.release(path):
            self._announce(frozenset((path,)))

    def _announce(self, paths: frozenset[str]) -> None:
        if paths:
            self.fields_changed.emit(paths)
        self._settle()

    def _settle(self) -> None:
        """Bring what depends on the form in line, and tell."""
        self.state_changed.emit()

    def _on_written(self, influencer_id: str) -> None:
        """A value of ``influencer_id`` became durable, or could not be written."""
        written = influencer_id == self._id and not self._writer.unwritten(influencer_id)
        if written and self._read_when_written:
            self._read_soon()

    def _read_soon(self) -> None:
        self._read_again = True
        self._scope.busy("read", self._read_while_asked())

    def _tell(self, error: StudioError) -> None:
        self._hub.publish(
            Notice(
                error.sentence,
                error.next_step,
                is_problem=True,
                influencer_id=self._id,
                request_id=error.request_id,
            )
        )

    # What comes from elsewhere

    def _on_influencers_changed(self, event: InfluencersChanged) -> None:
        shown = self._shown
        if shown is None:
            if self._phase in ("gone", "failed") and (not event.ids or self._wanted in event.ids):
                self.open(self._wanted)
            return
        if event.project_id != shown.influencer.project_id:
            return
        if event.initiator is not self and (not event.ids or self._id in event.ids):
            self._read_soon()
        if event.ids != {self._id}:
            self._scope.latest("variants", self._read_variants(self._id))

    def _on_status_changed(self, _event: StatusChanged) -> None:
        if self._shown is not None and not self.editable:
            self.state_changed.emit()

    async def _read_while_asked(self) -> None:
        while self._read_again:
            self._read_again = False
            await self._read(self._id)

    async def _read(self, influencer_id: str) -> None:
        """Take the projection over, except where something newer was typed here meanwhile."""
        if not influencer_id or influencer_id != self._id:
            return
        serial = self._serial
        keep = set(self._writer.unwritten(influencer_id))
        try:
            shown = await self._personas.show(influencer_id)
        except StudioError as error:
            self._tell(error)
            return
        if influencer_id != self._id:
            return
        if shown is None:
            self._become(influencer_id, None, "gone")
            return
        keep |= {path for path, moment in self._touched.items() if moment > serial}
        # Fields that were being written are looked at again once they are in the draft.
        self._read_when_written = bool(keep)
        was_editable = self.editable
        self._shown = shown
        changed = self._form.refresh(shown, keep, self._focus)
        self._announce(PATHS if was_editable != self.editable else changed)
