"""Backups in the window: the list, what a choice would change, and bringing it back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit

from studio.core.errors import ChangeStateFirst
from studio.core.tasks import TaskScope
from studio.domain.backup import (
    Backup,
    Comparison,
    ExportReport,
    Holding,
    ImportReport,
    Unsent,
)
from studio.ui.backups.dialog import BackupsDialog
from studio.viewmodels.backups import BackupsViewModel
from studio.viewmodels.transfers import TransfersViewModel

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


class Files:
    """One export that can be looked into, in memory."""

    def __init__(self):
        self.report = ImportReport("Acme", 1, Holding(12, 3, 1), TWO)
        self.refusal = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.taken = []
        self.open = 0

    async def export(self, target):
        await self.gate.wait()
        if self.refusal:
            raise self.refusal
        return ExportReport(target, 2_000_000, 2, Holding(12, 1, 0))

    async def look(self, archive):
        await self.gate.wait()
        if self.refusal:
            raise self.refusal
        self.open += 1
        return self.report

    async def take_in(self, *, keep_current):
        if self.refusal:
            raise self.refusal
        self.taken.append(keep_current)

    async def forget(self):
        self.open -= 1


class Stage:
    def __init__(self, scope, parent):
        self.copies = Copies()
        self.files = Files()
        self.model = BackupsViewModel(self.copies, scope, TransfersViewModel(self.files, scope))
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
    assert words[0].startswith("By itself · 12 influencers · 3 drafts · 1 waiting change")
    assert words[1].startswith("Before an update")
    assert words[2].startswith("Failed its check")
    assert stage.dialog.lines[2].choice is None
    assert not stage.dialog.restore_button.isEnabled()


async def test_the_keys_begin_at_the_first_copy(stage, until):
    await until(stage.dialog.lines[0].choice.hasFocus)
    QTest.keyClick(stage.dialog.lines[0].choice, Qt.Key.Key_Space)
    await until(lambda: stage.model.can_restore)
    assert stage.model.chosen == "b"


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


async def test_what_a_choice_changes_stands_in_sight_below_it(stage, until):
    stage.copies.found = [replace(stage.copies.found[0], name=f"n{place}") for place in range(15)]
    stage.model.load()
    await until(lambda: len(stage.dialog.lines) == 15)
    last = stage.dialog.lines[14]
    last.choice.click()
    await until(lambda: stage.dialog.effects.visibleRegion().boundingRect().height() > 20)
    effects = stage.dialog.effects
    assert effects.visibleRegion().boundingRect().height() == effects.height()
    top = effects.mapTo(stage.dialog, effects.rect().topLeft()).y()
    assert top >= last.mapTo(stage.dialog, last.rect().bottomLeft()).y()
    stage.dialog.lines[3].choice.click()
    assert not effects.isVisible()


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


# ---- the whole workspace as a file


async def choose_file(stage, until, button, path):
    """Press a button and answer the system's dialog with a file."""
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    shown = [each for each in stage.dialog.findChildren(QFileDialog) if each.isVisible()]
    assert len(shown) == 1
    shown[0].findChild(QLineEdit).setText(str(path))
    shown[0].accept()
    await until(lambda: not shown[0].isVisible())


@pytest.fixture
def export(tmp_path):
    file = tmp_path / "acme.studio-workspace"
    file.write_bytes(b"an export")
    return file


async def test_an_export_says_where_it_went_and_how_much_it_is(stage, until, tmp_path):
    stage.files.gate.clear()
    await choose_file(stage, until, stage.dialog.export_button, tmp_path / "acme")
    assert "Writing" in stage.model.transfers.progress
    assert not stage.dialog.import_button.isEnabled()
    assert not stage.dialog.make_button.isEnabled()
    stage.files.gate.set()
    await until(lambda: stage.model.transfers.written)
    said = stage.model.transfers.written
    assert "12 influencers, 1 draft, 0 waiting changes, 2 images" in said
    assert said.endswith("acme.studio-workspace")
    assert stage.dialog.notice.property("tone") == "ok"
    assert stage.dialog.import_button.isEnabled()


async def test_an_export_that_fails_says_why(stage, until, tmp_path):
    stage.files.refusal = ChangeStateFirst("No room there.", next_step="Choose another place.")
    await choose_file(stage, until, stage.dialog.export_button, tmp_path / "acme")
    await until(lambda: stage.model.transfers.problem)
    assert stage.dialog.notice.isVisible()
    assert stage.model.transfers.problem == "No room there. Choose another place."
    assert stage.dialog.notice.property("tone") == "error"


async def test_a_file_is_shown_before_it_is_taken_in(stage, until, export):
    await choose_file(stage, until, stage.dialog.import_button, export)
    page = stage.dialog.incoming
    await until(page.isVisible)
    assert page.owner.text() == "Workspace of Acme"
    assert page.contents.text() == "12 influencers · 3 drafts · 1 waiting change · 1 image"
    assert "Comes back: Nova (2 fields)." in page.effects.text()
    assert "stay." in page.effects.text()
    assert page.keep.isChecked()
    page.keep.setChecked(False)
    assert "Leaves the screen: Sora (1 field)." in page.effects.text()
    assert not stage.dialog.restore_button.isVisible()
    assert stage.files.taken == []
    QTest.mouseClick(stage.dialog.take_button, Qt.MouseButton.LeftButton)
    await until(lambda: stage.files.taken == [False])
    await until(lambda: not stage.dialog.isVisible())


async def test_drafts_of_now_are_kept_unless_told_otherwise(stage, until, export):
    await choose_file(stage, until, stage.dialog.import_button, export)
    await until(stage.dialog.take_button.isVisible)
    QTest.mouseClick(stage.dialog.take_button, Qt.MouseButton.LeftButton)
    await until(lambda: stage.files.taken == [True])


async def test_going_back_leaves_nothing_of_the_file(stage, until, export):
    await choose_file(stage, until, stage.dialog.import_button, export)
    await until(stage.dialog.back_button.isVisible)
    QTest.mouseClick(stage.dialog.back_button, Qt.MouseButton.LeftButton)
    await until(lambda: stage.files.open == 0)
    assert not stage.dialog.incoming.isVisible()
    assert stage.dialog.restore_button.isVisible()


async def test_enter_and_escape_never_import(stage, until, export):
    await choose_file(stage, until, stage.dialog.import_button, export)
    await until(stage.dialog.take_button.isVisible)
    QTest.keyClick(stage.dialog, Qt.Key.Key_Return)
    await until(lambda: not stage.dialog.isVisible())
    assert stage.files.taken == []
    stage.model.close()
    await until(lambda: stage.files.open == 0)


async def test_a_file_that_is_refused_says_why_and_stays_with_the_copies(stage, until, export):
    stage.files.refusal = ChangeStateFirst("This export belongs to Beta.")
    await choose_file(stage, until, stage.dialog.import_button, export)
    await until(lambda: stage.model.transfers.problem)
    assert "Beta" in stage.model.transfers.problem
    assert stage.dialog.notice.isVisible()
    assert not stage.dialog.incoming.isVisible()


async def test_an_import_that_fails_says_why_and_can_be_tried_again(stage, until, export):
    await choose_file(stage, until, stage.dialog.import_button, export)
    await until(stage.dialog.take_button.isVisible)
    stage.files.refusal = ChangeStateFirst("The disk is full.")
    QTest.mouseClick(stage.dialog.take_button, Qt.MouseButton.LeftButton)
    await until(lambda: stage.model.transfers.problem)
    assert stage.dialog.isVisible()
    assert stage.dialog.take_button.isEnabled()
