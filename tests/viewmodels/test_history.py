"""The history of the open influencer, and the roster as of a moment, over a real workspace file."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest_asyncio
from PySide6.QtCore import QDate, QLocale

from studio.core.errors import StudioError
from studio.domain.diff import Change
from studio.domain.events import InfluencersChanged
from studio.domain.roster import RosterQuery
from studio.domain.timeline import TimelineEntry
from studio.store import drafts, outbox, personas
from studio.viewmodels.as_of import STEPS, AsOfViewModel
from studio.viewmodels.gallery import GalleryModel
from studio.viewmodels.history import HistoryViewModel
from studio.viewmodels.history_words import (
    ICONS,
    bring_back,
    day_words,
    gist,
    listed,
    sentence,
    summary,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def _world():
    name = "history_world"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


w = _world()
until, TONE, HUMOR, PROJECT = w.until, w.TONE, w.HUMOR, w.PROJECT


class Room:
    """The desk with a history and a way through time."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk
        self.model = HistoryViewModel(desk.editor, desk.history, desk.hub, desk.scope)
        self.time = AsOfViewModel(desk.travel, desk.hub, desk.scope, clock=desk.clock)

    async def look(self, influencer_id: str = "inf_1") -> HistoryViewModel:
        await self.desk.open(influencer_id)
        self.model.set_active(active=True)
        await until(lambda: self.model.state in ("ready", "empty"))
        return self.model

    async def edit(self, influencer_id: str = "inf_1", **values: Any) -> None:
        fields = {path.replace("__", "."): value for path, value in values.items()}
        await self.desk.personas.edit(influencer_id, fields)

    async def quiet(self) -> None:
        """Nothing is asked for any more, and nothing under way."""
        self.time.back_to_now()
        await self.desk.quiet()

    def told(self) -> list[str]:
        return [sentence(entry) for entry in self.model.entries]


@pytest_asyncio.fixture
async def room(qapp: Any, tmp_path: Path) -> AsyncIterator[Room]:
    desk = w.Desk(tmp_path / "acme.sqlite3")
    await desk.know("inf_1", "Nova", tone="warm", humor="dry", catchphrases=("Ship it.",))
    await desk.know("inf_2", "Ava", tone="bubbly", humor="slapstick")
    desk.clock.forward(hours=1)
    made = Room(desk)
    yield made
    await made.model.close()
    await made.time.close()
    await desk.end()
    assert not desk.errors, desk.errors


async def test_it_tells_what_happened_in_words_and_follows_what_happens(room):
    model = await room.look()
    assert model.state == "empty"
    room.desk.type(TONE, "calm")
    await until(lambda: room.told() == ["You edited tone"])
    room.desk.clock.forward(hours=1)
    room.desk.editor.publish()
    await until(lambda: room.told() == ["Published tone", "You edited tone"])
    room.desk.clock.forward(hours=1)
    await room.desk.know("inf_1", "Nova", tone="warm", humor="wry", catchphrases=("Ship it.",))
    room.desk.travel.go_to(None, PROJECT)
    room.desk.hub.publish(InfluencersChanged(PROJECT, frozenset({"inf_1"})))
    await until(lambda: len(model.entries) == 3)
    assert room.told()[0] == "Server changed humor"
    await room.quiet()


async def test_nothing_is_read_while_nobody_looks(room):
    await room.desk.open()
    room.desk.type(TONE, "calm")
    await room.desk.draft()
    assert room.model.entries == ()
    room.model.set_active(active=True)
    await until(lambda: len(room.model.entries) == 1)
    room.model.set_active(active=False)
    room.desk.clock.forward(hours=1)
    room.desk.type(HUMOR, "wry")
    await room.desk.draft()
    assert len(room.model.entries) == 1
    await room.quiet()


async def test_another_influencer_has_another_history(room):
    await room.edit("inf_1", vibe="calm")
    await room.edit("inf_2", style="linen")
    await room.look("inf_1")
    assert room.told() == ["You edited vibe"]
    await room.desk.open("inf_2")
    await until(lambda: room.told() == ["You edited style"])
    await room.quiet()


async def test_a_version_comes_back_as_a_draft_that_undo_takes_away(room):
    await room.edit(personality__tone="one", personality__humor="uno")
    room.desk.clock.forward(hours=1)
    await room.edit(personality__tone="two", personality__humor="due")
    model = await room.look()
    first = model.entries[-1]
    model.look_into(first.seq)
    await until(lambda: model.version(first.seq) is not None)
    assert [change.label for change in model.version(first.seq)] == ["Tone", "Humor"]
    model.restore(first.seq)
    editor = room.desk.editor
    assert (editor.value(TONE), editor.value(HUMOR)) == ("one", "uno")
    await until(lambda: room.told()[0] == "You restored tone and humor")
    await until(lambda: model.version(first.seq) == ())
    assert await room.desk.db.read(outbox.waiting) == ()
    assert editor.undo_action.text() == "Undo Restore earlier version"
    editor.undo_action.trigger()
    assert (editor.value(TONE), editor.value(HUMOR)) == ("two", "due")
    await room.quiet()


async def test_one_lost_value_comes_back_alone(room):
    await room.desk.know("inf_1", "Nova", tone="formal", humor="wry", catchphrases=("Ship it.",))
    model = await room.look()
    (entry,) = model.entries
    lost = next(change for change in entry.changes if change.path == TONE)
    assert model.differs(TONE, lost.old)
    assert not model.differs(TONE, lost.new)
    model.bring_back(TONE, lost.old)
    assert await room.desk.draft() == {TONE: "warm"}
    assert not model.differs(TONE, lost.old)
    assert model.differs(TONE, lost.new)
    await room.quiet()


async def test_a_deleted_one_can_only_be_made_anew(room):
    await room.edit(vibe="typed")
    await room.desk.db.write(personas.mark_deleted, "inf_1", room.desk.clock.now(), "campaign over")
    model = await room.look()
    assert model.deleted == "campaign over"
    assert not model.can_restore
    assert room.told()[0] == "Deleted on the server"
    opened: list[str] = []
    room.desk.editor.open_requested.connect(opened.append)
    model.recreate()
    model.recreate()
    await until(lambda: opened)
    made = await room.desk.db.read(drafts.get, opened[0])
    assert made.is_new
    assert made.fields["vibe"].value == "typed"
    assert len(opened) == 1
    await room.quiet()


async def test_earlier_pages_come_when_asked_for(room):
    for number in range(70):
        room.desk.clock.forward(minutes=10)
        await room.edit(vibe=f"word {number}")
    model = await room.look()
    assert len(model.entries) == 30
    while model.has_more:
        count = len(model.entries)
        model.show_earlier()
        await until(lambda count=count: len(model.entries) > count or not model.has_more)
    assert [entry.changes[0].new for entry in model.entries] == [
        f"word {number}" for number in range(69, -1, -1)
    ]
    await room.quiet()


async def test_what_cannot_be_read_is_said_in_words(room):
    async def broken(*_arguments: Any) -> None:
        raise StudioError("The disk is gone.")

    room.desk.history.timeline = broken
    await room.desk.open()
    room.model.set_active(active=True)
    await until(lambda: room.model.state == "failed")
    assert room.model.failure == "The disk is gone."
    await room.quiet()


# ---- words


def entry(kind, *changes, **more):
    from datetime import UTC, datetime

    now = datetime(2026, 11, 17, 12, tzinfo=UTC)
    return TimelineEntry(1, now, now, kind, more.pop("who", "here"), tuple(changes), **more)


def test_every_kind_has_words_and_a_sign():
    change = Change(TONE, "warm", "cool")
    said = {kind: sentence(entry(kind, change)) for kind in ICONS}
    assert all(said.values())
    assert len(set(said.values())) == len(said)
    assert said["merge"] == "Merged with the server: tone"
    assert sentence(entry("edit", change, who="mara")) == "mara edited tone"


def test_lists_and_gists_are_short():
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
    assert gist(Change(TONE, None, "cool")) == "empty → cool"
    assert gist(Change("personality.traits", ("a", "b"), ("b", "c"))) == "+ c   − a"
    assert gist(Change("personality.traits", ("a", "b"), ("b", "a"))) == "another order"
    assert bring_back("w" * 60, was_before=True) == f"Use “{'w' * 23}…” again"
    assert bring_back(None, was_before=False) == "Empty it again"
    assert bring_back(("a",), was_before=True) != bring_back(("a",), was_before=False)
    assert summary(entry("delete", note="over", who="server")) == "“over”"


def test_status_and_images_are_told_as_what_they_mean():
    assert sentence(entry("pull", Change("status", "training", "ready"), who="server")) == (
        "Became ready"
    )
    images = Change("reference_images", ("a",), ("a", "b", "c"))
    assert sentence(entry("images", images)) == "Added 2 reference images"


def test_days_read_like_days():
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    try:
        today = QDate(2026, 11, 19)
        assert day_words(today, today) == "Today"
        assert day_words(QDate(2026, 11, 18), today) == "Yesterday"
        assert day_words(QDate(2026, 11, 17), today) == "Tuesday 17 November"
        assert day_words(QDate(2025, 11, 17), today) == "17 November 2025"
    finally:
        QLocale.setDefault(QLocale.system())


# ---- the way through time


async def names(room) -> list[str]:
    rows = await room.desk.travel.roster(RosterQuery(PROJECT, sort="name"), 0, 99)
    return [row.name for row in rows]


async def test_the_roster_and_the_open_influencer_go_back_in_time_and_return(room):
    await room.edit("inf_1", name="Zoe", vibe="neon")
    room.desk.clock.forward(hours=3)
    editor = await room.desk.open()
    room.time.start(PROJECT)
    await until(lambda: room.time.begins is not None)
    assert room.time.place == STEPS
    room.time.earlier_change()
    await until(lambda: room.desk.travel.moment is not None)
    assert await names(room) == ["Ava", "Nova"]
    await until(lambda: editor.value("name") == "Nova")
    assert not editor.editable
    assert editor.note == "As it was then, read only."
    assert editor.save_state.sentence == editor.note
    assert not editor.undo_action.isEnabled()
    assert not room.desk.look.can_add
    assert editor.changes == ()
    assert not room.time.can_go_earlier
    room.time.back_to_now()
    assert await names(room) == ["Ava", "Zoe"]
    await until(lambda: editor.value("name") == "Zoe")
    assert editor.editable
    assert editor.unsent == 2
    await room.quiet()


async def test_one_that_was_not_there_yet_comes_back_with_now(room):
    await room.desk.db.write(drafts.start_new, PROJECT, "inf_new", {"name": "Juno"})
    room.desk.clock.forward(hours=1)
    editor = await room.desk.open("inf_new")
    room.time.start(PROJECT)
    await until(lambda: room.time.begins is not None)
    room.time.go_to_place(0)
    await until(lambda: editor.phase == "gone")
    room.time.back_to_now()
    await until(lambda: editor.phase == "open")
    assert editor.value("name") == "Juno"
    await room.quiet()


async def test_a_drag_asks_for_the_last_place_and_the_end_is_now(room):
    await room.edit("inf_1", vibe="one")
    room.desk.clock.forward(hours=9)
    room.time.start(PROJECT)
    await until(lambda: room.time.begins is not None)
    asked: list[object] = []
    room.desk.hub.subscribe(InfluencersChanged, asked.append)
    for place in range(9_000, 1_000, -100):
        room.time.go_to_place(place)
    await until(lambda: room.desk.travel.moment == room.time.moment)
    assert len(asked) == 1
    room.time.go_to_place(STEPS)
    assert room.time.moment is None
    await until(lambda: room.desk.travel.moment is None)
    await room.quiet()


async def test_changes_are_stepped_over_one_after_the_other(room):
    moments = []
    for number in range(3):
        room.desk.clock.forward(hours=1)
        await room.edit("inf_1", vibe=f"word {number}")
        moments.append(room.desk.clock.now())
    room.desk.clock.forward(hours=1)
    room.time.start(PROJECT)
    await until(lambda: room.time.begins is not None)
    seen = []
    for _ in range(3):
        room.time.earlier_change()
        seen.append(room.time.moment)
    assert [each < moment for each, moment in zip(seen, reversed(moments), strict=True)] == [
        True
    ] * 3
    assert [moment - each for each, moment in zip(seen, reversed(moments), strict=True)] == [
        timedelta(microseconds=1)
    ] * 3
    room.time.later_change()
    assert room.time.moment == seen[1]
    room.time.later_change()
    room.time.later_change()
    assert room.time.moment is None
    assert len(room.time.ticks) == 3
    await room.quiet()


async def test_another_project_keeps_the_moment(room):
    other = "p2"
    person = replace(await room.desk.shown("inf_1"), id="inf_9", project_id=other, name="Theo")
    await room.desk.db.write(personas.put_full, person)
    room.desk.clock.forward(hours=2)
    await room.desk.personas.edit("inf_9", {"name": "Theodor"})
    room.desk.clock.forward(hours=2)
    room.time.start(PROJECT)
    await until(lambda: room.time.begins is not None)
    room.time.go_back_by(timedelta(hours=3))
    await until(lambda: room.desk.travel.moment is not None)
    kept = room.time.moment
    room.time.set_project(other)
    await until(lambda: room.time.begins is not None)
    assert room.time.moment == kept
    rows = await room.desk.travel.roster(RosterQuery(other), 0, 9)
    assert [row.name for row in rows] == ["Theo"]
    await room.quiet()


class NoJobs:
    """Nothing is being rendered."""

    async def jobs(self, project_id: str = "") -> tuple[Any, ...]:
        return ()


async def test_the_gallery_shows_the_earlier_roster_and_finds_in_it(room):
    await room.edit("inf_1", name="Zoe", vibe="neon")
    room.desk.clock.forward(hours=3)
    engine = w.Engine()
    gallery = GalleryModel(room.desk.travel, NoJobs(), engine, room.desk.hub, room.desk.scope)
    gallery.show_project(PROJECT)
    gallery.choose_sort("name")

    def names() -> list[str]:
        return [gallery.data(gallery.index(row)) for row in range(gallery.size)]

    await until(lambda: names() == ["Ava", "Zoe"])
    room.time.start(PROJECT)
    await until(lambda: room.time.begins is not None)
    room.time.go_to_place(0)
    await until(lambda: names() == ["Ava", "Nova"])
    gallery.search("nov")
    await until(lambda: names() == ["Nova"])
    gallery.search("neon")
    await until(lambda: gallery.size == 0)
    room.time.back_to_now()
    await until(lambda: names() == ["Zoe"])
    await room.quiet()
    gallery.close()
