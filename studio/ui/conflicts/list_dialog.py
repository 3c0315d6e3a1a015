"""Every influencer that waits for a choice, of all projects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.creation.dialog import scrolled
from studio.ui.dialog_size import open_size
from studio.ui.editor.blank_page import BlankPage
from studio.ui.jobs.portrait import Portrait
from studio.ui.widgets.buttons import Button
from studio.ui.widgets.dialog import StudioDialog
from studio.ui.widgets.divider import Divider
from studio.ui.widgets.fields import SearchField
from studio.ui.widgets.label import ElidedLabel, Label

if TYPE_CHECKING:
    from studio.viewmodels.conflict_list import ConflictRow, ConflictsViewModel
    from studio.viewmodels.pictures import PictureLoader

_SEARCH_FROM: Final = 8
"""So many rows are worth a search field."""


class ConflictLine(QWidget):
    """One influencer, what it waits for, and the way there."""

    resolve_requested = Signal(str)

    def __init__(
        self, row: ConflictRow, pictures: PictureLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.row = row
        self._portrait = Portrait(pictures, 40, self)
        self._name = ElidedLabel(role="strong", parent=self)
        self._words = Label(role="caption", wrap=True, parent=self)
        self._place = ElidedLabel(role="small", parent=self)
        self.button = Button(self.tr("Resolve…"), "outline", compact=True, parent=self)
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self._name, self._words, self._place):
            words.addWidget(label)
        line = QHBoxLayout(self)
        line.setContentsMargins(22, 10, 22, 10)
        line.setSpacing(12)
        line.addWidget(self._portrait, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        line.addWidget(self.button)
        self.button.clicked.connect(self._on_clicked)
        self.show_row(row)

    def show_row(self, row: ConflictRow) -> None:
        """Show another state of the conflict."""
        self.row = row
        self._portrait.show_person(row.name, row.thumbnail_url)
        self._name.setText(row.name)
        self._words.setText(row.words)
        self._place.setText(" · ".join(part for part in (row.project, row.since) if part))
        self.button.setText(self.tr("Decide…") if row.is_gone else self.tr("Resolve…"))
        self.button.setAccessibleName(self.tr("Resolve {name}").replace("{name}", row.name))

    def _on_clicked(self) -> None:
        self.resolve_requested.emit(self.row.influencer_id)


class ConflictListDialog(StudioDialog):
    """The list, kept fresh while it is open."""

    resolve_requested = Signal(str)
    """The id of an influencer whose versions a person wants to see; the list closes."""

    def __init__(
        self, conflicts: ConflictsViewModel, pictures: PictureLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(title="", icon="git-fork", parent=parent)
        self._conflicts, self._pictures = conflicts, pictures
        self._lines: dict[str, tuple[ConflictLine, Divider]] = {}
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self.search = SearchField(self.tr("Search conflicts"), parent=self.header)
        self.search.setFixedWidth(220)
        self.header.row.addWidget(self.search)
        self.list = scrolled(self._inner)
        self.blank = BlankPage("git-fork", self.body_widget)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.blank, 1)
        self.again_button = self.add_button(self.tr("Try again"), near=True)
        self.add_button(self.tr("Close"), "primary", result=0, default=True)
        open_size(self, 640, 440)
        self.again_button.clicked.connect(conflicts.try_again)
        self.search.query_changed.connect(self._on_query)
        conflicts.changed.connect(self._refresh)
        self._refresh()

    @property
    def lines(self) -> tuple[ConflictLine, ...]:
        """The lines from top to bottom."""
        return tuple(line for line, _ in self._lines.values())

    def _on_query(self, _text: str) -> None:
        self._refresh()

    def _refresh(self) -> None:
        count = self._conflicts.count
        said = self.tr("1 influencer waits for a choice")
        if count != 1:
            words = self.tr("{count} influencers wait for a choice")
            said = words.replace("{count}", str(count)) if count else self.tr("Nothing to choose")
        self.set_title(self.tr("Changed in two places"), said)
        self.search.setVisible(count >= _SEARCH_FROM or bool(self.search.text()))
        rows = self._conflicts.matching(self.search.text())
        self._show_rows(rows)
        self.list.setVisible(bool(rows))
        self.blank.setVisible(not rows)
        self.again_button.setVisible(self._conflicts.empty == "failed")
        if not rows:
            self._show_empty()

    def _show_empty(self) -> None:
        icon, title, reason = {
            "": (
                "search",
                self.tr("Nothing matches"),
                self.tr("No influencer that waits for a choice has such a name or project."),
            ),
            "loading": ("loader", self.tr("Reading…"), ""),
            "failed": (
                "triangle-alert",
                self.tr("The list could not be read"),
                self._conflicts.failure,
            ),
            "offline": (
                "cloud-off",
                self.tr("Nothing waits for a choice here"),
                self.tr("What colleagues changed is known when the server can be reached again."),
            ),
            "none": (
                "circle-check",
                self.tr("Nothing waits for a choice"),
                self.tr(
                    "When somebody else changes what you are publishing, both versions are "
                    "listed here."
                ),
            ),
        }[self._conflicts.empty]
        self.blank.set_icon(icon)
        self.blank.set_words(title, reason)

    def _show_rows(self, rows: tuple[ConflictRow, ...]) -> None:
        for gone in set(self._lines) - {row.influencer_id for row in rows}:
            for widget in self._lines.pop(gone):
                self._column.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        ordered = {}
        for place, row in enumerate(rows):
            line, divider = self._lines.get(row.influencer_id) or self._make(row)
            if line.row != row:
                line.show_row(row)
            if self._column.indexOf(line) != 2 * place:
                self._column.insertWidget(2 * place, line)
                self._column.insertWidget(2 * place + 1, divider)
            ordered[row.influencer_id] = (line, divider)
        self._lines = ordered

    def _make(self, row: ConflictRow) -> tuple[ConflictLine, Divider]:
        line = ConflictLine(row, self._pictures)
        line.resolve_requested.connect(self._on_resolve)
        return line, Divider()

    def _on_resolve(self, influencer_id: str) -> None:
        self.resolve_requested.emit(influencer_id)
        self.accept()
