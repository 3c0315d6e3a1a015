"""A version to choose: a card that is a radio button, with room for any value in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from studio.ui.style import scaled
from studio.ui.widgets.focus_ring import FocusRing
from studio.ui.widgets.label import Label, shown

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QKeyEvent, QPaintEvent

    from studio.ui.theme import Theme

RADIUS: Final = 8
_DISC: Final = 16
_LEAD: Final = 37
"""From the edge of the card to its words."""
_LEAST_HEIGHT: Final = 52
_LONGEST_NAME: Final = 300


class ChoiceCard(QRadioButton):
    """``content`` and a quiet line under it, with a ring before them that is filled when chosen.

    It is never unchosen by itself; whoever owns a group of them says which one is chosen.
    """

    picked = Signal()
    """A person chose it, by mouse or key."""
    walked = Signal(str)
    """An arrow key: ``before`` or ``after``, in reading direction."""

    def __init__(
        self,
        content: QWidget,
        note: str,
        theme: Theme,
        *,
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        """``name`` is what a screen reader says before ``note``."""
        super().__init__(parent)
        self._theme = theme
        self.note = Label(note, role="small", wrap=True, parent=self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(f"{shown(name, _LONGEST_NAME)}. {note}")
        self._column = QVBoxLayout(self)
        self._column.setSpacing(1)
        self._column.addWidget(content)
        self._column.addWidget(self.note)
        self._column.addStretch(1)
        self._set_margins()
        for part in (content, self.note):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._ring = FocusRing(self, radius=RADIUS)
        self.clicked.connect(self._on_clicked)
        theme.changed.connect(self.update)

    def show_chosen(self, chosen: bool) -> None:
        """Show whether it is the one that stands; of several none may be."""
        # Exclusive, it is a radio button to a screen reader, and Tab stops once at the two; but Qt
        # would refuse to leave them without a chosen one.
        self.setAutoExclusive(False)
        self.setChecked(chosen)
        self.setAutoExclusive(True)

    def set_note(self, note: str) -> None:
        """Say something else in the quiet line."""
        name = self.accessibleName().removesuffix(self.note.text())
        self.note.setText(note)
        self.setAccessibleName(name + note)

    def sizeHint(self) -> QSize:
        """What is in it, not the words of a radio button."""
        return self._column.totalSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Narrow if need be; the words wrap."""
        return QSize(scaled(120), scaled(_LEAST_HEIGHT))

    def changeEvent(self, event: QEvent) -> None:
        """The ring stands at the reading side."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._set_margins()

    def _set_margins(self) -> None:
        lead, tail = scaled(_LEAD), 12
        left, right = (lead, tail) if self.isLeftToRight() else (tail, lead)
        self._column.setContentsMargins(left, scaled(10), right, scaled(9))

    def hitButton(self, pos: QPoint) -> bool:
        """The whole card."""
        return self.rect().contains(pos)

    def nextCheckState(self) -> None:
        """A press chooses; a second one changes nothing."""
        self.setChecked(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys walk within the group; Space chooses, which is the button's own."""
        forward = {Qt.Key.Key_Down: True, Qt.Key.Key_Up: False}
        forward[Qt.Key.Key_Right] = self.isLeftToRight()
        forward[Qt.Key.Key_Left] = self.isRightToLeft()
        key = Qt.Key(event.key())
        if key in forward:
            self.walked.emit("after" if forward[key] else "before")
            event.accept()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground, edge and the ring; the words paint themselves."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        color = self._theme.color
        quiet = "hover" if self.underMouse() and self.isEnabled() else "surface"
        width = 1.5 if chosen else 1.0
        painter.setPen(QPen(color("accent" if chosen else "outline"), width))
        painter.setBrush(color("accentSoft" if chosen else quiet))
        inset = width / 2
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(box, RADIUS - inset, RADIUS - inset)
        self._paint_ring(painter, chosen=chosen)
        painter.end()

    def _paint_ring(self, painter: QPainter, *, chosen: bool) -> None:
        side = scaled(_DISC)
        left = scaled(12) if self.isLeftToRight() else self.width() - scaled(12) - side
        ring = QRectF(left, scaled(11), side, side).adjusted(0.5, 0.5, -0.5, -0.5)
        token = "accent" if chosen else "outline"
        painter.setPen(QPen(self._theme.color(token), 1))
        painter.setBrush(self._theme.color("accent" if chosen else "field"))
        painter.drawEllipse(ring)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("onAccent"))
            painter.drawEllipse(ring.center(), side * 0.19, side * 0.19)

    def _on_clicked(self) -> None:
        self.picked.emit()
