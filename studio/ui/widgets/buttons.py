"""Buttons: with text, with a menu beside them, and with an icon alone."""

from __future__ import annotations

from typing import Final, Literal, cast

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from studio.ui.icons import glyph_icon
from studio.ui.style import restyle, scaled
from studio.ui.widgets.focus_ring import FocusRing
from studio.ui.widgets.label import set_tooltip

ButtonKind = Literal["primary", "outline", "ghost", "danger", "link"]

_RECOLOR: Final = (
    QEvent.Type.PaletteChange,
    QEvent.Type.StyleChange,
    QEvent.Type.EnabledChange,
    QEvent.Type.DevicePixelRatioChange,
)


class _IconPushButton(QPushButton):
    """A push button whose Lucide icon always has the color of its text."""

    def __init__(self, icon: str | None, size: int, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._icon_name = icon
        self._icon_px = size
        self._tinted: tuple[str | None, int, int, int, float] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def icon_name(self) -> str | None:
        """The Lucide name of the icon shown, if any."""
        return self._icon_name

    def set_icon(self, name: str | None) -> None:
        """Show another Lucide icon, or none."""
        self._icon_name = name
        self._tint()

    def event(self, event: QEvent) -> bool:
        """Tint the icon once the style sheet has given the button its colors."""
        handled = super().event(event)
        if event.type() in (*_RECOLOR, QEvent.Type.Polish, QEvent.Type.Show):
            self._tint()
        return handled

    def _tint(self) -> None:
        palette = self.palette()
        color = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.ButtonText)
        faded = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
        dpr = self.devicePixelRatioF()
        size = scaled(self._icon_px)
        look = (self._icon_name, size, color.rgb(), faded.rgb(), dpr)
        if look == self._tinted:
            return
        self._tinted = look
        self.setIconSize(QSize(size, size))
        if self._icon_name is None:
            self.setIcon(QIcon())
        else:
            self.setIcon(glyph_icon(self._icon_name, size, color, disabled=faded, dpr=dpr))


class Button(_IconPushButton):
    """A button with words: 32 pixels high, 28 when compact. ``icon`` is a Lucide name."""

    def __init__(
        self,
        text: str = "",
        kind: ButtonKind = "outline",
        icon: str | None = None,
        compact: bool = False,
        parent: QWidget | None = None,
        *,
        icon_px: int = 16,
    ) -> None:
        super().__init__(icon, 13 if compact and kind == "link" else icon_px, parent)
        self.setProperty("kind", kind)
        self.setProperty("compact", compact)
        self.setAutoDefault(False)
        self.setText(text)
        self._ring = FocusRing(self, radius=8, inset=kind == "primary")

    def setText(self, text: str) -> None:
        """Show ``text``; an ampersand in it is an ampersand, not an underline."""
        gap = " " if self._icon_name and text else ""
        super().setText(gap + text.replace("&", "&&"))
        self.setAccessibleName(text)

    def set_icon(self, name: str | None) -> None:
        """Show another Lucide icon, or none."""
        words = self.accessibleName()
        super().set_icon(name)
        self.setText(words)

    def set_kind(self, kind: ButtonKind) -> None:
        """Change the weight of the button."""
        self.setProperty("kind", kind)
        self._ring.set_inset(inset=kind == "primary")
        restyle(self)


class IconButton(_IconPushButton):
    """A square button with an icon alone; ``tooltip`` is also what a screen reader says.

    32 pixels square, 28 when compact, 20 when "tiny" (inside another control).
    """

    def __init__(
        self,
        icon: str,
        tooltip: str,
        kind: ButtonKind = "outline",
        compact: bool | Literal["tiny"] = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(icon, 12 if compact == "tiny" else 16, parent)
        self.setProperty("kind", kind)
        self.setProperty("compact", compact)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_tooltip(tooltip)
        self._ring = FocusRing(self, radius=8, inset=kind == "primary")

    def set_tooltip(self, text: str) -> None:
        """Say what the button does."""
        set_tooltip(self, text)
        self.setAccessibleName(text)


class SplitLine(QFrame):
    """The thin line between the two parts of a split button."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


class SplitButton(QWidget):
    """A primary button with a chevron part that opens a menu of more ways to do it."""

    clicked = Signal()

    def __init__(
        self,
        text: str,
        icon: str | None = None,
        kind: ButtonKind = "primary",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.main = Button(text, kind, icon, parent=self)
        self.more = Button("", kind, "chevron-down", parent=self, icon_px=14)
        self.more.setText("")
        self.more.setAccessibleName(self.tr("More ways: {0}").replace("{0}", text))
        self._menu: QMenu | None = None
        self._line = SplitLine(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.main)
        row.addWidget(self.more)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.main)
        self._set_parts()
        self.main.installEventFilter(self)
        self.main.clicked.connect(self._on_main_clicked)
        self.more.clicked.connect(self._on_more_clicked)

    def menu(self) -> QMenu | None:
        """The menu under the chevron."""
        return self._menu

    def set_menu(self, menu: QMenu) -> None:
        """Open ``menu`` from the chevron (and by Alt+Down on the main part)."""
        self._menu = menu

    def setText(self, text: str) -> None:
        """Change the words of the main part."""
        self.main.setText(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Alt+Down opens the menu from the main part, as in any drop-down."""
        if event.type() == QEvent.Type.KeyPress and watched is self.main:
            press = cast("QKeyEvent", event)
            alt = press.modifiers() & Qt.KeyboardModifier.AltModifier
            if alt and press.key() == Qt.Key.Key_Down:
                self._on_more_clicked()
                return True
        return False

    def changeEvent(self, event: QEvent) -> None:
        """Mirror the rounded ends when the direction of the interface changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._set_parts()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the thin line on the seam."""
        super().resizeEvent(event)
        self._place_line()

    def _place_line(self) -> None:
        seam = self.more.x() if self.isLeftToRight() else self.main.x()
        self._line.setGeometry(seam, 8, 1, max(0, self.height() - 16))
        self._line.raise_()

    def _set_parts(self) -> None:
        tail = "Rtl" if self.isRightToLeft() else ""
        self.main.setProperty("part", f"main{tail}")
        self.more.setProperty("part", f"more{tail}")
        restyle(self.main)
        restyle(self.more)
        self._place_line()

    def _on_main_clicked(self) -> None:
        self.clicked.emit()

    def _on_more_clicked(self) -> None:
        if self._menu is not None:
            self._menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
