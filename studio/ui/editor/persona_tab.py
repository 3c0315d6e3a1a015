"""The Persona tab: who the influencer is and how it speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.editor.field_binding import bind
from studio.ui.editor.reference_strip import ReferenceStrip
from studio.ui.editor.surfaces import Page
from studio.ui.widgets.card import Notice
from studio.ui.widgets.label import Label

if TYPE_CHECKING:
    from studio.ui.editor.field_binding import FieldBinding
    from studio.ui.theme import Theme
    from studio.viewmodels.editor import EditorViewModel
    from studio.viewmodels.look import LookViewModel
    from studio.viewmodels.pictures import PictureLoader

LAYOUT = (
    ("gender", "age_range"),
    ("personality.traits",),
    ("personality.tone", "personality.humor"),
    ("personality.formality", "personality.speaking_style"),
    ("personality.values", "personality.interests"),
    ("personality.catchphrases",),
)
"""Fields side by side, or one over the whole width."""


class PersonaTab(QWidget):
    """``bindings`` are its fields, refreshed by the editor."""

    def __init__(
        self,
        editor: EditorViewModel,
        look: LookViewModel,
        pictures: PictureLoader,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._editor = editor
        self._look = look
        content = QWidget(self)
        self.notice = Notice("", "plain", content)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        bindings: list[FieldBinding] = []
        for line, paths in enumerate(LAYOUT):
            for column, path in enumerate(paths):
                binding = bind(editor, path, content)
                span = 2 if len(paths) == 1 else 1
                grid.addWidget(binding.row, line, column, 1, span)
                if span == 1:
                    grid.setAlignment(binding.row, Qt.AlignmentFlag.AlignTop)
                bindings.append(binding)
        self.bindings = tuple(bindings)
        self.count = Label(role="captionMuted", tabular=True, parent=content)
        self.strip = ReferenceStrip(look, pictures, theme, content)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(Label(self.tr("Reference images"), role="field", parent=content))
        head.addWidget(self.count)
        head.addStretch(1)
        column_box = QVBoxLayout(content)
        column_box.setContentsMargins(20, 14, 20, 20)
        column_box.setSpacing(12)
        column_box.addWidget(self.notice)
        column_box.addLayout(grid)
        references = QVBoxLayout()
        references.setSpacing(6)
        references.addLayout(head)
        references.addWidget(self.strip)
        column_box.addLayout(references)
        column_box.addStretch(1)
        self.page = Page(content, self)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.page)
        look.tiles_changed.connect(self._on_tiles_changed)

    def refresh(self) -> None:
        """Show or hide the calm note above the fields."""
        note = self._editor.note
        self.notice.set_text(note)
        self.notice.setVisible(bool(note))

    def _on_tiles_changed(self) -> None:
        self.count.setText(str(self._look.bound_count))
