"""One field of the form and its value: population never looks like an edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from studio.domain.diff import shown
from studio.domain.fields import BY_PATH, FieldSpec
from studio.ui.editor.phrases_row import PhrasesRow
from studio.ui.widgets.chips import ChipEditor
from studio.ui.widgets.field_row import FieldRow
from studio.ui.widgets.fields import ChoiceField, TextArea, TextField
from studio.ui.widgets.phrases import PhraseList

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from studio.domain.influencer import FieldValue
    from studio.viewmodels.editor import EditorViewModel

WIDE_CHIPS = ("personality.traits",)
"""Chip fields over the whole width of the form."""
LONGEST_MARK = 120
"""Characters of an old value worth handing to a label that shows a dozen of them."""

Editor = TextField | ChoiceField | TextArea | ChipEditor | PhraseList


def make_row(spec: FieldSpec, parent: QWidget) -> FieldRow:
    """The row with the control that fits the kind of the field."""
    label = QCoreApplication.translate("Fields", spec.label)
    if spec.kind == "phrases":
        return PhrasesRow(label, PhraseList(), parent)
    return FieldRow(label, _make_control(spec), parent)


def _make_control(spec: FieldSpec) -> QWidget:
    if spec.kind == "chips":
        # In half of a column two chips stand side by side only without crosses.
        return ChipEditor(_chip_hint(spec.path), crosses=spec.path in WIDE_CHIPS)
    if spec.kind == "text":
        return TextArea(lines=3)
    if spec.kind == "choice" or spec.options:
        field = ChoiceField(spec.options, editable=spec.kind != "choice")
        if spec.kind != "choice":
            # A completer would put words into the line that nobody typed.
            field.setCompleter(None)  # type: ignore[arg-type]
        return field
    return TextField()


def _chip_hint(path: str) -> str:
    if path == "personality.traits":
        return QCoreApplication.translate("Fields", "Add trait…")
    if path == "personality.values":
        return QCoreApplication.translate("Fields", "Add value…")
    return QCoreApplication.translate("Fields", "Add interest…")


class FieldBinding(QObject):
    """Shows a field of the view model in its row and hands edits to the view model."""

    def __init__(self, view_model: EditorViewModel, path: str, row: FieldRow) -> None:
        super().__init__(row)
        self.path = path
        self.row = row
        self._view_model = view_model
        self._marked: tuple[object, ...] | None = None
        self._connect()
        row.revert_requested.connect(self._on_revert)

    def refresh(self) -> None:
        """Show value, mark, problem and note as they are now. Never emits an edit."""
        self._show_value(self._view_model.value(self.path))
        change = self._view_model.mark(self.path)
        moved = self._view_model.moved(self.path)
        incoming = self._view_model.incoming(self.path)
        problem = self._view_model.problem(self.path)
        editable = self._view_model.editable
        stays_here = self._view_model.stays_here(self.path)
        marked = (change, moved, incoming, problem, editable, stays_here)
        if marked == self._marked:
            return
        self._marked = marked
        many = isinstance(self._editor, ChipEditor | PhraseList)
        # It was typed over that value, whatever the server has there by now.
        typed_over = moved or change
        was = None if typed_over is None else _short(typed_over.old)
        self.row.set_changed(was, in_words=not many)
        self.row.set_changed_there(None if moved is None else _short(moved.new))
        self.row.set_problem(problem or None)
        note = None
        if stays_here:
            note = self.tr("Only on this computer: the server does not take it.")
        if incoming is not None:
            note = self.tr("Changed elsewhere to “{value}”. It is shown when you leave the field.")
            note = note.replace("{value}", _short(incoming.new) or self.tr("empty"))
        self.row.set_note(note)
        self._editor.setEnabled(editable)
        if isinstance(self._editor, PhraseList):
            base = change.old if change is not None else None
            self._editor.set_changed_from(base if isinstance(base, tuple) else None)
        if isinstance(self.row, PhrasesRow):
            self.row.set_editable(editable)

    def hand_in(self) -> None:
        """Make a word that is typed but not entered a chip, before the form is left."""
        if isinstance(self._editor, ChipEditor):
            self._editor.take_typed()

    def start_over(self) -> None:
        """Another influencer comes: what was written here and never taken goes."""
        if isinstance(self._editor, ChipEditor | PhraseList):
            self._editor.set_values(_entries(self._view_model.value(self.path)), fresh=True)

    def offer(self, words: tuple[str, ...]) -> None:
        """Complete with these words."""
        if isinstance(self._editor, ChipEditor):
            self._editor.set_suggestions(words)

    @property
    def _editor(self) -> QWidget:
        return self.row.editor

    def _connect(self) -> None:
        editor = self._editor
        if isinstance(editor, TextField):
            editor.textEdited.connect(self._on_text)
        elif isinstance(editor, ChoiceField):
            editor.chosen.connect(self._on_text)
        elif isinstance(editor, TextArea):
            editor.edited.connect(self._on_area_edited)
        elif isinstance(editor, ChipEditor | PhraseList):
            editor.values_changed.connect(self._on_values)

    def _show_value(self, value: FieldValue) -> None:
        editor = self._editor
        if isinstance(editor, ChipEditor | PhraseList):
            entries = _entries(value)
            editor.set_values(entries)
            if isinstance(self.row, PhrasesRow):
                self.row.set_count(len(entries))
        elif isinstance(editor, TextField | ChoiceField | TextArea):
            text = value if isinstance(value, str) else ""
            editor.set_value(text)
            if isinstance(editor, TextField) and not editor.hasFocus():
                editor.setCursorPosition(0)

    def _on_text(self, text: str) -> None:
        self._view_model.set_value(self.path, text)

    def _on_area_edited(self) -> None:
        if isinstance(self._editor, TextArea):
            self._view_model.set_value(self.path, self._editor.toPlainText())

    def _on_values(self, values: object) -> None:
        if isinstance(values, tuple):
            self._view_model.set_value(self.path, values)

    def _on_revert(self) -> None:
        self._view_model.revert(self.path)


def _entries(value: FieldValue) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _short(value: FieldValue) -> str:
    """An old value as a few words; empty when there was none."""
    text = shown(value) if value else ""
    return text if len(text) <= LONGEST_MARK else text[:LONGEST_MARK] + "…"


def bind(view_model: EditorViewModel, path: str, parent: QWidget) -> FieldBinding:
    """A row for the field at ``path`` with its binding."""
    return FieldBinding(view_model, path, make_row(BY_PATH[path], parent))
