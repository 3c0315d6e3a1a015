"""The one question before leaving: it names what was not sent. Closing never sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.ui.dialog_size import fit_height
from studio.ui.widgets.dialog import StudioDialog
from studio.ui.widgets.label import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

QUIT = 1
STAY = 0
_NAMED = 8


class QuitDialog(StudioDialog):
    """Ends with ``QUIT`` or ``STAY``; Enter keeps the drafts and quits."""

    def __init__(
        self,
        unsent: Sequence[str],
        *,
        waiting: int = 0,
        jobs: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        """``unsent`` are names of influencers with unsent edits, ``waiting`` changes on their
        way, ``jobs`` running ones.
        """
        super().__init__(title="", icon="hard-drive", parent=parent)
        count = len(unsent)
        self.set_title(
            self.tr("Quit with unsent edits?") if count else self.tr("Quit Persona Studio?")
        )
        self.sentences = self._sentences(count, waiting, jobs)
        later = self.sentences
        if count:
            self.body.addWidget(Label(later[0], role="secondary", wrap=True))
            later = later[1:]
        for name in unsent[:_NAMED]:
            self.body.addWidget(Label(f"•  {name}", role="strong", wrap=True))
        if count > _NAMED:
            rest = self.tr("and {count} more").format(count=count - _NAMED)
            self.body.addWidget(Label(rest, role="caption"))
        for sentence in later:
            self.body.addWidget(Label(sentence, role="secondary", wrap=True))
        self.body.addStretch(1)
        self.stay_button = self.add_button(self.tr("Stay"), result=STAY)
        words = self.tr("Keep drafts and quit") if count else self.tr("Quit")
        self.quit_button = self.add_button(words, "primary", result=QUIT, default=True)
        fit_height(self, 480)
        self.quit_button.setFocus()

    def _sentences(self, unsent: int, waiting: int, jobs: int) -> tuple[str, ...]:
        said = []
        if unsent == 1:
            said.append(
                self.tr(
                    "1 influencer has unsent edits. They are saved on this computer and stay "
                    "drafts; quitting does not send them."
                )
            )
        elif unsent:
            said.append(
                self.tr(
                    "{count} influencers have unsent edits. They are saved on this computer and "
                    "stay drafts; quitting does not send them."
                ).format(count=unsent)
            )
        if waiting:
            said.append(
                self.tr(
                    "Changes already published and not yet sent ({count}) go on at the next start."
                ).format(count=waiting)
            )
        if jobs:
            said.append(self.tr("Running jobs go on at the server."))
        return tuple(said)
