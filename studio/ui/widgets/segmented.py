"""Two or more ways side by side, one of them chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from studio.ui.style import restyle
from studio.ui.widgets.focus_ring import FocusRing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent


class SegmentButton(QPushButton):
    """One of the ways."""

    def __init__(self, key: str, text: str, parent: QWidget) -> None:
        super().__init__(text.replace("&", "&&"), parent)
        self.key = key
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(self, radius=8)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the arrow keys to the row; a button alone would move the focus only."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
            return
        super().keyPressEvent(event)


class Segmented(QFrame):
    """A row of options given as ``(key, text)``; Tab enters once, arrow keys move.

    ``selected`` carries the key a person chose; :meth:`set_current` never emits.
    """

    selected = Signal(str)

    def __init__(
        self,
        options: Sequence[tuple[str, str]],
        current: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._buttons = [SegmentButton(key, text, self) for key, text in options]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for button in self._buttons:
            row.addWidget(button)
            button.clicked.connect(self._on_clicked)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._set_places()
        if self._buttons:
            self.set_current(current if current is not None else self._buttons[0].key)

    def current(self) -> str:
        """The key of the chosen option; empty when none is."""
        return next((button.key for button in self._buttons if button.isChecked()), "")

    def set_current(self, key: str) -> None:
        """Choose an option as a program does: no signal."""
        for button in self._buttons:
            chosen = button.key == key
            button.setChecked(chosen)
            button.setFocusPolicy(
                Qt.FocusPolicy.StrongFocus if chosen else Qt.FocusPolicy.ClickFocus
            )
            if chosen:
                self.setFocusProxy(button)

    def set_enabled(self, key: str, enabled: bool) -> None:
        """Allow or forbid one option."""
        for button in self._buttons:
            if button.key == key:
                button.setEnabled(enabled)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys choose the neighbor, in reading direction."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not step:
            super().keyPressEvent(event)
            return
        if self.isRightToLeft():
            step = -step
        usable = [button for button in self._buttons if button.isEnabled()]
        places = [place for place, button in enumerate(usable) if button.isChecked()]
        if places:
            wanted = usable[max(0, min(len(usable) - 1, places[0] + step))]
            if not wanted.isChecked():
                self._choose(wanted)
                wanted.setFocus(Qt.FocusReason.TabFocusReason)
        event.accept()

    def changeEvent(self, event: QEvent) -> None:
        """Mirror the rounded ends with the direction of the interface."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._set_places()

    def _choose(self, button: SegmentButton) -> None:
        self.set_current(button.key)
        self.selected.emit(button.key)

    def _on_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, SegmentButton):
            self._choose(button)

    def _set_places(self) -> None:
        ordered = list(reversed(self._buttons)) if self.isRightToLeft() else self._buttons
        for place, button in enumerate(ordered):
            if len(ordered) == 1:
                name = "only"
            elif place == 0:
                name = "first"
            else:
                name = "last" if place == len(ordered) - 1 else "middle"
            button.setProperty("place", name)
            restyle(button)
