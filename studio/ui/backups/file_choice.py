"""Asking for the file of an export, with the system's own dialog."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDate, QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.domain.backup import EXPORT_SUFFIX


class FileChoice(QObject):
    """Opens one dialog for writing and one for reading; the last folder is kept by each."""

    target_chosen = Signal(object)
    """The :class:`pathlib.Path` to export to; replacing one was asked about by the system."""

    source_chosen = Signal(object)
    """The :class:`pathlib.Path` to import from."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._saving: QFileDialog | None = None
        self._opening: QFileDialog | None = None

    def ask_target(self) -> None:
        """Where to write to."""
        if self._saving is None:
            dialog = self._made(self.tr("Export the workspace"))
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setFileMode(QFileDialog.FileMode.AnyFile)
            dialog.setDefaultSuffix(EXPORT_SUFFIX.removeprefix("."))
            dialog.fileSelected.connect(self._on_target)
            self._saving = dialog
        today = QDate.currentDate().toString(Qt.DateFormat.ISODate)
        self._saving.selectFile(f"Persona Studio {today}{EXPORT_SUFFIX}")
        self._saving.open()

    def ask_source(self) -> None:
        """What to read."""
        if self._opening is None:
            dialog = self._made(self.tr("Import a workspace"))
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            dialog.fileSelected.connect(self._on_source)
            self._opening = dialog
        self._opening.open()

    def _made(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        exports = self.tr("Workspace exports ({pattern})").replace("{pattern}", f"*{EXPORT_SUFFIX}")
        dialog.setNameFilters([exports, self.tr("All files (*)")])
        return dialog

    def _on_target(self, name: str) -> None:
        if name:
            self.target_chosen.emit(Path(name))

    def _on_source(self, name: str) -> None:
        if name:
            self.source_chosen.emit(Path(name))
