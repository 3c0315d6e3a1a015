"""Pictures of influencers in rounded squares, and the badge of an organization."""

from __future__ import annotations

from PySide6.QtCore import Property, QEvent, QPointF, QRectF, QSize, Qt, QTextBoundaryFinder
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.icons import glyph
from studio.ui.style import scaled
from studio.ui.widgets.label import shown


def first_grapheme(text: str) -> str:
    """The first character a person sees, however many code points it takes."""
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, text)
    end = finder.toNextBoundary()
    return text.encode("utf-16-le")[: end * 2].decode("utf-16-le", "ignore") if end > 0 else ""


def initials(name: str) -> str:
    """One or two letters for a name: the first of the first word and of the last."""
    # "Nova (B)" is NB: a bracket says nothing.
    words = [word for part in shown(name, 200).split() if (word := part.strip("()[]{}<>·-–—_"))]
    if not words:
        return "?"
    if len(words) == 1:
        return first_grapheme(words[0]).upper()
    return (first_grapheme(words[0]) + first_grapheme(words[-1])).upper()


class Avatar(QWidget):
    """A rounded square with a picture cropped to fill it, or a flat tint with initials."""

    letter_share = 0.38
    """The size of the initials as a part of the square's."""

    def __init__(
        self,
        size: int = 44,
        *,
        radius: int | None = None,
        grows: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        """``size`` in design pixels; unless it ``grows``, enlarged text leaves it so."""
        super().__init__(parent)
        self._px = size
        self._grows = grows
        self._radius = radius if radius is not None else max(6, round(size * 0.2))
        self._picture: QPixmap | None = None
        self._letters = "?"
        self._icon: str | None = None
        self._tint = QColor(Qt.GlobalColor.lightGray)
        self._ink = QColor(Qt.GlobalColor.darkGray)
        self._scaled: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def _get_tint(self) -> QColor:
        return self._tint

    def _set_tint(self, color: QColor) -> None:
        self._tint = QColor(color)
        self.update()

    def _get_ink(self) -> QColor:
        return self._ink

    def _set_ink(self, color: QColor) -> None:
        self._ink = QColor(color)
        self.update()

    tint_color = Property(QColor, _get_tint, _set_tint)
    ink_color = Property(QColor, _get_ink, _set_ink)

    def set_name(self, name: str) -> None:
        """Initials to show while there is no picture, and what a screen reader says."""
        self._letters = initials(name)
        self.setAccessibleName(shown(name, 200))
        self.update()

    def set_picture(self, picture: QImage | QPixmap | None) -> None:
        """Show ``picture``, or the initials again."""
        if isinstance(picture, QImage):
            picture = QPixmap.fromImage(picture)
        self._picture = picture if picture is not None and not picture.isNull() else None
        self._scaled = None
        self.update()

    def set_icon(self, name: str | None) -> None:
        """Show a Lucide icon on the tint instead of initials."""
        self._icon = name
        self.update()

    def set_color(self, color: QColor | None) -> None:
        """A tint of one's own under the initials (the color of a brand)."""
        if color is not None:
            self._set_tint(color)

    def side(self) -> int:
        """The edge of the square in logical pixels, at the text size in force."""
        return scaled(self._px) if self._grows else self._px

    def sizeHint(self) -> QSize:
        """The square asked for."""
        return QSize(self.side(), self.side())

    def minimumSizeHint(self) -> QSize:
        """The square asked for."""
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        """Scale anew when the widget moved to a screen of another density."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.DevicePixelRatioChange, QEvent.Type.FontChange):
            self._scaled = None
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Picture, icon or initials in the rounded square."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = self.side()
        box = QRectF(0, 0, edge, edge)
        radius = self._radius * edge / self._px
        path = QPainterPath()
        path.addRoundedRect(box, radius, radius)
        painter.fillPath(path, self._ground(box))
        if self._picture is not None:
            brush = QBrush(self._fitting(self._picture))
            painter.fillPath(path, brush)
        elif self._icon is not None:
            side = round(edge * 0.5)
            spot = QPointF((edge - side) // 2, (edge - side) // 2)
            painter.drawPixmap(spot, glyph(self._icon, side, self._ink, self.devicePixelRatioF()))
        else:
            font = QFont(self.font())
            font.setPixelSize(max(11, round(edge * self.letter_share)))
            font.setWeight(QFont.Weight.Bold)
            painter.setFont(font)
            painter.setPen(self._ink)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._letters)
        painter.end()

    def _ground(self, _box: QRectF) -> QBrush:
        return QBrush(self._tint)

    def _fitting(self, picture: QPixmap) -> QPixmap:
        if self._scaled is None:
            dpr = self.devicePixelRatioF()
            side = round(self.side() * dpr)
            wide = picture.scaled(
                side,
                side,
                Qt.AspectRatioMode.KeepAspectRatioByExpanding,
                Qt.TransformationMode.SmoothTransformation,
            )
            cut = wide.copy((wide.width() - side) // 2, (wide.height() - side) // 2, side, side)
            cut.setDevicePixelRatio(dpr)
            self._scaled = cut
        return self._scaled


class OrgBadge(Avatar):
    """The first letter of an organization on a violet gradient."""

    letter_share = 0.47

    def __init__(self, size: int = 30, parent: QWidget | None = None) -> None:
        super().__init__(size, parent=parent)

    def set_name(self, name: str) -> None:
        """The organization whose letter is shown."""
        super().set_name(name)
        self._letters = initials(name)[:1]

    def paintEvent(self, event: QPaintEvent) -> None:
        """White on the gradient in both themes."""
        self._ink = QColor(Qt.GlobalColor.white)
        super().paintEvent(event)

    def _ground(self, box: QRectF) -> QBrush:
        gradient = QLinearGradient(box.topLeft(), box.bottomRight())
        gradient.setColorAt(0.0, QColor("#5B4BE1"))
        gradient.setColorAt(1.0, QColor("#B23FC4"))
        return QBrush(gradient)
