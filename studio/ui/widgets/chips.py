"""Lists of short words as chips, and pills that switch a filter."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QSize, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QCompleter,
    QSizePolicy,
    QWidget,
)

from studio.ui.style import scaled
from studio.ui.widgets.chip import Chip
from studio.ui.widgets.fields import PlainEdit, SuggestionPopup
from studio.ui.widgets.filter_chip import FilterChip
from studio.ui.widgets.flow_layout import FlowLayout
from studio.ui.widgets.group_frame import GroupFrame
from studio.ui.widgets.one_layout import one_layout

__all__ = ["Chip", "ChipEditor", "FilterChip"]

_NARROWEST_LINE: Final = 12
_COMMAS: Final = (",", "，", "、", "،")
"""Latin, full-width, ideographic and Arabic."""


class ChipEditor(GroupFrame):
    """An ordered list of short words: type and press Enter or comma, arrow keys to walk.

    ``values_changed`` carries the new ``tuple[str, ...]`` after a person changed it;
    :meth:`set_values` never emits. A word that is there already (in any case of letters) is not
    added twice: its chip is shown instead. Without ``crosses`` chips are narrower and a click
    chooses one for Delete.
    """

    values_changed = Signal(object)

    def __init__(
        self,
        placeholder: str = "",
        *,
        max_count: int = 100,
        max_length: int = 500,
        crosses: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._placeholder = placeholder or self.tr("Add…")
        self._max_count = max_count
        self._crosses = crosses
        self._chips: list[Chip] = []
        self._spare: list[Chip] = []
        self._edit = _ChipEdit(max_length, self)
        self._edit.set_hint(self._placeholder)
        self._flow = FlowLayout(self, spacing=6, fill_last=True)
        self._flow.setContentsMargins(6, 4, 6, 4)
        self._flow.addWidget(self._edit)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusProxy(self._edit)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.watch(self._edit)
        self._words = QStringListModel(self)
        self._completer = QCompleter(self._words, self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._completer.setMaxVisibleItems(8)
        self._popup = SuggestionPopup()
        self._completer.setPopup(self._popup)
        self._popup.style_rows()
        self._edit.setCompleter(self._completer)
        # Queued: the completer writes its word into the line after this signal.
        self._completer.activated.connect(
            self._on_suggestion_taken, Qt.ConnectionType.QueuedConnection
        )
        self._edit.entered.connect(self._on_entered)
        self._edit.left_at_start.connect(self._on_left_at_start)
        self._edit.removed_at_start.connect(self._on_removed_at_start)
        self._edit.editingFinished.connect(self._on_editing_finished)
        self._suggestions: tuple[str, ...] = ()

    def changeEvent(self, event: QEvent) -> None:
        """A list that is only read offers nothing to type."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and hasattr(self, "_suggestions"):
            self._show_hint()

    def values(self) -> tuple[str, ...]:
        """The words in order."""
        return tuple(chip.value() for chip in self._chips)

    def set_values(self, values: tuple[str, ...], *, fresh: bool = False) -> None:
        """Show ``values``; what is being typed stays, unless ``fresh`` says that another list is
        shown from now on (:meth:`take_typed` first, so that nothing is lost). Never emits.
        """
        if fresh:
            self._edit.clear()
        if values == self.values():
            return
        with one_layout(self):
            while len(self._chips) > len(values):
                self._drop(self._chips[-1])
            for chip, value in zip(self._chips, values, strict=False):
                if chip.value() != value:
                    chip.set_value(value)
            for value in values[len(self._chips) :]:
                self._append(value)
        self._refresh()

    def set_suggestions(self, words: tuple[str, ...]) -> None:
        """Offer these while typing, without those that are chips already."""
        self._suggestions = words
        self._offer()

    def pending_text(self) -> str:
        """What is typed and not yet a chip."""
        return self._edit.text()

    def take_typed(self) -> None:
        """Make a chip of what is typed and not yet entered, as leaving the editor does."""
        self._take_line()

    def setAccessibleName(self, name: str) -> None:
        """Name the line inside as well, since it takes the focus."""
        super().setAccessibleName(name)
        self._edit.setAccessibleName(name)

    def setAccessibleDescription(self, description: str) -> None:
        """Describe the line inside as well, since it takes the focus."""
        super().setAccessibleDescription(description)
        self._edit.setAccessibleDescription(description)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on empty room starts typing."""
        self._edit.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def on_focus_changed(self, focused: bool) -> None:
        """What was typed and not entered becomes a chip when the focus leaves."""
        if not focused:
            self._take_line()

    def _append(self, value: str) -> None:
        chip = self._spare.pop() if self._spare else self._new_chip()
        chip.set_value(value)
        self._flow.insert_widget(len(self._chips), chip)
        self._chips.append(chip)
        chip.show()

    def _new_chip(self) -> Chip:
        chip = Chip("", cross=self._crosses, parent=self)
        chip.remove_requested.connect(self._on_remove_requested)
        chip.key_pressed.connect(self._on_chip_key)
        self.watch(chip)
        return chip

    def _drop(self, chip: Chip) -> None:
        self._chips.remove(chip)
        self._flow.removeWidget(chip)
        chip.hide()
        # Kept for the next word: a new widget costs the frame that shows another influencer.
        self._spare.append(chip)

    def _refresh(self) -> None:
        self._show_hint()
        self._offer()
        self._flow.invalidate()
        self.updateGeometry()

    def _show_hint(self) -> None:
        """Nothing is offered where nothing can be added."""
        takes = self.isEnabled() and len(self._chips) < self._max_count
        self._edit.set_hint(self._placeholder if takes else "")

    def _offer(self) -> None:
        taken = {value.casefold() for value in self.values()}
        self._words.setStringList(
            [word for word in self._suggestions if word.casefold() not in taken]
        )

    def _add(self, texts: list[str]) -> None:
        before = self.values()
        for text in texts:
            value = " ".join(text.split())
            if not value:
                continue
            twin = self._find(value)
            if twin is not None:
                twin.setDown(True)
                QTimer.singleShot(160, twin, self._rise)
            elif len(self._chips) < self._max_count:
                self._append(value)
        self._refresh()
        if self.values() != before:
            self.values_changed.emit(self.values())

    def _rise(self) -> None:
        for chip in self._chips:
            chip.setDown(False)

    def _find(self, value: str) -> Chip | None:
        wanted = value.casefold()
        return next((chip for chip in self._chips if chip.value().casefold() == wanted), None)

    def _remove(self, chip: Chip) -> None:
        if chip not in self._chips:
            return
        place = self._chips.index(chip)
        had_focus = chip.hasFocus()
        # The focus moves on before its holder goes, so it never falls out of the editor.
        if had_focus and place + 1 < len(self._chips):
            self._chips[place + 1].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self._drop(chip)
        self._refresh()
        self.values_changed.emit(self.values())

    def _take_line(self) -> None:
        text = self._edit.text()
        if text.strip():
            self._edit.clear()
            self._add(_pieces(text))

    def _on_entered(self) -> None:
        self._take_line()

    def _on_editing_finished(self) -> None:
        if not self._edit.hasFocus() and not self._popup.isVisible():
            self._take_line()

    def _on_suggestion_taken(self, word: str) -> None:
        self._edit.clear()
        self._add([word])

    def _on_left_at_start(self) -> None:
        if self._chips:
            self._chips[-1].setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_removed_at_start(self) -> None:
        if self._chips:
            self._remove(self._chips[-1])

    def _on_remove_requested(self, chip: object) -> None:
        if isinstance(chip, Chip):
            self._remove(chip)

    def _on_chip_key(self, event: object) -> None:
        chip = self.sender()
        if not isinstance(event, QKeyEvent) or not isinstance(chip, Chip):
            return
        place = self._chips.index(chip)
        key = event.key()
        forward, back = Qt.Key.Key_Right, Qt.Key.Key_Left
        if self.isRightToLeft():
            forward, back = back, forward
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._remove(chip)
        elif key == back:
            self._chips[max(0, place - 1)].setFocus(Qt.FocusReason.OtherFocusReason)
        elif key == forward and place + 1 < len(self._chips):
            self._chips[place + 1].setFocus(Qt.FocusReason.OtherFocusReason)
        elif key == Qt.Key.Key_Home:
            self._chips[0].setFocus(Qt.FocusReason.OtherFocusReason)
        elif key in (forward, Qt.Key.Key_End, Qt.Key.Key_Escape):
            self._edit.setFocus(Qt.FocusReason.OtherFocusReason)
        elif event.text().isprintable() and event.text():
            self._edit.setFocus(Qt.FocusReason.OtherFocusReason)
            self._edit.insert(event.text())
        else:
            return
        event.accept()


def _pieces(text: str) -> list[str]:
    for mark in ("\n", *_COMMAS):
        text = text.replace(mark, ",")
    return text.split(",")


class _ChipEdit(PlainEdit):
    """The line at the end of the chips."""

    entered = Signal()
    left_at_start = Signal()
    removed_at_start = Signal()

    def __init__(self, max_length: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._max_length = max_length
        self._hint = ""
        self.textChanged.connect(self._on_text_changed)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Room for what is typed; a placeholder takes what is left over."""
        width = QFontMetrics(self.font()).horizontalAdvance(self.text()[:200]) + 10
        return QSize(max(_NARROWEST_LINE, width), max(scaled(24), super().sizeHint().height()))

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        return QSize(_NARROWEST_LINE, scaled(24))

    def set_hint(self, hint: str) -> None:
        """What to write, shown where there is room for the whole of it."""
        self._hint = hint
        self._show_hint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A cut hint is worse than none."""
        super().resizeEvent(event)
        self._show_hint()

    def _on_text_changed(self, _text: str) -> None:
        self.updateGeometry()

    def _show_hint(self) -> None:
        needed = QFontMetrics(self.font()).horizontalAdvance(self._hint) + 6
        self.setPlaceholderText(self._hint if needed <= self.width() else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and comma add, Backspace and Left at the start go to the chips."""
        if self.is_composing():
            super().keyPressEvent(event)
            return
        key = event.key()
        at_start = self.cursorPosition() == 0 and not self.hasSelectedText()
        back = Qt.Key.Key_Right if self.isRightToLeft() else Qt.Key.Key_Left
        enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and bool(self.text().strip())
        if enter or (event.text() and event.text() in _COMMAS):
            self.entered.emit()
        elif key == Qt.Key.Key_Backspace and not self.text():
            self.removed_at_start.emit()
        elif key == back and at_start:
            self.left_at_start.emit()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self._paste()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """An input method may commit a comma too."""
        super().inputMethodEvent(event)
        if not self.is_composing() and any(mark in self.text() for mark in _COMMAS):
            self.entered.emit()

    def _paste(self) -> None:
        text = QApplication.clipboard().text()
        self.insert(text.replace("\r\n", "\n").replace("\n", ",")[: self._max_length * 10])
        if any(mark in self.text() for mark in _COMMAS):
            self.entered.emit()
