"""The steps of the tour, in the order a person meets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from studio.tour.desk import Desk
from studio.tour.hands import TourStopped, click, dialog, drop, press, turn, until, write
from studio.tour.offline_steps import OfflineSteps
from studio.tour.photograph import make_photograph

if TYPE_CHECKING:
    from pathlib import Path

    from studio.domain.influencer import Influencer
    from studio.ui.creation.form import FieldForm

W = TypeVar("W", bound=QWidget)

HUMOR = "personality.humor"
PHRASES = "personality.catchphrases"


class Steps(Desk):
    """The main job, then the work without a network."""

    async def play(self) -> None:
        """Every step that exists now."""
        await self.open_roster()
        await self.edit_and_undo()
        await self.review_and_publish()
        await self.clone_with_an_override()
        await self.clone_by_key()
        await self.create()
        await self.drop_an_image()
        await self.search_and_filter()
        await self.delete_with_a_reason()
        await OfflineSteps(self._studio, self._camera).play()

    # ---- steps

    async def open_roster(self) -> None:
        """The window fills from the server, portraits and all."""
        window = self._window
        await until("the roster is on screen", lambda: window.gallery.size >= 12, 30)
        await until("the editor is there", lambda: window.editor_view is not None)
        await until("an influencer is open", lambda: window.editor.influencer_id)
        await until("its details were read", self._detailed, 20)
        await until("its portraits were drawn", self._portraits_loaded, 60)
        await until("every details were read", self._all_detailed, 30)
        await self._shoot("roster")

    async def edit_and_undo(self) -> None:
        """Type into a field, see the mark, undo and redo."""
        humor = self._editor_view.binding(HUMOR)
        before = self._window.editor.value(HUMOR)
        await self._retype(HUMOR, "dry-witty")
        await self._add_phrase("Measure twice, post once.")
        await until("two edits are unsent", lambda: self._window.editor.unsent == 2)
        humor.row.ensurePolished()
        await self._shoot("edited")
        self._window.editor.undo_action.trigger()
        self._window.editor.undo_action.trigger()
        await until("undo brought it back", lambda: self._window.editor.value(HUMOR) == before)
        await self._shoot("undone")
        self._window.editor.redo_action.trigger()
        self._window.editor.redo_action.trigger()
        await until("redo brought it again", lambda: self._window.editor.unsent == 2)

    async def review_and_publish(self) -> None:
        """Look at what would be sent, then send it."""
        from studio.ui.editor.review_dialog import ReviewDialog

        await click(self._editor_view.footer.review)
        await until("the review is open", lambda: dialog(ReviewDialog))
        await self._shoot("review")
        self._dialog(ReviewDialog).reject()
        await turn()
        await press(self._control(HUMOR), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until("the server confirmed it", self._confirmed_humor)
        await self._shoot("published")

    async def drop_an_image(self) -> None:
        """A picture from the desktop falls on the Look tab and is bound."""
        view = self._editor_view
        view.show_look()
        await turn()
        before = len(self._shown().reference_images)
        await drop(view.look, [await self._photograph()])
        await until("a tile stands for it", lambda: len(self._tiles()) > before)
        await self._shoot("dropped")
        await until("it is bound", lambda: len(self._shown().reference_images) > before, 30)
        await until("nothing waits any more", lambda: len(self._tiles()) == before + 1)
        await self._shoot("look")
        view.show_tab("persona")

    async def clone_with_an_override(self) -> None:
        """The clone dialog, an override, the job's progress, and the card that turns ready."""
        from studio.ui.clone.dialog import CloneDialog

        clone = self._editor_view.header.clone
        await click(clone, QPoint(clone.height(), clone.height() // 2))
        await until("the clone dialog is open", lambda: dialog(CloneDialog))
        opened = self._dialog(CloneDialog)
        await until("it knows the source", opened.clone_button.isEnabled)
        tone = self._form_control(opened.form, "personality.tone")
        await press(tone, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        await write(tone, "playful")
        await self._shoot("clone-dialog")
        source = self._window.editor.influencer_id
        await click(opened.clone_button)
        await until("the placeholder is open", lambda: self._window.editor.influencer_id != source)
        made = self._window.editor.influencer_id
        await self._shoot("clone-waits")
        await until("its job tells progress", lambda: self._window.gallery.progress_of(made), 20)
        await self._shoot("clone-rendering")
        await until("the clone is ready", lambda: self._status() == "ready", 40)
        await until("its portrait is drawn", self._portraits_loaded, 30)
        await self._shoot("clone-ready")

    async def clone_by_key(self) -> None:
        """One step: Ctrl+D makes the next variant."""
        before = self._window.gallery.size
        self._window.actions.clone_now.trigger()
        await until("a second placeholder is there", lambda: self._window.gallery.size > before)
        await until("it is ready", lambda: self._status() == "ready", 40)

    async def create(self) -> None:
        """A new influencer needs only a name."""
        from studio.ui.creation.dialog import CreationDialog

        self._window.actions.new_influencer.trigger()
        await until("the dialog is open", lambda: dialog(CreationDialog))
        opened = self._dialog(CreationDialog)
        await write(self._form_control(opened.form, "name"), "Juno")
        await self._shoot("new-influencer")
        before = self._window.editor.influencer_id
        await click(opened.create_button)
        await until("it is open", lambda: self._window.editor.influencer_id != before)
        await until("it is ready", lambda: self._status() == "ready", 40)
        await until("its portrait is drawn", self._portraits_loaded, 30)
        await self._shoot("created")

    async def search_and_filter(self) -> None:
        """Search finds a catchphrase; an impossible one says so and offers the way back."""
        self._window.page.focus_search()
        await turn()
        search = self._window.page.header.search
        everything = self._window.gallery.size
        await write(search, "ship")
        await until("fewer are shown", lambda: 0 < self._window.gallery.size < everything)
        await self._shoot("search")
        await write(search, " nothing like it")
        await until("nothing matches", lambda: self._window.gallery.empty == "no_match")
        await self._shoot("no-match")
        await press(search, Qt.Key.Key_Escape)
        await until("all are back", lambda: self._window.gallery.size == everything)

    async def delete_with_a_reason(self) -> None:
        """The gate: a reason, a tick, and it is gone from the roster."""
        from studio.ui.deletion.dialog import DeletionDialog

        before = self._window.gallery.size
        self._window.actions.delete.trigger()
        await until("the gate is open", lambda: dialog(DeletionDialog))
        gate = self._dialog(DeletionDialog)
        await write(gate.reason, "Replaced by a later variant")
        gate.understood.setChecked(True)
        await until("it may be deleted", gate.delete_button.isEnabled)
        await self._shoot("delete-gate")
        await click(gate.delete_button)
        await until("the roster is one shorter", lambda: self._window.gallery.size < before)
        await self._shoot("deleted")

    # ---- what is seen

    def _shown(self) -> Influencer:
        shown = self._window.editor.shown
        if shown is None:
            raise TourStopped("No influencer is open.")
        return shown.influencer

    def _detailed(self) -> bool:
        shown = self._window.editor.shown
        return shown is not None and shown.influencer.detailed

    def _all_detailed(self) -> bool:
        rows = (self._window.gallery.row_at(row) for row in range(12))
        return all(row is not None and (row.tagline or row.status != "ready") for row in rows)

    def _status(self) -> str:
        shown = self._window.editor.shown
        return shown.influencer.status if shown is not None else ""

    def _confirmed_humor(self) -> bool:
        shown = self._window.editor.shown
        return (
            shown is not None
            and shown.confirmed is not None
            and not shown.waiting
            and shown.confirmed.personality.humor == "dry-witty"
        )

    def _tiles(self) -> tuple[object, ...]:
        return self._window.look.tiles if self._window.look is not None else ()

    def _portraits_loaded(self) -> bool:
        """Every card in sight whose influencer has a picture shows it."""
        rows = [self._window.gallery.row_at(row) for row in self._window.page.grid.rows_in_sight()]
        drawn = all(row and (row.thumbnail_url or row.status != "ready") for row in rows)
        return drawn and not self._window.pictures.is_loading

    def _form_control(self, form: FieldForm, path: str) -> QWidget:
        editor = form.editor(path)
        if editor is None:
            raise TourStopped(f"The form does not offer {path}.")
        return editor.control

    async def _photograph(self) -> Path:
        anchor = self._shown().reference_images[0]
        stored = await self._window.session.pictures.fetch(anchor.url)
        return make_photograph(QImage(str(stored)), self._studio.paths.cache)
