"""Backups in the window: the list, what a choice would change, and bringing it back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.core.errors import ChangeStateFirst
from studio.core.tasks import TaskScope
from studio.domain.backup import Backup, Comparison, Unsent
from studio.ui.backups.dialog import BackupsDialog
from studio.viewmodels.backups import BackupsViewModel

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
TWO = Comparison(
    comes_back=(Unsent("inf_1", "Nova", ("vibe", "style")),),
    only_now=(Unsent("inf_2", "Sora", ("name",)),),
    waiting_now=2,
)


class Copies:
    """Two sound copies and a broken one, in memory."""

    def __init__(self):
        self.found = [
            Backup("b", "rolling", NOON, 2_000_000, influencers=12, drafts=3, waiting=1),
            Backup("a", "update", NOON, 1_000_000, influencers=11),
            Backup("x", "asked", NOON, 5_000, is_sound=False),
        ]
        self.comparison = TWO
        self.refusal = None
        self.restored = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def backups(self):
        return tuple(self.found)

    async def compare(self, name):
        await self.gate.wait()
        return self.comparison

    async def back_up(self):
        self.found.insert(0, replace(self.found[0], name="c", reason="asked"))

    async def restore(self, name, *, keep_current):
        if self.refusal:
            raise self.refusal
        self.restored.append((name, keep_current))


class Stage:
    def __init__(self, scope, parent):
        self.copies = Copies()
        self.model = BackupsViewModel(self.copies, scope)
        self.dialog = BackupsDialog(self.model, parent)


@pytest_asyncio.fixture
async def stage(reading_window, until):
    errors = []
    scope = TaskScope("test", errors.append)
    reading_window.resize(900, 700)
    reading_window.show()
    made = Stage(scope, reading_window)
    made.dialog.open()
    await until(lambda: made.dialog.lines)
    yield made
    made.dialog.reject()
    await scope.close()
    assert not errors, errors


async def choose(stage, until, place=0):
    QTest.mouseClick(
        stage.dialog.lines[place].choice, Qt.MouseButton.LeftButton, pos=stage_point(stage, place)
    )
    await until(lambda: stage.model.can_restore)


def stage_point(stage, place):
    box = stage.dialog.lines[place].choice.rect()
    point = box.center()
    point.setX(box.left() + 8)
    return point


async def test_each_copy_says_when_why_and_what_is_in_it(stage):
    words = [line.row.words for line in stage.dialog.lines]
    assert words[0].startswith("By itself · 12 influencers · 3 drafts · 1 waiting")
    assert words[1].startswith("Before an update")
    assert words[2].startswith("Failed its check")
    assert not stage.dialog.lines[2].choice.isEnabled()
    assert not stage.dialog.restore_button.isEnabled()


async def test_the_choice_says_what_it_changes_before_it_can_be_restored(stage, until):
    await choose(stage, until)
    said = stage.dialog.effects.text()
    assert "Comes back: Nova (2 fields)." in said
    assert "Your drafts and waiting changes of now stay." in said
    assert stage.dialog.keep.isChecked()
    stage.dialog.keep.setChecked(False)
    said = stage.dialog.effects.text()
    assert "Leaves the screen: Sora (1 field)." in said
    assert "2 changes that wait now are not sent." in said
    assert "kept in a backup of now" in said


async def test_restoring_keeps_what_is_unsent_unless_told_otherwise(stage, until):
    await choose(stage, until, 1)
    QTest.mouseClick(stage.dialog.restore_button, Qt.MouseButton.LeftButton)
    await until(lambda: stage.copies.restored)
    assert stage.copies.restored == [("a", True)]
    await until(lambda: not stage.dialog.isVisible())


async def test_enter_alone_never_restores(stage, until):
    await choose(stage, until)
    QTest.keyClick(stage.dialog, Qt.Key.Key_Return)
    await until(lambda: not stage.dialog.isVisible())
    assert stage.copies.restored == []


async def test_a_restore_that_fails_says_why_and_stays_open(stage, until):
    stage.copies.refusal = ChangeStateFirst("This backup is not there any more.")
    await choose(stage, until)
    QTest.mouseClick(stage.dialog.restore_button, Qt.MouseButton.LeftButton)
    await until(stage.dialog.notice.isVisible)
    assert "not there" in stage.model.problem
    assert stage.dialog.isVisible()


async def test_until_the_comparison_is_there_nothing_can_be_restored(stage, until):
    stage.copies.gate.clear()
    stage.dialog.lines[0].choice.click()
    assert stage.model.chosen == "b"
    assert not stage.dialog.restore_button.isEnabled()
    stage.copies.gate.set()
    await until(stage.dialog.restore_button.isEnabled)


async def test_a_copy_made_now_is_on_top(stage, until):
    QTest.mouseClick(stage.dialog.make_button, Qt.MouseButton.LeftButton)
    await until(lambda: len(stage.dialog.lines) == 4)
    assert stage.dialog.lines[0].row.words.startswith("Made by you")
