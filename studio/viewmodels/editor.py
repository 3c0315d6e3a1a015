"""The editor of one influencer: its fields, its unsent changes, undo, review and publish."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence

from studio.core.clock import SystemClock
from studio.core.errors import StudioError
from studio.domain.fields import BY_PATH, label_of
from studio.viewmodels.draft_writer import NOTHING
from studio.viewmodels.edit_steps import UndoSteps, Values
from studio.viewmodels.form_values import field_of, stored
from studio.viewmodels.open_persona import OpenPersona
from studio.viewmodels.save_state import SaveState, save_state
from studio.viewmodels.step_book import StepBook

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from PySide6.QtCore import QObject

    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.domain.edit_step import StepKind
    from studio.domain.influencer import FieldValue
    from studio.domain.projection import Shown
    from studio.viewmodels.open_persona import Phase
    from studio.viewmodels.services import PersonaService, SyncService, UploadService
    from studio.viewmodels.step_book import StepService


class EditorViewModel(OpenPersona):
    """The editor of the open influencer.

    A value that is set is in the form at once, in the durable draft a moment later (in the order
    typed), and on the server only after :meth:`publish`.
    """

    unsent_changed = Signal()
    suggestions_ready = Signal(str)
    """The path of a field whose :meth:`suggested` words are here now."""
    clone_requested = Signal(str)
    quick_clone_requested = Signal(str)
    delete_requested = Signal(str)
    open_requested = Signal(str)

    def __init__(
        self,
        personas: PersonaService,
        sync: SyncService,
        hub: EventHub,
        scope: TaskScope,
        *,
        clock: Clock | None = None,
        steps: StepService | None = None,
        uploads: UploadService | None = None,
        parent: QObject | None = None,
    ) -> None:
        """``scope`` is the window's; the editor's own tasks live in a child of it.

        ``steps`` keeps undo and redo over restarts; without it they end with the program.
        ``uploads`` lets them take images off their way and back.
        """
        book = StepBook(personas, steps, uploads)
        super().__init__(personas, sync, hub, scope, parent, edits=book)
        self._steps = UndoSteps(
            clock or SystemClock(),
            book,
            self._apply,
            self._scope,
            self._writer.flush,
            self._tell,
            self,
        )
        self._publishing = False
        self._unsent = 0
        self._suggested: dict[str, tuple[str, ...]] = {}
        self._told: SaveState | None = None
        self._slow_write = self._timer(self._on_slow_write)
        self._write_is_slow = False
        self.undo_action = self._steps.undo_action
        self.redo_action = self._steps.redo_action
        self.publish_action = self._make_publish_action()

    def _make_publish_action(self) -> QAction:
        action = QAction(self.tr("Publish changes"), self)
        action.setShortcuts([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
        action.setEnabled(False)
        action.triggered.connect(self.publish)
        return action

    async def close(self) -> None:
        """Make every typed value durable, then end tasks and subscriptions.

        Raises StudioError when something could not be written on this computer.
        """
        self._slow_write.stop()
        await super().close()

    @property
    def unsent(self) -> int:
        """How many fields have unsent changes."""
        return self._unsent

    def set_value(self, path: str, value: FieldValue) -> None:
        """Put a value into the draft: shown at once, durable a moment later, one undo step."""
        value = stored(path, value)
        if not self.editable or value == self._form.value(path):
            return
        title = self.tr("Change {field}").replace("{field}", label_of(path).lower())
        before = {path: self._form.value(path)}
        self._steps.typed(self._id, path, title, before, {path: value})

    def revert(self, path: str) -> None:
        """Take one field back to the server's value; undoable."""
        change = self.mark(path)
        if change is not None and self.editable:
            title = self.tr("Revert {field}").replace("{field}", label_of(path).lower())
            self._step(title, {path: change.old})

    def discard(self) -> None:
        """Take every field back to the server's value, in one undoable step.

        One that was made here and never sent goes whole, which cannot be undone.
        """
        if self.is_unsent_draft:
            self._command("discard", self._personas.discard)
        elif self.changes and self.editable:
            self._step(self.tr("Discard changes"), {c.path: c.old for c in self.changes})

    @property
    def is_unsent_draft(self) -> bool:
        """Whether it exists only here and nothing of it was asked to be sent."""
        shown = self._shown
        return shown is not None and shown.is_local_only and not shown.waiting

    def end_step(self) -> None:
        """The next edit starts an undo step of its own."""
        self._steps.end_step()

    def on_images_added(self, added: object) -> None:
        """Images were taken in, as ``(influencer id, upload ids)``; undo takes them off again."""
        influencer_id, uploads = cast("tuple[str, tuple[str, ...]]", added)
        count = len(uploads)
        words = self.tr("Add image") if count == 1 else self.tr("Add {n} images")
        title = words.replace("{n}", str(count))
        self._steps.images_changed(influencer_id, title, "images_in", uploads)

    def on_image_removed(self, removed: object) -> None:
        """An image was taken off its way, as ``(influencer id, upload ids)``."""
        influencer_id, uploads = cast("tuple[str, tuple[str, ...]]", removed)
        self._steps.images_changed(influencer_id, self.tr("Remove image"), "images_out", uploads)

    def restore(self, values: Values) -> None:
        """Take earlier values over as unsent changes, in one undoable step."""
        kept = {path: stored(path, each) for path, each in values.items() if path in BY_PATH}
        wanted = {path: each for path, each in kept.items() if each != self._form.value(path)}
        if wanted and self.editable:
            one = next(iter(wanted)) if len(wanted) == 1 else ""
            words = self.tr("Restore {field}").replace("{field}", label_of(one).lower())
            self._step(words if one else self.tr("Restore earlier version"), wanted, "restore")

    def _step(self, title: str, after: Values, kind: StepKind = "edit") -> None:
        before = {path: self._form.value(path) for path in after}
        self._steps.done(self._id, title, before, after, kind)

    def _apply(self, influencer_id: str, values: Values) -> None:
        self._form.put(values)
        self._serial += 1
        self._touched.update(dict.fromkeys(values, self._serial))
        if not self._writer.unwritten(influencer_id):
            self._slow_write.start()
        self._writer.put(influencer_id, values)
        self._announce(frozenset(values))

    def suggested(self, path: str) -> tuple[str, ...]:
        """Words to offer in a field of chips, most used first; empty while they are not read."""
        return self._suggested.get(path, ())

    def enter_field(self, path: str) -> None:
        """A field has the focus: what comes in leaves it alone, and its suggestions are read."""
        super().enter_field(path)
        if self._shown is not None and BY_PATH[path].kind == "chips":
            project_id = self._shown.influencer.project_id
            self._scope.latest(f"suggest {path}", self._suggest(project_id, path))

    async def _suggest(self, project_id: str, path: str) -> None:
        try:
            words = await self._personas.suggestions(project_id, path)
        except StudioError:
            return  # Completion is a comfort; typing goes on without it.
        if words != self._suggested.get(path):
            self._suggested[path] = words
            self.suggestions_ready.emit(path)

    def leave_field(self, path: str) -> None:
        """The focus left a field: its undo step ends and a held value comes in."""
        self.end_step()
        super().leave_field(path)

    def _become(
        self,
        influencer_id: str,
        shown: Shown | None,
        phase: Phase,
        reason: str = "",
        unwritten: Values = NOTHING,
    ) -> None:
        self.end_step()
        super()._become(influencer_id, shown, phase, reason, unwritten)

    def _settle(self) -> None:
        """Bring counts and actions in line with the form, and tell."""
        unsent = len(self.changes)
        self._steps.activate(self._id if self.editable else "")
        self.publish_action.setEnabled(not self.publish_blocker)
        self._told = self.save_state
        if unsent != self._unsent:
            self._unsent = unsent
            self.unsent_changed.emit()
        self.state_changed.emit()

    # What is sent

    @property
    def save_state(self) -> SaveState:
        """Where the changes of the open influencer are."""
        waiting = self._shown.waiting if self._shown is not None else ()
        failure = self._writer.failure(self._id)
        if self._shown is not None and self._shown.as_of is not None and not failure:
            return SaveState("published", self.note)
        return save_state(len(self.changes), waiting, failure, writing=self._write_is_slow)

    @property
    def publish_blocker(self) -> str:
        """Why Publish cannot be pressed, as a sentence; empty when it can."""
        if self._publishing:
            return self.tr("The changes are being queued.")
        if self._shown is None:
            return self.tr("No influencer is open.")
        if not self.editable:
            return self.note
        problems = self._form.problems()
        if problems:
            return next(iter(problems.values()))
        if not self.changes and not self.is_unsent_draft:
            return self.tr("Nothing has changed since it was last published.")
        return ""

    def publish(self) -> None:
        """Queue every change of the open influencer; a second call while one runs does nothing."""
        self.hand_in_requested.emit()
        if not self.publish_blocker:
            self.end_step()
            self._publishing = True
            self._settle()
            self._scope.busy("publish", self._publish(self._id))

    async def _publish(self, influencer_id: str) -> None:
        try:
            await self._writer.flush()
            await self._personas.publish(influencer_id)
        except StudioError as error:
            self._on_publish_failed(influencer_id, error)
        finally:
            await self._read(influencer_id)
            self._publishing = False
            self._settle()

    def _on_publish_failed(self, influencer_id: str, error: StudioError) -> None:
        path = field_of(error.field)
        if path and influencer_id == self._id:
            self._form.reject(path, error.for_people())
            self._announce(frozenset((path,)))
        else:
            self._tell(error)

    def send_again(self) -> None:
        """Try waiting or refused changes now."""
        self._command("send again", self._personas.send_again)

    def take_back(self) -> None:
        """Take waiting or refused changes back into the draft."""
        self._command("take back", self._personas.take_back)

    def save_again(self) -> None:
        """Try again to make typed values durable."""
        self._writer.retry()

    def _command(self, name: str, call: Callable[[str], Awaitable[None]]) -> None:
        if self._id:
            self._scope.busy(name, self._run(self._id, call))

    async def _run(self, influencer_id: str, call: Callable[[str], Awaitable[None]]) -> None:
        try:
            await self._writer.flush()
            await call(influencer_id)
        except StudioError as error:
            self._tell(error)
        await self._read(influencer_id)

    def request_clone(self) -> None:
        """The wish to clone the open influencer with a choice of overrides."""
        self.clone_requested.emit(self._id)

    def request_quick_clone(self) -> None:
        """The wish to clone it at once."""
        self.quick_clone_requested.emit(self._id)

    def request_delete(self) -> None:
        """The wish to delete it."""
        self.delete_requested.emit(self._id)

    def _on_written(self, influencer_id: str) -> None:
        super()._on_written(influencer_id)
        if influencer_id != self._id:
            return
        if not self._writer.unwritten(influencer_id):
            self._slow_write.stop()
            self._write_is_slow = False
        if self.save_state != self._told:
            self._settle()

    def _on_slow_write(self) -> None:
        self._write_is_slow = True
        self._settle()
