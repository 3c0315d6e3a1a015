"""What the gallery says when there is no card to show, and the one thing to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.core.values import dataclass
from studio.ui.widgets.buttons import Button, ButtonKind
from studio.ui.widgets.glyph import Glyph
from studio.ui.widgets.label import Label

if TYPE_CHECKING:
    from studio.viewmodels.gallery import GalleryModel

_WIDEST: Final = 360
_LONGEST_QUOTE: Final = 60


@dataclass(frozen=True, slots=True)
class EmptyWords:
    """One empty gallery: an icon, a sentence, a reason, and an action by name (or none)."""

    icon: str
    sentence: str
    reason: str
    action: str = ""
    action_words: str = ""
    kind: ButtonKind = "outline"


class EmptyPanel(QWidget):
    """Icon, sentence, reason and one button, in the middle of where the cards would be."""

    acted = Signal(str)
    """The button: ``new``, ``clear``, ``all``, ``retry`` or ``settings``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words: EmptyWords | None = None
        self.glyph = Glyph("users", "muted", 48, parent=self)
        self.sentence = Label(role="section", wrap=True, parent=self)
        self.reason = Label(role="secondary", wrap=True, parent=self)
        self.button = Button(parent=self)
        for label in (self.sentence, self.reason):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        middle = QWidget(self)
        middle.setMaximumWidth(_WIDEST)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(2)
        column.addWidget(self.glyph, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(16)
        column.addWidget(self.sentence)
        column.addSpacing(4)
        column.addWidget(self.reason)
        column.addSpacing(16)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 20, 20, 20)
        row.addStretch(1)
        row.addWidget(middle, 1000)
        row.addStretch(1)
        self.button.clicked.connect(self._on_clicked)

    def say(self, words: EmptyWords) -> None:
        """Show these words."""
        if words == self._words:
            return
        self._words = words
        self.glyph.set_glyph(words.icon)
        self.sentence.setText(words.sentence)
        self.reason.setText(words.reason)
        self.reason.setVisible(bool(words.reason))
        self.button.setVisible(bool(words.action))
        self.button.setText(words.action_words)
        self.button.set_kind(words.kind)

    def _on_clicked(self) -> None:
        if self._words is not None:
            self.acted.emit(self._words.action)


def words_for(model: GalleryModel) -> EmptyWords | None:
    """What to say about an empty gallery; None while there are cards or they are on their way."""
    state = model.empty
    if state in ("", "loading"):
        return None
    if state == "no_match":
        return EmptyWords(
            "search-x",
            _tr("Nothing matches"),
            _no_match_reason(model),
            "clear",
            _tr("Clear search and filters"),
        )
    if state == "view_empty":
        return _view_words(model.query.view)
    return {
        "no_project": EmptyWords(
            "folder",
            _tr("No project yet"),
            _tr("The projects of your organization appear here."),
            "retry",
            _tr("Look again"),
        ),
        "nothing_yet": EmptyWords(
            "user-round-plus",
            _tr("No influencers yet"),
            _tr("A name is enough to begin; the rest can follow."),
            "new",
            _tr("New influencer"),
            "primary",
        ),
        "offline": EmptyWords(
            "cloud-off",
            _tr("Not in contact with the server"),
            model.failure or _tr("Nothing of this project is stored on this computer yet."),
            "retry",
            _tr("Try again"),
        ),
        "sign_in": EmptyWords(
            "key-round",
            _tr("The server does not accept the key"),
            model.failure or _tr("Enter a valid key to see the influencers of this project."),
            "settings",
            _tr("Open settings"),
        ),
        "failed": EmptyWords(
            "triangle-alert",
            _tr("The influencers could not be read"),
            model.failure,
            "retry",
            _tr("Try again"),
        ),
    }[state]


def _no_match_reason(model: GalleryModel) -> str:
    text = model.query.text
    if not text:
        return _tr("No influencer of this view has that status.")
    quote = text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"
    words = (
        _tr("No influencer with that status matches “{text}”.")
        if model.query.status
        else _tr("No influencer of this view matches “{text}”.")
    )
    return words.replace("{text}", quote)


def _view_words(view: str) -> EmptyWords:
    icon, sentence, reason = {
        "ready": (
            "circle-check",
            _tr("None is ready yet"),
            _tr("Influencers come here when their reference images are rendered."),
        ),
        "in_progress": (
            "loader",
            _tr("Nothing is in progress"),
            _tr("New influencers and clones wait here while they are rendered."),
        ),
        "drafts": (
            "pencil-line",
            _tr("No local drafts"),
            _tr("Edits that you have not published yet are listed here."),
        ),
        "attention": (
            "circle-check",
            _tr("Nothing needs attention"),
            _tr("Failed renders and changes the server refused are listed here."),
        ),
        "deleted": (
            "archive",
            _tr("Nothing is deleted"),
            _tr("Influencers you delete are listed here with the reason given."),
        ),
    }.get(view, ("users", _tr("Nothing here"), ""))
    return EmptyWords(icon, sentence, reason, "all", _tr("Show all influencers"))


def _tr(text: str) -> str:
    return QCoreApplication.translate("EmptyPanel", text)
