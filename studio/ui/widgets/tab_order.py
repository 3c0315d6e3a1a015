"""The way Tab takes through widgets that come after the window is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Iterable


def tab_through(holder: QWidget, parts: Iterable[QWidget]) -> None:
    """Let Tab visit ``parts`` (and what can be reached inside them) in this order, where ``holder``
    stands in the window.

    Qt puts a new widget behind all others of its window; a row added to a list in the middle would
    be reached last.
    """
    policy = holder.focusPolicy()
    # Qt takes only a widget that can have the focus as the one before.
    holder.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    before = holder
    for part in parts:
        for stop in (part, *part.findChildren(QWidget)):
            # One that hands its focus on is no stop: Qt would tie the chain into a knot there.
            proxy: QWidget | None = stop.focusProxy()
            if stop.focusPolicy() & Qt.FocusPolicy.TabFocus and proxy is None:
                QWidget.setTabOrder(before, stop)
                before = stop
    holder.setFocusPolicy(policy)
