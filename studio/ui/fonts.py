"""The bundled typeface: four weights of Inter, loaded from our own resources."""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from studio.core.paths import resource_dir

FAMILY: Final = "Inter"
BODY_PX: Final = 13
SMALLEST_PX: Final = 11

Weight = Literal["regular", "medium", "semibold", "bold"]

WEIGHTS: Final[dict[Weight, QFont.Weight]] = {
    "regular": QFont.Weight.Normal,
    "medium": QFont.Weight.Medium,
    "semibold": QFont.Weight.DemiBold,
    "bold": QFont.Weight.Bold,
}
_FILES: Final = ("Inter-Regular", "Inter-Medium", "Inter-SemiBold", "Inter-Bold")


def install_fonts() -> bool:
    """Load Inter and make it the application font at 13 px.

    Returns False when a file could not be read; the program then goes on in the system typeface.
    Safe to call again: what is loaded already is not loaded twice.
    """
    whole = True
    if FAMILY not in QFontDatabase.families():
        folder = resource_dir() / "fonts"
        for name in _FILES:
            whole = QFontDatabase.addApplicationFont(str(folder / f"{name}.otf")) >= 0 and whole
    QApplication.setFont(make_font(BODY_PX))
    return whole


def make_font(px: float, weight: Weight = "regular", *, tabular: bool = False) -> QFont:
    """Inter at ``px`` pixels (never under 11); ``tabular`` gives every digit the same width."""
    font = QFont(FAMILY)
    font.setPixelSize(max(SMALLEST_PX, round(px)))
    font.setWeight(WEIGHTS[weight])
    if tabular:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font
