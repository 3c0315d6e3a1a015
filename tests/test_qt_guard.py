"""Guards against builds of Qt for Python that break a running program without a word.

PySide6 6.12 on Python 3.11 takes one reference from None with almost every call and ends the
process after some thousand of them. These tests make the calls a window makes and count.
"""

from __future__ import annotations

import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import PySide6
import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Signal
from PySide6.QtGui import QColor, QPainter, QPixmap, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QLineEdit, QListView, QStyledItemDelegate, QStyleOptionViewItem

ROUNDS = 1000
#: References that come and go with caches; the fault loses at least one per round.
NOISE = 50


class PaintingDelegate(QStyledItemDelegate):
    """Draws a cell the way the gallery does: every painter call comes from Python."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Card, picture and name."""
        cell = QRect(0, 0, 60, 40)
        painter.save()
        painter.fillRect(cell, QColor("white"))
        painter.setPen(QColor("black"))
        painter.drawRect(cell)
        painter.drawText(cell, 0, str(index.data()))
        painter.restore()
        super().paint(painter, option, index)


class Sender(QObject):
    """Sends what a view model sends."""

    changed = Signal(bool)


@pytest.mark.usefixtures("qapp")
def test_painting_a_thousand_cells_costs_none_nothing() -> None:
    model = QStandardItemModel()
    model.appendRow(QStandardItem("Nova"))
    view = QListView()
    view.setModel(model)
    delegate = PaintingDelegate()
    option = QStyleOptionViewItem()
    canvas = QPixmap(80, 60)
    painter = QPainter(canvas)
    try:
        delegate.paint(painter, option, model.index(0, 0))
        before = sys.getrefcount(None)
        for _ in range(ROUNDS):
            delegate.paint(painter, option, model.index(0, 0))
        drift = sys.getrefcount(None) - before
    finally:
        painter.end()
    assert abs(drift) < NOISE


@pytest.mark.usefixtures("qapp")
def test_setting_a_text_a_thousand_times_costs_none_nothing() -> None:
    field = QLineEdit()
    field.setText("x")
    before = sys.getrefcount(None)
    for _ in range(ROUNDS):
        field.setText("x")
    assert abs(sys.getrefcount(None) - before) < NOISE


@pytest.mark.usefixtures("qapp")
def test_sending_a_thousand_signals_costs_true_nothing() -> None:
    sender = Sender()
    sender.changed.emit(True)
    before = sys.getrefcount(True)
    for _ in range(ROUNDS):
        sender.changed.emit(True)
    assert abs(sys.getrefcount(True) - before) < NOISE


def test_the_installed_qt_is_one_the_project_allows() -> None:
    pyproject = Path(__file__).resolve().parent.parent / "pyproject.toml"
    wanted = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["dependencies"]
    pin = next(
        requirement
        for requirement in map(Requirement, wanted)
        if requirement.name == "PySide6-Essentials"
    )
    installed = version("PySide6-Essentials")
    assert installed == PySide6.__version__
    assert pin.specifier.contains(installed)
    if sys.version_info < (3, 12):
        assert not pin.specifier.contains("6.12.0")
        assert Version(installed) < Version("6.12")
