"""Undo and redo: named steps, typing merged, one history per influencer that outlives a restart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from studio.core.errors import StudioError
from studio.domain.influencer import FieldValue

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from studio.core.clock import Clock
    from studio.core.tasks import TaskScope
    from studio.domain.edit_step import EditStep, StepKind, WriteKind
    from studio.viewmodels.step_book import StepBook

Values = Mapping[str, FieldValue]
Apply = Callable[[str, Values], None]

BURST_SECONDS = 1.0
"""A pause this long ends the undo step of typing."""


class UndoSteps(QObject):
    """The steps of the influencer in the editor, behind one undo and one redo action.

    Steps live in a :class:`StepBook`, which makes them durable together with the values. Undo puts
    the values back by the same road as typing: after a publish it is a new unsent edit. Typing in
    one field without a pause is one step; adding, removing and moving list entries are steps of
    their own.
    """

    def __init__(
        self,
        clock: Clock,
        book: StepBook,
        apply: Apply,
        scope: TaskScope,
        flush: Callable[[], Awaitable[None]],
        failed: Callable[[StudioError], None],
        parent: QObject,
    ) -> None:
        """``apply`` puts values into the form and its draft; ``flush`` makes them durable."""
        super().__init__(parent)
        self._clock = clock
        self._book = book
        self._apply = apply
        self._scope = scope
        self._flush = flush
        self._failed = failed
        self._active = ""
        self._burst: tuple[str, str, float] = ("", "", 0.0)
        self._open = ""
        self.undo_action = QAction(self.tr("Undo"), parent)
        self.undo_action.setShortcuts(QKeySequence.StandardKey.Undo)
        self.undo_action.triggered.connect(self.undo)
        self.redo_action = QAction(self.tr("Redo"), parent)
        usual = QKeySequence.keyBindings(QKeySequence.StandardKey.Redo)
        everywhere = QKeySequence("Ctrl+Shift+Z")
        self.redo_action.setShortcuts([everywhere, *(key for key in usual if key != everywhere)])
        self.redo_action.triggered.connect(self.redo)
        self._show()

    def activate(self, influencer_id: str) -> None:
        """Undo and redo what was done to this influencer; an empty id offers nothing."""
        if influencer_id == self._active:
            return
        self._active = influencer_id
        self._show()
        if influencer_id and not self._book.is_read(influencer_id):
            self._scope.latest("read steps", self._read(influencer_id))

    async def _read(self, influencer_id: str) -> None:
        try:
            await self._book.read(influencer_id)
        except StudioError as error:
            self._failed(error)
        self._show()

    # ---- doing

    def typed(
        self, influencer_id: str, path: str, title: str, before: Values, after: Values
    ) -> None:
        """Do and remember an edit of one field, as part of the step before when typing goes on."""
        now = self._clock.monotonic()
        last_id, last_path, moment = self._burst
        goes_on = (last_id, last_path) == (influencer_id, path) and now - moment < BURST_SECONDS
        self._burst = (influencer_id, path, now)
        step = self._book.last_done(influencer_id) if goes_on else None
        if step is not None and step.id == self._open and _goes_on(step, influencer_id, after):
            self._extend(step, influencer_id, after)
        else:
            self._open = self._push(title, {influencer_id: before}, {influencer_id: after}, "edit")
        self._apply(influencer_id, after)
        self._show()

    def done(
        self,
        influencer_id: str,
        title: str,
        before: Values,
        after: Values,
        kind: StepKind = "edit",
    ) -> None:
        """Do and remember a step that stands for itself."""
        self.end_step()
        self._push(title, {influencer_id: before}, {influencer_id: after}, kind)
        self._apply(influencer_id, after)
        self._show()

    def done_to_many(
        self, title: str, before: Mapping[str, Values], after: Mapping[str, Values]
    ) -> None:
        """Do a step that touches several influencers, in one transaction; one undo takes it back.

        A field that says something else than ``before`` by the time it is written stays as it is.
        """
        self.end_step()
        step_id = self._push(title, before, after, "edit")
        self._many(self._book.step(step_id), after, before, "edit")
        self._show()

    def images_changed(
        self, influencer_id: str, title: str, kind: StepKind, uploads: tuple[str, ...]
    ) -> None:
        """Remember images that were taken in (``images_in``) or off their way (``images_out``)."""
        self.end_step()
        nothing: Mapping[str, Values] = {influencer_id: {}}
        self._book.push(self._book.make(title, nothing, nothing, kind, uploads))
        self._scope.spawn(self._save(influencer_id), name="save step")
        self._show()

    def end_step(self) -> None:
        """The next edit starts a step of its own."""
        self._burst = ("", "", 0.0)
        self._open = ""

    def undo(self) -> None:
        """Take the last step back, if there is one."""
        step = self._book.last_done(self._active)
        if step is not None:
            self._turn(replace(step, undone=True), step.before, step.after, "undo")

    def redo(self) -> None:
        """Do the step again that was taken back last, if there is one."""
        step = self._book.first_undone(self._active)
        if step is not None:
            self._turn(replace(step, undone=False), step.after, step.before, "redo")

    def _turn(
        self,
        step: EditStep,
        values: Mapping[str, Values],
        expected: Mapping[str, Values],
        kind: WriteKind,
    ) -> None:
        self.end_step()
        if step.uploads:
            self._scope.busy("step of images", self._turn_images(step))
            return
        self._book.put(step, kind)
        if len(values) == 1:
            ((influencer_id, only),) = values.items()
            self._apply(influencer_id, only)
        else:
            self._many(step, values, expected, kind)
        self._show()

    def _push(
        self,
        title: str,
        before: Mapping[str, Values],
        after: Mapping[str, Values],
        kind: StepKind,
    ) -> str:
        step = self._book.make(title, before, after, kind)
        self._book.push(step)
        return step.id

    def _extend(self, step: EditStep, influencer_id: str, after: Values) -> None:
        if dict(after) == dict(step.before[influencer_id]):
            self._book.drop(step)
            self._open = ""
        else:
            self._book.put(replace(step, after={influencer_id: dict(after)}), "edit")

    def _many(
        self,
        step: EditStep,
        values: Mapping[str, Values],
        expected: Mapping[str, Values],
        kind: WriteKind,
    ) -> None:
        self._scope.spawn(self._write_many(step, values, expected, kind), name="step of many")

    async def _write_many(
        self,
        step: EditStep,
        values: Mapping[str, Values],
        expected: Mapping[str, Values],
        kind: WriteKind,
    ) -> None:
        try:
            await self._flush()
            await self._book.edit_many(step, values, expected, kind)
        except StudioError as error:
            self._book.put(replace(step, undone=not step.undone), "edit")
            self._show()
            self._failed(error)

    # ---- images

    async def _save(self, influencer_id: str) -> None:
        try:
            await self._book.save(influencer_id)
        except StudioError as error:
            self._failed(error)

    async def _turn_images(self, step: EditStep) -> None:
        """Take the images of a step off their way, or send them on it again.

        What is on the server by now cannot be turned; a step of which nothing can be is let go.
        """
        (influencer_id,) = step.after
        out = (step.kind == "images_in") == step.undone
        turned, refusal = 0, StudioError(
            self.tr("The images are on the server already, or gone."),
            next_step=self.tr("What was added to an influencer stays with it."),
        )  # fmt: skip
        for upload_id in step.uploads:
            try:
                turned += await self._book.turn_image(influencer_id, upload_id, out=out)
            except StudioError as error:
                refusal = error
        if turned:
            self._book.put(step, "edit")
        else:
            self._book.drop(step)
        if turned < len(step.uploads):
            self._failed(refusal)
        self._show()
        await self._save(influencer_id)

    # ---- showing

    def _show(self) -> None:
        undo = self._book.last_done(self._active)
        redo = self._book.first_undone(self._active)
        _name(self.undo_action, self.tr("Undo"), undo)
        _name(self.redo_action, self.tr("Redo"), redo)


def _name(action: QAction, word: str, step: EditStep | None) -> None:
    action.setText(f"{word} {step.title}" if step is not None else word)
    action.setEnabled(step is not None)


def _goes_on(step: EditStep, influencer_id: str, after: Values) -> bool:
    """Whether ``after`` carries on with the very entry that ``step`` was about."""
    written = step.after[influencer_id]
    return written.keys() == after.keys() and all(
        _same_entry(written[path], value) for path, value in after.items()
    )


def _same_entry(before: FieldValue, after: FieldValue) -> bool:
    """Whether two values are texts, or lists that differ in one entry that is being written."""
    if not isinstance(before, tuple) or not isinstance(after, tuple):
        return not isinstance(before, tuple) and not isinstance(after, tuple)
    if len(before) != len(after):
        return False
    return sum(old != new for old, new in zip(before, after, strict=True)) <= 1
