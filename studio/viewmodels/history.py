"""The history of the open influencer: what happened, and earlier versions as unsent changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from PySide6.QtCore import QObject, Signal

from studio.core.errors import StudioError
from studio.domain.events import InfluencersChanged, Notice

if TYPE_CHECKING:
    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.domain.diff import Change
    from studio.domain.influencer import FieldValue
    from studio.domain.timeline import TimelineEntry, TimelinePage
    from studio.viewmodels.editor import EditorViewModel

PAGE = 30

State = Literal["empty", "loading", "ready", "failed"]


class HistoryService(Protocol):
    """Timelines and earlier versions, as this workspace knows them."""

    async def timeline(
        self, influencer_id: str, before: int | None = None, limit: int = PAGE
    ) -> TimelinePage:
        """What happened, newest first, a page at a time."""
        ...

    async def version(self, influencer_id: str, seq: int) -> tuple[Change, ...]:
        """What is shown now against how it was after an entry."""
        ...

    async def deletion(self, influencer_id: str) -> str | None:
        """Why it is on the shelf, maybe empty; None when it is not there."""
        ...

    async def recreate(self, influencer_id: str, seq: int | None = None) -> str:
        """A new draft with everything it said, now or after an entry; the new id."""
        ...


class HistoryViewModel(QObject):
    """Entries of the influencer in the editor. Read while somebody looks, and only then."""

    changed = Signal()
    """Other entries, another state, or whether values may be taken over."""
    version_ready = Signal(str)
    """:meth:`version` knows the entry whose ``seq`` this is, as text."""

    def __init__(
        self,
        editor: EditorViewModel,
        service: HistoryService,
        hub: EventHub,
        scope: TaskScope,
        parent: QObject | None = None,
    ) -> None:
        """``scope`` is the window's; tasks live in a child of it."""
        super().__init__(parent)
        self._editor = editor
        self._service = service
        self._hub = hub
        self._scope = scope.child("history")
        self._active = False
        self._id = ""
        self._entries: tuple[TimelineEntry, ...] = ()
        self._before: int | None = None
        self._state: State = "empty"
        self._failure = ""
        self._deleted: str | None = None
        self._versions: dict[int, tuple[Change, ...]] = {}
        self._read_again = False
        editor.opened.connect(self._on_opened)
        editor.state_changed.connect(self._on_editor_changed)
        self._editable = editor.editable
        self._subscription = hub.subscribe(InfluencersChanged, self._on_influencers_changed)

    async def close(self) -> None:
        """End tasks and subscriptions."""
        self._subscription.close()
        await self._scope.close()

    # ---- what is shown

    @property
    def entries(self) -> tuple[TimelineEntry, ...]:
        """What happened, newest first, as far as it was read."""
        return self._entries

    @property
    def has_more(self) -> bool:
        """Whether there are earlier entries."""
        return self._before is not None

    @property
    def state(self) -> State:
        """Nothing open or nothing happened, being read, here, or unreadable."""
        if self._state == "ready" and not self._entries:
            return "empty"
        return self._state

    @property
    def failure(self) -> str:
        """Why it could not be read, as a sentence."""
        return self._failure

    @property
    def deleted(self) -> str | None:
        """The reason it was deleted for, maybe empty; None when it is not deleted."""
        return self._deleted

    @property
    def can_restore(self) -> bool:
        """Whether earlier values may become unsent changes now."""
        return self._editor.editable and self._deleted is None

    def version(self, seq: int) -> tuple[Change, ...] | None:
        """Now against the version after an entry; None until :meth:`look_into` has read it."""
        return self._versions.get(seq)

    def differs(self, path: str, value: FieldValue) -> bool:
        """Whether a value is another than the one in the form."""
        return (self._editor.value(path) or None) != (value or None)

    # ---- what a person does

    def set_active(self, *, active: bool) -> None:
        """Somebody looks at the history, or not any more."""
        if active != self._active:
            self._active = active
            if active:
                self._start_over()

    def show_earlier(self) -> None:
        """Read the next page."""
        if self._before is not None:
            self._scope.busy("earlier", self._read_earlier(self._id, self._before))

    def look_into(self, seq: int) -> None:
        """Find out what restoring the version after an entry would change."""
        if self._id and seq not in self._versions:
            self._scope.spawn(self._read_version(self._id, seq), name="version")

    def restore(self, seq: int) -> None:
        """Take the whole version after an entry over, as unsent changes; one undo takes it back."""
        changes = self._versions.get(seq)
        if changes and self.can_restore:
            self._editor.restore({change.path: change.new for change in changes})

    def bring_back(self, path: str, value: FieldValue) -> None:
        """Take one earlier value over, as an unsent change."""
        if self.can_restore:
            self._editor.restore({path: value})

    def recreate(self, seq: int | None = None) -> None:
        """Make a new draft of a deleted influencer and open it."""
        if self._id:
            self._scope.busy("recreate", self._recreate(self._id, seq))

    # ---- reading

    def _on_opened(self) -> None:
        if self._active:
            self._start_over()

    def _start_over(self) -> None:
        influencer_id = self._editor.influencer_id
        if influencer_id != self._id:
            self._id = influencer_id
            self._entries, self._before, self._deleted = (), None, None
            self._versions = {}
            self._state = "loading" if influencer_id else "empty"
            self.changed.emit()
        self._read_soon()

    def _read_soon(self) -> None:
        if self._id:
            self._read_again = True
            self._scope.busy("timeline", self._read_while_asked())

    async def _read_while_asked(self) -> None:
        while self._read_again:
            self._read_again = False
            await self._read(self._id, max(PAGE, len(self._entries)))

    async def _read(self, influencer_id: str, limit: int) -> None:
        try:
            page = await self._service.timeline(influencer_id, None, limit)
            deleted = await self._service.deletion(influencer_id)
        except StudioError as error:
            if influencer_id == self._id:
                self._state, self._failure = "failed", error.for_people()
                self.changed.emit()
            return
        if influencer_id != self._id:
            self._read_again = True
            return
        news = (page.entries, deleted) != (self._entries, self._deleted) or self._state != "ready"
        self._entries, self._before, self._deleted = page.entries, page.before, deleted
        self._state, self._failure = "ready", ""
        for seq in tuple(self._versions):
            self._scope.spawn(self._read_version(influencer_id, seq), name="version")
        if news:
            self.changed.emit()

    async def _read_earlier(self, influencer_id: str, before: int) -> None:
        try:
            page = await self._service.timeline(influencer_id, before, PAGE)
        except StudioError as error:
            self._tell(error)
            return
        if influencer_id == self._id and before == self._before:
            self._entries += page.entries
            self._before = page.before
            self.changed.emit()

    async def _read_version(self, influencer_id: str, seq: int) -> None:
        try:
            changes = await self._service.version(influencer_id, seq)
        except StudioError as error:
            self._tell(error)
            return
        if influencer_id == self._id:
            self._versions[seq] = changes
            self.version_ready.emit(str(seq))

    async def _recreate(self, influencer_id: str, seq: int | None) -> None:
        try:
            made = await self._service.recreate(influencer_id, seq)
        except StudioError as error:
            self._tell(error)
            return
        self._editor.open_requested.emit(made)

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

    def _on_editor_changed(self) -> None:
        if self._active and self._editor.editable != self._editable:
            self._editable = self._editor.editable
            self.changed.emit()

    def _on_influencers_changed(self, event: InfluencersChanged) -> None:
        if self._active and (not event.ids or self._id in event.ids):
            self._read_soon()
