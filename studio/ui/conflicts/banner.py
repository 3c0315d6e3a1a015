"""A slim strip in the editor: this influencer waits for a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from studio.ui.widgets import tab_order
from studio.ui.widgets.buttons import Button
from studio.ui.widgets.glyph import Glyph
from studio.ui.widgets.label import Label

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from studio.ui.theme import Theme
    from studio.viewmodels.conflict_list import ConflictsViewModel
    from studio.viewmodels.open_persona import OpenPersona


class ConflictBanner(QWidget):
    """Shows itself while the open influencer has a conflict, and hides when it has none."""

    resolve_requested = Signal(str)
    """The id of the influencer whose versions a person wants to see."""

    def __init__(
        self,
        conflicts: ConflictsViewModel,
        editor: OpenPersona,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._conflicts, self._editor, self._theme = conflicts, editor, theme
        self._id = ""
        self._glyph = Glyph("git-fork", "conflict", 14, self)
        self._words = Label(role="conflict", wrap=True, parent=self)
        self._words.setProperty("tone", "conflict")
        self.button = Button(self.tr("Resolve…"), "outline", compact=True, parent=self)
        self.button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 6, 20, 6)
        row.setSpacing(8)
        row.addWidget(self._glyph)
        row.addWidget(self._words, 1)
        row.addWidget(self.button)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self._on_clicked)
        conflicts.changed.connect(self.refresh)
        editor.opened.connect(self.refresh)
        editor.state_changed.connect(self.refresh)
        theme.changed.connect(self.update)
        self.refresh()

    def words(self) -> str:
        """The sentence shown."""
        return self._words.text()

    def refresh(self) -> None:
        """Show the conflict of the open influencer; in the past there is nothing to choose."""
        shown = self._editor.shown
        past = shown is not None and shown.as_of is not None
        row = None if past else self._conflicts.row_of(self._editor.influencer_id)
        self._id = row.influencer_id if row is not None else ""
        if row is not None:
            self._words.setText(row.words)
            self.button.setText(self.tr("Decide…") if row.is_gone else self.tr("Resolve…"))
            self.setAccessibleName(row.words)
        else:
            self._hand_on_focus()
        self.setVisible(row is not None)

    def _hand_on_focus(self) -> None:
        """The keyboard goes on below the strip; Qt would take it to the top of the window."""
        if self.isHidden() or self.window().focusWidget() is not self.button:
            return
        way = tab_order.stops(self.window())
        after = (way.index(self.button) + 1) % len(way) if self.button in way else 0
        way[after].setFocus(Qt.FocusReason.OtherFocusReason)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The tint of a conflict, and a hairline under it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("conflictSoft"))
        line = QRectF(0, self.height() - 1, self.width(), 1)
        painter.fillRect(line, self._theme.color("hairline"))
        painter.end()

    def _on_clicked(self) -> None:
        if self._id:
            self.resolve_requested.emit(self._id)
