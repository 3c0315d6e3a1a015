"""``kill -9`` at any moment: nothing that was acknowledged is lost, nothing is ever half.

``--kills`` and ``--cuts`` set how often (few by default, many under CI); a child process edits,
publishes and confirms, and says so on a pipe only after each commit.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from studio.domain.roster import VIEWS, RosterQuery
from studio.domain.upload import Upload
from studio.store import (
    backups,
    drafts,
    history,
    outbox,
    personas,
    projections,
    restoring,
    roster,
    transfer,
    uploads,
)
from studio.store.database import Database

ROOT = Path(__file__).resolve().parents[2]

CHILD = """
import os, sys
from dataclasses import replace
from pathlib import Path
from studio.domain.influencer import Influencer
from studio.store import drafts, outbox, personas
from studio.store.database import Database

path, first = Path(sys.argv[1]), int(sys.argv[2])
db = Database.open(path)

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def confirm(conn, row):
    known = personas.get(conn, "inf_1")
    for field, entry in row.mutation.fields.items():
        known = known.with_value(field, entry.value)
    outbox.ack(conn, row.mutation.id)
    personas.put_full(conn, known)

db.submit(outbox.recover).result()
if db.submit_read(personas.get, "inf_1").result() is None:
    db.submit(personas.put_full, Influencer("inf_1", "p", "Nova", "ready")).result()
say("ready")
number = first
while True:
    number += 1
    db.submit(drafts.set_fields, "inf_1", {"vibe": f"text {number}", "style": f"text {number}"}).result()
    say("typed", number)
    if number % 3 == 0:
        db.submit(outbox.publish, "inf_1", f"M{number}").result()
        say("published", number)
    if number % 5 == 0:
        row = db.submit(outbox.claim_next).result()
        if row is not None:
            db.submit(confirm, row).result()
            say("confirmed", row.mutation.id)
"""  # noqa: E501


def run_and_kill(path, first, dice):
    """Let a child work for a moment and kill it; the words it acknowledged."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), str(first)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert child.stdout is not None
    said = child.stdout.readline().split()
    assert said == [b"ready"]
    time.sleep(dice.uniform(0.0, 0.06))
    child.send_signal(signal.SIGKILL)
    rest = child.stdout.read()
    child.wait()
    child.stdout.close()
    whole = rest[: rest.rfind(b"\n") + 1]
    return [line.decode().split() for line in whole.splitlines()]


def number_in(text):
    return int(text.split()[-1]) if text else 0


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
@pytest.mark.timeout(14_400)
def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path, how_often):
    kills = how_often("kills") * 4 // 5
    path = tmp_path / "w.sqlite3"
    seed = random.randrange(1 << 32)
    dice = random.Random(seed)
    last = acknowledged = 0
    gone = set()
    for kill in range(kills):
        said = run_and_kill(path, last, dice)
        typed = max([int(words[1]) for words in said if words[0] == "typed"], default=last)
        gone |= {words[1] for words in said if words[0] == "confirmed"}
        acknowledged += len(said)
        db = Database.open(path)
        where = f"kill {kill}, seed {seed}"
        assert db.report.unclean, where
        assert db.report.damaged is None, where

        def look(conn, where=where):
            assert conn.value("PRAGMA integrity_check") == "ok", where
            shown = projections.show(conn, "inf_1")
            person = shown.influencer
            # Both fields were typed, published and confirmed together, each time in one commit.
            assert person.vibe == person.style, where
            for row in shown.waiting:
                texts = {entry.value for entry in row.mutation.fields.values()}
                assert len(row.mutation.fields) == 2, where
                assert len(texts) == 1, where
            draft = drafts.get(conn, "inf_1")
            assert draft is None or set(draft.fields) == {"vibe", "style"}, where
            waiting = {row.mutation.id for row in outbox.waiting(conn)}
            counts = roster.counts(conn, RosterQuery("p"))
            for view in VIEWS:
                listed = roster.rows(conn, RosterQuery("p", view=view), 0, 99)
                assert counts.views[view] == len(listed), where
            (card,) = roster.rows(conn, RosterQuery("p"), 0, 9)
            assert (card.unsent, card.waiting) == (len(shown.changes), len(shown.waiting)), where
            told = history.of_influencer(conn, "inf_1", 40)
            newest = next((entry for entry in told if entry.kind == "edit"), None)
            return number_in(person.vibe), waiting, newest

        shown, waiting, newest = db.submit_read(look).result()
        assert shown >= typed, where
        # What was confirmed never comes back.
        assert not waiting & gone, where
        assert newest is None or number_in(str(newest.new)) >= typed, where
        last = shown
        db.close()
    assert acknowledged > kills


FIRST_RUN = """
import sys
from pathlib import Path
from studio.store.database import Database
print("go", flush=True)
Database.open(Path(sys.argv[1])).close()
print("done", flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_kill_during_the_first_run_leaves_a_workspace_that_opens(tmp_path):
    dice = random.Random(7)
    for number in range(8):
        path = tmp_path / str(number) / "w.sqlite3"
        child = subprocess.Popen(
            [sys.executable, "-c", FIRST_RUN, str(path)], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(dice.uniform(0, 0.008))
        child.kill()
        child.wait()
        child.stdout.close()
        db = Database.open(path)
        assert db.report.damaged is None
        db.submit(drafts.start_new, "p", "inf_1", {"name": "Nova"}).result()
        assert db.submit_read(roster.size, RosterQuery("p")).result() == 1
        db.close()


@pytest.mark.timeout(14_400)
def test_a_log_cut_at_any_byte_gives_a_state_that_was_committed(tmp_path, how_often):
    """Power loss: the file with its log torn anywhere is one of the states that were committed."""
    path = tmp_path / "w.sqlite3"
    db = Database.open(path)
    db.submit(drafts.start_new, "p", "inf_1", {"name": "text 0", "vibe": "text 0"}).result()
    for number in range(1, 40):
        text = f"text {number}"
        db.submit(drafts.set_fields, "inf_1", {"name": text, "vibe": text}).result()
    main = path.read_bytes()
    log = path.with_name("w.sqlite3-wal").read_bytes()
    db.close()
    assert len(log) > 100_000
    dice = random.Random(11)
    seen = set()
    for number in range(how_often("cuts")):
        copy = tmp_path / f"cut{number}" / "w.sqlite3"
        copy.parent.mkdir()
        copy.write_bytes(main)
        cut = log[: dice.randrange(len(log))]
        if number % 2:
            cut = cut[:-512] + dice.randbytes(min(512, len(cut)))
        copy.with_name("w.sqlite3-wal").write_bytes(cut)
        copy.with_name("w.sqlite3.open").touch()
        db = Database.open(copy)
        assert db.report.damaged is None
        draft = db.submit_read(drafts.get, "inf_1").result()
        person = db.submit_read(personas.get, "inf_1").result()
        assert person is None
        if draft is not None:
            assert draft.fields["name"] == draft.fields["vibe"]
            seen.add(draft.fields["name"].value)
        db.close()
        shutil.rmtree(copy.parent)
    assert len(seen) > 10


WORK = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
import apsw
from studio.store import backups, restoring
path, what = Path(sys.argv[1]), sys.argv[2]
backup = backups.backups(path)[-1]
os.write(1, b"go\\n")
if what == "backup":
    connection = apsw.Connection(str(path))
    for _ in range(20):
        backups.back_up(connection, path, datetime.now(UTC), label="rolling")
else:
    for _ in range(20):
        restoring.restore(backup, path, datetime.now(UTC), keep_current=what == "join")
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
@pytest.mark.timeout(14_400)
@pytest.mark.parametrize("what", ["backup", "join", "replace"])
def test_a_kill_while_copying_or_restoring_leaves_one_state_whole(tmp_path, how_often, what):
    dice = random.Random(23)
    path = tmp_path / "w.sqlite3"
    for number in range(max(3, how_often("kills") // 15)):
        db = Database.open(path)
        if number == 0:
            db.submit(drafts.start_new, "p", "inf_1", {"name": "then"}).result()
            db.submit_outside(
                lambda conn: backups.back_up(conn, path, datetime.now(UTC), label="asked")
            ).result()
        db.submit(drafts.set_fields, "inf_1", {"name": "now", "vibe": "now"}).result()
        db.close()
        child = subprocess.Popen(
            [sys.executable, "-c", WORK, str(path), what], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"go\n"
        time.sleep(dice.uniform(0, 0.12))
        child.kill()
        child.wait()
        child.stdout.close()
        path.with_name(f"{path.name}.open").touch()
        db = Database.open(path)
        assert db.report.damaged is None
        fields = db.submit_read(drafts.get, "inf_1").result().fields
        state = {name: entry.value for name, entry in fields.items()}
        whole = [{"name": "now", "vibe": "now"}]
        if what == "replace":
            whole.append({"name": "then"})
        assert state in whole
        db.close()
        assert all(backups.is_sound(file) for file in backups.backups(path))


IMPORT = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from studio.core.clock import SystemClock
from studio.store import transfer
from studio.sync.backup_service import bring_back
archive, path, keep = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "join"
for _ in range(20):
    os.write(1, b"unpack\\n")
    folder = transfer.import_folder(path)
    found = transfer.read_archive(archive, path, folder, datetime.now(UTC))
    os.write(1, b"move\\n")
    transfer.take_images(found, path.parent / "intake")
    os.write(1, b"swap\\n")
    bring_back(found.workspace, path, SystemClock(), keep_current=keep)
"""
THEIRS, OURS = b"theirs" * 20_000, b"ours" * 20_000


class Office:
    """A workspace with an image that waits, and an export of what it once was."""

    def __init__(self, folder):
        self.path, self.intake = folder / "w.sqlite3", folder / "intake"
        self.archive = folder / "then.studio-workspace"
        self.intake.mkdir()
        db = Database.open(self.path)
        db.submit(drafts.start_new, "p", "inf_1", {"name": "then", "style": "then"}).result()
        for number in range(6):
            self.put_image(db, f"T{number}", THEIRS)
        snapshot = folder / "snapshot.sqlite3"
        copy = db.submit_outside(lambda conn: backups.Copy(conn, snapshot)).result()
        assert db.submit_outside(lambda _: copy.step(60)).result()
        copy.settle()
        db.close()
        assert transfer.write_archive(snapshot, self.intake, self.archive, datetime.now(UTC)) == 6
        snapshot.unlink()

    def put_image(self, db, upload_id, data):
        file = self.intake / f"{upload_id}.png"
        file.write_bytes(data)
        row = Upload(upload_id, "p", "inf_1", "a.png", "waiting", str(file), "image/png")
        db.submit(uploads.put, row).result()

    def become_now(self):
        """Nothing of then is left: other words, another image."""
        db = Database.open(self.path)
        db.submit(lambda conn: conn.run("DELETE FROM upload")).result()
        db.submit(drafts.discard, "inf_1").result()
        db.submit(drafts.start_new, "p", "inf_1", {"name": "now", "vibe": "now"}).result()
        for file in self.intake.iterdir():
            file.unlink()
        self.put_image(db, "O", OURS)
        db.close()

    def state(self):
        """Words and images of a whole workspace; whatever an image row names has to be there."""
        self.path.with_name(f"{self.path.name}.open").touch()
        db = Database.open(self.path)
        try:
            assert db.report.damaged is None
            draft = db.submit_read(drafts.get, "inf_1").result()
            rows = db.submit_read(uploads.of_influencer, "inf_1").result()
        finally:
            db.close()
        for row in rows:
            assert Path(row.path).read_bytes() == (OURS if row.id == "O" else THEIRS)
        words = {name: entry.value for name, entry in draft.fields.items()}
        return words, {row.id for row in rows}


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
@pytest.mark.timeout(14_400)
@pytest.mark.parametrize("how", ["join", "replace"])
def test_a_kill_during_an_import_leaves_the_old_or_the_new_one_whole(tmp_path, how_often, how):
    seed = random.randrange(1 << 32)
    dice = random.Random(seed)
    office = Office(tmp_path)
    exported = office.archive.read_bytes()
    theirs = {f"T{number}" for number in range(6)}
    old = ({"name": "now", "vibe": "now"}, {"O"})
    new = ({"name": "then", "style": "then"}, theirs)
    if how == "join":
        new = ({"name": "now", "vibe": "now", "style": "then"}, theirs | {"O"})
    for kill in range(max(4, how_often("kills") // 15)):
        where = f"kill {kill}, seed {seed}"
        office.become_now()
        child = subprocess.Popen(
            [sys.executable, "-c", IMPORT, str(office.archive), str(office.path), how],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        for step in (b"unpack\n", b"move\n", b"swap\n")[: dice.randint(1, 3)]:
            assert child.stdout.readline() == step, where
        time.sleep(dice.uniform(0, 0.07))
        child.kill()
        child.wait()
        child.stdout.close()
        assert office.state() in (old, new), where
        # The one image of now outlives even an import in its place: a backup waits with it.
        assert (office.intake / "O.png").read_bytes() == OURS, where
        assert office.archive.read_bytes() == exported, where
        assert all(backups.is_sound(file) for file in backups.backups(office.path)), where
        transfer.sweep(office.path)
        restoring.sweep(office.path)
        assert not list(tmp_path.glob(".*")), where
