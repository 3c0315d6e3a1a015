"""What a running server is told: limits, speed of renders, where things lie."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from studio.core.values import dataclass

GENERATIONS: Final = ("P1", "L")
TIERS: Final = ("standard", "pilot", "partner")


@dataclass(frozen=True, slots=True)
class TierLimits:
    """Requests a minute by class, writes a day (contract 1.9), running jobs (our numbers)."""

    read_light: int
    write_light: int
    long_running: int
    daily_writes: int
    running_jobs: int


LIMITS: Final[dict[str, TierLimits]] = {
    "standard": TierLimits(120, 60, 20, 10_000, 8),
    "pilot": TierLimits(1_200, 600, 60, 100_000, 32),
    "partner": TierLimits(6_000, 3_000, 300, 500_000, 200),
}


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """Settings of one server.

    Attributes:
        data_dir: holds the database, the key and the media files.
        database_url: an SQLAlchemy URL; empty means SQLite in ``data_dir``.
        media_folder: where media files lie; empty means in ``data_dir``. Servers that share a
            database share this folder too.
        tier: rate tier of the organisation made at the first start.
        running_jobs: cap on running jobs per organisation; None takes the tier's.
        render_seconds: about how long one create or clone takes.
        picture_side: edge of a rendered reference image in pixels.
        fail_renders_named: shell pattern; a persona whose name matches fails to render.
        executor_id: name of this process among those that share a database.
        demo: fill an empty database with the demo organisation's projects.
        roster: how many personas these have in all, at least.
        generation: which generation of the contract is spoken (contract 4).
    """

    data_dir: Path
    database_url: str = ""
    media_folder: str = ""
    tier: str = "partner"
    running_jobs: int | None = None
    render_seconds: float = 6.0
    picture_side: int = 768
    fail_renders_named: str = ""
    executor_id: str = "local"
    demo: bool = True
    roster: int = 0
    generation: str = "P1"

    @property
    def main_database_url(self) -> str:
        """Where rows are kept."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'partner.db').as_posix()}"

    @property
    def workflow_database_url(self) -> str:
        """Where the durable workflows keep their steps."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'workflows.db').as_posix()}"

    @property
    def media_dir(self) -> Path:
        """Where media files lie."""
        return Path(self.media_folder) if self.media_folder else self.data_dir / "media"
