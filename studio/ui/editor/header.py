"""The head of the editor: portrait, name, status, and what can be done with the influencer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from studio.domain.diff import shown
from studio.ui.editor.name_field import NameField
from studio.ui.editor.surfaces import Panel
from studio.ui.style import restyle
from studio.ui.widgets.avatar import Avatar
from studio.ui.widgets.buttons import IconButton, SplitButton
from studio.ui.widgets.dots import ChangedDot
from studio.ui.widgets.label import ElidedLabel, Label, set_tooltip
from studio.ui.widgets.menu import Menu
from studio.ui.widgets.pill import StatusDot, status_look

if TYPE_CHECKING:
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QWidget

    from studio.domain.influencer import Influencer
    from studio.ui.theme import Theme
    from studio.viewmodels.editor import EditorViewModel
    from studio.viewmodels.pictures import PictureLoader

PORTRAIT_PX = 72
NAME_INSET = 7
"""What the name keeps from its own edge; the lines below it stand under its first letter."""
NARROW = 430
"""Below this width Clone shows its icon alone."""


class EditorHeader(Panel):
    """Follows the view model; the name is one of its fields."""

    def __init__(
        self,
        view_model: EditorViewModel,
        pictures: PictureLoader,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, parent=parent)
        self._view_model = view_model
        self._pictures = pictures
        self._url = ""
        self._narrow = False
        self.portrait = Avatar(PORTRAIT_PX, radius=14, grows=False, parent=self)
        self.name = NameField(theme, self)
        self._dot = StatusDot(parent=self)
        self._word = Label(role="status", parent=self)
        self._between = Label("·", role="captionMuted", parent=self)
        self._facts = ElidedLabel(role="caption", parent=self)
        self._changed = ChangedDot(self)
        self._was = ElidedLabel(role="captionMuted", parent=self)
        self._revert = IconButton("undo-2", self.tr("Revert name"), "ghost", "tiny", parent=self)
        self._problem = Label(role="problem", wrap=True, parent=self)
        self._note = Label(role="captionMuted", wrap=True, parent=self)
        self.clone = SplitButton(self.tr("Clone"), "copy-plus", parent=self)
        self.more = IconButton("ellipsis", self.tr("More"), parent=self)
        self._make_menus()
        self._lay_out()
        self.name.textEdited.connect(self._on_name_edited)
        self._revert.clicked.connect(self._on_revert)
        self.clone.clicked.connect(view_model.request_clone)
        self.more.clicked.connect(self._on_more)
        pictures.loaded.connect(self._on_loaded)

    def _make_menus(self) -> None:
        view_model = self._view_model
        clone = Menu(parent=self)
        self._clone_with = self._item(clone, self.tr("Clone…"), "copy-plus")
        self._clone_with.triggered.connect(view_model.request_clone)
        self._clone_now = self._item(clone, self.tr("Clone now"), "zap")
        self._clone_now.triggered.connect(view_model.request_quick_clone)
        self.clone.set_menu(clone)
        self.menu = Menu(parent=self)
        self._send_again = self._item(self.menu, self.tr("Send again"), "send")
        self._send_again.triggered.connect(view_model.send_again)
        self._copy_id = self._item(self.menu, self.tr("Copy id"), "copy")
        self._copy_id.triggered.connect(self._on_copy_id)
        self.menu.addSeparator()
        self._delete = self._item(self.menu, self.tr("Delete…"), "trash-2")
        self._delete.triggered.connect(view_model.request_delete)

    def _item(self, menu: Menu, text: str, icon: str) -> QAction:
        action = menu.addAction(text)
        self._theme.bind_icon(action, icon)
        return action

    def _lay_out(self) -> None:
        status = QHBoxLayout()
        status.setSpacing(0)
        status.addSpacing(NAME_INSET)
        status.addWidget(self._dot)
        status.addSpacing(5)
        status.addWidget(self._word)
        status.addSpacing(8)
        status.addWidget(self._between)
        status.addSpacing(8)
        status.addWidget(self._facts, 1)
        mark = QHBoxLayout()
        mark.setSpacing(6)
        mark.addSpacing(NAME_INSET - mark.spacing())
        mark.addWidget(self._changed)
        mark.addWidget(self._was, 1)
        mark.addWidget(self._revert)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addStretch(1)
        words.addWidget(self.name)
        words.addLayout(status)
        words.addLayout(mark)
        words.addWidget(self._problem)
        words.addWidget(self._note)
        words.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.clone)
        buttons.addWidget(self.more)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 18, 20, 12)
        row.setSpacing(8)
        row.addWidget(self.portrait, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        row.addLayout(buttons)

    def picture(self) -> QImage | None:
        """The portrait shown, for who shows the influencer elsewhere."""
        side = round(self.portrait.side() * self.devicePixelRatioF())
        return self._pictures.image(self._url, side) if self._url else None

    def set_narrow(self, narrow: bool) -> None:
        """Make room for the name when the editor is narrow."""
        if narrow != self._narrow:
            self._narrow = narrow
            self.clone.setText("" if narrow else self.tr("Clone"))
            self.clone.main.setAccessibleName(self.tr("Clone"))

    def refresh(self) -> None:
        """Show everything as it is now."""
        found = self._view_model.influencer
        if found is None:
            return
        self._refresh_name(found)
        self._refresh_status(found)
        self._refresh_picture(found)
        shown_now = self._view_model.shown
        deleting = shown_now is not None and shown_now.deleting
        past = shown_now is not None and shown_now.as_of is not None
        self.clone.setEnabled(not deleting and not past)
        self._delete.setEnabled(not deleting and not past)
        reason = self.tr("It is shown as it was. Go back to now to clone it.") if past else ""
        for part in (self.clone, self.clone.main, self.clone.more):
            set_tooltip(part, reason)
            part.setAccessibleDescription(reason)
        self._send_again.setEnabled(shown_now is not None and bool(shown_now.waiting))

    def _refresh_name(self, found: Influencer) -> None:
        self.name.set_value(found.name)
        self.name.setReadOnly(not self._view_model.editable)
        change = self._view_model.mark("name")
        for widget in (self._changed, self._was, self._revert):
            widget.setVisible(change is not None)
        moved = self._view_model.moved("name")
        typed_over = moved or change
        if typed_over is not None:
            before = shown(typed_over.old)
            self._was.setText(self.tr("was {name}").replace("{name}", before))
        take = self.tr("Take the server's name") if moved else self.tr("Revert name")
        self._revert.set_tooltip(take)
        problem = self._view_model.problem("name")
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.name.set_problem(bool(problem))
        incoming = self._view_model.incoming("name")
        self._note.setVisible(incoming is not None or moved is not None)
        self._note.setText("")
        if moved is not None:
            self._note.setText(self.tr("Server now: {name}").replace("{name}", shown(moved.new)))
        elif incoming is not None:
            note = self.tr("Changed elsewhere to “{name}”. It is shown when you leave the field.")
            self._note.setText(note.replace("{name}", shown(incoming.new)))
        self.name.setAccessibleDescription(problem or self._note.text())

    def _refresh_status(self, found: Influencer) -> None:
        word, token, _shape = status_look(found.status)
        self._dot.set_status(found.status)
        self._word.setText(word)
        if self._word.property("tone") != token:
            self._word.setProperty("tone", token)
            restyle(self._word)
        facts = " · ".join(fact for fact in (found.gender, found.age_range) if fact)
        self._facts.setText(facts)
        self._between.setVisible(bool(facts))

    def _refresh_picture(self, found: Influencer) -> None:
        first = found.reference_images[0] if found.reference_images else None
        url = found.thumbnail_url or (first.thumbnail_url or first.url if first else "")
        self.portrait.set_name(found.name)
        if url != self._url:
            self._url = url
            self._show_picture()

    def _show_picture(self) -> None:
        self.portrait.set_picture(self.picture())

    def _on_loaded(self, url: str) -> None:
        if url == self._url:
            self._show_picture()

    def _on_name_edited(self, text: str) -> None:
        self._view_model.set_value("name", text)

    def _on_revert(self) -> None:
        self._view_model.revert("name")

    def _on_more(self) -> None:
        corner = self.more.mapToGlobal(self.more.rect().bottomLeft())
        if not self.isRightToLeft():
            # The button stands at the edge of the window: the menu ends where it ends.
            corner.setX(corner.x() + self.more.width() - self.menu.sizeHint().width())
        self.menu.popup(corner)

    def _on_copy_id(self) -> None:
        QGuiApplication.clipboard().setText(self._view_model.influencer_id)
