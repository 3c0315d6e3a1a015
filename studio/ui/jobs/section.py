"""The jobs at the foot of the side bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.jobs.card import JobCard
from studio.ui.jobs.quiet_button import QuietButton
from studio.ui.widgets.label import Label

if TYPE_CHECKING:
    from studio.ui.theme import Theme
    from studio.viewmodels.jobs import JobRow, JobsViewModel
    from studio.viewmodels.pictures import PictureLoader

MOST_CARDS = 3


class JobsSection(QWidget):
    """How many run, a card for each of the first few, and a way to all of them."""

    opened = Signal(str)
    """The id of an influencer to open."""
    all_wanted = Signal()
    """The list of all jobs is wanted."""

    def __init__(
        self,
        jobs: JobsViewModel,
        pictures: PictureLoader,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._jobs, self._pictures = jobs, pictures
        self._most = MOST_CARDS
        self._cards: dict[str, JobCard] = {}
        self._heading = Label(self.tr("JOBS"), role="overline", parent=self)
        self._running = QuietButton(theme, px=11, color="textMuted", weight="medium", parent=self)
        self._more = QuietButton(theme, px=12, parent=self)
        head = QHBoxLayout()
        head.setContentsMargins(2, 0, 2, 0)
        head.addSpacing(6)
        head.addWidget(self._heading)
        head.addStretch(1)
        head.addWidget(self._running)
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addLayout(self._column)
        column.addWidget(self._more)
        self.setAccessibleName(self.tr("Jobs"))
        self._running.clicked.connect(self.all_wanted)
        self._more.clicked.connect(self.all_wanted)
        jobs.changed.connect(self._refresh)
        jobs.ticked.connect(self._refresh)
        self._refresh()

    @property
    def cards(self) -> tuple[JobCard, ...]:
        """The cards from top to bottom."""
        return tuple(self._cards.values())

    def running_words(self) -> str:
        """What stands beside the heading."""
        return self._running.words()

    def more_words(self) -> str:
        """What stands below the cards; empty when every job has a card."""
        return "" if self._more.isHidden() else self._more.words()

    def set_most(self, most: int) -> None:
        """How many cards there is room for."""
        if most != self._most:
            self._most = most
            self._refresh()

    def _refresh(self) -> None:
        rows = self._jobs.cards
        shown = rows[: self._most]
        for gone in set(self._cards) - {row.id for row in shown}:
            card = self._cards.pop(gone)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        ordered: dict[str, JobCard] = {}
        for place, row in enumerate(shown):
            known = self._cards.get(row.id)
            if known is None:
                known = self._make(row)
            elif known.row != row:
                known.show_row(row)
            if self._column.indexOf(known) != place:
                self._column.insertWidget(place, known)
            ordered[row.id] = known
        self._cards = ordered
        running = self._jobs.running
        self._running.say(
            self.tr("{count} running").format(count=running) if running else self.tr("none running")
        )
        rest = len(rows) - len(shown)
        self._more.say(self.tr("and {count} more").format(count=rest))
        self._more.setVisible(rest > 0)

    def _make(self, row: JobRow) -> JobCard:
        card = JobCard(row, self._pictures, self)
        card.opened.connect(self.opened)
        card.cancel_requested.connect(self._jobs.cancel)
        card.dismiss_requested.connect(self._jobs.dismiss)
        return card
