"""The head of the side bar: organization, server and the window's menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from studio.ui.widgets.avatar import OrgBadge
from studio.ui.widgets.focus_ring import FocusRing
from studio.ui.widgets.glyph import Glyph
from studio.ui.widgets.label import ElidedLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent

    from studio.ui.theme import Theme


class OrganizationButton(QAbstractButton):
    """Badge, name, "server · online", and a chevron: pressing opens the menu."""

    def __init__(self, menu: QMenu, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._menu, self._theme = menu, theme
        self._badge = OrgBadge(30, self)
        self._name = ElidedLabel(role="strong", parent=self)
        self._server = ElidedLabel(role="small", parent=self)
        chevron = Glyph("chevrons-up-down", "muted", 14, self)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._name)
        words.addWidget(self._server)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 6, 6)
        row.setSpacing(10)
        row.addWidget(self._badge)
        row.addLayout(words, 1)
        row.addWidget(chevron)
        for child in (self._badge, self._name, self._server):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(self, radius=8)
        self.clicked.connect(self._open_menu)

    def say(self, organization: str, server: str) -> None:
        """Who we are to which server, and whether it answers."""
        self._badge.set_name(organization)
        self._name.setText(organization)
        self._server.setText(server)
        self.setAccessibleName(
            self.tr("{name}, {server}, menu").format(name=organization, server=server)
        )

    def name(self) -> str:
        """The organization shown."""
        return self._name.full_text()

    def server_words(self) -> str:
        """The line below it."""
        return self._server.full_text()

    def sizeHint(self) -> QSize:
        """As high as badge and words need."""
        return self._row.sizeHint().expandedTo(QSize(160, 44))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Down open the menu as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A ground on hover; the rest are children."""
        if not (self.underMouse() or self.isDown()):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("hover"))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        painter.end()

    def _open_menu(self) -> None:
        self._menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
