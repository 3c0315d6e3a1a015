"""What a card tells beyond its name: a choice that waits, and why a search found it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from studio.domain.roster import RosterQuery, RosterRow
from studio.ui.gallery.card_painter import CardPainter, Face, pill_look
from studio.ui.gallery.geometry import BLEED, Geometry
from studio.viewmodels.gallery_words import spoken, status_of

if TYPE_CHECKING:
    from PySide6.QtGui import QColor


def row(**values) -> RosterRow:
    return RosterRow("inf_1", "Nova", "ready", None, None, None, "Warm · dry", **values)


def test_a_conflict_is_the_status_of_its_card_before_anything_but_deletion():
    query = RosterQuery("p1")
    assert status_of(row(conflicts=2), query) == "conflict"
    assert status_of(row(conflicts=2, blocked=True), query) == "conflict"
    assert status_of(row(blocked=True), query) == "attention"
    assert status_of(row(conflicts=2), RosterQuery("p1", view="deleted")) == "deleted"


def test_its_pill_has_a_word_a_color_and_a_shape_of_its_own():
    word, token, shape = pill_look(Face("i", "Nova", "", "conflict", unsent=False))
    assert (word, token, shape) == ("Needs a choice", "conflict", "fork")
    others = {
        pill_look(Face("i", "", "", status, unsent=False))
        for status in ("ready", "draft", "failed", "pending", "attention")
    }
    for mine, theirs in zip((word, token, shape), zip(*others, strict=True), strict=True):
        assert mine not in theirs


def test_a_screen_reader_hears_the_choice_and_why_it_was_found():
    said = spoken(row(conflicts=1, hit="Catchphrases: Ship it."), "conflict", None)
    assert said == "Nova, needs a choice, found by Catchphrases: Ship it."


@pytest.fixture
def paint(theme):
    geometry = Geometry(400, 4)
    painter = CardPainter(theme)
    painter.set_look(geometry, 1.0, 4)

    def cell(name: str, line: str, query: str):
        face = Face("i", name, line, "ready", unsent=False, query=query)
        return painter.cell(face, None).toImage()

    cell.top = BLEED + 1 + geometry.picture_height
    return cell


def tinted(image, tint: QColor, top: int) -> list[int]:
    """Columns in which the words below ``top`` stand on the tint."""
    return [
        x
        for x in range(image.width())
        if any(image.pixelColor(x, y) == tint for y in range(top + 4, image.height() - BLEED - 4))
    ]


@pytest.mark.parametrize(
    ("name", "line"),
    [("Nova Chen", "Warm · dry"), ("Kai", "Catchphrases: Nova."), ("🚀 Növa", "Warm")],
)
def test_the_hit_stands_on_a_tint_in_the_name_and_under_it(theme, paint, name, line):
    tint = theme.color("accentSoft")
    assert not tinted(paint(name, line, ""), tint, paint.top)
    columns = tinted(paint(name, line, "nova"), tint, paint.top)
    assert 12 <= len(columns) <= 60


def test_only_what_was_typed_is_tinted(theme, paint):
    tint = theme.color("accentSoft")
    short = tinted(paint("Novation", "", "no"), tint, paint.top)
    long = tinted(paint("Novation", "", "novation"), tint, paint.top)
    assert 0 < len(short) < len(long)
    assert short[0] == long[0]


def test_a_name_from_the_right_is_tinted_where_it_is_read_first(theme, paint):
    columns = tinted(paint("نور الدين", "", "نور"), theme.color("accentSoft"), paint.top)
    assert columns
    assert min(columns) > paint("نور", "", "").width() / 2
