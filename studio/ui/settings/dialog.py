"""Settings: server and key, theme, and where the data lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from studio.ui.dialog_size import fit_height
from studio.ui.widgets.buttons import Button, IconButton
from studio.ui.widgets.card import Notice
from studio.ui.widgets.checks import RadioButton
from studio.ui.widgets.dialog import StudioDialog
from studio.ui.widgets.divider import Divider
from studio.ui.widgets.field_row import FieldRow
from studio.ui.widgets.fields import TextField
from studio.ui.widgets.label import ElidedLabel, Label
from studio.ui.widgets.segmented import Segmented

if TYPE_CHECKING:
    from studio.viewmodels.settings import SettingsViewModel


class SettingsDialog(StudioDialog):
    """A key is checked, and its organization named, before it can be kept."""

    def __init__(self, model: SettingsViewModel, parent: QWidget | None = None) -> None:
        super().__init__(title="", icon="settings", parent=parent)
        self.set_title(
            self.tr("Settings"), self.tr("Drafts on this computer stay, whichever server is used.")
        )
        self._model = model
        self.local = RadioButton(self.tr("Bundled server on this computer"))
        self.remote = RadioButton(self.tr("A Partner API with a key"))
        self.url = TextField(placeholder="https://api.layers.com")
        self.key = TextField(placeholder="lp_live_…")
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self._url_row = FieldRow(self.tr("Address"), self.url)
        self._key_row = FieldRow(self.tr("Key"), self.key)
        self.check_button = Button(self.tr("Check key"), "outline", "key-round")
        self.notice = Notice()
        self.theme_choice = Segmented(
            (
                ("system", self.tr("System")),
                ("light", self.tr("Light")),
                ("dark", self.tr("Dark")),
            ),
            model.theme,
        )
        self._remote_fields = QWidget()
        self._lay_out()
        self.add_button(self.tr("Close"), result=0)
        self.save_button = self.add_button(self.tr("Use this server"), "primary", default=True)
        self._connect()
        self.url.set_value(model.url)
        self._refresh()

    def _lay_out(self) -> None:
        below = QHBoxLayout(self._remote_fields)
        below.setContentsMargins(0, 0, 0, 0)
        below.addSpacing(24)
        fields = QVBoxLayout()
        fields.setSpacing(10)
        below.addLayout(fields)
        fields.addWidget(self._url_row)
        fields.addWidget(self._key_row)
        check = QHBoxLayout()
        check.addWidget(self.check_button)
        check.addStretch(1)
        fields.addLayout(check)
        fields.addWidget(self.notice)
        theme = QHBoxLayout()
        theme.addWidget(Label(self.tr("Theme"), role="strong"))
        theme.addStretch(1)
        theme.addWidget(self.theme_choice)
        self.body.setSpacing(10)
        self.body.addWidget(Label(self.tr("Server"), role="strong"))
        self.body.addWidget(self.local)
        self.body.addWidget(self.remote)
        self.body.addWidget(self._remote_fields)
        self.body.addWidget(Divider())
        self.body.addLayout(theme)
        self.body.addWidget(Divider())
        self.body.addLayout(self._data_line())
        self.body.addStretch(1)

    def _data_line(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(self.tr("Data on this computer"), role="strong"))
        words.addWidget(ElidedLabel(self._model.data_folder, role="caption"))
        copy = IconButton("copy", self.tr("Copy the path"), "ghost", compact=True)
        copy.clicked.connect(self._copy_folder)
        show = Button(self.tr("Open folder"), "outline", "folder", compact=True)
        show.clicked.connect(self._open_folder)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(copy)
        row.addWidget(show)
        return row

    def _connect(self) -> None:
        model = self._model
        self.local.setChecked(model.local)
        self.remote.setChecked(not model.local)
        self.local.toggled.connect(model.choose_local)
        self.url.textEdited.connect(model.set_url)
        self.key.textEdited.connect(model.set_key)
        self.key.returnPressed.connect(model.check)
        self.check_button.clicked.connect(model.check)
        self.save_button.clicked.connect(model.save)
        self.theme_choice.selected.connect(model.choose_theme)
        model.changed.connect(self._refresh)
        model.saved.connect(self.accept)

    def _refresh(self) -> None:
        model = self._model
        self._remote_fields.setVisible(not model.local)
        self._url_row.set_problem(model.url_problem or None)
        self._key_row.set_note(model.key_note or None)
        self.check_button.setEnabled(model.can_check)
        self.check_button.setText(self.tr("Checking…") if model.busy else self.tr("Check key"))
        self.save_button.setEnabled(model.can_save)
        if model.problem:
            self.notice.set_tone("error")
            self.notice.set_text(model.problem)
        elif model.account is not None:
            self.notice.set_tone("ok")
            self.notice.set_text(model.account_words)
        self.notice.setVisible(bool(model.problem) or model.account is not None)
        self.theme_choice.set_current(model.theme)
        fit_height(self, 560)

    def _copy_folder(self) -> None:
        QGuiApplication.clipboard().setText(self._model.data_folder)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._model.data_folder))
