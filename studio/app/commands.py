"""What a person can ask of the window: menus, keys and buttons, and who does what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject

from studio.core.errors import StudioError
from studio.domain.events import Notice

if TYPE_CHECKING:
    from studio.app.late_parts import LateParts
    from studio.app.window import StudioWindow
    from studio.core.events import EventHub
    from studio.ui.dialogs import Dialogs
    from studio.viewmodels.outbox import FieldPlace


class Commands(QObject):
    """Made when the dialogs are; what they are about is the influencer in the editor."""

    def __init__(
        self, window: StudioWindow, dialogs: Dialogs, late: LateParts, hub: EventHub
    ) -> None:
        super().__init__(window)
        self._window, self._dialogs, self._late, self._hub = window, dialogs, late, hub
        self._in_conflict: frozenset[str] = frozenset()
        self._connect_actions()
        self._connect_parts()

    def _connect_actions(self) -> None:
        actions, dialogs = self._window.actions, self._dialogs
        actions.new_influencer.triggered.connect(self._create)
        actions.clone.triggered.connect(self._clone)
        actions.clone_now.triggered.connect(self._clone_open_now)
        actions.discard.triggered.connect(self._discard)
        actions.delete.triggered.connect(self._delete)
        actions.publish_drafts.triggered.connect(self._publish_drafts)
        actions.outbox.triggered.connect(dialogs.outbox)
        actions.conflicts.triggered.connect(dialogs.conflicts)
        actions.backups.triggered.connect(dialogs.backups)
        actions.as_of.triggered.connect(self._late.show_past)
        actions.settings.triggered.connect(dialogs.settings)
        actions.about.triggered.connect(dialogs.about)

    def _connect_parts(self) -> None:
        window, dialogs = self._window, self._dialogs
        page, editor = window.page, window.editor
        for part in (page, editor):
            part.clone_requested.connect(dialogs.clone)
            part.quick_clone_requested.connect(self.clone_now)
            part.delete_requested.connect(dialogs.delete)
        page.new_requested.connect(self._create)
        page.recreate_requested.connect(self._recreate)
        page.settings_requested.connect(dialogs.settings)
        bar, side = window.window.status_bar, window.window.sidebar
        bar.settings_wanted.connect(dialogs.settings)
        bar.jobs_wanted.connect(dialogs.jobs)
        side.all_jobs_wanted.connect(dialogs.jobs)
        for edge in (bar, side):
            edge.outbox_wanted.connect(dialogs.outbox)
            edge.conflicts_wanted.connect(dialogs.conflicts)
        dialogs.made.connect(window.open)
        dialogs.opened.connect(window.open)
        dialogs.field_wanted.connect(self._go_to_field)
        self._late.banner.resolve_requested.connect(dialogs.conflict)
        self._late.as_of.changed.connect(self._on_moment)
        self._late.conflicts.changed.connect(self._on_conflicts)

    def clone_now(self, influencer_id: str) -> None:
        """One step: a variant with the next free name; a second press makes the next one."""
        if influencer_id:
            self._window.scope.spawn(self._make_clone(influencer_id), name="clone-now")

    async def _make_clone(self, influencer_id: str) -> None:
        personas = self._window.session.past
        try:
            name = await personas.clone_name(influencer_id)
            made = await personas.clone(influencer_id, name, {})
        except StudioError as error:
            self._tell(error)
            return
        self._window.open(made)

    def _clone(self) -> None:
        self._dialogs.clone(self._window.editor.influencer_id)

    def _clone_open_now(self) -> None:
        self.clone_now(self._window.editor.influencer_id)

    def _create(self) -> None:
        if self._window.workspace.project_id:
            self._dialogs.create()

    def _recreate(self, influencer_id: str) -> None:
        """A deleted one as a new draft; the deleted one stays on its shelf."""
        self._window.scope.spawn(self._make_anew(influencer_id), name="recreate")

    async def _make_anew(self, influencer_id: str) -> None:
        try:
            made = await self._window.session.history.recreate(influencer_id)
        except StudioError as error:
            self._tell(error)
            return
        self._window.workspace.choose_view("all")
        self._window.open(made)

    def _discard(self) -> None:
        if self._window.editor_view is not None:
            self._window.editor_view.discard()

    def _delete(self) -> None:
        self._dialogs.delete(self._window.editor.influencer_id)

    def _publish_drafts(self) -> None:
        """What is being typed counts as well."""
        self._window.scope.latest("hand in", self._hand_in_and_publish())

    async def _hand_in_and_publish(self) -> None:
        try:
            await self._window.editor.flush()
        except StudioError as error:
            self._tell(error)
        self._dialogs.publish_drafts()

    def _on_moment(self) -> None:
        """The past is read only."""
        past = self._late.as_of.moment is not None
        self._window.actions.set_present(present=not past)
        self._window.page.set_past(past=past)

    def _on_conflicts(self) -> None:
        now = frozenset(row.influencer_id for row in self._late.conflicts.rows)
        for settled in self._in_conflict - now:
            self._window.window.withdraw_problems(settled)
        self._in_conflict = now

    def _go_to_field(self, place: object) -> None:
        """A field the server refused: open its influencer with the caret in it."""
        wanted = cast("FieldPlace", place)
        self._window.open(wanted.influencer_id)
        if self._window.editor_view is not None:
            self._window.editor_view.show_field(wanted.path)

    def _tell(self, error: StudioError) -> None:
        self._hub.publish(
            Notice(error.sentence, error.next_step, is_problem=True, request_id=error.request_id)
        )
