"""All jobs in one list: running, failed, finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.creation.dialog import scrolled
from studio.ui.dialog_size import open_size
from studio.ui.jobs.portrait import Portrait
from studio.ui.style import restyle
from studio.ui.widgets.buttons import Button
from studio.ui.widgets.dialog import StudioDialog
from studio.ui.widgets.divider import Divider
from studio.ui.widgets.label import ElidedLabel, Label
from studio.ui.widgets.progress import ProgressLine

if TYPE_CHECKING:
    from studio.viewmodels.jobs import JobRow, JobsViewModel
    from studio.viewmodels.pictures import PictureLoader


class JobLine(QWidget):
    """One job with room for its failure and for words on its buttons."""

    opened = Signal(str)
    cancel_requested = Signal(str)
    dismiss_requested = Signal(str)

    def __init__(self, row: JobRow, pictures: PictureLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = row
        self._portrait = Portrait(pictures, 40, self)
        self._name = ElidedLabel(role="strong", parent=self)
        self._words = Label(role="caption", wrap=True, parent=self)
        self._codes = ElidedLabel(role="small", parent=self)
        self._bar = ProgressLine(self)
        self._elapsed = Label(role="caption", tabular=True, parent=self)
        self.copy_button = Button(self.tr("Copy"), "ghost", "copy", compact=True)
        self.open_button = Button(self.tr("Open"), "outline", compact=True)
        self.stop_button = Button(self.tr("Stop"), "outline", compact=True)
        self.dismiss_button = Button(self.tr("Dismiss"), "ghost", compact=True)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(self._name)
        words.addWidget(self._bar)
        words.addWidget(self._words)
        words.addWidget(self._codes)
        line = QHBoxLayout(self)
        line.setContentsMargins(22, 10, 22, 10)
        line.setSpacing(10)
        line.addWidget(self._portrait, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        line.addWidget(self._elapsed)
        for button in (
            self.copy_button,
            self.open_button,
            self.stop_button,
            self.dismiss_button,
        ):
            line.addWidget(button)
        self.copy_button.clicked.connect(self._on_copy)
        self.open_button.clicked.connect(self._on_open)
        self.stop_button.clicked.connect(self._on_stop)
        self.dismiss_button.clicked.connect(self._on_dismiss)
        self.show_row(row)

    @property
    def row(self) -> JobRow:
        """What the line shows."""
        return self._row

    def show_row(self, row: JobRow) -> None:
        """Show another state of the job."""
        self._row = row
        self._portrait.show_person(row.name, row.thumbnail_url)
        self._name.setText(row.name)
        self._words.setText(row.failure or row.words)
        self._words.setProperty("tone", row.tone)
        restyle(self._words)
        codes = " · ".join(part for part in (row.code, row.request_id) if part)
        self._codes.setText(codes)
        self._codes.setVisible(bool(codes))
        self._bar.setVisible(row.is_running)
        self._bar.set_fraction(row.progress)
        self._elapsed.setText(row.elapsed)
        self.copy_button.setVisible(bool(row.failure))
        self.stop_button.setVisible(row.is_running)
        self.stop_button.setEnabled(row.can_cancel)
        self.dismiss_button.setVisible(not row.is_running)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._row.report)

    def _on_open(self) -> None:
        self.opened.emit(self._row.influencer_id)

    def _on_stop(self) -> None:
        self.cancel_requested.emit(self._row.id)

    def _on_dismiss(self) -> None:
        self.dismiss_requested.emit(self._row.id)


class JobsDialog(StudioDialog):
    """Every job this workspace follows."""

    opened = Signal(str)
    """The id of an influencer to open; the dialog closes."""

    def __init__(
        self, jobs: JobsViewModel, pictures: PictureLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(title="", icon="loader", parent=parent)
        self._jobs, self._pictures = jobs, pictures
        self._lines: dict[str, tuple[JobLine, Divider]] = {}
        self._empty = Label(
            self.tr("Nothing is being made. Jobs that ended stay here for a day."), role="secondary"
        )
        self._empty.setContentsMargins(22, 18, 22, 18)
        self._inner = inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._empty)
        self._column.addStretch(1)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(scrolled(inner))
        self.dismiss_button = self.add_button(self.tr("Dismiss ended"), "ghost", near=True)
        self.add_button(self.tr("Close"), "primary", result=0, default=True)
        open_size(self, 640, 480)
        self.dismiss_button.clicked.connect(jobs.dismiss_ended)
        jobs.changed.connect(self._refresh)
        jobs.ticked.connect(self._refresh)
        self._refresh()

    @property
    def lines(self) -> tuple[JobLine, ...]:
        """The lines from top to bottom."""
        return tuple(line for line, _ in self._lines.values())

    def _refresh(self) -> None:
        rows = self._jobs.rows
        running = self._jobs.running
        self.set_title(
            self.tr("Jobs"),
            self.tr("{count} running").format(count=running)
            if running
            else self.tr("None running"),
        )
        for gone in set(self._lines) - {row.id for row in rows}:
            for widget in self._lines.pop(gone):
                self._column.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        ordered = {}
        for place, row in enumerate(rows):
            line, divider = self._lines.get(row.id) or self._make(row)
            if line.row != row:
                line.show_row(row)
            if self._column.indexOf(line) != 2 * place:
                self._column.insertWidget(2 * place, line)
                self._column.insertWidget(2 * place + 1, divider)
            ordered[row.id] = (line, divider)
        self._lines = ordered
        self._empty.setVisible(not rows)
        self.dismiss_button.setEnabled(any(not row.is_running for row in rows))

    def _make(self, row: JobRow) -> tuple[JobLine, Divider]:
        line = JobLine(row, self._pictures)
        line.opened.connect(self._on_opened)
        line.cancel_requested.connect(self._jobs.cancel)
        line.dismiss_requested.connect(self._jobs.dismiss)
        return line, Divider()

    def _on_opened(self, influencer_id: str) -> None:
        self.opened.emit(influencer_id)
        self.accept()
