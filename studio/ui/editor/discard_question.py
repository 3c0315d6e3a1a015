"""The one discard that cannot be undone: an influencer that exists on this computer alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from studio.ui.dialog_size import fit_height
from studio.ui.widgets.dialog import StudioDialog
from studio.ui.widgets.label import Label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

DISCARD = 1
WIDTH = 440


def discard_question(name: str, parent: QWidget) -> StudioDialog:
    """A dialog that closes with ``DISCARD`` when it may go; Enter keeps it."""
    dialog = StudioDialog(_tr("Discard this influencer?"), icon="undo-2", parent=parent)
    words = _tr("“{name}” was never sent, so nothing of it is left after this.")
    text = words.replace("{name}", name)
    dialog.body.addWidget(Label(text, role="secondary", wrap=True, parent=dialog.body_widget))
    dialog.add_button(_tr("Keep"), "outline", result=0, default=True)
    dialog.add_button(_tr("Discard"), "danger", result=DISCARD)
    fit_height(dialog, WIDTH)
    return dialog


def _tr(text: str) -> str:
    return QCoreApplication.translate("DiscardQuestion", text)
