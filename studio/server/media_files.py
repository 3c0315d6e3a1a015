"""Media bytes on disk: whole files or none, and small pictures for galleries."""

from __future__ import annotations

import os
import secrets
from io import BytesIO
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

MIME_TYPES: Final[dict[str, str]] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/avif": "avif",
    "image/heic": "heic",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/wav": "wav",
    "audio/ogg": "ogg",
}
"""The types taken, with the ending of their addresses."""
THUMBNAIL_SIDE: Final = 384
"""Longest side of a thumbnail in pixels."""
UPLOAD_BYTES: Final = 200 * 1024 * 1024
"""Most bytes of one upload (our number)."""
_MOST_PIXELS: Final = 80_000_000


class MediaFiles:
    """The media folder. Files are named after their asset; callers never name a path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self) -> None:
        """Make the folder."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def original(self, asset_id: str) -> Path:
        """Where the asset's bytes lie."""
        return self._folder / f"{asset_id}.bin"

    def thumbnail(self, asset_id: str) -> Path:
        """Where the asset's small picture lies, when it has one."""
        return self._folder / f"{asset_id}.thumb.jpg"

    def partial(self, asset_id: str) -> Path:
        """A fresh path to receive bytes at, before :meth:`adopt`."""
        return self._folder / f"{asset_id}.{secrets.token_hex(4)}.part"

    def adopt(self, partial: Path, asset_id: str) -> None:
        """Put received bytes in their place in one step."""
        os.replace(partial, self.original(asset_id))

    def keep(self, asset_id: str, data: bytes) -> bool:
        """Store an asset's bytes and make its small picture; whether it could be made."""
        self.keep_original(asset_id, data)
        return self.make_thumbnail(asset_id)

    def keep_original(self, asset_id: str, data: bytes) -> None:
        """Store an asset's bytes alone."""
        self._write(self.original(asset_id), data)

    def keep_thumbnail(self, asset_id: str, picture: Path | BytesIO) -> bool:
        """Store the small picture of ``picture``; False when it is none."""
        small = shrunk(picture)
        if small is None:
            return False
        self._write(self.thumbnail(asset_id), small)
        return True

    def make_thumbnail(self, asset_id: str) -> bool:
        """Make the small picture of a stored asset; False when its bytes are no picture."""
        return self.keep_thumbnail(asset_id, self.original(asset_id))

    def remove(self, asset_id: str) -> None:
        """Remove what there is of an asset."""
        self.original(asset_id).unlink(missing_ok=True)
        self.thumbnail(asset_id).unlink(missing_ok=True)

    def _write(self, path: Path, data: bytes) -> None:
        partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        partial.write_bytes(data)
        os.replace(partial, path)


def shrunk(picture: Path | BytesIO) -> bytes | None:
    """A JPEG of at most 384 pixels a side, upright, or None when the bytes are no picture."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(picture) as source:
            if source.width * source.height > _MOST_PIXELS:
                return None
            source.draft("RGB", (THUMBNAIL_SIDE * 2, THUMBNAIL_SIDE * 2))
            upright = ImageOps.exif_transpose(source)
            upright.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
            flat = upright.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        return None
    canvas = Image.new("RGB", flat.size, "white")
    canvas.paste(flat, mask=flat.getchannel("A"))
    out = BytesIO()
    canvas.save(out, "JPEG", quality=86)
    return out.getvalue()
