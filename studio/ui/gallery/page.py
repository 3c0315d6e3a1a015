"""The gallery as one page: header, filters, cards, and what it says when there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, QPoint, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from studio.ui.gallery.card_menu import CardMenu
from studio.ui.gallery.empties import EmptyPanel, words_for
from studio.ui.gallery.grid import CardGrid
from studio.ui.gallery.header import FilterRow, GalleryHeader
from studio.ui.widgets.divider import Divider
from studio.viewmodels.drops import accepts, images_in
from studio.viewmodels.gallery import CHIPS

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData

    from studio.ui.gallery.geometry import Density
    from studio.ui.theme import Theme
    from studio.viewmodels.gallery import GalleryModel
    from studio.viewmodels.pictures import PictureLoader

_COPY: Final = Qt.DropAction.CopyAction


class GalleryPage(QWidget):
    """Cards of one project; everything about an influencer is asked for by id.

    The chosen influencer stays chosen when rows move, and also while a search or a filter leaves it
    out. Pictures can be dropped anywhere: on a card they are for that influencer, elsewhere for the
    chosen one.
    """

    selection_changed = Signal(str)
    """The chosen influencer; empty when there is none."""

    activated = Signal(str)
    """Enter, a double click or *Open*."""

    new_requested = Signal()
    clone_requested = Signal(str)
    quick_clone_requested = Signal(str)
    delete_requested = Signal(str)

    recreate_requested = Signal(str)
    """A deleted influencer shall become a new draft with everything it said."""

    files_dropped = Signal(str, object)
    """An influencer (empty when none is chosen) and a ``studio.viewmodels.drops.DropContent``."""

    all_requested = Signal()
    """An empty view offers to show all influencers."""

    settings_requested = Signal()
    """The key is refused and the person wants to enter another."""

    density_changed = Signal(str)
    """``grid`` or ``compact``, chosen by the person."""

    def __init__(
        self,
        model: GalleryModel,
        pictures: PictureLoader,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._theme = model, theme
        self._selected, self._selected_row = "", 0
        self._sought, self._shown = "", False
        self._past = False
        self._project = model.query.project_id
        self.header = GalleryHeader(self)
        self.filters = FilterRow(theme, self)
        self.grid = CardGrid(model, pictures, theme, self)
        self.empty = EmptyPanel(self)
        self._menu = CardMenu(theme, self)
        self._menu.wanted.connect(self._on_menu_wanted)
        self._lay_out()
        self._connect()
        self.setAcceptDrops(True)
        self._on_query_changed()
        self._on_counts_changed()

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """Keys go to the cards. A focus proxy would do, but Tab then passes the header by."""
        self.grid.setFocus(reason)

    def showEvent(self, event: QShowEvent) -> None:
        """Keys go to the cards first."""
        super().showEvent(event)
        if not self._shown:
            self._shown = True
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        body = QWidget(self)
        self._stack = QStackedLayout(body)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self.empty)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(Divider(parent=self))
        column.addWidget(self.filters)
        column.addWidget(body, 1)

    def put_bar(self, bar: QWidget) -> None:
        """Put a strip over the cards, under the header; it shows and hides itself."""
        self._column.insertWidget(self._column.indexOf(self.filters), bar)

    def _connect(self) -> None:
        model, header, filters, grid = self._model, self.header, self.filters, self.grid
        header.new_requested.connect(self.new_requested)
        header.density_wanted.connect(self._on_density_wanted)
        header.search.query_changed.connect(self._on_typed)
        header.search.installEventFilter(self)
        filters.chip_chosen.connect(model.choose_chip)
        filters.sort_chosen.connect(model.choose_sort)
        grid.opened.connect(self.activated)
        grid.delete_requested.connect(self._on_delete_requested)
        grid.menu_requested.connect(self._on_menu_requested)
        grid.leave_requested.connect(self._on_leave_requested)
        grid.selectionModel().selectionChanged.connect(self._on_selection_changed)
        model.query_changed.connect(self._on_query_changed)
        model.counts_changed.connect(self._on_counts_changed)
        model.refreshed.connect(self._on_refreshed)
        model.dataChanged.connect(self._on_data_changed)
        model.located.connect(self._on_located)
        self.empty.acted.connect(self._on_empty_acted)

    # ---- what the window asks

    @property
    def selected_id(self) -> str:
        """The chosen influencer; empty when there is none."""
        return self._selected

    def set_project_name(self, name: str) -> None:
        """The words in the header."""
        self.header.set_name(name)

    def set_past(self, *, past: bool) -> None:
        """An earlier roster is shown: nothing can be made, cloned, deleted or dropped."""
        self._past = past
        self.header.set_blocked(self._blocked())

    def _blocked(self) -> str:
        if not self._past:
            return ""
        return self.tr("The roster is shown as it was. Go back to now first.")

    def set_density(self, density: Density) -> None:
        """Larger (``grid``) or smaller (``compact``) cards, as remembered."""
        self.header.set_density(density)
        self.grid.set_density(density)

    def select(self, influencer_id: str) -> None:
        """Choose an influencer and bring it into sight, as soon as it has a card."""
        self._sought = influencer_id
        self._model.hold(influencer_id)

    def focus_search(self) -> None:
        """Put the caret in the search, with its text selected."""
        self.header.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.header.search.selectAll()

    # ---- search and filters

    def _on_typed(self, _text: str) -> None:
        self._search_now()

    def _search_now(self) -> None:
        self._model.search(self.header.search.text())

    def _on_query_changed(self) -> None:
        query = self._model.query
        self.filters.set_chip(query.status)
        self.filters.sort.set_sort(query.sort)
        if query.text != self.header.search.text().strip():
            self.header.search.set_value(query.text)
        if query.project_id != self._project:
            self._project, self._sought = query.project_id, ""
            self._choose("")

    def _on_density_wanted(self, density: str) -> None:
        self.set_density("compact" if density == "compact" else "grid")
        self.density_changed.emit(self.grid.density)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search, Enter and the down key go to the cards, Escape on nothing as well."""
        if watched is self.header.search and event.type() == QEvent.Type.KeyPress:
            return self._on_search_key(event)
        return super().eventFilter(watched, event)

    def _on_search_key(self, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or self.header.search.is_composing():
            return False
        leaves = event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape and not self.header.search.text():
            leaves = True
        if leaves:
            self._search_now()
            self.grid.setFocus(Qt.FocusReason.TabFocusReason)
        return leaves

    def _on_leave_requested(self) -> None:
        if self._model.is_narrowed:
            self._clear_filters()

    def _clear_filters(self) -> None:
        self.header.search.set_value("")
        self._model.clear_filters()

    # ---- counts and empties

    def _on_counts_changed(self) -> None:
        self.header.set_count(self._count_words())
        for status in CHIPS:
            count = self._model.chip_count(status)
            self.filters.set_chip_count(status, "" if count is None else self._influencers(count))
        words = words_for(self._model)
        if words is not None:
            self.empty.say(words)
        self._stack.setCurrentWidget(self.grid if words is None else self.empty)

    def _count_words(self) -> str:
        size, state = self._model.size, self._model.empty
        if state and state not in ("no_match", "view_empty", "nothing_yet"):
            return ""
        if self._model.is_narrowed:
            words = self.tr("{count} of {total}")
            return words.format(count=f"{size:,}", total=f"{self._model.total:,}")
        return self._influencers(size)

    def _influencers(self, count: int) -> str:
        if count == 1:
            return self.tr("1 influencer")
        return self.tr("{count} influencers").format(count=f"{count:,}")

    def _on_empty_acted(self, action: str) -> None:
        if action == "new" and not self._past:
            self.new_requested.emit()
        elif action == "clear":
            self._clear_filters()
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
        elif action == "all":
            self.all_requested.emit()
        elif action == "settings":
            self.settings_requested.emit()
        elif action == "retry":
            self._model.try_again()

    # ---- the chosen influencer

    def _on_selection_changed(self) -> None:
        row = self.grid.current_row()
        if row >= 0 and self.grid.selectionModel().hasSelection():
            self._selected_row = row
            influencer_id = self._model.id_at(row)
            if influencer_id:
                self._choose(influencer_id)

    def _on_data_changed(self) -> None:
        """The row of a card that was chosen while it was still on its way has come."""
        if self.grid.selectionModel().hasSelection():
            influencer_id = self._model.id_at(self.grid.current_row())
            if influencer_id and influencer_id != self._selected and not self._sought:
                self._choose(influencer_id)

    def _choose(self, influencer_id: str) -> None:
        if influencer_id == self._selected:
            return
        self._selected, self._sought = influencer_id, ""
        self._model.hold(influencer_id)
        self.selection_changed.emit(influencer_id)

    def _on_located(self, influencer_id: str) -> None:
        """It has a card now: choose that, and show it if that was asked for."""
        row = self._model.held_place
        if influencer_id in (self._sought, self._selected) and row >= 0:
            reveal = influencer_id == self._sought
            self._sought = ""
            if row != self.grid.current_row() or not self.grid.selectionModel().hasSelection():
                self.grid.choose(row, reveal=reveal)
            elif reveal:
                self.grid.scrollTo(self._model.index(row))
            self._selected_row = row

    def _on_refreshed(self, _project_id: str) -> None:
        """Rows moved: the selection moved with them; what is gone hands over to its neighbor."""
        place = self._model.held_place
        if self._model.held_id != self._selected or not self._selected:
            return
        if place >= 0:
            self._selected_row = place
            return
        neighbor = min(self._selected_row, self._model.size - 1)
        if self._model.held_is_gone:
            if neighbor >= 0 and self._model.id_at(neighbor):
                self.grid.choose(neighbor, reveal=False)
            else:
                self._choose("")
        elif neighbor >= 0:
            keep = QItemSelectionModel.SelectionFlag.NoUpdate
            self.grid.selectionModel().setCurrentIndex(self._model.index(neighbor), keep)

    # ---- the menu of a card

    @property
    def menu(self) -> CardMenu:
        """The menu of the current card."""
        return self._menu

    def _on_menu_requested(self, place: object) -> None:
        if not isinstance(place, QPoint) or not self._model.id_at(self.grid.current_row()):
            return
        self._menu.offer(alive=self._model.query.view != "deleted", blocked=self._blocked())
        self._menu.popup(place)

    def _on_delete_requested(self, influencer_id: str) -> None:
        if not self._past:
            self.delete_requested.emit(influencer_id)

    def _on_menu_wanted(self, name: str) -> None:
        influencer_id = self._model.id_at(self.grid.current_row())
        if not influencer_id:
            return
        if name == "copy_id":
            QGuiApplication.clipboard().setText(influencer_id)
            return
        signal = {
            "open": self.activated,
            "clone": self.clone_requested,
            "clone_now": self.quick_clone_requested,
            "recreate": self.recreate_requested,
            "delete": self.delete_requested,
        }[name]
        signal.emit(influencer_id)

    # ---- drops

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and pictures may be left here; what is no picture is refused in words."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            self._show_drop(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Mark the card under the drag."""
        self._show_drop(event)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """The drag went elsewhere."""
        self.grid.show_drop(-1, refused=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Say who gets what; whoever listens reads the pictures."""
        row = self._drop_row(event)
        self.grid.show_drop(-1, refused=False)
        event.setDropAction(_COPY)
        event.accept()
        if self._past:
            return
        target = self._model.id_at(row) or self._selected
        self.files_dropped.emit(target, images_in(event.mimeData()))

    def _show_drop(self, event: QDropEvent) -> None:
        event.setDropAction(_COPY)
        event.accept()
        self.grid.show_drop(self._drop_row(event), refused=self._is_refused(event.mimeData()))

    def _is_refused(self, mime: QMimeData) -> bool:
        return self._past or bool(accepts(mime))

    def _drop_row(self, event: QDropEvent) -> int:
        """The card under the drag, else the chosen one; -1 when there is neither."""
        if self._stack.currentWidget() is self.grid:
            place = self.mapTo(self, event.position().toPoint())
            row = self.grid.row_under(self.grid.viewport().mapFrom(self, place))
            if row >= 0:
                return row
        return self._model.held_place if self._model.held_id == self._selected else -1
