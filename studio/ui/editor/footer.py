"""The foot of the editor: where the changes are, and Discard, Review, Publish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout

from studio.ui.editor.surfaces import Panel
from studio.ui.widgets.buttons import Button
from studio.ui.widgets.card import Notice
from studio.ui.widgets.glyph import Glyph
from studio.ui.widgets.label import ElidedLabel, Role, set_tooltip

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

    from studio.ui.theme import Theme
    from studio.viewmodels.editor import EditorViewModel
    from studio.viewmodels.save_state import SaveKind, SaveState

ICON_PX = 16

_LOOKS: Final[dict[SaveKind, tuple[str, Role]]] = {
    "published": ("circle-check", "secondary"),
    "unpublished": ("circle-dot", "warn"),
    "saving": ("circle-dot-dashed", "warn"),
    "waiting": ("clock", "info"),
    "sending": ("loader", "info"),
    "choice": ("git-fork", "conflict"),
    "refused": ("circle-alert", "error"),
    "not_saved": ("circle-alert", "error"),
}


class EditorFooter(Panel):
    """Says the truth at the near end; what cannot go on by itself gets a notice above."""

    def __init__(
        self, view_model: EditorViewModel, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, "window", "top", parent)
        self._view_model = view_model
        self._state: SaveState | None = None
        self._icon = Glyph("circle-check", "secondary", ICON_PX, self)
        self.sentence = ElidedLabel(role="secondary", parent=self)
        self.problem = Notice("", "error", self)
        self.again = Button(self.tr("Send again"), "outline", compact=True, parent=self.problem)
        self.take_back = Button(self.tr("Take back"), "ghost", compact=True, parent=self.problem)
        self.discard = Button(self.tr("Discard"), "ghost", compact=True, parent=self)
        self.review = Button(self.tr("Review"), "outline", compact=True, parent=self)
        self.publish = Button(self.tr("Publish"), "primary", compact=True, parent=self)
        self.discard.setAccessibleDescription(self.tr("Takes back every unpublished change"))
        self._lay_out()
        self.again.clicked.connect(self._on_again)
        self.take_back.clicked.connect(view_model.take_back)
        self.publish.clicked.connect(view_model.publish)

    def _lay_out(self) -> None:
        self.problem.add(self.take_back)
        self.problem.add(self.again)
        said = QHBoxLayout()
        said.setSpacing(8)
        said.addWidget(self._icon)
        said.addWidget(self.sentence, 1)
        buttons = self._buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.discard)
        buttons.addWidget(self.review)
        buttons.addWidget(self.publish)
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._parts.setSpacing(6)
        self._parts.addLayout(said, 1)
        self._parts.addLayout(buttons)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(20, 10, 20, 10)
        column.setSpacing(8)
        column.addWidget(self.problem)
        column.addLayout(self._parts)
        self.problem.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the sentence above the buttons when there is no room beside them."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        margins = self._column.contentsMargins()
        room = self.width() - margins.left() - margins.right() - self._parts.spacing()
        needed = ICON_PX + 8 + self.sentence.sizeHint().width()
        needed += self._buttons.sizeHint().width()
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._parts.setDirection(down if needed > room else across)

    def refresh(self) -> None:
        """Show everything as it is now."""
        state = self._view_model.save_state
        if state != self._state:
            self._state = state
            self._show_state(state)
        blocker = self._view_model.publish_blocker
        self.publish.setEnabled(not blocker)
        set_tooltip(self.publish, blocker or self.tr("Send the changes (Ctrl+Enter)"))
        self.publish.setAccessibleDescription(blocker)
        unsent = bool(self._view_model.unsent) and self._view_model.editable
        self.discard.setEnabled(unsent or self._view_model.is_unsent_draft)
        self.review.setEnabled(unsent)

    def _show_state(self, state: SaveState) -> None:
        icon, role = _LOOKS[state.kind]
        self._icon.set_glyph(icon, role)
        self.sentence.set_role(role)
        self.sentence.setText(state.sentence)
        stuck = state.kind in ("refused", "not_saved")
        self.problem.setVisible(stuck)
        self.take_back.setVisible(state.kind == "refused")
        self.again.setText(
            self.tr("Send again") if state.kind == "refused" else self.tr("Save again")
        )
        if stuck:
            self.problem.set_text(state.detail)
        elif state.detail:
            set_tooltip(self.sentence, state.detail)
        self._fit()

    def _on_again(self) -> None:
        if self._state is not None and self._state.kind == "not_saved":
            self._view_model.save_again()
        else:
            self._view_model.send_again()
