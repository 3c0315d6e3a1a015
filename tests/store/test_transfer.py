"""A whole workspace out as one file and in again; hostile files change nothing."""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import struct
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import apsw
import pytest

from studio.core.clock import SystemClock
from studio.core.errors import ChangeStateFirst, FixInput, StudioError
from studio.domain.account import Account
from studio.domain.influencer import Influencer
from studio.domain.upload import Upload
from studio.store import backups, drafts, meta, migrate, personas, restoring, transfer, uploads
from studio.store.database import Database, DiskTrouble
from studio.sync import backup_service
from studio.sync.transfer_service import Transfers

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PICTURE = b"\x89PNG" + bytes(range(256)) * 40


def account(organization_id, name):
    known = dict.fromkeys(Account.__dataclass_fields__, "")
    known.update(
        organization_id=organization_id,
        organization_name=name,
        scopes=(),
        credit_balance=None,
    )
    return Account(**known)


def filled(folder, organization="org_acme", name="Acme"):
    folder.mkdir()
    (folder / "intake").mkdir()
    picture = folder / "intake" / "01UP.png"
    picture.write_bytes(PICTURE)
    db = Database.open(folder / "w.sqlite3")
    do = lambda fn, *args: db.submit(fn, *args).result()  # noqa: E731
    do(meta.put_account, account(organization, name))
    do(personas.put_full, Influencer("inf_1", "p", "Nova", "ready"))
    do(drafts.set_fields, "inf_1", {"vibe": "unsent words"})
    do(uploads.put, Upload("01UP", "p", "inf_1", "a.png", "waiting", str(picture), "image/png"))
    far = Upload("02UP", "p", "inf_1", "b.png", "preparing", "/home/somebody/b.png")
    do(uploads.put, far)
    db.close()
    return folder / "w.sqlite3"


@pytest.fixture
def exported(tmp_path):
    path = filled(tmp_path / "one")
    snapshot = tmp_path / "snapshot.sqlite3"
    connection = apsw.Connection(str(path))
    copy = backups.Copy(connection, snapshot)
    assert copy.step(60)
    copy.settle()
    connection.close()
    target = tmp_path / "acme.studio-workspace"
    target.write_bytes(b"an older export")
    assert transfer.write_archive(snapshot, path.parent / "intake", target, NOW) == 1
    return target


def take(archive, path, folder):
    return transfer.read_archive(archive, path, folder, NOW)


def repacked(archive, change):
    """The archive with its parts changed by ``change(parts)``."""
    with zipfile.ZipFile(archive) as opened:
        parts = {info.filename: opened.read(info) for info in opened.infolist()}
    change(parts)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in parts.items():
            opened.writestr(name, data)


def relisted(parts):
    manifest = json.loads(parts["manifest.json"])
    manifest["entries"] = [
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in parts.items()
        if name != "manifest.json"
    ]
    parts["manifest.json"] = json.dumps(manifest).encode()


def test_words_and_images_arrive_on_another_computer(tmp_path, exported):
    path = filled(tmp_path / "two")
    db = Database.open(path)
    db.submit(drafts.discard, "inf_1").result()
    db.submit(lambda conn: conn.run("DELETE FROM upload")).result()
    db.close()
    intake = tmp_path / "two" / "intake"
    (intake / "01UP.png").unlink()
    incoming = take(exported, path, tmp_path / "incoming")
    assert (incoming.organization, incoming.images) == ("Acme", 1)
    assert [one.fields for one in restoring.compare(incoming.workspace, path).comes_back] == [
        ("vibe",)
    ]
    transfer.take_images(incoming, intake)
    restoring.restore(incoming.workspace, path, NOW, keep_current=True)
    db = Database.open(path)
    assert db.submit_read(drafts.get, "inf_1").result().fields["vibe"].value == "unsent words"
    (waiting,) = db.submit_read(uploads.of_influencer, "inf_1").result()
    assert Path(waiting.path).read_bytes() == PICTURE
    # A person decides whether it still is to go out.
    assert waiting.state == "held"
    assert Path(waiting.path).parent == intake
    db.close()


def test_an_export_is_private_and_names_no_folder_of_this_computer(exported):
    if os.name == "posix":
        assert stat.S_IMODE(exported.stat().st_mode) == 0o600
    with zipfile.ZipFile(exported) as opened:
        assert sorted(opened.namelist()) == [
            "images/01UP.png",
            "manifest.json",
            "workspace.sqlite3",
        ]
        for name in opened.namelist():
            data = opened.read(name)
            assert b"somebody" not in data
            assert str(exported.parent).encode() not in data


def test_an_export_to_a_full_disk_leaves_the_older_one(tmp_path, exported, monkeypatch):
    path = tmp_path / "one" / "w.sqlite3"
    before = exported.read_bytes()

    def full(_file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "sync_file", full)
    with pytest.raises(DiskTrouble) as told:
        transfer.write_archive(path, path.parent / "intake", exported, NOW)
    assert told.value.code == "disk_full"
    assert exported.read_bytes() == before
    assert not list(tmp_path.glob(".*part"))


def test_another_organization_is_refused_by_name(tmp_path, exported):
    path = filled(tmp_path / "two", "org_beta", "Beta")
    with pytest.raises(ChangeStateFirst) as told:
        take(exported, path, tmp_path / "incoming")
    assert "Acme" in told.value.sentence
    assert "Beta" in told.value.sentence
    assert not (tmp_path / "incoming").exists()


def a_slip(parts):
    parts["../../evil.sqlite3"] = b"x"


def an_absolute_name(parts):
    parts["/etc/evil"] = b"x"


def a_backslash(parts):
    parts["images\\..\\evil"] = b"x"


def a_bomb(parts):
    parts["images/bomb.png"] = b"\0" * (30 << 20)
    relisted(parts)


def another_image(parts):
    parts["images/01UP.png"] = b"changed"


def an_unlisted_image(parts):
    parts["images/99.png"] = b"x"


def no_workspace(parts):
    del parts["workspace.sqlite3"]


def a_picture_as_workspace(parts):
    parts["workspace.sqlite3"] = PICTURE
    relisted(parts)


def a_trigger(parts):
    _in_workspace(parts, "CREATE TRIGGER evil AFTER INSERT ON draft BEGIN DELETE FROM draft; END")


def a_broken_value(parts):
    _in_workspace(parts, "UPDATE draft_field SET value = 'not json'")


def a_broken_account(parts):
    _in_workspace(parts, "UPDATE meta SET value = '[' WHERE key = 'account'")


def an_odd_manifest(parts):
    parts["manifest.json"] = b'["a", "list"]'


def a_deep_manifest(parts):
    parts["manifest.json"] = b"[" * 200_000


def _in_workspace(parts, sql):
    connection = apsw.Connection(":memory:")
    connection.deserialize("main", parts["workspace.sqlite3"])
    connection.execute("PRAGMA foreign_keys = OFF")
    list(connection.execute(sql))
    parts["workspace.sqlite3"] = connection.serialize("main")
    connection.close()
    relisted(parts)


HOSTILE = [
    a_slip, an_absolute_name, a_backslash, a_bomb, another_image, an_unlisted_image, no_workspace,
    a_picture_as_workspace, a_trigger, a_broken_value, a_broken_account, an_odd_manifest,
    a_deep_manifest,
]  # fmt: skip


def sizes(folder):
    """Every file but those that come and go with reading a workspace."""
    return {
        file: file.stat().st_size
        for file in folder.rglob("*")
        if not file.name.endswith(("-wal", "-shm"))
    }


@pytest.mark.parametrize("change", HOSTILE, ids=lambda change: change.__name__)
def test_a_hostile_file_is_refused_in_words_and_changes_nothing(tmp_path, exported, change):
    path = tmp_path / "one" / "w.sqlite3"
    repacked(exported, change)
    before = sizes(tmp_path)
    with pytest.raises(FixInput) as told:
        take(exported, path, tmp_path / "incoming")
    assert "cannot be imported" in told.value.sentence
    assert sizes(tmp_path) == before


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip" * 100], ids=["empty", "short", "text"])
def test_a_file_that_is_no_export_is_refused(tmp_path, exported, data):
    exported.write_bytes(data)
    with pytest.raises(FixInput):
        take(exported, tmp_path / "one" / "w.sqlite3", tmp_path / "incoming")


def test_a_list_of_many_files_is_refused_before_it_is_read(tmp_path, exported):
    data = bytearray(exported.read_bytes())
    place = data.rfind(b"PK\x05\x06")
    data[place + 10 : place + 12] = struct.pack("<H", 65_535)
    exported.write_bytes(bytes(data))
    with pytest.raises(FixInput, match="more files"):
        take(exported, tmp_path / "one" / "w.sqlite3", tmp_path / "incoming")


def test_an_archive_cut_anywhere_is_refused(tmp_path, exported):
    data = exported.read_bytes()
    for number in range(1, 40):
        exported.write_bytes(data[: len(data) * number // 40])
        with pytest.raises(StudioError):
            take(exported, tmp_path / "one" / "w.sqlite3", tmp_path / "incoming")
        assert not (tmp_path / "incoming").exists()


def test_a_newer_export_is_refused_in_words(tmp_path, exported):
    def newer(parts):
        manifest = json.loads(parts["manifest.json"])
        manifest["schema"] = len(migrate.steps()) + 1
        parts["manifest.json"] = json.dumps(manifest).encode()

    repacked(exported, newer)
    with pytest.raises(FixInput, match="newer version"):
        take(exported, tmp_path / "one" / "w.sqlite3", tmp_path / "incoming")


def test_an_older_export_is_brought_up(tmp_path, exported):
    old = apsw.Connection(str(tmp_path / "old.sqlite3"))
    list(old.execute(migrate.steps()[0].read_text("utf-8")))
    old.execute("PRAGMA user_version = 1")
    old.execute("INSERT INTO draft VALUES ('inf_7', 'p', 1, 1, 1)")
    old.execute("INSERT INTO draft_field VALUES ('inf_7', 'name', '\"Old\"', 'null', 1)")
    data = old.serialize("main")
    old.close()

    def older(parts):
        parts["workspace.sqlite3"] = data
        del parts["images/01UP.png"]
        relisted(parts)
        manifest = json.loads(parts["manifest.json"])
        manifest["schema"] = 1
        parts["manifest.json"] = json.dumps(manifest).encode()

    repacked(exported, older)
    path = tmp_path / "one" / "w.sqlite3"
    incoming = take(exported, path, tmp_path / "incoming")
    assert incoming.from_version == 1
    restoring.restore(incoming.workspace, path, NOW, keep_current=True)
    db = Database.open(path)
    assert db.submit_read(drafts.get, "inf_7").result().fields["name"].value == "Old"
    assert db.submit_read(drafts.get, "inf_1").result() is not None
    db.close()


def test_a_size_that_lies_stops_the_unpacking(tmp_path, exported):
    memory = io.BytesIO(exported.read_bytes())
    with zipfile.ZipFile(memory) as opened:
        info = opened.getinfo("workspace.sqlite3")
    data = bytearray(exported.read_bytes())
    real = struct.pack("<L", info.file_size)
    place = data.rfind(b"PK\x01\x02", 0, data.rfind(b"PK\x05\x06"))
    spot = data.find(real, data.find(b"PK\x01\x02"))
    assert spot > 0
    assert place
    data[spot : spot + 4] = struct.pack("<L", 100)
    exported.write_bytes(bytes(data))
    with pytest.raises(FixInput):
        take(exported, tmp_path / "one" / "w.sqlite3", tmp_path / "incoming")


async def test_the_open_workspace_goes_out_and_comes_back_in(tmp_path):
    path = filled(tmp_path / "one")
    intake = path.parent / "intake"
    target = tmp_path / "acme.studio-workspace"
    clock = SystemClock()
    db = Database.open(path)

    async def bring_back(file, keep_current):
        db.close()
        backup_service.bring_back(file, path, clock, keep_current=keep_current)

    service = Transfers(db, clock, intake, bring_back)
    written = await service.export(target)
    assert (written.path, written.images, written.holding.drafts) == (target, 1, 1)
    assert written.size == target.stat().st_size
    await db.write(drafts.discard, "inf_1")
    report = await service.look(target)
    assert (report.organization, report.images) == ("Acme", 1)
    assert [one.name for one in report.comparison.comes_back] == ["Nova"]
    await service.take_in(keep_current=True)
    again = Database.open(path)
    draft = await again.read(drafts.get, "inf_1")
    again.close()
    assert draft.fields["vibe"].value == "unsent words"
    assert not [file for file in path.parent.iterdir() if file.name.startswith(".")]


async def test_without_a_look_nothing_is_taken_in(tmp_path):
    path = filled(tmp_path / "one")
    db = Database.open(path)
    with pytest.raises(ChangeStateFirst):
        await Transfers(db, SystemClock(), path.parent / "intake", None).take_in(keep_current=True)
    db.close()


async def test_an_export_into_the_folder_of_the_workspace_is_refused(tmp_path):
    path = filled(tmp_path / "one")
    db = Database.open(path)
    service = Transfers(db, SystemClock(), path.parent / "intake", None)
    for target in (path, path.parent / "intake" / "01UP.png"):
        with pytest.raises(FixInput, match="keeps its own files"):
            await service.export(target)
    with pytest.raises(FixInput, match="cannot be written there"):
        await service.export(tmp_path / "no such folder" / "acme.studio-workspace")
    assert await db.read(drafts.get, "inf_1") is not None
    db.close()
    assert not [file for file in path.parent.iterdir() if file.name.startswith(".")]


async def test_what_a_killed_import_or_export_left_goes_at_the_next_start(tmp_path, exported):
    path = tmp_path / "one" / "w.sqlite3"
    db = Database.open(path)
    service = Transfers(db, SystemClock(), path.parent / "intake", None)
    take(exported, path, transfer.import_folder(path))
    snapshot = transfer.snapshot_file(path)
    unfinished = snapshot.with_name(f".{snapshot.name}.part")
    then = path.with_name(f".{path.name}.then")
    for file in (snapshot, unfinished, then, then.with_name(f"{then.name}-journal")):
        file.write_bytes(b"half")
    other = path.with_name(".other.sqlite3.then")
    other.write_bytes(b"another workspace")
    await service.sweep()
    assert [file.name for file in path.parent.iterdir() if file.name.startswith(".")] == [
        other.name
    ]
    # What was looked at and may still be taken in is none of that.
    await service.look(exported)
    await service.sweep()
    assert len(list(path.parent.glob(".import-*"))) == 1
    await service.forget()
    assert not list(path.parent.glob(".import-*"))
    db.close()


def test_the_log_of_a_killed_restore_is_not_played_into_the_next(tmp_path):
    path = filled(tmp_path / "one")
    db = Database.open(path)
    backup = db.submit_outside(
        lambda connection: backups.back_up(connection, path, NOW, label="asked")
    ).result()
    # What a killed restore leaves once its change has outgrown its memory.
    fresh = path.with_name(f".{path.name}.fresh")
    fresh.write_bytes(backup.read_bytes())
    connection = apsw.Connection(str(fresh))
    connection.execute("PRAGMA cache_size = 1; BEGIN IMMEDIATE; DELETE FROM history")
    connection.execute("UPDATE draft_field SET value = json_quote(hex(zeroblob(90000)))")
    log = fresh.with_name(f"{fresh.name}-journal")
    kept = log.read_bytes()
    connection.close(force=True)
    log.write_bytes(kept)
    for number in range(30):
        text = {"style": f"typed since, {number}" * 40}
        db.submit(drafts.set_fields, "inf_1", text).result()
    db.submit(drafts.set_fields, "inf_1", {"style": "typed since"}).result()
    db.close()
    restoring.restore(backup, path, NOW, keep_current=True)
    db = Database.open(path)
    assert db.report.damaged is None
    fields = db.submit_read(drafts.get, "inf_1").result().fields
    db.close()
    assert {name: entry.value for name, entry in fields.items()} == {
        "vibe": "unsent words",
        "style": "typed since",
    }
