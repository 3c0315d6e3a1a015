"""Where cards lie: no gutter, no overlap, and the same answer from both sides."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint

from studio.ui.gallery.card_painter import Face, is_right_to_left, pill_look
from studio.ui.gallery.geometry import GAP, MARGIN, Geometry

widths = st.integers(200, 2600)
counts = st.integers(1, 100_000)
densities = st.sampled_from(["grid", "compact"])


@given(widths, counts, densities, st.sampled_from([1.0, 1.5, 2.0]), st.booleans())
def test_cards_fill_the_width_and_are_found_again(width, count, density, scale, mirrored):
    shape = Geometry(width, count, density, scale, mirrored=mirrored)
    line = [shape.rect(row) for row in range(min(count, shape.columns))]
    line.sort(key=lambda box: box.left())
    for before, after in itertools.pairwise(line):
        assert GAP <= after.left() - before.right() - 1 <= GAP + 1
    if len(line) == shape.columns:
        assert abs(line[0].left() - MARGIN) <= 1 + shape.columns
        assert abs(line[-1].right() + 1 - (width - MARGIN)) <= shape.columns
    for row in {0, count // 2, count - 1}:
        assert shape.row_at(shape.rect(row).center()) == row
        assert shape.row_at(shape.rect(row).topLeft()) == row
        assert shape.row_at(shape.rect(row).bottomRight()) == row
    assert shape.row_at(QPoint(shape.rect(0).left(), shape.rect(0).top() - 2)) == -1
    assert shape.rect(count - 1).bottom() < shape.height


@given(widths, counts, st.integers(0, 200_000), st.integers(1, 1500))
def test_what_is_in_sight_is_every_card_that_touches_it(width, count, top, height):
    shape = Geometry(width, count)
    seen = shape.rows_between(top, top + height)
    for row in (seen.start - 1, seen.start, seen.stop - 1, seen.stop):
        if 0 <= row < count:
            box = shape.rect(row)
            touches = box.bottom() >= top and box.top() <= top + height
            assert not touches or row in seen


def test_the_width_of_the_design_has_four_cards_in_a_line():
    shape = Geometry(741, 12)
    assert (shape.columns, shape.card_width, shape.card_height) == (4, 164, 207)


@pytest.mark.parametrize(
    ("text", "right"),
    [("نور", True), ("Nova", False), ("12 נועה", True), ("🎉 Zoë", False), ("", False)],
)
def test_the_reading_side_follows_the_first_letter(text, right):
    assert is_right_to_left(text) is right


def test_a_pill_is_shape_color_and_word(qapp):
    face = Face("i", "Nova", "", "training", unsent=False, percent=62)
    assert pill_look(face) == ("Rendering 62%", "info", "half")
    assert pill_look(face, short=True)[0] == "62%"
    looks = {
        status: pill_look(Face("i", "", "", status, unsent=False))
        for status in ("draft", "pending", "training", "ready", "failed", "attention", "deleted")
    }
    assert len({shape for _, _, shape in looks.values()}) == len(looks)
    assert pill_look(Face("i", "", "", "new_status", unsent=False))[0] == "new_status"
