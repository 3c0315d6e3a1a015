"""Python's garbage collector, kept on the GUI thread.

A cycle that holds a Qt object must not be collected by a worker thread that happens to allocate:
Qt would destroy the object there, and the program dies later, in the middle of the event loop. So
automatic collection is off, and a timer of the GUI thread does what the interpreter would have
done.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 400


class Collector(QObject):
    """Collects by the interpreter's own thresholds, on the thread it was made on."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Take over from the interpreter. What is alive now counts as permanent from here on."""
        super().__init__(parent)
        gc.disable()
        gc.freeze()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Do the oldest generation that is due, if any; usually nothing or a fraction of a ms."""
        due = [
            generation
            for generation, (count, limit) in enumerate(
                zip(gc.get_count(), gc.get_threshold(), strict=True)
            )
            if limit and count > limit
        ]
        if due:
            gc.collect(due[-1])

    def stop(self) -> None:
        """Give collection back to the interpreter, at the very end."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
