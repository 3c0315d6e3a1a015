"""When the start reached what: told on request, for the benchmark."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject

from studio.domain.events import StatusChanged

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from studio.core.events import EventHub, Subscription
    from studio.viewmodels.gallery import GalleryModel
    from studio.viewmodels.services import SyncService


def since_process_start() -> float:
    """Milliseconds since the operating system began this process; -1 where it does not tell."""
    try:
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        began = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return (time.clock_gettime(time.CLOCK_BOOTTIME) - began) * 1000
    except (OSError, ValueError, AttributeError):
        return -1.0


class Milestones(QObject):
    """Prints a JSON line for first paint, painted roster and the server's first answer."""

    def __init__(self, hub: EventHub, sync: SyncService, gallery: GalleryModel) -> None:
        super().__init__()
        self._sync = sync
        self._gallery = gallery
        self._told: set[str] = set()
        self._subscription: Subscription = hub.subscribe(StatusChanged, self._on_status)

    def watch(self, window: QWidget, grid: QWidget) -> None:
        """Listen to the paint events of the window and of the cards."""
        self._window, self._grid = window, grid
        window.installEventFilter(self)
        grid.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Paint events tell the milestone; nothing is ever kept from its receiver."""
        if event.type() == QEvent.Type.Paint:
            if watched is self._window:
                self._tell("window")
            elif watched is self._grid and self._gallery.size:
                self._tell("roster_painted")
        return False

    def _on_status(self, _event: StatusChanged) -> None:
        if self._sync.status.contact == "online":
            self._tell("interactive")

    def _tell(self, milestone: str) -> None:
        if milestone not in self._told:
            self._told.add(milestone)
            spent = {"ms": since_process_start(), "cpu": time.process_time() * 1000}
            line = json.dumps({"milestone": milestone} | {k: round(v, 1) for k, v in spent.items()})
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
