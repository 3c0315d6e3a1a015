"""From any dropped image to the copy that is uploaded: upright, clean and small enough.

Runs in a worker thread; Pillow decodes without holding the interpreter.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.errors import FixInput

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES = 64 * 1024 * 1024
MAX_PIXELS = 64_000_000
MAX_EDGE = 4096
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "AVIF")
SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".avif"})


@dataclass(frozen=True, slots=True)
class Prepared:
    """A cleaned copy on disk. Sizes in bytes and pixels; ``sha256`` as 64 hex digits."""

    path: Path
    mime_type: str
    size: int
    sha256: str
    width: int
    height: int


def read_source(path: Path) -> bytes:
    """The bytes of a regular file of an acceptable size. Raises FixInput."""
    try:
        if not path.is_file():
            raise FixInput(f"“{path.name}” is not a file.", next_step="Choose an image file.")
        if path.stat().st_size > MAX_BYTES:
            raise FixInput(
                f"“{path.name}” is larger than {MAX_BYTES // 2**20} MB.",
                next_step="Make it smaller and add it again.",
            )
        return path.read_bytes()
    except OSError as error:
        raise FixInput(
            f"“{path.name}” could not be read: {error.strerror or 'no reason given'}.",
            next_step="Check that the file is still there and may be opened.",
        ) from error


def prepare(data: bytes, name: str, folder: Path, stem: str) -> Prepared:
    """Decode by content, turn upright, drop all metadata, convert to sRGB, write to ``folder``.

    JPEG for photographs, PNG where there is transparency. Raises FixInput with a sentence that
    names the file; nothing is written then.
    """
    if not data:
        raise FixInput(f"“{name}” is empty.", next_step="Choose another file.")
    if len(data) > MAX_BYTES:
        raise FixInput(f"“{name}” is larger than {MAX_BYTES // 2**20} MB.")
    image = _decoded(data, name)
    clear = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    image = image.convert("RGBA" if clear else "RGB")
    image.thumbnail((MAX_EDGE, MAX_EDGE))
    image.info.clear()
    out = io.BytesIO()
    if clear:
        image.save(out, "PNG", optimize=False)
    else:
        image.save(out, "JPEG", quality=92, subsampling=0)
    payload = out.getvalue()
    path = folder / f"{stem}.{'png' if clear else 'jpg'}"
    path.write_bytes(payload)
    return Prepared(
        path=path,
        mime_type="image/png" if clear else "image/jpeg",
        size=len(payload),
        sha256=hashlib.sha256(payload).hexdigest(),
        width=image.width,
        height=image.height,
    )


def _decoded(data: bytes, name: str) -> Image:
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise FixInput(
                    f"“{name}” has {image.width} × {image.height} pixels; "
                    f"{MAX_PIXELS // 1_000_000} million is the most.",
                    next_step="Scale it down and add it again.",
                )
            image.load()
            upright = ImageOps.exif_transpose(image)
            return _to_srgb(upright)
    except UnidentifiedImageError as error:
        raise FixInput(
            f"“{name}” is not an image this program can read.",
            next_step="PNG, JPEG, WebP, GIF, TIFF and AVIF work.",
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FixInput(f"“{name}” unpacks to too many pixels.") from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise FixInput(
            f"“{name}” is damaged and cannot be decoded.",
            next_step="Export it again from where it came.",
        ) from error


def _to_srgb(image: Image) -> Image:
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGB" if image.mode == "CMYK" else image.mode
        made = ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return made if made is not None else image
