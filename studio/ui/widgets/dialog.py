"""Dialogs: opened, never executed, and awaited through a future."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Property, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QHideEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QSizeGrip,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.ui.dialog_size import fit_height
from studio.ui.widgets import tab_order
from studio.ui.widgets.avatar import Avatar
from studio.ui.widgets.buttons import Button, ButtonKind
from studio.ui.widgets.label import ElidedLabel, Label
from studio.ui.widgets.middle_place import MiddlePlace
from studio.ui.widgets.rounding import RoundedWindow
from studio.ui.widgets.scrim import Scrim

RADIUS = 14
PORTRAIT = 44
"""Pixels of the picture in a header; a header without one is as high."""
QUESTION_WIDTH = 440


class DialogPanel(QWidget):
    """The rounded ground of a dialog."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._radius = RADIUS
        self._panel = QColor(Qt.GlobalColor.white)
        self._edge = QColor(Qt.GlobalColor.gray)

    def _get_panel(self) -> QColor:
        return self._panel

    def _set_panel(self, color: QColor) -> None:
        self._panel = QColor(color)
        self.update()

    def _get_edge(self) -> QColor:
        return self._edge

    def _set_edge(self, color: QColor) -> None:
        self._edge = QColor(color)
        self.update()

    panel_color = Property(QColor, _get_panel, _set_panel)
    edge_color = Property(QColor, _get_edge, _set_edge)

    def set_radius(self, radius: int) -> None:
        """0 for a window whose frame the system draws."""
        self._radius = radius
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill and edge."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._edge, 1) if self._radius else Qt.PenStyle.NoPen)
        painter.setBrush(self._panel)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, self._radius - 0.5, self._radius - 0.5)
        painter.end()


class DialogHeader(QFrame):
    """Picture or icon, title, one line below it, and room for a control at the far end."""

    def __init__(self, title: str, subtitle: str, icon: str | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.avatar = Avatar(PORTRAIT, parent=self)
        self.avatar.set_icon(icon)
        self.avatar.setVisible(icon is not None)
        self.title = ElidedLabel(title, role="title", parent=self)
        self.subtitle = Label(subtitle, role="caption", wrap=True, parent=self)
        self.subtitle.setVisible(bool(subtitle))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(self.title)
        words.addWidget(self.subtitle)
        words.addStretch(1)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(22, 18, 22, 14)
        self.row.setSpacing(12)
        self.row.addStrut(PORTRAIT)
        self.row.addWidget(self.avatar)
        self.row.addLayout(words, 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The header is what a frameless dialog is moved by."""
        handle = self.window().windowHandle()
        if event.button() == Qt.MouseButton.LeftButton and handle is not None:
            handle.startSystemMove()
        super().mousePressEvent(event)


class DialogFooter(QFrame):
    """A tinted bar: quiet things at the near end, the buttons at the far end."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.near = QHBoxLayout()
        self.near.setSpacing(8)
        # Takes the room that nothing wants, so that buttons keep the width of their words.
        self.near.addStretch()
        self.far = QHBoxLayout()
        self.far.setSpacing(8)
        row = QHBoxLayout(self)
        row.setContentsMargins(22, 14, 22, 14)
        row.setSpacing(12)
        row.addLayout(self.near, 1)
        row.addLayout(self.far)


class StudioDialog(QDialog):
    """Header, body and footer. Put widgets in ``body`` and buttons in by :meth:`add_button`.

    Escape closes, Enter presses the default button, Tab stays inside. Await it by
    :func:`result_of`; it is deleted by whoever made it or with its parent.
    """

    def __init__(
        self,
        title: str,
        subtitle: str = "",
        *,
        icon: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._scrim: Scrim | None = None
        self._place = MiddlePlace(self)
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._panel = DialogPanel(self)
        self._dress_window()
        self.header = DialogHeader(title, subtitle, icon, self._panel)
        self.footer = DialogFooter(self._panel)
        self.body_widget = QWidget(self._panel)
        self.body = QVBoxLayout(self.body_widget)
        self.body.setContentsMargins(22, 18, 22, 18)
        self.body.setSpacing(12)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(self._panel)
        column = QVBoxLayout(self._panel)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.body_widget, 1)
        column.addWidget(self.footer)

    def set_title(self, title: str, subtitle: str | None = None) -> None:
        """Change the words of the header."""
        self.setWindowTitle(title)
        self.header.title.setText(title)
        if subtitle is not None:
            self.header.subtitle.setText(subtitle)
            self.header.subtitle.setVisible(bool(subtitle))

    def set_picture(self, picture: QImage | QPixmap | None, name: str = "") -> None:
        """Show a portrait in the header, or the initials of ``name``."""
        self.header.avatar.set_name(name)
        self.header.avatar.set_picture(picture)
        self.header.avatar.show()

    def add_button(
        self,
        text: str,
        kind: ButtonKind = "outline",
        icon: str | None = None,
        *,
        result: int | None = None,
        default: bool = False,
        near: bool = False,
    ) -> Button:
        """Add a button to the footer; with ``result`` it closes the dialog with that number."""
        button = Button(text, kind, icon, parent=self.footer)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if result is not None:
            button.setProperty("dialogResult", result)
            button.clicked.connect(self._on_result_clicked)
        if near:
            self.footer.near.insertWidget(self.footer.near.count() - 1, button)
        else:
            self.footer.far.addWidget(button)
        if default:
            button.setDefault(True)
        return button

    def add_footnote(self, text: str) -> Label:
        """A quiet sentence at the near end of the footer."""
        label = Label(text, role="caption", wrap=True, parent=self.footer)
        self.footer.near.insertWidget(self.footer.near.count() - 1, label, 1)
        return label

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab and Shift+Tab go as the dialog reads, and stay inside."""
        return tab_order.step(self, forward=forward)

    def showEvent(self, event: QShowEvent) -> None:
        """Stand in the middle of the window, which goes into the shade."""
        super().showEvent(event)
        owner = self.parentWidget()
        if owner is not None and self._scrim is None:
            self._scrim = Scrim(owner.window())
            self._place.begin()

    def hideEvent(self, event: QHideEvent) -> None:
        """Give the window its light back."""
        super().hideEvent(event)
        self._place.end()
        if self._scrim is not None:
            self._scrim.hide()
            self._scrim.deleteLater()
            self._scrim = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the grip in its corner."""
        super().resizeEvent(event)
        if self._grip is not None:
            size = self._grip.sizeHint()
            left = 0 if self.isRightToLeft() else self.width() - size.width()
            self._grip.setGeometry(left, self.height() - size.height(), size.width(), size.height())
            self._grip.raise_()

    def _dress_window(self) -> None:
        """A rounded window of our own; on macOS the system's sheet is the right thing."""
        self._grip: QSizeGrip | None = None
        if QGuiApplication.platformName() == "cocoa":
            self._panel.set_radius(0)
            return
        self._rounding = RoundedWindow(self, RADIUS)
        self._grip = QSizeGrip(self)

    def _on_result_clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.done(int(sender.property("dialogResult")))


async def result_of(dialog: QDialog) -> int:
    """Open ``dialog`` and wait for the number it is closed with (0 for Escape or the window's own
    cross). Cancelling the wait closes the dialog.
    """
    waiting: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    waiter = _Waiter(waiting)
    dialog.finished.connect(waiter.settle)
    dialog.destroyed.connect(waiter.give_up)
    dialog.open()
    try:
        return await waiting
    except asyncio.CancelledError:
        if not waiter.gone:
            dialog.done(QDialog.DialogCode.Rejected.value)
        raise


class _Waiter:
    """Carries the end of a dialog to the one who awaits it."""

    def __init__(self, waiting: asyncio.Future[int]) -> None:
        self._waiting = waiting
        self.gone = False

    def settle(self, code: int) -> None:
        """The dialog closed with ``code``."""
        if not self._waiting.done():
            self._waiting.set_result(code)

    def give_up(self, _gone: object = None) -> None:
        """The dialog went away without an answer, which is a no."""
        self.gone = True
        self.settle(0)


async def confirm(
    parent: QWidget | None,
    title: str,
    text: str,
    *,
    accept: str,
    reject: str = "",
    danger: bool = False,
    icon: str | None = None,
) -> bool:
    """Ask one plain-text question; True when the person chose ``accept``.

    A dangerous choice is never the one Enter makes.
    """
    dialog = StudioDialog(title, icon=icon, parent=parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.body.addWidget(Label(text, role="secondary", wrap=True, parent=dialog.body_widget))
    dialog.add_button(reject or dialog.tr("Cancel"), "outline", result=0, default=danger)
    dialog.add_button(accept, "danger" if danger else "primary", result=1, default=not danger)
    fit_height(dialog, QUESTION_WIDTH)
    return await result_of(dialog) == 1
