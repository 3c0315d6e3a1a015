"""Small notices in the corner that never take the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import (
    Property,
    QAbstractAnimation,
    QEvent,
    QObject,
    QPoint,
    QPropertyAnimation,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtWidgets import QFrame, QGraphicsOpacityEffect, QHBoxLayout, QWidget

from studio.ui.style import scaled
from studio.ui.widgets.buttons import Button, IconButton
from studio.ui.widgets.glyph import Glyph
from studio.ui.widgets.label import Label

if TYPE_CHECKING:
    from PySide6.QtGui import QEnterEvent

ToastTone = Literal["info", "ok", "warn", "error"]

_ICONS: dict[ToastTone, str] = {
    "info": "info",
    "ok": "circle-check",
    "warn": "triangle-alert",
    "error": "circle-alert",
}
_WIDTH = 360
_MARGIN = 16
_FADE_MS = 140
_MOVES = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)


class Toast(QFrame):
    """One notice. ``action_triggered`` when its button is pressed, ``closed`` when it has gone."""

    action_triggered = Signal()
    closed = Signal(object)

    def __init__(
        self,
        text: str,
        action: str,
        tone: ToastTone,
        seconds: float,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._animated = True
        self._going = False
        self._seconds = seconds
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(Glyph(_ICONS[tone], tone, parent=self))
        row.addWidget(Label(text, wrap=True, parent=self), 1)
        if action:
            button = Button(action, "link", parent=self)
            button.clicked.connect(self._on_action)
            row.addWidget(button)
        close = IconButton("x", self.tr("Close notice"), "ghost", compact=True, parent=self)
        close.clicked.connect(self.leave)
        row.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.leave)

    def _get_animated(self) -> bool:
        return self._animated

    def _set_animated(self, animated: bool) -> None:
        self._animated = animated

    animated = Property(bool, _get_animated, _set_animated)

    def appear(self) -> None:
        """Show the notice and start its time."""
        self.show()
        self.raise_()
        if self._animated:
            self._fade(0.0, 1.0)
        if self._seconds > 0:
            self._timer.start(round(self._seconds * 1000))

    def leave(self) -> None:
        """Fade away (at once with reduced motion) and be deleted."""
        if self._going:
            return
        self._going = True
        self._timer.stop()
        if self._animated and self.isVisible():
            self._fade(1.0, 0.0).finished.connect(self._gone)
        else:
            self._gone()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Stay while the mouse is on it."""
        super().enterEvent(event)
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """Count again from the start."""
        super().leaveEvent(event)
        if self._seconds > 0 and not self._going:
            self._timer.start(round(self._seconds * 1000))

    def _fade(self, start: float, end: float) -> QPropertyAnimation:
        effect = QGraphicsOpacityEffect(self)
        self.setGraphicsEffect(effect)
        fade = QPropertyAnimation(effect, b"opacity", self)
        fade.setDuration(_FADE_MS)
        fade.setStartValue(start)
        fade.setEndValue(end)
        fade.start(QAbstractAnimation.DeletionPolicy.DeleteWhenStopped)
        return fade

    def _gone(self) -> None:
        self.hide()
        self.closed.emit(self)
        self.deleteLater()

    def _on_action(self) -> None:
        self.action_triggered.emit()
        self.leave()


class ToastStack(QObject):
    """Notices of one window, stacked up from its bottom corner."""

    def __init__(
        self, host: QWidget, *, bottom: int = 28, most: int = 4, over: QWidget | None = None
    ) -> None:
        """``bottom`` is kept free (the status bar); at most ``most`` show at once.

        As long as ``over``, a part of ``host``, is on screen they stand in its corner, so that what
        is beside it stays free.
        """
        super().__init__(host)
        self._host = host
        self._bottom = bottom
        self._most = most
        self._toasts: list[Toast] = []
        self._over = over
        host.installEventFilter(self)
        if over is not None:
            over.installEventFilter(self)

    def notify(
        self,
        text: str,
        *,
        action: str = "",
        tone: ToastTone = "info",
        seconds: float = 6.0,
    ) -> Toast:
        """Show a notice; 0 seconds means until it is closed. Connect to its signals."""
        while len(self._toasts) >= self._most:
            self._toasts[0].leave()
            self._forget(self._toasts[0])
        toast = Toast(text, action, tone, seconds, self._host)
        toast.closed.connect(self._on_closed)
        self._toasts.append(toast)
        toast.appear()
        self._place()
        return toast

    @property
    def shown(self) -> tuple[Toast, ...]:
        """Those on the screen, the oldest first."""
        return tuple(self._toasts)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the corner when the window or its part changes."""
        if self._toasts and watched in (self._host, self._over) and event.type() in _MOVES:
            self._place()
        return False

    def _place(self) -> None:
        room = self._room()
        bottom = room.bottom() + 1 - _MARGIN
        width = min(scaled(_WIDTH), room.width() - 2 * _MARGIN)
        left = room.right() + 1 - width - _MARGIN
        if self._host.isRightToLeft():
            left = room.left() + _MARGIN
        for toast in reversed(self._toasts):
            height = max(toast.sizeHint().height(), toast.heightForWidth(width))
            bottom -= height
            toast.setGeometry(left, bottom, width, height)
            bottom -= 8

    def _room(self) -> QRect:
        """Where they may stand, in the host's coordinates."""
        over = self._over
        if over is not None and over.isVisible():
            return QRect(over.mapTo(self._host, QPoint()), over.size())
        return self._host.rect().adjusted(0, 0, 0, -self._bottom)

    def _on_closed(self, toast: object) -> None:
        self._forget(toast)
        self._place()

    def _forget(self, toast: object) -> None:
        self._toasts = [one for one in self._toasts if one is not toast]
