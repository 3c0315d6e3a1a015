"""The top of the gallery: whose influencers these are, a search, and what narrows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QStyle,
    QWidget,
)

from studio.ui.gallery.sort_button import SortButton
from studio.ui.widgets.buttons import Button, IconButton
from studio.ui.widgets.fields import SearchField
from studio.ui.widgets.filter_chip import FilterChip
from studio.ui.widgets.flow_layout import FlowLayout
from studio.ui.widgets.label import ElidedLabel, Label, set_tooltip

if TYPE_CHECKING:
    from studio.ui.gallery.geometry import Density
    from studio.ui.theme import Theme

_SEARCH_WIDTH: Final = 230
_SEARCH_KEPT: Final = 150
"""What the search keeps before the button loses its words and the number goes."""
_SEARCH_NARROWEST: Final = 116
_NAME_KEPT: Final = 150
_NAME_WIDEST: Final = 400
_MARGIN: Final = 20
_GAP: Final = 8
_TOP: Final = 12
_BOTTOM: Final = 11
_SORT_SHRINKS: Final = 520
_RESHARE: Final = (
    QEvent.Type.FontChange,
    QEvent.Type.StyleChange,
    QEvent.Type.LayoutDirectionChange,
)


class GalleryHeader(QWidget):
    """Project, number of influencers, search, size of the cards, new influencer.

    When there is little room the search shrinks, then the button keeps its icon alone and the
    number goes; nothing is ever cut off.
    """

    new_requested = Signal()
    density_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ElidedLabel(role="title", parent=self)
        self.count = Label(role="muted", tabular=True, parent=self)
        self.search = SearchField(
            self.tr("Search personas"), QKeySequence.StandardKey.Find, parent=self
        )
        self.density = IconButton("layout-grid", self.tr("Smaller cards"), parent=self)
        self.density.setCheckable(True)
        self.new = Button(self.tr("New influencer"), "primary", "plus", parent=self)
        self.new_small = IconButton("plus", self.tr("New influencer"), "primary", parent=self)
        self.new_small.hide()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.density.toggled.connect(self._on_density_toggled)
        self.new.clicked.connect(self._on_new_clicked)
        self.new_small.clicked.connect(self._on_new_clicked)

    def set_name(self, name: str) -> None:
        """The project on screen."""
        self.name.setText(name)
        self._share()

    def set_blocked(self, reason: str) -> None:
        """Nothing can be made now, and why; an empty reason lets go."""
        words = self.tr("New influencer")
        for button in (self.new, self.new_small):
            button.setEnabled(not reason)
            button.setAccessibleDescription(reason)
        set_tooltip(self.new, reason)
        set_tooltip(self.new_small, reason or words)

    def set_count(self, words: str) -> None:
        """How many influencers there are, as words."""
        if words != self.count.text():
            self.count.setText(words)
            self._share()

    def set_density(self, density: Density) -> None:
        """Show which size of cards is chosen."""
        compact = density == "compact"
        self.density.setChecked(compact)
        self.density.set_icon("grid-3x3" if compact else "layout-grid")
        self.density.set_tooltip(self.tr("Larger cards") if compact else self.tr("Smaller cards"))

    def sizeHint(self) -> QSize:
        """As high as its controls and the room around them."""
        return QSize(_MARGIN * 2 + 600, _TOP + self.new.sizeHint().height() + _BOTTOM)

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for any window."""
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self._share()

    def changeEvent(self, event: QEvent) -> None:
        """Other letters or another direction: share the room anew."""
        super().changeEvent(event)
        if event.type() in _RESHARE and hasattr(self, "new_small"):
            self.updateGeometry()
            self._share()

    def _share(self) -> None:
        wanted = min(self.name.sizeHint().width(), _NAME_WIDEST)
        counted = self.count.sizeHint().width() + _GAP if self.count.text() else 0
        full, small = self.new.sizeHint().width(), self.new_small.sizeHint().width()
        room = self.width() - 2 * _MARGIN - self.density.sizeHint().width() - 3 * _GAP
        name_kept = min(wanted, _NAME_KEPT)
        whole = room - full >= name_kept + _SEARCH_KEPT
        room -= full if whole else small
        with_count = bool(counted) and room - counted >= name_kept + _SEARCH_KEPT
        room -= counted if with_count else 0
        search = max(min(_SEARCH_NARROWEST, room - 40), min(_SEARCH_WIDTH, room - wanted))
        name = max(0, min(wanted, room - search))
        self.new.setVisible(whole)
        self.new_small.setVisible(not whole)
        self.count.setVisible(with_count)
        left = self._place(self.name, _MARGIN, name) + _GAP
        if with_count:
            self._place(self.count, left, counted - _GAP)
        right = self.width() - _MARGIN
        for widget, width in (
            (self.new if whole else self.new_small, full if whole else small),
            (self.density, self.density.sizeHint().width()),
            (self.search, search),
        ):
            self._place(widget, right - width, width)
            right -= width + _GAP

    def _place(self, widget: QWidget, left: int, width: int) -> int:
        """Put a widget in the middle of the line; where it ends."""
        high = widget.sizeHint().height()
        line = self.height() - _TOP - _BOTTOM
        box = QRect(left, _TOP + (line - high) // 2, width, high)
        widget.setGeometry(QStyle.visualRect(self.layoutDirection(), self.rect(), box))
        return left + width

    def _on_density_toggled(self, compact: bool) -> None:
        self.density_wanted.emit("compact" if compact else "grid")

    def _on_new_clicked(self) -> None:
        self.new_requested.emit()


class FilterRow(QWidget):
    """Chips that narrow by status, and the order."""

    chip_chosen = Signal(str)
    sort_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chips: dict[str, FilterChip] = {}
        self._group = QButtonGroup(self)
        self._holder = QWidget(self)
        flow = FlowLayout(self._holder, spacing=6)
        for status, words, token in (
            ("", self.tr("All"), None),
            ("ready", self.tr("Ready"), "ok"),
            ("rendering", self.tr("Rendering"), "info"),
            ("drafts", self.tr("Drafts"), "warn"),
            ("failed", self.tr("Failed"), "error"),
        ):
            chip = FilterChip(words, token, checked=not status, parent=self._holder)
            chip.setProperty("status", status)
            self._chips[status] = chip
            self._group.addButton(chip)
            flow.addWidget(chip)
        self.sort = SortButton(theme, self)
        row = QHBoxLayout(self)
        # The words of the order, not the room around them, end where the cards end.
        row.setContentsMargins(_MARGIN - 8, 12, _MARGIN - 8, 6)
        row.setSpacing(_GAP)
        row.addSpacing(8)
        row.addWidget(self._holder, 1, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.sort, 0, Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._group.buttonClicked.connect(self._on_chip_clicked)
        self.sort.chosen.connect(self.sort_chosen)

    def chip(self, status: str) -> FilterChip:
        """The chip of a status; an empty text names the one that shows all."""
        return self._chips[status]

    def set_chip(self, status: str) -> None:
        """Show which chip is on."""
        if status in self._chips:
            self._chips[status].setChecked(True)

    def set_chip_count(self, status: str, words: str) -> None:
        """How many cards are behind a chip, for tooltip and screen reader."""
        chip = self._chips[status]
        set_tooltip(chip, words)
        chip.setAccessibleDescription(words)

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for any window; chips wrap."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The order keeps its icon alone where room is short."""
        super().resizeEvent(event)
        self.sort.set_short(short=self.width() < _SORT_SHRINKS * self._theme.text_scale)

    def _on_chip_clicked(self, chip: QAbstractButton) -> None:
        self.chip_chosen.emit(str(chip.property("status")))
