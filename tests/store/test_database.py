"""The file itself: durability settings, whole transactions, rights, troubles and what follows."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import apsw
import pytest

from studio.core.errors import Bug, StudioError
from studio.domain.roster import RosterQuery
from studio.store import database, drafts, meta, projections, roster
from studio.store.database import Database, DiskTrouble

ROOT = Path(__file__).resolve().parents[2]


def count(conn):
    return conn.value("SELECT count(*) FROM meta")


# ---- one connection, one thread, whole transactions


def test_the_file_is_set_up_for_durability(store):
    def pragmas(conn):
        names = ("journal_mode", "synchronous", "fullfsync", "foreign_keys", "mmap_size")
        return {name: conn.value(f"PRAGMA {name}") for name in names}

    assert store.ask(pragmas) == {
        "journal_mode": "wal",
        "synchronous": 2,
        "fullfsync": 1,
        "foreign_keys": 1,
        "mmap_size": 0,
    }


def test_everything_runs_on_one_thread_of_its_own(store):
    name = threading.current_thread
    seen = {store.do(lambda _: name().name) for _ in range(3)}
    seen |= {store.ask(lambda _: name().name)}
    assert len(seen) == 1
    assert seen.pop().startswith("store")


async def test_reads_and_writes_from_a_loop(store):
    await store.db.write(meta.put, "a", "1")
    assert await store.db.read(meta.get, "a") == "1"


async def test_a_function_that_raises_changes_nothing(store):
    def half(conn):
        meta.put(conn, "a", "1")
        raise KeyError("a")

    with pytest.raises(KeyError):
        await store.db.write(half)
    assert await store.db.read(count) == 0
    await store.db.write(meta.put, "b", "2")
    assert await store.db.read(count) == 1


async def test_a_read_cannot_change_anything(store):
    with pytest.raises(Bug):
        await store.db.read(meta.put, "a", "1")
    assert await store.db.read(count) == 0


async def test_a_change_is_made_though_its_caller_was_cancelled(store):
    gate = threading.Event()
    blocker = store.db.submit(lambda _: gate.wait(10))
    task = asyncio.get_running_loop().create_task(store.db.write(meta.put, "typed", "word"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.set()
    assert await asyncio.wrap_future(blocker)
    assert await store.db.read(meta.get, "typed") == "word"


async def test_a_mistake_of_ours_is_a_bug_not_a_disk_trouble(store):
    with pytest.raises(Bug):
        await store.db.write(lambda conn: conn.run("INSERT INTO nowhere VALUES (1)"))
    await store.db.write(meta.put, "still", "works")


def test_closing_finishes_what_was_asked_for(tmp_path):
    db = Database.open(tmp_path / "w.sqlite3")
    asked = [db.submit(meta.put, f"k{number}", "v") for number in range(50)]
    db.close()
    db.close()
    assert all(future.done() for future in asked)
    with pytest.raises(Bug):
        db.submit(meta.put, "late", "v")
    again = Database.open(tmp_path / "w.sqlite3")
    assert again.submit_read(count).result() == 50
    again.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("store")]


def test_opening_a_small_file_is_quick(tmp_path):
    path = tmp_path / "w.sqlite3"
    Database.open(path).close()
    took = []
    for _ in range(5):
        start = time.perf_counter()
        db = Database.open(path)
        took.append(time.perf_counter() - start)
        db.close()
    # The goal is 10 ms; the best of five keeps a busy machine from judging.
    assert min(took) < 0.05


def test_two_workspaces_never_share_a_row(tmp_path):
    one, two = (Database.open(tmp_path / f"{name}.sqlite3") for name in ("acme", "beta"))
    one.submit(drafts.start_new, "p", "inf_1", {"name": "Nova"}).result()
    query = RosterQuery("p")
    assert one.submit_read(roster.size, query).result() == 1
    assert two.submit_read(roster.size, query).result() == 0
    assert two.submit_read(drafts.get, "inf_1").result() is None
    one.close()
    two.close()


def test_an_old_sqlite_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(Bug, match="too old"):
        Database.open(tmp_path / "w.sqlite3")
    assert not (tmp_path / "w.sqlite3").exists()


# ---- rights


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX files")
def test_every_file_is_readable_by_its_owner_alone(tmp_path):
    before = os.umask(0o022)
    try:
        path = tmp_path / "folder" / "w.sqlite3"
        db = Database.open(path)
        db.submit(meta.put, "a", "1").result()
        files = sorted(path.parent.iterdir())
        assert {file.name for file in files} >= {"w.sqlite3", "w.sqlite3-wal", "w.sqlite3-shm"}
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        db.close()
    finally:
        os.umask(before)


READ_ONLY = """
import os, sys
from pathlib import Path
from studio.core.errors import StudioError
from studio.store import meta
from studio.store.database import Database
if os.geteuid() == 0:  # rights do not bind the superuser
    os.setgid(65534)
    os.setuid(65534)
try:
    db = Database.open(Path(sys.argv[1]))
    db.submit(meta.put, "a", "1").result()
except StudioError as error:
    print(type(error).__name__, error.code, bool(error.next_step))
"""


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX files")
@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_place_that_cannot_be_written_is_said_so(tmp_path, what):
    folder = Path(tempfile.mkdtemp())
    path = folder / "w.sqlite3"
    folder.chmod(0o755)
    if what == "file":
        Database.open(path).close()
        path.chmod(0o444)
    folder.chmod(0o555)
    try:
        child = subprocess.run(
            [sys.executable, "-c", READ_ONLY, str(path)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert child.stdout.split() == ["DiskTrouble", "read_only", "True"], child.stderr
    finally:
        folder.chmod(0o700)
        shutil.rmtree(folder)


def test_a_folder_where_the_file_should_be_is_said_so(tmp_path):
    (tmp_path / "w.sqlite3").mkdir()
    with pytest.raises(DiskTrouble):
        Database.open(tmp_path / "w.sqlite3")


def test_a_file_another_program_holds_is_said_so_and_then_works(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "_BUSY_MS", 50)
    path = tmp_path / "w.sqlite3"
    db = Database.open(path)
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DiskTrouble) as told:
        db.submit(meta.put, "a", "1").result()
    assert told.value.code == "in_use"
    other.execute("ROLLBACK")
    other.close()
    db.submit(meta.put, "a", "1").result()
    db.close()


# ---- a failing disk


NUMBERS = itertools.count()


class FailingFile(apsw.VFSFile):
    def __init__(self, vfs, name, flags):
        super().__init__("", name, flags)
        self._vfs = vfs

    def xWrite(self, data, offset):
        self._vfs.step("write")
        super().xWrite(data, offset)

    def xSync(self, flags):
        self._vfs.step("sync")
        super().xSync(flags)


class FailingDisk(apsw.VFS):
    """Fails one chosen write or sync, or every one from then on."""

    def __init__(self, name):
        super().__init__(name, "")
        self.name = name
        self.countdown = None
        self.kind = "write"
        self.error = apsw.IOError
        self.for_ever = False

    def xOpen(self, name, flags):
        return FailingFile(self, name, flags)

    def step(self, kind):
        if self.countdown is None or kind != self.kind:
            return
        self.countdown -= 1
        if self.countdown < 0 and (self.for_ever or self.countdown == -1):
            raise self.error("injected")


@pytest.fixture
def failing():
    disk = FailingDisk(f"failing-{next(NUMBERS)}")
    yield disk
    disk.unregister()


def typed(text):
    return (drafts.set_fields, "inf_1", {"name": text})


@pytest.mark.parametrize("kind", ["write", "sync"])
@pytest.mark.parametrize("at", range(6))
def test_after_a_failed_write_nothing_is_half_and_it_heals_by_itself(tmp_path, failing, kind, at):
    path = tmp_path / "w.sqlite3"
    db = Database.open(path, vfs=failing.name)
    db.submit(drafts.start_new, "p", "inf_1", {"name": "before"}).result()
    acknowledged = ["before"]
    failing.kind, failing.countdown = kind, at
    refused = []
    for number in range(12):
        try:
            db.submit(*typed(f"text {number}")).result()
        except DiskTrouble as error:
            refused.append(error)
        else:
            acknowledged.append(f"text {number}")
    assert {error.code for error in refused} <= {"io"}
    assert all(error.next_step for error in refused)
    assert len(acknowledged) >= 12
    shown = db.submit_read(projections.show, "inf_1").result()
    assert shown.influencer.name == acknowledged[-1]
    db.close()
    assert apsw.Connection(str(path)).pragma("integrity_check") == "ok"


def test_a_full_disk_keeps_what_was_there_and_goes_on_when_there_is_room(tmp_path, failing):
    failing.error = apsw.FullError
    failing.for_ever = True
    db = Database.open(tmp_path / "w.sqlite3", vfs=failing.name)
    db.submit(drafts.start_new, "p", "inf_1", {"name": "before"}).result()
    failing.countdown = 0
    with pytest.raises(DiskTrouble) as told:
        db.submit(*typed("lost")).result()
    assert told.value.code == "disk_full"
    assert "full" in told.value.sentence
    assert db.submit_read(projections.show, "inf_1").result().influencer.name == "before"
    failing.countdown = None
    db.submit(*typed("after")).result()
    assert db.submit_read(projections.show, "inf_1").result().influencer.name == "after"
    db.close()


def test_a_disk_that_fails_for_ever_fails_in_words_every_time(tmp_path, failing):
    failing.for_ever = True
    db = Database.open(tmp_path / "w.sqlite3", vfs=failing.name)
    db.submit(drafts.start_new, "p", "inf_1", {"name": "before"}).result()
    failing.countdown = 0
    for number in range(5):
        with pytest.raises(StudioError):
            db.submit(*typed(f"text {number}")).result()
    failing.countdown = None
    db.submit(*typed("after")).result()
    db.close()
