"""Clone: prefilled fields on the left, what changes on the right."""

from __future__ import annotations

import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.core.errors import FixInput
from studio.domain.diff import Change
from studio.ui.clone.diff_view import words_of


@pytest_asyncio.fixture
async def dialog(shell):
    await shell.show()
    shell.dialogs.clone("inf_nova")
    made = shell.dialog("clone")
    await shell.world.until(lambda: made.form.editor("personality.tone") is not None)
    return made


def _write(dialog, path, text):
    control = dialog.form.editor(path).control
    control.setFocus()
    control.selectAll()
    QTest.keyClicks(control, text)


async def test_it_opens_filled_and_with_the_name_selected(dialog):
    assert dialog.windowTitle() == "Clone Nova"
    name = dialog.form.editor("name").control
    assert name.text() == "Nova (B)"
    assert name.selectedText() == "Nova (B)"
    assert dialog.form.editor("personality.humor").value() == "deadpan"
    assert dialog.form.editor("personality.traits").value() == ("earnest", "thorough")
    assert dialog.diff.lines == ()
    assert dialog.clone_button.isEnabled()


async def test_typing_shows_the_difference_at_once_and_enter_clones(shell, dialog, press):
    _write(dialog, "personality.humor", "dry-witty")
    lines = [(line.change.label, line.change.old, line.change.new) for line in dialog.diff.lines]
    assert lines == [("Humor", "deadpan", "dry-witty")]
    made = []
    shell.dialogs.made.connect(made.append)
    press(dialog, Qt.Key.Key_Return)
    await shell.world.until(lambda: made)
    assert shell.world.personas.clones == [
        ("inf_nova", "Nova (B)", {"personality.humor": "dry-witty"})
    ]
    assert shell.dialog("clone") is None


async def test_revert_takes_the_override_back(dialog):
    _write(dialog, "personality.tone", "playful")
    editor = dialog.form.editor("personality.tone")
    editor.row.revert_requested.emit()
    assert editor.value() == "conversational"
    assert dialog.diff.lines == ()


async def test_another_field_joins_the_form_with_the_focus(shell, dialog):
    dialog.offer_field("vibe")
    assert dialog.form.editor("vibe").control.hasFocus()
    _write(dialog, "vibe", "cozy")
    assert dialog.diff.lines[-1].change.new == "cozy"
    await shell.world.settle()


async def test_a_problem_stands_at_its_field_and_holds_the_button(shell, dialog):
    _write(dialog, "name", "n" * 129)
    assert "128" in dialog.form.editor("name").row._problem.text()
    assert not dialog.clone_button.isEnabled()
    _write(dialog, "name", "Nova X")
    assert dialog.clone_button.isEnabled()
    shell.world.personas.refusal = FixInput("This name is taken.", field="name")
    QTest.mouseClick(dialog.clone_button, Qt.MouseButton.LeftButton)
    await shell.world.until(
        lambda: dialog.form.editor("name").row._problem.text() == "This name is taken."
    )
    assert dialog.isVisible()


async def test_escape_makes_nothing(shell, dialog, press):
    press(dialog, Qt.Key.Key_Escape)
    await shell.world.settle()
    assert shell.world.personas.clones == []
    assert shell.dialog("clone") is None


async def test_closing_while_reading_leaves_no_error(shell):
    await shell.show()
    shell.dialogs.clone("inf_nova")
    shell.dialog("clone").reject()
    await shell.world.settle()
    assert shell.dialog("clone") is None


def test_a_list_is_compared_entry_by_entry():
    change = Change("personality.traits", ("earnest", "thorough"), ("earnest", "bold"))
    assert words_of(change) == [("earnest", "same"), ("thorough", "old"), ("bold", "new")]
    assert words_of(Change("vibe", None, "cozy")) == [("cozy", "new")]
    assert words_of(Change("personality.values", ("craft",), ())) == [("craft", "old")]
