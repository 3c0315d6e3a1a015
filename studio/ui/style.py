"""The one application style sheet, generated from the color tokens.

Class names in it are those of ``studio.ui.widgets``; variants are dynamic properties such as
``kind`` and ``role``. After changing such a property call :func:`restyle`.
"""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from studio.ui.fonts import BODY_PX
from studio.ui.style_rules import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

STATUS_TOKENS = {
    "draft": "warn",
    "pending": "info",
    "training": "info",
    "ready": "ok",
    "failed": "error",
    "conflict": "conflict",
    "deleted": "textMuted",
}


def restyle(widget: QWidget) -> None:
    """Look the widget's rules up again after one of its dynamic properties has changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def scaled(px: float) -> int:
    """``px`` design pixels at the text size in force, for what is painted by hand."""
    return round(px * max(1.0, QApplication.font().pixelSize() / BODY_PX))


def mix(first: str, second: str, share: float) -> str:
    """``first`` with ``share`` (0 to 1) of ``second`` in it, as ``#RRGGBB``."""
    a, b = QColor(first), QColor(second)
    parts = (
        round(x + (y - x) * share)
        for x, y in ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    )
    return "#{:02X}{:02X}{:02X}".format(*parts)


def build_style_sheet(
    tokens: Mapping[str, str], *, scale: float = 1.0, animated: bool = True
) -> str:
    """Fill the rules with ``tokens``; sizes in them are design pixels times ``scale``."""
    values: dict[str, str] = dict(tokens)
    values["accentHover"] = mix(tokens["accent"], "#000000", 0.10)
    values["accentPressed"] = mix(tokens["accent"], "#000000", 0.20)
    values["accentLine"] = mix(tokens["accent"], tokens["onAccent"], 0.40)
    values["selected"] = tokens["text"]
    values["onSelected"] = tokens["window"]
    values["track"] = mix(tokens["hairline"], tokens["outline"], 0.25)
    values["animated"] = "true" if animated else "false"
    for px in range(1, 65):
        values[f"px{px}"] = f"{round(px * scale)}px"
    for px in (11, 12, 13, 15, 17, 20):
        values[f"font{px}"] = f"{round(px * scale)}px"
    return Template(RULES).substitute(values)
