"""Job cards and the list of all jobs."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest


async def test_a_job_is_a_card_that_opens_its_influencer(shell, shell_names, press):
    shell.world.jobs.put(shell_names.job())
    await shell.show()
    section = shell.sidebar.jobs
    await shell.world.until(lambda: len(section.cards) == 1)
    assert section.running_words() == "1 running"
    opened = []
    shell.window.open_requested.connect(opened.append)
    QTest.mouseClick(section.cards[0], Qt.MouseButton.LeftButton)
    press(section.cards[0], Qt.Key.Key_Return)
    assert opened == ["inf_nova", "inf_nova"]


async def test_stopping_shows_with_the_focus_and_asks_once(shell, shell_names):
    shell.world.jobs.put(shell_names.job())
    await shell.show()
    await shell.world.until(lambda: shell.sidebar.jobs.cards)
    card = shell.sidebar.jobs.cards[0]
    assert not card._stop.isVisible()
    card.setFocus()
    assert card._stop.isVisible()
    QTest.mouseClick(card._stop, Qt.MouseButton.LeftButton)
    await shell.world.until(lambda: "Asked to stop" in card.row.words)
    assert not card._stop.isVisible()


async def test_delete_on_a_card_asks_to_stop_then_dismisses(shell, shell_names, press):
    shell.world.jobs.put(shell_names.job())
    await shell.show()
    await shell.world.until(lambda: shell.sidebar.jobs.cards)
    card = shell.sidebar.jobs.cards[0]
    press(card, Qt.Key.Key_Delete)
    await shell.world.until(lambda: shell.world.jobs.held["job_1"].cancel == "asked")
    shell.world.jobs.put(
        replace(
            shell.world.jobs.held["job_1"], status="canceled", finished_at=shell.world.clock.now()
        )
    )
    await shell.world.until(lambda: card.row.words == "Canceled")
    press(card, Qt.Key.Key_Delete)
    await shell.world.until(lambda: not shell.sidebar.jobs.cards)
    assert shell.sidebar.jobs.running_words() == "none running"


async def test_a_failure_is_read_on_the_card_and_copied_whole(shell, shell_names):
    shell.world.jobs.put(
        shell_names.job(
            status="failed",
            error_message="Not enough credits.",
            error_code="INSUFFICIENT_CREDITS",
            request_id="req_5",
        )
    )
    await shell.show()
    await shell.world.until(lambda: shell.sidebar.jobs.cards)
    card = shell.sidebar.jobs.cards[0]
    assert card.accessibleName() == "Nova, Not enough credits."
    card.setFocus()
    QTest.mouseClick(card._copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert "INSUFFICIENT_CREDITS" in copied
    assert "req_5" in copied


async def test_time_moves_on_the_card_without_new_widgets(shell, shell_names):
    shell.world.jobs.put(shell_names.job())
    await shell.show()
    await shell.world.until(lambda: shell.world.clock.sleeping == 1)
    card = shell.sidebar.jobs.cards[0]
    assert card._elapsed.text() == "0:18"
    shell.world.clock.pass_time(1)
    await shell.world.until(lambda: card._elapsed.text() == "0:19")
    assert shell.sidebar.jobs.cards[0] is card


async def test_a_new_job_takes_its_place_and_the_others_stay(shell, shell_names):
    shell.world.jobs.put(shell_names.job(2, status="completed", finished_at=shell_names.NOON))
    await shell.show()
    await shell.world.until(lambda: len(shell.sidebar.jobs.cards) == 1)
    old = shell.sidebar.jobs.cards[0]
    shell.world.jobs.put(shell_names.job(1))
    await shell.world.until(lambda: len(shell.sidebar.jobs.cards) == 2)
    assert [card.row.id for card in shell.sidebar.jobs.cards] == ["job_1", "job_2"]
    assert shell.sidebar.jobs.cards[1] is old
    await shell.world.until(
        lambda: shell.sidebar.jobs.cards[0].y() < shell.sidebar.jobs.cards[1].y()
    )


async def test_the_list_of_all_jobs_stops_dismisses_and_opens(shell, shell_names):
    shell.world.jobs.put(shell_names.job(1))
    shell.world.jobs.put(shell_names.job(2, status="failed", error_message="Broken."))
    shell.world.jobs.put(shell_names.job(3, status="completed"))
    await shell.show()
    await shell.world.until(lambda: len(shell.jobs.rows) == 3)
    shell.dialogs.jobs()
    dialog = shell.dialog("jobs")
    assert [line.row.id for line in dialog.lines] == ["job_1", "job_2", "job_3"]
    QTest.mouseClick(dialog.lines[0].stop_button, Qt.MouseButton.LeftButton)
    await shell.world.until(lambda: not dialog.lines[0].stop_button.isEnabled())
    QTest.mouseClick(dialog.lines[1].dismiss_button, Qt.MouseButton.LeftButton)
    await shell.world.until(lambda: len(dialog.lines) == 2)
    QTest.mouseClick(dialog.dismiss_button, Qt.MouseButton.LeftButton)
    await shell.world.until(lambda: [line.row.id for line in dialog.lines] == ["job_1"])
    opened = []
    shell.dialogs.opened.connect(opened.append)
    QTest.mouseClick(dialog.lines[0].open_button, Qt.MouseButton.LeftButton)
    assert opened == ["inf_nova"]
    assert shell.dialog("jobs") is None


async def test_what_has_ended_says_so_quietly(shell, shell_names):
    shell.world.jobs.put(shell_names.job())
    await shell.show()
    await shell.world.until(lambda: shell.sidebar.jobs.cards)
    card = shell.sidebar.jobs.cards[0]
    assert card._bar.isVisible()
    assert not card._done.isVisible()
    shell.world.jobs.put(
        replace(
            shell.world.jobs.held["job_1"], status="completed", finished_at=shell.world.clock.now()
        )
    )
    await shell.world.until(lambda: not card.row.is_running)
    assert not card._bar.isVisible()
    assert card._done.isVisible()
    assert card._words.full_text() == card.row.words
