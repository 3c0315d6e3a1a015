"""Faces: the same person in every picture, words about looks honored, photographs kept private."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageStat

from studio.server.portraits import (
    CREDIT,
    Identity,
    PhotoError,
    PortraitRenderer,
    ToonHeadRenderer,
    adapted,
    identity_for,
    vary_photo,
)
from studio.server.portraits.identity import BEARD_VARIANTS, HAIR_VARIANTS, REAR_HAIR_VARIANTS
from studio.server.portraits.palette import BACKDROPS, GARMENTS, HAIR_COLORS, SKIN_TONES, distance

RENDERER: PortraitRenderer = ToonHeadRenderer()
SIZE = 192


def person(seed: str = "inf_01", **words: str | None) -> Identity:
    texts: dict[str, str | None] = {
        "gender": None,
        "age_range": None,
        "hair_color": None,
        "hair_style": None,
        "ethnicity": None,
    }
    return identity_for(seed, **(texts | words))


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def color_at(picture: Image.Image, x: float, y: float) -> str:
    """The color at a place given in shares of the edge."""
    place = (int(x * picture.width), int(y * picture.height))
    red, green, blue = picture.convert("RGB").crop((*place, place[0] + 1, place[1] + 1)).tobytes()
    return f"#{red:02x}{green:02x}{blue:02x}"


def test_a_portrait_is_a_full_square_png_of_the_asked_size() -> None:
    for size in (1, 64, 512):
        picture = opened(RENDERER.render(person(), 0, size))
        assert (picture.format, picture.size) == ("PNG", (size, size))
    corners = [color_at(opened(RENDERER.render(person(), 0, SIZE)), x, 0.01) for x in (0.01, 0.98)]
    assert corners == [person().backdrop] * 2


def test_equal_arguments_give_equal_bytes_in_any_thread_and_process() -> None:
    here = RENDERER.render(person(), 3, SIZE)
    with ThreadPoolExecutor(4) as pool:
        there = list(pool.map(lambda _: ToonHeadRenderer().render(person(), 3, SIZE), range(4)))
    assert set(there) == {here}
    program = (
        "import sys\n"
        "from studio.server.portraits import ToonHeadRenderer, identity_for\n"
        "who = identity_for('inf_01', gender=None, age_range=None, hair_color=None,"
        " hair_style=None, ethnicity=None)\n"
        f"sys.stdout.buffer.write(ToonHeadRenderer().render(who, 3, {SIZE}))"
    )
    elsewhere = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert elsewhere.stdout == here


def test_twenty_pictures_of_one_person_all_differ_and_show_the_same_skin_and_hair() -> None:
    who = person(hair_color="auburn", hair_style="side part", ethnicity="Irish")
    pictures = [RENDERER.render(who, variation, SIZE) for variation in range(20)]
    assert len(set(pictures)) == 20
    for data in pictures:
        picture = opened(data)
        assert color_at(picture, 0.39, 0.61) == who.skin_color
        assert color_at(picture, 0.45, 0.17) == who.hair_color
        assert color_at(picture, 0.02, 0.02) in BACKDROPS


def test_the_first_four_pictures_keep_the_clothes_and_later_ones_change_them() -> None:
    who = replace(person(hair_style="undercut"), garment="tShirt", garment_color="#0b3286")
    chest = [color_at(opened(RENDERER.render(who, v, SIZE)), 0.5 - 0.12, 0.97) for v in range(12)]
    assert chest[:4] == [who.garment_color] * 4
    assert len(set(chest[4:])) >= 4


def test_every_variant_the_style_offers_can_be_drawn() -> None:
    base = person()
    faces = [replace(base, hair=hair) for hair in (None, *HAIR_VARIANTS)]
    faces += [replace(base, rear_hair=rear) for rear in REAR_HAIR_VARIANTS]
    faces += [replace(base, beard=beard) for beard in BEARD_VARIANTS]
    faces += [replace(base, garment=garment) for garment in GARMENTS]
    drawn = [RENDERER.render(face, 0, 48) for face in faces]
    # One of the garments and one of the hair variants are those of the base.
    assert len(set(drawn)) >= len(faces) - 2


@pytest.mark.parametrize(("variation", "size"), [(-1, 64), (0, 0), (0, 100_000)])
def test_a_picture_that_makes_no_sense_is_refused(variation: int, size: int) -> None:
    with pytest.raises(ValueError, match="cannot draw"):
        RENDERER.render(person(), variation, size)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("auburn", "auburn"),
        ("Black", "black"),
        ("jet-black with blonde tips", "black"),
        ("strawberry blonde", "strawberry"),
        ("dirty blond", "dark blonde"),
        ("Platinum", "platinum"),
        ("dark brown", "espresso"),
        ("light brown", "light brown"),
        ("salt and pepper", "gray"),
        ("rubia", "blonde"),
        ("teal", "teal"),
    ],
)
def test_hair_has_the_color_the_words_say(words: str, name: str) -> None:
    assert {person(f"s{n}", hair_color=words).hair_color for n in range(8)} == {HAIR_COLORS[name]}


def test_an_exact_color_is_taken_as_it_is_and_nonsense_leaves_it_to_the_seed() -> None:
    assert person(hair_color="dyed #3F8F5E").hair_color == "#3f8f5e"
    assert person(hair_color="like a summer storm") == person()


@pytest.mark.parametrize(
    ("words", "hair", "rear", "beard"),
    [
        ("long, straight, side part", "sideComed", "longStraight", ...),
        ("short fade with a full beard", "undercut", None, "fullBeard"),
        ("high bun, loose strands", "bun", None, ...),
        ("curly, shoulder-length", "sideComed", "shoulderHigh", ...),
        ("messy and spiky", "spiky", None, ...),
        ("jaw-length bob", "sideComed", "neckHigh", ...),
        ("shaved head, long beard", None, None, "longBeard"),
        ("crew cut, clean-shaven", "undercut", None, None),
        ("handlebar mustache", ..., ..., "moustacheTwirl"),
    ],
)
def test_hair_and_beard_are_worn_as_described(
    words: str, hair: object, rear: object, beard: object
) -> None:
    for seed in range(8):
        who = person(f"s{seed}", gender="male", hair_style=words)
        for wanted, got in ((hair, who.hair), (rear, who.rear_hair), (beard, who.beard)):
            assert wanted is ... or got == wanted


def test_without_words_about_it_women_and_teenagers_have_no_beard_and_some_men_do() -> None:
    men = [person(f"s{n}", gender="male", age_range="25-34") for n in range(60)]
    assert 15 < sum(who.beard is not None for who in men) < 45
    assert not any(person(f"s{n}", gender="female").beard for n in range(60))
    assert not any(person(f"s{n}", gender="male", age_range="16").beard for n in range(60))


def test_an_origin_narrows_the_skin_and_two_origins_span_what_lies_between() -> None:
    def tones(text: str) -> set[str]:
        return {person(f"s{n}", ethnicity=text).skin_color for n in range(80)}

    assert tones("Kenyan") == set(SKIN_TONES[:4])
    assert tones("Swedish") == set(SKIN_TONES[6:])
    assert tones("South Asian") == set(SKIN_TONES[2:7])
    assert tones("Black and Korean") == set(SKIN_TONES)
    assert tones("from the moon") == set(SKIN_TONES)


def test_age_shows_in_hair_nobody_described() -> None:
    grays = {HAIR_COLORS[name] for name in ("gray", "silver", "white")}
    old = [person(f"s{n}", age_range="65+").hair_color in grays for n in range(60)]
    young = [person(f"s{n}", age_range="25-34").hair_color in grays for n in range(60)]
    assert sum(old) > 25
    assert not any(young)


def test_clothes_never_melt_into_skin_or_into_hair_that_falls_on_them() -> None:
    for seed in range(200):
        who = person(f"s{seed}")
        assert distance(who.garment_color, who.skin_color) > 90
        if who.rear_hair:
            assert distance(who.garment_color, who.hair_color) > 90


def test_even_white_hair_gets_several_backdrops_and_never_its_own_white_first() -> None:
    for seed in range(40):
        who = person(f"s{seed}", hair_color="white", hair_style="undercut")
        assert who.backdrop != "#f0efeb"
        pictures = [opened(RENDERER.render(who, variation, 32)) for variation in range(5)]
        assert len({color_at(picture, 0.02, 0.02) for picture in pictures}) >= 4


def test_a_roster_of_strangers_has_many_faces() -> None:
    crowd = [person(f"inf_{n}") for n in range(100)]
    faces = {(w.hair, w.rear_hair, w.beard, w.skin_color, w.hair_color) for w in crowd}
    assert len(faces) > 75


@given(st.text(), st.none() | st.text(), st.none() | st.text(), st.none() | st.text())
def test_any_text_gives_a_person_that_survives_json(
    seed: str, style: str | None, color: str | None, origin: str | None
) -> None:
    who = person(seed, hair_style=style, hair_color=color, ethnicity=origin, age_range=style)
    assert Identity.from_json(who.to_json()) == who


@pytest.mark.parametrize(
    "change",
    [
        {"hair": "mullet"},
        {"beard": "<script>"},
        {"garment": None},
        {"skin_color": "red"},
        {"backdrop": "#fff"},
        {"seed": 7},
        {"extra": "1"},
    ],
)
def test_a_person_the_style_cannot_draw_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="identity"):
        Identity.from_json(person().to_json() | change)


def test_a_clone_with_overrides_is_the_same_person_but_for_what_they_name() -> None:
    source = person(hair_style="undercut", hair_color="black", ethnicity="Korean")
    blonde = adapted(source, hair_color="blonde")
    assert blonde == replace(source, hair_color=HAIR_COLORS["blonde"])
    bearded = adapted(source, hair_style="full beard")
    assert bearded == replace(source, beard="fullBeard")
    assert adapted(source, hair_color="unsure", ethnicity="Korean", age_range="25-34") == source
    assert adapted(bearded, gender="female").beard is None
    redhead = adapted(
        replace(source, rear_hair="longWavy", garment_color="#b4532a"), hair_color="red"
    )
    assert distance(redhead.garment_color, redhead.hair_color) > 90
    assert adapted(source, ethnicity="Nigerian").skin_color in SKIN_TONES[:4]


def test_starting_a_server_does_not_load_the_drawing_libraries() -> None:
    program = (
        "import sys, studio.server.portraits\n"
        "heavy = {'dicebear', 'resvg_py', 'PIL', 'jsonschema', 'PySide6'} & set(sys.modules)\n"
        "sys.exit(' '.join(heavy) or 0)"
    )
    command = [sys.executable, "-c", program]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_the_artist_and_the_licence_are_named_as_the_style_file_names_them() -> None:
    for part in ("ToonHead", "Johan Melin", "CC BY 4.0", "creativecommons.org/licenses/by/4.0"):
        assert part in CREDIT


def photo(width: int = 300, height: int = 400, wall: str = "#b4b4b4") -> Image.Image:
    """A person-like figure before a plain wall."""
    picture = Image.new("RGB", (width, height), wall)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((width * 0.3, height * 0.15, width * 0.7, height * 0.55), fill="#8a5a3c")
    draw.rectangle((width * 0.2, height * 0.6, width * 0.8, height), fill="#224488")
    return picture


def encoded(picture: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, form, **options)
    return target.getvalue()


def test_a_photograph_gives_different_pictures_and_each_of_them_again() -> None:
    source = encoded(photo())
    made = [vary_photo(source, variation, 128) for variation in range(10)]
    assert len(set(made)) == 10
    assert made == [vary_photo(source, variation, 128) for variation in range(10)]
    for data in made:
        assert (opened(data).format, opened(data).size) == ("JPEG", (128, 128))


def test_the_first_picture_is_the_photograph_and_the_others_still_show_the_person() -> None:
    source = encoded(photo(), quality=95)
    assert distance(color_at(opened(vary_photo(source, 0, 200)), 0.5, 0.45), "#8a5a3c") < 12
    for variation in range(1, 10):
        middle = color_at(opened(vary_photo(source, variation, 200)), 0.5, 0.45)
        assert distance(middle, "#8a5a3c") < 110


def test_where_it_was_taken_never_leaves_the_photograph() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAM"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    source = encoded(photo(), exif=exif.tobytes(), comment=b"SECRETNOTE")
    assert opened(source).getexif().get_ifd(0x8825)
    for variation in (0, 1):
        data = vary_photo(source, variation, 96)
        assert not opened(data).getexif()
        assert b"SECRET" not in data
        assert b"Exif" not in data
        assert "comment" not in opened(data).info


def test_a_photograph_taken_sideways_comes_out_upright() -> None:
    upright = photo(300, 300)
    exif = Image.Exif()
    exif[0x0112] = 6
    sideways = encoded(upright.rotate(90, expand=True), quality=95, exif=exif.tobytes())
    plain = vary_photo(encoded(upright, quality=95), 0, 100)
    turned = vary_photo(sideways, 0, 100)
    difference = ImageChops.difference(opened(plain), opened(turned))
    assert max(ImageStat.Stat(difference).mean) < 3


def test_a_plain_wall_takes_a_pastel_and_a_busy_street_stays() -> None:
    wall = encoded(photo(wall="#b4b4b4"), quality=95)
    top = color_at(opened(vary_photo(wall, 5, 200)), 0.05, 0.05)
    red, green, blue = (int(top[n : n + 2], 16) for n in (1, 3, 5))
    assert max(red, green, blue) - min(red, green, blue) > 12
    street = Image.effect_noise((300, 300), 120).convert("RGB")
    before = ImageStat.Stat(opened(vary_photo(encoded(street), 0, 200))).stddev[0]
    after = ImageStat.Stat(opened(vary_photo(encoded(street), 5, 200))).stddev[0]
    assert after > before * 0.6


def test_a_cut_out_stands_before_a_clean_pastel() -> None:
    cut_out = photo(300, 300)
    outline = Image.new("L", (300, 300), 0)
    ImageDraw.Draw(outline).ellipse((60, 40, 240, 300), fill=255)
    cut_out.putalpha(outline)
    for variation in range(4):
        picture = opened(vary_photo(encoded(cut_out, "PNG"), variation, 200))
        corner = color_at(picture, 0.02, 0.02)
        assert distance(corner, BACKDROPS[variation]) < 12


def huge_png() -> bytes:
    """The header of a 100-megapixel PNG; there are no pixels behind it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    header = struct.pack(">IIBBBBB", 8100, 8000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")
    )


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(PhotoError, match="64 million"):
        vary_photo(huge_png(), 1, 64)


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        encoded(photo())[:400],
        encoded(photo(), "GIF"),
    ],
    ids=["empty", "text", "svg", "cut off", "gif"],
)
def test_what_is_no_photograph_is_refused_with_one_error(source: bytes) -> None:
    with pytest.raises(PhotoError):
        vary_photo(source, 0, 64)


@pytest.mark.parametrize(
    ("form", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("PNG", "RGB"),
        ("PNG", "L"),
        ("PNG", "LA"),
        ("PNG", "P"),
        ("PNG", "RGBA"),
        ("PNG", "1"),
        ("WEBP", "RGB"),
        ("WEBP", "RGBA"),
    ],
)
def test_common_files_of_every_color_mode_are_taken(form: str, mode: str) -> None:
    data = vary_photo(encoded(photo().convert(mode), form), 1, 64)
    assert opened(data).mode == "RGB"


def display_p3() -> bytes:
    """A minimal ICC profile with the primaries of current cameras and screens, gamma 2.2."""

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(v * 65536)) for v in values)

    curve = b"curv\0\0\0\0" + struct.pack(">IHH", 1, round(2.2 * 256), 0)
    tags = {
        b"rXYZ": xyz(0.51512, 0.24120, -0.00105),
        b"gXYZ": xyz(0.29198, 0.69225, 0.04189),
        b"bXYZ": xyz(0.15710, 0.06657, 0.78407),
        b"wtpt": xyz(0.96420, 1.0, 0.82491),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    table, body = struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        offset = 128 + 4 + 12 * len(tags) + len(body)
        table += name + struct.pack(">II", offset, len(content))
        body += content
    header = struct.pack(">I4sI4s4s4s", 0, b"", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    header += bytes(12) + b"acsp" + bytes(28) + xyz(0.9642, 1.0, 0.82491)[8:]
    profile = header.ljust(128, b"\0") + table + body
    return struct.pack(">I", len(profile)) + profile[4:]


def test_wide_gamut_colors_are_converted_and_a_broken_profile_is_ignored() -> None:
    red = Image.new("RGB", (64, 64), "#c83232")
    plain = vary_photo(encoded(red, "PNG"), 0, 32)
    wide = vary_photo(encoded(red, "PNG", icc_profile=display_p3()), 0, 32)
    # In sRGB terms the same numbers in Display P3 are a stronger red.
    assert color_at(opened(wide), 0.5, 0.5)[1:3] > color_at(opened(plain), 0.5, 0.5)[1:3]
    assert color_at(opened(wide), 0.5, 0.5)[3:5] < color_at(opened(plain), 0.5, 0.5)[3:5]
    assert vary_photo(encoded(red, "PNG", icc_profile=b"no profile"), 0, 32) == plain
