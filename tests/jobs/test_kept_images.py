"""Prepared images at the start of the program: what nobody waits for goes, the rest stays."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from studio.core.clock import SystemClock
from studio.core.events import EventHub
from studio.domain.upload import Upload
from studio.jobs.taking_in import TakingIn
from studio.store import backups, uploads
from studio.store.database import Database

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Place:
    """A workspace and the folder of its images."""

    def __init__(self, folder):
        self.folder = folder / "intake"
        self.folder.mkdir()
        self.db = Database.open(folder / "w.sqlite3")
        self.taking_in = TakingIn(self.db, EventHub(), SystemClock(), self.folder)

    async def image(self, upload_id, state="waiting"):
        file = self.folder / f"{upload_id}.png"
        file.write_bytes(b"a picture")
        row = Upload(upload_id, "p", "inf_1", "a.png", state, str(file), "image/png")
        await self.db.write(uploads.put, row)

    def back_up(self):
        return self.db.submit_outside(
            lambda connection: backups.back_up(connection, self.db.path, NOW, label="asked")
        ).result()

    @property
    def files(self):
        return {file.stem for file in self.folder.iterdir()}


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    yield made
    made.taking_in.stop()
    made.db.close()


async def test_an_image_that_only_a_backup_waits_with_stays_as_long_as_that(place):
    await place.image("WAITS")
    await place.image("OF-THEN")
    backup = place.back_up()
    await place.db.write(uploads.delete, "OF-THEN")
    (place.folder / "NOBODYS.png").write_bytes(b"left behind")
    await place.taking_in.sweep()
    assert place.files == {"WAITS", "OF-THEN"}
    backup.unlink()
    await place.taking_in.sweep()
    assert place.files == {"WAITS"}


async def test_an_image_that_is_on_the_server_goes_even_with_a_backup_of_before(place):
    await place.image("SENT")
    place.back_up()
    await place.db.write(uploads.set_state, "SENT", "bound")
    await place.taking_in.sweep()
    assert place.files == set()


async def test_a_damaged_backup_keeps_nothing_and_harms_nothing(place):
    await place.image("WAITS")
    backup = place.back_up()
    backup.write_bytes(b"not a workspace at all" * 200)
    (place.folder / "NOBODYS.png").write_bytes(b"left behind")
    await place.taking_in.sweep()
    assert place.files == {"WAITS"}
