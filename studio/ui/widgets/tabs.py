"""Tabs as words on a line, the current one underlined."""

from __future__ import annotations

from PySide6.QtCore import Property, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QTabBar, QWidget

from studio.ui.widgets.label import shown

_GAP = 20
_HEIGHT = 41


class TabBar(QTabBar):
    """Tabs with a muted count behind the word. ``picked`` carries the key of the new tab.

    Arrow keys and Home/End move as in any tab bar; :meth:`set_current` never emits.
    """

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: list[str] = []
        self._counts: dict[str, int | None] = {}
        self._count_color = QColor(Qt.GlobalColor.gray)
        self._current_color = QColor(Qt.GlobalColor.black)
        self._line_color = QColor(Qt.GlobalColor.blue)
        self._base_color = QColor(Qt.GlobalColor.lightGray)
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setUsesScrollButtons(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.currentChanged.connect(self._on_current_changed)

    def _get_count_color(self) -> QColor:
        return self._count_color

    def _set_count_color(self, color: QColor) -> None:
        self._count_color = QColor(color)
        self.update()

    def _get_current_color(self) -> QColor:
        return self._current_color

    def _set_current_color(self, color: QColor) -> None:
        self._current_color = QColor(color)
        self.update()

    def _get_line_color(self) -> QColor:
        return self._line_color

    def _set_line_color(self, color: QColor) -> None:
        self._line_color = QColor(color)
        self.update()

    def _get_base_color(self) -> QColor:
        return self._base_color

    def _set_base_color(self, color: QColor) -> None:
        self._base_color = QColor(color)
        self.update()

    count_color = Property(QColor, _get_count_color, _set_count_color)
    current_color = Property(QColor, _get_current_color, _set_current_color)
    line_color = Property(QColor, _get_line_color, _set_line_color)
    base_color = Property(QColor, _get_base_color, _set_base_color)

    def add_tab(self, key: str, text: str, count: int | None = None) -> None:
        """Append a tab."""
        self._keys.append(key)
        self._counts[key] = count
        with QSignalBlocker(self):
            self.addTab(shown(text, 80).replace("&", "&&"))
        self._name(len(self._keys) - 1)

    def set_count(self, key: str, count: int | None) -> None:
        """Show another number behind the word, or none."""
        if self._counts.get(key) != count:
            self._counts[key] = count
            self._name(self._keys.index(key))
            # Setting the text again is the way to have the widths measured anew.
            place = self._keys.index(key)
            self.setTabText(place, self.tabText(place))

    def current(self) -> str:
        """The key of the current tab; empty when there is none."""
        place = self.currentIndex()
        return self._keys[place] if 0 <= place < len(self._keys) else ""

    def set_current(self, key: str) -> None:
        """Go to a tab as a program does: no signal of ours."""
        with QSignalBlocker(self):
            self.setCurrentIndex(self._keys.index(key))
        self.update()

    def tabSizeHint(self, index: int) -> QSize:
        """The word, the count and the gap to the next tab."""
        metrics = QFontMetrics(self._tab_font())
        width = metrics.horizontalAdvance(self._word(index))
        count = self._count_text(index)
        if count:
            width += 6 + QFontMetrics(self._count_font()).horizontalAdvance(count)
        return QSize(width + _GAP, max(_HEIGHT, metrics.height() + 24))

    def minimumTabSizeHint(self, index: int) -> QSize:
        """No squeezing: the bar scrolls instead."""
        return self.tabSizeHint(index)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Words, counts, the base line and the underline of the current tab."""
        painter = QPainter(self)
        base = self.height() - 1
        painter.fillRect(0, base, self.width(), 1, self._base_color)
        for place in range(self.count()):
            self._paint_tab(painter, place)
        painter.end()

    def _paint_tab(self, painter: QPainter, place: int) -> None:
        box = self.tabRect(place)
        # The gap lies behind the word, so that the first word stands on the margin.
        box.adjust(_GAP if self.isRightToLeft() else 0, 0, 0 if self.isRightToLeft() else -_GAP, 0)
        current = place == self.currentIndex()
        hovered = self.tabRect(place).contains(self.mapFromGlobal(self.cursor().pos()))
        strong = current or (hovered and self.underMouse())
        painter.setFont(self._tab_font())
        painter.setPen(self._current_color if strong else self.palette().windowText().color())
        word = self._word(place)
        lead = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(box), lead, word)
        count = self._count_text(place)
        if count:
            painter.setFont(self._count_font())
            painter.setPen(self._count_color)
            tail = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(box), tail, count)
        if current:
            painter.fillRect(box.left(), self.height() - 2, box.width(), 2, self._line_color)
            if self.hasFocus():
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QPen(self._line_color, 2))
                painter.drawRoundedRect(QRectF(box).adjusted(-5, 7, 5, -7), 6, 6)

    def _tab_font(self) -> QFont:
        return self.font()

    def _count_font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(max(11, font.pixelSize() - 2))
        font.setWeight(QFont.Weight.Normal)
        return font

    def _word(self, place: int) -> str:
        return self.tabText(place).replace("&&", "&")

    def _count_text(self, place: int) -> str:
        count = self._counts.get(self._keys[place]) if place < len(self._keys) else None
        return "" if count is None else str(count)

    def _name(self, place: int) -> None:
        count = self._count_text(place)
        name = f"{self._word(place)}, {count}" if count else self._word(place)
        self.setAccessibleTabName(place, name)

    def _on_current_changed(self, _place: int) -> None:
        self.picked.emit(self.current())
