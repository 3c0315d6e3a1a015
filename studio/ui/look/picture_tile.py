"""A picture in a rounded square that can be pressed, with what there is to say painted over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetricsF,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from studio.ui.theme import Theme
    from studio.viewmodels.look_tile import TileState

RADIUS = 12
FAILED_VEIL = 0.72
WAITING_VEIL = 0.55
"""How much of the panel's color lies over a picture that is not there yet."""


class PictureTile(QAbstractButton):
    """Square; the picture is cropped to fill it, dark while on its way, pale while it waits."""

    def __init__(
        self,
        theme: Theme,
        radius: int = RADIUS,
        *,
        adds: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """``adds`` makes it the dashed tile that takes a new picture."""
        super().__init__(parent)
        self._theme = theme
        self._radius = radius
        self._picture: QImage | None = None
        self._fitted: QPixmap | None = None
        self._state: TileState = "bound"
        self._badge = ""
        self._more = ""
        self._progress: float | None = None
        self._adds = adds
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def set_picture(self, picture: QImage | None) -> None:
        """Show a picture, or the flat tint again."""
        if picture is not self._picture:
            self._picture = picture
            self._fitted = None
            self.update()

    def set_look(
        self,
        state: TileState,
        *,
        badge: str = "",
        more: str = "",
        progress: float | None = None,
    ) -> None:
        """What is painted over the picture.

        ``badge`` is a word in the corner, ``more`` covers it ("+12"), ``progress`` 0 to 1 draws a
        line at the foot.
        """
        self._state, self._badge, self._more, self._progress = state, badge, more, progress
        self.update()

    def sizeHint(self) -> QSize:
        """A comfortable tile."""
        return QSize(128, 128)

    def minimumSizeHint(self) -> QSize:
        """As small as a thumbnail."""
        return QSize(40, 40)

    def hasHeightForWidth(self) -> bool:
        """It is square."""
        return True

    def heightForWidth(self, width: int) -> int:
        """It is square."""
        return width

    def changeEvent(self, event: QEvent) -> None:
        """Scale anew on a screen of another density."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._fitted = None

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Picture, veil, icon, badge, progress, outline, focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        self._paint_ground(painter, box)
        self._paint_outline(painter, box)
        if self._adds:
            self._paint_icon(painter, box, "image-plus", "textMuted")
        elif self._state == "failed":
            self._paint_icon(painter, box, "triangle-alert", "error")
        if self._more:
            self._paint_more(painter, box)
        if self._badge:
            self._paint_badge(painter)
        if self._progress is not None:
            self._paint_progress(painter, box)
        painter.end()

    def _paint_ground(self, painter: QPainter, box: QRectF) -> None:
        if self._picture is not None and not self._picture.isNull():
            painter.drawPixmap(0, 0, self._fitting(self._picture))
        elif not self._adds:
            self._fill(painter, box, self._theme.color("hover"))
        elif self.underMouse() or self.isDown():
            self._fill(painter, box, self._theme.color("accentSoft"))
        if self._state == "working":
            self._fill(painter, box, QColor(20, 22, 30, 128))
        elif self._state != "bound":
            failed = self._state == "failed"
            veil = self._theme.color("errorSoft" if failed else "surface")
            veil.setAlphaF(FAILED_VEIL if failed else WAITING_VEIL)
            self._fill(painter, box, veil)

    def _fill(self, painter: QPainter, box: QRectF, color: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(box, self._radius, self._radius)

    def _paint_outline(self, painter: QPainter, box: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.color("accent"), 2))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), self._radius - 1, self._radius - 1)
            return
        if self._adds:
            pen = QPen(self._theme.color("outline"), 1, Qt.PenStyle.CustomDashLine)
            pen.setDashPattern([3, 3])
        else:
            token = "outline" if self.underMouse() else "hairline"
            pen = QPen(self._theme.color(token), 1)
        painter.setPen(pen)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), self._radius, self._radius)

    def _paint_icon(self, painter: QPainter, box: QRectF, name: str, token: str) -> None:
        side = 18 if box.width() < 100 else 24
        icon = self._theme.pixmap(name, side, token, self.devicePixelRatioF())
        spot = QPointF(round((box.width() - side) / 2), round((box.height() - side) / 2))
        painter.drawPixmap(spot, icon)

    def _paint_more(self, painter: QPainter, box: QRectF) -> None:
        self._fill(painter, box, QColor(20, 22, 30, 150))
        painter.setFont(self._theme.font(15, "semibold"))
        painter.setPen(QColor(Qt.GlobalColor.white))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._more)

    def _paint_badge(self, painter: QPainter) -> None:
        font = self._theme.font(11, "semibold")
        metrics = QFontMetricsF(font)
        width = metrics.horizontalAdvance(self._badge) + 14
        badge = QRectF(8, 8, width, max(20.0, metrics.height() + 5))
        if self.isRightToLeft():
            badge.moveRight(self.width() - 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("surface"))
        painter.drawRoundedRect(badge, 6, 6)
        painter.setFont(font)
        painter.setPen(self._theme.color("text"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, self._badge)

    def _paint_progress(self, painter: QPainter, box: QRectF) -> None:
        track = QRectF(12, box.height() - 17, box.width() - 24, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(255, 255, 255, 90))
        painter.drawRoundedRect(track, 2, 2)
        done = QRectF(track)
        done.setWidth(max(8.0, track.width() * min(1.0, max(0.0, self._progress or 0.0))))
        if self.isRightToLeft():
            done.moveRight(track.right())
        painter.setBrush(QColor(Qt.GlobalColor.white))
        painter.drawRoundedRect(done, 2, 2)

    def _fitting(self, picture: QImage) -> QPixmap:
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        kept = self._fitted
        if kept is None or (kept.width(), kept.height()) != (width, height):
            wide = picture.scaled(
                width,
                height,
                Qt.AspectRatioMode.KeepAspectRatioByExpanding,
                Qt.TransformationMode.SmoothTransformation,
            )
            left, top = (wide.width() - width) // 2, (wide.height() - height) // 2
            kept = _rounded(wide.copy(left, top, width, height), self._radius * ratio)
            kept.setDevicePixelRatio(ratio)
            self._fitted = kept
        return kept


def _rounded(picture: QImage, radius: float) -> QPixmap:
    """The picture with round corners, cut once: clipping at every paint costs ten times more."""
    cut = QPixmap(picture.size())
    cut.fill(Qt.GlobalColor.transparent)
    painter = QPainter(cut)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(picture))
    painter.drawRoundedRect(QRectF(cut.rect()), radius, radius)
    painter.end()
    return cut
