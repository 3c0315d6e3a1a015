"""How large a dialog opens: as designed, larger with enlarged text, never beyond its window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QWidget

from studio.ui.fonts import BODY_PX

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

_MARGIN = 40
_LEAST_WIDTH, _LEAST_HEIGHT = 560, 400
"""A dialog with a body that scrolls is never smaller, however small its window."""


def enlarged(px: float) -> int:
    """Design pixels at the text scale in use."""
    return round(px * max(1.0, QApplication.font().pixelSize() / BODY_PX))


def open_size(dialog: QDialog, width: int, height: int) -> None:
    """Open ``dialog`` with this size in design pixels; it stays resizable."""
    wide, high = enlarged(width), enlarged(height)
    owner = dialog.parentWidget()
    if owner is not None:
        window = owner.window()
        wide = min(wide, max(min(width, _LEAST_WIDTH), window.width() - _MARGIN))
        high = min(high, max(min(height, _LEAST_HEIGHT), window.height() - _MARGIN))
    dialog.resize(wide, high)


def fit_height(dialog: QDialog, width: int) -> None:
    """Fix the width in design pixels and make the dialog just as high as its content needs."""
    wide = enlarged(width)
    owner = dialog.parentWidget()
    if owner is not None:
        wide = min(wide, max(width, owner.window().width() - _MARGIN))
    dialog.setFixedWidth(wide)
    layout = dialog.layout()
    if layout is not None:
        # Before a dialog is shown its labels do not know their text size yet.
        for child in dialog.findChildren(QWidget):
            child.ensurePolished()
        layout.activate()
        high = layout.totalHeightForWidth(wide)
        dialog.resize(wide, high if high > 0 else layout.totalSizeHint().height())
