"""Which part of a drop or of the clipboard is pictures, and what to say about the rest.

Cards, the editor and the window decide by these functions, so they all take the same things.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QMimeData
from PySide6.QtGui import QImage

from studio.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

SUFFIXES: Final = frozenset(
    (".png", ".jpg", ".jpeg", ".jfif", ".webp", ".heic", ".heif", ".tif", ".tiff", ".bmp", ".gif")
)
"""Names that promise a picture. A file without any ending is judged later, by its bytes."""

FILE_FILTER: Final = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
"""The same as a pattern for a file dialog."""

_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class DropContent:
    """``paths`` and ``images`` can be taken; ``refused`` says why something cannot, or is empty."""

    paths: tuple[Path, ...] = ()
    images: tuple[QImage, ...] = ()
    refused: str = ""

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return len(self.paths) + len(self.images)


def accepts(mime: QMimeData) -> str:
    """Why nothing of ``mime`` can be taken, as a sentence; empty when something can.

    Cheap enough for every move of a drag: names only, no bytes are decoded.
    """
    paths, others, links = _sorted(mime)
    if paths or (mime.hasImage() and not others):
        return ""
    return _refusal(others, links, alone=True)


def count_in(mime: QMimeData) -> int:
    """How many pictures a drag promises, from names only."""
    paths, others, _links = _sorted(mime)
    return len(paths) or int(mime.hasImage() and not others)


def images_in(mime: QMimeData) -> DropContent:
    """Everything of ``mime`` that can be taken, and a sentence about what cannot.

    Local files come before image data: a file manager offers both for one picture.
    """
    paths, others, links = _sorted(mime)
    if not paths and not others and mime.hasImage():
        image = mime.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return DropContent(images=(image,))
    alone = not paths
    refused = _refusal(others, links, alone=alone) if others or links or alone else ""
    return DropContent(paths=tuple(paths), refused=refused)


def _sorted(mime: QMimeData) -> tuple[list[Path], list[str], bool]:
    """Paths of pictures, names of other local things, and whether there are links to elsewhere."""
    paths: list[Path] = []
    others: list[str] = []
    links = False
    for url in mime.urls():
        if not url.isLocalFile():
            links = True
            continue
        path = Path(url.toLocalFile())
        if path not in paths and (path.suffix.lower() in SUFFIXES or not path.suffix):
            paths.append(path)
        elif path not in paths:
            others.append(path.name)
    return paths, others, links


def _refusal(others: Sequence[str], links: bool, *, alone: bool) -> str:
    if len(others) == 1:
        name = others[0] if len(others[0]) <= _LONGEST_NAME else others[0][:_LONGEST_NAME] + "…"
        words = _tr("“{name}” is not a picture. PNG, JPEG, WebP and HEIC can be added.")
        return words.replace("{name}", name)
    if others:
        words = _tr("{count} files are not pictures. PNG, JPEG, WebP and HEIC can be added.")
        return words.replace("{count}", str(len(others)))
    if links:
        return _tr("A picture of a web page has to be saved first; then its file can be dropped.")
    if alone:
        return _tr("There is no picture in this. PNG, JPEG, WebP and HEIC can be added.")
    return ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Drops", text)
