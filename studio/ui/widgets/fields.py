"""Fields to write and choose in: one line, several lines, a choice, a search."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QWidget,
)

from studio.ui.icons import glyph
from studio.ui.style import restyle, scaled
from studio.ui.widgets.buttons import IconButton
from studio.ui.widgets.label import Label
from studio.ui.widgets.rounding import RoundedWindow

ACTION_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Tab)
"""Keys that do something; while a word is being composed they belong to the input method."""


def set_problem_state(widget: QWidget, wrong: bool) -> None:
    """Give a field the outline of an error, or take it back."""
    if bool(widget.property("problem")) != wrong:
        widget.setProperty("problem", wrong)
        restyle(widget)


_NO_CUT: Final = 10_000_000


class PlainEdit(QLineEdit):
    """A bare line edit that does nothing on Enter or Escape while a word is being composed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Qt would cut at 32,767 characters without a word; the rules speak of what is too long.
        self.setMaxLength(_NO_CUT)
        self._composing = False
        self._align()

    def is_composing(self) -> bool:
        """True between the first key of a composition and its commit."""
        return self._composing

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Remember whether a composition is open."""
        super().inputMethodEvent(event)
        self._composing = bool(event.preeditString())

    def changeEvent(self, event: QEvent) -> None:
        """Turn with the direction of the interface."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._align()

    def _align(self) -> None:
        """From the right, a field is read from there whatever is in it; else by its own text."""
        side = Qt.AlignmentFlag.AlignLeft
        if self.isRightToLeft():
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
        self.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave action keys to the input method while it is at work."""
        if self._composing and event.key() in ACTION_KEYS:
            event.accept()
            return
        super().keyPressEvent(event)


class TextField(PlainEdit):
    """One line of text."""

    def __init__(
        self, text: str = "", *, placeholder: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setPlaceholderText(placeholder)
        self.setText(text)

    def set_problem(self, wrong: bool) -> None:
        """Show or hide the outline of an error."""
        set_problem_state(self, wrong)

    def set_value(self, text: str) -> None:
        """Fill the field as a program does: no signal of editing, caret kept where it can be."""
        if text != self.text():
            caret = self.cursorPosition()
            self.setText(text)
            self.setCursorPosition(min(caret, len(text)))


class TextArea(QPlainTextEdit):
    """Several lines of plain text; Tab moves on, so the keyboard is never trapped."""

    edited = Signal()
    """The person changed the text (never emitted by :meth:`set_value`)."""

    def __init__(
        self,
        text: str = "",
        *,
        placeholder: str = "",
        lines: int = 3,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._lines = lines
        self._filling = False
        self.setTabChangesFocus(True)
        self.setPlaceholderText(placeholder)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_value(text)
        self.textChanged.connect(self._on_text_changed)

    def set_value(self, text: str) -> None:
        """Fill the area as a program does: no signal of editing."""
        if text == self.toPlainText():
            return
        self._filling = True
        self.setPlainText(text)
        self._filling = False

    def set_problem(self, wrong: bool) -> None:
        """Show or hide the outline of an error."""
        set_problem_state(self, wrong)

    def sizeHint(self) -> QSize:
        """Room for the number of lines asked for."""
        height = self.fontMetrics().lineSpacing() * self._lines + 24
        return QSize(super().sizeHint().width(), height)

    def minimumSizeHint(self) -> QSize:
        """As high as the hint, narrow if need be."""
        return QSize(80, self.sizeHint().height())

    def _on_text_changed(self) -> None:
        if not self._filling:
            self.edited.emit()


class ChoiceField(QComboBox):
    """A choice of a few; with ``editable`` also a word of one's own.

    ``chosen`` carries the text a person picked or wrote, never what a program set.
    """

    chosen = Signal(str)

    def __init__(
        self,
        choices: tuple[str, ...] = (),
        *,
        editable: bool = False,
        placeholder: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(12)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        view = QListView(self)
        view.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setView(view)
        view.window().setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
        self._rounding = RoundedWindow(view.window())
        self.setItemDelegate(QStyledItemDelegate(self))
        self._line: PlainEdit | None = None
        self.setPlaceholderText(placeholder)
        if editable:
            self._line = PlainEdit(self)
            self.setEditable(editable)
            self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            self.setLineEdit(self._line)
            self._line.setPlaceholderText(placeholder)
            self._line.textEdited.connect(self._on_edited)
        self.set_choices(choices)
        self.textActivated.connect(self._on_activated)

    def set_choices(self, choices: tuple[str, ...]) -> None:
        """Offer these, keeping what is shown."""
        shown = self.value()
        with QSignalBlocker(self):
            self.clear()
            self.addItems(list(choices))
        self.set_value(shown)

    def value(self) -> str:
        """What is chosen or written; empty when nothing is."""
        return self.currentText()

    def set_value(self, text: str) -> None:
        """Show ``text`` as a program does: no signal. A value outside the choices is kept."""
        with QSignalBlocker(self):
            place = self.findText(text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchCaseSensitive)
            if place < 0 and text and self._line is None:
                self.addItem(text)
                place = self.count() - 1
            self.setCurrentIndex(place)
            if self._line is not None and self._line.text() != text:
                self._line.setText(text)
        self.update()

    def set_problem(self, wrong: bool) -> None:
        """Show or hide the outline of an error."""
        set_problem_state(self, wrong)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page: scrolling past a field must not change it."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field, then our chevron at the far end."""
        super().paintEvent(event)
        color = self.palette().color(
            QPalette.ColorGroup.Active if self.isEnabled() else QPalette.ColorGroup.Disabled,
            QPalette.ColorRole.PlaceholderText,
        )
        size = scaled(14)
        box = QStyle.visualRect(
            self.layoutDirection(),
            self.rect(),
            self.rect().adjusted(self.width() - size - 10, 0, -10, 0),
        )
        painter = QPainter(self)
        top = (self.height() - size) // 2
        painter.drawPixmap(
            box.left(), top, glyph("chevron-down", size, color, self.devicePixelRatioF())
        )
        painter.end()

    def _on_activated(self, text: str) -> None:
        self.chosen.emit(text)

    def _on_edited(self, text: str) -> None:
        self.chosen.emit(text)


class ShortcutHint(Label):
    """A key combination in a small outlined box."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, role="small", parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)


class SearchField(TextField):
    """A search line: magnifier, a hint of the shortcut while empty, a cross to clear.

    ``query_changed`` carries the text at every change, by key, paste or clearing.
    """

    query_changed = Signal(str)

    def __init__(
        self,
        placeholder: str = "",
        shortcut: QKeySequence | QKeySequence.StandardKey | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(placeholder=placeholder, parent=parent)
        hint = QKeySequence(shortcut) if shortcut is not None else QKeySequence()
        self._hint = ShortcutHint(
            hint.toString(QKeySequence.SequenceFormat.NativeText), parent=self
        )
        self._clear = IconButton("x", self.tr("Clear search"), "ghost", "tiny", parent=self)
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.setCursor(Qt.CursorShape.ArrowCursor)
        self._clear.clicked.connect(self._on_clear_clicked)
        self.setAccessibleName(placeholder)
        self.textChanged.connect(self._on_text_changed)
        self._on_text_changed(self.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape clears what is there; on an empty field it passes on."""
        if event.key() == Qt.Key.Key_Escape and self.text() and not self.is_composing():
            self.clear()
            event.accept()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the small parts at the far end."""
        super().resizeEvent(event)
        self._show_parts()

    def changeEvent(self, event: QEvent) -> None:
        """Mirror with the direction of the interface."""
        super().changeEvent(event)
        changes = (QEvent.Type.LayoutDirectionChange, QEvent.Type.FontChange)
        if event.type() in changes and hasattr(self, "_clear"):
            self._show_parts()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field, then the magnifier on the reading side."""
        super().paintEvent(event)
        color = self.palette().color(QPalette.ColorRole.PlaceholderText)
        box = QStyle.visualRect(
            self.layoutDirection(), self.rect(), self.rect().adjusted(11, 0, 0, 0)
        )
        size = scaled(16)
        left = box.left() if not self.isRightToLeft() else self.width() - 11 - size
        pixmap = glyph("search", size, color, self.devicePixelRatioF())
        painter = QPainter(self)
        painter.drawPixmap(left, (self.height() - size) // 2, pixmap)
        painter.end()

    def _place(self) -> None:
        tail = 12
        for part in (self._clear, self._hint):
            size = part.sizeHint()
            left = 6 if self.isRightToLeft() else self.width() - size.width() - 6
            part.setGeometry(
                left, (self.height() - size.height()) // 2, size.width(), size.height()
            )
            if not part.isHidden():
                tail = size.width() + 8
        lead = scaled(16) + 9
        if self.isRightToLeft():
            self.setTextMargins(tail, 0, lead, 0)
        else:
            self.setTextMargins(lead, 0, tail, 0)

    def _on_clear_clicked(self) -> None:
        self.clear()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_text_changed(self, text: str) -> None:
        self._show_parts()
        self.query_changed.emit(text)

    def _show_parts(self) -> None:
        """A cross while there is text; else the shortcut, if the placeholder stays whole."""
        text = self.text()
        needed = self.fontMetrics().horizontalAdvance(self.placeholderText()) + scaled(16) + 30
        room = self.width() - needed - self._hint.sizeHint().width()
        self._clear.setVisible(bool(text))
        self._hint.setVisible(not text and bool(self._hint.text()) and room >= 0)
        self._place()


class SuggestionPopup(QListView):
    """The list under a field that completes words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setUniformItemSizes(True)

    def style_rows(self) -> None:
        """Obey the style sheet; a completer puts a delegate in that does not."""
        self.setItemDelegate(QStyledItemDelegate(self))
