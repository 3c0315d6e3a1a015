"""The Persona tab: who the influencer is and how it speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.editor.field_binding import bind
from studio.ui.editor.field_grid import FieldGrid
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

LATER = ("brand_voice", "language")
"""What only servers of the later generation know."""


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
        content = self._content = QWidget(self)
        self.notice = Notice("", "plain", content)
        lines = [[bind(editor, path, content) for path in paths] for paths in LAYOUT]
        self.bindings = tuple(binding for line in lines for binding in line)
        self.fields = FieldGrid([[binding.row for binding in line] for line in lines], content)
        self._later: FieldGrid | None = None
        self.count = Label(role="captionMuted", tabular=True, parent=content)
        self.strip = ReferenceStrip(look, pictures, theme, content)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(Label(self.tr("Reference images"), role="field", parent=content))
        head.addWidget(self.count)
        head.addStretch(1)
        column_box = self._column = QVBoxLayout(content)
        column_box.setContentsMargins(20, 14, 20, 20)
        column_box.setSpacing(12)
        column_box.addWidget(self.notice)
        column_box.addWidget(self.fields)
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

    def offer(self) -> tuple[FieldBinding, ...]:
        """Show the fields of the server's generation; those that were made for it just now."""
        shown = self._editor.shown
        later = shown is not None and shown.dialect.is_later
        if self._later is not None:
            self._later.setVisible(later)
        elif later:
            content = self._content
            fresh = tuple(bind(self._editor, path, content) for path in LATER)
            self._later = FieldGrid([[binding.row for binding in fresh]], content)
            self._column.insertWidget(self._column.indexOf(self.fields), self._later)
            return fresh
        return ()

    def _on_tiles_changed(self) -> None:
        self.count.setText(str(self._look.bound_count))
