"""One render job as a card of the side bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.ui.jobs.portrait import Portrait
from studio.ui.style import restyle
from studio.ui.widgets.buttons import IconButton
from studio.ui.widgets.card import Card
from studio.ui.widgets.focus_ring import FocusRing
from studio.ui.widgets.glyph import Glyph
from studio.ui.widgets.label import ElidedLabel, Label, set_tooltip
from studio.ui.widgets.progress import ProgressLine

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent

    from studio.viewmodels.jobs import JobRow
    from studio.viewmodels.pictures import PictureLoader


class JobCard(Card):
    """Portrait, name, bar, stage and time. A click opens the influencer.

    Stopping (or taking an ended one off the list) shows while the card is hovered or has the focus.
    """

    opened = Signal(str)
    """The id of the influencer."""
    cancel_requested = Signal(str)
    """The id of the job."""
    dismiss_requested = Signal(str)
    """The id of the job."""

    def __init__(self, row: JobRow, pictures: PictureLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = row
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._portrait = Portrait(pictures, 32, self)
        self._name = ElidedLabel(role="strongSmall", parent=self)
        self._bar = ProgressLine(self)
        self._done = Glyph("check", "ok", 12, self)
        self._words = ElidedLabel(role="small", parent=self)
        self._elapsed = Label(role="small", tabular=True, parent=self)
        self._copy = self._tiny("copy", self.tr("Copy the report"))
        self._stop = self._tiny("x", self.tr("Ask to stop"))
        self._lay_out()
        self._ring = FocusRing(self, radius=12)
        for button in (self._copy, self._stop):
            button.installEventFilter(self)
        self._copy.clicked.connect(self.copy_report)
        self._stop.clicked.connect(self._on_stop)
        self.show_row(row)

    def _tiny(self, icon: str, tooltip: str) -> IconButton:
        button = IconButton(icon, tooltip, "ghost", "tiny", parent=self)
        button.hide()
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self._name, 1)
        head.addWidget(self._copy)
        head.addWidget(self._stop)
        foot = QHBoxLayout()
        foot.setSpacing(4)
        foot.addWidget(self._done)
        foot.addWidget(self._words, 1)
        foot.addSpacing(4)
        foot.addWidget(self._elapsed)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addLayout(head)
        words.addWidget(self._bar)
        words.addLayout(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 8, 10, 8)
        row.setSpacing(9)
        row.addWidget(self._portrait)
        row.addLayout(words, 1)
        self._name.setMinimumHeight(20)

    @property
    def row(self) -> JobRow:
        """What the card shows."""
        return self._row

    def show_row(self, row: JobRow) -> None:
        """Show another state of the job."""
        self._row = row
        self._portrait.show_person(row.name, row.thumbnail_url)
        self._name.setText(row.name)
        # What has ended is told by its words alone; a full bar would ask for attention.
        self._bar.setVisible(row.is_running)
        self._bar.set_fraction(row.progress)
        self._done.setVisible(row.tone == "ok")
        self._words.setText(row.failure or row.words)
        self._words.setProperty("tone", "" if row.tone == "ok" else row.tone)
        restyle(self._words)
        self._elapsed.setText(row.elapsed or "—")
        self._stop.set_tooltip(self.tr("Ask to stop") if row.is_running else self.tr("Dismiss"))
        set_tooltip(self, row.report if row.failure else "")
        self.setAccessibleName(f"{row.name}, {row.failure or row.words}")
        self.setAccessibleDescription(row.elapsed)
        self._show_buttons()

    def copy_report(self) -> None:
        """Put sentence, code and request id on the clipboard."""
        QGuiApplication.clipboard().setText(self._row.report)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open, Delete stops or dismisses."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(self._row.influencer_id)
        elif key == Qt.Key.Key_Delete:
            self._on_stop()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the card opens its influencer."""
        inside = self.rect().contains(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and inside:
            self.opened.emit(self._row.influencer_id)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The click is ours."""
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Show the buttons while the card is hovered or has the focus."""
        handled = super().event(event)
        if event.type() in (
            QEvent.Type.Enter,
            QEvent.Type.Leave,
            QEvent.Type.FocusIn,
            QEvent.Type.FocusOut,
        ):
            self._show_buttons()
        return handled

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """The focus of a button counts as the card's."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._show_buttons()
        return False

    def _show_buttons(self) -> None:
        row = self._row
        near = self.underMouse() or self.hasFocus()
        near = near or self._stop.hasFocus() or self._copy.hasFocus()
        self._stop.setVisible(near and (row.can_cancel or not row.is_running))
        self._copy.setVisible(near and bool(row.failure))

    def _on_stop(self) -> None:
        if self._row.can_cancel:
            self.cancel_requested.emit(self._row.id)
        elif not self._row.is_running:
            self.dismiss_requested.emit(self._row.id)
