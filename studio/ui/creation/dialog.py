"""New influencer: a name is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.ui.creation.form import FieldForm
from studio.ui.dialog_size import open_size
from studio.ui.editor.surfaces import Page
from studio.ui.widgets.card import Notice
from studio.ui.widgets.dialog import StudioDialog

if TYPE_CHECKING:
    from studio.viewmodels.creation import CreationViewModel


class CreationDialog(StudioDialog):
    """Asks for a name and, if known already, a little more."""

    created = Signal(str)
    """The id of the influencer that was queued."""

    def __init__(self, model: CreationViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, title="", icon="user-plus")
        self.set_title(
            self.tr("New influencer"),
            self.tr("Only the name is needed. Everything else can be edited later."),
        )
        self._model = model
        self.form = FieldForm()
        self.form.offer(model.fields)
        self._notice = Notice(tone="error", parent=self)
        self._notice.hide()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        fields = QWidget()
        column = QVBoxLayout(fields)
        column.setContentsMargins(22, 18, 22, 18)
        column.addWidget(self.form)
        column.addStretch(1)
        self.body.addWidget(Page(fields))
        self.body.addWidget(self._notice)
        self.add_footnote(self.tr("Its id is made here, so a retry never makes a second one."))
        self.add_button(self.tr("Cancel"), result=0)
        self.create_button = self.add_button(self.tr("Create"), "primary", "plus", default=True)
        open_size(self, 560, 576)
        self.form.edited.connect(self._on_edited)
        self.create_button.clicked.connect(model.submit)
        model.changed.connect(self._refresh)
        model.suggestions_changed.connect(self._on_suggestions)
        model.created.connect(self._on_created)
        self._refresh()
        model.load()
        name = self.form.editor("name")
        if name is not None:
            name.control.setFocus()

    def _on_edited(self, path: str) -> None:
        editor = self.form.editor(path)
        if editor is not None:
            self._model.set_value(path, editor.value())

    def _on_suggestions(self, path: str) -> None:
        editor = self.form.editor(path)
        if editor is not None:
            editor.set_suggestions(self._model.suggestions(path))

    def _refresh(self) -> None:
        problems = self._model.problems
        for editor in self.form.editors:
            editor.row.set_problem(problems.get(editor.path))
        self._notice.set_text(self._model.problem)
        self._notice.setVisible(bool(self._model.problem))
        self.create_button.setEnabled(self._model.can_create)

    def _on_created(self, influencer_id: str) -> None:
        self.created.emit(influencer_id)
        self.accept()


def scrolled(form: QWidget) -> QScrollArea:
    """``form`` in a frame that scrolls up and down when the window is low."""
    holder = QScrollArea()
    holder.setWidgetResizable(True)
    holder.setFrameShape(QFrame.Shape.NoFrame)
    # It follows the focus of what is inside; a stop of its own would have nothing to say.
    holder.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    holder.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    holder.setWidget(form)
    holder.viewport().setAutoFillBackground(False)
    form.setAutoFillBackground(False)
    return holder
