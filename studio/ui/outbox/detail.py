"""The chosen row of the outbox: why it waits, what can be done, and the requests it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.ui.editor.surfaces import Page
from studio.ui.style import restyle
from studio.ui.widgets.buttons import Button, IconButton
from studio.ui.widgets.card import Notice
from studio.ui.widgets.label import ElidedLabel, Label

if TYPE_CHECKING:
    from studio.ui.widgets.card import Tone
    from studio.viewmodels.outbox_words import OutboxLine

MARGIN = 20


class RowDetail(QWidget):
    """Buttons say what they do to this row; ``wanted`` carries the word of the one pressed."""

    wanted = Signal(str)
    """``send``, ``hold``, ``release``, ``edit``, ``remove``, ``open`` or ``fix``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line: OutboxLine | None = None
        self._name = ElidedLabel(role="section", parent=self)
        self._sentence = Label(role="secondary", wrap=True, parent=self)
        self._facts = Label(role="small", wrap=True, tabular=True, parent=self)
        self._reason = Notice(parent=self)
        self.fix_button = self._button("fix", "", "outline")
        self._reason.add(self.fix_button)
        self.send_button = self._button("send", self.tr("Send now"), "outline")
        self.hold_button = self._button("hold", self.tr("Hold"), "outline")
        self.edit_button = self._button("edit", self.tr("Edit…"), "outline")
        self.remove_button = self._button("remove", self.tr("Remove"), "danger")
        self.open_button = IconButton(
            "arrow-up-right", self.tr("Open the influencer"), "ghost", compact=True, parent=self
        )
        self.open_button.setProperty("wish", "open")
        self.open_button.clicked.connect(self._on_wish)
        self._requests = Label(role="code", wrap=True, parent=self)
        self._requests.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._requests.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._requests.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._requests.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._requests.setAccessibleName(self.tr("Requests"))
        self.copy_button = Button(self.tr("Copy"), "link", "copy", compact=True, parent=self)
        self.copy_button.clicked.connect(self._on_copy)
        self._lay_out()

    def _button(self, wish: str, text: str, kind: str) -> Button:
        button = Button(text, kind, compact=True, parent=self)  # type: ignore[arg-type]
        button.setProperty("wish", wish)
        button.clicked.connect(self._on_wish)
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._name, 1)
        head.addWidget(self.open_button)
        doing = QHBoxLayout()
        doing.setSpacing(8)
        for button in (self.send_button, self.hold_button, self.edit_button, self.remove_button):
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            doing.addWidget(button)
        doing.addStretch(1)
        title = QHBoxLayout()
        title.addWidget(Label(self.tr("WHAT WILL BE SENT"), role="overline", parent=self))
        title.addStretch(1)
        title.addWidget(self.copy_button)
        whole = QWidget(self)
        inside = QVBoxLayout(whole)
        inside.setContentsMargins(MARGIN, 16, MARGIN, MARGIN)
        inside.setSpacing(8)
        inside.addLayout(head)
        inside.addWidget(self._sentence)
        inside.addWidget(self._reason)
        inside.addWidget(self._facts)
        inside.addLayout(doing)
        inside.addSpacing(8)
        inside.addLayout(title)
        inside.addWidget(self._requests)
        inside.addStretch(1)
        # All of it scrolls: a long reason in large letters must not push itself out of sight.
        self._page = Page(whole, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._page, 1)

    def show_line(self, line: OutboxLine | None) -> None:
        """Show another row, or the same one later."""
        self.setVisible(line is not None)
        if line is None or line == self._line:
            return
        if self._line is None or self._line.row.id != line.row.id:
            self._page.verticalScrollBar().setValue(0)
        self._line = line
        row = line.row
        self._name.setText(row.name or row.influencer_id)
        self._sentence.setText(line.sentence)
        self._facts.setText(line.facts)
        countdown = f" ({line.countdown})" if line.countdown else ""
        self._reason.set_text(line.reason + countdown)
        self._reason.set_tone(_tone(line))
        words = {
            "field": self.tr("Fix it…"),
            "choice": self.tr("Choose…"),
            "again": self.tr("Send again"),
        }
        self.fix_button.setText(words.get(line.fix, ""))
        self.fix_button.setVisible(bool(line.fix))
        self.send_button.setVisible(row.can_send and line.fix != "again")
        is_held = row.can_release
        self.hold_button.setText(self.tr("Release") if is_held else self.tr("Hold"))
        self.hold_button.setProperty("wish", "release" if is_held else "hold")
        self.hold_button.setVisible(row.can_hold or is_held)
        self.edit_button.setVisible(row.can_edit)
        self.remove_button.setVisible(row.can_remove)

    def show_requests(self, text: str) -> None:
        """Show the requests; empty while they are being written down."""
        self._requests.setText(text)
        self.copy_button.setEnabled(bool(text))
        restyle(self._requests)

    @property
    def requests(self) -> str:
        """The requests shown."""
        return self._requests.text()

    def _on_wish(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.wanted.emit(str(sender.property("wish")))

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._requests.text())


def _tone(line: OutboxLine) -> Tone:
    if line.row.state == "blocked":
        return "conflict" if line.row.needs_choice else "error"
    return "warn" if line.countdown else "plain"
