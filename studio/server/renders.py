"""What a create or clone job does, step by step (contract 2.4.3, 2.4.7, 3; Q14, Q20).

A killed server repeats the step it was in. So every step can be run twice: ids of what it makes
are derived from the job, files are replaced whole, and rows change only while the job runs.
"""

from __future__ import annotations

import hashlib
import threading
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Row, select, update

from studio.core.values import dataclass
from studio.server import ids
from studio.server.records.influencers import bind_images, set_status
from studio.server.records.jobs import CLONE, CREATE, FINALIZING
from studio.server.records.media import NewAsset, add_asset, sha256
from studio.server.tables import influencers, jobs, media, reference_images
from studio.server.times import wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from studio.server.config import ServerConfig
    from studio.server.media_files import MediaFiles
    from studio.server.portraits import Identity, PortraitRenderer
    from studio.server.storage import Storage
    from studio.server.times import Now

REFERENCES: Final = 4
"""Reference images one job makes."""
PICTURE_TYPE: Final = "image/png"
"""Type of a drawn picture."""
SHAPING: Final = "shaping_identity"
READING: Final = "reading_source"
RENDERING: Final = "rendering_references"

_TRAIT_NAMES: Final = {
    "gender": "gender",
    "age_range": "ageRange",
    "hair_color": "hairColor",
    "hair_style": "hairStyle",
    "ethnicity": "ethnicity",
}
_PROGRESS: Final = {SHAPING: 0.1, READING: 0.1, RENDERING: 0.25, FINALIZING: 0.92}
_QUEUE_SHARE: Final = 0.08
_SHAPE_SHARE: Final = 0.17
_REFERENCE_SHARE: Final = 0.15
_FINAL_SHARE: Final = 0.15


class ServerStopping(BaseException):
    """Cuts a step short while the server stops; no :class:`Exception`, so it is not an outcome."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One rendered picture."""

    data: bytes
    mime_type: str
    photograph: bool


class Renders:
    """The steps. Called from worker threads, several jobs at a time."""

    def __init__(
        self,
        config: ServerConfig,
        storage: Storage,
        files: MediaFiles,
        now: Now,
        renderer: PortraitRenderer,
    ) -> None:
        self._config = config
        self._storage = storage
        self._files = files
        self._now = now
        self._renderer = renderer
        self._stopping = threading.Event()
        # Rendering fills a core; more at a time would only slow the answers.
        self._drawing = threading.Semaphore(2)

    def stop(self) -> None:
        """Cut the steps that run now; they are repeated at the next start."""
        self._stopping.set()

    def pause(self, seconds: float) -> bool:
        """Wait; True when the server is stopping."""
        return self._stopping.wait(seconds)

    @property
    def stopping(self) -> bool:
        """Whether :meth:`stop` was called."""
        return self._stopping.is_set()

    def leave_queue(self, job_id: str) -> bool:
        """From ``queued`` to the first stage; False when the job was canceled."""
        self._pace(_QUEUE_SHARE * self._of_job(job_id).queue_pace)
        with self._storage.transaction() as connection:
            job = _job(connection, job_id)
            first = READING if job.kind == CLONE else SHAPING
            if not self._advance(connection, job, first):
                return False
            set_status(connection, job.influencer_id, "training", wire(self._now()))
        return True

    def shape(self, job_id: str) -> bool:
        """Settle whose face it is, and go on to rendering; False when canceled or failed."""
        self._work(job_id, _SHAPE_SHARE)
        with self._storage.transaction() as connection:
            job = _job(connection, job_id)
            person = _influencer(connection, job.influencer_id)
            settle_identity(connection, person)
            if not self._advance(connection, job, RENDERING):
                return False
            pattern = self._config.fail_renders_named
            if pattern and fnmatchcase(person.persona["name"], pattern):
                self._end(
                    connection,
                    job,
                    "failed",
                    {"code": "RENDER_FAILED", "message": "The portraits could not be rendered."},
                )
                return False
        return True

    def reference(self, job_id: str, index: int) -> bool:
        """Make one reference image; False when the job was canceled."""
        self._work(job_id, _REFERENCE_SHARE)
        with self._storage.transaction() as connection:
            job = _job(connection, job_id)
            person = _influencer(connection, job.influencer_id)
            identity = settle_identity(connection, person)
            photographs = _photographs(connection, job)
        variation = index if job.kind == CREATE else _variation(job_id, index)
        picture = self._picture(identity, photographs, variation, index)
        asset_id = ids.derived("med", f"{job_id}/{index}")
        asset = self._stored(job, asset_id, picture)
        with self._storage.transaction() as connection:
            job = _job(connection, job_id)
            reached = _PROGRESS[RENDERING] + _REFERENCE_SHARE * (index + 1)
            if not self._advance(connection, job, RENDERING, reached):
                # A repeated step may have bound its picture before it was cut.
                if not _is_asset(connection, asset_id):
                    self._files.remove(asset_id)
                return False
            _bind(connection, job.influencer_id, asset, wire(self._now()))
        return True

    def begin_finalizing(self, job_id: str) -> bool:
        """Enter the stage that can no longer be canceled; False when canceled before."""
        with self._storage.transaction() as connection:
            return self._advance(connection, _job(connection, job_id), FINALIZING)

    def finish(self, job_id: str) -> None:
        """The job is completed and the influencer ready."""
        self._work(job_id, _FINAL_SHARE)
        with self._storage.transaction() as connection:
            self._end(connection, _job(connection, job_id), "completed", None)

    def fail(self, job_id: str) -> None:
        """The job ended by an error of ours."""
        error = {"code": "INTERNAL", "message": "Something went wrong on the server."}
        with self._storage.transaction() as connection:
            self._end(connection, _job(connection, job_id), "failed", error)

    def draw(self, identity: Identity, variation: int, side: int) -> bytes:
        """A PNG of a drawn face with an edge of ``side`` pixels."""
        with self._drawing:
            return self._renderer.render(identity, variation, side)

    def _stored(self, job: Row[Any], asset_id: str, picture: Picture) -> NewAsset:
        # Outside any transaction, so that nobody waits for the disk and the small picture.
        thumbnail = self._files.keep(asset_id, picture.data)
        return NewAsset(
            asset_id=asset_id,
            organization_id=job.organization_id,
            project_id=job.project_id,
            kind="reference_image",
            mime_type=picture.mime_type,
            filename=None,
            size_bytes=len(picture.data),
            sha256=sha256(picture.data),
            thumbnail=thumbnail,
            photograph=picture.photograph,
        )

    def _picture(
        self, identity: Identity, photographs: list[str], variation: int, index: int
    ) -> Picture:
        if not photographs:
            drawn = self.draw(identity, variation, self._config.picture_side)
            return Picture(drawn, PICTURE_TYPE, photograph=False)
        from studio.server.portraits import vary_photo

        source = self._files.original(photographs[index % len(photographs)]).read_bytes()
        with self._drawing:
            # Variation 0 would be the photograph itself, which is a reference already.
            data = vary_photo(source, variation + 1, self._config.picture_side)
        return Picture(data, "image/jpeg", photograph=True)

    def _work(self, job_id: str, share: float) -> None:
        """Take the share of a render's time that a step is to take."""
        self._pace(share * self._of_job(job_id).work_pace)

    def _pace(self, share: float) -> None:
        if self._stopping.wait(self._config.render_seconds * share):
            raise ServerStopping

    def _of_job(self, job_id: str) -> Row[Any]:
        with self._storage.transaction() as connection:
            return _job(connection, job_id)

    def _advance(
        self, connection: Connection, job: Row[Any], stage: str, progress: float | None = None
    ) -> bool:
        """Move a running job on unless it is to be canceled; whether it goes on."""
        reached = round(_PROGRESS[stage] if progress is None else progress, 3)
        moved = connection.execute(
            update(jobs)
            .where(
                jobs.c.id == job.id,
                jobs.c.status == "running",
                jobs.c.cancel_requested.is_(False),
            )
            .values(stage=stage, progress=reached)
        )
        if moved.rowcount:
            return True
        self._end(connection, job, "canceled", None)
        return False

    def _end(
        self, connection: Connection, job: Row[Any], status: str, error: dict[str, str] | None
    ) -> None:
        now = wire(self._now())
        ended = connection.execute(
            update(jobs)
            .where(jobs.c.id == job.id, jobs.c.status == "running")
            .values(
                status=status,
                error=error,
                finished_at=now,
                progress=1.0 if status == "completed" else jobs.c.progress,
            )
        )
        if ended.rowcount:
            outcome = "ready" if status == "completed" else "failed"
            set_status(connection, job.influencer_id, outcome, now)


def settle_identity(connection: Connection, person: Row[Any]) -> Identity:
    """The identity of a row's face, worked out and stored the first time it is needed."""
    from studio.server.portraits import Identity, adapted, identity_for

    face = person.face
    if face["identity"] is None:
        identity = identity_for(face["seed"], **_look(face["traits"]))
    else:
        identity = Identity.from_json(face["identity"])
        if not face["changes"]:
            return identity
    for change in face["changes"]:
        identity = adapted(identity, **_look(change))
    connection.execute(
        update(influencers)
        .where(influencers.c.id == person.id)
        .values(face=face | {"identity": identity.to_json(), "changes": []})
    )
    return identity


def _look(traits: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: traits.get(key) for name, key in _TRAIT_NAMES.items()}


def _is_asset(connection: Connection, asset_id: str) -> bool:
    return connection.execute(select(media.c.id).where(media.c.id == asset_id)).first() is not None


def _bind(connection: Connection, influencer_id: str, asset: NewAsset, now: str) -> None:
    add_asset(connection, asset, now)
    bind_images(connection, influencer_id, [asset.asset_id], now)


def _variation(job_id: str, index: int) -> int:
    """Different for every clone, so that two variants of one face do not look alike.

    The first few variations are those of the source's own pictures.
    """
    start = 1 + int.from_bytes(hashlib.sha256(job_id.encode()).digest()[:2], "big")
    return start * REFERENCES + index


def _job(connection: Connection, job_id: str) -> Row[Any]:
    return connection.execute(select(jobs).where(jobs.c.id == job_id).with_for_update()).one()


def _influencer(connection: Connection, influencer_id: str) -> Row[Any]:
    return connection.execute(
        select(influencers).where(influencers.c.id == influencer_id).with_for_update()
    ).one()


def _photographs(connection: Connection, job: Row[Any]) -> list[str]:
    """The photographs fresh pictures are made from: the source's, or those given to a create."""
    made_here = [ids.derived("med", f"{job.id}/{index}") for index in range(REFERENCES)]
    return list(
        connection.execute(
            select(media.c.id)
            .join(reference_images, reference_images.c.asset_id == media.c.id)
            .where(
                reference_images.c.influencer_id == (job.source_id or job.influencer_id),
                media.c.photograph.is_(True),
                media.c.id.not_in(made_here),
            )
            .order_by(reference_images.c.position)
        ).scalars()
    )
