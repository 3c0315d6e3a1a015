"""Colors one can read, icons that follow, and a look that changes live."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QAction, QColor, QFontInfo, QFontMetricsF, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

import studio.ui
from studio.ui.icons import icon_svg
from studio.ui.style import build_style_sheet
from studio.ui.theme import load_tokens
from studio.ui.widgets.buttons import Button, IconButton
from studio.ui.widgets.fields import TextField
from studio.ui.widgets.glyph import Glyph
from studio.ui.widgets.label import Label
from studio.ui.widgets.progress import ProgressLine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from studio.ui.theme import Theme

GROUNDS = ("window", "sidebar", "surface", "field")
TEXTS = ("text", "textSecondary", "textMuted", "accentText", "ok", "warn", "error", "info")
SOFT = {
    "accentSoft": ("accentText", "text", "textSecondary"),
    "okSoft": ("ok", "text", "textSecondary"),
    "warnSoft": ("warn", "text", "textSecondary"),
    "errorSoft": ("error", "text", "textSecondary"),
    "infoSoft": ("info", "text", "textSecondary"),
    "conflictSoft": ("conflict", "text", "textSecondary"),
    "addedFill": ("ok", "text"),
    "removedFill": ("error", "text"),
    "hover": ("text", "textSecondary", "accentText"),
    "accent": ("onAccent",),
}


def luminance(color: QColor) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = (color.redF(), color.greenF(), color.blueF())
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colors, 1 to 21."""
    light, dark = sorted((luminance(QColor(first)), luminance(QColor(second))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def icon_color(icon: QIcon, mode: QIcon.Mode = QIcon.Mode.Normal) -> QColor:
    """The one color an icon is drawn in: its soft edges weigh as much as they cover."""
    image = icon.pixmap(QSize(16, 16), 1.0, mode).toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    covered = sum(pixel.alpha() for pixel in pixels)
    assert covered, "nothing is drawn"
    red, green, blue = (
        round(sum(pixel.getRgb()[part] * pixel.alpha() for pixel in pixels) / covered)
        for part in range(3)
    )
    return QColor(red, green, blue)


def looks_like(one: QColor, other: QColor) -> bool:
    """Whether two colors differ by no more than rounding."""
    pairs = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)
    return all(abs(a - b) <= 4 for a, b in pairs)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_text_can_be_read_on_every_ground(name: str) -> None:
    tokens = load_tokens()[name]
    pairs = [(text, ground) for ground in GROUNDS for text in (*TEXTS, "conflict")]
    pairs += [(text, ground) for ground, texts in SOFT.items() for text in texts]
    poor = {
        f"{text} on {ground}": round(contrast(tokens[text], tokens[ground]), 2)
        for text, ground in pairs
        if contrast(tokens[text], tokens[ground]) < 4.5
    }
    assert not poor


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_rule_that_sets_text_and_ground_can_be_read(name: str) -> None:
    sheet = build_style_sheet(load_tokens()[name])
    poor = {}
    checked = 0
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        ground = re.search(r"(?<![\w-])background:\s*(#\w+)", body)
        text = re.search(r"(?<![\w-])color:\s*(#\w+)", body)
        if ground and text and ":disabled" not in selector:
            checked += 1
            ratio = contrast(ground[1], text[1])
            if ratio < 4.5:
                poor[selector.strip()] = round(ratio, 2)
    assert checked > 10
    assert not poor


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_control_outline_stands_out_from_its_ground(name: str) -> None:
    tokens = load_tokens()[name]
    poor = {
        f"{line} on {ground}": round(contrast(tokens[line], tokens[ground]), 2)
        for line in ("outline", "accent", "error", "warn")
        for ground in GROUNDS
        if contrast(tokens[line], tokens[ground]) < 3
    }
    assert not poor


def test_every_role_of_the_palette_is_ours_in_every_group(theme: Theme, qapp: QApplication) -> None:
    theme.set_mode("dark")
    palette = qapp.palette()
    unset = [
        (group, role)
        for group in (
            QPalette.ColorGroup.Active,
            QPalette.ColorGroup.Inactive,
            QPalette.ColorGroup.Disabled,
        )
        for role in QPalette.ColorRole
        if role not in (QPalette.ColorRole.NoRole, QPalette.ColorRole.NColorRoles)
        and not palette.isBrushSet(group, role)
    ]
    assert not unset
    active = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Text)
    disabled = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    assert active != disabled


def test_it_follows_the_system_until_a_theme_is_chosen(theme: Theme, qapp: QApplication) -> None:
    changes: list[str] = []

    def note() -> None:
        changes.append(theme.name)

    hints = qapp.styleHints()
    theme.set_mode("system")
    theme.changed.connect(note)
    try:
        hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
        assert theme.name == "dark"
        assert qapp.palette().window().color() == theme.color("window")
        hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
        theme.set_mode("light")
        hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
        assert theme.name == "light"
        assert changes == ["dark", "light"]
    finally:
        theme.changed.disconnect(note)
        hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)


def test_icons_take_the_new_colors_when_the_theme_flips(qtbot: QtBot, theme: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    plain = Button("Add", "outline", "plus", parent=window)
    square = IconButton("ellipsis", "More", "ghost", parent=window)
    mark = Glyph("circle-dot", "warn", parent=window)
    action = QAction("Copy", window)
    theme.bind_icon(action, "copy")
    window.show()
    for name in ("light", "dark"):
        theme.set_mode("light" if name == "light" else "dark")
        window.grab()
        assert looks_like(icon_color(plain.icon()), theme.color("text"))
        assert looks_like(icon_color(square.icon()), theme.color("textSecondary"))
        assert looks_like(icon_color(action.icon()), theme.color("textSecondary"))
        middle = mark.grab().toImage().pixelColor(mark.width() // 2, mark.height() // 2)
        assert middle.name() == theme.color("warn").name()
    window.hide()


def test_a_disabled_button_shows_a_faded_icon(qtbot: QtBot) -> None:
    button = Button("Add", "outline", "plus")
    qtbot.addWidget(button)
    button.show()
    bright = icon_color(button.icon(), QIcon.Mode.Normal)
    assert not looks_like(icon_color(button.icon(), QIcon.Mode.Disabled), bright)


def test_a_second_icon_replaces_the_first_for_good(theme: Theme) -> None:
    action = QAction("Sync")
    theme.bind_icon(action, "cloud")
    theme.bind_icon(action, "square", token="error")
    theme.set_mode("dark")
    assert looks_like(icon_color(action.icon()), theme.color("error"))


def test_a_binding_ends_with_its_action(theme: Theme) -> None:
    owner = QObject()
    action = QAction("Copy", owner)
    theme.bind_icon(action, "copy")
    del action, owner
    theme.set_mode("dark")


def test_placeholders_keep_their_own_color_under_the_style_sheet(
    qtbot: QtBot, theme: Theme
) -> None:
    field = TextField(placeholder="Search")
    qtbot.addWidget(field)
    for name in ("light", "dark"):
        theme.set_mode("light" if name == "light" else "dark")
        field.ensurePolished()
        shown = field.palette().color(QPalette.ColorRole.PlaceholderText)
        assert shown.name() == theme.color("textMuted").name()


def test_an_alias_of_an_icon_works_and_an_unknown_name_is_an_error() -> None:
    assert icon_svg("trash-2") == icon_svg("trash")
    with pytest.raises(LookupError, match="no-such-icon"):
        icon_svg("no-such-icon")


def named_icons(tree: ast.AST) -> Iterator[str]:
    """Icon names written as literals in calls that take one."""
    places = {"IconButton": 0, "Glyph": 0, "glyph": 0, "glyph_icon": 0, "bind_icon": 1}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        place = places.get(called)
        named = [word.value for word in node.keywords if word.arg == "icon"]
        if place is not None and len(node.args) > place:
            named.append(node.args[place])
        for value in named:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def test_every_icon_named_in_the_window_exists() -> None:
    folder = Path(studio.ui.__file__).parent
    names = {
        name
        for path in folder.rglob("*.py")
        for name in named_icons(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert len(names) > 5
    for name in names:
        icon_svg(name)


def test_no_icon_data_is_read_before_the_first_icon() -> None:
    script = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication\n"
        "app = QApplication([])\n"
        "from studio.ui.theme import Theme\n"
        "from studio.ui.icons import icon_svg\n"
        "theme = Theme(app)\n"
        "assert icon_svg.cache_info().currsize == 0\n"
        "theme.icon('plus')\n"
        "assert icon_svg.cache_info().currsize == 1\n"
        "assert 'lucide' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=30)


def test_text_is_set_in_the_bundled_typeface_at_thirteen_pixels(
    theme: Theme, qapp: QApplication
) -> None:
    assert QFontInfo(qapp.font()).family() == "Inter"
    assert qapp.font().pixelSize() == 13
    for weight in ("regular", "medium", "semibold", "bold"):
        assert QFontInfo(theme.font(13, weight)).family() == "Inter"
    assert theme.font(9).pixelSize() == 11


def test_counting_numbers_do_not_jitter(qtbot: QtBot, theme: Theme) -> None:
    metrics = QFontMetricsF(theme.font(13, tabular=True))
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")
    one, eight = Label("1111", tabular=True), Label("8888", tabular=True)
    for label in (one, eight):
        qtbot.addWidget(label)
        label.show()
    assert one.sizeHint() == eight.sizeHint()


def test_text_at_two_hundred_percent_makes_controls_grow_with_it(
    qtbot: QtBot, theme: Theme
) -> None:
    button, label = Button("Publish", "primary"), Label("Publish")
    for widget in (button, label):
        qtbot.addWidget(widget)
        widget.show()
    assert button.sizeHint().height() == 32
    before = label.sizeHint()
    theme.set_text_scale(2.0)
    assert button.sizeHint().height() >= 60
    assert label.sizeHint().width() >= before.width() * 1.8


def test_reduced_motion_stops_what_moves(qtbot: QtBot, theme: Theme) -> None:
    line = ProgressLine()
    qtbot.addWidget(line)
    line.set_fraction(None)
    line.resize(200, 4)
    line.show()
    still = line.grab().toImage()
    assert not line.is_moving()
    theme.set_reduced_motion(reduced=False)
    assert line.is_moving()
    qtbot.waitUntil(lambda: line.grab().toImage() != still)
    line.hide()
    assert not line.is_moving()


def test_a_tooltip_is_dressed_as_well(qapp: QApplication, theme: Theme) -> None:
    assert theme.color("text").name().upper() in qapp.styleSheet().upper()
    assert QToolTip.palette() is not None
