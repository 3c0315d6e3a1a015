"""The look of the program: color tokens, palette, style sheet, fonts and tinted icons."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Final, Literal, Protocol, cast

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QStyleFactory

from studio.core.paths import resource_dir
from studio.ui.fonts import BODY_PX, Weight, install_fonts, make_font
from studio.ui.icons import glyph, glyph_icon
from studio.ui.style import build_style_sheet

ThemeName = Literal["light", "dark"]
ThemeMode = Literal["system", "light", "dark"]

_ICON_TOKEN: Final = "textSecondary"  # noqa: S105 - the name of a color


class TakesIcon(Protocol):
    """Anything an icon can be put on: a button, an action, a menu."""

    def setIcon(self, icon: QIcon, /) -> None:
        """Show ``icon``."""


@lru_cache(maxsize=1)
def load_tokens() -> dict[str, dict[str, str]]:
    """Color tokens of both themes, ``{"light": {token: "#RRGGBB"}, "dark": {...}}``."""
    text = (resource_dir() / "tokens.json").read_text(encoding="utf-8")
    return cast("dict[str, dict[str, str]]", json.loads(text))


class Theme(QObject):
    """Colors, icons and fonts of the running program.

    Built once in the composition root after the QApplication and handed to whoever paints. It sets
    Fusion, the whole palette and one style sheet on the application, and follows the system's
    light or dark setting as long as its mode is "system".
    """

    changed = Signal()
    """The colors are others now; drop what was drawn with the old ones."""

    def __init__(
        self,
        app: QApplication,
        mode: ThemeMode = "system",
        *,
        reduced_motion: bool = False,
        text_scale: float = 1.0,
    ) -> None:
        """Dress ``app``; ``text_scale`` from 1.0 to 2.0 enlarges text and controls."""
        super().__init__(app)
        self._app = app
        self._mode: ThemeMode = mode
        self._reduced_motion = reduced_motion
        self._text_scale = min(2.0, max(1.0, text_scale))
        self._system = app.styleHints().colorScheme()
        self._name: ThemeName = self._wanted_name()
        install_fonts()
        app.setStyle(QStyleFactory.create("Fusion"))
        self._dress()
        app.styleHints().colorSchemeChanged.connect(self._on_system_scheme_changed)

    @property
    def name(self) -> ThemeName:
        """Which of the two themes is showing."""
        return self._name

    @property
    def mode(self) -> ThemeMode:
        """What the person asked for: follow the system, or one theme always."""
        return self._mode

    @property
    def reduced_motion(self) -> bool:
        """True when nothing may move that does not have to."""
        return self._reduced_motion

    @property
    def text_scale(self) -> float:
        """How much larger than designed text is shown, 1.0 to 2.0."""
        return self._text_scale

    def set_mode(self, mode: ThemeMode) -> None:
        """Follow the system, or stay with one theme."""
        self._mode = mode
        self._show(self._wanted_name())

    def set_reduced_motion(self, *, reduced: bool) -> None:
        """Stop (or allow again) every animation."""
        if reduced != self._reduced_motion:
            self._reduced_motion = reduced
            self._dress()
            self.changed.emit()

    def set_text_scale(self, scale: float) -> None:
        """Show text and controls ``scale`` times as large (1.0 to 2.0)."""
        bounded = min(2.0, max(1.0, scale))
        if bounded != self._text_scale:
            self._text_scale = bounded
            self._dress()
            self.changed.emit()

    def color(self, token: str) -> QColor:
        """The color of ``token`` now. Raises KeyError for a name tokens.json does not have."""
        return QColor(load_tokens()[self._name][token])

    def icon(self, name: str, size: int = 16, token: str = _ICON_TOKEN) -> QIcon:
        """Lucide icon ``name`` in the color of ``token``; ask again (or bind) when it changed."""
        return glyph_icon(name, size, self.color(token), dpr=self._app.devicePixelRatio())

    def pixmap(self, name: str, size: int, token: str, dpr: float) -> QPixmap:
        """Lucide icon ``name`` for a painter whose device has ``dpr`` pixels to the point."""
        return glyph(name, size, self.color(token), dpr)

    def bind_icon(
        self, target: QObject, name: str, size: int = 16, token: str = _ICON_TOKEN
    ) -> None:
        """Put an icon on an action or a menu and keep its color right for as long as it lives."""
        _IconBinding(self, target, name, size, token)

    def font(self, px: float, weight: Weight = "regular", *, tabular: bool = False) -> QFont:
        """Inter at ``px`` design pixels, enlarged by the text scale."""
        return make_font(px * self._text_scale, weight, tabular=tabular)

    def _wanted_name(self) -> ThemeName:
        if self._mode != "system":
            return self._mode
        return "dark" if self._system == Qt.ColorScheme.Dark else "light"

    def _on_system_scheme_changed(self, scheme: Qt.ColorScheme) -> None:
        self._system = scheme
        self._show(self._wanted_name())

    def _show(self, name: ThemeName) -> None:
        if name != self._name:
            self._name = name
            self._dress()
            self.changed.emit()

    def _dress(self) -> None:
        tokens = load_tokens()[self._name]
        self._app.setPalette(build_palette(tokens))
        self._app.setFont(make_font(BODY_PX * self._text_scale))
        self._app.setStyleSheet(
            build_style_sheet(tokens, scale=self._text_scale, animated=not self._reduced_motion)
        )


class _IconBinding(QObject):
    """Lives as a child of its target, so it goes when the target goes."""

    def __init__(self, theme: Theme, target: QObject, name: str, size: int, token: str) -> None:
        super().__init__(target)
        for older in target.findChildren(_IconBinding):
            if older is not self and older.parent() is target:
                older.deleteLater()
                older.release()
        self._theme: Theme | None = theme
        self._name, self._size, self._token = name, size, token
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def release(self) -> None:
        """Stop tinting: another icon has taken the place."""
        if self._theme is not None:
            self._theme.changed.disconnect(self._on_theme_changed)
            self._theme = None

    def _on_theme_changed(self) -> None:
        if self._theme is not None:
            target = cast("TakesIcon", self.parent())
            target.setIcon(self._theme.icon(self._name, self._size, self._token))


_ROLES: Final[dict[QPalette.ColorRole, str]] = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "field",
    QPalette.ColorRole.AlternateBase: "window",
    QPalette.ColorRole.ToolTipBase: "text",
    QPalette.ColorRole.ToolTipText: "window",
    QPalette.ColorRole.PlaceholderText: "textMuted",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "onAccent",
    QPalette.ColorRole.Light: "surface",
    QPalette.ColorRole.Midlight: "hover",
    QPalette.ColorRole.Mid: "hairline",
    QPalette.ColorRole.Dark: "outline",
    QPalette.ColorRole.Shadow: "outline",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "onAccent",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accentText",
    QPalette.ColorRole.LinkVisited: "conflict",
}
_DIMMED: Final = (
    QPalette.ColorRole.WindowText,
    QPalette.ColorRole.Text,
    QPalette.ColorRole.ButtonText,
    QPalette.ColorRole.Link,
    QPalette.ColorRole.LinkVisited,
)


def build_palette(tokens: dict[str, str]) -> QPalette:
    """Every role in every group, so that nothing of the system's own colors shines through."""
    palette = QPalette()
    for group in (
        QPalette.ColorGroup.Active,
        QPalette.ColorGroup.Inactive,
        QPalette.ColorGroup.Disabled,
    ):
        for role, token in _ROLES.items():
            palette.setColor(group, role, QColor(tokens[token]))
    for role in _DIMMED:
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens["outline"]))
    disabled = QPalette.ColorGroup.Disabled
    palette.setColor(disabled, QPalette.ColorRole.Highlight, QColor(tokens["hover"]))
    palette.setColor(disabled, QPalette.ColorRole.HighlightedText, QColor(tokens["textMuted"]))
    return palette
