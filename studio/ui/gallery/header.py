"""The top of the gallery: whose influencers these are, a search, and what narrows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QWidget,
)

from studio.domain.roster import SORTS
from studio.ui.widgets.buttons import Button, IconButton
from studio.ui.widgets.fields import SearchField
from studio.ui.widgets.filter_chip import FilterChip
from studio.ui.widgets.flow_layout import FlowLayout
from studio.ui.widgets.label import ElidedLabel, Label, set_tooltip
from studio.ui.widgets.menu import Menu

if TYPE_CHECKING:
    from studio.ui.gallery.geometry import Density

_SEARCH_WIDTH: Final = 230
_SEARCH_NARROWEST: Final = 116
_NAME_NARROWEST: Final = 84
_MARGIN: Final = 20
_GAP: Final = 8
_SORT_SHRINKS: Final = 520


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
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, 12, _MARGIN, 11)
        row.setSpacing(_GAP)
        row.addWidget(self.name)
        row.addSpacing(2)
        row.addWidget(self.count)
        row.addStretch(1)
        for widget in (self.search, self.density, self.new, self.new_small):
            row.addWidget(widget)
        self.name.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.density.toggled.connect(self._on_density_toggled)
        self.new.clicked.connect(self._on_new_clicked)
        self.new_small.clicked.connect(self._on_new_clicked)

    def set_name(self, name: str) -> None:
        """The project on screen."""
        self.name.setText(name)
        self._share()

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

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for any window."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        small = self.new_small.sizeHint().width()
        room = self.width() - 2 * _MARGIN - self.density.sizeHint().width() - 3 * _GAP
        wanted = min(self.name.sizeHint().width(), 400)
        counted = self.count.sizeHint().width() + _GAP + 2 if self.count.text() else 0
        full = self.new.sizeHint().width()
        needed = min(wanted, _NAME_NARROWEST) + _SEARCH_NARROWEST
        whole = room - full >= max(needed, wanted + 150)
        room -= full if whole else small
        with_count = bool(counted) and room - counted >= min(wanted, 140) + 150
        room -= counted if with_count else 0
        search = max(_SEARCH_NARROWEST, min(_SEARCH_WIDTH, room - wanted))
        name = max(40, min(wanted, room - search))
        self.new.setVisible(whole)
        self.new_small.setVisible(not whole)
        self.count.setVisible(with_count)
        self.search.setFixedWidth(search)
        self.name.setFixedWidth(name)

    def _on_density_toggled(self, compact: bool) -> None:
        self.density_wanted.emit("compact" if compact else "grid")

    def _on_new_clicked(self) -> None:
        self.new_requested.emit()


class FilterRow(QWidget):
    """Chips that narrow by status, and the order."""

    chip_chosen = Signal(str)
    sort_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
        self._menu = Menu(self.tr("Order"), self)
        self._orders = QActionGroup(self)
        for sort in SORTS:
            action = QAction(self._sort_words(sort), self)
            action.setCheckable(True)
            action.setData(sort)
            self._orders.addAction(action)
            self._menu.addAction(action)
        self.sort = Button(kind="ghost", icon="chevron-down", compact=True, parent=self)
        # The chevron stands behind the words.
        self._turn_sort()
        self.sort_small = IconButton("arrow-down-up", "", "ghost", compact=True, parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, 12, _MARGIN - 8, 6)
        row.setSpacing(_GAP)
        row.addWidget(self._holder, 1, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.sort, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.sort_small, 0, Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._group.buttonClicked.connect(self._on_chip_clicked)
        self._orders.triggered.connect(self._on_sort_triggered)
        self.sort.clicked.connect(self._on_sort_clicked)
        self.sort_small.clicked.connect(self._on_sort_clicked)
        self.set_sort("newest")

    def chip(self, status: str) -> FilterChip:
        """The chip of a status; an empty text names the one that shows all."""
        return self._chips[status]

    @property
    def menu(self) -> Menu:
        """The orders to choose from."""
        return self._menu

    def set_chip(self, status: str) -> None:
        """Show which chip is on."""
        if status in self._chips:
            self._chips[status].setChecked(True)

    def set_chip_count(self, status: str, words: str) -> None:
        """How many cards are behind a chip, for tooltip and screen reader."""
        chip = self._chips[status]
        set_tooltip(chip, words)
        chip.setAccessibleDescription(words)

    def set_sort(self, sort: str) -> None:
        """Show which order is on."""
        words = self._sort_words(sort)
        self.sort.setText(words)
        self.sort.setAccessibleName(self.tr("Order: {0}").replace("{0}", words))
        self.sort_small.set_tooltip(self.tr("Order: {0}").replace("{0}", words))
        for action in self._orders.actions():
            action.setChecked(action.data() == sort)

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for any window; chips wrap."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The order keeps its icon alone where room is short."""
        super().resizeEvent(event)
        narrow = self.width() < _SORT_SHRINKS
        self.sort.setVisible(not narrow)
        self.sort_small.setVisible(narrow)

    def _turn_sort(self) -> None:
        turned = (
            Qt.LayoutDirection.LeftToRight
            if self.isRightToLeft()
            else Qt.LayoutDirection.RightToLeft
        )
        self.sort.setLayoutDirection(turned)

    def _sort_words(self, sort: str) -> str:
        return {
            "newest": self.tr("Newest first"),
            "oldest": self.tr("Oldest first"),
            "name": self.tr("Name, A to Z"),
            "updated": self.tr("Last changed"),
        }.get(sort, sort)

    def _on_chip_clicked(self, chip: QAbstractButton) -> None:
        self.chip_chosen.emit(str(chip.property("status")))

    def _on_sort_triggered(self, action: QAction) -> None:
        self.sort_chosen.emit(cast("str", action.data()))

    def _on_sort_clicked(self) -> None:
        button = self.sort if self.sort.isVisible() else self.sort_small
        corner = button.rect().bottomRight()
        place = button.mapToGlobal(corner)
        width = self._menu.sizeHint().width()
        place.setX(place.x() - width if not self.isRightToLeft() else place.x())
        self._menu.popup(place)
