"""The one question before leaving: it names what was not sent. Closing never sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.ui.dialog_size import fit_height
from studio.ui.editor.surfaces import Page
from studio.ui.widgets.dialog import StudioDialog
from studio.ui.widgets.label import ElidedLabel, Label

if TYPE_CHECKING:
    from collections.abc import Sequence

QUIT = 1
STAY = 0
Purpose = Literal["quit", "switch"]
_NAMED = 8
_NAMED_WAITING = 5
_WIDTH = 480
_LEAST_HEIGHT = 320
_AROUND = 40


class QuitDialog(StudioDialog):
    """Ends with ``QUIT`` or ``STAY``; Enter keeps the drafts and leaves."""

    def __init__(
        self,
        unsent: Sequence[str],
        *,
        waiting: int = 0,
        waiting_words: Sequence[str] = (),
        jobs: int = 0,
        purpose: Purpose = "quit",
        parent: QWidget | None = None,
    ) -> None:
        """``unsent`` names influencers with unsent edits, ``waiting_words`` the first of the
        ``waiting`` changes on their way; ``jobs`` run at the server. ``purpose``: the program
        ends, or goes on with another server.
        """
        super().__init__(title="", icon="hard-drive", parent=parent)
        self._purpose = purpose
        said = QWidget(self)
        self._column = QVBoxLayout(said)
        self._column.setContentsMargins(22, 18, 22, 18)
        self._column.setSpacing(12)
        self._page = Page(said, self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self._page, 1)
        count = len(unsent)
        self.set_title(self._title(unsent=count > 0))
        self.sentences = self._sentences(count, waiting, jobs)
        later = list(self.sentences)
        if count:
            self._say(later.pop(0))
            self._name(unsent, _NAMED)
        if waiting:
            self._say(later.pop(0))
            self._name(waiting_words[:waiting], _NAMED_WAITING, of=waiting)
        for sentence in later:
            self._say(sentence)
        self._column.addStretch(1)
        self.stay_button = self.add_button(self.tr("Stay"), result=STAY)
        words = self._leave_words(unsent=count > 0)
        self.quit_button = self.add_button(words, "primary", result=QUIT, default=True)
        self._fit()
        self.quit_button.setFocus()

    def _say(self, sentence: str) -> None:
        self._column.addWidget(Label(sentence, role="secondary", wrap=True))

    def _name(self, names: Sequence[str], most: int, *, of: int = 0) -> None:
        """The first of them, one a line, and how many more there are."""
        lines = QVBoxLayout()
        lines.setSpacing(4)
        # A name of another script must not take the bullet to the other side.
        side = "\u200f" if self.isRightToLeft() else "\u200e"
        for name in names[:most]:
            lines.addWidget(ElidedLabel(f"{side}•  {name}", role="strong"))
        rest = max(of, len(names)) - min(most, len(names))
        if names and rest > 0:
            words = self.tr("and {count} more").format(count=rest)
            lines.addWidget(Label(words, role="caption"))
        self._column.addLayout(lines)

    def _fit(self) -> None:
        """As high as its words, but never out of reach of the buttons: then the words scroll."""
        fit_height(self, _WIDTH)
        edges = 2
        around = self.header.sizeHint().height() + self.footer.sizeHint().height() + edges
        bar = self._page.verticalScrollBar().sizeHint().width()
        high = around + self._column.totalHeightForWidth(self.width() - edges - bar)
        owner = self.parentWidget()
        room = owner.window().height() - _AROUND if owner is not None else high
        self.resize(self.width(), min(high, max(_LEAST_HEIGHT, room)))

    def _title(self, *, unsent: bool) -> str:
        if self._purpose == "switch":
            return (
                self.tr("Change the server with unsent edits?")
                if unsent
                else self.tr("Change the server?")
            )
        return self.tr("Quit with unsent edits?") if unsent else self.tr("Quit Persona Studio?")

    def _leave_words(self, *, unsent: bool) -> str:
        if self._purpose == "switch":
            return self.tr("Keep drafts and change") if unsent else self.tr("Change")
        return self.tr("Keep drafts and quit") if unsent else self.tr("Quit")

    def _sentences(self, unsent: int, waiting: int, jobs: int) -> tuple[str, ...]:
        said = []
        if unsent:
            said.append(self._unsent_words(unsent))
        if waiting:
            said.append(self._waiting_words(waiting))
        if jobs:
            said.append(self.tr("Running jobs go on at the server."))
        return tuple(said)

    def _unsent_words(self, unsent: int) -> str:
        who = (
            self.tr("1 influencer has unsent edits.")
            if unsent == 1
            else self.tr("{count} influencers have unsent edits.").format(count=unsent)
        )
        if self._purpose == "switch":
            kept = self.tr(
                "They stay on this computer, in the workspace of the server used so far, and are "
                "there when you come back to it; nothing is sent."
            )
        else:
            kept = self.tr(
                "They are saved on this computer and stay drafts; quitting does not send them."
            )
        return f"{who} {kept}"

    def _waiting_words(self, waiting: int) -> str:
        if self._purpose == "switch":
            words = self.tr(
                "Changes already published and not yet sent ({count}) wait in that workspace "
                "until you come back to it."
            )
        else:
            words = self.tr(
                "Changes already published and not yet sent ({count}) go on at the next start."
            )
        return words.format(count=waiting)
