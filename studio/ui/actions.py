"""Every action of the window, made once: words, shortcut, icon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence

from studio.core.values import dataclass

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu, QMenuBar

    from studio.ui.theme import Theme

PROJECT_KEYS = 9
"""How many projects can be reached by Ctrl and a digit."""


@dataclass(frozen=True, slots=True)
class _Spec:
    text: str
    icon: str
    keys: tuple[QKeySequence, ...] = ()
    role: QAction.MenuRole = QAction.MenuRole.NoRole


class Actions(QObject):
    """The actions by name. Whoever can do one connects to its ``triggered``.

    They are put on the window, so that shortcuts work without a visible menu row; on macOS
    :meth:`fill_menu_bar` shows them in the system's menu bar as well.
    """

    project_wanted = Signal(object)
    """The place of a project in the side bar, 0 for the first."""

    def __init__(
        self,
        theme: Theme,
        *,
        undo: QAction,
        redo: QAction,
        publish: QAction,
        parent: QObject | None = None,
    ) -> None:
        """``undo``, ``redo`` and ``publish`` are the editor's own: it knows when they can."""
        super().__init__(parent)
        self._theme = theme
        self._all: list[QAction] = []
        self._chosen = self._present = True
        self._icons: list[tuple[QAction, str]] = []
        ctrl, shift = Qt.Modifier.CTRL, Qt.Modifier.SHIFT
        key = Qt.Key
        self.new_influencer = self._add(
            _Spec(self.tr("New influencer…"), "plus", (QKeySequence(ctrl | key.Key_N),))
        )
        self.search = self._add(
            _Spec(self.tr("Search"), "search", (QKeySequence(QKeySequence.StandardKey.Find),))
        )
        self.clone = self._add(
            _Spec(self.tr("Clone…"), "copy-plus", (QKeySequence(ctrl | shift | key.Key_D),))
        )
        self.clone_now = self._add(
            _Spec(self.tr("Clone now"), "copy-plus", (QKeySequence(ctrl | key.Key_D),))
        )
        self.publish = self._take(publish, "send")
        self.discard = self._add(_Spec(self.tr("Discard unsent edits"), "undo-2"))
        self.delete = self._add(_Spec(self.tr("Delete…"), "trash"))
        self.undo = self._take(undo, "undo-2")
        self.redo = self._take(redo, "redo-2")
        self.publish_drafts = self._add(
            _Spec(
                self.tr("Publish drafts…"),
                "cloud-upload",
                (QKeySequence(ctrl | shift | key.Key_Return),),
            )
        )
        self.outbox = self._add(
            _Spec(self.tr("Outbox…"), "send", (QKeySequence(ctrl | shift | key.Key_O),))
        )
        self.conflicts = self._add(_Spec(self.tr("Conflicts…"), "git-fork"))
        self.backups = self._add(_Spec(self.tr("Backups…"), "archive-restore"))
        self.as_of = self._add(
            _Spec(self.tr("Roster as of…"), "history", (QKeySequence(ctrl | shift | key.Key_H),))
        )
        self.sync_now = self._add(
            _Spec(self.tr("Sync now"), "refresh-cw", (QKeySequence(key.Key_F5),))
        )
        self.toggle_theme = self._add(_Spec(self.tr("Switch light and dark"), "sun-moon"))
        self.settings = self._add(
            _Spec(
                self.tr("Settings…"),
                "settings",
                (QKeySequence(ctrl | key.Key_Comma),),
                QAction.MenuRole.PreferencesRole,
            )
        )
        self.about = self._add(
            _Spec(self.tr("About Persona Studio"), "info", (), QAction.MenuRole.AboutRole)
        )
        self.quit = self._add(
            _Spec(
                self.tr("Quit"),
                "log-out",
                (QKeySequence(ctrl | key.Key_Q),),
                QAction.MenuRole.QuitRole,
            )
        )
        self.next_region = self._add(
            _Spec(
                self.tr("Next part of the window"), "panels-top-left", (QKeySequence(key.Key_F6),)
            )
        )
        self.previous_region = self._add(
            _Spec(
                self.tr("Previous part of the window"),
                "panels-top-left",
                (QKeySequence(shift | key.Key_F6),),
            )
        )
        self.projects = tuple(self._add_project(number) for number in range(PROJECT_KEYS))
        self.set_influencer_chosen(chosen=False)

    @property
    def all(self) -> tuple[QAction, ...]:
        """Every action, for the window to hold."""
        return tuple(self._all)

    def draw_icons(self) -> None:
        """Give every action its icon: only menus show them, so the first paint need not wait."""
        for action, icon in self._icons:
            self._theme.bind_icon(action, icon)
        self._icons.clear()

    def set_influencer_chosen(self, *, chosen: bool) -> None:
        """Enable what needs an influencer, or disable it."""
        self._chosen = chosen
        self._enable()
        if not chosen:
            self.discard.setEnabled(False)

    def set_present(self, *, present: bool) -> None:
        """Enable what changes something, or disable it while the roster of the past is shown."""
        if present != self._present:
            self._present = present
            self._enable()

    def _enable(self) -> None:
        for action in (self.clone, self.clone_now, self.delete):
            action.setEnabled(self._chosen and self._present)
        for action in (self.new_influencer, self.publish_drafts):
            action.setEnabled(self._present)

    def set_unsent(self, *, unsent: bool) -> None:
        """Enable what needs unsent edits, or disable it."""
        self.discard.setEnabled(unsent)

    def fill_menu_bar(self, bar: QMenuBar) -> None:
        """The system's menu bar of macOS."""
        _put(
            bar.addMenu(self.tr("File")),
            (
                self.new_influencer,
                None,
                self.publish_drafts,
                self.outbox,
                self.conflicts,
                self.sync_now,
                None,
                self.backups,
                self.settings,
                self.about,
                self.quit,
            ),
        )
        _put(
            bar.addMenu(self.tr("Edit")),
            (self.undo, self.redo, None, self.search, None, self.publish, self.discard),
        )
        _put(bar.addMenu(self.tr("Influencer")), (self.clone, self.clone_now, None, self.delete))
        _put(
            bar.addMenu(self.tr("View")),
            (
                self.as_of,
                self.toggle_theme,
                None,
                self.next_region,
                self.previous_region,
                None,
                *self.projects,
            ),
        )

    def fill_window_menu(self, menu: QMenu) -> None:
        """The menu behind the organization in the side bar."""
        _put(
            menu,
            (
                self.publish_drafts,
                self.outbox,
                self.conflicts,
                self.as_of,
                None,
                self.backups,
                self.settings,
                self.sync_now,
                self.toggle_theme,
                None,
                self.about,
                self.quit,
            ),
        )

    def _add(self, spec: _Spec) -> QAction:
        action = QAction(spec.text, self)
        action.setShortcuts(list(spec.keys))
        action.setMenuRole(spec.role)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self._icons.append((action, spec.icon))
        self._all.append(action)
        return action

    def _take(self, action: QAction, icon: str) -> QAction:
        self._icons.append((action, icon))
        self._all.append(action)
        return action

    def _add_project(self, number: int) -> QAction:
        digit = Qt.Key(Qt.Key.Key_1 + number)
        text = self.tr("Go to project {number}").format(number=number + 1)
        action = self._add(_Spec(text, "folder", (QKeySequence(Qt.Modifier.CTRL | digit),)))
        action.setData(number)
        action.triggered.connect(self._on_project)
        return action

    def _on_project(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.project_wanted.emit(action.data())


def _put(menu: QMenu, actions: tuple[QAction | None, ...]) -> None:
    for action in actions:
        if action is None:
            menu.addSeparator()
        else:
            menu.addAction(action)
