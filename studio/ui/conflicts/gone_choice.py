"""Deleted on the server, edited here: three ways on, none of which loses a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from studio.ui.conflicts.choice_card import ChoiceCard
from studio.ui.conflicts.field_choice import LABEL_WIDTH, MergedBox
from studio.ui.conflicts.values import value_view
from studio.ui.dialog_size import enlarged
from studio.ui.widgets.label import Label

if TYPE_CHECKING:
    from studio.domain.conflict import ConflictField
    from studio.ui.theme import Theme
    from studio.ui.widgets.buttons import ButtonKind
    from studio.viewmodels.conflicts import ConflictViewModel, Ending

ENDINGS: Final[tuple[Ending, ...]] = ("recreate", "later", "drop")


class GoneChoice(QWidget):
    """The three ways as cards, and the edits they are about."""

    def __init__(
        self, model: ConflictViewModel, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._theme = model, theme
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.cards = tuple(self._card(ending) for ending in ENDINGS)
        for card in self.cards:
            column.addWidget(card)
            card.walked.connect(self._on_walked)
        picks = (self._on_recreate, self._on_later, self._on_drop)
        for card, pick in zip(self.cards, picks, strict=True):
            card.picked.connect(pick)
        fields = model.conflict.fields if model.conflict else ()
        if fields:
            column.addSpacing(8)
            column.addWidget(Label(self.tr("Your edits"), role="field", parent=self))
            column.addWidget(self._edits(fields))

    def refresh(self) -> None:
        """Show what is chosen now."""
        for card, ending in zip(self.cards, ENDINGS, strict=True):
            card.show_chosen(self._model.ending == ending)

    def deed(self) -> tuple[str, ButtonKind]:
        """Words and weight of the button that does what is chosen."""
        return {
            "recreate": (self.tr("Make a new influencer"), "primary"),
            "later": (self.tr("Keep for later"), "primary"),
            "drop": (self.tr("Drop my edits"), "danger"),
        }[self._model.ending]  # type: ignore[return-value]

    def _card(self, ending: Ending) -> ChoiceCard:
        title, sentence = {
            "recreate": (
                self.tr("Make a new influencer of it"),
                self.tr(
                    "A draft on this computer with everything shown here, your edits included. "
                    "It goes to the server when you publish it."
                ),
            ),
            "later": (
                self.tr("Keep for later"),
                self.tr("Nothing changes. Your edits stay here, and it stays in the list."),
            ),
            "drop": (
                self.tr("Drop my edits"),
                self.tr("It leaves the roster here too. Your edits stay readable in the history."),
            ),
        }[ending]
        head = Label(title, parent=self)
        return ChoiceCard(head, sentence, self._theme, name=title, parent=self)

    def _edits(self, fields: tuple[ConflictField, ...]) -> QWidget:
        box = MergedBox(self._theme, self)
        grid = QGridLayout(box)
        grid.setContentsMargins(12, 10, 12, 10)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for line, field in enumerate(fields):
            name = QCoreApplication.translate("Fields", field.label)
            label = Label(name, role="strong", wrap=True, parent=box)
            label.setFixedWidth(enlarged(LABEL_WIDTH))
            view = value_view(field.path, field.base, field.mine, self._theme, box)
            grid.addWidget(label, line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(view, line, 1)
        grid.setColumnStretch(1, 1)
        return box

    def _on_walked(self, where: str) -> None:
        at = ENDINGS.index(self._model.ending)
        to = max(0, min(len(ENDINGS) - 1, at + (1 if where == "after" else -1)))
        self._model.choose_ending(ENDINGS[to])
        self.cards[to].setFocus(Qt.FocusReason.TabFocusReason)

    def _on_recreate(self) -> None:
        self._model.choose_ending("recreate")

    def _on_later(self) -> None:
        self._model.choose_ending("later")

    def _on_drop(self) -> None:
        self._model.choose_ending("drop")
