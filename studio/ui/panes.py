"""Gallery and editor: side by side when there is room, else one page each."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.ui.widgets.buttons import Button

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent

    from studio.ui.theme import Theme

EDITOR_WIDTH = 468
_EDITOR_LEAST = 400
_EDITOR_MOST = 760
_GALLERY_LEAST = 320


class _Holder(QWidget):
    """The editor's place: on surface color, reserved before the editor is built."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setMinimumWidth(_EDITOR_LEAST)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """The editor's usual width."""
        return QSize(EDITOR_WIDTH, 600)

    def hold(self, editor: QWidget) -> None:
        """Put the editor in."""
        self._column.addWidget(editor)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("surface"))
        painter.end()


class _EditorPage(QWidget):
    """The editor alone, with the way back above it."""

    back = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        button = Button(self.tr("All influencers"), "ghost", "arrow-left", compact=True)
        button.clicked.connect(self.back)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 8)
        head.addWidget(button)
        head.addStretch(1)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addLayout(head)
        self.back_button = button

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground, and a hairline below the way back."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("surface"))
        bottom = self.back_button.geometry().bottom() + 8
        painter.fillRect(0, bottom, self.width(), 1, self._theme.color("hairline"))
        painter.end()


class Panes(QStackedWidget):
    """Wide: a splitter of gallery and editor. Narrow: the gallery, and the editor as a page."""

    page_changed = Signal()
    """The editor's page came or went, or the splitter moved."""

    def __init__(self, gallery: QWidget, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scale = theme.text_scale
        self.gallery = gallery
        self._narrow = False
        self._wanted_width = EDITOR_WIDTH
        self._width_due = True
        self._holder = _Holder(theme)
        self._editor: QWidget | None = None
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        gallery.setMinimumWidth(_GALLERY_LEAST)
        gallery.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._splitter.addWidget(gallery)
        self._splitter.addWidget(self._holder)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)
        self._page = _EditorPage(theme)
        self.addWidget(self._splitter)
        self.addWidget(self._page)
        self._page.back.connect(self.back)
        self._splitter.splitterMoved.connect(self._on_moved)
        theme.changed.connect(self._on_theme_changed)

    @property
    def editor(self) -> QWidget | None:
        """The editor, once it is built."""
        return self._editor

    @property
    def is_narrow(self) -> bool:
        """Whether gallery and editor take turns."""
        return self._narrow

    @property
    def shows_editor(self) -> bool:
        """Whether the editor is on screen now."""
        return not self._narrow or self.currentWidget() is self._page

    @property
    def shows_gallery(self) -> bool:
        """Whether the gallery is on screen now."""
        return self.currentWidget() is self._splitter

    def set_editor(self, editor: QWidget) -> None:
        """Put the editor into the place kept for it; once."""
        self._editor = editor
        self._holder.hold(editor)

    def editor_width(self) -> int:
        """The width the person gave the editor beside the gallery, in design pixels."""
        return self._wanted_width

    def set_editor_width(self, width: int) -> None:
        """Give the editor this width, in design pixels, as soon as there is room for it."""
        self._wanted_width = max(_EDITOR_LEAST, min(_EDITOR_MOST, width))
        self._width_due = True
        self._apply_width()

    def set_narrow(self, narrow: bool) -> None:
        """Take turns, or stand side by side; what was looked at stays on screen."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        # Qt's stubs promise a widget where there may be none.
        focused = cast("QWidget | None", self.focusWidget())
        editing = focused is not None and self._holder.isAncestorOf(focused)
        if narrow:
            self._page.column.addWidget(self._holder, 1)
            self.setCurrentWidget(self._page if editing else self._splitter)
        else:
            self._splitter.addWidget(self._holder)
            self._splitter.setStretchFactor(1, 0)
            self.setCurrentWidget(self._splitter)
            self._width_due = True
            self._apply_width()
        self._holder.show()
        if editing and focused is not None:
            focused.setFocus()
        self.page_changed.emit()

    def open_editor(self) -> None:
        """Show the editor: its page when narrow; beside the gallery it is there already."""
        if self._narrow and self.currentWidget() is not self._page:
            self.setCurrentWidget(self._page)
            (self._editor or self._page.back_button).setFocus(Qt.FocusReason.OtherFocusReason)
            self.page_changed.emit()

    def back(self) -> None:
        """Show the gallery again."""
        if self.currentWidget() is self._page:
            self.setCurrentWidget(self._splitter)
            self.gallery.setFocus(Qt.FocusReason.OtherFocusReason)
            self.page_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the editor's page when nothing in it wanted the key."""
        if event.key() == Qt.Key.Key_Escape and self.currentWidget() is self._page:
            self.back()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The first real size is the moment to give the editor its width."""
        super().resizeEvent(event)
        self._apply_width()

    def _apply_width(self) -> None:
        room = self.width() - self._splitter.handleWidth()
        if not self._width_due or self._narrow or room < _GALLERY_LEAST + _EDITOR_LEAST:
            return
        self._width_due = False
        editor = min(round(self._wanted_width * self._scale), room - _GALLERY_LEAST)
        self._splitter.setSizes([room - editor, editor])

    def _on_moved(self) -> None:
        self._wanted_width = round(self._splitter.sizes()[1] / self._scale)
        self.page_changed.emit()

    def _on_theme_changed(self) -> None:
        if self._theme.text_scale != self._scale:
            self._scale = self._theme.text_scale
            self._width_due = True
            self._apply_width()
