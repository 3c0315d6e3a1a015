"""The window shares its room, remembers its place and never closes by itself."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.domain.events import Notice
from studio.ui.window_memory import number_of, place_of, place_text, rescued

SCREEN = QRect(0, 0, 1920, 1080)


async def test_side_bar_editor_and_status_bar_have_the_room_of_the_design(shell):
    await shell.show(1440, 900)
    await shell.world.until(lambda: shell.editor.width() == 468)
    assert shell.sidebar.width() == 232
    assert shell.bar.height() == 28
    assert shell.gallery.width() == 1440 - 232 - 468 - 1


async def test_the_place_of_the_editor_is_kept_before_it_is_built(shell):
    shell.window.resize(1440, 900)
    shell.window.show()
    await shell.world.until(lambda: shell.gallery.width() == 1440 - 232 - 468 - 1)
    shell.window.set_editor(shell.editor)
    await shell.world.until(lambda: shell.editor.width() == 468)


async def test_the_title_names_organization_and_project(shell):
    await shell.show()
    assert shell.window.windowTitle() == "Acme Growth · Acme Coffee iOS"
    shell.workspace.choose_project("p2")
    assert shell.window.windowTitle() == "Acme Growth · Beta Fitness"


async def test_in_a_narrow_window_the_editor_is_a_page_and_escape_leaves_it(shell, press):
    await shell.show(1000, 700)
    assert shell.gallery.isVisible()
    assert not shell.editor.isVisible()
    shell.window.show_editor()
    assert shell.editor.isVisible()
    assert not shell.gallery.isVisible()
    assert shell.editor.tone.hasFocus()
    press(shell.editor.tone, Qt.Key.Key_Escape)
    assert shell.gallery.isVisible()
    assert not shell.editor.isVisible()
    assert shell.gallery.hasFocus()


async def test_growing_and_shrinking_keeps_what_is_being_typed(shell):
    await shell.show(1440, 900)
    shell.editor.humor.setFocus()
    shell.editor.humor.setText("dry-wit")
    shell.window.resize(1000, 700)
    await shell.world.until(lambda: shell.window.panes.is_narrow)
    assert shell.editor.isVisible()
    assert shell.editor.humor.hasFocus()
    shell.window.resize(1440, 900)
    await shell.world.until(lambda: not shell.window.panes.is_narrow)
    assert shell.editor.isVisible()
    assert shell.gallery.isVisible()
    assert shell.editor.humor.text() == "dry-wit"


async def test_choosing_a_view_in_a_narrow_window_brings_the_gallery_back(shell):
    await shell.show(1000, 700)
    shell.window.show_editor()
    shell.workspace.choose_view("ready")
    assert shell.gallery.isVisible()


async def test_f6_walks_the_parts_both_ways_and_comes_back_where_it_was(shell, press):
    await shell.show()
    shell.gallery.setFocus()
    shell.editor.humor.setFocus()
    shell.gallery.setFocus()
    shell.actions.next_region.trigger()
    assert shell.editor.humor.hasFocus()
    shell.actions.next_region.trigger()
    assert shell.bar.contact.hasFocus()
    shell.actions.next_region.trigger()
    assert shell.sidebar.isAncestorOf(QApplication.focusWidget())
    shell.actions.previous_region.trigger()
    assert shell.bar.contact.hasFocus()


async def test_every_way_of_closing_only_asks(shell):
    await shell.show()
    asked = []
    shell.window.close_requested.connect(lambda: asked.append(1))
    shell.window.close()
    shell.actions.quit.trigger()
    assert asked == [1, 1]
    assert shell.window.isVisible()
    shell.window.leave()
    assert not shell.window.isVisible()


async def test_place_and_editor_width_come_back(make_shell):
    first = make_shell({})
    await first.show(1300, 820)
    first.window.panes.set_editor_width(520)
    await first.world.until(lambda: first.editor.width() == 520)
    first.window.leave()
    kept = first.remembered[-1]
    second = make_shell(kept)
    await second.show(*[int(part) for part in kept["place"].split(",")[2:]])
    assert second.window.width() == 1300
    await second.world.until(lambda: second.editor.width() == 520)


async def test_a_resize_is_remembered_without_leaving(shell):
    await shell.show()
    shell.window.resize(1200, 800)
    await shell.world.until(lambda: shell.remembered)
    assert shell.remembered[-1]["place"].endswith("1200,800")


async def test_damaged_memory_is_no_memory(make_shell):
    shell = make_shell({"place": "left,top", "editor": "wide"})
    await shell.show()
    assert shell.window.panes.editor_width() == 468


@pytest.mark.parametrize(
    "wanted", [QRect(3000, 200, 1200, 800), QRect(100, -900, 1200, 800), QRect(-1180, 5, 1200, 800)]
)
def test_a_window_whose_screen_is_gone_is_rescued(wanted):
    place = rescued(wanted, [SCREEN], (860, 560))
    assert SCREEN.contains(place)
    assert place.size() == wanted.size()


def test_a_window_partly_off_the_screen_stays():
    wanted = QRect(1700, 900, 1200, 800)
    assert rescued(wanted, [SCREEN], (860, 560)) == wanted
    second = QRect(1920, 0, 1280, 1024)
    wanted = QRect(2000, 100, 1000, 700)
    assert rescued(wanted, [SCREEN, second], (860, 560)) == wanted


def test_a_rescued_window_fits_a_smaller_screen():
    place = rescued(QRect(5000, 0, 2400, 1600), [QRect(0, 0, 1366, 768)], (860, 560))
    assert QRect(0, 0, 1366, 768).contains(place)


def test_a_place_survives_as_text():
    place = QRect(-20, 30, 1200, 800)
    assert place_of({"place": place_text(place)}) == place
    assert place_of({"place": "1,2,0,0"}) is None
    assert number_of({"editor": "500"}, "editor", 468) == 500


async def test_a_problem_can_be_copied_with_its_request_id(shell):
    await shell.show()
    shell.world.hub.publish(
        Notice("The server refused.", "Shorten the name.", is_problem=True, request_id="req_8")
    )
    toast = shell.window.toasts._toasts[0]
    assert toast.accessibleName() == "The server refused. Shorten the name."
    toast.action_triggered.emit()
    assert "req_8" in QGuiApplication.clipboard().text()
    toast.leave()


async def test_a_notice_about_an_influencer_opens_it(shell):
    await shell.show()
    wanted = []
    shell.window.open_requested.connect(wanted.append)
    shell.world.hub.publish(Notice("Nova (B) is ready.", influencer_id="inf_b"))
    toast = shell.window.toasts._toasts[0]
    toast.action_triggered.emit()
    assert wanted == ["inf_b"]
    toast.leave()


async def test_project_shortcuts_and_sync_reach_what_they_name(shell):
    await shell.show()
    QTest.keyClick(shell.window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    await shell.world.until(lambda: shell.workspace.project_id == "p2")
    QTest.keyClick(shell.window, Qt.Key.Key_F5)
    assert shell.world.sync.asked == 1


async def test_no_two_actions_share_a_shortcut(shell):
    seen = [key.toString() for action in shell.actions.all for key in action.shortcuts()]
    assert len(seen) == len(set(seen))
    assert {"Ctrl+N", "Ctrl+F", "Ctrl+D", "Ctrl+Shift+D", "Ctrl+,", "Ctrl+Q", "F5"} <= set(seen)


async def test_what_needs_an_influencer_waits_for_one(shell):
    assert not shell.actions.clone.isEnabled()
    shell.actions.set_influencer_chosen(chosen=True)
    shell.actions.set_unsent(unsent=True)
    assert shell.actions.clone_now.isEnabled()
    assert shell.actions.discard.isEnabled()
    shell.actions.set_influencer_chosen(chosen=False)
    assert not shell.actions.delete.isEnabled()
    assert not shell.actions.discard.isEnabled()


async def test_the_system_menu_bar_holds_every_action_once(shell):
    from PySide6.QtWidgets import QMenuBar

    bar = QMenuBar()
    shell.actions.fill_menu_bar(bar)
    listed = [
        action
        for menu in bar.actions()
        for action in menu.menu().actions()
        if not action.isSeparator()
    ]
    assert len(listed) == len(set(map(id, listed)))
    assert {id(action) for action in listed} == {id(action) for action in shell.actions.all}


async def test_the_gallery_takes_the_focus_nobody_used(shell):
    await shell.show()
    shell.sidebar.organization.setFocus()
    shell.window.settle_focus()
    assert shell.gallery.hasFocus()
    shell.editor.humor.setFocus()
    shell.window.settle_focus()
    assert shell.editor.humor.hasFocus()


async def test_mirrored_the_side_bar_stays_whole(shell, qapp):
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    await shell.show()
    assert shell.sidebar.mapTo(shell.window, shell.sidebar.rect().topLeft()).x() == 1440 - 232
    assert not shell.window.grab().isNull()


async def test_enlarged_text_widens_the_side_bar_and_both_themes_paint(shell, theme):
    await shell.show()
    theme.set_text_scale(1.25)
    assert shell.sidebar.width() == 290
    assert shell.bar.height() == 35
    theme.set_mode("dark")
    picture = shell.window.grab().toImage()
    assert picture.pixelColor(2, 400) == theme.color("sidebar")
    theme.set_mode("light")
    picture = shell.window.grab().toImage()
    assert picture.pixelColor(2, 400) == theme.color("sidebar")


async def test_large_text_gives_the_editor_more_room_or_a_page_of_its_own(shell, theme):
    await shell.show(1440, 900)
    assert shell.editor.width() == 468
    theme.set_text_scale(1.5)
    assert not shell.window.panes.is_narrow
    assert shell.editor.width() == 702
    assert shell.window.panes.editor_width() == 468
    theme.set_text_scale(2.0)
    assert shell.window.panes.is_narrow


async def test_tab_goes_down_the_side_bar(shell, shell_names):
    shell.world.jobs.put(shell_names.job())
    await shell.show()
    await shell.world.until(lambda: shell.sidebar.jobs.cards and shell.sidebar.projects.rows)
    shell.sidebar.organization.setFocus()
    passed = []
    while shell.sidebar.isAncestorOf(QApplication.focusWidget()) and len(passed) < 20:
        passed.append(QApplication.focusWidget())
        QTest.keyClick(passed[-1], Qt.Key.Key_Tab)
    tops = [stop.mapTo(shell.sidebar, stop.rect().topLeft()).y() for stop in passed]
    assert len(passed) >= 5
    assert tops == sorted(tops)


async def test_a_problem_that_was_settled_is_not_shown_any_longer(shell):
    await shell.show()
    window = shell.window
    window.show_notice(Notice("Humor needs your choice.", is_problem=True, influencer_id="inf_1"))
    window.show_notice(Notice("Tone needs your choice.", is_problem=True, influencer_id="inf_2"))
    window.show_notice(Notice("Humor was sent.", influencer_id="inf_1"))
    window.withdraw_problems("inf_1")
    await shell.world.until(lambda: len(window.toasts.shown) == 2)
    assert [toast.property("open") for toast in window.toasts.shown] == ["inf_2", "inf_1"]
