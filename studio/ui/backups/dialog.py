"""Backups: every copy and what it would change; the whole workspace as a file, out and in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.ui.backups.file_choice import FileChoice
from studio.ui.backups.incoming import IncomingPage
from studio.ui.creation.dialog import scrolled
from studio.ui.dialog_size import open_size
from studio.ui.widgets.buttons import Button
from studio.ui.widgets.card import Notice
from studio.ui.widgets.checks import CheckBox, RadioButton
from studio.ui.widgets.dialog import StudioDialog
from studio.ui.widgets.divider import Divider
from studio.ui.widgets.glyph import Glyph
from studio.ui.widgets.label import Label

if TYPE_CHECKING:
    from studio.viewmodels.backups import BackupRow, BackupsViewModel


class BackupLine(QWidget):
    """One copy: when, why and what is in it. What failed its check has nothing to choose."""

    def __init__(self, row: BackupRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = row
        self.choice: RadioButton | None = None
        words = Label(row.words, role="caption" if row.is_sound else "error", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(2)
        if row.is_sound:
            self.choice = RadioButton(row.title)
            self.choice.setAccessibleDescription(row.words)
            column.addWidget(self.choice)
        else:
            column.addLayout(self._broken())
        column.addLayout(_indented(words))

    def _broken(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addSpacing(4)
        line.addWidget(Glyph("circle-alert", "error"))
        line.addWidget(Label(self.row.title, role="muted"), 1)
        return line


def _indented(words: Label) -> QHBoxLayout:
    """Under the words of a choice, not under its ring; a margin would not turn with the text."""
    line = QHBoxLayout()
    line.setSpacing(0)
    line.addSpacing(24)
    line.addWidget(words, 1)
    return line


class BackupsDialog(StudioDialog):
    """Each copy, and below the chosen one what it would change; a file to import has a page of its
    own. Enter alone never restores nor imports."""

    def __init__(self, model: BackupsViewModel, parent: QWidget | None = None) -> None:
        super().__init__(title="", icon="history", parent=parent)
        self._model, self._transfers = model, model.transfers
        self.lines: tuple[BackupLine, ...] = ()
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._on_chosen)
        self._choice = FileChoice(self)
        self._empty = Label(role="secondary", wrap=True)
        self.effects = Label(role="secondary", wrap=True)
        self._under = QWidget()
        under = _indented(self.effects)
        under.setContentsMargins(0, 0, 0, 8)
        self._under.setLayout(under)
        self.keep = CheckBox(self.tr("Keep my current drafts and waiting changes"), checked=True)
        self.export_button = Button(self.tr("Export…"), icon="upload", compact=True)
        self.import_button = Button(self.tr("Import…"), icon="download", compact=True)
        self.incoming = IncomingPage(self._transfers)
        self.notice = Notice(tone="error")
        self._pages = QStackedWidget()
        self._copies = self._copies_page()
        self._pages.addWidget(self._copies)
        self._pages.addWidget(self.incoming)
        self.body.addWidget(self._pages, 1)
        self.body.addWidget(self.notice)
        self._add_buttons()
        open_size(self, 600, 580)
        self._connect()
        self._refresh()
        model.load()

    def _copies_page(self) -> QWidget:
        page, inner = QWidget(), QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(4)
        self._column.addWidget(self._empty)
        self._column.addWidget(self._under)
        self._column.addStretch(1)
        words = self.tr("The whole workspace as one file, to keep or move.")
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(Label(words, role="caption", wrap=True), 1)
        line.addWidget(self.export_button)
        line.addWidget(self.import_button)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self._list = scrolled(inner)
        column.addWidget(self._list, 1)
        column.addWidget(self.keep)
        column.addWidget(Divider())
        column.addLayout(line)
        return page

    def _add_buttons(self) -> None:
        self.make_button = self.add_button(self.tr("Back up now"), "ghost", "save", near=True)
        self.back_button = self.add_button(self.tr("Back"), "ghost", "arrow-left", near=True)
        self.close_button = self.add_button(self.tr("Close"), result=0, default=True)
        # Not on Export, which would be first in the order until the copies are listed.
        self.close_button.setFocus()
        self.restore_button = self.add_button(self.tr("Restore"), "primary", "history")
        self.take_button = self.add_button(self.tr("Import"), "primary", "download")

    def _connect(self) -> None:
        model, transfers = self._model, self._transfers
        self.keep.toggled.connect(model.keep_current)
        self.make_button.clicked.connect(model.back_up)
        self.restore_button.clicked.connect(model.restore)
        model.changed.connect(self._refresh)
        model.restored.connect(self.accept)
        self.export_button.clicked.connect(self._choice.ask_target)
        self.import_button.clicked.connect(self._choice.ask_source)
        self._choice.target_chosen.connect(transfers.export)
        self._choice.source_chosen.connect(transfers.look)
        self.back_button.clicked.connect(transfers.leave)
        self.take_button.clicked.connect(transfers.take_in)
        transfers.changed.connect(self._refresh)
        transfers.taken_in.connect(self.accept)

    def _refresh(self) -> None:
        is_importing = self._transfers.has_file
        self._show_copies()
        self.incoming.refresh()
        self._pages.setCurrentWidget(self.incoming if is_importing else self._copies)
        self._say()
        is_idle = not (self._model.is_busy or self._transfers.work)
        for button in (self.make_button, self.restore_button):
            button.setVisible(not is_importing)
        for button in (self.back_button, self.take_button):
            button.setVisible(is_importing)
        for button in (
            self.make_button,
            self.back_button,
            self.export_button,
            self.import_button,
            self.take_button,
        ):
            button.setEnabled(is_idle)
        self.restore_button.setEnabled(self._model.can_restore and is_idle)

    def _say(self) -> None:
        """Titles for the page, and what is under way, went wrong or was done."""
        model, transfers = self._model, self._transfers
        self.header.avatar.set_icon("download" if transfers.has_file else "history")
        if transfers.has_file:
            self.set_title(
                self.tr("Import"), self.tr("Nothing has changed yet. A copy of now is kept.")
            )
        else:
            self.set_title(
                self.tr("Backups"),
                self.tr("Copies of drafts, waiting changes and history on this computer."),
            )
        problem = transfers.problem or model.problem
        text = transfers.progress or problem or transfers.written
        is_problem = bool(problem) and not transfers.progress
        self.notice.set_tone(
            "error" if is_problem else "ok" if text == transfers.written else "info"
        )
        self.notice.set_text(text)
        self.notice.setVisible(bool(text))

    def _show_copies(self) -> None:
        model = self._model
        rows = model.rows
        if rows != tuple(line.row for line in self.lines):
            self._show(rows)
        self._empty.setText(
            self.tr(
                "There is no backup yet. One is made by itself soon after you change something."
            )
            if model.is_loaded
            else self.tr("Checking the backups…")
        )
        self._empty.setVisible(not rows)
        self.effects.setText("\n".join(model.effects))
        self._place_effects()
        self.keep.setVisible(bool(model.chosen))

    def _place_effects(self) -> None:
        """Below the copy they are of, in sight together with it."""
        chosen = [line for line in self.lines if line.row.name == self._model.chosen]
        has_any = bool(self._model.effects) and bool(chosen)
        is_new = has_any and not self._under.isVisibleTo(self)
        if chosen:
            self._column.removeWidget(self._under)
            self._column.insertWidget(self._column.indexOf(chosen[0]) + 1, self._under)
        self._under.setVisible(has_any)
        if is_new:
            # Its place is known after the layout's next turn.
            QTimer.singleShot(0, self, self._show_effects)

    def _show_effects(self) -> None:
        self._list.ensureWidgetVisible(self._under, 0, 8)

    def _show(self, rows: tuple[BackupRow, ...]) -> None:
        for gone in self.lines:
            if gone.choice is not None:
                self._group.removeButton(gone.choice)
            self._column.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        self.lines = tuple(BackupLine(row) for row in rows)
        for place, line in enumerate(self.lines):
            self._column.insertWidget(place, line)
            if line.choice is not None:
                line.choice.setChecked(line.row.name == self._model.chosen)
                self._group.addButton(line.choice)
        sound = [line.choice for line in self.lines if line.choice is not None]
        if sound and self.close_button.hasFocus():
            sound[0].setFocus()

    def _on_chosen(self) -> None:
        for line in self.lines:
            if line.choice is not None and line.choice.isChecked():
                self._model.choose(line.row.name)
