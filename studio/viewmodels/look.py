"""The look of the open influencer: its reference images and those on their way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage

from studio.core.clock import SystemClock
from studio.core.errors import StudioError
from studio.domain.events import Notice, StatusChanged, UploadsChanged
from studio.viewmodels.drops import images_in
from studio.viewmodels.look_tile import LookTile, tiles
from studio.viewmodels.previews import Previews

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence
    from pathlib import Path

    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.domain.upload import Upload
    from studio.viewmodels.open_persona import OpenPersona
    from studio.viewmodels.services import SyncService, UploadService

_UNDER_WAY = ("waiting", "uploading", "finalizing")
_PAUSE_S = 1 / 15
"""Between two looks at what is on its way: forty images taken in change several hundred times."""


class LookViewModel(QObject):
    """Tiles of the influencer that is open in the editor, and the ways to add to them.

    ``previews`` draws those that are still on their way. Every way in (drop, paste, file dialog,
    image) ends in the upload service; what cannot be taken is said in words by a notice.
    """

    tiles_changed = Signal()
    images_added = Signal(object)
    """Images were taken in: ``(influencer id, upload ids)``."""
    image_removed = Signal(object)
    """One was taken off its way and can be brought back: ``(influencer id, upload ids)``."""

    def __init__(
        self,
        editor: OpenPersona,
        uploads: UploadService,
        sync: SyncService,
        hub: EventHub,
        scope: TaskScope,
        *,
        clock: Clock | None = None,
        parent: QObject | None = None,
    ) -> None:
        """``scope`` is the window's; tasks live in a child of it."""
        super().__init__(parent)
        self._editor = editor
        self._uploads = uploads
        self._sync = sync
        self._hub = hub
        self._scope = scope.child("look")
        self._clock: Clock = clock or SystemClock()
        self._coming: tuple[Upload, ...] = ()
        self._coming_for = ""
        self._tiles: tuple[LookTile, ...] = ()
        self._read_again = False
        self._told_added: set[str] = set()
        self.previews = Previews(self._scope, self)
        editor.opened.connect(self._on_opened)
        editor.state_changed.connect(self._rebuild)
        self._subscriptions = (
            hub.subscribe(UploadsChanged, self._on_uploads_changed),
            hub.subscribe(StatusChanged, self._on_status_changed),
        )
        self._on_opened()

    async def close(self) -> None:
        """End tasks and subscriptions. Uploads go on."""
        for subscription in self._subscriptions:
            subscription.close()
        await self._scope.close()

    @property
    def tiles(self) -> tuple[LookTile, ...]:
        """Bound images first, then those on their way."""
        return self._tiles

    @property
    def bound_count(self) -> int:
        """How many images are bound."""
        return sum(1 for tile in self._tiles if tile.state == "bound")

    @property
    def name(self) -> str:
        """Whose look it is; empty when no influencer is open."""
        value = self._editor.value("name") if self._editor.influencer_id else ""
        return value if isinstance(value, str) else ""

    @property
    def can_add(self) -> bool:
        """Whether there is an influencer to add to."""
        shown = self._editor.shown
        return shown is not None and not shown.deleting and shown.as_of is None

    def add_files(self, paths: Sequence[Path]) -> None:
        """Take files in, in the order given."""
        influencer_id = self._editor.influencer_id
        if self.can_add and paths:
            adding = self._uploads.add_files(influencer_id, tuple(paths))
            self._do("add", self._taken_in(influencer_id, adding))

    def add_image(self, image: QImage) -> None:
        """Take one picture in from memory; it is written as PNG off the interface's thread."""
        if self.can_add and not image.isNull():
            influencer_id = self._editor.influencer_id
            adding = self._add_image(influencer_id, image)
            self._do("add image", self._taken_in(influencer_id, adding))

    def add_mime(self, mime: QMimeData) -> int:
        """Take a drop or the clipboard's content in; how many pictures it had.

        What cannot be taken is told as a notice.
        """
        found = images_in(mime)
        if found.refused:
            self._hub.publish(
                Notice(found.refused, is_problem=True, influencer_id=self._editor.influencer_id)
            )
        self.add_files(found.paths)
        for image in found.images:
            self.add_image(image)
        return found.count

    def paste(self) -> int:
        """Take the clipboard in; how many pictures it had."""
        return self.add_mime(QGuiApplication.clipboard().mimeData())

    def retry(self, key: str) -> None:
        """Send an upload that failed or was not found once more."""
        self._do("retry", self._uploads.retry(key))

    def remove(self, key: str) -> None:
        """Take an upload off the list."""
        self._do("remove", self._remove(key))

    async def _remove(self, key: str) -> None:
        owner = self._coming_for
        known = {each.id: each for each in self._coming}
        await self._uploads.remove(key)
        if key in known and known[key].state in _UNDER_WAY:
            self.image_removed.emit((owner, (key,)))

    async def _taken_in(self, influencer_id: str, adding: Awaitable[object]) -> None:
        """Wait for images to be taken in, and tell which they were."""
        before = {each.id for each in await self._uploads.uploads(influencer_id)}
        await adding
        now = await self._uploads.uploads(influencer_id)
        new = [each.id for each in now if each.state != "refused" and each.id not in before]
        told = tuple(each for each in new if each not in self._told_added)
        self._told_added.update(told)
        if told:
            self.images_added.emit((influencer_id, told))

    async def _add_image(self, influencer_id: str, image: QImage) -> None:
        data = await asyncio.to_thread(_as_png, image)
        moment = self._clock.now().astimezone()
        name = self.tr("Pasted {moment}.png").replace("{moment}", f"{moment:%Y-%m-%d %H.%M.%S}")
        await self._uploads.add_bytes(influencer_id, data, name)

    def _do(self, name: str, call: Awaitable[object]) -> None:
        self._scope.spawn(self._told(call), name=name)

    async def _told(self, call: Awaitable[object]) -> None:
        try:
            await call
        except StudioError as error:
            self._hub.publish(
                Notice(
                    error.sentence,
                    error.next_step,
                    is_problem=True,
                    influencer_id=self._editor.influencer_id,
                    request_id=error.request_id,
                )
            )

    def _on_opened(self) -> None:
        self._coming = ()
        self._coming_for = self._editor.influencer_id
        self._read()
        self._rebuild()

    def _on_uploads_changed(self, event: UploadsChanged) -> None:
        if event.influencer_id == self._coming_for:
            self._read()

    def _on_status_changed(self, _event: StatusChanged) -> None:
        self._rebuild()

    def _read(self) -> None:
        if self._coming_for:
            self._read_again = True
            self._scope.busy("uploads", self._read_while_asked())

    async def _read_while_asked(self) -> None:
        while self._read_again:
            self._read_again = False
            influencer_id = self._coming_for
            try:
                coming = await self._uploads.uploads(influencer_id)
            except StudioError:
                return  # The next event asks again; what is shown stays true until then.
            if influencer_id == self._coming_for:
                self._coming = tuple(coming)
                self._rebuild()
                await asyncio.sleep(_PAUSE_S)
            else:
                self._read_again = True

    def _rebuild(self) -> None:
        shown = self._editor.shown
        made = tiles(
            shown.influencer.reference_images if shown is not None else (),
            self._coming,
            connected=self._sync.status.contact == "online",
            name=self.name,
            year=self._clock.now().astimezone().year,
        )
        if made != self._tiles:
            self._tiles = made
            self.tiles_changed.emit()


def _as_png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())
