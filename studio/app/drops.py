"""Pictures dropped in the gallery go to the influencer they fell on, whoever is open meanwhile."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from studio.core.errors import StudioError
from studio.domain.events import Notice

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.viewmodels.drops import DropContent
    from studio.viewmodels.services import PersonaService, UploadService


class Drops:
    """Hands a drop to the upload service by the influencer's id; the editor has no part in it."""

    def __init__(
        self,
        personas: PersonaService,
        uploads: UploadService,
        hub: EventHub,
        scope: TaskScope,
        clock: Clock,
    ) -> None:
        self._personas, self._uploads, self._hub = personas, uploads, hub
        self._scope, self._clock = scope, clock

    def take(self, influencer_id: str, content: DropContent) -> None:
        """Take in what can be taken and say what cannot; no influencer means none was meant."""
        if content.refused:
            self._tell(content.refused, influencer_id=influencer_id)
        if content.count and not influencer_id:
            self._tell(_tr("No influencer is open for these images."), _tr("Drop them on a card."))
        elif content.count:
            self._scope.spawn(self._take(influencer_id, content), name="drop")

    async def _take(self, influencer_id: str, content: DropContent) -> None:
        try:
            shown = await self._personas.show(influencer_id)
            if shown is None or shown.deleting:
                self._tell(_tr("Images cannot be added to a deleted influencer."))
                return
            if content.paths:
                await self._uploads.add_files(influencer_id, content.paths)
            for image in content.images:
                data = await asyncio.to_thread(_as_png, image)
                await self._uploads.add_bytes(influencer_id, data, self._name())
        except StudioError as error:
            self._tell(error.sentence, error.next_step, influencer_id, error.request_id)

    def _name(self) -> str:
        moment = self._clock.now().astimezone()
        return _tr("Dropped {moment}.png").replace("{moment}", f"{moment:%Y-%m-%d %H.%M.%S}")

    def _tell(
        self, sentence: str, next_step: str = "", influencer_id: str = "", request_id: str = ""
    ) -> None:
        self._hub.publish(
            Notice(
                sentence,
                next_step,
                is_problem=True,
                influencer_id=influencer_id,
                request_id=request_id,
            )
        )


def _as_png(image: QImage) -> bytes:
    from PySide6.QtCore import QBuffer, QIODevice

    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def _tr(text: str) -> str:
    return QCoreApplication.translate("Drops", text)
