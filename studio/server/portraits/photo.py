"""Variations of a real photograph: crop, light, grade and background, with the person untouched.

A photograph is the best anchor there is, so nothing is drawn into it. Metadata (place, camera,
author) never reaches a variation.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from studio.core.values import dataclass
from studio.server.portraits.palette import BACKDROPS

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MAX_PIXELS = 64_000_000
"""Photographs with more pixels are refused before they are decoded."""

MAX_EDGE = 4096
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 90
_HEADROOM = 0.06
_PLAIN_SPREAD = 18.0
_MASK_EDGE = 128
_FILL_TOLERANCE = 30
_EDGE_STEP = 8
_MARKER = (255, 0, 255)
_Color = tuple[int, int, int]


class PhotoError(ValueError):
    """The bytes are no photograph that can be used: unreadable, another format, or too large."""


@dataclass(frozen=True, slots=True)
class _Grade:
    """One look. Factors of 1.0 and a warmth or side light of 0.0 leave the picture as it is."""

    zoom: float
    shift: float
    brightness: float
    contrast: float
    saturation: float
    warmth: float
    side_light: float


_GRADES: tuple[_Grade, ...] = (
    _Grade(1.00, 0.0, 1.00, 1.00, 1.00, 0.00, 0.00),
    _Grade(1.10, 0.3, 1.05, 1.04, 1.05, 0.35, 0.00),
    _Grade(1.06, -0.3, 0.98, 1.08, 0.94, -0.35, 0.25),
    _Grade(1.22, 0.0, 1.04, 0.95, 0.90, 0.15, 0.00),
    _Grade(1.04, 0.4, 1.00, 1.10, 1.12, 0.20, -0.25),
    _Grade(1.16, -0.4, 1.08, 0.96, 0.84, -0.15, 0.00),
    _Grade(1.30, 0.0, 0.97, 1.12, 1.04, 0.30, 0.30),
    _Grade(1.02, 0.0, 1.06, 0.92, 0.78, 0.10, 0.00),
    _Grade(1.12, 0.5, 0.95, 1.06, 1.08, -0.25, -0.30),
    _Grade(1.18, -0.2, 1.03, 1.05, 0.96, 0.45, 0.15),
    _Grade(1.08, 0.2, 1.10, 1.00, 1.00, 0.00, -0.15),
)


def vary_photo(source: bytes, variation: int, size: int) -> bytes:
    """A square JPEG of ``size`` pixels made from a photograph; equal arguments, equal bytes.

    Variation 0 is the photograph itself, upright and cropped. Orientation from EXIF is applied
    and all metadata dropped; colors are converted to sRGB. Transparent or plain backgrounds take
    a pastel tone from variation 1 on. Raises PhotoError for bytes that are no JPEG, PNG or WebP
    or have more than MAX_PIXELS pixels, ValueError for a size or variation out of range.
    """
    if variation < 0 or not 1 <= size <= MAX_EDGE:
        raise ValueError(f"cannot make variation {variation} at {size} px")
    grade = _GRADES[variation % len(_GRADES)]
    tone = BACKDROPS[variation % len(BACKDROPS)]
    picture, outline = _upright(source, size)
    picture = _cropped(picture, grade, size)
    if outline is not None:
        # The tone goes in last, so the grade of the person does not tint it.
        person = _graded(picture, grade) if variation else picture
        picture = _on_tone(person, _cropped(outline, grade, size), tone)
    elif variation:
        picture = _graded(_with_backdrop(picture, tone), grade)
    # Pillow carries comments and other notes of the source along and would write them.
    picture.info.clear()
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=_QUALITY, subsampling=0, optimize=True)
    return target.getvalue()


def _upright(source: bytes, size: int) -> tuple[Picture, Picture | None]:
    """The decoded photograph, upright and in sRGB, and its outline if it is a cut-out."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(source), formats=_FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise PhotoError("The photograph has more than 64 million pixels.")
            opened.draft("RGB", (size * 2, size * 2))
            opened.load()
            return _parted(_in_srgb(ImageOps.exif_transpose(opened)))
    except PhotoError:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PhotoError("The file is not a readable JPEG, PNG or WebP photograph.") from error


def _parted(picture: Picture) -> tuple[Picture, Picture | None]:
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB"), None
    cut_out = picture.convert("RGBA")
    return cut_out.convert("RGB"), cut_out.getchannel("A")


def _in_srgb(picture: Picture) -> Picture:
    """Colors converted from an embedded profile; a broken profile is ignored, as browsers do."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA"):
        return picture
    from PIL import ImageCms

    try:
        converted = ImageCms.profileToProfile(
            picture,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
        )
    except (ImageCms.PyCMSError, OSError):
        return picture
    return converted or picture


def _on_tone(person: Picture, outline: Picture, tone: str) -> Picture:
    from PIL import Image

    return Image.composite(person, Image.new("RGB", person.size, tone), outline)


def _cropped(picture: Picture, grade: _Grade, size: int) -> Picture:
    """A square around where faces are: the middle, and the upper part of a tall picture."""
    from PIL import Image

    edge = max(1.0, min(picture.width, picture.height) / grade.zoom)
    spare_x, spare_y = picture.width - edge, picture.height - edge
    left = spare_x * (0.5 + grade.shift / 4)
    top = spare_y * _HEADROOM
    box = (left, top, left + edge, top + edge)
    return picture.resize((size, size), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


def _with_backdrop(picture: Picture, tone: str) -> Picture:
    """The pastel where the ground is plain; elsewhere only a breath of it towards the edges."""
    from PIL import Image, ImageChops

    mask = _ground_mask(picture)
    colored = Image.new("RGB", picture.size, tone)
    if mask is None:
        edges = Image.radial_gradient("L").resize(picture.size)
        mask = edges.point([max(0, value - 128) // 3 for value in range(256)])
        return Image.composite(ImageChops.soft_light(picture, colored), picture, mask)
    return Image.composite(ImageChops.multiply(_lightened(picture), colored), picture, mask)


def _lightened(picture: Picture) -> Picture:
    """Lifted so far that a gray wall takes a pastel, with its shadows kept."""
    return picture.point([min(255, 110 + value * 150 // 255) for value in range(256)] * 3)


def _ground_mask(picture: Picture) -> Picture | None:
    """Where a plain ground is seen, white on black; None when the upper corners are busy.

    A small copy is flooded from the edges; then each pixel in or next to the flooded part counts
    as ground as far as it resembles the ground around it, which keeps hair and shoulders whole.
    """
    from PIL import Image, ImageChops, ImageFilter

    small = picture.resize((_MASK_EDGE, _MASK_EDGE), Image.Resampling.BOX)
    if not _corners_are_plain(small):
        return None
    flooded = _flooded(small)
    usual = small.resize((1, 1), Image.Resampling.BOX, box=(0, 0, _EDGE_STEP, _EDGE_STEP))
    ground = Image.composite(small, usual.resize(small.size), flooded)
    ground = ground.filter(ImageFilter.GaussianBlur(4)).resize(
        picture.size, Image.Resampling.BICUBIC
    )
    red, green, blue = ImageChops.difference(picture, ground).split()
    unlike = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    alike = unlike.point([max(0, min(255, (44 - value) * 8)) for value in range(256)])
    near = flooded.filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.GaussianBlur(1.5))
    return ImageChops.multiply(alike, near.resize(picture.size, Image.Resampling.BICUBIC))


def _corners_are_plain(small: Picture) -> bool:
    from PIL import ImageStat

    corner = _MASK_EDGE // 6
    left = small.crop((0, 0, corner, corner))
    right = small.crop((_MASK_EDGE - corner, 0, _MASK_EDGE, corner))
    return all(
        spread <= _PLAIN_SPREAD for part in (left, right) for spread in ImageStat.Stat(part).stddev
    )


def _flooded(small: Picture) -> Picture:
    """The ground reached from the upper corners, white on black.

    Walls are lit unevenly, so the flood starts again down both edges while the color there
    changes slowly, and stops where a shoulder begins.
    """
    from PIL import ImageChops, ImageDraw, ImageFilter

    smooth = small.filter(ImageFilter.MedianFilter(3))
    filled = smooth.copy()
    for x in (0, _MASK_EDGE - 1):
        last = _pixel(smooth, x, 0)
        for y in range(0, _MASK_EDGE, _EDGE_STEP):
            color = _pixel(smooth, x, y)
            if max(abs(a - b) for a, b in zip(color, last, strict=True)) > _FILL_TOLERANCE:
                break
            if _pixel(filled, x, y) != _MARKER:
                ImageDraw.floodfill(filled, (x, y), _MARKER, thresh=_FILL_TOLERANCE)
            last = color
    red, green, blue = (
        band.point([255 * (value == wanted) for value in range(256)])
        for band, wanted in zip(filled.split(), _MARKER, strict=True)
    )
    return ImageChops.multiply(ImageChops.multiply(red, green), blue)


def _pixel(picture: Picture, x: int, y: int) -> _Color:
    red, green, blue = picture.crop((x, y, x + 1, y + 1)).tobytes()
    return red, green, blue


def _graded(picture: Picture, grade: _Grade) -> Picture:
    from PIL import Image, ImageChops, ImageEnhance

    picture = ImageEnhance.Brightness(picture).enhance(grade.brightness)
    picture = ImageEnhance.Contrast(picture).enhance(grade.contrast)
    picture = ImageEnhance.Color(picture).enhance(grade.saturation)
    red, blue = 1 + grade.warmth * 0.12, 1 - grade.warmth * 0.12
    picture = picture.point(
        [min(255, round(value * gain)) for gain in (red, 1.0, blue) for value in range(256)]
    )
    if not grade.side_light:
        return picture
    ramp = Image.linear_gradient("L").rotate(90 if grade.side_light > 0 else 270)
    strength = abs(grade.side_light)
    ramp = ramp.point([round(128 + (value - 128) * strength) for value in range(256)])
    light = ramp.resize(picture.size, Image.Resampling.BICUBIC)
    return ImageChops.soft_light(picture, Image.merge("RGB", (light, light, light)))
