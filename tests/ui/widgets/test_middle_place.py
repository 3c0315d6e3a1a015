"""Where a dialog stands over its window."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect

from studio.ui.widgets.middle_place import middle_of

SCREEN = QRect(0, 0, 1920, 1080)


def test_it_stands_over_the_middle_of_its_window():
    assert middle_of(QRect(100, 100, 1000, 800), 400, 200, SCREEN) == QPoint(400, 400)


def test_it_stays_on_the_screen_when_the_window_is_smaller_than_it():
    assert middle_of(QRect(1500, 700, 400, 300), 900, 700, SCREEN) == QPoint(1020, 380)
    assert middle_of(QRect(0, 0, 300, 200), 900, 700, SCREEN) == QPoint(0, 0)


def test_over_a_window_on_two_screens_it_stands_in_the_middle():
    small = QRect(0, 0, 800, 800)
    assert middle_of(QRect(0, 0, 1440, 900), 860, 400, small) == QPoint(290, 250)
