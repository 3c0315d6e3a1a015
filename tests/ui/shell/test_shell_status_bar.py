"""The status bar says what is known and leads to what it speaks of."""

from __future__ import annotations

import itertools

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest


def _click(widget):
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


async def test_words_from_left_to_right(shell, shell_names):
    shell.world.jobs.put(shell_names.job())
    shell.world.sync.become(drafts=2)
    await shell.show()
    await shell.world.until(shell.bar.jobs.isVisible)
    when = f"{shell_names.NOON.astimezone():%H:%M}"
    assert shell.bar.contact.words() == f"Synced {when}"
    assert shell.bar.drafts.words() == "2 drafts on this computer"
    assert shell.bar.jobs.words() == "1 job"
    assert shell.bar.credits.text() == "1,842 credits"
    assert "new generations" in shell.bar.hint.full_text()
    parts = [shell.bar.contact, shell.bar.drafts, shell.bar.jobs, shell.bar.credits, shell.bar.hint]
    assert shell.bar.hint.text() == shell.bar.hint.full_text()
    assert shell.bar.hint.geometry().right() > shell.bar.width() - 20
    places = [part.x() for part in parts]
    assert places == sorted(places)
    await shell.world.until(shell.bar._progress.isVisible)


async def test_what_is_nothing_is_not_shown(shell):
    shell.world.sync.become(credits=None)
    await shell.show()
    assert not shell.bar.drafts.isVisible()
    assert not shell.bar.jobs.isVisible()
    assert not shell.bar.credits.isVisible()
    assert not shell.bar._progress.isVisible()


async def test_each_part_leads_somewhere(shell, shell_names):
    shell.world.sync.become(drafts=1)
    shell.world.jobs.put(shell_names.job())
    await shell.show()
    await shell.world.until(shell.bar.jobs.isVisible)
    _click(shell.bar.contact)
    assert shell.world.sync.asked == 1
    _click(shell.bar.drafts)
    assert shell.workspace.view == "drafts"
    wanted = []
    shell.bar.jobs_wanted.connect(lambda: wanted.append("jobs"))
    shell.bar.settings_wanted.connect(lambda: wanted.append("settings"))
    _click(shell.bar.jobs)
    shell.world.sync.become(contact="sign_in")
    _click(shell.bar.contact)
    assert wanted == ["jobs", "settings"]
    shell.world.sync.become(contact="online", blocked=1)
    _click(shell.bar.contact)
    assert shell.workspace.view == "attention"
    shell.bar.conflicts_wanted.connect(lambda: wanted.append("conflicts"))
    shell.bar.outbox_wanted.connect(lambda: wanted.append("outbox"))
    shell.world.sync.become(conflicts=1)
    _click(shell.bar.contact)
    shell.world.sync.become(conflicts=0, blocked=0, waiting=2)
    _click(shell.bar.contact)
    assert wanted[2:] == ["conflicts", "outbox"]


async def test_sync_pressed_offline_keeps_the_old_words(shell):
    await shell.show()
    shell.world.sync.become(contact="offline", waiting=3)
    before = shell.bar.contact.words()
    _click(shell.bar.contact)
    assert shell.bar.contact.words() == before
    assert before.endswith("3 changes safe here")


async def test_in_the_smallest_window_nothing_overlaps(shell, shell_names):
    shell.world.sync.become(contact="offline", waiting=30, drafts=12)
    for number in range(12):
        shell.world.jobs.put(shell_names.job(number))
    await shell.show(860, 560)
    await shell.world.until(shell.bar.jobs.isVisible)
    await shell.world.settle()
    parts = [shell.bar.contact, shell.bar.drafts, shell.bar.jobs, shell.bar.credits, shell.bar.hint]
    for left, right in itertools.pairwise(parts):
        assert left.geometry().right() < right.geometry().left()
    assert shell.bar.hint.geometry().right() <= shell.bar.width()
