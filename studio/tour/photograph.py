"""A picture as it may lie on an art director's desktop, made of a portrait that is already here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter

if TYPE_CHECKING:
    from pathlib import Path

_WIDTH, _HEIGHT = 1600, 1200


def make_photograph(portrait: QImage, folder: Path) -> Path:
    """Write ``nova-desk.jpg``: the portrait before a dim room, large enough to be presigned."""
    picture = QImage(_WIDTH, _HEIGHT, QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    room = QLinearGradient(0, 0, _WIDTH, _HEIGHT)
    room.setColorAt(0, QColor("#9AA6B8"))
    room.setColorAt(1, QColor("#5E6672"))
    painter.fillRect(picture.rect(), room)
    painter.fillRect(QRectF(0, 940, _WIDTH, 260), QColor("#8A6B4F"))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    face = portrait.scaled(
        1000,
        1000,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    painter.setOpacity(0.92)
    painter.drawImage((_WIDTH - face.width()) // 2, _HEIGHT - face.height(), face)
    painter.end()
    _grain(picture)
    path = folder / "nova-desk.jpg"
    folder.mkdir(parents=True, exist_ok=True)
    if not picture.save(str(path), "JPG", 95):  # type: ignore[call-overload]
        raise OSError(f"{path} could not be written.")
    return path


def _grain(picture: QImage) -> None:
    """A photograph is never flat; the grain also makes the file larger than the inline limit."""
    painter = QPainter(picture)
    painter.setOpacity(0.06)
    tile = QImage(64, 64, QImage.Format.Format_RGB32)
    value = 1
    for y in range(64):
        for x in range(64):
            value = (value * 1103515245 + 12345) & 0x7FFFFFFF
            level = value >> 16 & 255
            tile.setPixelColor(x, y, QColor(level, level, level))
    for top in range(0, _HEIGHT, 64):
        for left in range(0, _WIDTH, 64):
            painter.drawImage(left, top, tile)
    painter.end()
