"""What Publish would send: the changed fields alone, old against new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.ui.dialog_size import enlarged, open_size
from studio.ui.editor.surfaces import Page, TintedLabel
from studio.ui.widgets.dialog import StudioDialog
from studio.ui.widgets.flow_layout import FlowLayout
from studio.ui.widgets.glyph import Glyph
from studio.ui.widgets.label import Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QImage

    from studio.domain.diff import Change
    from studio.ui.theme import Theme

WIDTH = 560
AROUND = 140
"""Header and footer, in design pixels."""
HIGHEST = 640
PUBLISH = 1
LONGEST_ENTRY = 200
LONGEST_LINE = 48


class ChangeView(QWidget):
    """One changed field: its name, then old and new, or the entries added and removed."""

    def __init__(self, change: Change, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.change = change
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        name = QCoreApplication.translate("Fields", change.label)
        column.addWidget(Label(name, role="field", parent=self))
        if isinstance(change.new, tuple) or isinstance(change.old, tuple):
            column.addWidget(self._entries())
        else:
            column.addLayout(self._texts())

    def _texts(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        nothing = self.tr("empty")
        old = str(self.change.old or nothing)
        new = str(self.change.new or nothing)
        row.addWidget(self._tinted(old, "removedFill"), 1, Qt.AlignmentFlag.AlignTop)
        row.addWidget(Glyph("arrow-right", "muted", 14, self))
        row.addWidget(self._tinted(new, "addedFill"), 1, Qt.AlignmentFlag.AlignTop)
        return row

    def _tinted(self, text: str, fill: str) -> TintedLabel:
        label = TintedLabel(self._theme, text, fill, parent=self)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        return label

    def _entries(self) -> QWidget:
        box = QWidget(self)
        flow = FlowLayout(box, spacing=6)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        box.setSizePolicy(policy)
        for entry in self.change.removed:
            flow.addWidget(self._entry("−", entry, "removedFill", self.tr("removed {entry}")))
        for entry in self.change.added:
            flow.addWidget(self._entry("+", entry, "addedFill", self.tr("added {entry}")))
        if not self.change.removed and not self.change.added:
            moved = self.tr("The order of the entries is another.")
            flow.addWidget(Label(moved, role="secondary", parent=box))
        return box

    def _entry(self, sign: str, entry: str, fill: str, spoken: str) -> TintedLabel:
        words = entry if len(entry) <= LONGEST_ENTRY else entry[:LONGEST_ENTRY] + "…"
        wrap = len(words) > LONGEST_LINE
        chip = TintedLabel(self._theme, f"{sign} {words}", fill, wrap=wrap, parent=self)
        chip.setAccessibleName(spoken.replace("{entry}", words))
        return chip


class ReviewDialog(StudioDialog):
    """Lists the changes given; closes with ``PUBLISH`` when they may go."""

    def __init__(
        self,
        name: str,
        changes: Sequence[Change],
        blocker: str,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        portrait: QImage | None = None,
    ) -> None:
        """``blocker`` is why they cannot be published, or empty."""
        super().__init__("", parent=parent)
        self.set_picture(portrait, name)
        if len(changes) == 1:
            count = self.tr("1 field of {name} changes.")
        else:
            count = self.tr("{count} fields of {name} change.")
        subtitle = count.replace("{count}", str(len(changes))).replace("{name}", name)
        self.set_title(self.tr("Review changes"), subtitle)
        self.setWindowTitle(self.tr("Review changes"))
        self.rows = tuple(ChangeView(change, theme, self) for change in changes)
        content = QWidget(self)
        column = QVBoxLayout(content)
        self.body.setContentsMargins(0, 0, 0, 0)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(16)
        for row in self.rows:
            column.addWidget(row)
        column.addStretch(1)
        page = Page(content, self)
        self.body.addWidget(page, 1)
        self.add_footnote(blocker or self.tr("Existing content stays as it is."))
        self.add_button(self.tr("Close"), "outline", result=0)
        self.publish = self.add_button(
            self.tr("Publish"), "primary", result=PUBLISH, default=not blocker
        )
        self.publish.setEnabled(not blocker)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.publish.click)
        open_size(self, WIDTH, self._fitting(column))

    def _fitting(self, column: QVBoxLayout) -> int:
        """The height, in design pixels, that shows every change without scrolling."""
        for child in self.findChildren(QWidget):
            # Before a dialog is shown its labels do not know their text size yet.
            child.ensurePolished()
        needed = max(column.totalHeightForWidth(enlarged(WIDTH)), column.totalSizeHint().height())
        return min(HIGHEST, round(needed * WIDTH / enlarged(WIDTH)) + AROUND)
