"""One entry of the history: a line that opens to what changed and to the ways back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.domain.fields import BY_PATH
from studio.ui.editor.review_dialog import ChangeView
from studio.ui.style import scaled
from studio.ui.widgets.buttons import Button
from studio.ui.widgets.focus_ring import FocusRing
from studio.ui.widgets.glyph import Glyph
from studio.ui.widgets.label import ElidedLabel, Label
from studio.viewmodels.history_words import (
    ICONS,
    bring_back,
    listed,
    sentence,
    summary,
    time_words,
)

if TYPE_CHECKING:
    from studio.domain.diff import Change
    from studio.domain.influencer import FieldValue
    from studio.domain.timeline import TimelineEntry
    from studio.ui.theme import Theme
    from studio.viewmodels.history import HistoryViewModel

_DISC = 28
_GAP = 12
_PAD = 8
_BESIDE = _PAD + _DISC + _GAP


class EntryHeader(QAbstractButton):
    """Sign, sentence, gist and time of an entry; pressed, it opens or closes it."""

    def __init__(self, entry: TimelineEntry, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._entry = entry
        self._theme = theme
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        said, gist = sentence(entry), summary(entry)
        self.title = ElidedLabel(said, parent=self)
        self.gist = ElidedLabel(gist, role="captionMuted", parent=self)
        self.gist.setVisible(bool(gist))
        self.time = Label(time_words(entry), role="captionMuted", tabular=True, parent=self)
        self._chevron = Glyph("chevron-down", "muted", 14, self)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addStretch(1)
        words.addWidget(self.title)
        words.addWidget(self.gist)
        words.addStretch(1)
        row = QHBoxLayout(self)
        # Room as spacing, not as margins: those stay at their side in another script.
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addSpacing(scaled(_BESIDE))
        row.addLayout(words, 1)
        row.addWidget(self.time)
        row.addWidget(self._chevron)
        row.addSpacing(_PAD)
        for part in (self.title, self.gist, self.time):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(", ".join(each for each in (said, gist, self.time.text()) if each))
        self._ring = FocusRing(self, radius=8)
        self.toggled.connect(self._on_toggled)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """One line, or two with a gist."""
        return QSize(240, scaled(52 if self._entry_has_gist() else 44))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A ground under the pointer, and the sign on its disc."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.underMouse() or self.isDown():
            painter.setBrush(self._theme.color("hover"))
            painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        side = scaled(_DISC)
        left = self.width() - _PAD - side if self.isRightToLeft() else _PAD
        disc = QRectF(left, (self.height() - side) / 2, side, side)
        painter.setBrush(self._theme.color("surface"))
        painter.setPen(QPen(self._theme.color("hairline"), 1))
        painter.drawEllipse(disc.adjusted(0.5, 0.5, -0.5, -0.5))
        name, token = ICONS[self._entry.kind]
        size = scaled(14)
        glyph = self._theme.pixmap(name, size, token, self.devicePixelRatioF())
        inset = (side - size) // 2
        painter.drawPixmap(round(disc.left()) + inset, round(disc.top()) + inset, glyph)
        painter.end()

    def _entry_has_gist(self) -> bool:
        return bool(self.gist.full_text())

    def _on_toggled(self, opened: bool) -> None:  # a signal hands it over by position
        self._chevron.set_glyph("chevron-up" if opened else "chevron-down")


class EntryRow(QWidget):
    """A header, and below it, once opened, each change with the ways back."""

    opened = Signal(bool)

    def __init__(
        self,
        entry: TimelineEntry,
        view_model: HistoryViewModel,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.entry = entry
        self._view_model = view_model
        self._theme = theme
        self._is_last = False
        self._details: QWidget | None = None
        self._restore: Button | None = None
        self._note: Label | None = None
        self._ways: list[tuple[str, FieldValue, Button]] = []
        self.header = EntryHeader(entry, theme, self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.header)
        self.header.toggled.connect(self._on_toggled)

    @property
    def is_open(self) -> bool:
        """Whether its changes are shown."""
        return self.header.isChecked()

    @property
    def restore_button(self) -> Button | None:
        """The way back to the whole version; None while it is closed."""
        return self._restore

    @property
    def ways_back(self) -> tuple[Button, ...]:
        """The buttons that take one value again, from before a change or from after it."""
        return tuple(button for _, _, button in self._ways)

    def set_last(self, *, last: bool) -> None:
        """No thread leads on from the last entry of a day."""
        if last != self._is_last:
            self._is_last = last
            self.update()

    def refresh(self) -> None:
        """Bring the ways back in line with what is in the form, and with the version."""
        can = self._view_model.can_restore
        for path, value, button in self._ways:
            button.setVisible(self._view_model.differs(path, value))
            button.setEnabled(can)
        if self._restore is None or self._note is None:
            return
        if self._view_model.deleted is not None:
            self._restore.setText(self.tr("Re-create from here"))
            self._restore.setEnabled(True)
            self._restore.show()
            self._note.setText(self.tr("Makes a new draft as it was after this."))
            return
        version = self._view_model.version(self.entry.seq)
        self._restore.setText(self.tr("Restore as draft"))
        self._restore.setVisible(version is None or bool(version))
        self._restore.setEnabled(can and bool(version))
        self._note.setText(self._words_of(version))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The thread that leads from sign to sign."""
        top = 0 if self.header.y() else self.header.height() // 2
        bottom = self.header.height() // 2 if self._is_last and not self.is_open else self.height()
        middle = _PAD + scaled(_DISC) // 2
        place = self.width() - middle if self.isRightToLeft() else middle
        painter = QPainter(self)
        painter.fillRect(place, top, 1, bottom - top, self._theme.color("hairline"))
        painter.end()

    def _words_of(self, version: tuple[Change, ...] | None) -> str:
        if version is None:
            return ""
        if not version:
            return self.tr("Everything is as it was after this.")
        names = listed([change.label.lower() for change in version])
        return self.tr("Sets {fields}. Nothing is sent.").replace("{fields}", names)

    def _on_toggled(self, opened: bool) -> None:  # a signal hands it over by position
        if opened and self._details is None:
            self._details = self._make_details()
            self._column.addWidget(self._details)
            self._view_model.look_into(self.entry.seq)
        if self._details is not None:
            self._details.setVisible(opened)
        self.refresh()
        self.update()
        self.opened.emit(opened)

    def _make_details(self) -> QWidget:
        box = QWidget(self)
        beside = QHBoxLayout(box)
        beside.setContentsMargins(0, 4, 0, 16)
        beside.setSpacing(0)
        column = QVBoxLayout()
        column.setSpacing(12)
        beside.addSpacing(scaled(_BESIDE))
        beside.addLayout(column, 1)
        beside.addSpacing(_PAD)
        if self.entry.kind == "delete" and self.entry.note:
            column.addWidget(Label(self.entry.note, role="secondary", wrap=True, parent=box))
        for change in self.entry.changes:
            if change.path in BY_PATH:
                column.addLayout(self._change(change, box))
        row = QHBoxLayout()
        row.setSpacing(12)
        self._restore = Button(self.tr("Restore as draft"), icon="rotate-ccw", compact=True)
        self._restore.setParent(box)
        self._restore.clicked.connect(self._on_restore)
        self._note = Label(role="captionMuted", wrap=True, parent=box)
        row.addWidget(self._restore, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._note, 1)
        column.addLayout(row)
        return box

    def _change(self, change: Change, parent: QWidget) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(ChangeView(change, self._theme, parent))
        ways = QHBoxLayout()
        ways.setSpacing(12)
        for value, was_before in ((change.old, True), (change.new, False)):
            words = bring_back(value, was_before=was_before)
            button = Button(words, "link", compact=True, parent=parent)
            button.clicked.connect(self._on_bring_back)
            ways.addWidget(button)
            self._ways.append((change.path, value, button))
        ways.addStretch(1)
        column.addLayout(ways)
        return column

    def _on_restore(self) -> None:
        if self._view_model.deleted is not None:
            self._view_model.recreate(self.entry.seq)
        else:
            self._view_model.restore(self.entry.seq)

    def _on_bring_back(self) -> None:
        sender = self.sender()
        for path, value, button in self._ways:
            if button is sender:
                self._view_model.bring_back(path, value)
