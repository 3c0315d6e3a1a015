"""The dialog over a real workspace file: what is chosen is what waits to be sent, or is a draft."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest_asyncio
from PySide6.QtWidgets import QWidget

from studio.core.clock import SystemClock
from studio.core.errors import ChangeStateFirst, TryLater
from studio.core.events import EventHub
from studio.core.tasks import TaskScope
from studio.domain.influencer import Influencer, Personality
from studio.store import drafts, outbox, personas, projections
from studio.store.database import Database
from studio.sync.conflict_service import Conflicts
from studio.ui.conflicts.dialog import ConflictDialog
from studio.viewmodels.conflicts import ConflictViewModel
from studio.viewmodels.pictures import PictureLoader

PROJECT = "254a4ce1-0000-4000-8000-000000000001"
TONE, HUMOR, TRAITS = "personality.tone", "personality.humor", "personality.traits"


def ada(**voice: object) -> Influencer:
    made = datetime(2026, 4, 18, 12, tzinfo=UTC)
    return Influencer(
        "inf_ada", PROJECT, "Ada", "ready", personality=Personality(**voice), created_at=made
    )


class Sleeping:
    """The engine, told to go on; it does not in these tests."""

    woken = 0

    def wake(self) -> None:
        self.woken += 1


class Shelf:
    """Influencers of the file; no pictures."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def show(self, influencer_id):
        return await self.db.read(projections.show, influencer_id)

    def stored(self, url):
        return None

    async def fetch(self, url):
        raise TryLater("There is no contact.", no_contact=True)


class Desk:
    """A file, the real service over it, and a window."""

    def __init__(self, db: Database, scope: TaskScope, theme) -> None:
        self.db, self.scope, self.theme = db, scope, theme
        self.hub, self.engine, self.clock = EventHub(), Sleeping(), SystemClock()
        self.service = Conflicts(db, self.hub, self.clock, self.engine)
        self.shelf = Shelf(db)
        self.window = QWidget()
        self.window.resize(1200, 900)
        self.window.show()

    async def clash(self) -> None:
        """Tone was published here while a colleague changed it, and a trait on both sides."""
        await self.db.write(personas.put_full, ada(tone="warm", humor="dry", traits=("a",)))
        edits = {TONE: "mine", HUMOR: "wit", TRAITS: ("a", "x")}
        await self.db.write(drafts.set_fields, "inf_ada", edits)
        await self.db.write(outbox.publish, "inf_ada", "M1")
        await self.db.write(self._meet)

    @staticmethod
    def _meet(conn) -> None:
        personas.put_full(conn, ada(tone="theirs", humor="dry", traits=("a", "y")))
        outbox.block(conn, "M1", ChangeStateFirst("It changed.", code=outbox.CHANGED_ON_SERVER))

    async def open(self) -> ConflictDialog:
        model = ConflictViewModel(
            "inf_ada", self.service, self.shelf, self.hub, self.scope, self.clock
        )
        pictures = PictureLoader(self.shelf, self.scope)
        dialog = ConflictDialog(model, pictures, self.theme, self.window)
        dialog.model = model
        dialog.open()
        await until(lambda: model.conflict is not None)
        return dialog

    async def shown(self, influencer_id: str = "inf_ada"):
        return await self.db.read(projections.show, influencer_id)


@pytest_asyncio.fixture
async def desk(tmp_path, theme):
    errors: list[BaseException] = []
    scope = TaskScope("test", errors.append)
    db = Database.open(tmp_path / "acme.sqlite3")
    made = Desk(db, scope, theme)
    yield made
    made.window.close()
    made.window.deleteLater()
    await scope.close()
    db.close()
    assert not errors, errors


async def until(condition, seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.002)


async def test_the_choice_goes_into_the_outbox_with_what_merged_by_itself(desk):
    await desk.clash()
    dialog = await desk.open()
    assert [row.field.path for row in dialog.rows if row.cards] == [TONE]
    dialog.rows[0].cards[0].click()
    assert dialog.publish_button.isEnabled()
    dialog.publish_button.click()
    await until(lambda: not dialog.isVisible())
    assert await desk.service.conflicts() == ()
    assert desk.engine.woken == 1
    shown = await desk.shown()
    (row,) = shown.waiting
    assert row.state == "waiting"
    sent = {path: entry.value for path, entry in row.mutation.fields.items()}
    assert sent[TONE] == "mine"
    assert sent[TRAITS] == ("a", "x", "y")
    dialog.deleteLater()


async def test_a_list_merged_by_itself_can_be_replaced_by_hand(desk):
    await desk.clash()
    dialog = await desk.open()
    dialog.model.choose(TONE, "theirs")
    dialog.model.set_hand(TRAITS, ("y", "z"))
    dialog.publish_button.click()
    await until(lambda: not dialog.isVisible())
    person = (await desk.shown()).influencer
    assert person.personality.tone == "theirs"
    assert person.personality.traits == ("y", "z")
    dialog.deleteLater()


async def test_deciding_later_leaves_it_waiting(desk):
    await desk.clash()
    dialog = await desk.open()
    dialog.rows[0].cards[0].click()
    dialog.later_button.click()
    assert not dialog.isVisible()
    (found,) = await desk.service.conflicts()
    assert found.to_choose[0].path == TONE
    dialog.deleteLater()


async def test_edits_of_one_deleted_on_the_server_become_a_new_draft(desk):
    await desk.db.write(personas.put_full, ada(tone="warm", humor="dry"))
    await desk.db.write(drafts.set_fields, "inf_ada", {HUMOR: "wit"})
    await desk.db.write(personas.mark_deleted, "inf_ada")
    dialog = await desk.open()
    made: list[str] = []
    dialog.opened.connect(made.append)
    dialog.publish_button.click()
    await until(lambda: not dialog.isVisible())
    fresh = await desk.shown(made[0])
    assert fresh.is_local_only
    assert fresh.influencer.personality.humor == "wit"
    assert fresh.influencer.personality.tone == "warm"
    assert await desk.service.conflicts() == ()
    dialog.deleteLater()
