"""Coming up from older files, refusing newer ones, and the copies made before."""

from __future__ import annotations

import os
import shutil
import stat
from datetime import UTC, datetime, timedelta

import apsw
import pytest

from studio.domain.roster import RosterQuery
from studio.store import backups, drafts, meta, migrate, roster
from studio.store.database import Database, DiskTrouble

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def ladder(tmp_path, monkeypatch):
    """The real steps in a folder where a test may add another."""
    folder = tmp_path / "steps"
    shutil.copytree(migrate.STEPS_DIR, folder)
    monkeypatch.setattr(migrate, "STEPS_DIR", folder)
    monkeypatch.setattr(migrate.steps, "__defaults__", (folder,))
    monkeypatch.setitem(migrate.migrate.__kwdefaults__, "folder", folder)

    def add(sql):
        number = len(migrate.steps(folder)) + 1
        (folder / f"{number:04d}_more.sql").write_text(sql)
        return number

    return add


def filled(path):
    db = Database.open(path)
    db.submit(drafts.start_new, "p", "inf_1", {"name": "Nova"}).result()
    db.close()


def version(path):
    connection = apsw.Connection(str(path))
    found = migrate.version(connection)
    connection.close()
    return found


def test_a_new_file_takes_every_step_without_a_backup(tmp_path):
    path = tmp_path / "w.sqlite3"
    db = Database.open(path)
    assert db.report.created
    assert db.report.migrated_from is None
    db.close()
    assert version(path) == len(migrate.steps()) > 0
    assert backups.backups(path) == ()


def test_steps_are_numbered_without_a_gap(tmp_path):
    for name in ("0001_a.sql", "0003_b.sql"):
        (tmp_path / name).write_text("")
    with pytest.raises(ValueError, match="0003_b"):
        migrate.steps(tmp_path)


def test_an_older_file_is_copied_first_and_then_brought_up(tmp_path, ladder):
    path = tmp_path / "w.sqlite3"
    filled(path)
    before = version(path)
    number = ladder("ALTER TABLE project ADD COLUMN color TEXT; CREATE TABLE brief (id TEXT);")
    db = Database.open(path)
    assert db.report.migrated_from == before
    assert db.submit_read(drafts.get, "inf_1").result().fields["name"].value == "Nova"
    db.close()
    assert version(path) == number
    (backup,) = backups.backups(path)
    assert version(backup) == before
    if os.name == "posix":
        assert stat.S_IMODE(backup.stat().st_mode) == 0o600
        assert stat.S_IMODE(backup.parent.stat().st_mode) == 0o700
    connection = apsw.Connection(str(backup))
    assert connection.pragma("integrity_check") == "ok"
    assert list(connection.execute("SELECT count(*) FROM draft_field")) == [(1,)]


def test_a_step_that_fails_is_taken_back_whole(tmp_path, ladder):
    path = tmp_path / "w.sqlite3"
    filled(path)
    before = version(path)
    ladder("CREATE TABLE half (id TEXT); INSERT INTO nowhere VALUES (1);")
    with pytest.raises(Exception, match="could not do"):
        Database.open(path)
    connection = apsw.Connection(str(path))
    assert migrate.version(connection) == before
    assert not list(connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'half'"))
    assert list(connection.execute("SELECT count(*) FROM draft_field")) == [(1,)]


def test_a_newer_file_is_refused_in_words_and_left_alone(tmp_path):
    path = tmp_path / "w.sqlite3"
    filled(path)
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(DiskTrouble) as told:
        Database.open(path)
    assert told.value.code == "newer"
    assert "newer version" in told.value.sentence
    assert told.value.next_step
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*damaged*"))


def test_only_the_newest_backups_are_kept(tmp_path):
    path = tmp_path / "w.sqlite3"
    filled(path)
    connection = apsw.Connection(str(path))
    for day in range(6):
        backups.back_up(connection, path, NOW + timedelta(days=day), label="v1")
    names = [file.name for file in backups.backups(path)]
    assert len(names) == backups.KEPT_UPDATES
    assert names == sorted(names, reverse=True)
    assert "20260506" in names[0]


def test_a_damaged_file_is_replaced_by_the_newest_sound_backup(tmp_path):
    path = tmp_path / "w.sqlite3"
    filled(path)
    connection = apsw.Connection(str(path))
    sound = backups.back_up(connection, path, NOW, label="v1")
    connection.execute("DELETE FROM draft")
    broken = backups.back_up(connection, path, NOW + timedelta(days=1), label="v1")
    connection.close()
    broken.write_bytes(b"\0" * 4096 + broken.read_bytes()[4096:])
    path.write_bytes(b"\0" * 8192)
    path.with_name("w.sqlite3-wal").unlink(missing_ok=True)
    db = Database.open(path)
    assert db.report.restored_from == sound
    assert "backup" in db.report.sentence
    assert db.submit_read(drafts.get, "inf_1").result().fields["name"].value == "Nova"
    assert db.submit_read(roster.size, RosterQuery("p")).result() == 1
    db.submit(meta.put, "a", "1").result()
    db.close()
    assert sound.exists()


def test_a_file_that_became_empty_is_replaced_by_a_backup(tmp_path):
    path = tmp_path / "w.sqlite3"
    filled(path)
    connection = apsw.Connection(str(path))
    backups.back_up(connection, path, NOW, label="v1")
    connection.close()
    path.write_bytes(b"")
    db = Database.open(path)
    assert db.report.restored_from is not None
    assert db.submit_read(drafts.get, "inf_1").result() is not None
    db.close()
