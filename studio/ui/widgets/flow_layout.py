"""A layout that fills lines from the reading side and wraps, as words do."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Items at their size hint, one after another; the last may be told to fill its line."""

    def __init__(
        self, parent: QWidget | None = None, *, spacing: int = 6, fill_last: bool = False
    ) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = spacing
        self._fill_last = fill_last
        self._heights: dict[int, int] = {}
        self._least: QSize | None = None
        self.setContentsMargins(QMargins(0, 0, 0, 0))

    def addItem(self, item: QLayoutItem) -> None:
        """Append ``item``."""
        self._items.append(item)

    def insert_widget(self, index: int, widget: QWidget) -> None:
        """Put ``widget`` before the item at ``index``."""
        self.addWidget(widget)
        self._items.insert(index, self._items.pop())
        self.invalidate()

    def count(self) -> int:
        """How many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item at ``index``, None past the end."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove and return the item at ``index``, None past the end."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It wants no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Narrower means more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of all lines at ``width``."""
        # Asked for many times while a form is laid out.
        known = self._heights.get(width)
        if known is None:
            known = self._heights[width] = self._arrange(QRect(0, 0, width, 0), move=False)
        return known

    def invalidate(self) -> None:
        """An item has changed or come or gone: measure anew."""
        self._heights.clear()
        self._least = None
        super().invalidate()

    def setGeometry(self, rect: QRect) -> None:
        """Place every item in ``rect``."""
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        """All items on one line."""
        margins = self.contentsMargins()
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in shown) + self._gap * max(0, len(shown) - 1)
        height = max((size.height() for size in shown), default=0)
        return QSize(
            width + margins.left() + margins.right(), height + margins.top() + margins.bottom()
        )

    def minimumSize(self) -> QSize:
        """The widest single item."""
        if self._least is None:
            margins = self.contentsMargins()
            size = QSize(margins.left() + margins.right(), margins.top() + margins.bottom())
            least = QSize()
            for item in self._items:
                least = least.expandedTo(item.minimumSize())
            self._least = size + least
        return self._least

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        inner = rect.marginsRemoved(self.contentsMargins())
        x, y, line = inner.left(), inner.top(), 0
        right = inner.left() + inner.width()
        last = len(self._items) - 1
        for index, item in enumerate(self._items):
            if item.isEmpty():
                continue
            hint = item.sizeHint()
            width = min(hint.width(), max(inner.width(), item.minimumSize().width()))
            if x > inner.left() and x + width > right:
                x, y, line = inner.left(), y + line + self._gap, 0
            if self._fill_last and index == last:
                width = max(width, right - x)
            if move:
                item.setGeometry(
                    self._mirrored(QRect(QPoint(x, y), QSize(width, hint.height())), inner)
                )
            x += width + self._gap
            line = max(line, hint.height())
        margins = self.contentsMargins()
        return y + line - rect.top() + margins.bottom()

    def _mirrored(self, box: QRect, inner: QRect) -> QRect:
        owner = self.parentWidget()
        if owner is not None and owner.isRightToLeft():
            box.moveLeft(inner.left() + inner.right() - box.right())
        return box
