"""A day of work in which one write or sync fails, each in turn: never half, healed by itself."""

from __future__ import annotations

import itertools
import os
from dataclasses import replace

import apsw
import pytest

from studio.domain.influencer import Influencer
from studio.domain.roster import RosterQuery
from studio.store import drafts, outbox, personas, projections, roster
from studio.store.database import Database, DiskTrouble

NUMBERS = itertools.count()
TEXTS = ("one", "two", "three")


class CountedFile(apsw.VFSFile):
    def __init__(self, vfs, name, flags):
        super().__init__("", name, flags)
        self._vfs = vfs

    def xWrite(self, data, offset):
        self._vfs.step()
        super().xWrite(data, offset)

    def xSync(self, flags):
        self._vfs.step()
        super().xSync(flags)

    def xTruncate(self, size):
        self._vfs.step()
        super().xTruncate(size)


class OneFailure(apsw.VFS):
    """Counts every call that changes the disk, and fails the chosen one."""

    def __init__(self):
        self.name = f"one-failure-{next(NUMBERS)}"
        super().__init__(self.name, "")
        self.calls, self.at, self.error = 0, None, apsw.IOError

    def xOpen(self, name, flags):
        return CountedFile(self, name, flags)

    def step(self):
        self.calls += 1
        if self.at is not None and self.calls > self.at:
            self.at = None
            raise self.error("injected")


@pytest.fixture
def disk():
    made = OneFailure()
    yield made
    made.unregister()


def confirm(conn, row):
    known = personas.get(conn, "inf_1")
    for path, entry in row.mutation.fields.items():
        known = known.with_value(path, entry.value)
    outbox.ack(conn, row.mutation.id)
    personas.put_full(conn, known)


class Day:
    """Typing, publishing, the answer, a pull and a checkpoint; what was refused is asked again."""

    def __init__(self, db):
        self.db, self.refused = db, []

    def do(self, fn, *args):
        for _ in range(4):
            try:
                return self.db.submit(fn, *args).result()
            except DiskTrouble as error:
                self.refused.append(error)
                self.look()
        raise AssertionError(f"it does not heal: {self.refused}")

    def look(self):
        """Both fields were always written in one transaction."""
        shown = self.db.submit_read(projections.show, "inf_1").result()
        if shown is not None:
            assert shown.influencer.vibe == shown.influencer.style
            (card,) = self.db.submit_read(roster.rows, RosterQuery("p"), 0, 9).result()
            assert (card.unsent, card.waiting) == (len(shown.changes), len(shown.waiting))

    def live(self):
        nova = Influencer("inf_1", "p", "Nova", "ready")
        self.do(personas.put_full, nova)
        for number, text in enumerate(TEXTS):
            self.do(drafts.set_fields, "inf_1", {"vibe": text, "style": text})
            self.do(outbox.publish, "inf_1", f"M{number}")
            row = self.do(outbox.claim_next)
            self.do(confirm, row)
            self.do(personas.put_full, replace(nova, vibe=text, style=text, gender=text))
        self.db.submit_outside(checkpoint).result()


def checkpoint(connection):
    try:
        list(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)"))
    except apsw.Error:
        # It tries again by itself with the next commit.
        return


@pytest.mark.timeout(600)
@pytest.mark.parametrize("error", [apsw.IOError, apsw.FullError], ids=["io", "full"])
def test_any_single_failure_of_the_disk_loses_and_halves_nothing(tmp_path, disk, error):
    whole = Database.open(tmp_path / "count.sqlite3", vfs=disk.name)
    disk.calls = 0
    Day(whole).live()
    calls = disk.calls
    whole.close()
    assert calls > 60
    step = 1 if os.environ.get("CI") else 4
    refused = 0
    for at in range(0, calls, step):
        path = tmp_path / f"{at}.sqlite3"
        db = Database.open(path, vfs=disk.name)
        disk.calls, disk.at, disk.error = 0, at, error
        day = Day(db)
        day.live()
        disk.at = None
        refused += len(day.refused)
        assert all(told.sentence and told.next_step for told in day.refused)
        shown = db.submit_read(projections.show, "inf_1").result()
        assert (shown.influencer.vibe, shown.influencer.style) == ("three", "three"), at
        assert not shown.changes
        assert not shown.waiting
        db.close()
        connection = apsw.Connection(str(path))
        assert connection.pragma("integrity_check") == "ok"
        connection.close()
        path.unlink()
    assert refused > calls // step // 2
