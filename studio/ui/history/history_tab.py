"""The History tab of the editor: what happened, day by day, and the ways back."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.editor.blank_page import BlankPage
from studio.ui.editor.surfaces import Page
from studio.ui.history.entry_row import EntryRow
from studio.ui.widgets.buttons import Button
from studio.ui.widgets.card import Notice
from studio.ui.widgets.label import Label
from studio.viewmodels.history_words import day_of, day_words

if TYPE_CHECKING:
    from datetime import datetime

    from PySide6.QtGui import QHideEvent, QShowEvent

    from studio.domain.timeline import TimelineEntry
    from studio.ui.theme import Theme
    from studio.viewmodels.editor import EditorViewModel
    from studio.viewmodels.history import HistoryViewModel

_Key = tuple[str, "datetime", int]
_AHEAD = 240
"""Pixels before the end of the list at which the next page is asked for."""


class HistoryTab(QWidget):
    """A list of entries, read in pages as it is scrolled; rows are kept while they stay true."""

    def __init__(
        self,
        view_model: HistoryViewModel,
        editor: EditorViewModel,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._editor = editor
        self._theme = theme
        self._rows: dict[_Key, EntryRow] = {}
        self._days: list[Label] = []
        self._shelf = Notice(tone="warn", parent=self)
        self._anew = Button(self.tr("Re-create as new draft"), compact=True, parent=self._shelf)
        self._shelf.add(self._anew)
        self._list = QWidget(self)
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(12, 12, 12, 16)
        self._column.setSpacing(0)
        self._earlier = Button(self.tr("Show earlier"), "ghost", compact=True, parent=self._list)
        self.page = Page(self._list, self)
        self._blank = BlankPage("history", parent=self)
        strip = QHBoxLayout()
        strip.setContentsMargins(20, 12, 20, 0)
        strip.addWidget(self._shelf)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(strip)
        box.addWidget(self.page, 1)
        box.addWidget(self._blank, 1)
        self._anew.clicked.connect(self._on_recreate)
        self._earlier.clicked.connect(view_model.show_earlier)
        self._blank.acted.connect(self._on_retry)
        self.page.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        view_model.changed.connect(self.refresh)
        view_model.version_ready.connect(self._on_version_ready)
        editor.fields_changed.connect(self._on_fields_changed)
        editor.opened.connect(self._on_opened)
        self.refresh()

    @property
    def rows(self) -> tuple[EntryRow, ...]:
        """The entries shown, newest first."""
        return tuple(self._rows.values())

    @property
    def recreate_button(self) -> Button:
        """Makes a new draft of one that was deleted; seen only then."""
        return self._anew

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks."""
        super().showEvent(event)
        self._view_model.set_active(active=True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks any more."""
        super().hideEvent(event)
        self._view_model.set_active(active=False)

    def changeEvent(self, event: QEvent) -> None:
        """Words of days and times follow the language and its direction."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange and hasattr(self, "_blank"):
            self.refresh()

    def refresh(self) -> None:
        """Show the entries as they are now."""
        model = self._view_model
        reason = model.deleted
        self._shelf.setVisible(reason is not None)
        if reason is not None:
            gone = self.tr("It was deleted. What it said is kept here.")
            self._shelf.set_text(f"{gone} “{reason}”" if reason else gone)
        self._show_blank()
        self._lay_out(model.entries)
        self._earlier.setVisible(model.has_more)
        for row in self._rows.values():
            row.refresh()

    def _show_blank(self) -> None:
        state = self._view_model.state
        words = {
            "loading": (self.tr("Reading…"), "", ""),
            "empty": (
                self.tr("Nothing has happened yet"),
                self.tr("Edits, publishes and what the server changes are listed here."),
                "",
            ),
            "failed": (
                self.tr("It could not be read"),
                self._view_model.failure,
                self.tr("Try again"),
            ),
        }
        self.page.setVisible(state not in words)
        self._blank.setVisible(state in words)
        if state in words:
            self._blank.set_icon("triangle-alert" if state == "failed" else "history")
            self._blank.set_words(*words[state])

    def _lay_out(self, entries: tuple[TimelineEntry, ...]) -> None:
        kept, self._rows = self._rows, {}
        for place in reversed(range(self._column.count())):
            self._column.takeAt(place)
        for label in self._days:
            label.hide()
            label.deleteLater()
        self._days = []
        today = QDate.currentDate()
        for day, group in groupby(entries, day_of):
            self._add_day(day_words(day, today))
            row = None
            for entry in group:
                row = self._row_of(entry, kept)
                row.set_last(last=False)
                self._column.addWidget(row)
            if row is not None:
                row.set_last(last=True)
        self._column.addWidget(self._earlier)
        self._column.addStretch(1)
        for gone in kept.values():
            gone.hide()
            gone.deleteLater()

    def _add_day(self, words: str) -> None:
        label = Label(words, role="overline", parent=self._list)
        label.setContentsMargins(8, 12 if self._days else 0, 8, 4)
        self._days.append(label)
        self._column.addWidget(label)
        label.show()

    def _row_of(self, entry: TimelineEntry, kept: dict[_Key, EntryRow]) -> EntryRow:
        """The row of an entry; one that went on growing stays open."""
        same = sum(1 for kind, began, _ in self._rows if (kind, began) == (entry.kind, entry.began))
        key = (entry.kind, entry.began, same)
        row = kept.get(key)
        if row is not None and row.entry == entry:
            del kept[key]
        else:
            was_open = row is not None and row.is_open
            row = EntryRow(entry, self._view_model, self._theme, self._list)
            row.header.setChecked(was_open)
        row.show()
        self._rows[key] = row
        return row

    def _on_version_ready(self, seq: str) -> None:
        for row in self._rows.values():
            if str(row.entry.seq) == seq:
                row.refresh()

    def _on_fields_changed(self, _paths: object) -> None:
        if self.isVisible():
            for row in self._rows.values():
                row.refresh()

    def _on_opened(self) -> None:
        self.page.verticalScrollBar().setValue(0)

    def _on_scrolled(self, value: int) -> None:
        bar = self.page.verticalScrollBar()
        if bar.maximum() > 0 and value >= bar.maximum() - _AHEAD:
            self._view_model.show_earlier()

    def _on_recreate(self) -> None:
        self._view_model.recreate()

    def _on_retry(self) -> None:
        self._view_model.set_active(active=False)
        self._view_model.set_active(active=True)
