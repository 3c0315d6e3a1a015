"""A widget that was deleted is gone: nothing keeps it alive behind the window's back."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget

from studio.ui.widgets.avatar import Avatar
from studio.ui.widgets.buttons import Button, IconButton, SplitButton
from studio.ui.widgets.card import Notice
from studio.ui.widgets.checks import CheckBox
from studio.ui.widgets.chips import ChipEditor, FilterChip
from studio.ui.widgets.dialog import StudioDialog
from studio.ui.widgets.field_row import FieldRow
from studio.ui.widgets.fields import ChoiceField, SearchField, TextArea, TextField
from studio.ui.widgets.label import ElidedLabel, Label
from studio.ui.widgets.menu import Menu
from studio.ui.widgets.phrases import PhraseList
from studio.ui.widgets.pill import StatusPill
from studio.ui.widgets.progress import ProgressLine
from studio.ui.widgets.segmented import Segmented
from studio.ui.widgets.tabs import TabBar
from studio.ui.widgets.toast import ToastStack

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.ui.theme import Theme


def chips() -> QWidget:
    editor = ChipEditor()
    editor.set_values(("a", "b"))
    editor.set_suggestions(("c",))
    return editor


def phrases() -> QWidget:
    editor = PhraseList()
    editor.set_values(("a", "b"))
    return editor


def menu() -> QWidget:
    made = Menu()
    made.addAction("Copy")
    return made


def dialog() -> QWidget:
    made = StudioDialog("Title", "Subtitle", icon="copy")
    made.add_button("Close", result=0)
    return made


def host_with_toast() -> QWidget:
    host = QWidget()
    ToastStack(host).notify("Hello", action="Undo")
    return host


MAKERS: list[Callable[[], QWidget]] = [
    lambda: Label("x"),
    lambda: ElidedLabel("x"),
    lambda: Button("x", "primary", "plus"),
    lambda: IconButton("x", "Close"),
    lambda: SplitButton("Clone", "copy"),
    lambda: TextField("x"),
    lambda: TextArea("x"),
    lambda: SearchField("Search", "Ctrl+F"),
    lambda: ChoiceField(("a",), editable=True),
    lambda: FieldRow("Name", TextField()),
    lambda: FilterChip("All", "ok"),
    lambda: StatusPill("ready"),
    lambda: Segmented((("a", "A"), ("b", "B"))),
    ProgressLine,
    TabBar,
    Avatar,
    lambda: Notice("x", "warn"),
    lambda: CheckBox("x"),
    chips,
    phrases,
    menu,
    dialog,
    host_with_toast,
]


@pytest.mark.parametrize("place", range(len(MAKERS)))
def test_a_deleted_widget_is_collected(theme: Theme, place: int) -> None:
    widget = MAKERS[place]()
    kept = [weakref.ref(widget), *(weakref.ref(child) for child in widget.findChildren(QWidget))]
    widget.show()
    theme.set_mode("dark")
    widget.hide()
    widget.deleteLater()
    del widget
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    assert [type(ref()).__name__ for ref in kept if ref() is not None] == []
