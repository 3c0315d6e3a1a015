"""New influencer, the deletion gate, settings, about, and the question before quitting."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.ui.quit_dialog import QUIT, STAY, QuitDialog


def _click(widget):
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


async def test_a_name_and_enter_make_an_influencer(shell, press):
    await shell.show()
    shell.dialogs.create()
    dialog = shell.dialog("creation")
    assert not dialog.create_button.isEnabled()
    QTest.keyClicks(dialog.form.editor("name").control, "Kai")
    assert dialog.create_button.isEnabled()
    made = []
    shell.dialogs.made.connect(made.append)
    press(dialog, Qt.Key.Key_Return)
    await shell.world.until(lambda: made)
    assert shell.world.personas.created == [("p1", {"name": "Kai"})]
    assert shell.dialog("creation") is None


async def test_the_new_influencer_form_flags_what_is_too_long(shell):
    await shell.show()
    shell.dialogs.create()
    dialog = shell.dialog("creation")
    QTest.keyClicks(dialog.form.editor("name").control, "Kai")
    dialog.form.editor("age_range").control.setText("")
    QTest.keyClicks(dialog.form.editor("age_range").control, "between 25 and 34")
    assert "16" in dialog.form.editor("age_range").row._problem.text()
    assert not dialog.create_button.isEnabled()


async def test_only_one_dialog_of_a_kind(shell):
    await shell.show()
    shell.dialogs.create()
    first = shell.dialog("creation")
    shell.dialogs.create()
    assert shell.dialog("creation") is first


async def test_enter_alone_never_deletes(shell, press):
    await shell.show()
    shell.dialogs.delete("inf_nova")
    dialog = shell.dialog("deletion")
    await shell.world.until(lambda: dialog.windowTitle() == "Delete Nova?")
    assert any("no way to bring it back" in fact for fact in dialog.facts())
    press(dialog, Qt.Key.Key_Return)
    await shell.world.settle()
    assert shell.world.personas.deleted == []
    assert shell.dialog("deletion") is None


async def test_even_with_the_tick_enter_keeps(shell, press):
    await shell.show()
    shell.dialogs.delete("inf_nova")
    dialog = shell.dialog("deletion")
    await shell.world.until(lambda: dialog.windowTitle() == "Delete Nova?")
    assert not dialog.delete_button.isEnabled()
    dialog.understood.setFocus()
    press(dialog.understood, Qt.Key.Key_Space)
    assert dialog.delete_button.isEnabled()
    press(dialog.understood, Qt.Key.Key_Return)
    await shell.world.settle()
    assert shell.world.personas.deleted == []


async def test_the_reason_goes_with_the_deletion(shell):
    await shell.show()
    shell.dialogs.delete("inf_nova")
    dialog = shell.dialog("deletion")
    await shell.world.until(lambda: dialog.windowTitle() == "Delete Nova?")
    QTest.keyClicks(dialog.reason, "Off brand")
    dialog.understood.setChecked(True)
    gone = []
    shell.dialogs.deleted.connect(gone.append)
    _click(dialog.delete_button)
    await shell.world.until(lambda: gone)
    assert shell.world.personas.deleted == [("inf_nova", "Off brand")]


async def test_settings_name_the_organization_before_the_key_is_kept(shell):
    await shell.show()
    shell.dialogs.settings()
    dialog = shell.dialog("settings")
    assert not dialog.url.isVisible()
    dialog.remote.setChecked(True)
    assert dialog.url.isVisible()
    QTest.keyClicks(dialog.url, "https://api.layers.com")
    QTest.keyClicks(dialog.key, "lp_live_wrong")
    assert dialog.key.displayText() != "lp_live_wrong"
    assert not dialog.save_button.isEnabled()
    _click(dialog.check_button)
    await shell.world.until(lambda: "does not know" in dialog.notice._label.text())
    assert not dialog.save_button.isEnabled()
    dialog.key.clear()
    QTest.keyClicks(dialog.key, shell.world.connection.good_key)
    _click(dialog.check_button)
    await shell.world.until(lambda: "Acme Growth" in dialog.notice._label.text())
    _click(dialog.save_button)
    await shell.world.until(lambda: shell.world.connection.used)
    assert shell.dialog("settings") is None


async def test_enter_in_the_key_checks_it_and_does_not_close(shell, press):
    await shell.show()
    shell.dialogs.settings()
    dialog = shell.dialog("settings")
    dialog.remote.setChecked(True)
    QTest.keyClicks(dialog.url, "https://api.layers.com")
    QTest.keyClicks(dialog.key, shell.world.connection.good_key)
    press(dialog.key, Qt.Key.Key_Return)
    await shell.world.until(lambda: "Acme Growth" in dialog.notice._label.text())
    assert dialog.isVisible()
    assert shell.world.connection.used == []


async def test_about_credits_the_portraits(shell):
    from studio.ui.widgets.label import Label

    await shell.show()
    shell.dialogs.about()
    said = " ".join(label.text() for label in shell.dialog("about").findChildren(Label))
    assert "Johan Melin" in said
    assert "CC BY 4.0" in said


async def test_quitting_names_the_unsent_and_enter_keeps_them(shell, press):
    await shell.show()
    dialog = QuitDialog(["Nova", "Maria ES"], waiting=1, jobs=2, parent=shell.window)
    dialog.open()
    assert dialog.sentences[0].startswith("2 influencers have unsent edits.")
    assert "does not send" in dialog.sentences[0]
    assert dialog.quit_button.text() == "Keep drafts and quit"
    press(dialog, Qt.Key.Key_Return)
    assert dialog.result() == QUIT
    dialog.deleteLater()


@pytest.mark.parametrize("unsent", [[], ["Nova"]])
async def test_escape_stays(shell, press, unsent):
    await shell.show()
    dialog = QuitDialog(unsent, parent=shell.window)
    dialog.open()
    press(dialog, Qt.Key.Key_Escape)
    assert dialog.result() == STAY
    dialog.deleteLater()
