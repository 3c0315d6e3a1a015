"""Copies of the workspace: made beside the work, kept by rule, and brought back."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import apsw
import pytest
import pytest_asyncio

from studio.core.clock import SystemClock
from studio.core.errors import ChangeStateFirst
from studio.core.events import EventHub
from studio.core.tasks import TaskScope
from studio.domain.events import Notice
from studio.domain.influencer import Influencer
from studio.domain.roster import RosterQuery
from studio.store import backups, drafts, outbox, personas, restoring, roster
from studio.store.database import Database, DiskTrouble
from studio.sync.backup_service import CHANGES, Backups

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Clock(SystemClock):
    """Starts at noon; moves when told."""

    def __init__(self):
        self.moment = NOW

    def now(self):
        self.moment += timedelta(milliseconds=1)
        return self.moment


class Scene:
    """One open workspace with its backups."""

    def __init__(self, path):
        self.path, self.clock, self.hub = path, Clock(), EventHub()
        self.problems = []
        self.hub.subscribe(Notice, self.problems.append)
        self.scope = TaskScope("test")
        self.restored = []
        self.open()

    def open(self):
        self.db = Database.open(self.path, clock=self.clock)
        self.service = Backups(self.db, self.hub, self.scope, self.clock, self.bring_back)

    async def bring_back(self, backup, keep_current):
        """As the program does: close, swap, open again."""
        self.db.close()
        restoring.restore(backup, self.path, self.clock.now(), keep_current=keep_current)
        self.restored.append(backup.name)
        self.open()

    async def know(self, influencer_id, name):
        await self.db.write(personas.put_full, Influencer(influencer_id, "p", name, "ready"))

    async def type(self, influencer_id, **values):
        self.clock.moment += timedelta(minutes=2)
        await self.db.write(drafts.set_fields, influencer_id, values)

    async def unsent(self, influencer_id):
        draft = await self.db.read(drafts.get, influencer_id)
        return {path: entry.value for path, entry in draft.fields.items()} if draft else {}


@pytest_asyncio.fixture
async def scene(tmp_path):
    made = Scene(tmp_path / "w.sqlite3")
    await made.know("inf_1", "Nova")
    await made.know("inf_2", "Sora")
    yield made
    await made.scope.close()
    made.db.close()


async def newest(scene):
    return (await scene.service.backups())[0]


# ---- making


async def test_a_copy_says_what_is_in_it(scene):
    await scene.type("inf_1", vibe="calm")
    await scene.db.write(outbox.publish, "inf_1", "M1")
    await scene.type("inf_2", vibe="dry")
    await scene.service.back_up()
    (made,) = await scene.service.backups()
    assert (made.reason, made.influencers, made.drafts, made.waiting) == ("asked", 2, 1, 1)
    assert made.is_sound
    assert made.size > 4096
    assert [file.name for file in backups.backup_dir(scene.path).iterdir()] == [made.name]


async def test_writes_go_on_while_a_copy_is_made_and_the_copy_is_one_state(scene):
    def fill(conn):
        for number in range(3000):
            conn.run("INSERT INTO meta (key, value) VALUES (?, ?)", (f"k{number}", "x" * 3000))

    await scene.db.write(fill)
    made = asyncio.get_running_loop().create_task(scene.service.back_up())
    waits, number = [], 0
    while not made.done():
        number += 1
        start = time.perf_counter()
        await scene.type("inf_1", vibe=f"text {number}", style=f"text {number}")
        waits.append(time.perf_counter() - start)
        await asyncio.sleep(0)
    await made
    assert len(waits) > 3
    # The aim is 20 ms; the middle one keeps a busy machine from judging.
    assert sorted(waits)[len(waits) // 2] < 0.02
    copy = apsw.Connection(str(backups.backups(scene.path)[0]))
    texts = {row[0] for row in copy.execute("SELECT value FROM draft_field")}
    assert len(texts) <= 1
    assert copy.pragma("integrity_check") == "ok"
    copy.close()


async def test_copies_are_made_by_themselves_when_there_is_a_reason(scene):
    assert not await scene.service.look()
    await scene.type("inf_1", vibe="calm")
    assert await scene.service.look()
    assert not await scene.service.look()
    scene.clock.moment += timedelta(hours=5)
    assert await scene.service.look()
    for number in range(CHANGES):
        await scene.type("inf_1", vibe=f"text {number}")
    scene.clock.moment = backups.made_at(backups.backups(scene.path)[0]) + timedelta(minutes=1)
    assert await scene.service.look()


async def test_ten_one_a_day_and_those_before_updates_are_kept(scene):
    connection = apsw.Connection(str(scene.path))
    for label, at in [
        *(("v1", NOW - timedelta(days=30 + day)) for day in range(5)),
        *(
            ("rolling", NOW - timedelta(days=day, hours=hour))
            for day in range(12)
            for hour in (0, 3)
        ),
        *(("rolling", NOW + timedelta(minutes=minute)) for minute in range(1, 15)),
    ]:
        target = backups.new_name(scene.path, label, at)
        target.write_bytes(b"")
    connection.close()
    backups.prune(scene.path)
    kept = backups.backups(scene.path)
    updates = [file for file in kept if backups.reason_of(file) == "update"]
    assert len(updates) == backups.KEPT_UPDATES
    others = [backups.made_at(file) for file in kept if file not in updates]
    assert others[:10] == [NOW + timedelta(minutes=minute) for minute in range(14, 4, -1)]
    assert [at.date() for at in others[10:]] == [
        (NOW - timedelta(days=day)).date() for day in range(1, 7)
    ]


async def test_a_damaged_copy_is_said_so_and_cannot_be_brought_back(scene):
    await scene.type("inf_1", vibe="calm")
    await scene.service.back_up()
    file = backups.backups(scene.path)[0]
    data = bytearray(file.read_bytes())
    data[4096:12288] = b"\xaa" * 8192
    file.write_bytes(bytes(data))
    assert not (await newest(scene)).is_sound
    with pytest.raises(DiskTrouble):
        restoring.restore(file, scene.path, NOW, keep_current=True)


async def test_damage_of_the_open_file_is_found_by_its_copy(scene):
    await scene.type("inf_1", vibe="calm")

    def where(conn):
        return conn.value("SELECT rootpage FROM sqlite_schema WHERE name = 'card_newest'")

    page = await scene.db.read(where)
    scene.db.close()
    data = bytearray(scene.path.read_bytes())
    data[(page - 1) * 4096 : page * 4096] = b"\xaa" * 4096
    scene.path.write_bytes(bytes(data))
    scene.open()
    with pytest.raises(DiskTrouble):
        await scene.service.back_up()
    assert await scene.service.backups() == ()
    with pytest.raises(DiskTrouble) as told:
        await scene.db.write(drafts.set_fields, "inf_1", {"vibe": "more"})
    assert told.value.code == "damaged"


# ---- bringing back


async def test_what_was_unsent_then_joins_what_is_unsent_now(scene):
    await scene.type("inf_1", vibe="of then", style="of then")
    await scene.service.back_up()
    await scene.db.write(drafts.discard, "inf_1")
    await scene.type("inf_1", style="of now")
    await scene.type("inf_2", vibe="of now")
    name = (await newest(scene)).name
    found = await scene.service.compare(name)
    assert [(one.name, one.fields) for one in found.comes_back] == [("Nova", ("vibe",))]
    assert {one.name for one in found.only_now} == {"Nova", "Sora"}
    await scene.service.restore(name, keep_current=True)
    assert await scene.unsent("inf_1") == {"vibe": "of then", "style": "of now"}
    assert await scene.unsent("inf_2") == {"vibe": "of now"}
    rows = await scene.db.read(roster.rows, RosterQuery("p"), 0, 9)
    assert {row.name: row.unsent for row in rows} == {"Nova": 2, "Sora": 1}
    kept = await newest(scene)
    assert (kept.reason, kept.drafts) == ("restore", 2)


async def test_without_keeping_all_is_as_it_was_and_now_is_in_a_backup(scene):
    await scene.type("inf_1", vibe="of then")
    await scene.type("inf_2", vibe="to send")
    await scene.db.write(outbox.publish, "inf_2", "M1")
    await scene.service.back_up()
    then = (await newest(scene)).name
    await scene.db.write(outbox.ack, "M1")
    await scene.type("inf_1", vibe="of now")
    await scene.service.restore(then, keep_current=False)
    assert await scene.unsent("inf_1") == {"vibe": "of then"}
    # It may have gone out since: nothing is sent that was not asked for.
    (row,) = await scene.db.read(lambda conn: conn.rows("SELECT id, held FROM outbox"))
    assert row == ("M1", 1)
    assert await scene.db.write(outbox.claim_next) is None
    await scene.service.restore((await newest(scene)).name, keep_current=False)
    assert await scene.unsent("inf_1") == {"vibe": "of now"}


async def test_what_was_sent_since_does_not_wait_again(scene):
    await scene.type("inf_1", vibe="sent")
    await scene.db.write(outbox.publish, "inf_1", "M1")
    await scene.service.back_up()
    await scene.db.write(outbox.ack, "M1")
    await scene.service.restore((await newest(scene)).name, keep_current=True)
    assert await scene.db.read(outbox.waiting) == ()


async def test_a_lost_workspace_comes_back_whole(scene):
    await scene.type("inf_1", vibe="of then")
    await scene.type("inf_2", vibe="to send")
    await scene.db.write(outbox.publish, "inf_2", "M1")
    await scene.service.back_up()
    backup = backups.backups(scene.path)[0]
    fresh = Scene(scene.path.with_name("other.sqlite3"))
    fresh.db.close()
    restoring.restore(backup, fresh.path, NOW, keep_current=True)
    fresh.open()
    assert await fresh.unsent("inf_1") == {"vibe": "of then"}
    assert [row.mutation.id for row in await fresh.db.read(outbox.waiting)] == ["M1"]
    assert await fresh.db.read(roster.size, RosterQuery("p")) == 2
    fresh.db.close()


async def test_a_backup_that_went_away_is_said_so(scene):
    with pytest.raises(ChangeStateFirst):
        await scene.service.compare("w.rolling.20260101T000000000000.sqlite3")


async def test_a_restore_that_fails_changes_nothing(scene, monkeypatch):
    await scene.type("inf_1", vibe="of then")
    await scene.service.back_up()
    await scene.type("inf_1", vibe="of now")
    backup = backups.backups(scene.path)[0]
    scene.db.close()

    def full(_file):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(backups, "sync_file", full)
        with pytest.raises(DiskTrouble) as told:
            restoring.restore(backup, scene.path, NOW, keep_current=False)
    assert told.value.code == "disk_full"
    scene.open()
    assert await scene.unsent("inf_1") == {"vibe": "of now"}
    assert not [file for file in scene.path.parent.iterdir() if file.name.startswith(".w")]
