"""A field with its name above, what it was before, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.ui.widgets.buttons import Button, IconButton
from studio.ui.widgets.dots import ChangedDot
from studio.ui.widgets.fields import set_problem_state
from studio.ui.widgets.glyph import Glyph
from studio.ui.widgets.label import ElidedLabel, Label, set_tooltip

if TYPE_CHECKING:
    from collections.abc import Callable


class FieldRow(QWidget):
    """Label above, editor below; amber dot and "was ..." when changed; a sentence when wrong.

    ``revert_requested`` is the wish to have the server's value back. While somebody else has
    changed that value too, a second mark tells, and has the one button for it.
    """

    revert_requested = Signal()

    def __init__(self, label: str, editor: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = editor
        self._note_action: Callable[[], None] | None = None
        self._name = label
        self._dot = ChangedDot(self)
        self._label = Label(label, role="field", parent=self)
        self._label.setBuddy(editor)
        self._was = ElidedLabel(role="captionMuted", parent=self)
        self._was.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        self._revert = IconButton("undo-2", self.tr("Revert"), "ghost", "tiny", parent=self)
        self._there_glyph = Glyph("git-fork", "conflict", 12, self)
        self._there = ElidedLabel(role="captionMuted", parent=self)
        self._there.setProperty("tone", "conflict")
        self._take = Button(self.tr("Take theirs"), "link", compact=True, parent=self)
        self._take.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._problem = Label(role="problem", wrap=True, parent=self)
        self._note = Label(role="captionMuted", wrap=True, parent=self)
        self._note_button = Button("", "link", parent=self)
        self._lay_out(editor)
        editor.setAccessibleName(editor.accessibleName() or label)
        self._revert.clicked.connect(self.revert_requested)
        self._take.clicked.connect(self.revert_requested)
        self._note_button.clicked.connect(self._on_note_clicked)
        self.set_changed(None)
        self.set_changed_there(None)
        self.set_problem(None)
        self.set_note(None)

    def _lay_out(self, editor: QWidget) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(6)
        head.addWidget(self._dot)
        head.addWidget(self._label)
        head.addWidget(self._was, 1)
        head.addWidget(self._revert)
        head.addStretch(0)
        self._head = head
        note = QHBoxLayout()
        note.setContentsMargins(0, 0, 0, 0)
        note.setSpacing(4)
        note.addWidget(self._note, 1)
        note.addWidget(self._note_button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(editor)
        there = QHBoxLayout()
        there.setContentsMargins(0, 0, 0, 0)
        there.setSpacing(5)
        there.addWidget(self._there_glyph)
        there.addWidget(self._there, 1)
        there.addWidget(self._take)
        column.addLayout(there)
        column.addWidget(self._problem)
        column.addLayout(note)
        # Neighbors in a grid may be taller; label and field stay at the top.
        column.addStretch(1)

    def label(self) -> str:
        """The name above the field."""
        return self._name

    def set_label(self, label: str) -> None:
        """Change the name above the field."""
        self._name = label
        self._label.setText(label)
        self.editor.setAccessibleName(label)

    def set_changed(self, was: str | None, *, in_words: bool = True) -> None:
        """Mark the field as changed here and say what it was; None takes the mark away.

        Without ``in_words`` (a list would be noise beside a label) only the tooltip says it.
        """
        changed = was is not None
        self._dot.setVisible(changed)
        self._was.setVisible(changed)
        self._revert.setVisible(changed)
        if was is None:
            return
        before = was or self.tr("empty")
        self._was.setText(self.tr("was {0}").replace("{0}", before) if in_words else "")
        self._revert.set_tooltip(
            self.tr("Revert {0} to “{1}”").replace("{0}", self._name).replace("{1}", before)
        )
        set_tooltip(self._dot, self.tr("Was “{0}”").replace("{0}", before))

    def set_changed_there(self, now: str | None) -> None:
        """Say that somebody else changed the server's value as well, and what it is now; None
        takes the mark away. Call it after :meth:`set_changed`."""
        moved = now is not None
        for part in (self._there_glyph, self._there, self._take):
            part.setVisible(moved)
        self._revert.setVisible(not moved and not self._dot.isHidden())
        said = ""
        if now is not None:
            value = now or self.tr("empty")
            said = self.tr("Server now: {0}").replace("{0}", value)
            take = self.tr("Take the server's {0}: {1}").replace("{0}", self._name)
            self._take.setAccessibleName(take.replace("{1}", value))
        self._there.setText(said)
        self._describe()

    def set_problem(self, text: str | None) -> None:
        """Say what is wrong under the field and outline it; None when all is well."""
        self._problem.setText(text or "")
        self._problem.setVisible(bool(text))
        set_problem_state(self.editor, bool(text))
        self._describe()

    def set_note(
        self,
        text: str | None,
        action: Callable[[], None] | None = None,
        action_text: str = "",
    ) -> None:
        """A quiet remark under the field, with an optional thing to do about it.

        ``action`` should be a bound method of something that outlives the row.
        """
        self._note.setText(text or "")
        self._note.setVisible(bool(text))
        self._note_action = action
        self._note_button.setText(action_text or self.tr("Fix"))
        self._note_button.setVisible(bool(text) and action is not None)
        self._describe()

    def _describe(self) -> None:
        lines = (self._there.full_text(), self._problem.text(), self._note.text())
        said = [part for part in lines if part]
        self.editor.setAccessibleDescription(" ".join(said))

    def _on_note_clicked(self) -> None:
        if self._note_action is not None:
            self._note_action()
