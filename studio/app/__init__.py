"""The composition root: builds every part once, wires it, owns start-up and shutdown order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.cli import Options


NOT_FOR_THE_FIRST_PAINT = (
    *(
        f"studio.store.{name}"
        for name in (
            *("adopting", "as_of", "coalesce", "conflicts", "decisions", "dialects", "draft_rows"),
            *("drafts", "edit_steps", "history", "jobs", "lineage", "outbox", "outbox_control"),
            *("outbox_rows", "outbox_view", "persona_rows", "personas", "projections", "pulled"),
            *("taking_back", "uploads"),
        )
    ),
    *(f"studio.api.{name}" for name in ("bodies", "dialects", "endpoints", "mapping")),
    "studio.media.intake",
    *(f"studio.sync.{name}" for name in ("timeline", "wording")),
)
"""Changes, history, calls and intake: the stored roster is shown without them."""


def run(options: Options) -> int:
    """Start the program and stay until the person leaves; the exit code."""
    import gc

    from studio.core.late_modules import hold_back

    # Nearly all that is made until the window stands stays for the run: looking for garbage among
    # it takes a tenth of the start. Then the GUI thread alone looks for it
    # (``studio.desktop.collector``).
    gc.disable()
    hold_back(NOT_FOR_THE_FIRST_PAINT)
    # Every module imported after PySide6 costs more, so what knows no Qt comes first.
    import studio.app.session  # noqa: F401
    from studio.app.studio import Studio

    return Studio(options).run()
