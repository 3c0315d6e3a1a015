"""Ten seconds in which a publish that was sent can be put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal

from studio.core.errors import StudioError
from studio.core.values import dataclass
from studio.domain.events import Notice
from studio.domain.fields import label_of
from studio.domain.outbox import UNDO_SECONDS, PublishSent

if TYPE_CHECKING:
    from studio.core.clock import Clock
    from studio.core.events import EventHub
    from studio.core.tasks import TaskScope
    from studio.viewmodels.outbox_service import OutboxService

_NAMED = 2


@dataclass(frozen=True, slots=True)
class UndoOffer:
    """What was sent a moment ago, all that came through within one offer's time."""

    sentence: str
    sent: tuple[PublishSent, ...]


class UndoSendViewModel(QObject):
    """Offers to undo what came through; what comes through meanwhile joins the offer."""

    offered = Signal(object)
    """An :class:`UndoOffer` to be shown, in place of the one before."""

    withdrawn = Signal()
    """The time is over, or it was taken: nothing is on offer."""

    def __init__(
        self,
        service: OutboxService,
        hub: EventHub,
        scope: TaskScope,
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._service, self._hub, self._scope, self._clock = service, hub, scope, clock
        self._offer: UndoOffer | None = None
        self._put_back: set[str] = set()
        self._subscription = hub.subscribe(PublishSent, self._on_sent)

    def close(self) -> None:
        """Hear nothing more."""
        self._subscription.close()

    @property
    def offer(self) -> UndoOffer | None:
        """What can be undone now."""
        return self._offer

    def undo(self) -> None:
        """Put the old values back, as publishes of their own."""
        offer = self._withdraw()
        if offer is not None:
            self._scope.spawn(self._undo(offer), name="undo-send")

    def _on_sent(self, sent: PublishSent) -> None:
        if sent.influencer_id in self._put_back:
            # Our own counter-edit; undoing that is an ordinary edit.
            self._put_back.discard(sent.influencer_id)
            return
        before = self._offer.sent if self._offer is not None else ()
        self._offer = UndoOffer(_said((*before, sent)), (*before, sent))
        self._scope.latest("offer-ends", self._end())
        self.offered.emit(self._offer)

    async def _end(self) -> None:
        await self._clock.sleep(UNDO_SECONDS)
        self._withdraw()

    def _withdraw(self) -> UndoOffer | None:
        offer, self._offer = self._offer, None
        if offer is not None:
            self.withdrawn.emit()
        return offer

    async def _undo(self, offer: UndoOffer) -> None:
        for sent in reversed(offer.sent):
            self._put_back.add(sent.influencer_id)
            try:
                await self._service.undo_send(sent)
            except StudioError as error:
                self._put_back.discard(sent.influencer_id)
                self._hub.publish(
                    Notice(
                        error.sentence,
                        error.next_step,
                        is_problem=True,
                        influencer_id=sent.influencer_id,
                    )
                )


def _said(sent: tuple[PublishSent, ...]) -> str:
    people = {each.influencer_id for each in sent}
    if len(people) > 1:
        words = QCoreApplication.translate("UndoSend", "Edits of {count} influencers were sent.")
        return words.replace("{count}", str(len(people)))
    last = sent[-1]
    paths = list(dict.fromkeys(path for each in sent for path in each.paths))
    fields = ", ".join(label_of(path).lower() for path in paths[:_NAMED])
    if len(paths) > _NAMED:
        words = QCoreApplication.translate("UndoSend", "{name}: {count} fields sent.")
        return words.replace("{count}", str(len(paths))).replace("{name}", last.name)
    words = QCoreApplication.translate("UndoSend", "{name}: {fields} sent.")
    return words.replace("{fields}", fields).replace("{name}", last.name)
