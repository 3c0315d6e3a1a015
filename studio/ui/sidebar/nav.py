"""Rows to go somewhere: one of a list is current, arrow keys walk, Enter or Space goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from studio.ui.widgets.focus_ring import FocusRing
from studio.ui.widgets.label import set_tooltip, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent

    from studio.ui.theme import Theme

ROW_HEIGHT = 30
_SIDE = 8
_GAP = 9
_ICON = 16
_SQUARE = 8


class NavRow(QAbstractButton):
    """A mark (a square of color or an icon), a name, a count at the far end."""

    walked = Signal(str)
    """A key that walks the list: ``up``, ``down``, ``first``, ``last``."""

    def __init__(self, key: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.key = key
        self._theme = theme
        self._name = ""
        self._count = ""
        self._icon = ""
        self._square = ""
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._ring = FocusRing(self, radius=8)

    def show_row(self, name: str, count: int | None, *, icon: str = "", square: str = "") -> None:
        """What the row says; ``square`` is a color as ``#RRGGBB``, ``icon`` a Lucide name."""
        self._name = shown(" ".join(name.split()), 300)
        self._count = "" if count is None else f"{count:,}"
        self._icon, self._square = icon, square
        spoken = f"{self._name}, {self._count}" if self._count else self._name
        self.setAccessibleName(spoken)
        self.update()

    def name(self) -> str:
        """The name shown."""
        return self._name

    def count_text(self) -> str:
        """The count shown."""
        return self._count

    def sizeHint(self) -> QSize:
        """One row."""
        return QSize(180, round(ROW_HEIGHT * self._theme.text_scale))

    def minimumSizeHint(self) -> QSize:
        """One row, narrow if need be."""
        return QSize(60, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up, Down, Home and End walk; Enter goes as Space does."""
        walks = {
            Qt.Key.Key_Up: "up",
            Qt.Key.Key_Down: "down",
            Qt.Key.Key_Home: "first",
            Qt.Key.Key_End: "last",
        }
        key = Qt.Key(event.key())
        if key in walks:
            self.walked.emit(walks[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """The whole name as tooltip when it does not fit."""
        room = self.width() - self._name_left() - _SIDE - 40
        fits = QFontMetrics(self._theme.font(13, "medium")).horizontalAdvance(self._name) <= room
        set_tooltip(self, "" if fits else self._name)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground, mark, name, count."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        current = self.isChecked()
        if current or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("accentSoft" if current else "hover"))
            painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        self._paint_mark(painter)
        self._paint_words(painter, "accentText" if current else "textSecondary")
        painter.end()

    def _name_left(self) -> int:
        return _SIDE + _GAP + self._mark_side()

    def _mark_side(self) -> int:
        return round((_ICON if self._icon else _SQUARE) * self._theme.text_scale)

    def _mirrored(self, box: QRectF) -> QRectF:
        if self.isRightToLeft():
            box.moveLeft(self.width() - box.right())
        return box

    def _paint_mark(self, painter: QPainter) -> None:
        middle, side = self.height() / 2, self._mark_side()
        if self._square:
            box = self._mirrored(QRectF(_SIDE, middle - side / 2, side, side))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._square))
            painter.drawRoundedRect(box, 2.5, 2.5)
        elif self._icon:
            token = "accentText" if self.isChecked() else "textSecondary"
            box = self._mirrored(QRectF(_SIDE, round(middle - side / 2), side, side))
            pixmap = self._theme.pixmap(self._icon, side, token, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(box.left(), box.top()), pixmap)

    def _paint_words(self, painter: QPainter, token: str) -> None:
        left = self._name_left()
        small = self._theme.font(11, tabular=True)
        count_width = QFontMetrics(small).horizontalAdvance(self._count) if self._count else 0
        room = self.width() - left - _SIDE - (count_width + 8 if count_width else 0)
        font = self._theme.font(13, "medium")
        line = QFontMetrics(font).elidedText(self._name, Qt.TextElideMode.ElideRight, room)
        align = Qt.AlignmentFlag.AlignVCenter
        near = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
        far = Qt.AlignmentFlag.AlignLeft if self.isRightToLeft() else Qt.AlignmentFlag.AlignRight
        painter.setFont(font)
        painter.setPen(self._theme.color(token))
        box = self._mirrored(QRectF(left, 0, room, self.height()))
        painter.drawText(box, int(align | near | Qt.TextFlag.TextSingleLine), line)
        if self._count:
            painter.setFont(small)
            painter.setPen(self._theme.color("textSecondary" if self.isChecked() else "textMuted"))
            width = self.width()
            box = self._mirrored(
                QRectF(width - _SIDE - count_width - 2, 0, count_width + 2, self.height())
            )
            painter.drawText(box, int(align | far), self._count)


class NavList(QWidget):
    """Rows by key. Tab enters at the current row; ``chosen`` carries the key a person picked."""

    chosen = Signal(str)
    left_at = Signal(str)
    """Walking went past an end: ``up`` or ``down``."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: dict[str, NavRow] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.setAccessibleName(name)
        theme.changed.connect(self._on_theme)

    @property
    def rows(self) -> tuple[NavRow, ...]:
        """The rows in order."""
        return tuple(self._rows.values())

    def row(self, key: str) -> NavRow | None:
        """One row."""
        return self._rows.get(key)

    def set_keys(self, keys: Sequence[str]) -> None:
        """Make exactly these rows, in this order; those that stay keep focus and look."""
        if list(keys) == list(self._rows):
            return
        for key in list(self._rows):
            if key not in keys:
                gone = self._rows.pop(key)
                self._group.removeButton(gone)
                self._column.removeWidget(gone)
                gone.hide()
                gone.deleteLater()
        ordered = {}
        for place, key in enumerate(keys):
            row = self._rows.get(key) or self._make(key)
            ordered[key] = row
            self._column.insertWidget(place, row)
        self._rows = ordered
        self._set_tab_stop()

    def set_current(self, key: str) -> None:
        """Mark a row as the current one, as a program does: no signal."""
        row = self._rows.get(key)
        if row is not None:
            row.setChecked(True)
        else:
            self._group.setExclusive(False)
            for other in self._rows.values():
                other.setChecked(False)
            self._group.setExclusive(True)
        self._set_tab_stop()
        self.update()

    def enter(self, *, last: bool = False) -> bool:
        """Take the focus at the first or last row; False when there is none."""
        rows = self.rows
        if not rows:
            return False
        rows[-1 if last else 0].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def current_row(self) -> NavRow | None:
        """The current row, else the first."""
        return next((row for row in self.rows if row.isChecked()), next(iter(self.rows), None))

    def _make(self, key: str) -> NavRow:
        row = NavRow(key, self._theme, self)
        row.clicked.connect(self._on_clicked)
        row.walked.connect(self._on_walked)
        self._group.addButton(row)
        row.show()
        return row

    def _set_tab_stop(self) -> None:
        stop = self.current_row()
        for row in self.rows:
            row.setFocusPolicy(
                Qt.FocusPolicy.StrongFocus if row is stop else Qt.FocusPolicy.ClickFocus
            )
        if stop is not None:
            self.setFocusProxy(stop)

    def _on_theme(self) -> None:
        for row in self.rows:
            row.updateGeometry()
            row.update()

    def _on_clicked(self) -> None:
        row = self.sender()
        if isinstance(row, NavRow):
            self._set_tab_stop()
            self.chosen.emit(row.key)

    def _on_walked(self, way: str) -> None:
        row: QObject | None = self.sender()
        rows = self.rows
        if not isinstance(row, NavRow):
            return
        place = rows.index(row)
        wanted = {"up": place - 1, "down": place + 1, "first": 0, "last": len(rows) - 1}[way]
        if 0 <= wanted < len(rows):
            rows[wanted].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.left_at.emit(way)
