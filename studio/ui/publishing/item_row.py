"""One influencer that could be published: a tick, its changes, and what stands in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.editor.review_dialog import ChangeView
from studio.ui.jobs.portrait import Portrait
from studio.ui.style import restyle
from studio.ui.widgets.buttons import IconButton
from studio.ui.widgets.checks import CheckBox
from studio.ui.widgets.divider import Divider
from studio.ui.widgets.glyph import Glyph
from studio.ui.widgets.label import ElidedLabel, Label

if TYPE_CHECKING:
    from studio.ui.theme import Theme
    from studio.viewmodels.pictures import PictureLoader
    from studio.viewmodels.publishing import PublishItem

_INDENT = 78


class ItemRow(QWidget):
    """The changes are laid out when the row is opened for the first time."""

    ticked = Signal(str)
    """The id of an influencer whose tick was changed."""

    def __init__(
        self,
        item: PublishItem,
        pictures: PictureLoader,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._item, self._theme = item, theme
        self.tick = CheckBox(parent=self)
        self._portrait = Portrait(pictures, 32, self)
        self._name = ElidedLabel(role="strong", parent=self)
        self._fields = ElidedLabel(role="caption", parent=self)
        self._trouble = Label(role="problem", wrap=True, parent=self)
        self._badge = Label(role="small", parent=self)
        self._done = Glyph("check", "ok", 16, self)
        self.toggle = IconButton(
            "chevron-down", self.tr("Show the changes"), "ghost", compact=True, parent=self
        )
        self._changes: QWidget | None = None
        self._lay_out()
        self.tick.clicked.connect(self._on_ticked)
        self.toggle.clicked.connect(self._on_toggle)
        self.show_item(item)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._name)
        words.addWidget(self._fields)
        words.addWidget(self._trouble)
        line = QHBoxLayout()
        line.setContentsMargins(22, 10, 16, 10)
        line.setSpacing(10)
        line.addWidget(self.tick)
        line.addWidget(self._portrait)
        line.addLayout(words, 1)
        line.addWidget(self._badge)
        line.addWidget(self._done)
        line.addWidget(self.toggle)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(line)
        self._column.addWidget(Divider(parent=self))

    @property
    def item(self) -> PublishItem:
        """What the row shows."""
        return self._item

    @property
    def is_open(self) -> bool:
        """Whether its changes are shown."""
        return self._changes is not None and not self._changes.isHidden()

    def show_item(self, item: PublishItem) -> None:
        """Show another state of the same influencer."""
        if item.changes != self._item.changes and self._changes is not None:
            self._close_changes()
        self._item = item
        self._portrait.show_person(item.name, item.thumbnail_url)
        self._name.setText(item.name)
        self._fields.setText(item.labels)
        self._trouble.setText(item.trouble)
        self._trouble.setVisible(bool(item.trouble))
        self._badge.setText(self._badge_words(item))
        self._badge.setProperty("tone", "ok" if item.is_queued else "")
        restyle(self._badge)
        self._done.setVisible(item.is_queued)
        self.tick.setChecked(item.ticked)
        self.tick.setEnabled(item.can_go)
        self.tick.setAccessibleName(item.name)
        self.tick.setAccessibleDescription(item.trouble or item.labels)

    def set_project_shown(self, shown: bool) -> None:
        """Name its project, when there are several."""
        name = self._item.project_name
        self._fields.setText(f"{name} · {self._item.labels}" if shown else self._item.labels)

    def _badge_words(self, item: PublishItem) -> str:
        if item.is_queued:
            return self.tr("In the outbox")
        return self.tr("New") if item.is_new else ""

    def _on_ticked(self) -> None:
        self.ticked.emit(self._item.influencer_id)

    def _on_toggle(self) -> None:
        if self.is_open:
            self._close_changes()
            return
        self._changes = self._lay_out_changes()
        self._column.insertWidget(1, self._changes)
        self._changes.show()
        self._say_toggle("chevron-up", self.tr("Hide the changes"))

    def _close_changes(self) -> None:
        if self._changes is not None:
            self._changes.hide()
            self._changes.deleteLater()
            self._changes = None
        self._say_toggle("chevron-down", self.tr("Show the changes"))

    def _say_toggle(self, icon: str, words: str) -> None:
        self.toggle.set_icon(icon)
        self.toggle.set_tooltip(words)

    def _lay_out_changes(self) -> QWidget:
        holder = QWidget(self)
        column = QVBoxLayout(holder)
        column.setContentsMargins(_INDENT, 2, 22, 14)
        column.setSpacing(12)
        for change in self._item.changes:
            column.addWidget(ChangeView(change, self._theme, holder))
            problem = self._item.problems.get(change.path)
            if problem is not None:
                label = Label(problem, role="problem", wrap=True, parent=holder)
                column.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        return holder
