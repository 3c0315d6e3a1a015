"""Draws one row of the outbox: portrait, what it asks for, how it stands, how old it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.ui.style import scaled
from studio.ui.widgets.avatar import initials
from studio.ui.widgets.label import shown
from studio.ui.widgets.pill import SHAPE_PX, Shape, paint_shape
from studio.viewmodels.outbox_model import LINE_ROLE

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex, QPersistentModelIndex
    from PySide6.QtGui import QColor, QImage
    from PySide6.QtWidgets import QWidget

    from studio.ui.theme import Theme
    from studio.viewmodels.outbox_words import OutboxLine
    from studio.viewmodels.pictures import PictureLoader

ROW_HEIGHT = 60
_SIDE = 36
_MARGIN = 8
_PAD = 10
_GAP = 10
_LONGEST = 200


class LinePainter(QStyledItemDelegate):
    """Paints what is seen and makes no widgets, so a thousand rows cost as much as ten."""

    def __init__(self, theme: Theme, pictures: PictureLoader, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._pictures = theme, pictures

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Every row is as high as the others."""
        return QSize(scaled(240), scaled(ROW_HEIGHT))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """One row."""
        line = cast("OutboxLine | None", index.data(LINE_ROLE))
        if line is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(option.rect).adjusted(_MARGIN, 1, -_MARGIN, -1)
        state = option.state
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        self._ground(painter, box, state)
        inner = box.adjusted(_PAD, 0, -_PAD, 0)
        face = QRectF(0, 0, scaled(_SIDE), scaled(_SIDE))
        face.moveTop(box.center().y() - face.height() / 2)
        words = QRectF(inner)
        if mirrored:
            face.moveRight(inner.right())
            words.setRight(face.left() - _GAP)
        else:
            face.moveLeft(inner.left())
            words.setLeft(face.right() + _GAP)
        self._face(painter, face, line)
        middle = box.center().y()
        upper = QRectF(words.left(), middle - scaled(20), words.width(), scaled(20))
        lower = QRectF(words.left(), middle, words.width(), scaled(20))
        self._upper(painter, upper, line, mirrored=mirrored)
        self._lower(painter, lower, line, mirrored=mirrored)
        painter.restore()

    def _ground(self, painter: QPainter, box: QRectF, state: QStyle.StateFlag) -> None:
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.setPen(Qt.PenStyle.NoPen)
        if selected or hovered:
            painter.setBrush(self._theme.color("accentSoft" if selected else "hover"))
            painter.drawRoundedRect(box, 8, 8)
        if selected and state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(self._theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 7, 7)

    def _face(self, painter: QPainter, box: QRectF, line: OutboxLine) -> None:
        path = QPainterPath()
        path.addRoundedRect(box, 8, 8)
        painter.fillPath(path, self._theme.color("hover"))
        dpr = painter.device().devicePixelRatioF()
        url = line.row.thumbnail_url
        picture = self._pictures.image(url, round(box.width() * dpr)) if url else None
        if picture is None or picture.isNull():
            painter.setFont(self._theme.font(12, "bold"))
            painter.setPen(self._theme.color("textSecondary"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, initials(line.row.name))
            return
        painter.save()
        painter.setClipPath(path)
        painter.drawImage(_covering(picture, box), picture)
        painter.restore()

    def _upper(self, painter: QPainter, box: QRectF, line: OutboxLine, *, mirrored: bool) -> None:
        """Whose it is, and how old or how soon."""
        time = line.countdown or line.age
        font = self._theme.font(11, "regular")
        width = QFontMetricsF(font).horizontalAdvance(time) + 2
        near, far = _split(box, width, mirrored=mirrored)
        token = "warn" if line.countdown else "textMuted"
        _text(painter, far, time, font, self._theme.color(token), at_end=True)
        name = shown(line.row.name or line.row.influencer_id, _LONGEST)
        _text(painter, near, name, self._theme.font(13, "semibold"), self._theme.color("text"))

    def _lower(self, painter: QPainter, box: QRectF, line: OutboxLine, *, mirrored: bool) -> None:
        """What it asks for, and its state as shape, color and word."""
        font = self._theme.font(11, "semibold")
        side = scaled(SHAPE_PX)
        width = QFontMetricsF(font).horizontalAdvance(line.state) + side + 7
        near, far = _split(box, width, mirrored=mirrored)
        color = self._theme.color(line.token)
        mark = QRectF(0, 0, side, side)
        mark.moveTop(far.center().y() - side / 2)
        if mirrored:
            mark.moveRight(far.right())
        else:
            mark.moveLeft(far.left())
        paint_shape(painter, mark, cast("Shape", line.shape), color)
        _text(painter, far, line.state, font, color, at_end=True)
        icon = scaled(14)
        dpr = painter.device().devicePixelRatioF()
        pixmap = self._theme.pixmap(line.icon, icon, "textSecondary", dpr)
        top = near.center().y() - icon / 2
        left = near.right() - icon if mirrored else near.left()
        painter.drawPixmap(QPointF(left, top), pixmap)
        rest = near.adjusted(0, 0, -icon - 6, 0) if mirrored else near.adjusted(icon + 6, 0, 0, 0)
        words = shown(line.sentence, _LONGEST)
        _text(
            painter,
            rest,
            words,
            self._theme.font(12, "regular"),
            self._theme.color("textSecondary"),
        )


def _split(box: QRectF, far: float, *, mirrored: bool) -> tuple[QRectF, QRectF]:
    """The near part of a line and its far end, ``far`` wide."""
    near, end = QRectF(box), QRectF(box)
    if mirrored:
        end.setRight(box.left() + far)
        near.setLeft(end.right() + _GAP)
    else:
        end.setLeft(box.right() - far)
        near.setRight(end.left() - _GAP)
    return near, end


def _text(
    painter: QPainter, box: QRectF, text: str, font: QFont, color: QColor, *, at_end: bool = False
) -> None:
    """One line of plain text, cut at its end when it does not fit."""
    painter.setFont(font)
    painter.setPen(color)
    # One line is one line, whatever an outside text holds.
    plain = " ".join(text.split())
    cut = QFontMetricsF(font).elidedText(plain, Qt.TextElideMode.ElideRight, box.width())
    flag = Qt.AlignmentFlag.AlignTrailing if at_end else Qt.AlignmentFlag.AlignLeading
    painter.drawText(box, flag | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, cut)


def _covering(picture: QImage, box: QRectF) -> QRectF:
    """Where to draw ``picture`` so that it covers the box, centered."""
    share = max(box.width() / picture.width(), box.height() / picture.height())
    made = QRectF(0, 0, picture.width() * share, picture.height() * share)
    made.moveCenter(box.center())
    return made
