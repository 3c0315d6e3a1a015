"""Bytes from outside to an upright picture in sRGB, or a sentence that says why not."""

from __future__ import annotations

import io
import threading
import warnings
from typing import TYPE_CHECKING

from studio.core.errors import FixInput

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 64_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "AVIF")
_HEAD = 1024
_HEIC = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
_DEEP = ("I", "I;16", "I;16L", "I;16B", "I;16N", "F")
_DEEPEST = 65_535
# The filter of warnings belongs to the whole process; two threads must not swap it in turns.
_OPENING = threading.Lock()


def decoded(data: bytes, name: str) -> Image:
    """The first frame as RGB or RGBA, upright, in sRGB. Raises FixInput that names the file."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with _OPENING, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            raise _too_many_pixels(name, f"has {image.width} × {image.height} pixels")
        image.load()
        # In place: the copy of a picture that lies right already would hold the interpreter.
        ImageOps.exif_transpose(image, in_place=True)
        return _plain_colors(image)
    except UnidentifiedImageError as error:
        raise _unknown(data, name) from error
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(name, "unpacks to too many pixels") from error
    except (FixInput, MemoryError):
        raise
    except Exception as error:
        # On damaged bytes decoders raise whatever they like.
        raise FixInput(
            f"“{name}” is damaged and cannot be decoded.",
            next_step="Export it again from where it came.",
        ) from error


def has_transparency(image: Image) -> bool:
    """Whether any pixel is not opaque."""
    if image.mode != "RGBA":
        return False
    low, _ = image.getchannel("A").getextrema()
    return isinstance(low, int | float) and low < 255


def _plain_colors(image: Image) -> Image:
    """Any mode as RGB or RGBA, with the embedded profile applied."""
    profile = image.info.get("icc_profile")
    if image.mode in _DEEP:
        image = _shallow(image)
    if image.mode == "P" or "transparency" in image.info:
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif image.mode in ("LA", "PA", "La", "RGBa"):
        image = image.convert("RGBA")
    if profile:
        image = _to_srgb(image, profile)
    if image.mode == "LAB":
        image = _from_lab(image)
    return image if image.mode in ("RGB", "RGBA") else image.convert("RGB")


def _shallow(image: Image) -> Image:
    """More than 8 bits of gray as 8: Pillow by itself would cut off the bright part."""
    deep = image.convert("F")
    low, high = deep.getextrema()
    if not isinstance(high, int | float) or not isinstance(low, int | float):
        return image.convert("L")
    if image.mode == "F" and high <= 1.0:
        top = 1.0
    elif image.mode.startswith("I;16"):
        top = float(_DEEPEST)
    else:
        top = float(_DEEPEST) if 255 < high <= _DEEPEST else max(255.0, high)
    return deep.point(lambda value: value * (255.0 / top)).convert("L")


def _to_srgb(image: Image, profile: bytes) -> Image:
    """Colors by the embedded profile; one that does not fit the picture is left out."""
    from PIL import ImageCms

    mode = {"RGB": "RGB", "RGBA": "RGBA", "CMYK": "RGB", "L": "RGB"}.get(image.mode)
    if mode is None:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return made if made is not None else image


def _from_lab(image: Image) -> Image:
    from PIL import ImageCms

    made = ImageCms.profileToProfile(
        image, ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    return made if made is not None else image


def _unknown(data: bytes, name: str) -> FixInput:
    """What is no image of ours, in words for the cases people meet."""
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in head:
        return FixInput(
            f"“{name}” is a drawing (SVG), not a picture.",
            next_step="Export it as PNG and add that.",
        )
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        return FixInput(
            f"“{name}” is a HEIC photo, which this program cannot read yet.",
            next_step="Export it as JPEG and add that.",
        )
    return FixInput(
        f"“{name}” is not an image this program can read.",
        next_step="PNG, JPEG, WebP, GIF, TIFF and AVIF work.",
    )


def _too_many_pixels(name: str, what: str) -> FixInput:
    return FixInput(
        f"“{name}” {what}; {MAX_PIXELS // 1_000_000} million is the most.",
        next_step="Scale it down and add it again.",
    )
