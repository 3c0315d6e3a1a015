"""Every influencer with unsent edits, ticked: what Publish would send, old against new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.ui.dialog_size import open_size
from studio.ui.editor.surfaces import Page
from studio.ui.publishing.item_row import ItemRow
from studio.ui.widgets.buttons import Button
from studio.ui.widgets.card import Notice
from studio.ui.widgets.checks import CheckBox
from studio.ui.widgets.dialog import StudioDialog
from studio.ui.widgets.glyph import Glyph
from studio.ui.widgets.label import Label
from studio.ui.widgets.segmented import Segmented

if TYPE_CHECKING:
    from studio.ui.theme import Theme
    from studio.viewmodels.pictures import PictureLoader
    from studio.viewmodels.publishing import PublishingViewModel

WIDTH, HEIGHT = 640, 560
PAGE = 30
"""Rows laid out at once; more come at a press, so that many cost the window nothing."""


class PublishingDialog(StudioDialog):
    """Closes by itself when all that was ticked is in the outbox."""

    def __init__(
        self,
        model: PublishingViewModel,
        pictures: PictureLoader,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title="", icon="cloud-upload", parent=parent)
        self._model, self._pictures, self._theme = model, pictures, theme
        self._rows: dict[str, ItemRow] = {}
        self._most = PAGE
        self._focused = False
        self.reach = Segmented(
            (("project", self.tr("This project")), ("all", self.tr("All projects"))), model.reach
        )
        self.header.row.addWidget(self.reach, 0, Qt.AlignmentFlag.AlignVCenter)
        self._problem = Notice(tone="error", parent=self)
        self.more_button = Button("", "link", parent=self)
        self._lay_out()
        self.all_box = CheckBox(self.tr("All"), parent=self.footer)
        self.footer.near.insertWidget(0, self.all_box)
        self.cancel_button = self.add_button(self.tr("Cancel"), "outline", result=0)
        self.publish_button = self.add_button("", "primary", default=True)
        open_size(self, WIDTH, HEIGHT)
        self._connect()
        self._refresh()
        model.start()

    def _lay_out(self) -> None:
        holder = QWidget()
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addStretch(1)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.body.addWidget(self._problem)
        self._page = Page(holder, self)
        self._empty = self._empty_page()
        self.body.addWidget(self._page, 1)
        self.body.addWidget(self._empty, 1)

    def _empty_page(self) -> QWidget:
        page = QWidget(self)
        middle = Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(page)
        column.setContentsMargins(40, 20, 40, 40)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(Glyph("circle-check", "muted", 28, page), 0, middle)
        column.addWidget(
            Label(self.tr("Nothing to publish"), role="section", parent=page), 0, middle
        )
        words = self.tr("There are no unsent edits here.")
        column.addWidget(Label(words, role="secondary", parent=page), 0, middle)
        column.addStretch(1)
        return page

    def _connect(self) -> None:
        self._model.changed.connect(self._refresh)
        self._model.done.connect(self._on_done)
        self.reach.selected.connect(self._model.set_reach)
        self.more_button.clicked.connect(self._on_more)
        self.all_box.clicked.connect(self._on_all)
        self.publish_button.clicked.connect(self._model.publish)
        self.finished.connect(self._model.close)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.publish_button.click)

    @property
    def rows(self) -> tuple[ItemRow, ...]:
        """The rows laid out so far, from top to bottom."""
        return tuple(self._rows.values())

    # ---- showing

    def _refresh(self) -> None:
        model = self._model
        self.set_title(self.tr("Publish changes"), self._words())
        self.reach.set_current(model.reach)
        self._problem.set_text(model.problem)
        self._problem.setVisible(bool(model.problem))
        nothing = model.is_loaded and not model.items
        self._empty.setVisible(nothing)
        self._page.setVisible(not nothing)
        self._show_rows()
        rest = len(model.items) - len(self._rows)
        self.more_button.setVisible(rest > 0)
        self.more_button.setText(self.tr("Show {count} more").replace("{count}", str(rest)))
        ticks = model.all_ticked
        state = {True: Qt.CheckState.Checked, False: Qt.CheckState.Unchecked}
        self.all_box.setTristate(ticks is None)
        self.all_box.setCheckState(
            Qt.CheckState.PartiallyChecked if ticks is None else state[ticks]
        )
        self.all_box.setEnabled(any(item.can_go for item in model.items) and not model.busy)
        words = self.tr("Publish {count}").replace("{count}", str(model.ticked))
        self.publish_button.setText(words if model.ticked else self.tr("Publish"))
        self.publish_button.setEnabled(model.can_publish)
        if model.can_publish and not self._focused:
            self._focused = True
            self.publish_button.setFocus()
        tried = any(item.refusal or item.is_queued for item in model.items)
        self.cancel_button.setText(self.tr("Close") if tried else self.tr("Cancel"))

    def _words(self) -> str:
        items = self._model.items
        if not items:
            return ""
        if queued := sum(item.is_queued for item in items):
            words = self.tr("{queued} in the outbox, {left} left")
            words = words.replace("{queued}", str(queued))
            return words.replace("{left}", str(len(items) - queued))
        fields = sum(len(item.changes) for item in items if item.ticked)
        words = self.tr("{ticked} of {count} influencers, {fields} fields")
        if fields == 1:
            words = self.tr("{ticked} of {count} influencers, 1 field")
        words = words.replace("{ticked}", str(self._model.ticked))
        return words.replace("{count}", str(len(items))).replace("{fields}", str(fields))

    def _show_rows(self) -> None:
        shown = self._model.items[: self._most]
        for gone in set(self._rows) - {item.influencer_id for item in shown}:
            row = self._rows.pop(gone)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        ordered: dict[str, ItemRow] = {}
        for place, item in enumerate(shown):
            found = self._rows.get(item.influencer_id)
            if found is None:
                found = ItemRow(item, self._pictures, self._theme)
                found.ticked.connect(self._on_ticked)
            elif found.item != item:
                found.show_item(item)
            found.set_project_shown(self._model.reach == "all")
            if self._column.indexOf(found) != place:
                self._column.insertWidget(place, found)
            ordered[item.influencer_id] = found
        self._rows = ordered

    # ---- doing

    def _on_ticked(self, influencer_id: str) -> None:
        row = self._rows.get(influencer_id)
        if row is not None:
            self._model.set_ticked(influencer_id, row.tick.isChecked())

    def _on_all(self) -> None:
        self._model.tick_all(self._model.all_ticked is not True)

    def _on_more(self) -> None:
        self._most += PAGE
        self._refresh()

    def _on_done(self, all_went: bool) -> None:
        if all_went:
            self.accept()
