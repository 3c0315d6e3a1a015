"""Boxes that group: a card on the window, and a notice that says one thing."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from studio.ui.style import restyle
from studio.ui.widgets.glyph import Glyph
from studio.ui.widgets.label import Label

Tone = Literal["plain", "info", "ok", "warn", "error", "conflict"]

_ICONS: dict[Tone, str] = {
    "plain": "info",
    "info": "info",
    "ok": "circle-check",
    "warn": "triangle-alert",
    "error": "circle-alert",
    "conflict": "git-fork",
}


class Card(QFrame):
    """A rounded box of surface color with a hairline around it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)


class Notice(QFrame):
    """An icon and a sentence in a quiet box; ``add`` puts buttons behind the sentence."""

    def __init__(self, text: str = "", tone: Tone = "plain", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._glyph = Glyph(_ICONS[tone], parent=self)
        self._label = Label(text, role="caption", wrap=True, parent=self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 10, 12, 10)
        self._row.setSpacing(8)
        self._row.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self._label, 1)
        self.set_tone(tone)

    def set_text(self, text: str) -> None:
        """Say something else."""
        self._label.setText(text)

    def set_tone(self, tone: Tone) -> None:
        """Change color and icon together."""
        self.setProperty("tone", tone)
        self._glyph.set_glyph(_ICONS[tone], "muted" if tone == "plain" else tone)
        restyle(self)

    def add(self, widget: QWidget) -> None:
        """Put ``widget`` (a button, as a rule) behind the sentence."""
        self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
