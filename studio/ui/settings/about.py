"""About: version, and the work of others this program shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.ui.dialog_size import fit_height
from studio.ui.widgets.dialog import StudioDialog
from studio.ui.widgets.label import Label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class AboutDialog(StudioDialog):
    """Name, version, credits."""

    def __init__(self, version: str, parent: QWidget | None = None) -> None:
        super().__init__(title="", icon="users", parent=parent)
        self.set_title(
            self.tr("Persona Studio"), self.tr("Version {version}").format(version=version)
        )
        lines = (
            self.tr("A desktop studio for AI influencers on the Layers Partner API."),
            self.tr(
                "Portraits of the bundled server: a remix of “ToonHead” by Johan Melin, licensed "
                "under CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/), by DiceBear."
            ),
            self.tr("Typeface: Inter, under the SIL Open Font License 1.1."),
            self.tr("Icons: Lucide, under the ISC License."),
            self.tr("Window: Qt for Python, under the LGPL v3."),
        )
        for line in lines:
            self.body.addWidget(Label(line, role="secondary", wrap=True))
        self.body.addStretch(1)
        self.add_button(self.tr("Close"), "primary", result=0, default=True)
        fit_height(self, 460)
