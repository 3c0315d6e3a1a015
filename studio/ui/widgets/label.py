"""Text on the screen, always plain: no string from outside is ever read as markup."""

from __future__ import annotations

import re
from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt, QTextBoundaryFinder
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget  # noqa: TID251 - the one guarded door

from studio.ui.style import restyle

Role = Literal[
    "body",
    "secondary",
    "muted",
    "strong",
    "strongSmall",
    "display",
    "title",
    "section",
    "field",
    "caption",
    "captionMuted",
    "status",
    "small",
    "overline",
    "ok",
    "warn",
    "error",
    "info",
    "conflict",
    "problem",
    "warnSmall",
    "accent",
    "code",
]

_LONGEST = 20_000
"""Characters given to Qt at most; laying out more in one label would stall the window."""

_LONGEST_TOOLTIP = 2_000
_LONGEST_WORD = 40
_PIECE = 12
_LONG_WORD = re.compile(rf"\S{{{_LONGEST_WORD + 1},}}")
_BREAK = "\u200b"


def shown(text: str, longest: int = _LONGEST) -> str:
    """``text`` as a screen may show it: bounded, and control characters made visible."""
    bounded = text if len(text) <= longest else text[: longest - 1] + "…"
    if bounded.isprintable():
        return bounded
    return "".join(_visible(character) for character in bounded)


def breakable(text: str) -> str:
    """``text`` with places to break inside words that no line could hold."""
    if max(map(len, text.split()), default=0) <= _LONGEST_WORD:
        return text
    return _LONG_WORD.sub(_broken, text)


def _broken(found: re.Match[str]) -> str:
    word = found.group()
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, word)
    parts, start, count = [], 0, 0
    while (end := finder.toNextBoundary()) > 0:
        count += 1
        if count % _PIECE == 0:
            parts.append(_units(word, start, end))
            start = end
    parts.append(_units(word, start, None))
    return _BREAK.join(parts)


def _units(word: str, start: int, end: int | None) -> str:
    """A part of ``word`` by Qt's counting, in which an emoji is two."""
    whole = word.encode("utf-16-le", "surrogatepass")
    part = whole[start * 2 : None if end is None else end * 2]
    return part.decode("utf-16-le", "surrogatepass")


def _visible(character: str) -> str:
    if character in "\n\t" or character == "\u200d":
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F or 0x80 <= code < 0xA0 or character in _HIDDEN:
        return "\ufffd"
    return character


_HIDDEN = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Direction overrides: they can make one text look like another."""


_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})
"""What ``html.escape`` does; that module reads in every entity there is."""


def set_tooltip(widget: QWidget, text: str) -> None:
    """Give ``widget`` a tooltip that shows ``text`` letter by letter, markup or not."""
    if not text:
        widget.setToolTip("")
        return
    body = shown(text, _LONGEST_TOOLTIP).translate(_ESCAPED).replace("\n", "<br>")
    # A tooltip is always guessed at; one we mark as rich ourselves and escape leaves no guess.
    widget.setToolTip(f"<p style='white-space:normal'>{body}</p>")


class Label(QLabel):
    """A line or paragraph of plain text in one of the roles of the type scale."""

    def __init__(
        self,
        text: str = "",
        *,
        role: Role = "body",
        wrap: bool = False,
        tabular: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        super().setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self._wanted = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        self.setProperty("role", role)
        self.setWordWrap(wrap)
        self.setAlignment(self._wanted)
        if tabular:
            self.set_tabular()
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show ``text`` as it is; a flood is cut, control characters are made visible.

        A paragraph may also break inside a word that is longer than any line.
        """
        seen = shown(text)
        super().setText(breakable(seen) if self.wordWrap() else seen)

    def setTextFormat(self, text_format: Qt.TextFormat) -> None:
        """Refused for anything but plain text. Raises ValueError."""
        if text_format != Qt.TextFormat.PlainText:
            raise ValueError("A label shows plain text, nothing else.")

    def setAlignment(self, alignment: Qt.AlignmentFlag) -> None:
        """Leading and trailing mean the interface's direction, whatever the text's own is."""
        self._wanted = alignment
        trailing = bool(alignment & Qt.AlignmentFlag.AlignTrailing)
        leading = bool(alignment & Qt.AlignmentFlag.AlignLeading)
        rest = alignment & ~(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignLeading)
        if leading or trailing:
            right = trailing != self.isRightToLeft()
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            rest |= side | Qt.AlignmentFlag.AlignAbsolute
        super().setAlignment(rest)

    def changeEvent(self, event: QEvent) -> None:
        """Turn with the direction of the interface."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self.setAlignment(self._wanted)

    def set_role(self, role: Role) -> None:
        """Change the place in the type scale."""
        if self.property("role") != role:
            self.setProperty("role", role)
            restyle(self)

    def set_tabular(self) -> None:
        """Give every digit the same width, so that counting numbers do not jitter."""
        font = self.font()
        font.setFeature(font.Tag("tnum"), 1)
        self.setFont(font)


class ElidedLabel(Label):
    """One line that ends in an ellipsis when there is no room; the whole text is its tooltip."""

    def __init__(
        self,
        text: str = "",
        *,
        role: Role = "body",
        tabular: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        self._full = ""
        super().__init__("", role=role, tabular=tabular, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show ``text`` on one line, line breaks as spaces."""
        self._full = text
        self.setAccessibleName(shown(text, _LONGEST_TOOLTIP))
        self.updateGeometry()
        self._elide()

    def full_text(self) -> str:
        """What was set, before any ellipsis."""
        return self._full

    def sizeHint(self) -> QSize:
        """Room for the whole line, up to 400 pixels."""
        metrics = QFontMetrics(self.font())
        return QSize(min(400, metrics.horizontalAdvance(self._one_line()) + 2), metrics.height())

    def minimumSizeHint(self) -> QSize:
        """Room for an ellipsis and a letter or two."""
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance("Mm…"), metrics.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide anew."""
        super().resizeEvent(event)
        self._elide()

    def changeEvent(self, event: QEvent) -> None:
        """Elide anew when the font is another one."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._elide()

    def _one_line(self) -> str:
        return shown(" ".join(self._full[:1000].split("\n")), 1000)

    def _elide(self) -> None:
        line = self._one_line()
        cut = QFontMetrics(self.font()).elidedText(
            line, Qt.TextElideMode.ElideRight, max(0, self.contentsRect().width())
        )
        if cut != QLabel.text(self):
            QLabel.setText(self, cut)
        set_tooltip(self, self._full if cut != line else "")
