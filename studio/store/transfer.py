"""The whole workspace as one file: to keep elsewhere, or to go on with on another computer.

A ZIP archive with ``manifest.json``, ``workspace.sqlite3`` and the prepared images that wait for
their upload. Keys are no part of a workspace, so none can be in it. What comes in is checked for
names, sizes, ratios, hashes, schema and organization before anything here changes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import struct
import zipfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import apsw  # noqa: TID251

from studio.core.errors import ChangeStateFirst, FixInput
from studio.core.ids import new_ulid
from studio.core.paths import private_folder
from studio.core.values import dataclass
from studio.store import backups, cards, migrate
from studio.store.connection import Connection
from studio.store.errors import DiskTrouble, from_system

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from studio.core.errors import StudioError

FORMAT = 1

MAX_ENTRIES = 20_000
MAX_DIRECTORY = 8 << 20
MAX_MANIFEST = 8 << 20
MAX_IMAGE = 64 << 20
MAX_WORKSPACE = 8 << 30
MAX_RATIO = 200
_RATIO_FROM = 1 << 20
_BLOCK = 1 << 20

_IMPORT = ".import-"
_EXPORT = ".export"
_MANIFEST = "manifest.json"
_WORKSPACE = "workspace.sqlite3"
_IMAGE = re.compile(r"images/[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
_END = b"PK\x05\x06"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A checked archive, unpacked beside the workspaces; nothing has changed yet.

    Attributes:
        folder: where it lies until it is taken in or dropped.
        workspace: its workspace file, of the schema of this version.
        images: how many prepared images came along.
        organization: the name of the organization it belongs to, empty when it was never known.
        from_version: the schema version it was written with.
    """

    folder: Path
    workspace: Path
    images: int
    organization: str
    from_version: int


# ---- out


def write_archive(snapshot: Path, intake: Path, target: Path, now: datetime) -> int:
    """Put a closed copy of the workspace and its waiting images into ``target``, whole or not at
    all; how many images. The paths of this computer in ``snapshot`` are taken out. Raises
    DiskTrouble."""
    unfinished = target.with_name(f".{target.name}.part")
    try:
        version, organization, images = _without_paths(snapshot, intake)
        entries = [(_WORKSPACE, snapshot), *((f"images/{file.name}", file) for file in images)]
        backups.create_private(unfinished)
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            listed = [_put(archive, name, file) for name, file in entries]
            manifest = {
                "format": FORMAT,
                "schema": version,
                "made_at": now.isoformat(),
                "organization": organization,
                "entries": listed,
            }
            archive.writestr(_MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False))
        backups.sync_file(unfinished)
        os.replace(unfinished, target)
    except OSError as error:
        raise _unwritable(error) from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return len(images)


def _unwritable(error: OSError) -> StudioError:
    """The trouble is at the place that was chosen, which is not the workspace's as a rule."""
    known = from_system(error)
    if known.code == "disk_full":
        return DiskTrouble(
            "There is not enough room for the export.",
            next_step="Free some space, or choose another place.",
            code=known.code,
        )
    return FixInput(
        "The export cannot be written there.", next_step="Choose another folder.", code=known.code
    )


def _put(archive: zipfile.ZipFile, name: str, file: Path) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED if name == _WORKSPACE else zipfile.ZIP_STORED
    info.external_attr = 0o600 << 16
    with open(file, "rb") as source, archive.open(info, "w", force_zip64=True) as target:
        while block := source.read(_BLOCK):
            digest.update(block)
            size += len(block)
            target.write(block)
    return {"name": name, "size": size, "sha256": digest.hexdigest()}


def _without_paths(snapshot: Path, intake: Path) -> tuple[int, dict[str, str], list[Path]]:
    """Leave names of files alone in the copy; its version, its organization, its images."""
    connection = apsw.Connection(str(snapshot))
    try:
        images = []
        for upload_id, path in list(connection.execute("SELECT id, path FROM upload")):
            file = Path(path)
            is_ours = bool(path) and file.parent == intake and file.is_file()
            if is_ours:
                images.append(file)
            connection.execute(
                "UPDATE upload SET path = ? WHERE id = ?", (file.name if is_ours else "", upload_id)
            )
        # What was deleted or replaced still stands in the free room of the file.
        connection.execute("VACUUM")
        return migrate.version(connection), _organization(connection), images
    finally:
        connection.close(force=True)


def _organization(connection: apsw.Connection) -> dict[str, str]:
    for (text,) in connection.execute("SELECT value FROM meta WHERE key = 'account'"):
        account = json.loads(text)
        return {
            "id": str(account.get("organization_id", "")),
            "name": str(account.get("organization_name", "")),
        }
    return {"id": "", "name": ""}


# ---- in


def read_archive(archive: Path, workspace: Path, folder: Path, now: datetime) -> Incoming:
    """Unpack into the new, private ``folder`` and check everything; ``workspace`` is the open file
    it is meant for. Raises FixInput for a file that cannot be used, ChangeStateFirst for one of
    another organization, DiskTrouble. On an error nothing is left behind."""
    try:
        folder.mkdir(mode=0o700)
        _look_before_opening(archive)
        with zipfile.ZipFile(archive) as opened:
            infos = _checked_names(opened)
            manifest = _manifest(opened, infos)
            (folder / "images").mkdir(mode=0o700)
            for entry in manifest["entries"]:
                _unpack(opened, infos[entry["name"]], entry, folder)
        return _checked_workspace(folder, workspace, manifest, now)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise _unusable("It is not a workspace export, or it is damaged.") from error
    except (apsw.Error, ValueError, TypeError, KeyError, AttributeError, EOFError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise _unusable("What is in it cannot be read.") from error
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise from_system(error) from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def take_images(incoming: Incoming, intake: Path) -> None:
    """Move the images to where uploads look for them, and tell the incoming workspace so. Existing
    files stay; cut off, it can be done again. Raises DiskTrouble."""
    connection = apsw.Connection(str(incoming.workspace))
    try:
        private_folder(intake)
        for upload_id, name in list(connection.execute("SELECT id, path FROM upload")):
            source = incoming.folder / "images" / Path(name).name
            target = intake / Path(name).name
            if name and source.is_file() and not target.exists():
                # On the disk before a workspace counts on it.
                backups.sync_file(source)
                os.replace(source, target)
            path = str(target) if name and target.is_file() else ""
            connection.execute("UPDATE upload SET path = ? WHERE id = ?", (path, upload_id))
    except OSError as error:
        raise from_system(error) from error
    finally:
        connection.close(force=True)


def import_folder(workspace: Path) -> Path:
    """A new name beside the workspace for what is unpacked."""
    return workspace.with_name(f"{_IMPORT}{new_ulid()}")


def drop(workspace: Path) -> None:
    """Remove the folder that ``workspace``, a file in it, was unpacked to; any other stays."""
    if is_import(workspace):
        shutil.rmtree(workspace.parent, ignore_errors=True)


def is_import(workspace: Path) -> bool:
    """Whether this file was unpacked from an export."""
    return workspace.parent.name.startswith(_IMPORT)


def snapshot_file(workspace: Path) -> Path:
    """A new name beside the workspace for the copy that an export is made of."""
    return workspace.with_name(f".{workspace.name}.{new_ulid()}{_EXPORT}")


def sweep(workspace: Path) -> None:
    """Remove what exports and imports of a killed program left; never while one is at work."""
    for folder in workspace.parent.glob(f"{_IMPORT}*"):
        shutil.rmtree(folder, ignore_errors=True)
    for pattern in (f".{workspace.name}.*{_EXPORT}*", f"..{workspace.name}.*{_EXPORT}*"):
        for file in workspace.parent.glob(pattern):
            with contextlib.suppress(OSError):
                file.unlink()


def _look_before_opening(archive: Path) -> None:
    """Refuse a directory that would take long to read, before it is read."""
    try:
        with open(archive, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 66_000))
            tail = file.read()
    except OSError as error:
        raise _unusable("It cannot be opened.") from error
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < 22:
        raise _unusable("It is not a workspace export, or it is damaged.")
    entries, directory = struct.unpack("<HL", tail[place + 10 : place + 16])
    if entries > MAX_ENTRIES or directory > MAX_DIRECTORY:
        raise _unusable("It lists more files than an export can have.")


def _checked_names(opened: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    for info in opened.infolist():
        known = info.filename in (_MANIFEST, _WORKSPACE) or _IMAGE.fullmatch(info.filename)
        if not known or info.filename in found or info.flag_bits & 0x1:
            raise _unusable("It holds files that an export does not have.")
        is_bomb = info.file_size > _RATIO_FROM and info.file_size > MAX_RATIO * info.compress_size
        if is_bomb or info.file_size > _largest(info.filename):
            raise _unusable("Something in it is far larger than an export can be.")
        found[info.filename] = info
    if _MANIFEST not in found or _WORKSPACE not in found:
        raise _unusable("It holds no workspace.")
    return found


def _largest(name: str) -> int:
    return {_MANIFEST: MAX_MANIFEST, _WORKSPACE: MAX_WORKSPACE}.get(name, MAX_IMAGE)


def _manifest(opened: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo]) -> dict[str, Any]:
    with opened.open(infos[_MANIFEST]) as source:
        text = source.read(MAX_MANIFEST + 1)
    manifest: dict[str, Any] = json.loads(text)
    newer = manifest["format"] > FORMAT or manifest["schema"] > len(migrate.steps())
    if newer:
        raise FixInput(
            "This export was written by a newer version of the program.",
            next_step="Install the newest version. Nothing was changed.",
            code="newer",
        )
    listed = sorted(entry["name"] for entry in manifest["entries"])
    if listed != sorted(set(infos) - {_MANIFEST}):
        raise _unusable("Its list of contents does not match what is in it.")
    return manifest


def _unpack(
    opened: zipfile.ZipFile, info: zipfile.ZipInfo, entry: dict[str, Any], folder: Path
) -> None:
    target = folder / info.filename
    backups.create_private(target)
    digest = hashlib.sha256()
    with opened.open(info) as source, open(target, "r+b") as written:
        size = 0
        for block in _blocks(source):
            size += len(block)
            if size > info.file_size:
                raise _unusable("Something in it is larger than it says.")
            digest.update(block)
            written.write(block)
    if (size, digest.hexdigest()) != (entry["size"], entry["sha256"]):
        raise _unusable("Something in it was changed or damaged after it was written.")


def _blocks(source: IO[bytes]) -> Iterator[bytes]:
    while block := source.read(_BLOCK):
        yield block


def _checked_workspace(
    folder: Path, workspace: Path, manifest: dict[str, Any], now: datetime
) -> Incoming:
    file = folder / _WORKSPACE
    if not backups.is_sound(file):
        raise _unusable("The workspace in it is damaged.")
    connection = apsw.Connection(str(file))
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        version = migrate.version(connection)
        if version != manifest["schema"] or migrate.structure(connection) != migrate.structure_of(
            version
        ):
            raise _unusable("The workspace in it is not one of this program.")
        organization = _organization(connection)
        _refuse_other(organization, workspace)
        connection.execute("PRAGMA foreign_keys = ON")
        migrate.migrate(connection, file, now, copy_first=False)
        _refuse_foreign_rows(connection)
        # Reads every row the way the window will: what cannot be read is refused here.
        connection.execute("BEGIN IMMEDIATE")
        cards.rebuild(Connection(connection, now, writable=True))
        connection.execute("COMMIT")
    finally:
        connection.close(force=True)
    images = len(manifest["entries"]) - 1
    return Incoming(folder, file, images, organization["name"], version)


def _refuse_other(theirs: dict[str, str], workspace: Path) -> None:
    connection = apsw.Connection(f"{workspace.resolve().as_uri()}?mode=ro", flags=_READ)
    try:
        ours = _organization(connection)
    finally:
        connection.close(force=True)
    if theirs["id"] and theirs["id"] != ours["id"]:
        raise ChangeStateFirst(
            f"This export belongs to {theirs['name'] or 'another organization'}, and this window "
            f"works for {ours['name'] or 'none yet'}.",
            next_step="Choose the server and key of that organization in Settings first.",
            code="other_organization",
        )


_READ = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI


def _refuse_foreign_rows(connection: apsw.Connection) -> None:
    if list(connection.execute("PRAGMA foreign_key_check")):
        raise _unusable("Rows in it do not belong together.")
    for table, names in migrate.JSON_COLUMNS.items():
        for name in names:
            query = f"SELECT count(*) FROM {table} WHERE NOT json_valid({name})"  # noqa: S608
            if list(connection.execute(query)) != [(0,)]:
                raise _unusable("Values in it cannot be read.")


def _unusable(why: str) -> FixInput:
    return FixInput(
        f"This file cannot be imported. {why}", next_step="Nothing was changed.", code="unusable"
    )
