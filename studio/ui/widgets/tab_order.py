"""Tab goes through a window as an eye reads it, whenever its parts were built.

Qt's own chain is the order of construction: a row added to a list in the middle, or a pane built
after the first paint, would be reached last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QGridLayout,
    QScrollArea,
    QSplitter,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QLayout


def stops(root: QWidget) -> list[QWidget]:
    """What Tab visits inside ``root``, in order: as laid out, else from top to bottom."""
    return [widget for widget in _reading(root) if _is_stop(widget)]


def _is_stop(widget: QWidget) -> bool:
    # One that hands its focus on is no stop: the one it hands it to is.
    proxy: QWidget | None = widget.focusProxy()
    return bool(
        widget.focusPolicy() & Qt.FocusPolicy.TabFocus and proxy is None and widget.isEnabled()
    )


def _reading(widget: QWidget) -> Iterator[QWidget]:
    """Every visible widget under ``widget``, a part before what is inside it."""
    for child in _children(widget):
        if child.isHidden() or child.isWindow():
            continue
        yield child
        yield from _reading(child)


def _children(widget: QWidget) -> list[QWidget]:
    if isinstance(widget, QScrollArea):
        inner = widget.widget()
        return [inner] if inner is not None else []
    if isinstance(widget, QSplitter):
        parts = (widget.widget(place) for place in range(widget.count()))
        return [part for part in parts if part is not None]
    found = {child: None for child in widget.children() if isinstance(child, QWidget)}
    if isinstance(widget, QAbstractScrollArea):
        return list(found)
    ordered: dict[QWidget, None] = {}
    layout: QLayout | None = widget.layout()
    if layout is not None:
        ordered.update(dict.fromkeys(child for child in _laid_out(layout) if child in found))
    loose = [child for child in found if child not in ordered]
    side = -1 if widget.isRightToLeft() else 1
    loose.sort(key=lambda child: (child.y(), side * child.x()))
    return [*ordered, *loose]


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    places = list(range(layout.count()))
    if isinstance(layout, QGridLayout):
        # Row, column, and how many of each it takes; the stubs say only "object".
        places.sort(key=lambda place: cast("tuple[int, ...]", layout.getItemPosition(place)))
    for place in places:
        item = layout.itemAt(place)
        if item is None:
            continue
        # One or the other, or room alone.
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            yield widget
        elif inner is not None:
            yield from _laid_out(inner)


def _near(way: list[QWidget]) -> list[QWidget]:
    """Stops of the closest part around the focus, when it is in something that just went away."""
    holder: QWidget | None = QApplication.focusWidget()
    while holder is not None and not holder.isWindow():
        holder = holder.parentWidget()
        inside = [stop for stop in way if holder is not None and holder.isAncestorOf(stop)]
        if inside:
            return inside
    return []


def step(window: QWidget, *, forward: bool) -> bool:
    """Move the focus one stop on within ``window``, round and round; False when it has no stop.

    For a window's ``focusNextPrevChild``, which Qt calls wherever inside it the focus is.
    """
    way = stops(window)
    if not way:
        return False
    focus: QWidget | None = QApplication.focusWidget()
    while focus is not None and focus not in way and focus is not window:
        focus = focus.parentWidget()
    if focus not in way:
        near = _near(way)
        if near:
            near[0 if forward else -1].setFocus(Qt.FocusReason.OtherFocusReason)
            return True
    place = way.index(focus) if focus in way else -1 if forward else len(way)
    place += 1 if forward else -1
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    way[place % len(way)].setFocus(reason)
    return True
