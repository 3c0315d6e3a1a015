"""A page with nothing on it but the reason: an icon, a sentence, why, and one thing to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.ui.widgets.buttons import Button
from studio.ui.widgets.glyph import Glyph
from studio.ui.widgets.label import Label


class BlankPage(QWidget):
    """``acted`` is the press of its button."""

    acted = Signal()

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = Glyph(icon, "muted", 40, self)
        self._title = Label(role="section", wrap=True, parent=self)
        self._reason = Label(role="secondary", wrap=True, parent=self)
        self._button = Button("", parent=self)
        center = Qt.AlignmentFlag.AlignHCenter
        for label in (self._title, self._reason):
            label.setAlignment(center)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 32, 32, 32)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(self._icon, 0, center)
        column.addSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self._reason)
        column.addSpacing(8)
        column.addWidget(self._button, 0, center)
        column.addStretch(3)
        self._button.clicked.connect(self.acted)
        self.set_words("", "")

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon.set_glyph(icon)

    def set_words(self, title: str, reason: str, action: str = "") -> None:
        """Say what is missing and why; ``action`` is the button's words, empty for none."""
        self._title.setText(title)
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))
        self._button.setText(action)
        self._button.setVisible(bool(action))
