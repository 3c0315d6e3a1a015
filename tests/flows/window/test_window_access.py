"""Keyboard and screen reader: all that takes the focus has a name, and Tab goes everywhere."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget
from window_driver import SHIFT

from studio.ui.clone.dialog import CloneDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from window_driver import WindowDriver


def _nameless(root: QWidget) -> list[str]:
    """Widgets a person can reach by Tab of which a screen reader has nothing to say."""
    found = []
    for widget in (root, *root.findChildren(QWidget)):
        reachable = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if not reachable or not widget.isVisible() or not widget.isEnabled():
            continue
        if widget.focusProxy() is not None or widget is root:
            continue
        described = QAccessible.queryAccessibleInterface(widget)
        if not described.text(QAccessible.Text.Name).strip():
            owner = widget.parentWidget()
            found.append(f"{type(widget).__name__} in {type(owner).__name__}")
    return found


def _region(desk: WindowDriver, widget: QWidget | None) -> str:
    window = desk.window
    regions = {
        "side bar": window.window.sidebar,
        "gallery": window.page,
        "editor": desk.view,
        "status bar": window.window.status_bar,
    }
    for name, region in regions.items():
        if widget is not None and (region is widget or region.isAncestorOf(widget)):
            return name
    return f"nowhere ({type(widget).__name__})"


async def _walk(desk: WindowDriver, step: Callable[[], Any], most: int = 120) -> list[QWidget]:
    """Everything the focus passes until it is back where it began."""
    start = QApplication.focusWidget()
    assert start is not None
    passed = [start]
    for _ in range(most):
        await step()
        focus = QApplication.focusWidget()
        assert focus is not None
        if focus is start:
            return passed
        assert focus is not passed[-1], f"the keyboard is trapped in {_told(focus)}"
        assert focus.isVisible()
        passed.append(focus)
    raise AssertionError(f"Tab never comes back: {[_told(each) for each in passed]}")


def _told(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName()}".strip()


def _regions(desk: WindowDriver, passed: list[QWidget]) -> list[str]:
    regions: list[str] = []
    for widget in passed:
        region = _region(desk, widget)
        if not regions or region != regions[-1]:
            regions.append(region)
    return regions


def _reachable(root: QWidget) -> list[QWidget]:
    """Everything that asks for the focus by Tab and can have it now."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and widget.isVisible()
        and widget.isEnabled()
    ]


@pytest.mark.parametrize("page", ["persona", "look", "variants"])
async def test_tab_walks_the_whole_window_and_back(scene: Any, page: str) -> None:
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        await desk.type_into("personality.humor", "so that there is something to publish")
        await desk.until("it can be published", desk.view.footer.publish.isEnabled)
        desk.view.show_tab(page)
        desk.window.window.sidebar.organization.setFocus(Qt.FocusReason.TabFocusReason)

        forth = await _walk(desk, partial(desk.press, Qt.Key.Key_Tab))
        missed = [_told(each) for each in _reachable(desk.main) if each not in forth]
        assert missed == [], "Tab does not lead there"
        assert _regions(desk, forth) == ["side bar", "gallery", "editor", "status bar"]
        back = await _walk(desk, partial(desk.press, Qt.Key.Key_Backtab, SHIFT))
        assert back == [forth[0], *forth[:0:-1]], "Shift+Tab is the way back"


async def test_f6_goes_from_part_to_part(scene: Any) -> None:
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        desk.window.window.sidebar.organization.setFocus(Qt.FocusReason.TabFocusReason)
        for region in ("gallery", "editor", "status bar", "side bar"):
            await desk.press(Qt.Key.Key_F6)
            assert _region(desk, QApplication.focusWidget()) == region
        for region in ("status bar", "editor", "gallery", "side bar"):
            await desk.press(Qt.Key.Key_F6, SHIFT)
            assert _region(desk, QApplication.focusWidget()) == region


async def test_everything_that_takes_the_focus_has_a_name(scene: Any) -> None:
    async with scene:
        await scene.serve()
        desk = await scene.open()
        await desk.ready()
        actions = desk.window.actions
        nameless, missed = [], []
        await desk.type_into("personality.humor", "changed")
        for page in ("persona", "look", "variants"):
            desk.view.show_tab(page)
            await desk.turns()
            nameless += [f"{page}: {each}" for each in _nameless(desk.main)]
        desk.view.show_tab("persona")
        shows = {
            "clone": actions.clone.trigger,
            "creation": actions.new_influencer.trigger,
            "deletion": actions.delete.trigger,
            "settings": actions.settings.trigger,
            "about": actions.about.trigger,
            "jobs": desk.window.window.status_bar.jobs_wanted.emit,
            "review": desk.view.show_review,
            "quit": desk.main.close,
        }
        for name, show in shows.items():
            show()
            await desk.until(f"{name} is open", desk.open_dialogs)
            await desk.turns(20)
            (dialog,) = desk.open_dialogs()
            assert dialog.windowTitle(), name
            if isinstance(dialog, CloneDialog):
                # Its rows are laid out anew when the details of its source have come.
                await desk.until("it knows its source", dialog.clone_button.isEnabled)
            nameless += [f"{name}: {each}" for each in _nameless(dialog)]
            focus = QApplication.focusWidget()
            assert focus is not None
            assert dialog.isAncestorOf(focus), f"{name} takes the keyboard"
            forth = await _walk(desk, partial(desk.press, Qt.Key.Key_Tab))
            assert all(dialog.isAncestorOf(each) for each in forth), f"Tab leaves {name}"
            missed += [f"{name}: {_told(each)}" for each in _reachable(dialog) if each not in forth]
            dialog.reject()
            await desk.until("it is closed", lambda: not desk.open_dialogs())
        assert nameless == []
        assert missed == [], "Tab does not lead there"
