"""The outbox: everything that waits to be sent, in the order it can go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.ui.dialog_size import open_size
from studio.ui.editor.surfaces import Panel
from studio.ui.outbox.clone_change import CloneChangeDialog
from studio.ui.outbox.detail import RowDetail
from studio.ui.outbox.line_list import LineList
from studio.ui.widgets.card import Notice
from studio.ui.widgets.dialog import StudioDialog
from studio.ui.widgets.glyph import Glyph
from studio.ui.widgets.label import Label

if TYPE_CHECKING:
    from studio.domain.outbox import CloneIntent
    from studio.ui.theme import Theme
    from studio.viewmodels.outbox import FieldPlace, OutboxViewModel
    from studio.viewmodels.pictures import PictureLoader

WIDTH, HEIGHT = 960, 600
_LIST_SHARE, _DETAIL_SHARE = 9, 11


class OutboxDialog(StudioDialog):
    """Rows at the near side, the chosen one and its requests at the far side."""

    opened = Signal(str)
    """An influencer to open in the editor; the dialog closes."""

    field_wanted = Signal(object)
    """A :class:`FieldPlace` to be fixed in the editor; the dialog closes."""

    choice_wanted = Signal(str)
    """An influencer whose conflict has to be settled; the dialog closes."""

    def __init__(
        self,
        model: OutboxViewModel,
        pictures: PictureLoader,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title="", icon="send", parent=parent)
        self._model = model
        self.list = LineList(model.model, theme, pictures)
        self.detail = RowDetail()
        self._problem = Notice(tone="error", parent=self)
        self._problem.hide()
        self._heading = Label(role="section", parent=self)
        self._empty = Label(role="secondary", wrap=True, parent=self)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._two_panes(theme))
        self._pages.addWidget(self._empty_page())
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.body.addWidget(self._problem)
        self.body.addWidget(self._pages, 1)
        self._add_buttons()
        open_size(self, WIDTH, HEIGHT)
        self._connect()
        self._refresh()
        model.start()
        self.list.setFocus()

    def _two_panes(self, theme: Theme) -> QWidget:
        line = Panel(theme, "hairline")
        line.setFixedWidth(1)
        panes = QWidget(self)
        row = QHBoxLayout(panes)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.list, _LIST_SHARE)
        row.addWidget(line)
        row.addWidget(self.detail, _DETAIL_SHARE)
        return panes

    def _empty_page(self) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(40, 20, 40, 40)
        column.setSpacing(8)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._heading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)
        column.addWidget(Glyph("circle-check", "muted", 28, page), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._heading)
        column.addWidget(self._empty)
        column.addStretch(1)
        return page

    def _add_buttons(self) -> None:
        self.copy_button = self.add_button(self.tr("Copy all requests"), "ghost", "copy", near=True)
        self.hold_button = self.add_button(self.tr("Hold all"), "ghost", near=True)
        self.add_button(self.tr("Close"), "outline", result=0)
        self.send_button = self.add_button(self.tr("Send all now"), "primary", default=True)

    def _connect(self) -> None:
        model = self._model
        self.copy_button.clicked.connect(model.copy_all)
        self.hold_button.clicked.connect(self._on_hold_all)
        self.send_button.clicked.connect(model.send_all)
        self.list.chosen.connect(model.select)
        self.list.opened.connect(model.open)
        self.list.removed.connect(self._on_remove)
        self.detail.wanted.connect(self._on_wanted)
        model.changed.connect(self._refresh)
        model.ticked.connect(self._on_tick)
        model.selected_changed.connect(self._show_selected)
        model.preview_changed.connect(self._show_requests)
        model.problem_changed.connect(self._show_problem)
        model.copied.connect(self._on_copied)
        model.opened.connect(self._on_opened)
        model.field_wanted.connect(self._on_field_wanted)
        model.choice_wanted.connect(self._on_choice_wanted)
        model.clone_wanted.connect(self._on_clone_wanted)
        self.finished.connect(model.close)

    # ---- showing

    def _refresh(self) -> None:
        model = self._model
        self.set_title(self.tr("Outbox"), model.words)
        heading, sentence = model.empty_words
        self._heading.setText(heading)
        self._empty.setText(sentence)
        is_empty = model.is_loaded and not model.rows
        self._pages.setCurrentIndex(1 if is_empty else 0)
        self.send_button.setEnabled(model.can_send_all)
        self.copy_button.setEnabled(bool(model.rows))
        lets_go = model.can_release_all and not model.can_hold_all
        self.hold_button.setText(self.tr("Release all") if lets_go else self.tr("Hold all"))
        self.hold_button.setEnabled(lets_go or model.can_hold_all)
        self._show_selected()

    def _show_selected(self) -> None:
        line = self._model.selected
        if line is not None:
            self.list.show_chosen(line.row.id)
        self.detail.show_line(line)

    def _show_requests(self) -> None:
        self.detail.show_requests(self._model.preview)

    def _show_problem(self) -> None:
        self._problem.set_text(self._model.problem)
        self._problem.setVisible(bool(self._model.problem))

    def _on_tick(self) -> None:
        self.list.repaint_rows()
        self.detail.show_line(self._model.selected)
        self.set_title(self.tr("Outbox"), self._model.words)

    # ---- wishes

    def _on_wanted(self, wish: str) -> None:
        line = self._model.selected
        if line is None:
            return
        {
            "send": self._model.send_now,
            "hold": self._model.hold,
            "release": self._model.release,
            "edit": self._model.edit,
            "remove": self._model.remove,
            "open": self._model.open,
            "fix": self._model.fix,
        }[wish](line.row.id)

    def _on_remove(self, row_id: str) -> None:
        line = self._model.selected
        if line is not None and line.row.id == row_id and line.row.can_remove:
            self._model.remove(row_id)

    def _on_hold_all(self) -> None:
        if self._model.can_hold_all:
            self._model.hold_all()
        else:
            self._model.release_all()

    def _on_copied(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    def _on_clone_wanted(self, intent: CloneIntent) -> None:
        dialog = CloneChangeDialog(intent, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.changed.connect(self._model.change_clone)
        dialog.open()

    # ---- leaving

    def _on_opened(self, influencer_id: str) -> None:
        self.opened.emit(influencer_id)
        self.accept()

    def _on_field_wanted(self, place: FieldPlace) -> None:
        self.field_wanted.emit(place)
        self.accept()

    def _on_choice_wanted(self, influencer_id: str) -> None:
        self.choice_wanted.emit(influencer_id)
        self.accept()
