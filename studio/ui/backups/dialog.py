"""Backups: every copy, what the chosen one would change, and bringing it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from studio.ui.creation.dialog import scrolled
from studio.ui.dialog_size import open_size
from studio.ui.widgets.card import Notice
from studio.ui.widgets.checks import CheckBox, RadioButton
from studio.ui.widgets.dialog import StudioDialog
from studio.ui.widgets.divider import Divider
from studio.ui.widgets.label import Label

if TYPE_CHECKING:
    from studio.viewmodels.backups import BackupRow, BackupsViewModel


class BackupLine(QWidget):
    """One copy: when, why and what is in it."""

    def __init__(self, row: BackupRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = row
        self.choice = RadioButton(row.title)
        self.choice.setAccessibleDescription(row.words)
        self.choice.setEnabled(row.is_sound)
        words = Label(row.words, role="caption" if row.is_sound else "error", wrap=True)
        words.setContentsMargins(24, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(2)
        column.addWidget(self.choice)
        column.addWidget(words)


class BackupsDialog(StudioDialog):
    """The list above, the effects of the choice below; Enter alone never restores."""

    def __init__(self, model: BackupsViewModel, parent: QWidget | None = None) -> None:
        super().__init__(title="", icon="history", parent=parent)
        self.set_title(
            self.tr("Backups"),
            self.tr("Copies of drafts, waiting changes and history on this computer."),
        )
        self._model = model
        self.lines: tuple[BackupLine, ...] = ()
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._on_chosen)
        self._empty = Label(role="secondary", wrap=True)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(4)
        self._column.addWidget(self._empty)
        self._column.addStretch(1)
        self.effects = Label(role="secondary", wrap=True)
        self.keep = CheckBox(self.tr("Keep my current drafts and waiting changes"), checked=True)
        self.notice = Notice(tone="error")
        self.body.addWidget(scrolled(inner), 1)
        self.body.addWidget(Divider())
        self.body.addWidget(self.effects)
        self.body.addWidget(self.keep)
        self.body.addWidget(self.notice)
        self.make_button = self.add_button(self.tr("Back up now"), "ghost", "save", near=True)
        self.add_button(self.tr("Close"), result=0, default=True)
        self.restore_button = self.add_button(self.tr("Restore"), "primary", "history")
        open_size(self, 600, 560)
        self.keep.toggled.connect(model.keep_current)
        self.make_button.clicked.connect(model.back_up)
        self.restore_button.clicked.connect(model.restore)
        model.changed.connect(self._refresh)
        model.restored.connect(self.accept)
        self._refresh()
        model.load()

    def _refresh(self) -> None:
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
        self.effects.setVisible(bool(model.effects))
        self.keep.setVisible(bool(model.chosen))
        self.notice.set_text(model.problem)
        self.notice.setVisible(bool(model.problem))
        self.make_button.setEnabled(not model.is_busy)
        self.restore_button.setEnabled(model.can_restore)

    def _show(self, rows: tuple[BackupRow, ...]) -> None:
        for gone in self.lines:
            self._group.removeButton(gone.choice)
            self._column.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        self.lines = tuple(BackupLine(row) for row in rows)
        for place, line in enumerate(self.lines):
            line.choice.setChecked(line.row.name == self._model.chosen)
            self._group.addButton(line.choice)
            self._column.insertWidget(place, line)

    def _on_chosen(self) -> None:
        for line in self.lines:
            if line.choice.isChecked():
                self._model.choose(line.row.name)
