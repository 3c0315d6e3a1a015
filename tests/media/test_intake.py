"""What people drop: a picture comes out upright, clean and small, anything else is told why not."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import threading
import zlib
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from studio.core.errors import FixInput, StudioError
from studio.media import decode, intake

if TYPE_CHECKING:
    from pathlib import Path

GPS = 0x8825
SECRET = b"SECRET-7f3a"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "intake"
    place.mkdir()
    return place


def _bytes(image: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _opened(made: intake.Prepared) -> Image.Image:
    image = Image.open(made.path)
    image.load()
    return image


def _marked() -> Image.Image:
    """Sixty by forty, red at the top left, blue elsewhere."""
    image = Image.new("RGB", (60, 40), "blue")
    ImageDraw.Draw(image).rectangle((0, 0, 19, 13), fill="red")
    return image


# ---- what comes out


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "AVIF"])
def test_every_usual_format_is_taken_by_its_content_whatever_its_name(folder, kind):
    made = intake.prepare(_bytes(_marked(), kind), "photo.txt", folder, "01ID")
    assert made.mime_type == "image/jpeg"
    assert (made.width, made.height) == (60, 40)
    assert made.path == folder / "01ID.jpg"
    assert made.size == made.path.stat().st_size
    assert len(made.sha256) == 64
    red, _, blue = _opened(made).getpixel((5, 5))
    assert red > 180 > 100 > blue


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_whatever_the_camera_wrote(folder, orientation):
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = _marked().transpose(undo[orientation]) if orientation in undo else _marked()
    exif = Image.Exif()
    exif[0x0112] = orientation
    made = intake.prepare(_bytes(stored, "JPEG", exif=exif, quality=95), "p.jpg", folder, "x")
    image = _opened(made)
    assert image.size == (60, 40)
    assert image.getpixel((5, 5))[0] > 180
    assert image.getpixel((50, 30))[2] > 180
    assert image.getexif() == {}


def test_nothing_of_the_metadata_goes_on(folder):
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    exif[0x9003] = "2026:05:01 10:00:00"
    exif.get_ifd(GPS)[2] = (48.0, 12.0, 30.0)
    png = PngImagePlugin.PngInfo()
    png.add_text("Comment", SECRET.decode())
    png.add_itxt("XML:com.adobe.xmp", f"<x>{SECRET.decode()}</x>")
    originals = {
        "jpg": _bytes(_marked(), "JPEG", exif=exif, comment=SECRET, xmp=b"<x>" + SECRET + b"</x>"),
        "png": _bytes(_marked(), "PNG", pnginfo=png, exif=exif),
        "clear.png": _bytes(Image.new("RGBA", (9, 9), (1, 2, 3, 90)), "PNG", pnginfo=png),
        "webp": _bytes(_marked(), "WEBP", exif=exif, xmp=SECRET),
        "gif": _bytes(_marked(), "GIF", comment=SECRET),
        "tiff": _bytes(_marked(), "TIFF", exif=exif, description=SECRET.decode()),
    }
    for name, data in originals.items():
        assert SECRET in data, name
        made = intake.prepare(data, name, folder, "x")
        clean = made.path.read_bytes()
        assert SECRET not in clean, name
        for sign in (b"Exif", b"http://ns.adobe", b"tEXt", b"iTXt", b"eXIf", b"ICC_PROFILE"):
            assert sign not in clean, name
        assert _opened(made).getexif() == {}, name


def test_data_behind_or_inside_a_picture_does_not_go_on(folder):
    """A file that is a picture and something else at once comes out as a picture alone."""
    page = b"<script>" + SECRET + b"</script>"
    archive = b"PK\x03\x04" + SECRET
    for data in (
        _bytes(_marked(), "JPEG") + archive,
        _bytes(_marked(), "PNG") + page,
        _bytes(_marked(), "GIF") + page,
        _bytes(_marked(), "JPEG", comment=page),
    ):
        made = intake.prepare(data, "both.jpg", folder, "x")
        assert SECRET not in made.path.read_bytes()
        assert made.path.read_bytes()[:3] == b"\xff\xd8\xff"


def test_print_colors_come_out_as_screen_colors(folder):
    cmyk = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    image = _opened(intake.prepare(_bytes(cmyk, "JPEG", quality=95), "print.jpg", folder, "x"))
    red, green, blue = image.getpixel((4, 4))
    assert image.mode == "RGB"
    assert red > 200
    assert max(green, blue) < 60


def test_an_embedded_profile_is_applied_and_left_behind(folder):
    """The same numbers in another profile are another color; what is seen stays."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Another profile: what it calls red is blue.
    swapped = srgb.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")
    plain = Image.new("RGB", (8, 8), (200, 90, 40))
    same = intake.prepare(_bytes(plain, "PNG", icc_profile=srgb), "srgb.png", folder, "same")
    other = intake.prepare(
        _bytes(plain, "PNG", icc_profile=swapped), "swapped.png", folder, "other"
    )
    assert _near(_opened(same).getpixel((4, 4)), (200, 90, 40))
    assert _near(_opened(other).getpixel((4, 4)), (40, 90, 200))
    for made in (same, other):
        assert "icc_profile" not in _opened(made).info


def test_a_profile_that_is_nonsense_does_not_cost_the_picture(folder):
    data = _bytes(Image.new("RGB", (8, 8), "red"), "PNG", icc_profile=b"no profile at all")
    assert _near(_opened(intake.prepare(data, "a.png", folder, "x")).getpixel((1, 1)), (255, 0, 0))


def _near(one, other):
    return all(abs(a - b) < 12 for a, b in zip(one, other, strict=True))


def test_of_an_animation_the_first_frame_is_taken(folder):
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "green", "blue")]
    for kind in ("GIF", "WEBP", "PNG"):
        data = _bytes(frames[0], kind, save_all=True, append_images=frames[1:], duration=90)
        image = _opened(intake.prepare(data, f"a.{kind}", folder, kind))
        assert getattr(image, "n_frames", 1) == 1
        assert image.getpixel((9, 9))[0] > 200


def test_sixteen_bits_of_gray_keep_their_tones(folder):
    deep = Image.new("I;16", (16, 16))
    for x in range(16):
        for y in range(16):
            deep.putpixel((x, y), x * 4_000)
    for kind in ("PNG", "TIFF"):
        image = _opened(intake.prepare(_bytes(deep, kind), f"deep.{kind}", folder, kind))
        tones = [image.getpixel((x, 8))[0] for x in range(16)]
        assert tones == sorted(tones)
        assert abs(tones[8] - 8 * 4_000 // 257) < 8
        assert tones[15] < 250


def test_transparency_is_kept_and_an_empty_alpha_is_not(folder):
    palette = Image.new("P", (10, 10), 0)
    palette.putpalette([255, 0, 0, 0, 255, 0])
    palette.paste(1, (0, 0, 5, 10))
    clear = intake.prepare(_bytes(palette, "PNG", transparency=0), "p.png", folder, "clear")
    assert clear.mime_type == "image/png"
    image = _opened(clear)
    assert image.getpixel((8, 5))[3] == 0
    assert image.getpixel((2, 5)) == (0, 255, 0, 255)
    full = Image.new("RGBA", (10, 10), (9, 8, 7, 255))
    assert intake.prepare(_bytes(full, "PNG"), "f.png", folder, "full").mime_type == "image/jpeg"


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I", "F"]
)
def test_every_mode_of_a_picture_can_be_taken(folder, mode):
    image = Image.new("RGB", (12, 10), (120, 130, 140)).convert("L" if mode in "IF" else "RGB")
    grey = (128, 128, 128)
    image = Image.new("LAB", (12, 10), grey) if mode == "LAB" else image.convert(mode)
    made = intake.prepare(_bytes(image, "TIFF"), f"{mode}.tiff", folder, "x")
    assert (made.width, made.height) == (12, 10)
    assert _opened(made).mode in ("RGB", "RGBA")


def test_a_large_picture_is_made_smaller_and_keeps_its_shape(folder):
    data = _bytes(Image.new("RGB", (6_000, 3_000), "teal"), "PNG")
    made = intake.prepare(data, "wide.png", folder, "x")
    assert (made.width, made.height) == (4_096, 2_048)


# ---- what is refused


def _png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 4096))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"just words", "not an image"),
        (b"%PDF-1.7 ...", "not an image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "drawing (SVG)"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a --><SVG/>", "drawing (SVG)"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (_png_that_claims(60_000, 60_000), "pixels"),
        (_png_that_claims(9_000, 9_000), "9000 × 9000 pixels"),
        (_png_that_claims(100, 100), "damaged"),
    ],
    ids=["empty", "text", "pdf", "svg", "svg-bom", "heic", "bomb", "large", "short"],
)
def test_what_cannot_be_taken_is_refused_in_words_and_leaves_nothing(folder, data, words):
    with pytest.raises(FixInput) as refused:
        intake.prepare(data, "holiday.png", folder, "x")
    assert "“holiday.png”" in refused.value.sentence
    assert words in refused.value.sentence
    assert refused.value.next_step
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
def test_a_picture_that_was_cut_off_is_refused(folder, kind):
    data = _bytes(Image.effect_noise((300, 300), 90).convert("RGB"), kind)
    with pytest.raises(FixInput, match=r"damaged|can read"):
        intake.prepare(data[: len(data) // 2], "cut.img", folder, "x")


def test_a_file_of_too_many_bytes_is_refused_before_it_is_decoded(folder, monkeypatch):
    monkeypatch.setattr(intake, "MAX_BYTES", 1_000)
    with pytest.raises(FixInput, match="larger than"):
        intake.prepare(b"\x89PNG" + b"x" * 1_000, "big.png", folder, "x")


def test_mutated_pictures_are_taken_or_refused_and_never_crash(folder):
    """A few hundred damaged files of every kind; the long run is a matter of its own."""
    from random import Random

    random = Random(7)
    originals = [
        _bytes(_marked(), "PNG"),
        _bytes(_marked(), "JPEG"),
        _bytes(_marked(), "WEBP"),
        _bytes(_marked(), "GIF"),
        _bytes(_marked(), "TIFF"),
        _bytes(_marked(), "AVIF"),
    ]
    for number in range(600):
        data = bytearray(originals[number % len(originals)])
        for _ in range(random.randint(1, 12)):
            data[random.randrange(len(data))] = random.randrange(256)
        with contextlib.suppress(StudioError):
            intake.prepare(bytes(data), "odd", folder, "x")


# ---- files


def test_a_pipe_a_folder_and_a_missing_file_are_refused_without_waiting(tmp_path):
    (tmp_path / "folder.png").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
        with pytest.raises(FixInput, match="not a file"):
            intake.read_source(tmp_path / "pipe.png")
    for name in ("folder.png", "missing.png"):
        with pytest.raises(FixInput, match=name):
            intake.read_source(tmp_path / name)


def test_a_file_is_read_once_so_it_cannot_change_between_two_looks(tmp_path, folder):
    path = tmp_path / "a.png"
    path.write_bytes(_bytes(_marked(), "PNG"))
    data = intake.read_source(path)
    path.write_bytes(b"<svg/>")
    assert intake.prepare(data, path.name, folder, "x").width == 60


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\evil.png", "evil.png"),
        ("/etc/shadow/", "shadow"),
        ("a\0b\nc\u202egnp.exe", "abcgnp.exe"),
        ("\u200b", "image"),
        ("", "image"),
        ("Größe 12×.png", "Größe 12×.png"),
        ("x" * 400 + ".jpeg", "x" * 115 + ".jpeg"),
    ],
)
def test_names_with_tricks_are_only_names(folder, name, plain):
    assert intake.plain_name(name) == plain
    made = intake.prepare(_bytes(_marked(), "PNG"), name, folder, "01STEM")
    assert made.path == folder / "01STEM.jpg"
    assert [path.name for path in folder.iterdir()] == ["01STEM.jpg"]


@pytest.mark.skipif(os.name != "posix", reason="rights of files are of another kind there")
def test_the_copy_is_for_this_user_alone(folder):
    made = intake.prepare(_bytes(_marked(), "PNG"), "a.png", folder, "x")
    assert made.path.stat().st_mode & 0o077 == 0


def test_a_disk_that_refuses_is_told_and_leaves_nothing(folder):
    with pytest.raises(StudioError, match="could not be kept"):
        intake.prepare(_bytes(_marked(), "PNG"), "a.png", folder / "missing", "x")


@pytest.mark.skipif(os.name != "posix", reason="no limit of that kind there")
def test_a_disk_that_is_full_half_way_never_passes_a_cut_image_on(folder):
    import resource

    data = _bytes(Image.effect_noise((400, 400), 80).convert("RGB"), "PNG")
    whole = intake.prepare(data, "a.png", folder, "whole")
    whole.path.unlink()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    for room in (1_000, whole.size // 2, whole.size - 1):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
        try:
            with pytest.raises(StudioError, match="could not be kept"):
                intake.prepare(data, "a.png", folder, "x")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert list(folder.iterdir()) == []


def test_two_workers_do_not_disturb_each_other(folder):
    data = _bytes(_marked(), "PNG")
    failures: list[BaseException] = []

    def work(stem: str) -> None:
        try:
            for number in range(20):
                intake.prepare(data, "a.png", folder, f"{stem}{number}")
        except BaseException as error:  # noqa: BLE001 - told below, in the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(list(folder.iterdir())) == 40


def test_the_limit_of_pixels_is_below_what_the_library_warns_of():
    assert decode.MAX_PIXELS < Image.MAX_IMAGE_PIXELS
