"""The gate before a deletion. Enter alone never deletes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.ui.dialog_size import fit_height
from studio.ui.widgets.card import Notice
from studio.ui.widgets.checks import CheckBox
from studio.ui.widgets.dialog import StudioDialog
from studio.ui.widgets.field_row import FieldRow
from studio.ui.widgets.fields import TextArea
from studio.ui.widgets.label import Label

if TYPE_CHECKING:
    from studio.viewmodels.deletion import DeletionViewModel
    from studio.viewmodels.pictures import PictureLoader

_COUNT_FROM = 200
"""The characters left are said once there are no more than these."""


class DeletionDialog(StudioDialog):
    """Who would go, what that means, why, and a tick that it is understood."""

    deleted = Signal(str)
    """The id whose deletion was queued."""

    def __init__(
        self,
        model: DeletionViewModel,
        pictures: PictureLoader,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title="", icon="trash", parent=parent)
        self.set_title(self.tr("Delete"))
        self._model, self._pictures = model, pictures
        self._facts: list[Label] = []
        self._fact_column = QVBoxLayout()
        self._fact_column.setSpacing(6)
        self.reason = TextArea(lines=3)
        self._reason_row = FieldRow(self.tr("Reason, kept with the record"), self.reason)
        self.understood = CheckBox(self.tr("I understand that this cannot be undone"))
        self._notice = Notice(tone="error")
        self.body.addLayout(self._fact_column)
        self.body.addSpacing(4)
        self.body.addWidget(self._reason_row)
        self.body.addWidget(self.understood)
        self.body.addWidget(self._notice)
        self.keep_button = self.add_button(self.tr("Keep"), result=0, default=True)
        self.delete_button = self.add_button(self.tr("Delete"), "danger", "trash")
        self.reason.edited.connect(self._on_reason)
        self.understood.toggled.connect(model.set_understood)
        self.delete_button.clicked.connect(model.submit)
        pictures.loaded.connect(self._on_picture)
        model.changed.connect(self._refresh)
        model.deleted.connect(self._on_deleted)
        self._refresh()
        model.load()

    def facts(self) -> tuple[str, ...]:
        """The sentences shown."""
        return tuple(label.text() for label in self._facts)

    def _refresh(self) -> None:
        model = self._model
        if model.name:
            self.set_title(
                self.tr("Delete {name}?").format(name=model.name),
                ""
                if model.is_local_only
                else self.tr("It leaves the roster of everyone in this organization."),
            )
            self._show_portrait()
        self._show_facts(model.facts)
        left = model.reason_left
        self._reason_row.set_note(
            self.tr("{count} characters left").format(count=left)
            if 0 <= left <= _COUNT_FROM
            else None
        )
        too_long = left < 0
        self._reason_row.set_problem(model.problem if too_long else None)
        said = "" if too_long else model.problem
        self._notice.set_text(said)
        self._notice.setVisible(bool(said))
        self.delete_button.setEnabled(model.can_delete)
        fit_height(self, 500)

    def _show_facts(self, facts: tuple[str, ...]) -> None:
        if facts == self.facts():
            return
        for gone in self._facts:
            self._fact_column.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        self._facts = [Label(fact, role="secondary", wrap=True) for fact in facts]
        for label in self._facts:
            self._fact_column.addWidget(label)
            # A layout shows its widgets one turn later; the height is measured in this one.
            label.show()

    def _show_portrait(self) -> None:
        edge = round(self.header.avatar.side() * self.devicePixelRatioF())
        picture = self._pictures.image(self._model.thumbnail_url, edge)
        self.header.avatar.set_icon(None)
        self.set_picture(picture, self._model.name)

    def _on_picture(self, url: str) -> None:
        if url == self._model.thumbnail_url:
            self._show_portrait()

    def _on_reason(self) -> None:
        self._model.set_reason(self.reason.toPlainText())

    def _on_deleted(self, influencer_id: str) -> None:
        self.deleted.emit(influencer_id)
        self.accept()
