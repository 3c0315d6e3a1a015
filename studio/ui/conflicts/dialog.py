"""Two versions of one influencer, and a choice for each field that needs one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.ui.conflicts.field_choice import BELOW, FieldChoice
from studio.ui.conflicts.gone_choice import GoneChoice
from studio.ui.dialog_size import enlarged, open_size
from studio.ui.editor.surfaces import Page
from studio.ui.widgets.card import Notice
from studio.ui.widgets.dialog import StudioDialog
from studio.ui.widgets.label import set_tooltip

if TYPE_CHECKING:
    from studio.domain.conflict import ConflictField
    from studio.ui.theme import Theme
    from studio.viewmodels.conflicts import ConflictViewModel
    from studio.viewmodels.pictures import PictureLoader

WIDTH: Final = 860
HIGHEST: Final = 720
_AROUND: Final = 142
"""Header and footer, in design pixels."""


class ConflictDialog(StudioDialog):
    """Closes by itself as soon as there is nothing left to choose, here or elsewhere."""

    opened = Signal(str)
    """An influencer to show now: the one that was resolved, or a new one made of it."""

    def __init__(
        self,
        model: ConflictViewModel,
        pictures: PictureLoader,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", parent=parent)
        self._model, self._pictures, self._theme = model, pictures, theme
        self.rows: tuple[FieldChoice, ...] = ()
        self.gone: GoneChoice | None = None
        self._fields: tuple[ConflictField, ...] | None = None
        self._tallest = 0
        self.content = QWidget(self)
        # Wrapped labels claim, for a width of nothing, a least height that nobody needs.
        self.content.setMinimumHeight(1)
        self._column = QVBoxLayout(self.content)
        self._column.setContentsMargins(22, 18, 22, 18 - BELOW)
        self._column.setSpacing(14 - BELOW)
        self._column.addStretch(1)
        self._notice = Notice("", "error", self.body_widget)
        self._notice.hide()
        self.page = Page(self.content, self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.body.addWidget(self.page, 1)
        self.body.addWidget(self._notice)
        self._add_buttons()
        open_size(self, WIDTH, 396)
        pictures.loaded.connect(self._on_picture)
        model.changed.connect(self._refresh)
        model.resolved.connect(self.opened)
        model.recreated.connect(self.opened)
        model.ended.connect(self.accept)
        self.finished.connect(model.close)
        self._refresh()
        model.load()

    def _add_buttons(self) -> None:
        self.mine_button = self.add_button(self.tr("Keep all mine"), "ghost", near=True)
        self.theirs_button = self.add_button(self.tr("Take all from server"), "ghost", near=True)
        self.later_button = self.add_button(self.tr("Decide later"), result=0)
        self.publish_button = self.add_button(self.tr("Publish merged"), "primary", default=True)
        kept = self.tr("For each field that needs a choice. What merged by itself stays merged.")
        set_tooltip(self.mine_button, kept)
        set_tooltip(self.theirs_button, kept)
        self.mine_button.clicked.connect(self._on_all_mine)
        self.theirs_button.clicked.connect(self._on_all_theirs)
        self.publish_button.clicked.connect(self._on_publish)

    # What the view model tells

    def _refresh(self) -> None:
        model = self._model
        found = model.conflict
        self.set_title(model.title or self.tr("Two versions"), model.subtitle)
        if found is not None:
            self._show_portrait()
            if found.fields != self._fields or found.is_gone != (self.gone is not None):
                self._rebuild()
        for row in self.rows:
            row.refresh()
        if self.gone is not None:
            self.gone.refresh()
        self._notice.set_text(model.failure)
        self._notice.setVisible(bool(model.failure) and found is not None)
        self._show_buttons()
        self._fit()

    def _show_buttons(self) -> None:
        gone = self.gone is not None
        choices = any(row.cards for row in self.rows)
        self.mine_button.setVisible(choices)
        self.theirs_button.setVisible(choices)
        self.later_button.setVisible(not gone)
        blocker = self._model.blocker
        if gone and self.gone is not None:
            text, kind = self.gone.deed()
            self.publish_button.set_kind(kind)
            self.publish_button.setText(text)
        self.publish_button.setEnabled(not blocker)
        set_tooltip(self.publish_button, blocker)
        self.publish_button.setAccessibleDescription(blocker)

    def _rebuild(self) -> None:
        """Other fields than before: all rows anew, the keyboard where it was."""
        found = self._model.conflict
        if found is None:
            return
        focus: QWidget | None = self.focusWidget()
        held = (row for row in self.rows if focus is not None and row.isAncestorOf(focus))
        at = next((row.field.path for row in held), "")
        for old in (*self.rows, *((self.gone,) if self.gone is not None else ())):
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.rows, self.gone, self._fields = (), None, found.fields
        if found.is_gone:
            self.gone = GoneChoice(self._model, self._theme, self.content)
            self._column.insertWidget(0, self.gone)
            self.gone.show()
            self.gone.cards[0].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.rows = tuple(
            FieldChoice(self._model, field, self._theme, self.content) for field in found.fields
        )
        for place, row in enumerate(self.rows):
            self._column.insertWidget(place, row)
            # A layout shows its widgets one turn later; focus and height are wanted in this one.
            row.show()
        self._focus(at)

    def _focus(self, path: str) -> None:
        row = next((row for row in self.rows if row.field.path == path), None)
        row = row or next((row for row in self.rows if row.cards), None)
        if row is not None and row.cards:
            row.cards[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _fit(self) -> None:
        """As high as what is in it, up to a limit; a person's own size is only ever enlarged."""
        for child in self.content.findChildren(QWidget):
            # Before a dialog is shown its labels do not know their text size yet.
            child.ensurePolished()
        wide = enlarged(WIDTH)
        needed = self._column.totalHeightForWidth(wide)
        if needed < 0:
            needed = self._column.totalSizeHint().height()
        wanted = min(HIGHEST, round(needed * WIDTH / wide) + _AROUND)
        if wanted > self._tallest or not self.isVisible():
            self._tallest = wanted
            open_size(self, WIDTH, wanted)

    # What a person does

    def _on_all_mine(self) -> None:
        self._model.choose_all("mine")

    def _on_all_theirs(self) -> None:
        self._model.choose_all("theirs")

    def _on_publish(self) -> None:
        if self.gone is None:
            self._model.publish()
        elif self._model.ending == "later":
            self.reject()
        else:
            self._model.end()

    def _show_portrait(self) -> None:
        edge = round(self.header.avatar.side() * self.devicePixelRatioF())
        name = self._model.conflict.name if self._model.conflict else ""
        self.set_picture(self._pictures.image(self._model.thumbnail_url, edge), name)

    def _on_picture(self, url: str) -> None:
        if url == self._model.thumbnail_url and self._model.conflict is not None:
            self._show_portrait()
