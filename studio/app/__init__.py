"""The composition root: builds every part once, wires it, owns start-up and shutdown order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.cli import Options


def run(options: Options) -> int:
    """Start the program and stay until the person leaves; the exit code."""
    import gc

    # Nearly all that is made until the window stands stays for the run: looking for garbage among
    # it takes a tenth of the start. Then the GUI
    # thread alone looks for it (``studio.desktop.collector``).
    gc.disable()
    # Every module imported after PySide6 costs more, so what knows no Qt comes first.
    import studio.app.session  # noqa: F401
    from studio.app.studio import Studio

    return Studio(options).run()
