"""The window as a person uses it: keys to whatever has the focus, clicks, words on the screen."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, TypeVar, cast

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLabel,
    QMenu,
    QWidget,
)

from studio.ui.widgets.toast import Toast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from studio.app.studio import Studio
    from studio.app.window import StudioWindow
    from studio.domain.influencer import FieldValue, Influencer
    from studio.ui.editor.editor_view import EditorView
    from studio.viewmodels.look import LookViewModel

W = TypeVar("W", bound=QWidget)

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier


class WindowDriver:
    """One run of the program. ``window`` is its composition, ``main`` the window on the screen."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self._closed = False

    # ---- parts

    @property
    def window(self) -> StudioWindow:
        """View models and widgets of the run."""
        assert self.studio.window is not None
        return self.studio.window

    @property
    def main(self) -> QWidget:
        """The window on the screen."""
        return self.window.window

    @property
    def view(self) -> EditorView:
        """The editor."""
        assert self.window.editor_view is not None
        return self.window.editor_view

    @property
    def look(self) -> LookViewModel:
        """Reference images of the open influencer."""
        assert self.window.look is not None
        return self.window.look

    @property
    def open_id(self) -> str:
        """The influencer in the editor."""
        return self.window.editor.influencer_id

    @property
    def open_name(self) -> str:
        """Its name as the form has it."""
        return str(self.window.editor.value("name") or "")

    def control(self, path: str) -> Any:
        """The control of a field."""
        return self.view.header.name if path == "name" else self.view.binding(path).row.editor

    def problem(self, path: str) -> str:
        """The sentence a person reads beside a field."""
        if path == "name":
            label = self.view.header._problem
        else:
            label = self.view.binding(path).row._problem
        return label.text() if label.isVisible() else ""

    def card_id(self, row: int) -> str:
        """Who is on a card."""
        return self.window.gallery.id_at(row)

    def card_ids(self) -> list[str]:
        """Who is on the cards."""
        return [self.card_id(row) for row in range(self.window.gallery.size)]

    def card_names(self) -> list[str]:
        """The names on the cards."""
        rows = (self.window.gallery.row_at(place) for place in range(self.window.gallery.size))
        return [row.name if row is not None else "" for row in rows]

    def status_of(self, influencer_id: str) -> str:
        """The status word of a card, empty when it has none."""
        for place in range(self.window.gallery.size):
            row = self.window.gallery.row_at(place)
            if row is not None and row.id == influencer_id:
                return row.status
        return ""

    # ---- words on the screen

    def words(self, root: QWidget | None = None) -> list[str]:
        """Every text that is visible now, in the window, its dialogs and toasts."""
        roots = [root] if root is not None else self._visible_windows()
        found = [
            _text_of(widget)
            for top in roots
            for widget in (top, *top.findChildren(QWidget))
            if widget.isVisible()
        ]
        return [text for text in found if text]

    def says(self, part: str, root: QWidget | None = None) -> bool:
        """Whether a visible text contains ``part``."""
        return any(part in text for text in self.words(root))

    @property
    def waiting(self) -> int:
        """How many changes wait to be sent, as the program counts them."""
        return self.window.session.engine.status.waiting

    @property
    def contact_words(self) -> str:
        """The left end of the status bar."""
        return self.window.status.line.words

    def toasts(self) -> list[str]:
        """The passing notices on the screen, oldest first."""
        found = self.main.findChildren(Toast)
        return [toast.accessibleName() for toast in found if toast.isVisible()]

    def _visible_windows(self) -> list[QWidget]:
        return [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]

    # ---- waiting

    async def until(self, what: str, holds: Callable[[], object], seconds: float = 15.0) -> None:
        """Wait until ``holds``; fails with what was waited for and what the window says."""
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise AssertionError(
                    f"Waited {seconds:.0f} s in vain until {what}. On the screen: {self.words()}"
                )
            await asyncio.sleep(0.01)

    async def turns(self, count: int = 5) -> None:
        """Let the program answer to what was just done: a few turns of the loop."""
        for _ in range(count):
            await asyncio.sleep(0)

    async def ready(self, size: int = 12) -> None:
        """Wait until roster, portraits and the open influencer are whole."""
        window = self.window
        await self.until("the roster is on screen", lambda: window.gallery.size >= size)
        await self.until("an influencer is open", self._is_detailed)
        await self.until("portraits are drawn", self.portraits_drawn)
        await self.until("details were read", self.taglines_read)

    def _is_detailed(self) -> bool:
        shown = self.window.editor.shown
        return shown is not None and shown.influencer.detailed

    async def until_detailed(self, influencer_id: str) -> None:
        """Wait until the whole record of an influencer is on this computer."""
        await self._until_stored(influencer_id, lambda stored: stored.detailed)

    async def until_kept(self, influencer_id: str, path: str, value: FieldValue) -> None:
        """Wait until a value is on the disk of this computer."""
        await self._until_stored(influencer_id, lambda stored: stored.value(path) == value)

    async def _until_stored(
        self, influencer_id: str, holds: Callable[[Influencer], bool], seconds: float = 15.0
    ) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            shown = await self.window.session.personas.show(influencer_id)
            if shown is not None and holds(shown.influencer):
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"What is stored of {influencer_id} is not what was waited for.")

    def portraits_drawn(self) -> bool:
        """Every card in sight of a ready influencer shows its picture."""
        rows = [self.window.gallery.row_at(row) for row in self.window.page.grid.rows_in_sight()]
        drawn = all(row and (row.thumbnail_url or row.status != "ready") for row in rows)
        return bool(rows) and drawn and not self.window.pictures.is_loading

    def taglines_read(self) -> bool:
        """Every card in sight of a ready influencer has its line of words."""
        rows = [self.window.gallery.row_at(row) for row in self.window.page.grid.rows_in_sight()]
        return bool(rows) and all(row and (row.tagline or row.status != "ready") for row in rows)

    # ---- keyboard

    async def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """Press and release a key; it goes where the focus is."""
        target = await self._keyboard_target()
        QTest.keyClick(target, key, modifiers)
        await self.turns()

    async def write(self, text: str) -> None:
        """Type a text, a key at a time, into whatever has the focus."""
        for letter in text:
            QTest.keyClicks(await self._keyboard_target(), letter)
        await self.turns()

    async def type_into(self, path: str, text: str) -> None:
        """Put the caret into a field, select all of it and type."""
        self.control(path).setFocus(Qt.FocusReason.TabFocusReason)
        await self.press(Qt.Key.Key_A, CTRL)
        await self.write(text)

    async def paste_into(self, path: str, text: str) -> None:
        """Replace a field's text by pasting, as one does with long ones."""
        QApplication.clipboard().setText(text)
        self.control(path).setFocus(Qt.FocusReason.TabFocusReason)
        await self.press(Qt.Key.Key_A, CTRL)
        await self.press(Qt.Key.Key_V, CTRL)

    async def tab_to(self, wanted: Callable[[QWidget | None], bool], most: int = 80) -> int:
        """Press Tab until the focus is where ``wanted``; how often it took."""
        for count in range(most):
            if wanted(QApplication.focusWidget()):
                return count
            await self.press(Qt.Key.Key_Tab)
        raise AssertionError("Tab does not lead there")

    async def _keyboard_target(self) -> QWidget:
        await self.until("a window is active", self._activated)
        popup = QApplication.activePopupWidget()
        if popup is not None:
            return popup
        active = QApplication.activeWindow()
        assert active is not None
        return QApplication.focusWidget() or active

    def _activated(self) -> bool:
        """A dialog that was opened just now gets the keys a moment later, as on any screen."""
        modal, active = QApplication.activeModalWidget(), QApplication.activeWindow()
        if active is None or modal not in (None, active):
            (modal or self.main).activateWindow()
        active = QApplication.activeWindow()
        return active is not None and QApplication.activeModalWidget() in (None, active)

    # ---- mouse

    async def click(
        self, widget: QWidget, at: QPoint | None = None, *, double: bool = False
    ) -> None:
        """Click the middle of a widget or a point of it."""
        place = at or widget.rect().center()
        under = widget.childAt(place) or widget
        point = under.mapFrom(widget, place) if under is not widget else place
        _press_mouse(under, point, double=double)
        await self.turns()

    async def click_card(self, row: int, *, double: bool = False) -> None:
        """Click a card of the gallery."""
        grid = self.window.page.grid
        at = grid.card_rect(row).center()
        _press_mouse(grid.viewport(), at, double=double)
        await self.turns()

    async def hover(self, widget: QWidget, at: QPoint) -> None:
        """Move the mouse to a point. QTest's own way would turn Qt's loop inside ours."""
        nothing = Qt.MouseButton.NoButton
        place, everywhere = QPointF(at), QPointF(widget.mapToGlobal(at))
        kind = QEvent.Type.MouseMove
        QApplication.sendEvent(
            widget, QMouseEvent(kind, place, everywhere, nothing, nothing, PLAIN)
        )
        await self.turns()

    async def open_card(self, row: int) -> str:
        """Choose a card and wait until the editor has all of it."""
        wanted = self.card_id(row)
        await self.click_card(row)
        await self.until("the card is open", lambda: self.open_id == wanted)
        await self.until("its details are here", self._is_detailed)
        return wanted

    async def go_to(self, influencer_id: str) -> None:
        """Choose a card wherever it is, as a list of the program does, and wait for the editor."""
        await self.until("it has a card", lambda: influencer_id in self.card_ids())
        self.window.open(influencer_id)
        await self.until("it is open", lambda: self.open_id == influencer_id)
        await self.until("its details are here", self._is_detailed)
        await self.turns()

    async def drop(self, widget: QWidget, mime: QMimeData, at: QPoint | None = None) -> None:
        """Let something fall on a widget, as the window system would deliver it."""
        place = at or widget.rect().center()
        where = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, PLAIN)
        QApplication.sendEvent(widget, QDragEnterEvent(place, *where))
        await self.turns()
        QApplication.sendEvent(widget, QDragMoveEvent(place, *where))
        await self.turns()
        QApplication.sendEvent(widget, QDropEvent(QPointF(place), *where))
        await self.turns()

    async def drop_on_card(self, row: int, mime: QMimeData) -> None:
        """Let something fall on a card."""
        page, grid = self.window.page, self.window.page.grid
        at = grid.viewport().mapTo(page, grid.card_rect(row).center())
        await self.drop(page, mime, at)

    # ---- dialogs

    def dialog(self, kind: type[W]) -> W | None:
        """The open dialog of a class."""
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, kind) and widget.isVisible():
                return widget
        return None

    async def opened(self, kind: type[W]) -> W:
        """Wait for a dialog."""
        await self.until(f"{kind.__name__} is open", lambda: self.dialog(kind))
        return cast("W", self.dialog(kind))

    def open_dialogs(self) -> list[QDialog]:
        """Every dialog on the screen."""
        tops = QApplication.topLevelWidgets()
        return [top for top in tops if isinstance(top, QDialog) and top.isVisible()]

    async def choose(self, menu: QMenu, words: str) -> None:
        """Pick an entry of a menu by its words."""
        entry = next(action for action in menu.actions() if action.text() == words)
        assert entry.isEnabled(), f"{words} is disabled"
        entry.trigger()
        await self.turns()

    # ---- leaving

    async def close(self) -> None:
        """Leave as the program does after the question; twice is harmless."""
        if not self._closed:
            self._closed = True
            await self.studio.shut_down()
            self.studio.theme.deleteLater()


def files(paths: Sequence[Path]) -> QMimeData:
    """Files, as a file manager hands them over."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def wire_value(record: dict[str, Any], path: str) -> FieldValue:
    """The value of a field path in a record of the server."""
    from studio.domain.fields import BY_PATH

    group, _, name = BY_PATH[path].wire.rpartition(".")
    value = record[group].get(name) if group else record.get(name)
    return tuple(value) if isinstance(value, list) else value


def _press_mouse(widget: QWidget, at: QPoint, *, double: bool) -> None:
    """One click, or two so fast that nothing of the program runs in between."""
    where = (Qt.MouseButton.LeftButton, PLAIN, at)
    QTest.mouseClick(widget, *where)
    if double:
        QTest.mouseDClick(widget, *where)
        QTest.mouseRelease(widget, *where)


def _text_of(widget: QWidget) -> str:
    full = getattr(widget, "full_text", None)
    if callable(full):
        return str(full())
    if isinstance(widget, QLabel | QAbstractButton) and widget.text():
        return widget.text()
    # What paints its words itself says them to screen readers.
    return widget.accessibleName()
