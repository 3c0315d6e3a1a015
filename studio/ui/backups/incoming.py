"""A file that may be imported: whose it is, what is in it, and what would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.ui.creation.dialog import scrolled
from studio.ui.widgets.card import Card
from studio.ui.widgets.checks import CheckBox
from studio.ui.widgets.divider import Divider
from studio.ui.widgets.label import Label

if TYPE_CHECKING:
    from studio.viewmodels.transfers import TransfersViewModel


class IncomingPage(QWidget):
    """What was found in a file; the buttons belong to the dialog."""

    def __init__(self, model: TransfersViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.owner = Label(role="strong", wrap=True)
        self.contents = Label(role="secondary", wrap=True)
        self.file = Label(role="caption", wrap=True)
        self.effects = Label(role="secondary", wrap=True)
        self.keep = CheckBox(self.tr("Keep my current drafts and waiting changes"), checked=True)
        card = Card()
        facts = QVBoxLayout(card)
        facts.setContentsMargins(16, 12, 16, 12)
        facts.setSpacing(4)
        for label in (self.owner, self.contents, self.file):
            facts.addWidget(label)
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        inside.addWidget(card)
        inside.addWidget(Label(self.tr("What would change"), role="strong"))
        inside.addWidget(self.effects)
        inside.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(scrolled(inner), 1)
        column.addWidget(Divider())
        column.addWidget(self.keep)
        self.keep.toggled.connect(model.keep_current)

    def refresh(self) -> None:
        """Show the file as it is known now."""
        model = self._model
        self.owner.setText(model.owner)
        self.contents.setText(model.contents)
        self.file.setText(model.file_name)
        self.effects.setText("\n".join(model.effects))
        self.keep.setChecked(model.keeps_current)
        self.keep.setEnabled(not model.work)
