"""Changes what a waiting clone asks for: its name, and what differs from its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.domain.outbox import CloneIntent
from studio.domain.rules import check_all
from studio.ui.creation.form import FieldForm
from studio.ui.dialog_size import open_size
from studio.ui.editor.surfaces import Page
from studio.ui.widgets.dialog import StudioDialog

if TYPE_CHECKING:
    from studio.domain.influencer import FieldValue

NAME = "name"
ALWAYS = ("personality.tone", "personality.humor", "personality.formality", "personality.traits")
"""Offered even when the clone does not set them: what variants of one face differ in."""


class CloneChangeDialog(StudioDialog):
    """An emptied field is as in the source; the place in the queue stays."""

    changed = Signal(object)
    """The :class:`CloneIntent` as it shall be."""

    def __init__(self, intent: CloneIntent, parent: QWidget | None = None) -> None:
        super().__init__(title="", icon="copy", parent=parent)
        self.set_title(
            self.tr("Change the clone"), self.tr("It waits here, so nothing of it was sent yet.")
        )
        self._intent = intent
        self.form = FieldForm()
        more = [path for path in ALWAYS if path not in intent.overrides]
        self.form.offer((NAME, *intent.overrides, *more))
        for editor in self.form.editors:
            editor.set_value(intent.overrides.get(editor.path))
            editor.row.set_problem(None)
        name = self.form.editor(NAME)
        assert name is not None
        name.set_value(intent.name)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(22, 18, 22, 18)
        column.addWidget(self.form)
        column.addStretch(1)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(Page(holder))
        self.add_footnote(self.tr("An empty field is as in the source."))
        self.add_button(self.tr("Cancel"), result=0)
        self.save_button = self.add_button(self.tr("Save"), "primary", default=True)
        self.save_button.clicked.connect(self._on_save)
        self.form.edited.connect(self._on_edited)
        open_size(self, 520, 480)
        name.control.setFocus()

    def intent(self) -> CloneIntent:
        """What the fields say."""
        values: dict[str, FieldValue] = {
            editor.path: editor.value() for editor in self.form.editors if editor.path != NAME
        }
        name = self.form.editor(NAME)
        assert name is not None
        kept = {path: value for path, value in values.items() if value}
        return CloneIntent(self._intent.row_id, str(name.value() or ""), kept)

    def _on_edited(self, path: str) -> None:
        editor = self.form.editor(path)
        if editor is not None:
            editor.row.set_problem(None)

    def _on_save(self) -> None:
        intent = self.intent()
        problems = check_all({**intent.overrides, NAME: intent.name})
        for editor in self.form.editors:
            problem = problems.get(editor.path)
            editor.row.set_problem(problem.sentence if problem is not None else None)
        if not problems:
            self.changed.emit(intent)
            self.accept()
