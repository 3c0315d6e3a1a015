"""The status bar tells what is known, never what is hoped."""

from __future__ import annotations

from datetime import timedelta

import pytest

from studio.domain.events import Notice
from studio.viewmodels.status import NOTICE_SECONDS, StatusViewModel, moment_words


@pytest.fixture
def status(world):
    model = StatusViewModel(world.sync, world.hub, world.scope, world.clock)
    yield model
    model.close()


@pytest.fixture
def clock_words(shell):
    return f"{shell.NOON.astimezone():%H:%M}"


async def test_synced_names_the_last_answer(status, clock_words):
    assert status.line.words == f"Synced {clock_words}"
    assert status.line.token == "ok"


async def test_offline_keeps_the_old_time_and_counts_what_is_safe(world, status, clock_words):
    heard = []
    status.changed.connect(lambda: heard.append(status.line.words))
    world.sync.become(contact="offline", waiting=3, reason="The server could not be reached.")
    assert heard == [f"Offline since {clock_words} · 3 changes safe here"]
    assert status.line.detail == "The server could not be reached."
    world.clock.pass_time(60)
    assert status.line.words.startswith(f"Offline since {clock_words}")


async def test_one_change_is_one_change(world, status):
    world.sync.become(contact="offline", waiting=1)
    assert status.line.words.endswith("1 change safe here")


async def test_never_any_contact_is_not_dated(world, status):
    world.sync.become(contact="offline", last_contact=None)
    assert status.line.words == "Offline"
    world.sync.become(contact="connecting")
    assert status.line.words == "Connecting…"


async def test_a_refused_key_leads_to_settings(world, status):
    world.sync.become(contact="sign_in")
    assert status.line.words == "Key refused · open settings"
    assert status.line.action == "settings"
    assert status.line.token == "error"


async def test_waiting_and_blocked_changes_are_not_called_synced(world, status):
    world.sync.become(waiting=2)
    assert status.line.words == "Waiting to send 2"
    world.sync.become(busy=True)
    assert status.line.words == "Sending 2…"
    world.sync.become(blocked=1)
    assert status.line.words == "1 change needs you"
    assert status.line.action == "attention"


async def test_a_choice_comes_before_all_else_and_what_waits_leads_to_the_outbox(world, status):
    world.sync.become(waiting=2)
    assert status.line.action == "outbox"
    world.sync.become(blocked=1, conflicts=1)
    assert status.line.words == "1 influencer needs your choice"
    assert status.line.action == "conflicts"
    world.sync.become(conflicts=3)
    assert status.line.words == "3 influencers need your choice"


async def test_counts_are_words_and_vanish_at_zero(world, status):
    assert status.drafts == ""
    world.sync.become(drafts=1, credits=None)
    assert status.drafts == "1 draft on this computer"
    assert status.credits == ""
    world.sync.become(drafts=2, credits=1842)
    assert status.drafts == "2 drafts on this computer"
    assert status.credits == "1,842 credits"


async def test_a_notice_passes_and_the_hint_comes_back(world, status):
    standing = status.hint
    assert "new generations" in standing
    toasts = []
    status.noticed.connect(toasts.append)
    world.hub.publish(Notice("Nova is published."))
    assert status.hint == "Nova is published."
    assert toasts == [Notice("Nova is published.")]
    await world.until(lambda: world.clock.sleeping == 1)
    world.clock.pass_time(NOTICE_SECONDS)
    await world.until(lambda: status.hint == standing)


async def test_the_next_attempt_is_named_while_offline(world, status, shell):
    world.sync.become(contact="offline", next_try=shell.NOON + timedelta(minutes=1))
    when = moment_words(shell.NOON + timedelta(minutes=1), shell.NOON)
    assert status.hint == f"Next try at {when}"


def test_another_day_is_named(shell):
    words = moment_words(shell.NOON, shell.NOON + timedelta(days=3))
    local = shell.NOON.astimezone()
    assert words == f"{local.day} {local:%b %H:%M}"


async def test_after_close_nothing_is_heard(world, status):
    heard = []
    status.changed.connect(lambda: heard.append(1))
    status.close()
    world.sync.become(waiting=9)
    assert heard == []
