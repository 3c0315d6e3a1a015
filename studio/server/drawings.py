"""Pictures that are drawn when somebody first asks for them, and quietly before that.

A row of ``drawings`` says whose picture a media asset is, and in which variation. Its files are
made from that whenever they are not there: a kill loses nothing, and nobody waits for pictures
when a server first starts.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import select

from studio.server.media_files import THUMBNAIL_SIDE
from studio.server.renders import settle_identity
from studio.server.tables import drawings, influencers, reference_images

if TYPE_CHECKING:
    from pathlib import Path

    from studio.server.config import ServerConfig
    from studio.server.media_files import MediaFiles
    from studio.server.renders import Renders
    from studio.server.storage import Storage

log = logging.getLogger(__name__)

_AT_A_TIME: Final = 2
_FIRST_QUIET_S: Final = 1.0
"""Seconds after the start in which only what is asked for is drawn."""


class _Wanted(NamedTuple):
    """One file of an asset: the picture itself, or the small one."""

    asset_id: str
    small: bool


class Drawings:
    """Draws each file once, however many ask for it at a time, two files at a time."""

    def __init__(
        self, config: ServerConfig, storage: Storage, files: MediaFiles, renders: Renders
    ) -> None:
        self._side = config.picture_side
        self._storage = storage
        self._files = files
        self._renders = renders
        # Reentrant: a file that is done at once is told of inside the lock.
        self._lock = threading.RLock()
        self._begun: dict[_Wanted, Future[bool]] = {}
        self._stopped = threading.Event()
        self._pool = ThreadPoolExecutor(_AT_A_TIME, "drawings")
        self._ahead = threading.Thread(target=self._draw_ahead, name="drawings-ahead", daemon=True)

    def open(self) -> None:
        """Begin with the files nobody has asked for yet."""
        self._ahead.start()

    def stop(self) -> None:
        """Begin no further file."""
        self._stopped.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """Wait for the files being drawn; :meth:`stop` is called before."""
        self._pool.shutdown()
        self._ahead.join()

    async def make(self, asset_id: str, *, small: bool) -> bool:
        """Let a missing file be there; False when the asset is none that can be drawn.

        Raises what drawing it raises.
        """
        # Shielded: one who hangs up must not take the picture from the others.
        return await asyncio.shield(asyncio.wrap_future(self._begin(_Wanted(asset_id, small))))

    def _begin(self, wanted: _Wanted) -> Future[bool]:
        with self._lock:
            begun = self._begun.get(wanted)
            if begun is None:
                begun = self._begun[wanted] = self._pool.submit(self._draw, wanted)
                begun.add_done_callback(partial(self._done, wanted))
            return begun

    def _done(self, wanted: _Wanted, _begun: Future[bool]) -> None:
        with self._lock:
            del self._begun[wanted]

    def _draw(self, wanted: _Wanted) -> bool:
        # It may have been drawn between the look that missed it and this one.
        if self._path(wanted).is_file():
            return True
        with self._storage.transaction() as connection:
            drawing = connection.execute(
                select(drawings).where(drawings.c.asset_id == wanted.asset_id)
            ).one_or_none()
            if drawing is None:
                return False
            person = connection.execute(
                select(influencers).where(influencers.c.id == drawing.influencer_id)
            ).one()
            identity = settle_identity(connection, person)
        side = min(self._side, THUMBNAIL_SIDE) if wanted.small else self._side
        data = self._renders.draw(identity, drawing.variation, side)
        if wanted.small:
            return self._files.keep_thumbnail(wanted.asset_id, BytesIO(data))
        self._files.keep_original(wanted.asset_id, data)
        return True

    def _path(self, wanted: _Wanted) -> Path:
        find = self._files.thumbnail if wanted.small else self._files.original
        return find(wanted.asset_id)

    def _draw_ahead(self) -> None:
        """What is not there yet: first the small pictures of galleries, then all others."""
        if self._stopped.wait(_FIRST_QUIET_S):
            return
        try:
            for wanted in self._missing():
                if self._stopped.is_set():
                    return
                # One after the other, so that one thread is always free for what is asked for.
                self._begin(wanted).result()
        except CancelledError:
            return
        except Exception:
            if not self._stopped.is_set():
                log.exception("pictures could not be drawn ahead")

    def _missing(self) -> list[_Wanted]:
        with self._storage.transaction() as connection:
            asset_ids = (
                connection.execute(
                    select(drawings.c.asset_id)
                    .join(influencers, influencers.c.id == drawings.c.influencer_id)
                    .join(
                        reference_images,
                        (reference_images.c.asset_id == drawings.c.asset_id)
                        & (reference_images.c.influencer_id == drawings.c.influencer_id),
                    )
                    .order_by(reference_images.c.position, influencers.c.created_at.desc())
                )
                .scalars()
                .all()
            )
        every = (_Wanted(each, small) for small in (True, False) for each in asset_ids)
        return [wanted for wanted in every if not self._path(wanted).is_file()]
