"""The clone dialog: what to override on the left, what that changes on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.domain.diff import shown as value_words
from studio.domain.fields import label_of
from studio.ui.clone.diff_view import LABEL_WIDTH, DiffView
from studio.ui.creation.dialog import scrolled
from studio.ui.creation.form import FieldForm
from studio.ui.dialog_size import enlarged, open_size
from studio.ui.editor.surfaces import Page
from studio.ui.widgets.buttons import Button
from studio.ui.widgets.card import Notice
from studio.ui.widgets.dialog import StudioDialog
from studio.ui.widgets.divider import Divider
from studio.ui.widgets.glyph import Glyph
from studio.ui.widgets.label import Label
from studio.ui.widgets.menu import Menu

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from studio.ui.theme import Theme
    from studio.viewmodels.clone import CloneViewModel
    from studio.viewmodels.pictures import PictureLoader

LEFT_WIDTH = 352


class CloneDialog(StudioDialog):
    """One variant of an influencer."""

    cloned = Signal(str)
    """The id of the clone that was queued."""

    def __init__(
        self,
        model: CloneViewModel,
        pictures: PictureLoader,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title="", parent=parent)
        self._model, self._pictures, self._theme = model, pictures, theme
        self.set_title(
            self.tr("Clone"),
            self.tr("Appearance is kept as the anchor; only what you override changes."),
        )
        self.form = FieldForm(columns=1)
        self.form.offer(("name",))
        self.diff = DiffView(theme)
        self.more_button = Button(self.tr("Override another field"), "link", "plus")
        self._more_menu = Menu(parent=self)
        self._notice = Notice(tone="error")
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addLayout(self._lay_out())
        self.add_footnote(self.tr("New ids are made here, so a retry never makes a second clone."))
        self.add_button(self.tr("Cancel"), result=0)
        self.clone_button = self.add_button(self.tr("Clone"), "primary", "copy-plus", default=True)
        open_size(self, 980, 640)
        self._connect()
        self._refresh()
        model.load()

    def _connect(self) -> None:
        model = self._model
        self.form.edited.connect(self._on_edited)
        self.form.reverted.connect(self._on_reverted)
        self.more_button.clicked.connect(self._open_more)
        self._more_menu.triggered.connect(self._on_more)
        self.clone_button.clicked.connect(model.submit)
        self._pictures.loaded.connect(self._on_picture)
        model.loaded.connect(self._on_loaded)
        model.changed.connect(self._refresh)
        model.suggestions_changed.connect(self._on_suggestions)
        model.started.connect(self._on_started)

    def _lay_out(self) -> QHBoxLayout:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(12)
        column.addWidget(self.form)
        column.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeading)
        column.addWidget(self._notice)
        column.addStretch(1)
        right = QWidget()
        lines = QVBoxLayout(right)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self._heading())
        lines.addWidget(Divider())
        lines.addWidget(self.diff)
        lines.addWidget(self._offline_hint())
        lines.addStretch(1)
        near, far = Page(left), scrolled(right)
        self._near = near
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(near)
        row.addWidget(Divider(vertical=True))
        row.addWidget(far, 1)
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The form keeps its width; with large text in a small window it leaves half."""
        super().resizeEvent(event)
        half = max(LEFT_WIDTH, self.width() // 2)
        self._near.setFixedWidth(min(enlarged(LEFT_WIDTH), half))

    def _heading(self) -> QWidget:
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(22, 7, 22, 7)
        row.setSpacing(12)
        field = Label(self.tr("FIELD"), role="overline")
        field.setFixedWidth(enlarged(LABEL_WIDTH))
        row.addWidget(field)
        row.addWidget(Label(self.tr("CHANGE"), role="overline"), 1)
        return head

    def _offline_hint(self) -> QWidget:
        hint = QWidget()
        row = QHBoxLayout(hint)
        row.setContentsMargins(22, 12, 22, 12)
        row.setSpacing(8)
        row.addWidget(Glyph("wifi-off"))
        words = self.tr(
            "Offline? The clone waits in the outbox and starts when the connection returns."
        )
        row.addWidget(Label(words, role="caption", wrap=True), 1)
        return hint

    def _on_loaded(self) -> None:
        source = self._model.source
        if source is None:
            return
        self.set_title(self.tr("Clone {name}").format(name=source.name))
        self._show_portrait()
        self.form.offer(self._model.fields)
        name = self.form.editor("name")
        if name is not None:
            name.set_value(self._model.name)
            name.control.setFocus()
            name.select_all()
        for editor in self.form.editors[1:]:
            editor.set_value(self._model.value(editor.path))

    def _show_portrait(self) -> None:
        source = self._model.source
        if source is not None:
            edge = round(self.header.avatar.side() * self.devicePixelRatioF())
            self.set_picture(self._pictures.image(source.thumbnail_url, edge), source.name)

    def _on_picture(self, url: str) -> None:
        source = self._model.source
        if source is not None and source.thumbnail_url == url:
            self._show_portrait()

    def _on_edited(self, path: str) -> None:
        editor = self.form.editor(path)
        if editor is None:
            return
        if path == "name":
            self._model.set_name(str(editor.value() or ""))
        else:
            self._model.set_value(path, editor.value())

    def _on_reverted(self, path: str) -> None:
        editor = self.form.editor(path)
        source = self._model.source
        if editor is not None and source is not None:
            editor.set_value(source.value(path))
            self._model.set_value(path, source.value(path))

    def _on_suggestions(self, path: str) -> None:
        editor = self.form.editor(path)
        if editor is not None:
            editor.set_suggestions(self._model.suggestions(path))

    def _open_more(self) -> None:
        self._more_menu.clear()
        for path in self._model.more_fields:
            action = QAction(label_of(path), self._more_menu)
            action.setData(path)
            self._more_menu.addAction(action)
        button = self.more_button
        self._more_menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _on_more(self, action: QAction) -> None:
        self.offer_field(str(action.data()))

    def offer_field(self, path: str) -> None:
        """Add a control for one more field and put the focus into it."""
        self._model.add_field(path)
        self.form.offer(self._model.fields)
        editor = self.form.editor(path)
        if editor is not None:
            editor.set_value(self._model.value(path))
            editor.control.setFocus()

    def _refresh(self) -> None:
        model = self._model
        problems = model.problems if model.source is not None else {}
        changed = {change.path: change for change in model.differences}
        for editor in self.form.editors:
            editor.row.set_problem(problems.get(editor.path))
            change = changed.get(editor.path)
            editor.row.set_changed(
                None if change is None else value_words(change.old),
                in_words=change is None or isinstance(change.old, str),
            )
        name = model.source.name if model.source else ""
        self.diff.show_changes(
            model.differences,
            self.tr("Nothing is overridden: the clone starts as {name} is.").format(name=name)
            if name
            else "",
        )
        self._notice.set_text(model.problem)
        self._notice.setVisible(bool(model.problem))
        self.more_button.setVisible(bool(model.more_fields) and model.source is not None)
        self.clone_button.setEnabled(model.can_start)

    def _on_started(self, influencer_id: str) -> None:
        self.cloned.emit(influencer_id)
        self.accept()
