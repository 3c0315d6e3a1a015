"""What the clone changes: a line for each override, old struck out, new on green."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.domain.diff import shown as value_words
from studio.ui.dialog_size import enlarged
from studio.ui.widgets.divider import Divider
from studio.ui.widgets.flow_layout import FlowLayout
from studio.ui.widgets.label import Label, set_tooltip, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from studio.domain.diff import Change
    from studio.ui.theme import Theme

Kind = Literal["old", "new", "same"]
LABEL_WIDTH = 150
_PAD = 6
_WIDEST = 260


class DiffWord(QWidget):
    """One value: struck out and muted, on green, or as it is."""

    def __init__(self, text: str, kind: Kind, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = shown(" ".join(text.split()), 500)
        self._kind: Kind = kind
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        spoken = {
            "old": self.tr("was {value}"),
            "new": self.tr("becomes {value}"),
            "same": "{value}",
        }[kind]
        self.setAccessibleName(spoken.format(value=self._text))
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        """The value."""
        return self._text

    @property
    def kind(self) -> Kind:
        """How it is shown."""
        return self._kind

    def sizeHint(self) -> QSize:
        """The words with a little room."""
        metrics = QFontMetrics(self._theme.font(13))
        pad = 2 * _PAD if self._kind == "new" else 2
        wanted = metrics.horizontalAdvance(self._text) + pad + 1
        return QSize(min(enlarged(_WIDEST), wanted), enlarged(20))

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        return QSize(40, enlarged(20))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground, words, and the stroke through what goes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        new = self._kind == "new"
        if new:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("addedFill"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0, 1, 0, -1), 4, 4)
        pad = _PAD if new else 1
        room = self.width() - 2 * pad
        metrics = QFontMetrics(self._theme.font(13))
        line = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, room)
        if line != self._text:
            set_tooltip(self, self._text)
        color = {"old": "textMuted", "new": "ok", "same": "text"}[self._kind]
        painter.setFont(self._theme.font(13))
        painter.setPen(self._theme.color(color))
        box = QRectF(pad, 0, room, self.height())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), line)
        if self._kind == "old":
            width = metrics.horizontalAdvance(line)
            left = pad if not self.isRightToLeft() else self.width() - pad - width
            middle = self.height() / 2 + 0.5
            painter.setPen(QPen(self._theme.color(color), 1))
            painter.drawLine(round(left), round(middle), round(left + width), round(middle))
        painter.end()


class DiffLine(QWidget):
    """A field's name, and what becomes of its value."""

    def __init__(self, change: Change, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.change = change
        words = QWidget(self)
        flow = FlowLayout(words, spacing=6)
        for text, kind in words_of(change):
            flow.addWidget(DiffWord(text, kind, theme, words))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        words.setSizePolicy(policy)
        label = Label(change.label, role="strong", parent=self)
        label.setFixedWidth(enlarged(LABEL_WIDTH))
        label.setMinimumHeight(enlarged(20))
        grid = QGridLayout(self)
        grid.setContentsMargins(22, 10, 22, 10)
        grid.setHorizontalSpacing(12)
        grid.addWidget(label, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(words, 0, 1, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(0, 1)


def words_of(change: Change) -> list[tuple[str, Kind]]:
    """A change as words: for lists entry by entry, else old and new."""
    if isinstance(change.new, tuple):
        gone, new = change.removed, change.added
        kept = [entry for entry in change.new if entry not in new]
        words: list[tuple[str, Kind]] = [(entry, "same") for entry in kept]
        words += [(entry, "old") for entry in gone]
        words += [(entry, "new") for entry in new]
        return words
    old: list[tuple[str, Kind]] = [(value_words(change.old), "old")] if change.old else []
    return [*old, (value_words(change.new), "new")]


class DiffView(QWidget):
    """Every override, or a sentence that there is none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: list[QWidget] = []
        self._empty = Label(role="captionMuted", wrap=True, parent=self)
        self._empty.setContentsMargins(22, 14, 22, 14)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._empty)
        self._column.addStretch(1)
        self.setAccessibleName(self.tr("What the clone changes"))

    @property
    def lines(self) -> tuple[DiffLine, ...]:
        """The lines shown."""
        return tuple(line for line in self._lines if isinstance(line, DiffLine))

    def show_changes(self, changes: Sequence[Change], empty: str) -> None:
        """One line for each change; ``empty`` is said when there is none."""
        if [line.change for line in self.lines] != list(changes):
            for gone in self._lines:
                self._column.removeWidget(gone)
                gone.hide()
                gone.deleteLater()
            self._lines = []
            for change in changes:
                self._lines += [DiffLine(change, self._theme, self), Divider(parent=self)]
            for place, line in enumerate(self._lines):
                self._column.insertWidget(place, line)
        self._empty.setText(empty)
        self._empty.setVisible(not changes)
