"""The status bar: contact, drafts and jobs at the near end; credits and a hint at the far end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from studio.ui.jobs.quiet_button import QuietButton
from studio.ui.widgets.label import ElidedLabel, Label, set_tooltip
from studio.ui.widgets.progress import ProgressLine

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from studio.ui.theme import Theme
    from studio.viewmodels.jobs import JobsViewModel
    from studio.viewmodels.status import StatusViewModel

HEIGHT = 28


class StatusBar(QWidget):
    """Says what is known; each part leads to what it speaks of."""

    settings_wanted = Signal()
    view_wanted = Signal(str)
    """A view of the roster: ``drafts`` or ``attention``."""
    jobs_wanted = Signal()
    conflicts_wanted = Signal()
    outbox_wanted = Signal()

    def __init__(
        self,
        status: StatusViewModel,
        jobs: JobsViewModel,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._status, self._jobs_model, self._theme = status, jobs, theme
        self.setFixedHeight(round(HEIGHT * theme.text_scale))
        self.contact = QuietButton(theme, parent=self)
        self.drafts = QuietButton(theme, parent=self)
        self.jobs = QuietButton(theme, parent=self)
        self._progress = ProgressLine(self)
        self._progress.setFixedWidth(48)
        self.credits = Label(role="caption", tabular=True, parent=self)
        self.hint = ElidedLabel(role="caption", parent=self)
        # Its own width when there is room, an ellipsis when there is not.
        self.hint.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(9, 1, 9, 0)
        row.setSpacing(4)
        for part in (self.contact, self.drafts, self.jobs):
            row.addWidget(part)
        row.addWidget(self._progress)
        row.addStretch(1)
        row.addWidget(self.credits)
        row.addSpacing(12)
        row.addWidget(self.hint)
        row.addSpacing(5)
        self.setAccessibleName(self.tr("Status bar"))
        self.contact.clicked.connect(self._on_contact)
        self.drafts.clicked.connect(self._on_drafts)
        self.jobs.clicked.connect(self.jobs_wanted)
        status.changed.connect(self._refresh)
        jobs.changed.connect(self._show_jobs)
        theme.changed.connect(self._on_theme)
        self._refresh()
        self._show_jobs()

    def focus_entry(self) -> QWidget:
        """Where F6 lands."""
        return self.contact

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground and the hairline above it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("sidebar"))
        painter.fillRect(0, 0, self.width(), 1, self._theme.color("hairline"))
        painter.end()

    def _refresh(self) -> None:
        line = self._status.line
        self.contact.say(line.words, icon=line.icon, color=line.token)
        set_tooltip(self.contact, line.detail)
        self.contact.setAccessibleDescription(line.detail)
        self.drafts.say(self._status.drafts, icon="hard-drive")
        self.drafts.setVisible(bool(self._status.drafts))
        self.credits.setText(self._status.credits)
        self.credits.setVisible(bool(self._status.credits))
        self.hint.setText(self._status.hint)

    def _show_jobs(self) -> None:
        words = self._jobs_model.running_words
        self.jobs.say(words, icon="loader")
        self.jobs.setVisible(bool(words))
        self._progress.setVisible(bool(words))
        if words:
            self._progress.set_fraction(self._jobs_model.progress)

    def _on_theme(self) -> None:
        self.setFixedHeight(round(HEIGHT * self._theme.text_scale))
        self.update()

    def _on_contact(self) -> None:
        action = self._status.line.action
        if action == "settings":
            self.settings_wanted.emit()
        elif action == "attention":
            self.view_wanted.emit("attention")
        elif action == "conflicts":
            self.conflicts_wanted.emit()
        elif action == "outbox":
            self.outbox_wanted.emit()
        else:
            self._status.sync_now()

    def _on_drafts(self) -> None:
        self.view_wanted.emit("drafts")
