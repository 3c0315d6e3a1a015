"""A slim bar over the gallery: the roster as of which moment, read only, and the way back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from studio.ui.editor.surfaces import Panel
from studio.ui.history.time_slider import TimeSlider
from studio.ui.widgets.buttons import Button, IconButton
from studio.ui.widgets.glyph import Glyph
from studio.ui.widgets.label import Label, set_tooltip
from studio.viewmodels.history_words import moment_words

if TYPE_CHECKING:
    from studio.ui.theme import Theme
    from studio.viewmodels.as_of import AsOfViewModel

_ROOMY = 620
_TIGHT = 400
_DAY = timedelta(days=1)


class AsOfBar(Panel):
    """Seen while the way through time is open; Escape anywhere in the window goes back to now."""

    def __init__(
        self, view_model: AsOfViewModel, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, "accentSoft", "bottom", parent)
        self._view_model = view_model
        self._fresh = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._glyph = Glyph("history", "accent", 16, self)
        self._lead = Label(self.tr("Roster as of"), parent=self)
        self.when = Label(role="strong", tabular=True, parent=self)
        self._read_only = Label(self.tr("read only"), role="captionMuted", parent=self)
        self.earlier = IconButton(
            "chevron-left", self.tr("Before the last change"), "ghost", compact=True, parent=self
        )
        self.later = IconButton(
            "chevron-right", self.tr("After the next change"), "ghost", compact=True, parent=self
        )
        self.slider = TimeSlider(theme, self)
        self.back = Button(self.tr("Back to now"), "primary", compact=True, parent=self)
        self.back.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 8, 20, 9)
        row.setSpacing(8)
        for widget in (self._glyph, self._lead, self.when, self._read_only):
            row.addWidget(widget)
        row.addSpacing(4)
        row.addWidget(self.earlier)
        row.addWidget(self.slider, 1)
        row.addWidget(self.later)
        row.addSpacing(4)
        row.addWidget(self.back)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        model = self._view_model
        model.changed.connect(self.refresh)
        self.slider.moved.connect(self._on_moved)
        self.slider.earlier.connect(model.earlier_change)
        self.slider.later.connect(model.later_change)
        self.slider.day_earlier.connect(self._on_day_earlier)
        self.slider.day_later.connect(self._on_day_later)
        self.earlier.clicked.connect(model.earlier_change)
        self.later.clicked.connect(model.later_change)
        self.back.clicked.connect(model.back_to_now)
        self._escape.activated.connect(model.back_to_now)

    def refresh(self) -> None:
        """Show the moment as it is now."""
        model = self._view_model
        shown = model.is_active
        self._fresh = shown and (self._fresh or self.isHidden())
        self.setVisible(shown)
        self._escape.setEnabled(shown)
        moment = model.moment
        words = self.tr("now") if moment is None else moment_words(moment)
        self.when.setText(words)
        self.slider.set_ticks(model.ticks)
        self.slider.set_place(model.place)
        self.slider.setEnabled(model.begins is not None)
        self.slider.setAccessibleDescription(words)
        self.earlier.setEnabled(model.can_go_earlier)
        self.later.setEnabled(model.can_go_later)
        self._show_read_only()
        if self._fresh and self.slider.isEnabled():
            self._fresh = False
            self._first().setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where room is short the moment and the slider stay; where it is tight, the buttons."""
        super().resizeEvent(event)
        self._lead.setVisible(self._is_roomy())
        tight = self.width() < _TIGHT * self._theme.text_scale
        self._glyph.setVisible(not tight)
        held = self.window().focusWidget() is self.slider
        self.slider.setVisible(not tight)
        if tight and held:
            self._first().setFocus(Qt.FocusReason.OtherFocusReason)
        whole = self.tr("Back to now")
        self.back.setText(self.tr("Now") if tight else whole)
        self.back.setAccessibleName(whole)
        set_tooltip(self.back, whole if tight else "")
        self._show_read_only()

    def _first(self) -> QWidget:
        """What takes the keyboard: the slider, and where that has no room a button."""
        parts = (self.slider, self.earlier, self.later)
        return next((part for part in parts if part.isEnabled() and not part.isHidden()), self.back)

    def _is_roomy(self) -> bool:
        return self.width() >= _ROOMY * self._theme.text_scale

    def _show_read_only(self) -> None:
        self._read_only.setVisible(self._is_roomy() and self._view_model.moment is not None)

    def _on_moved(self, place: object) -> None:
        self._view_model.go_to_place(cast("int", place))

    def _on_day_earlier(self) -> None:
        self._view_model.go_back_by(_DAY)

    def _on_day_later(self) -> None:
        self._view_model.go_back_by(-_DAY)
