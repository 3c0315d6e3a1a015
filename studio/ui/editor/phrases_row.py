"""The catchphrases with their number and a way to add one, above the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.ui.widgets.buttons import Button
from studio.ui.widgets.field_row import FieldRow
from studio.ui.widgets.label import Label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from studio.ui.widgets.phrases import PhraseList


class PhrasesRow(FieldRow):
    """A field row whose head also counts and adds."""

    def __init__(self, label: str, phrases: PhraseList, parent: QWidget | None = None) -> None:
        super().__init__(label, phrases, parent)
        self._phrases = phrases
        self._count = Label(role="captionMuted", tabular=True, parent=self)
        self._add = Button(self.tr("Add"), "link", "plus", compact=True, parent=self)
        self._add.setAccessibleName(self.tr("Add a catchphrase"))
        self._head.insertWidget(2, self._count)
        self._head.addWidget(self._add)
        self._add.clicked.connect(self._on_add)
        self.set_count(0)

    def set_count(self, count: int) -> None:
        """Show how many there are."""
        self._count.setText(str(count))

    def set_editable(self, editable: bool) -> None:
        """Offer to add, or not."""
        self._add.setEnabled(editable)

    def _on_add(self) -> None:
        self._phrases.add_phrase()
