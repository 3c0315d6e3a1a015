"""A workspace in memory with the program's own rules of drafts, outbox and projection."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from studio.core.errors import FixInput
from studio.domain.diff import same
from studio.domain.draft import Draft, DraftField
from studio.domain.events import InfluencersChanged, StatusChanged, UploadsChanged
from studio.domain.influencer import Influencer, Personality, ReferenceImage
from studio.domain.mutation import Patch, Waiting
from studio.domain.projection import project
from studio.domain.rules import check_all
from studio.domain.status import SyncStatus
from studio.domain.upload import Upload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from studio.core.errors import StudioError
    from studio.core.events import EventHub
    from studio.domain.influencer import FieldValue
    from studio.domain.projection import Shown

NOON = datetime(2026, 4, 18, 12, 4, tzinfo=UTC)


class HandClock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def now(self) -> datetime:
        return NOON

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def nova(**values) -> Influencer:
    made = Influencer(
        "inf_nova",
        "p1",
        "Nova",
        status="ready",
        gender="nonbinary",
        age_range="25-34",
        ethnicity="Latina",
        body_type="athletic",
        hair_color="dark brown",
        hair_style="short, side parted",
        style="utility, violet accents",
        vibe="calm maker",
        voice_description="Low, unhurried, a smile at the end of a sentence.",
        personality=Personality(
            traits=("earnest", "thorough"),
            tone="conversational",
            humor="deadpan",
            formality="casual",
            speaking_style="direct",
            values=("transparency", "craft"),
            interests=("productivity", "tools-I-use"),
            catchphrases=("Ship it.",),
        ),
        reference_images=tuple(
            ReferenceImage(f"med_{n}", f"https://media.example/{n}.png", None, NOON)
            for n in range(1, 5)
        ),
        thumbnail_url="https://media.example/1.png",
        created_at=NOON,
        updated_at=NOON,
    )
    return replace(made, **values)


def ava(**values) -> Influencer:
    made = replace(
        nova(),
        id="inf_ava",
        name="Ava Chen",
        gender="female",
        reference_images=(),
        personality=Personality(traits=("warm",), tone="warm", humor="observational"),
    )
    return replace(made, **values)


@dataclass
class Desk:
    """Influencers, drafts and the outbox; ``log`` holds what was asked, in order."""

    hub: EventHub
    people: dict[str, Influencer] = field(default_factory=dict)
    drafts: dict[str, dict[str, DraftField]] = field(default_factory=dict)
    outbox: dict[str, list[Waiting]] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    log: list[tuple[str, object]] = field(default_factory=list)
    is_new: frozenset[str] = frozenset()
    edit_error: StudioError | None = None
    publish_error: StudioError | None = None
    edit_gate: asyncio.Event | None = None
    show_gate: asyncio.Event | None = None
    publish_gate: asyncio.Event | None = None

    def add(self, *people: Influencer) -> None:
        for person in people:
            self.people[person.id] = person

    def put(self, person: Influencer) -> None:
        """The server's record changed."""
        self.people[person.id] = person
        self.tell(person.id)

    def tell(self, influencer_id: str, initiator: object = None) -> None:
        project_id = self._project_of(influencer_id)
        self.hub.publish(InfluencersChanged(project_id, frozenset((influencer_id,)), initiator))

    def _project_of(self, influencer_id: str) -> str:
        person = self.people.get(influencer_id)
        return person.project_id if person is not None else "p1"

    def now(self, influencer_id: str) -> Shown | None:
        fields = self.drafts.get(influencer_id)
        draft = self._draft(influencer_id, fields) if fields else None
        rows = tuple(self.outbox.get(influencer_id, ()))
        return project(self.people.get(influencer_id), rows, draft)

    def _draft(self, influencer_id: str, fields: dict[str, DraftField]) -> Draft:
        return Draft(influencer_id, "p1", dict(fields), is_new=influencer_id in self.is_new)

    async def show(self, influencer_id: str) -> Shown | None:
        found = self.now(influencer_id)
        if self.show_gate is not None:
            await self.show_gate.wait()
        return found

    async def freshen(self, influencer_id: str) -> None:
        self.log.append(("freshen", influencer_id))

    async def edit(
        self,
        influencer_id: str,
        values: Mapping[str, FieldValue],
        initiator: object = None,
    ) -> None:
        if self.edit_gate is not None:
            await self.edit_gate.wait()
        if self.edit_error is not None:
            raise self.edit_error
        self.log.append(("edit", dict(values)))
        fields = self.drafts.setdefault(influencer_id, {})
        for path, value in values.items():
            kept = fields.pop(path, None)
            shown = self.now(influencer_id)
            assert shown is not None
            under = shown.influencer.value(path)
            base = kept.base if kept is not None else under
            if not same(base, value) and not same(under, value):
                fields[path] = DraftField(value, base)
        self.tell(influencer_id, initiator)

    async def discard(self, influencer_id: str) -> None:
        self.log.append(("discard", influencer_id))
        self.drafts.pop(influencer_id, None)
        self.tell(influencer_id)

    async def publish(self, influencer_id: str) -> None:
        self.log.append(("publish", influencer_id))
        if self.publish_gate is not None:
            await self.publish_gate.wait()
        if self.publish_error is not None:
            raise self.publish_error
        fields = self.drafts.pop(influencer_id, {})
        for path, problem in check_all({path: one.value for path, one in fields.items()}).items():
            raise FixInput(problem.sentence, field=path)
        patch = Patch(f"m{len(self.log)}", "p1", influencer_id, fields)
        self.outbox.setdefault(influencer_id, []).append(Waiting(patch, "waiting", NOON))
        self.tell(influencer_id)

    def sent(self, influencer_id: str) -> None:
        """The server took everything that waited."""
        for row in self.outbox.pop(influencer_id, []):
            person = self.people[influencer_id]
            for path, entry in row.mutation.fields.items():
                person = person.with_value(path, entry.value)
            self.people[influencer_id] = person
        self.tell(influencer_id)

    def refuse(self, influencer_id: str, reason: str, field_name: str = "") -> None:
        """The server refused what waited; it stands still until a person acts."""
        self.outbox[influencer_id] = [
            replace(row, state="blocked", reason=reason, reason_field=field_name)
            for row in self.outbox[influencer_id]
        ]
        self.tell(influencer_id)

    async def send_again(self, influencer_id: str) -> None:
        self.log.append(("send again", influencer_id))
        self.outbox[influencer_id] = [
            replace(row, state="waiting", reason="", reason_field="")
            for row in self.outbox.get(influencer_id, [])
        ]
        self.tell(influencer_id)

    async def take_back(self, influencer_id: str) -> None:
        self.log.append(("take back", influencer_id))
        fields = self.drafts.setdefault(influencer_id, {})
        for row in self.outbox.pop(influencer_id, []):
            fields.update(row.mutation.fields)
        self.tell(influencer_id)

    async def variants(self, influencer_id: str) -> tuple[Influencer, ...]:
        return tuple(
            self.people[made] for made, source in self.sources.items() if source == influencer_id
        )

    async def suggestions(self, project_id: str, path: str) -> tuple[str, ...]:
        return ("bold", "curious", "earnest") if path == "personality.traits" else ()


@dataclass
class Incoming:
    """Images on their way; ``taken`` is what was handed in."""

    hub: EventHub
    held: dict[str, list[Upload]] = field(default_factory=dict)
    taken: list[tuple[str, object]] = field(default_factory=list)
    log: list[tuple[str, str]] = field(default_factory=list)
    error: StudioError | None = None

    async def add_files(self, influencer_id: str, paths: tuple[Path, ...]) -> int:
        if self.error is not None:
            raise self.error
        for path in paths:
            self.taken.append((influencer_id, path))
            self.put(influencer_id, self._made(influencer_id, path.name))
        return len(paths)

    async def add_bytes(self, influencer_id: str, data: bytes, filename: str) -> int:
        self.taken.append((influencer_id, data))
        self.put(influencer_id, self._made(influencer_id, filename))
        return 1

    def _made(self, influencer_id: str, filename: str) -> Upload:
        number = sum(len(rows) for rows in self.held.values()) + 1
        return Upload(f"up_{number}", "p1", influencer_id, filename, "preparing", created_at=NOON)

    def put(self, influencer_id: str, upload: Upload) -> None:
        rows = self.held.setdefault(influencer_id, [])
        rows[:] = [row for row in rows if row.id != upload.id] + [upload]
        self.hub.publish(UploadsChanged(influencer_id))

    async def uploads(self, influencer_id: str) -> tuple[Upload, ...]:
        return tuple(self.held.get(influencer_id, ()))

    async def retry(self, upload_id: str) -> None:
        self.log.append(("retry", upload_id))

    async def remove(self, upload_id: str) -> None:
        self.log.append(("remove", upload_id))
        for influencer_id, rows in self.held.items():
            rows[:] = [row for row in rows if row.id != upload_id]
            self.hub.publish(UploadsChanged(influencer_id))


@dataclass
class Contact:
    """What is known about the server."""

    hub: EventHub
    status: SyncStatus = field(default_factory=lambda: SyncStatus(contact="online"))

    def sync_now(self) -> None:
        self.become("online")

    def become(self, contact: str) -> None:
        self.status = replace(self.status, contact=contact)
        self.hub.publish(StatusChanged())


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Let the program work until ``condition`` holds."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, "it did not come true in time"
        await asyncio.sleep(0.001)
