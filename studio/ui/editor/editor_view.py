"""The editor of one influencer, at the right of the window or a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from studio.domain.fields import BY_PATH
from studio.ui.editor.blank_page import BlankPage
from studio.ui.editor.discard_question import DISCARD, discard_question
from studio.ui.editor.footer import EditorFooter
from studio.ui.editor.header import NARROW, EditorHeader
from studio.ui.editor.persona_tab import PersonaTab
from studio.ui.editor.review_dialog import PUBLISH, ReviewDialog
from studio.ui.editor.step_keys import StepKeys
from studio.ui.editor.surfaces import Panel
from studio.ui.editor.variants_tab import VariantsTab
from studio.ui.look.drop_zone import DropZone
from studio.ui.widgets.tabs import TabBar
from studio.viewmodels.drops import accepts, count_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import (
        QDragEnterEvent,
        QDragLeaveEvent,
        QDragMoveEvent,
        QDropEvent,
        QResizeEvent,
    )

    from studio.ui.editor.field_binding import FieldBinding
    from studio.ui.look.look_tab import LookTab
    from studio.ui.theme import Theme
    from studio.ui.widgets.dialog import StudioDialog
    from studio.viewmodels.editor import EditorViewModel
    from studio.viewmodels.look import LookViewModel
    from studio.viewmodels.pictures import PictureLoader

NARROWEST = 380


class EditorView(Panel):
    """Header, tabs, pages, footer. The form is built once and filled anew for each influencer.

    The Look tab is built when it is first shown or asked for.
    """

    def __init__(
        self,
        editor: EditorViewModel,
        look: LookViewModel,
        pictures: PictureLoader,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, parent=parent)
        self._editor = editor
        self._look = look
        self._pictures = pictures
        self._field = ""
        self._review: ReviewDialog | None = None
        self._question: StudioDialog | None = None
        self._step_keys = StepKeys(self)
        self.setMinimumWidth(NARROWEST)
        self.setAcceptDrops(True)
        # Each part is born where it stays: to change parents is to be styled twice.
        self._form = QWidget(self)
        self.header = EditorHeader(editor, pictures, theme, self._form)
        self._strip = Panel(theme, "surface", "bottom", self._form)
        self.tabs = TabBar(self._strip)
        self.persona = PersonaTab(editor, look, pictures, theme, self._form)
        self._built_look: LookTab | None = None
        self.variants = VariantsTab(editor, pictures, theme, self._form)
        self.footer = EditorFooter(editor, theme, self._form)
        self.blank = BlankPage("user-round", self)
        self._makers: dict[str, Callable[[QWidget], QWidget]] = {}
        self._bindings: dict[str, FieldBinding] = {
            binding.path: binding for binding in self.persona.bindings
        }
        self._fill_tabs()
        self._lay_out()
        self.overlay = DropZone(theme, self)
        self.overlay.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.overlay.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.overlay.hide()
        self.addActions([editor.undo_action, editor.redo_action, editor.publish_action])
        self._connect()
        self._on_opened()

    def _fill_tabs(self) -> None:
        self._pages: dict[str, QWidget] = {
            "persona": self.persona,
            "variants": self.variants,
        }
        self.tabs.add_tab("persona", self.tr("Persona"))
        self.tabs.add_tab("look", self.tr("Look"))
        self.tabs.add_tab("variants", self.tr("Variants"))

    def _lay_out(self) -> None:
        strip_row = QHBoxLayout(self._strip)
        strip_row.setContentsMargins(20, 0, 20, 0)
        strip_row.addWidget(self.tabs)
        self._stack = QStackedLayout()
        for page in self._pages.values():
            self._stack.addWidget(page)
        column = self._column = QVBoxLayout(self._form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._strip)
        column.addLayout(self._stack, 1)
        column.addWidget(self.footer)
        self._states = QStackedLayout(self)
        self._states.setContentsMargins(1, 0, 0, 0)
        self._states.addWidget(self.blank)
        self._states.addWidget(self._form)

    def _connect(self) -> None:
        editor = self._editor
        editor.opened.connect(self._on_opened)
        editor.hand_in_requested.connect(self._on_hand_in)
        editor.fields_changed.connect(self._on_fields_changed)
        editor.state_changed.connect(self._on_state_changed)
        editor.variants_changed.connect(self._on_counts_changed)
        editor.suggestions_ready.connect(self._on_suggestions_ready)
        self._look.tiles_changed.connect(self._on_counts_changed)
        self.tabs.picked.connect(self._on_tab_picked)
        self.persona.strip.shown_requested.connect(self.show_look)
        self.persona.strip.add_requested.connect(self._on_add_requested)
        self.footer.discard.clicked.connect(self.discard)
        self.footer.review.clicked.connect(self.show_review)
        self._application().focusChanged.connect(self._on_focus_changed)

    @property
    def look(self) -> LookTab:
        """The Look tab; built now if it was not."""
        if self._built_look is None:
            self._built_look = self._build_look()
        return self._built_look

    def _build_look(self) -> LookTab:
        from studio.ui.look.look_tab import LookTab

        tab = LookTab(self._editor, self._look, self._pictures, self._theme, self._form)
        self._pages["look"] = tab
        self._stack.addWidget(tab)
        for binding in tab.bindings:
            self._bindings[binding.path] = binding
            if self._editor.phase == "open":
                binding.start_over()
                binding.refresh()
        return tab

    def add_page(self, key: str, text: str, make: Callable[[QWidget], QWidget]) -> None:
        """Add a tab whose page, a child of the widget given to ``make``, is made when it is shown
        first."""
        self._makers[key] = make
        self.tabs.add_tab(key, text)

    def put_banner(self, banner: QWidget) -> None:
        """Put a strip between the tabs and their pages; it shows and hides itself."""
        self._column.insertWidget(self._column.indexOf(self._strip) + 1, banner)

    def _page(self, key: str) -> QWidget:
        if key == "look":
            return self.look
        if key not in self._pages:
            page = self._makers.pop(key)(self._form)
            self._pages[key] = page
            self._stack.addWidget(page)
        return self._pages[key]

    def _on_add_requested(self) -> None:
        self.look.choose_files()

    @staticmethod
    def _application() -> QApplication:
        return cast("QApplication", QApplication.instance())

    def binding(self, path: str) -> FieldBinding:
        """The row and control of a field. Raises KeyError for the name, which the header has."""
        if path not in self._bindings and path != "name":
            self._page("look")
        return self._bindings[path]

    def show_tab(self, key: str) -> None:
        """Show ``persona``, ``look``, ``variants`` or an added page."""
        self.tabs.set_current(key)
        self._stack.setCurrentWidget(self._page(key))

    def show_field(self, path: str) -> None:
        """Show the tab of a field and put the caret in it."""
        if path == "name" or path not in BY_PATH:
            self.show_tab("persona")
            self.focus_first_field()
            return
        self.show_tab(BY_PATH[path].tab)
        self.binding(path).row.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_look(self) -> None:
        """Show the Look tab."""
        self.show_tab("look")

    def show_review(self) -> None:
        """Open the list of changes; Publish in it publishes."""
        if self._review is not None or not self._editor.unsent:
            return
        self._on_hand_in()
        dialog = ReviewDialog(
            self._name(),
            self._editor.changes,
            self._editor.publish_blocker,
            self._theme,
            self,
            portrait=self.header.picture(),
        )
        dialog.finished.connect(self._on_review_finished)
        self._review = dialog
        dialog.open()

    @property
    def review(self) -> ReviewDialog | None:
        """The open list of changes, if any."""
        return self._review

    def discard(self) -> None:
        """Take every unpublished change back; asks first where that cannot be undone."""
        if not self._editor.is_unsent_draft:
            self._editor.discard()
            return
        if self._question is None:
            dialog = discard_question(self._name(), self)
            dialog.finished.connect(self._on_question_finished)
            self._question = dialog
            dialog.open()

    def _on_question_finished(self, code: int) -> None:
        dialog, self._question = self._question, None
        if dialog is not None:
            dialog.deleteLater()
        if code == DISCARD:
            self._editor.discard()

    def _name(self) -> str:
        name = self._editor.value("name")
        return name if isinstance(name, str) else ""

    def focus_first_field(self) -> None:
        """Take the keyboard to the form."""
        self.header.name.setFocus(Qt.FocusReason.OtherFocusReason)

    # What the view model tells

    def _on_opened(self) -> None:
        self.setUpdatesEnabled(False)
        try:
            self._show_phase()
            if self._editor.phase == "open":
                for binding in self._bindings.values():
                    binding.start_over()
                self._refresh_fields()
                self.persona.page.verticalScrollBar().setValue(0)
                if self._built_look is not None:
                    self._built_look.page.verticalScrollBar().setValue(0)
        finally:
            self.setUpdatesEnabled(True)
        self._on_counts_changed()

    def _show_phase(self) -> None:
        phase = self._editor.phase
        words = {
            "empty": (
                "user-round",
                self.tr("No influencer is selected"),
                self.tr("Choose one in the gallery to see and edit it here."),
            ),
            "loading": ("loader", self.tr("Reading…"), ""),
            "gone": (
                "user-round-x",
                self.tr("It is not here any more"),
                self.tr("It was deleted, or never sent and discarded."),
            ),
            "failed": (
                "triangle-alert",
                self.tr("It could not be read"),
                self._editor.reason,
            ),
        }
        if phase in words:
            icon, title, reason = words[phase]
            self.blank.set_icon(icon)
            self.blank.set_words(title, reason)
        self._states.setCurrentWidget(self._form if phase == "open" else self.blank)

    def _refresh_fields(self) -> None:
        for made in self.persona.offer():
            made.start_over()
            self._bindings[made.path] = made
        for binding in self._bindings.values():
            binding.refresh()
        self.header.refresh()
        self.persona.refresh()

    def _on_fields_changed(self, paths: object) -> None:
        for path in cast("frozenset[str]", paths):
            if path in self._bindings:
                self._bindings[path].refresh()

    def _on_state_changed(self) -> None:
        self.header.refresh()
        self.persona.refresh()
        self.footer.refresh()

    def _on_counts_changed(self) -> None:
        self.tabs.set_count("look", self._look.bound_count or None)
        self.tabs.set_count("variants", len(self._editor.variants) or None)

    def _on_hand_in(self) -> None:
        for binding in self._bindings.values():
            binding.hand_in()

    def _on_suggestions_ready(self, path: str) -> None:
        if path in self._bindings:
            self._bindings[path].offer(self._editor.suggested(path))

    def _on_tab_picked(self, key: str) -> None:
        self._stack.setCurrentWidget(self._page(key))

    def _on_review_finished(self, code: int) -> None:
        dialog, self._review = self._review, None
        if dialog is not None:
            dialog.deleteLater()
        if code == PUBLISH:
            self._editor.publish()

    # Focus

    def _on_focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        inside = now is not None and self.isAncestorOf(now)
        self._step_keys.follow(now if inside else None)
        field = self._field_of(now) if inside else ""
        if field == self._field:
            return
        left, self._field = self._field, field
        if left:
            self._editor.leave_field(left)
        if field:
            self._editor.enter_field(field)

    def _field_of(self, widget: QWidget | None) -> str:
        if widget is self.header.name:
            return "name"
        for path, binding in self._bindings.items():
            if widget is not None and binding.row.isAncestorOf(widget):
                return path
        return ""

    # Drops: anywhere in the editor

    def set_drag_possible(self, mime: QMimeData | None) -> None:
        """A drag is somewhere in the window, or has left it: show where it can be dropped."""
        self._show_drag(mime, over=False)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take pictures; refuse anything else in words."""
        self._consider(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """As on entering."""
        self._consider(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """As if nothing had been."""
        super().dragLeaveEvent(event)
        self._show_drag(None, over=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand the drop in."""
        self._show_drag(None, over=False)
        if self._look.can_add and self._look.add_mime(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.show_look()
        else:
            event.ignore()

    def _consider(self, event: QDragMoveEvent | QDragEnterEvent) -> None:
        if not self._look.can_add:
            event.ignore()
            return
        self._show_drag(event.mimeData(), over=True)
        # Accepted even when refused: a drop that is not taken would tell nobody why.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def _show_drag(self, mime: QMimeData | None, *, over: bool) -> None:
        zone = self.overlay
        if self._built_look is not None and self._stack.currentWidget() is self._built_look:
            zone = self._built_look.zone
            self._built_look.page.verticalScrollBar().setValue(0)
        self.overlay.setVisible(mime is not None and zone is self.overlay and self._look.can_add)
        if mime is None:
            zone.set_state("idle")
            return
        zone.set_name(self._look.name)
        refusal = accepts(mime)
        if refusal:
            zone.set_state("refused", refusal=refusal)
        else:
            zone.set_state("over" if over else "possible", count=count_in(mime))
        if zone is self.overlay:
            self._place_overlay()

    def _place_overlay(self) -> None:
        top = self.header.height() + self.tabs.height() + 12
        self.overlay.setGeometry(20, top, self.width() - 40, self.overlay.sizeHint().height())
        self.overlay.raise_()

    # Size

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for the name when there is little."""
        super().resizeEvent(event)
        self.header.set_narrow(self.width() < NARROW * self._theme.text_scale)
