"""The Partner API of the simulation, written from the contract (1.7, 1.8, 2.2 to 2.8, 3).

Records are domain values, since the simulation is about who wins and not about JSON. The server
keeps answers under their key for a day of its own clock, knows ids chosen by callers, deletes
softly, drops assets it does not know in silence, and can be set back to an old backup.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from studio.api.errors import error_of
from studio.core.errors import StudioError
from studio.domain.diff import same
from studio.domain.fields import FIELDS
from studio.domain.influencer import Influencer, ReferenceImage
from studio.domain.job import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sim_loop import SimClock

    from studio.domain.influencer import FieldValue

KEYS_KEPT = timedelta(hours=24)
RENDER = timedelta(seconds=25)


@dataclass(frozen=True, slots=True)
class Record:
    """One influencer on the server, with what no caller sees."""

    seen: Influencer
    ready_at: datetime | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Backup:
    """All of the server at one moment."""

    records: dict[str, Record]
    keys: dict[tuple[str, str, str], tuple[object, Any, datetime]]


@dataclass
class SimServer:
    """The one server.

    ``started`` are the ids and names of all that was ever made. ``listeners`` hear of each field
    that changed: by whom, whose, which, from what, to what.
    """

    clock: SimClock
    project_id: str
    page_size: int
    records: dict[str, Record] = field(default_factory=dict)
    keys: dict[tuple[str, str, str], tuple[object, Any, datetime]] = field(default_factory=dict)
    assets: set[str] = field(default_factory=set)
    started: list[tuple[str, str]] = field(default_factory=list)
    calls: int = 0
    listeners: list[Callable[[str, str, str, FieldValue, FieldValue], None]] = field(
        default_factory=list
    )

    # ---- reading

    def get(self, influencer_id: str) -> Influencer:
        """2.4.4."""
        return self._settled(influencer_id).seen

    def page(self, cursor: str) -> tuple[tuple[Influencer, ...], str]:
        """2.4.2: slim items, newest first. A cursor names the last item of the page before."""
        live = sorted(
            (self._settled(each).seen for each, row in self.records.items() if not row.deleted),
            key=lambda item: (item.created_at, item.id),
            reverse=True,
        )
        if cursor:
            at, _, name = cursor.partition("|")
            live = [each for each in live if (str(each.created_at), each.id) < (at, name)]
        items = live[: self.page_size]
        more = len(live) > self.page_size
        following = f"{items[-1].created_at}|{items[-1].id}" if more else ""
        return tuple(_slim(item) for item in items), following

    def live(self) -> dict[str, Influencer]:
        """What a full read of everything would give."""
        return {
            each: self._settled(each).seen for each, row in self.records.items() if not row.deleted
        }

    # ---- changing; each under its key

    def once(self, caller: str, route: str, key: str, body: object, run: Callable[[], Any]) -> Any:
        """1.7: the first answer under a key is the answer for a day, whatever it was."""
        now = self.clock.now()
        scope = (caller, route, key)
        kept = self.keys.get(scope)
        if kept is not None and now - kept[2] < KEYS_KEPT:
            if kept[0] != body:
                raise self._error(409, "IDEMPOTENCY_CONFLICT")
            if isinstance(kept[1], StudioError):
                raise kept[1]
            return kept[1]
        try:
            answer = run()
        except StudioError as error:
            self.keys[scope] = (body, error, now)
            raise
        self.keys[scope] = (body, answer, now)
        return answer

    def patch(self, caller: str, influencer_id: str, changes: Mapping[str, FieldValue]) -> Any:
        """2.4.5: exactly these fields."""
        row = self._settled(influencer_id)
        after = row.seen
        for path, value in changes.items():
            old = after.value(path)
            after = after.with_value(path, value)
            if not same(old, value):
                self._tell(caller, influencer_id, path, old, value)
        if after != row.seen:
            after = replace(after, updated_at=self.clock.now())
            self.records[influencer_id] = replace(row, seen=after)
        return after

    def create(self, influencer_id: str, values: Mapping[str, FieldValue]) -> Job:
        """2.4.3: the record at once, its pictures by a job."""
        self._refuse_known(influencer_id)
        made = Influencer(influencer_id, self.project_id, "")
        for path, value in values.items():
            made = made.with_value(path, value)
        return self._start(made, "influencer_create")

    def clone(
        self, source_id: str, influencer_id: str, name: str, overrides: Mapping[str, FieldValue]
    ) -> Job:
        """2.4.7."""
        source = self._settled(source_id).seen
        self._refuse_known(influencer_id)
        made = replace(source, id=influencer_id, name=name, reference_images=())
        for path, value in overrides.items():
            made = made.with_value(path, value)
        return self._start(made, "influencer_clone")

    def delete(self, influencer_id: str) -> datetime:
        """2.4.6: soft, and for good."""
        row = self._settled(influencer_id)
        self.records[influencer_id] = replace(row, deleted=True)
        return self.clock.now()

    def bind(self, influencer_id: str, asset_ids: tuple[str, ...]) -> tuple[ReferenceImage, ...]:
        """2.4.8: what is not known is dropped in silence, what is bound already stays once."""
        row = self._settled(influencer_id)
        bound = {image.asset_id for image in row.seen.reference_images}
        fresh = tuple(
            ReferenceImage(each, f"/m/{each}")
            for each in dict.fromkeys(asset_ids)
            if each in self.assets and each not in bound
        )
        images = row.seen.reference_images + fresh
        if fresh:
            arrived = tuple(image.asset_id for image in fresh)
            self._tell("", influencer_id, "reference_images", None, arrived)
            seen = replace(row.seen, reference_images=images, updated_at=self.clock.now())
            self.records[influencer_id] = replace(row, seen=seen)
        return images

    # ---- what happens to a server

    def back_up(self) -> Backup:
        """Everything as it is now."""
        return Backup(dict(self.records), dict(self.keys))

    def restore(self, backup: Backup) -> None:
        """Everything as it was then."""
        self.records, self.keys = dict(backup.records), dict(backup.keys)

    def _start(self, made: Influencer, kind: str) -> Job:
        now = self.clock.now()
        made = replace(made, status="pending", created_at=now, updated_at=now)
        self.records[made.id] = Record(made, ready_at=now + RENDER)
        self.started.append((made.id, made.name))
        for spec in FIELDS:
            self._tell("", made.id, spec.path, None, made.value(spec.path))
        return Job(f"job_{len(self.started)}", kind, self.project_id, made.id, started_at=now)

    def _tell(
        self, caller: str, influencer_id: str, path: str, old: FieldValue, new: FieldValue
    ) -> None:
        for listener in self.listeners:
            listener(caller, influencer_id, path, old, new)

    def _settled(self, influencer_id: str) -> Record:
        """The record with what its job has done by now. Raises Gone."""
        row = self.records.get(influencer_id)
        if row is None or row.deleted:
            raise self._error(404, "NOT_FOUND")
        now = self.clock.now()
        if row.ready_at is not None and now >= row.ready_at:
            row = replace(
                row, seen=replace(row.seen, status="ready", updated_at=now), ready_at=None
            )
            self.records[influencer_id] = row
        return row

    def _refuse_known(self, influencer_id: str) -> None:
        if influencer_id in self.records:
            raise self._error(409, "CONFLICT")

    def _error(self, status: int, code: str) -> StudioError:
        self.calls += 1
        body = {"error": {"code": code, "message": code.lower()}}
        return error_of(status, body, request_id=f"req_{self.calls}")


def _slim(item: Influencer) -> Influencer:
    return Influencer(
        item.id,
        item.project_id,
        item.name,
        item.status,
        item.gender,
        item.age_range,
        thumbnail_url=item.thumbnail_url,
        created_at=item.created_at,
        detailed=False,
    )
