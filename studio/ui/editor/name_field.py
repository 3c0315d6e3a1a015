"""The name of an influencer, edited in place: a title until it is written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFontMetrics, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy

from studio.ui.widgets.fields import PlainEdit
from studio.ui.widgets.label import set_tooltip, shown

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QFocusEvent
    from PySide6.QtWidgets import QWidget

    from studio.ui.theme import Theme


class NameField(PlainEdit):
    """Looks like a title; shows that it can be written in under the pointer and with the focus."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._wrong = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Name"))
        self.setPlaceholderText(self.tr("Name"))
        self.setTextMargins(5, 0, 5, 0)
        theme.changed.connect(self._dress)
        self._dress()

    def set_value(self, text: str) -> None:
        """Fill the field as a program does."""
        if text != self.text():
            caret = self.cursorPosition()
            self.setText(text)
            self.setCursorPosition(min(caret, len(text)) if self.hasFocus() else 0)
        self._tell_whole()

    def set_problem(self, wrong: bool) -> None:
        """Show or hide the outline of an error."""
        if wrong != self._wrong:
            self._wrong = wrong
            self.update()

    def sizeHint(self) -> QSize:
        """One line of a title."""
        return QSize(160, round(30 * self._theme.text_scale))

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        return QSize(60, self.sizeHint().height())

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the outline."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the outline."""
        super().leaveEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show the start of a long name again."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.setCursorPosition(0)
        self._tell_whole()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A title while it is read, with an ellipsis when it is long; a field while written."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.hasFocus() or self._wrong:
            painter.setPen(QPen(self._theme.color("error" if self._wrong else "accent"), 2))
            painter.drawRoundedRect(box, 7, 7)
        elif self.underMouse() and not self.isReadOnly():
            painter.setPen(QPen(self._theme.color("outline"), 1))
            painter.drawRoundedRect(box.adjusted(-0.5, -0.5, 0.5, 0.5), 7, 7)
        if self.hasFocus() or not self.text():
            painter.end()
            super().paintEvent(event)
            return
        metrics = QFontMetrics(self.font())
        room = QRectF(self.rect()).adjusted(7, 0, -7, 0)
        text = metrics.elidedText(
            shown(self.text(), 400), Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.setFont(self.font())
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()

    def _dress(self) -> None:
        size = round(20 * self._theme.text_scale)
        self.setStyleSheet(f"NameField {{ font-size: {size}px; font-weight: 700; }}")
        self.updateGeometry()

    def _tell_whole(self) -> None:
        wide = QFontMetrics(self.font()).horizontalAdvance(shown(self.text(), 400))
        set_tooltip(self, self.text() if wide > self.width() - 14 else "")
