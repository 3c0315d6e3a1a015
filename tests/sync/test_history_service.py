"""Timelines as people read them, earlier versions back as drafts, steps of undo over restarts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from studio.core.errors import ChangeStateFirst
from studio.core.events import EventHub
from studio.domain.edit_step import EditStep, StepChanges
from studio.domain.events import InfluencersChanged
from studio.domain.influencer import Influencer, Personality
from studio.domain.roster import RosterQuery
from studio.store import adopting, drafts, edit_steps, history, outbox, personas, projections
from studio.store.database import Database
from studio.sync.history_service import History
from studio.sync.service import Personas
from studio.sync.time_travel import TimeTravel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TONE, HUMOR, VIBE = "personality.tone", "personality.humor", "vibe"
PROJECT = "p1"


class HandClock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 17, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.forward(seconds=seconds)

    def forward(self, **how: float) -> None:
        self.moment += timedelta(**how)


class Engine:
    """The engine as the persona service calls it; nothing is sent here."""

    def wake(self) -> None: ...

    def want(self, influencer_id: str) -> None: ...

    def use_project(self, project_id: str) -> None: ...


class World:
    """A real workspace file under the real services."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = HandClock()
        self.hub = EventHub()
        self.changed: list[InfluencersChanged] = []
        self.hub.subscribe(InfluencersChanged, self.changed.append)
        self._open()

    def _open(self) -> None:
        self.db = Database.open(self.path, clock=self.clock)
        self.history = History(self.db, self.hub, self.clock)
        self.personas = Personas(self.db, self.hub, self.clock, Engine())  # type: ignore[arg-type]
        self.travel = TimeTravel(self.personas, self.db, self.hub)

    def restart(self) -> None:
        self.db.close()
        self._open()

    async def know(self, name: str = "Nova", influencer_id: str = "inf_1", **values: Any) -> None:
        voice = {
            key: values.pop(key) for key in tuple(values) if key in Personality.__dataclass_fields__
        }
        made = self.clock.moment - timedelta(days=1)
        person = Influencer(
            influencer_id, PROJECT, name, "ready", personality=Personality(**voice), **values
        )
        await self.db.write(personas.put_full, replace(person, created_at=made))

    async def edit(self, influencer_id: str = "inf_1", **values: Any) -> None:
        fields = {path.replace("__", "."): value for path, value in values.items()}
        await self.personas.edit(influencer_id, fields)

    async def told(self, influencer_id: str = "inf_1") -> list[tuple[str, dict[str, Any]]]:
        page = await self.history.timeline(influencer_id)
        return [
            (each.kind, {change.path: (change.old, change.new) for change in each.changes})
            for each in page.entries
        ]

    async def shown(self, influencer_id: str = "inf_1") -> Influencer:
        found = await self.db.read(projections.show, influencer_id)
        assert found is not None
        return found.influencer


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "acme.sqlite3")
    yield made
    made.db.close()


async def test_the_timeline_has_one_entry_for_each_thing_done(world):
    await world.know(tone="warm", humor="dry")
    world.clock.forward(hours=1)
    await world.edit(personality__tone="calm")
    world.clock.forward(minutes=2)
    await world.edit(personality__humor="wry")
    world.clock.forward(minutes=2)
    await world.edit(personality__tone="cool")
    world.clock.forward(minutes=30)
    await world.personas.publish("inf_1")
    world.clock.forward(hours=1)
    row = await world.db.write(outbox.claim_next)
    await world.db.write(outbox.ack, row.mutation.id)
    await world.know(tone="cool", humor="wry")
    world.clock.forward(hours=1)
    await world.know(tone="formal", humor="slapstick")
    assert await world.told() == [
        ("pull", {TONE: ("cool", "formal"), HUMOR: ("wry", "slapstick")}),
        ("publish", {TONE: ("warm", "cool"), HUMOR: ("dry", "wry")}),
        ("edit", {TONE: ("warm", "cool"), HUMOR: ("dry", "wry")}),
    ]


async def test_typing_that_came_to_nothing_is_no_entry(world):
    await world.know(tone="warm")
    await world.edit(personality__tone="cool")
    await world.edit(personality__tone="warm")
    assert await world.told() == []


async def test_a_merge_and_the_answer_that_confirmed_it_are_one_entry(world):
    await world.know(tone="warm")
    await world.edit(personality__tone="mine")
    world.clock.forward(hours=1)
    await world.personas.publish("inf_1")
    world.clock.forward(hours=1)
    row = await world.db.write(outbox.claim_next)

    def settle(conn):
        outbox.ack(conn, row.mutation.id)
        theirs = Influencer("inf_1", PROJECT, "Nova", "ready", personality=Personality(tone="both"))
        personas.put_full(conn, theirs)
        history.append(conn, "merge", PROJECT, "inf_1", TONE, "mine", "both", mutation_id="M")

    await world.db.write(settle)
    told = await world.told()
    assert told[0] == ("merge", {TONE: ("mine", "both")})
    assert [kind for kind, _ in told] == ["merge", "publish", "edit"]


async def test_pages_are_the_whole_timeline_in_order(world):
    await world.know()
    for number in range(23):
        world.clock.forward(minutes=6)
        await world.edit(vibe=f"word {number}")
    seen, before = [], None
    while True:
        page = await world.history.timeline("inf_1", before, 5)
        seen += [entry.changes[0].new for entry in page.entries]
        before = page.before
        if before is None:
            break
    assert seen == [f"word {number}" for number in range(22, -1, -1)]


async def test_a_sitting_longer_than_a_page_of_rows_is_still_one_entry(world):
    await world.know()
    for number in range(450):
        world.clock.forward(seconds=61)
        await world.edit(vibe=f"{number} word")
    (entry,) = (await world.history.timeline("inf_1", None, 3)).entries
    assert (entry.changes[0].old, entry.changes[0].new) == (None, "449 word")
    assert entry.at - entry.began == timedelta(seconds=61 * 449)


async def test_restoring_a_version_is_a_draft_and_sends_nothing(world):
    await world.know(tone="warm", humor="dry")
    for tone, humor in (("one", "uno"), ("two", "due")):
        world.clock.forward(hours=1)
        await world.edit(personality__tone=tone, personality__humor=humor)
    first = (await world.history.timeline("inf_1")).entries[-1]
    changes = await world.history.version("inf_1", first.seq)
    assert [(each.path, each.old, each.new) for each in changes] == [
        (TONE, "two", "one"),
        (HUMOR, "due", "uno"),
    ]
    world.changed.clear()
    assert await world.history.restore("inf_1", first.seq, (TONE,)) == (TONE,)
    now = await world.shown()
    assert (now.personality.tone, now.personality.humor) == ("one", "due")
    assert await world.db.read(outbox.waiting) == ()
    assert [each.ids for each in world.changed] == [frozenset({"inf_1"})]
    assert (await world.told())[0] == ("restore", {TONE: ("two", "one")})
    assert await world.history.restore("inf_1", first.seq) == (HUMOR,)
    assert await world.history.restore("inf_1", first.seq) == ()


async def test_a_deleted_one_is_made_anew_with_everything_it_said(world):
    await world.know(tone="warm", traits=("bold",), style="linen")
    await world.edit(vibe="typed, never sent")
    world.clock.forward(hours=1)
    await world.db.write(personas.mark_deleted, "inf_1", world.clock.now(), "campaign over")
    assert await world.history.deletion("inf_1") == "campaign over"
    with pytest.raises(ChangeStateFirst):
        await world.history.restore("inf_1", 0)
    made = await world.history.recreate("inf_1")
    person = await world.shown(made)
    assert (person.name, person.style, person.vibe) == ("Nova", "linen", "typed, never sent")
    assert person.personality.traits == ("bold",)
    assert (await world.db.read(drafts.get, made)).is_new
    assert (await world.told(made))[0][0] == "recreate"
    assert (await world.told())[0][0] == "delete"
    assert (await world.history.timeline("inf_1")).entries[0].note == "campaign over"
    assert await world.db.read(outbox.waiting) == ()


async def test_an_earlier_version_can_be_made_anew_too(world):
    await world.know(tone="warm")
    world.clock.forward(hours=1)
    await world.edit(personality__tone="first")
    first = (await world.history.timeline("inf_1")).entries[0]
    world.clock.forward(hours=1)
    await world.edit(personality__tone="second")
    made = await world.history.recreate("inf_1", first.seq)
    assert (await world.shown(made)).personality.tone == "first"


def step(step_id, before, after, **more):
    return EditStep(step_id, f"Change {step_id}", before, after, **more)


async def test_steps_are_there_after_a_restart_in_their_order(world):
    await world.know(tone="warm")
    one = step("s1", {"inf_1": {TONE: "warm"}}, {"inf_1": {TONE: "cool"}})
    two = step("s2", {"inf_1": {VIBE: None}}, {"inf_1": {VIBE: ("a", "b")}}, undone=True)
    await world.history.edit({"inf_1": {TONE: "cool"}}, StepChanges((one, two)))
    longer = replace(one, after={"inf_1": {TONE: "cooler"}})
    await world.history.edit({"inf_1": {TONE: "cooler"}}, StepChanges((longer,)))
    world.restart()
    assert await world.history.steps("inf_1") == (longer, two)
    assert (await world.shown()).personality.tone == "cooler"
    await world.history.edit({"inf_1": {TONE: "x"}}, StepChanges(dropped=("s2",)))
    assert await world.history.steps("inf_1") == (longer,)


async def test_a_step_and_its_edit_are_both_there_or_neither(world):
    await world.know(tone="warm")
    gone = step("s1", {"inf_x": {TONE: "warm"}}, {"inf_x": {TONE: "cool"}})
    with pytest.raises(ChangeStateFirst):
        await world.history.edit({"inf_x": {TONE: "cool"}}, StepChanges((gone,)))
    assert await world.history.steps("inf_x") == ()


async def test_one_step_of_many_is_taken_back_except_what_was_edited_since(world):
    await world.know("Nova", "inf_1", tone="warm")
    await world.know("Ava", "inf_2", tone="dry")
    before = {"inf_1": {TONE: "warm"}, "inf_2": {TONE: "dry"}}
    after = {"inf_1": {TONE: "calm"}, "inf_2": {TONE: "calm"}}
    both = step("s1", before, after)
    await world.history.edit(after, StepChanges((both,)), before)
    assert (await world.shown("inf_2")).personality.tone == "calm"
    assert await world.history.steps("inf_2") == (both,)
    await world.edit("inf_2", personality__tone="hers")
    undone = replace(both, undone=True)
    await world.history.edit(before, StepChanges((undone,), kind="undo"), after)
    assert (await world.shown("inf_1")).personality.tone == "warm"
    assert (await world.shown("inf_2")).personality.tone == "hers"
    assert await world.history.steps("inf_1") == (undone,)


async def test_upkeep_keeps_five_hundred_steps_and_none_of_the_forgotten(world):
    await world.know(tone="warm")
    many = tuple(
        step(f"s{n}", {"inf_1": {TONE: str(n)}}, {"inf_1": {TONE: str(n + 1)}}) for n in range(520)
    )
    await world.history.edit({"inf_1": {TONE: "520"}}, StepChanges(many))
    await world.db.write(drafts.start_new, PROJECT, "inf_new", {"name": "Juno"})
    lost = step("lost", {"inf_new": {VIBE: None}}, {"inf_new": {VIBE: "x"}})
    await world.history.edit({"inf_new": {VIBE: "x"}}, StepChanges((lost,)))
    await world.personas.discard("inf_new")
    assert await world.history.maintain() == 21
    kept = await world.db.read(edit_steps.of_influencer, "inf_1", 9_999)
    assert (len(kept), kept[0].id, kept[-1].id) == (500, "s20", "s519")


async def test_the_gallery_of_an_earlier_moment_shows_and_finds_what_was(world):
    await world.know("Nova", "inf_1", tone="warm", vibe="harbor at dusk")
    await world.know("Ava", "inf_2", tone="dry")
    world.clock.forward(hours=1)
    then = world.clock.now()
    world.clock.forward(hours=1)
    await world.edit("inf_1", name="Zoe", vibe="neon")
    await world.db.write(personas.mark_deleted, "inf_2", world.clock.now(), "over")
    await world.db.write(drafts.start_new, PROJECT, "inf_new", {"name": "Juno"})
    travel, every = world.travel, RosterQuery(PROJECT)

    async def names(query=every):
        return [row.name for row in await travel.roster(query, 0, 99)]

    assert await names() == ["Juno", "Zoe"]
    world.changed.clear()
    travel.go_to(then, PROJECT)
    assert [each.ids for each in world.changed] == [frozenset()]
    assert sorted(await names()) == ["Ava", "Nova"]
    assert await names(replace(every, sort="name")) == ["Ava", "Nova"]
    assert await names(replace(every, text="harb")) == ["Nova"]
    assert await names(replace(every, text="neon")) == []
    assert await names(replace(every, text="dry")) == ["Ava"]
    assert await travel.roster_size(every) == 2
    assert await travel.position(replace(every, sort="name"), "inf_1") == 1
    assert await travel.position(every, "inf_new") is None
    counts = await travel.counts(every)
    assert (counts.views["all"], counts.views["ready"], counts.views["deleted"]) == (2, 2, 0)
    assert counts.chips == {"": 2, "ready": 2, "rendering": 0, "drafts": 0, "failed": 0}
    shown = await travel.show("inf_1")
    assert (shown.influencer.vibe, shown.as_of, shown.changes) == ("harbor at dusk", then, ())
    assert await travel.show("inf_new") is None
    travel.go_to(None, PROJECT)
    assert await names() == ["Juno", "Zoe"]
    assert (await travel.show("inf_1")).influencer.vibe == "neon"


async def test_nothing_is_changed_in_the_past_but_typing_is_never_lost(world):
    await world.know(tone="warm")
    world.travel.go_to(world.clock.now(), PROJECT)
    for refused in (
        world.travel.publish("inf_1"),
        world.travel.discard("inf_1"),
        world.travel.delete("inf_1", ""),
        world.travel.create(PROJECT, {"name": "Juno"}),
        world.travel.clone("inf_1", "Copy", {}),
        world.travel.take_back("inf_1"),
        world.travel.send_again("inf_1"),
    ):
        with pytest.raises(ChangeStateFirst):
            await refused
    await world.travel.edit("inf_1", {TONE: "typed a moment before"})
    assert (await world.shown()).personality.tone == "typed a moment before"
    assert await world.db.read(outbox.waiting) == ()


async def test_one_that_got_another_id_from_the_server_keeps_its_past_and_its_steps(world):
    await world.db.write(drafts.start_new, PROJECT, "inf_ours", {"name": "Juno"})
    first = step("s1", {"inf_ours": {VIBE: None}}, {"inf_ours": {VIBE: "calm"}})
    await world.history.edit({"inf_ours": {VIBE: "calm"}}, StepChanges((first,)))
    await world.know("Juno", "inf_theirs", vibe="calm")
    await world.db.write(adopting.adopt, "inf_ours", "inf_theirs")
    second = step("s2", {"inf_ours": {TONE: None}}, {"inf_ours": {TONE: "dry"}})
    await world.history.edit({"inf_ours": {TONE: "dry"}}, StepChanges((second,)))
    assert [each.id for each in await world.history.steps("inf_theirs")] == ["s1", "s2"]
    assert await world.history.steps("inf_ours") == await world.history.steps("inf_theirs")
    assert (await world.shown("inf_theirs")).personality.tone == "dry"
    assert await world.told("inf_ours") == await world.told("inf_theirs")
    assert [kind for kind, _ in await world.told("inf_theirs")][-1] == "create"


async def test_a_publish_that_was_unsent_is_two_entries_however_many_fields_it_had(world):
    await world.know(tone="warm", humor="dry")

    def unsend(conn):
        for path, old, new in ((TONE, "cool", "warm"), (HUMOR, "wry", "dry")):
            history.append(conn, "undo", PROJECT, "inf_1", path, old, new)
            history.append(conn, "publish", PROJECT, "inf_1", path, old, new, mutation_id="U")

    await world.db.write(unsend)
    both = {TONE: ("cool", "warm"), HUMOR: ("wry", "dry")}
    assert await world.told() == [("publish", both), ("edit", both)]
    page = await world.history.timeline("inf_1", None, 1)
    assert (len(page.entries), page.before) == (2, None)


async def test_a_long_sitting_between_short_ones_is_paged_without_a_gap(world):
    await world.know()
    for number in range(3):
        world.clock.forward(minutes=6)
        await world.edit(style=f"before {number}")
    world.clock.forward(minutes=6)
    for number in range(420):
        world.clock.forward(seconds=61)
        await world.edit(vibe=f"{number} word")
    for number in range(2):
        world.clock.forward(minutes=6)
        await world.edit(style=f"after {number}")
    seen, before = [], None
    while True:
        page = await world.history.timeline("inf_1", before, 2)
        seen += [entry.changes[0].new for entry in page.entries]
        before = page.before
        if before is None:
            break
    assert seen == ["after 1", "after 0", "419 word", "before 2", "before 1", "before 0"]
