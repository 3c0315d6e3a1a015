"""One field of a conflict: its two versions as cards, or what it merged to; and a third way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QTextCursor
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.domain.diff import same, shown
from studio.ui.conflicts.choice_card import RADIUS, ChoiceCard
from studio.ui.conflicts.values import merged_view, value_view
from studio.ui.creation.field_editor import FieldEditor
from studio.ui.dialog_size import enlarged
from studio.ui.widgets.buttons import Button
from studio.ui.widgets.fields import TextArea, TextField
from studio.ui.widgets.label import ElidedLabel, Label

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from studio.domain.conflict import ConflictField
    from studio.ui.theme import Theme
    from studio.viewmodels.conflicts import ConflictViewModel

LABEL_WIDTH: Final = 122
BELOW: Final = 8
"""Room under the versions that the label beside them may use."""
_LONGEST_WAS: Final = 120


class MergedBox(QWidget):
    """A hairline around what merged by itself."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The rounded line."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("hairline"), 1))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, RADIUS - 0.5, RADIUS - 0.5)
        painter.end()


class FieldChoice(QWidget):
    """Label at the reading side, versions beside each other, and under them the editor by hand."""

    def __init__(
        self,
        model: ConflictViewModel,
        field: ConflictField,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._theme = model, theme
        self.field = field
        self.cards: tuple[ChoiceCard, ...] = ()
        self.editor: FieldEditor | None = None
        self._name = QCoreApplication.translate("Fields", field.label)
        self.hand_button = Button(self.tr("Edit by hand…"), "link", compact=True, parent=self)
        self.hand_button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hand_button.setAccessibleName(
            self.tr("Edit {field} by hand").replace("{field}", self._name)
        )
        self.hand_button.clicked.connect(self._on_hand)
        self._again = Label(
            self.tr("It changed again after you chose. Choose once more."),
            role="warnSmall",
            wrap=True,
            parent=self,
        )
        self._versions = self._make_versions()
        self._lay_out()
        self.refresh()

    def refresh(self) -> None:
        """Show what is chosen now."""
        choice = self._model.choice(self.field.path)
        for card, key in zip(self.cards, ("mine", "theirs"), strict=False):
            card.show_chosen(choice == key)
        if len(self.cards) == 2:
            self.cards[0].set_note(self._model.mine_words)
            self.cards[1].set_note(self._model.theirs_words)
        self._again.setVisible(self._model.has_moved(self.field.path))
        if choice == "hand":
            self._show_editor()
        elif self.editor is not None:
            self.editor.hide()
        self._versions.setVisible(bool(self.cards) or choice != "hand")
        if self.cards:
            self.hand_button.setVisible(choice != "hand")
        else:
            back = choice == "hand"
            self.hand_button.setText(self.tr("Back to merged") if back else self._by_hand())

    def _by_hand(self) -> str:
        return self.tr("Edit by hand…")

    def _make_versions(self) -> QWidget:
        if not self.field.needs_choice:
            box = MergedBox(self._theme, self)
            column = QVBoxLayout(box)
            column.setContentsMargins(12, 9, 12, 9)
            column.addWidget(merged_view(self.field, self._theme, box))
            return box
        pair = QWidget(self)
        row = QHBoxLayout(pair)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        self.cards = (
            self._card(self.field.mine, self._model.mine_words),
            self._card(self.field.theirs, self._model.theirs_words),
        )
        for card in self.cards:
            row.addWidget(card, 1)
            card.walked.connect(self._on_walked)
        self.cards[0].picked.connect(self._on_mine)
        self.cards[1].picked.connect(self._on_theirs)
        return pair

    def _card(self, value: object, note: str) -> ChoiceCard:
        given = value if isinstance(value, str | tuple) else None
        view = value_view(self.field.path, self.field.base, given, self._theme, self)
        name = f"{self._name}: {shown(given)}"
        return ChoiceCard(view, note, self._theme, name=name)

    def _lay_out(self) -> None:
        was = self.tr("merged") if self.field.moved_there else self.tr("changed by you alone")
        if self.field.needs_choice:
            before = shown(self.field.base)[:_LONGEST_WAS]
            was = self.tr("was {value}").replace("{value}", before)
        head = QWidget(self)
        head.setFixedWidth(enlarged(LABEL_WIDTH))
        words = QVBoxLayout(head)
        top = enlarged(10 if self.field.needs_choice else 0)
        # Where the words are taller than the versions, the next field keeps its distance as well.
        words.setContentsMargins(0, top, 0, BELOW)
        words.setSpacing(1)
        words.addWidget(Label(self._name, role="strong", wrap=True, parent=head))
        words.addWidget(ElidedLabel(was, role="small", parent=head))
        words.addWidget(self.hand_button, 0, Qt.AlignmentFlag.AlignLeading)
        words.addStretch(1)
        self._side = QVBoxLayout()
        self._side.setContentsMargins(0, 0, 0, BELOW)
        self._side.setSpacing(6)
        self._side.addWidget(self._versions)
        self._side.addWidget(self._again)
        self._side.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.addWidget(head, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(self._side, 0, 1)
        grid.setRowStretch(1, 1)
        grid.setColumnStretch(1, 1)

    def _show_editor(self) -> None:
        if self.editor is None:
            editor = FieldEditor(self.field.path, label=self.tr("Edited by hand"), parent=self)
            editor.control.setAccessibleName(
                self.tr("{field} by hand").replace("{field}", self._name)
            )
            editor.edited.connect(self._on_edited)
            self._side.insertWidget(self._side.count() - 1, editor)
            self.editor = editor
        if not same(self.editor.value(), self._model.hand_value(self.field.path)):
            self.editor.set_value(self._model.hand_value(self.field.path))
            self._to_the_end()
        self.editor.show()
        self.editor.row.set_problem(self._model.problem(self.field.path) or None)

    def _to_the_end(self) -> None:
        control = self.editor.control if self.editor is not None else None
        if isinstance(control, TextField):
            control.end(False)  # noqa: FBT003 - Qt's own signature
        elif isinstance(control, TextArea):
            control.moveCursor(QTextCursor.MoveOperation.End)

    def _on_hand(self) -> None:
        if not self.cards and self._model.choice(self.field.path) == "hand":
            self._model.choose(self.field.path, "")
            return
        self._model.choose(self.field.path, "hand")
        if self.editor is not None:
            self.editor.control.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_edited(self, _path: str) -> None:
        if self.editor is not None:
            self._model.set_hand(self.field.path, self.editor.value())

    def _on_mine(self) -> None:
        self._model.choose(self.field.path, "mine")

    def _on_theirs(self) -> None:
        self._model.choose(self.field.path, "theirs")

    def _on_walked(self, where: str) -> None:
        card = self.cards[1 if where == "after" else 0]
        card.setFocus(Qt.FocusReason.TabFocusReason)
        card.picked.emit()
