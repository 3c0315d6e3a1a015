"""Somebody who works on one computer at random, and writes down what was promised."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from studio.core.errors import StudioError
from studio.core.ids import new_ulid
from studio.domain.mutation import Bind, Clone, Create, Patch
from studio.domain.upload import Upload
from studio.store import conflicts, drafts, outbox, uploads

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from random import Random

    from sim_computer import Computer
    from sim_faults import Weather
    from sim_ledger import Ledger
    from sim_server import SimServer

    from studio.domain.conflict import Conflict, ConflictField
    from studio.domain.influencer import FieldValue
    from studio.domain.mutation import Waiting
    from studio.store.connection import Connection

TEXTS = ("personality.tone", "name", "hair_color")
LISTS = ("personality.traits", "personality.interests")
GENDERS = ("female", "male", "nonbinary")
_OFTEN = 0.4
"""How often people choose the same influencer and field, so that they meet."""
_JUMPS = {
    "clock +1 day": timedelta(days=1),
    "clock -1 day": timedelta(days=-1),
    "clock +1 year": timedelta(days=365),
    "clock -1 year": timedelta(days=-365),
}


class Person:
    """Does one thing after the other, with pauses."""

    def __init__(
        self,
        computer: Computer,
        ledger: Ledger,
        server: SimServer,
        weather: Weather,
        random: Random,
    ) -> None:
        self.computer = computer
        self._ledger = ledger
        self._server = server
        self._weather = weather
        self._random = random
        self._deeds: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (30, self._edit_text),
            (16, self._edit_list),
            (5, self._choose_gender),
            (24, self._publish),
            (5, self._publish_all),
            (3, self._discard),
            (5, self._create),
            (6, self._clone),
            (2, self._delete),
            (5, self._bind),
            (12, self._decide),
            (3, self._take_back),
            (4, self._hold_or_release),
            (3, self._send_again),
            (3, self._sync_now),
            (6, self._pull_the_cable),
            (3, self._quit),
            (2, self._set_the_clock),
        ]
        self._weights = [weight for weight, _ in self._deeds]

    async def work(self, steps: int) -> None:
        """Do so many things."""
        for _ in range(steps):
            await asyncio.sleep(self._random.choice((0.0, 0.3, 2.0, 12.0)) * self._random.random())
            await self.look_after_the_program()
            if not self.computer.connected and self._random.random() < _OFTEN:
                self.computer.set_connected(True)
            (_, deed), *_ = self._random.choices(self._deeds, self._weights)
            await self.attempt(deed)

    async def attempt(self, deed: Callable[[], Awaitable[None]]) -> None:
        """Do one thing; what was refused was not promised, and the dead promise nothing."""
        name = deed.__name__.strip("_")
        self.computer.perils.trace(name)
        try:
            await deed()
            self._weather.counts[f"deed {name}"] += 1
        except asyncio.CancelledError:
            if not self.computer.perils.killed:
                raise
        except StudioError as error:
            self.computer.perils.trace("refused", error)

    async def look_after_the_program(self) -> None:
        """Start it again when it was killed."""
        while self.computer.perils.killed or not self.computer.is_on:
            if self.computer.is_on:
                await self.computer.bury()
            await asyncio.sleep(self._random.random() * 3)
            try:
                await self.computer.start()
            except asyncio.CancelledError:
                if not self.computer.perils.killed:
                    raise
            self._ledger.check_now(self.computer)

    # ---- editing

    async def _edit_text(self) -> None:
        path = TEXTS[0] if self._random.random() < _OFTEN else self._random.choice(TEXTS)
        await self._type(self._anybody(), path, self._ledger.word())

    async def _choose_gender(self) -> None:
        await self._type(self._anybody(), "gender", self._random.choice(GENDERS))

    async def _edit_list(self) -> None:
        influencer_id, path = self._anybody(), self._random.choice(LISTS)
        shown = self.computer.shown(influencer_id) if influencer_id else None
        if shown is None:
            return
        entries = list(shown.influencer.value(path) or ())
        if entries and self._random.random() < 0.35:
            entries.remove(self._random.choice(entries))
        if not entries or self._random.random() < 0.7:
            entries.insert(self._random.randint(0, len(entries)), self._ledger.word())
        if self._random.random() < 0.2:
            self._random.shuffle(entries)
        await self._type(influencer_id, path, tuple(entries))

    async def _type(self, influencer_id: str, path: str, value: FieldValue) -> None:
        shown = self.computer.shown(influencer_id) if influencer_id else None
        if shown is None or not shown.influencer.detailed:
            return
        before = shown.influencer.value(path)
        about = (self.computer, influencer_id, path, before, value)
        self._ledger.will_type(*about)
        promised = False
        try:
            await self.computer.personas.edit(influencer_id, {path: value})
            promised = True
        finally:
            self._ledger.typed(*about, promised=promised)

    async def _discard(self) -> None:
        influencer_id = self._anybody(self._with_drafts())
        if influencer_id:
            self._give_up(influencer_id)
            await self.computer.personas.discard(influencer_id)

    # ---- asking

    async def _publish(self) -> None:
        influencer_id = self._anybody(self._with_drafts())
        if influencer_id:
            await self.computer.personas.publish(influencer_id)

    async def _publish_all(self) -> None:
        for influencer_id in self._with_drafts():
            await self.computer.personas.publish(influencer_id)

    async def _create(self) -> None:
        values = {"name": self._ledger.word(), "personality.tone": self._ledger.word()}
        await self.computer.personas.create(self._server.project_id, values)
        for word in values.values():
            self._ledger.promise(self.computer, word)

    async def _clone(self) -> None:
        source_id = self._anybody()
        if source_id:
            name, color = self._ledger.word(), self._ledger.word()
            await self.computer.personas.clone(source_id, name, {"hair_color": color})
            self._ledger.promise(self.computer, name)
            self._ledger.promise(self.computer, color)

    async def _delete(self) -> None:
        influencer_id = self._anybody()
        if influencer_id:
            self._give_up(influencer_id)
            await self.computer.personas.delete(influencer_id, "not needed")

    async def _bind(self) -> None:
        influencer_id = self._anybody()
        if not influencer_id:
            return
        assets = tuple(self._ledger.word("a") for _ in range(self._random.randint(1, 3)))
        self._server.assets.update(assets)
        asked = Bind(new_ulid(), self._server.project_id, influencer_id, assets)
        await self.computer.db.write(_queue_images, asked)
        self.computer.engine.wake()
        for word in assets:
            self._ledger.promise(self.computer, word, influencer_id)

    async def _take_back(self) -> None:
        influencer_id = self._anybody(self._with_rows())
        if influencer_id:
            self._give_up_rows(influencer_id, (Clone, Bind))
            await self.computer.personas.take_back(influencer_id)

    async def _hold_or_release(self) -> None:
        rows = [row for row in self._rows() if row.state == "waiting"]
        if not rows:
            return
        row = self._random.choice(rows)
        if row.held:
            await self.computer.outbox.release(row.mutation.id)
        else:
            await self.computer.outbox.hold(row.mutation.id)

    async def _send_again(self) -> None:
        influencer_id = self._anybody(self._with_rows())
        if influencer_id:
            await self.computer.personas.send_again(influencer_id)

    async def _sync_now(self) -> None:
        self.computer.engine.sync_now()

    # ---- deciding

    async def _decide(self) -> None:
        found = self.computer.look(conflicts.every, "")
        if found:
            await self.decide(self._random.choice(found).influencer_id)

    async def decide(self, influencer_id: str) -> None:
        """Settle one conflict in one of the ways there are."""
        conflict = await self.computer.conflicts.conflict(influencer_id)
        if conflict is None:
            return
        if conflict.is_gone:
            await self._decide_about_gone(conflict)
            return
        way = self._random.choice(("mine", "theirs", "both", "other"))
        chosen = {each.path: self._choice(each, way) for each in conflict.to_choose}
        self._ledger.will_decide(self.computer, conflict, chosen)
        await self.computer.conflicts.resolve(influencer_id, chosen)
        self._weather.counts[f"chose {way}"] += 1
        self._ledger.decided(self.computer, conflict, chosen)

    def _choice(self, field: ConflictField, way: str) -> FieldValue:
        if way == "both":
            way = self._random.choice(("mine", "theirs"))
        if way == "other" and field.path in TEXTS:
            return self._ledger.word()
        value = field.theirs if way == "theirs" else field.mine
        return value if value or field.path != "name" else self._ledger.word()

    async def _decide_about_gone(self, conflict: Conflict) -> None:
        way = self._random.choice(("recreate", "later", "drop"))
        influencer_id = conflict.influencer_id
        if way == "recreate":
            self._ledger.forgot(self.computer, influencer_id)
            made = await self.computer.conflicts.recreate(influencer_id)
            self._weather.counts["recreated"] += 1
            self._ledger.recreated.add(made)
        elif way == "drop":
            self._give_up(influencer_id)
            await self.computer.conflicts.let_go(influencer_id)

    # ---- the machine

    async def _pull_the_cable(self) -> None:
        self.computer.set_connected(not self.computer.connected)

    async def _quit(self) -> None:
        self._weather.counts["quit"] += 1
        await self.computer.quit()

    async def _set_the_clock(self) -> None:
        name = self._random.choice(tuple(_JUMPS))
        self._weather.counts[name] += 1
        self.computer.perils.trace(name)
        self.computer.clock.jump(_JUMPS[name])

    # ---- looking

    def _anybody(self, among: list[str] | None = None) -> str:
        found = self.computer.listed() if among is None else among
        if found and self._random.random() < _OFTEN:
            return found[0]
        return self._random.choice(found) if found else ""

    def _rows(self) -> list[Waiting]:
        return list(self.computer.look(outbox.waiting))

    def _with_rows(self) -> list[str]:
        found = dict.fromkeys(row.mutation.influencer_id for row in self._rows())
        return list(found)

    def _with_drafts(self) -> list[str]:
        return [each.influencer_id for each in self.computer.look(drafts.every)]

    def _give_up(self, influencer_id: str) -> None:
        """Everything that is typed on an influencer and was not sent."""
        self._ledger.forgot(self.computer, influencer_id)
        draft = self.computer.look(drafts.get, influencer_id)
        if draft is not None:
            self._ledger.gave_up(self.computer, (each.value for each in draft.fields.values()))
        self._give_up_rows(influencer_id, (Create, Clone, Bind, Patch))

    def _give_up_rows(self, influencer_id: str, kinds: tuple[type, ...]) -> None:
        """What waits to be sent for it."""
        for row in self._rows():
            asked = row.mutation
            if asked.influencer_id != influencer_id or not isinstance(asked, kinds):
                continue
            match asked:
                case Create():
                    values = list(asked.values.values())
                case Clone():
                    values = [asked.name, *asked.overrides.values()]
                case Bind():
                    values = list(asked.asset_ids)
                case Patch():
                    values = [each.value for each in asked.fields.values()]
                case _:
                    values = []
            self._ledger.gave_up(self.computer, values)


def _queue_images(conn: Connection, bind: Bind) -> None:
    """Images that were uploaded go the last step."""
    for asset_id in bind.asset_ids:
        image = Upload(
            new_ulid(),
            bind.project_id,
            bind.influencer_id,
            f"{asset_id}.png",
            "binding",
            asset_id=asset_id,
        )
        uploads.put(conn, image)
    outbox.enqueue(conn, bind)
