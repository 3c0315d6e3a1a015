"""The right control for a field of an influencer, made from what the field says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QVBoxLayout, QWidget

from studio.domain.fields import BY_PATH
from studio.ui.widgets.chips import ChipEditor
from studio.ui.widgets.field_row import FieldRow
from studio.ui.widgets.fields import ChoiceField, SuggestionPopup, TextArea, TextField
from studio.ui.widgets.phrases import PhraseList

if TYPE_CHECKING:
    from studio.domain.influencer import FieldValue

WIDE_KINDS = ("chips", "phrases", "text")
"""Kinds that want a line of their own; the others stand two in a row."""


class FieldEditor(QWidget):
    """A labelled control for one field path. ``edited`` carries the path when a person typed."""

    edited = Signal(str)
    reverted = Signal(str)

    def __init__(self, path: str, *, label: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        spec = BY_PATH[path]
        self.path = path
        self._words: QStringListModel | None = None
        self._suggestions: tuple[str, ...] = ()
        self.control = self._control()
        self.row = FieldRow(label or spec.label, self.control, self)
        self.row.revert_requested.connect(self._on_revert)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.row)

    @property
    def is_wide(self) -> bool:
        """Whether it wants a line of its own."""
        return BY_PATH[self.path].kind in WIDE_KINDS

    def value(self) -> FieldValue:
        """What the control holds: a text, or a tuple of texts."""
        control = self.control
        if isinstance(control, (ChipEditor, PhraseList)):
            return control.values()
        if isinstance(control, ChoiceField):
            return control.value()
        if isinstance(control, TextArea):
            return control.toPlainText()
        return control.text()

    def set_value(self, value: FieldValue) -> None:
        """Fill the control as a program does: nothing is emitted."""
        control = self.control
        if isinstance(control, (ChipEditor, PhraseList)):
            control.set_values(value if isinstance(value, tuple) else ())
            return
        text = value if isinstance(value, str) else ""
        control.set_value(text)

    def select_all(self) -> None:
        """Select a line of text, so that typing replaces it."""
        if isinstance(self.control, TextField):
            self.control.selectAll()

    def set_suggestions(self, words: tuple[str, ...]) -> None:
        """Offer what other influencers use."""
        if isinstance(self.control, ChipEditor):
            self.control.set_suggestions(words)
        elif isinstance(self.control, ChoiceField) and self.control.isEditable():
            fixed = BY_PATH[self.path].options
            more = tuple(word for word in words if word not in fixed)
            self.control.set_choices(fixed + more)
        elif isinstance(self.control, TextField):
            self._complete(self.control, words)

    def _control(self) -> ChipEditor | PhraseList | ChoiceField | TextArea | TextField:
        spec = BY_PATH[self.path]
        if spec.kind == "chips":
            chips = ChipEditor(self.tr("Add…"))
            chips.values_changed.connect(self._on_edited)
            return chips
        if spec.kind == "phrases":
            phrases = PhraseList()
            phrases.values_changed.connect(self._on_edited)
            return phrases
        if spec.options:
            choice = ChoiceField(spec.options, editable=spec.kind != "choice")
            choice.chosen.connect(self._on_edited)
            return choice
        if spec.kind == "text":
            area = TextArea()
            area.edited.connect(self._on_edited)
            return area
        field = TextField()
        field.textEdited.connect(self._on_edited)
        return field

    def _complete(self, field: TextField, words: tuple[str, ...]) -> None:
        if self._words is None:
            self._words = QStringListModel(self)
            completer = QCompleter(self._words, self)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            popup = SuggestionPopup()
            completer.setPopup(popup)
            popup.style_rows()
            field.setCompleter(completer)
            # Queued: the completer writes its word into the line after this signal.
            completer.activated.connect(self._on_edited, Qt.ConnectionType.QueuedConnection)
            field.textEdited.connect(self._offer)
        self._suggestions = words
        self._offer(field.text())

    def _offer(self, written: str) -> None:
        """Everything but the word that stands there already."""
        if self._words is not None:
            self._words.setStringList([word for word in self._suggestions if word != written])

    def _on_edited(self, _value: object = None) -> None:
        self.edited.emit(self.path)

    def _on_revert(self) -> None:
        self.reverted.emit(self.path)
