"""One run: three people, one server, one seed; what happened, and whether it may happen."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import ulid
from sim_computer import Computer
from sim_disk import Disk
from sim_faults import Journal, Weather
from sim_ledger import Ledger
from sim_loop import BEGAN, SimClock, SimLoop
from sim_person import LISTS, TEXTS, Person
from sim_server import Record, SimServer

from studio.core.errors import StudioError
from studio.domain.diff import same
from studio.domain.fields import FIELDS
from studio.domain.influencer import Influencer, Personality
from studio.domain.project import Project
from studio.store import conflicts, drafts, outbox
from studio.sync import outbox_service  # noqa: F401 - loaded before the clock starts

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Awaitable, Callable, Iterator

    from sim_server import Backup

    from studio.store.connection import Connection

PROJECT = Project("254a4ce1-0000-4000-8000-000000000001", "Roster", created_at=BEGAN)
NAMES = ("ana", "bo", "cy")
_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one seed came to."""

    seed: int
    digest: str
    counts: Counter[str]
    problems: tuple[str, ...]
    lines: tuple[str, ...]


class Stage:
    """What runs share: the disks, with tables and first records made once."""

    def __init__(self) -> None:
        clock = SimClock(SimLoop())
        self.first = tuple(_first(number) for number in range(3))
        self.disks = tuple(Disk() for _ in NAMES)
        for disk in self.disks:
            disk.settle(clock, PROJECT, self.first)

    def reset(self) -> None:
        """As before the first run."""
        for disk in self.disks:
            disk.reset()


def _first(number: int) -> Influencer:
    personality = Personality(
        traits=(f"f{number}trait1", f"f{number}trait2", f"f{number}trait3"),
        tone=f"f{number}tone",
        interests=(f"f{number}interest",),
    )
    return Influencer(
        f"inf_00FIRST{number:019d}",
        PROJECT.id,
        f"f{number}name",
        "ready",
        "female",
        hair_color=f"f{number}hair" if number else None,
        personality=personality,
        created_at=BEGAN,
        updated_at=BEGAN,
    )


class World:
    """Everything of one run."""

    def __init__(self, seed: int, stage: Stage, *, keep: bool) -> None:
        self.random = Random(seed)
        self.looks_at_cards = seed % 10 == 0
        self.loop = SimLoop()
        self.journal = Journal(self.loop, keep=keep)
        self.weather = Weather.of(self.random)
        self.ledger = Ledger(self.weather.counts)
        self.server_clock = SimClock(self.loop)
        self.server = SimServer(
            self.server_clock, PROJECT.id, page_size=self.random.choice((2, 3, 100))
        )
        self.server.records = {item.id: Record(item) for item in stage.first}
        self.server.listeners.append(self.ledger.arrived)
        self.computers = tuple(
            Computer(
                name,
                disk,
                self.loop,
                SimClock(self.loop),
                self.server,
                self.weather,
                self.journal,
                PROJECT,
                self.ledger.basis,
            )
            for name, disk in zip(NAMES, stage.disks, strict=True)
        )
        self.people = tuple(
            Person(each, self.ledger, self.server, self.weather, self.random)
            for each in self.computers
        )
        self._backup: Backup = self.server.back_up()

    async def play(self) -> None:
        """A stormy while, then calm, then the reckoning."""
        for person in self.people:
            await person.look_after_the_program()
        steps = self.random.randint(5, 12)
        await asyncio.gather(*(person.work(steps) for person in self.people), self._fate())
        await self._calm()
        await self._reckon()
        for computer in self.computers:
            await computer.quit()
            self.ledger.problems += computer.failures

    async def _fate(self) -> None:
        """What happens to the server."""
        for _ in range(self.random.randint(0, 4)):
            await asyncio.sleep(self.random.random() * 15)
            what = self.random.choice(("back up", "server restored", "server deleted", "edit", ""))
            live = sorted(self.server.live())
            self.journal.note("fate", what)
            if what == "back up":
                self._backup = self.server.back_up()
            elif what == "server restored":
                self.weather.counts[what] += 1
                self.server.restore(self._backup)
            elif what == "server deleted" and len(live) > 1:
                self.weather.counts[what] += 1
                self.server.delete(self.random.choice(live))
            elif what == "edit" and live:
                self.weather.counts["server edited"] += 1
                self._edit_there(self.random.choice(live))

    def _edit_there(self, influencer_id: str) -> None:
        path = self.random.choice((*TEXTS, *LISTS))
        if path in TEXTS:
            self.server.patch("", influencer_id, {path: self.ledger.word("s")})
            return
        entries = list(self.server.get(influencer_id).value(path) or ())
        if entries:
            entries.remove(self.random.choice(entries))
        entries.append(self.ledger.word("s"))
        self.server.patch("", influencer_id, {path: tuple(entries)})

    async def _calm(self) -> None:
        """Nothing goes wrong any more, and everybody settles what is theirs to settle."""
        self.journal.note("calm")
        self.weather.healed = True
        for person in self.people:
            person.computer.set_connected(True)
            await person.look_after_the_program()
        for _ in range(_ROUNDS):
            for computer in self.computers:
                computer.engine.sync_now()
            await self._quiet()
            if not await self._settle():
                break
        else:
            self.ledger.problems.append("it never came to rest")

    async def _quiet(self) -> None:
        """Until nothing waits to be sent."""
        for _ in range(200):
            await asyncio.sleep(4.0)
            if not any(_may_go(computer) for computer in self.computers):
                return
        left = [f"{each.name}: {_may_go(each)}" for each in self.computers if _may_go(each)]
        self.ledger.problems.append(f"the outbox does not drain: {'; '.join(left)}")

    async def _settle(self) -> bool:
        """Each person decides one round of what waits for them; whether there was anything."""
        found = False
        for person in self.people:
            computer = person.computer
            for conflict in computer.look(conflicts.every, ""):
                if not conflict.is_gone:
                    found = True
                    await person.attempt(_deciding(person, conflict.influencer_id))
            for row in computer.look(outbox.waiting):
                if row.held:
                    found = True
                    await computer.outbox.release(row.mutation.id)
        return found

    async def _reckon(self) -> None:
        """All sides agree, and nothing is missing."""
        for _ in range(3):
            differing = self._differences()
            if not differing:
                break
            for computer in self.computers:
                computer.engine.sync_now()
                for influencer_id in sorted({*self.server.live(), *computer.confirmed()}):
                    await computer.personas.freshen(influencer_id)
            await asyncio.sleep(40.0)
        else:
            self.ledger.problems += self._differences()
        for computer in self.computers:
            self.ledger.check_now(computer)
            if not _waits_for_a_person(computer):
                left = computer.look(outbox.waiting)
                self.ledger.problems.append(f"{computer.name} still has {left}")
            if self.looks_at_cards:
                self.ledger.problems += computer.disk.cards_apart(computer.clock)
        self.ledger.check_kept(self.computers, self.server.live())
        self.ledger.check_once(self.server.started)

    def _differences(self) -> list[str]:
        there = self.server.live()
        found = []
        for computer in self.computers:
            here = computer.confirmed()
            if here.keys() != there.keys():
                found.append(f"{computer.name} knows {sorted(here)}, the server {sorted(there)}")
                continue
            for influencer_id, item in here.items():
                found += _fields_apart(computer.name, item, there[influencer_id])
        return found


def _deciding(person: Person, influencer_id: str) -> Callable[[], Awaitable[None]]:
    async def decide() -> None:
        await person.decide(influencer_id)

    return decide


def _may_go(computer: Computer) -> list[str]:
    """Rows that wait for nothing but their turn, or for a moment to come."""
    return [
        f"{type(row.mutation).__name__} of {row.mutation.influencer_id} {row.state} {row.next_try}"
        for row in computer.look(outbox.waiting)
        if row.state == "sending" or (row.state == "waiting" and computer.look(_has_turn))
    ]


def _has_turn(conn: Connection) -> bool:
    return outbox.has_due(conn) or outbox.next_try(conn) is not None


def _waits_for_a_person(computer: Computer) -> bool:
    """Whether what is left hangs on a refused row, or on what was never published."""
    rows = computer.look(outbox.waiting)
    refused = {row.mutation.influencer_id for row in rows if row.state == "blocked" and row.reason}
    for row in rows:
        about = {row.mutation.influencer_id, getattr(row.mutation, "source_id", "")}
        unborn = any(
            draft.is_new and draft.influencer_id in about for draft in computer.look(drafts.every)
        )
        if row.state == "blocked" and row.reason:
            continue
        if not (about & refused or unborn):
            return False
        refused.add(row.mutation.influencer_id)
    return True


def _fields_apart(name: str, here: Influencer, there: Influencer) -> list[str]:
    paths = [spec.path for spec in FIELDS] + ["status"]
    found = [
        f"{name} has {here.value(path)} in {path} of {here.id}, the server {there.value(path)}"
        for path in paths
        if not same(here.value(path), there.value(path))
    ]
    mine, theirs = ([image.asset_id for image in each.reference_images] for each in (here, there))
    if mine != theirs:
        found.append(f"{name} has the images {mine} of {here.id}, the server {theirs}")
    return found


class _Complaints(logging.Handler):
    """Errors in the log are problems."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._problems = problems

    def emit(self, record: logging.LogRecord) -> None:
        cause = record.exc_info[1] if record.exc_info else None
        self._problems.append(f"log: {record.getMessage()}: {cause!r}")


@contextlib.contextmanager
def _ids_in_order() -> Iterator[None]:
    """Ids that are the same in the next run of a seed."""
    original, count = ulid.ULID, 0

    class Counted:
        def __init__(self) -> None:
            nonlocal count
            count += 1
            self._text = f"01SIM{count:021d}"

        def __str__(self) -> str:
            return self._text

    ulid.ULID = Counted  # type: ignore[misc,assignment]
    try:
        yield
    finally:
        ulid.ULID = original  # type: ignore[misc]


def run(seed: int, stage: Stage, *, keep: bool = False) -> Outcome:
    """Play one seed."""
    stage.reset()
    world = World(seed, stage, keep=keep)
    handler = _Complaints(world.ledger.problems)
    root = logging.getLogger()
    root.addHandler(handler)
    logging.disable(logging.WARNING)
    try:
        with _ids_in_order():
            world.loop.run_until_complete(world.play())
    except (AssertionError, StudioError) as error:
        world.ledger.problems.append(f"{type(error).__name__}: {error}")
    finally:
        logging.disable(logging.NOTSET)
        root.removeHandler(handler)
        world.loop.close()
    return Outcome(
        seed,
        world.journal.digest,
        world.weather.counts,
        tuple(world.ledger.problems),
        tuple(world.journal.lines or ()),
    )
