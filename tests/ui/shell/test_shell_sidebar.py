"""The side bar by mouse and by keyboard."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu


def _names(nav):
    return [(row.name(), row.count_text()) for row in nav.rows]


async def test_projects_and_views_with_counts(shell):
    await shell.show()
    assert _names(shell.sidebar.projects) == [
        ("Acme Coffee iOS", "1"),
        ("Beta Fitness", "0"),
        ("Calendly Clone", "0"),
    ]
    assert _names(shell.sidebar.views)[:3] == [
        ("All influencers", "1"),
        ("Ready", "1"),
        ("In progress", ""),
    ]
    assert shell.sidebar.projects.row("p1").isChecked()
    assert shell.sidebar.projects.row("p1").accessibleName() == "Acme Coffee iOS, 1"


async def test_a_click_goes_to_a_project_and_to_a_view(shell):
    await shell.show()
    QTest.mouseClick(shell.sidebar.projects.row("p2"), Qt.MouseButton.LeftButton)
    assert shell.workspace.project_id == "p2"
    QTest.mouseClick(shell.sidebar.views.row("attention"), Qt.MouseButton.LeftButton)
    assert shell.workspace.view == "attention"
    assert shell.sidebar.views.row("attention").isChecked()
    shell.workspace.choose_view("all")
    assert not any(row.isChecked() for row in shell.sidebar.views.rows)


async def test_what_waits_and_what_needs_a_choice_are_lists_of_their_own(shell):
    await shell.show()
    views = shell.sidebar.views
    assert views.row("outbox").count_text() == ""
    assert views.row("conflicts") is None
    shell.world.sync.become(waiting=3, conflicts=1)
    assert views.row("outbox").count_text() == "3"
    assert views.row("conflicts").count_text() == "1"
    wanted = []
    shell.sidebar.outbox_wanted.connect(lambda: wanted.append("outbox"))
    shell.sidebar.conflicts_wanted.connect(lambda: wanted.append("conflicts"))
    shell.workspace.choose_view("ready")
    for key in ("outbox", "conflicts"):
        QTest.mouseClick(views.row(key), Qt.MouseButton.LeftButton)
    assert wanted == ["outbox", "conflicts"]
    assert shell.workspace.view == "ready"
    assert [row.key for row in views.rows if row.isChecked()] == ["ready"]
    shell.world.sync.become(waiting=0, conflicts=0)
    assert views.row("conflicts") is None


async def test_arrow_keys_walk_through_both_lists(shell, press):
    await shell.show()
    rows = shell.sidebar.projects.rows
    rows[0].setFocus()
    press(rows[0], Qt.Key.Key_Down)
    assert rows[1].hasFocus()
    press(rows[1], Qt.Key.Key_End)
    assert rows[2].hasFocus()
    press(rows[2], Qt.Key.Key_Down)
    views = shell.sidebar.views.rows
    assert views[0].hasFocus()
    press(views[0], Qt.Key.Key_Down)
    press(views[1], Qt.Key.Key_Return)
    assert shell.workspace.view == "ready"
    press(views[1], Qt.Key.Key_Home)
    press(views[0], Qt.Key.Key_Up)
    assert rows[2].hasFocus()
    press(rows[2], Qt.Key.Key_Space)
    assert shell.workspace.project_id == "p3"


async def test_tab_stops_once_in_each_list(shell):
    await shell.show()
    for nav in (shell.sidebar.projects, shell.sidebar.views):
        stops = [row for row in nav.rows if row.focusPolicy() & Qt.FocusPolicy.TabFocus]
        assert len(stops) == 1


async def test_a_new_count_keeps_the_focus_where_it_is(shell, shell_names):
    await shell.show()
    row = shell.sidebar.projects.row("p1")
    row.setFocus()
    shell.world.personas.put(replace(shell_names.nova(), id="inf_ava", name="Ava"))
    await shell.world.until(lambda: row.count_text() == "2")
    assert row.hasFocus()
    assert shell.sidebar.projects.row("p1") is row


async def test_a_name_from_outside_is_never_markup_nor_two_lines(shell):
    await shell.show()
    row = shell.sidebar.projects.row("p1")
    row.show_row("<b>Acme</b>\nfree & fast", 3)
    assert row.name() == "<b>Acme</b> free & fast"


async def test_the_head_tells_the_contact_and_opens_the_menu(shell):
    await shell.show()
    head = shell.sidebar.organization
    assert (head.name(), head.server_words()) == ("Acme Growth", "api.layers.com · online")
    shell.world.sync.become(contact="offline")
    assert head.server_words() == "api.layers.com · offline"
    menu = shell.sidebar.findChild(QMenu)
    texts = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert texts[:2] == ["Publish drafts…", "Outbox…"]
    assert {"Settings…", "Sync now", "Roster as of…"} <= set(texts)
    assert "About Persona Studio" in texts
    QTest.mouseClick(head, Qt.MouseButton.LeftButton)
    assert menu.isVisible()
    menu.close()


async def test_a_low_window_shows_fewer_cards_and_keeps_the_lists(shell, shell_names):
    for number in range(1, 5):
        shell.world.jobs.put(shell_names.job(number))
    await shell.show(1200, 900)
    await shell.world.until(lambda: len(shell.sidebar.jobs.cards) == 3)
    assert shell.sidebar.jobs.more_words() == "and 1 more"
    shell.window.resize(1200, 560)
    await shell.world.until(lambda: len(shell.sidebar.jobs.cards) == 1)
    assert shell.sidebar.jobs.more_words() == "and 3 more"
    assert shell.sidebar.projects.row("p1").visibleRegion().boundingRect().height() > 0
