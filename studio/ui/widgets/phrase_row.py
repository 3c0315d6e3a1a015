"""One phrase of a list: handle, quoted text edited in place, mark, count, warning."""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import Property, QRectF, QSize, Qt, QTextBoundaryFinder, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.ui.icons import glyph
from studio.ui.style import restyle, scaled
from studio.ui.widgets.buttons import Button
from studio.ui.widgets.fields import PlainEdit
from studio.ui.widgets.group_frame import GroupFrame
from studio.ui.widgets.label import Label, shown


def grapheme_count(text: str) -> int:
    """How many characters a person sees; a family emoji is one."""
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, text)
    count = 0
    while finder.toNextBoundary() != -1:
        count += 1
    return count


def text_direction(text: str, otherwise: Qt.LayoutDirection) -> Qt.LayoutDirection:
    """The direction of the first letter that has one."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind == "L":
            return Qt.LayoutDirection.LeftToRight
        if kind in ("R", "AL"):
            return Qt.LayoutDirection.RightToLeft
    return otherwise


class DragHandle(QWidget):
    """Six dots to take a row by. ``dragged`` carries the pointer's global y in pixels."""

    dragged = Signal(object)
    dropped = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A little wider than the dots, so that it is easy to hit."""
        return QSize(scaled(18), scaled(24))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say where the pointer is."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.dragged.emit(round(event.globalPosition().y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.dropped.emit()
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the dots."""
        color = self.palette().color(QPalette.ColorRole.WindowText)
        painter = QPainter(self)
        size = scaled(14)
        left, top = (self.width() - size) // 2, (self.height() - size) // 2
        pixmap = glyph("grip-vertical", size, color, self.devicePixelRatioF())
        painter.drawPixmap(left, top, pixmap)
        painter.end()


class PhraseEdit(PlainEdit):
    """The text of a phrase: in quotation marks while it is read, bare while it is written."""

    key_wanted = Signal(object)
    """Carries the QKeyEvent of a key the row decides about; it accepts what it used."""
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._dot = QColor(Qt.GlobalColor.darkYellow)
        self._changed = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setPlaceholderText(self.tr("Write a catchphrase"))

    def _get_dot_color(self) -> QColor:
        return self._dot

    def _set_dot_color(self, color: QColor) -> None:
        self._dot = QColor(color)
        self.update()

    dot_color = Property(QColor, _get_dot_color, _set_dot_color)

    def set_changed(self, *, changed: bool) -> None:
        """Show or hide the amber dot behind the text."""
        if changed != self._changed:
            self._changed = changed
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ask the row first, unless a word is being composed."""
        if self.is_composing():
            super().keyPressEvent(event)
            return
        event.ignore()
        self.key_wanted.emit(event)
        if not event.isAccepted():
            event.accept()
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show the start of the text again."""
        super().focusOutEvent(event)
        self.setCursorPosition(0)
        if event.reason() not in (
            Qt.FocusReason.PopupFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
        ):
            self.left.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Written: the line edit. Read: the phrase in quotation marks with its dot."""
        if self.hasFocus() or not self.text():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetrics(self.font())
        room = QRectF(self.rect()).adjusted(2, 0, -2, 0)
        if self._changed:
            room.adjust(14 if self.isRightToLeft() else 0, 0, 0 if self.isRightToLeft() else -14, 0)
        line = self.tr("“{0}”").replace("{0}", shown(self.text(), 1000))
        text = metrics.elidedText(line, Qt.TextElideMode.ElideRight, int(room.width()))
        group = QPalette.ColorGroup.Active if self.isEnabled() else QPalette.ColorGroup.Disabled
        painter.setPen(self.palette().color(group, QPalette.ColorRole.Text))
        # The phrase keeps its own direction in its quotation marks and stands on the near side.
        painter.setLayoutDirection(text_direction(self.text(), self.layoutDirection()))
        side = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
        absolute = Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, side | absolute, text)
        if self._changed:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._dot)
            dot = QRectF(0, 0, 6, 6)
            dot.moveCenter(room.center())
            width = metrics.horizontalAdvance(text)
            if self.isRightToLeft():
                dot.moveRight(room.right() - width - 8)
            else:
                dot.moveLeft(room.left() + width + 8)
            painter.drawEllipse(dot)
        painter.end()


class PhraseRow(QWidget):
    """A phrase in a list. Every signal carries the row itself first."""

    edited = Signal(object)
    kept_anyway = Signal(object)
    add_requested = Signal(object)
    remove_requested = Signal(object)
    move_requested = Signal(object, object)
    drag_moved = Signal(object, object)
    left = Signal(object)

    def __init__(self, soft_limit: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._soft_limit = soft_limit
        self._accepted = ""
        self._settled = ""
        self._frame = PhraseFrame(self)
        self._handle = DragHandle(self._frame)
        self.edit = PhraseEdit(self._frame)
        self._count = Label(role="small", tabular=True, parent=self._frame)
        self._warning: _RepeatWarning | None = None
        self._lay_out()
        self._frame.watch(self.edit)
        self.edit.textEdited.connect(self._on_text_edited)
        self.edit.key_wanted.connect(self._on_key)
        self.edit.left.connect(self._on_left)
        self._handle.dragged.connect(self._on_dragged)
        self._handle.dropped.connect(self._on_dropped)
        self.judge(None)

    def _lay_out(self) -> None:
        line = QHBoxLayout(self._frame)
        line.setContentsMargins(8, 3, 10, 3)
        line.setSpacing(8)
        line.addWidget(self._handle)
        line.addWidget(self.edit, 1)
        line.addWidget(self._count)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(self._frame)
        self.edit.setMinimumHeight(24)

    def text(self) -> str:
        """What the line shows now."""
        return self.edit.text()

    def accepted(self) -> str:
        """What counts as the value: the text, or for a repeat what it was when editing began."""
        return self._accepted

    def is_flagged(self) -> bool:
        """True while the text repeats another phrase and was not kept."""
        return self._warning is not None and not self._warning.isHidden()

    def is_pending(self) -> bool:
        """True while the line shows something else than the value it counts with."""
        return not self._accepted or self.is_flagged()

    def fill(self, value: str) -> None:
        """Show a value as a program does; one being written is left alone."""
        if self._accepted == value:
            return
        self._accepted = self._settled = value
        if self.edit.text().strip() != value:
            caret = self.edit.cursorPosition()
            self.edit.setText(value)
            self.edit.setCursorPosition(min(caret, len(value)) if self.edit.hasFocus() else 0)
        self._flag(None)
        self._count_up()

    def reset(self) -> None:
        """Be a blank row again."""
        self._accepted = self._settled = ""
        self.edit.clear()
        self.edit.set_changed(changed=False)
        self._frame.set_dragged(dragged=False)
        self._flag(None)
        self._count_up()

    def write(self, text: str) -> None:
        """Put ``text`` in as if the person had typed it."""
        self.edit.setText(text)
        self.edited.emit(self)

    def judge(self, twin: str | None) -> None:
        """Take the text as the value, or flag it as a repeat of ``twin``."""
        text = self.edit.text().strip()
        if text == self._settled:
            twin = None
        self._accepted = text if twin is None else self._settled
        self._flag(twin)
        self._count_up()

    def keep(self) -> None:
        """Take a repeat as the value all the same."""
        self._accepted = self._settled = self.edit.text().strip()
        self._flag(None)

    def start_editing(self) -> None:
        """Put the caret behind the last letter."""
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edit.setCursorPosition(len(self.edit.text()))

    def set_changed(self, changed: bool) -> None:
        """Mark as not yet on the server."""
        self.edit.set_changed(changed=changed and bool(self._accepted))

    def set_place(self, number: int, count: int) -> None:
        """Say to a screen reader where in the list this is."""
        name = self.tr("Catchphrase {0} of {1}")
        self.edit.setAccessibleName(name.replace("{0}", str(number)).replace("{1}", str(count)))

    def _flag(self, twin: str | None) -> None:
        self._frame.set_problem(twin is not None)
        said = ""
        if twin is not None:
            said = self.tr("Repeats “{0}”").replace("{0}", twin)
        if twin is not None and self._warning is None:
            self._warning = self._make_warning()
        if self._warning is not None:
            self._warning.say(said)
            self._warning.setVisible(twin is not None)
        self.edit.setAccessibleDescription(said)

    def _make_warning(self) -> _RepeatWarning:
        # Few rows ever need one, and a list of many is to be there at once.
        warning = _RepeatWarning(self)
        warning.keep.clicked.connect(self._on_keep)
        self._column.addWidget(warning)
        return warning

    def _count_up(self) -> None:
        count = grapheme_count(self.edit.text())
        self._count.setText(f"{count} / {self._soft_limit}")
        self._count.set_role("warnSmall" if count > self._soft_limit else "small")

    def _on_text_edited(self, _text: str) -> None:
        self.edited.emit(self)

    def _on_left(self) -> None:
        self._settled = self._accepted
        self.left.emit(self)

    def _on_keep(self) -> None:
        self.kept_anyway.emit(self)

    def _on_key(self, event: object) -> None:
        if not isinstance(event, QKeyEvent):
            return
        key, alt = event.key(), event.modifiers() == Qt.KeyboardModifier.AltModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._warning is not None and self.is_flagged():
                self._warning.keep.setFocus(Qt.FocusReason.TabFocusReason)
            elif self.text().strip():
                self.add_requested.emit(self)
        elif key == Qt.Key.Key_Backspace and not self.text():
            self.remove_requested.emit(self)
        elif alt and key == Qt.Key.Key_Up:
            self.move_requested.emit(self, -1)
        elif alt and key == Qt.Key.Key_Down:
            self.move_requested.emit(self, 1)
        elif key == Qt.Key.Key_Up or key == Qt.Key.Key_Down:
            (self.focusPreviousChild if key == Qt.Key.Key_Up else self.focusNextChild)()
        else:
            return
        event.accept()

    def _on_dragged(self, global_y: object) -> None:
        self._frame.set_dragged(dragged=True)
        owner = self.parentWidget()
        if isinstance(global_y, int) and owner is not None:
            top = owner.mapToGlobal(owner.rect().topLeft()).y()
            self.drag_moved.emit(self, global_y - top)

    def _on_dropped(self) -> None:
        self._frame.set_dragged(dragged=False)


class _RepeatWarning(QWidget):
    """Under a phrase that repeats another: which, and a way to keep it all the same."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = Label(role="warnSmall", wrap=True, parent=self)
        self.keep = Button(self.tr("Keep anyway"), "link", parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addSpacing(34)
        row.addWidget(self._words, 1)
        row.addWidget(self.keep)

    def say(self, words: str) -> None:
        """Name the other phrase."""
        self._words.setText(words)


class PhraseFrame(GroupFrame):
    """The box of one phrase."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, radius=6)

    def set_dragged(self, *, dragged: bool) -> None:
        """Show that the row is in the hand."""
        if bool(self.property("dragged")) != dragged:
            self.setProperty("dragged", dragged)
            restyle(self)
