"""The passing offer to undo a publish that was just sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.domain.outbox import UNDO_SECONDS

if TYPE_CHECKING:
    from studio.ui.widgets.toast import Toast, ToastStack
    from studio.viewmodels.undo_send import UndoOffer, UndoSendViewModel


class UndoSendToast(QObject):
    """Keeps at most one toast: a newer offer holds what the older one did."""

    def __init__(
        self, model: UndoSendViewModel, toasts: ToastStack, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._model, self._toasts = model, toasts
        self._toast: Toast | None = None
        model.offered.connect(self._on_offered)
        model.withdrawn.connect(self._leave)

    def _on_offered(self, offer: UndoOffer) -> None:
        self._leave()
        self._toast = self._toasts.notify(
            offer.sentence, action=self.tr("Undo send"), tone="ok", seconds=UNDO_SECONDS
        )
        self._toast.action_triggered.connect(self._model.undo)
        self._toast.closed.connect(self._on_closed)

    def _leave(self) -> None:
        toast, self._toast = self._toast, None
        if toast is not None:
            toast.leave()

    def _on_closed(self, toast: object) -> None:
        if toast is self._toast:
            self._toast = None
