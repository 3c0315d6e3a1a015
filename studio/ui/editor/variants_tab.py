"""Influencers cloned from the open one, as a list that opens them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.ui.editor.blank_page import BlankPage
from studio.ui.editor.surfaces import Page
from studio.ui.style import restyle, scaled
from studio.ui.widgets.avatar import Avatar
from studio.ui.widgets.label import ElidedLabel, Label
from studio.ui.widgets.pill import StatusDot, status_look

if TYPE_CHECKING:
    from studio.domain.influencer import Influencer
    from studio.ui.theme import Theme
    from studio.viewmodels.editor import EditorViewModel
    from studio.viewmodels.pictures import PictureLoader

PORTRAIT_PX = 44


class VariantRow(QAbstractButton):
    """Portrait, name and status of one variant. ``chosen`` carries its id."""

    chosen = Signal(str)

    def __init__(self, pictures: PictureLoader, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._theme = theme
        self._id = ""
        self._url = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._portrait = Avatar(PORTRAIT_PX, parent=self)
        self._name = ElidedLabel(role="strong", parent=self)
        self._dot = StatusDot(parent=self)
        self._word = Label(role="status", parent=self)
        self._between = Label("·", role="captionMuted", parent=self)
        self._facts = ElidedLabel(role="captionMuted", parent=self)
        status = QHBoxLayout()
        status.setSpacing(0)
        status.addWidget(self._dot)
        status.addSpacing(5)
        status.addWidget(self._word)
        status.addSpacing(7)
        status.addWidget(self._between)
        status.addSpacing(7)
        status.addWidget(self._facts, 1)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addStretch(1)
        words.addWidget(self._name)
        words.addLayout(status)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 8, 10, 8)
        row.setSpacing(12)
        row.addWidget(self._portrait)
        row.addLayout(words, 1)
        for part in self.findChildren(QWidget):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.clicked.connect(self._on_clicked)
        pictures.loaded.connect(self._on_loaded)

    def show_variant(self, found: Influencer) -> None:
        """Show another variant."""
        self._id = found.id
        word, token, _shape = status_look(found.status)
        self._name.setText(found.name)
        self._dot.set_status(found.status)
        self._word.setText(word)
        self._word.setProperty("tone", token)
        restyle(self._word)
        about = (found.personality.tone, found.personality.humor)
        facts = " · ".join(fact for fact in about if fact)
        self._facts.setText(facts)
        self._between.setVisible(bool(facts))
        self.setAccessibleName(f"{found.name}, {word}")
        self._portrait.set_name(found.name)
        self._url = found.thumbnail_url or ""
        self._show_picture()

    def sizeHint(self) -> QSize:
        """One row."""
        return QSize(240, scaled(60))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A rounded ground under the pointer, a ring with the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(self._theme.color("hairline"), 1))
        if self.hasFocus():
            painter.setPen(QPen(self._theme.color("accent"), 2))
        if self.underMouse() or self.isDown():
            painter.setBrush(self._theme.color("hover"))
        painter.drawRoundedRect(box, 10, 10)
        painter.end()

    def _show_picture(self) -> None:
        side = round(self._portrait.side() * self.devicePixelRatioF())
        self._portrait.set_picture(self._pictures.image(self._url, side) if self._url else None)

    def _on_loaded(self, url: str) -> None:
        if url == self._url:
            self._show_picture()

    def _on_clicked(self) -> None:
        self.chosen.emit(self._id)


class VariantsTab(QWidget):
    """Rows are reused from one influencer to the next."""

    def __init__(
        self,
        view_model: EditorViewModel,
        pictures: PictureLoader,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._view_model = view_model
        self._pictures = pictures
        self._theme = theme
        self._rows: list[VariantRow] = []
        content = QWidget(self)
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(20, 16, 20, 16)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        self._page = Page(content, self)
        self._blank = BlankPage("copy-plus", parent=self)
        self._blank.set_words(
            self.tr("No variants yet"),
            self.tr("Clone makes one: the same look, with the fields you change."),
            self.tr("Clone"),
        )
        self._blank.acted.connect(view_model.request_clone)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._page)
        box.addWidget(self._blank)
        view_model.variants_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the variants as they are now."""
        found = self._view_model.variants
        self._page.setVisible(bool(found))
        self._blank.setVisible(not found)
        while len(self._rows) < len(found):
            row = VariantRow(self._pictures, self._theme, self)
            row.chosen.connect(self._view_model.open_requested)
            self._column.insertWidget(len(self._rows), row)
            self._rows.append(row)
        for row, variant in zip(self._rows, found, strict=False):
            row.show_variant(variant)
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(found))
