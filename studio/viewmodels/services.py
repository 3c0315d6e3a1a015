"""What view models may ask for. ``studio.app`` hands in the parts that do it.

Every async method may raise ``StudioError``; nothing else leaves a service. A method that changes
something returns when the change is durable on this computer, never waiting for the network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from studio.domain.conflict import Conflict
    from studio.domain.influencer import FieldValue, Influencer
    from studio.domain.job import Job
    from studio.domain.projection import Shown
    from studio.domain.roster import ProjectRow, RosterCounts, RosterQuery, RosterRow
    from studio.domain.status import SyncStatus
    from studio.domain.upload import Upload


class PersonaService(Protocol):
    """Influencers of this workspace: read, edit, publish, create, clone, delete."""

    async def projects(self) -> tuple[ProjectRow, ...]:
        """Active projects, newest first."""
        ...

    async def use_project(self, project_id: str) -> None:
        """This project is on screen: keep it fresh before others, remember it for the next run."""
        ...

    async def roster(self, query: RosterQuery, offset: int, limit: int) -> tuple[RosterRow, ...]:
        """Rows ``offset`` .. ``offset + limit`` of the query."""
        ...

    async def roster_size(self, query: RosterQuery) -> int:
        """How many rows the query has in all."""
        ...

    async def counts(self, query: RosterQuery) -> RosterCounts:
        """Rows per view and per chip (the chips within the query's view and text)."""
        ...

    async def position(self, query: RosterQuery, influencer_id: str) -> int | None:
        """The index of one influencer within the query, None when it is not among its rows."""
        ...

    async def show(self, influencer_id: str) -> Shown | None:
        """The projection of one influencer; None when unknown. Reads only what is stored here."""
        ...

    async def freshen(self, influencer_id: str) -> None:
        """Read its full record from the server soon, before others."""
        ...

    async def edit(
        self, influencer_id: str, values: Mapping[str, FieldValue], initiator: object = None
    ) -> None:
        """Put values by field path into the draft; one equal to the base leaves the draft."""
        ...

    async def discard(self, influencer_id: str) -> None:
        """Drop every unsent edit of one influencer; a new one that was never sent goes whole."""
        ...

    async def publish(self, influencer_id: str) -> None:
        """Queue the changed fields. Raises FixInput, naming the field, when one cannot be sent."""
        ...

    async def create(self, project_id: str, values: Mapping[str, FieldValue]) -> str:
        """Queue a new influencer; its id. Raises FixInput."""
        ...

    async def clone(self, source_id: str, name: str, overrides: Mapping[str, FieldValue]) -> str:
        """Queue a clone; the id of the placeholder. Raises FixInput."""
        ...

    async def clone_name(self, source_id: str) -> str:
        """A unique name for a variant, such as ``Nova (B)``."""
        ...

    async def delete(self, influencer_id: str, reason: str) -> None:
        """Queue a soft delete with the reason given."""
        ...

    async def send_again(self, influencer_id: str) -> None:
        """Try its waiting or blocked changes now."""
        ...

    async def take_back(self, influencer_id: str) -> None:
        """Take its blocked or waiting changes out of the outbox; edits return to the draft."""
        ...

    async def variants(self, influencer_id: str) -> tuple[Influencer, ...]:
        """Influencers this workspace cloned from it."""
        ...

    async def suggestions(self, project_id: str, path: str) -> tuple[str, ...]:
        """Values used at a field across the roster, most used first."""
        ...


class ConflictService(Protocol):
    """Publishes that met somebody else's edit, and influencers that are gone on the server."""

    async def conflicts(self, project_id: str = "") -> tuple[Conflict, ...]:
        """Every one that waits for a person, the oldest first; of all projects when empty."""
        ...

    async def conflict(self, influencer_id: str) -> Conflict | None:
        """The one of this influencer, None when there is none (any more)."""
        ...

    async def resolve(self, influencer_id: str, values: Mapping[str, FieldValue]) -> None:
        """Publish what was decided: a value for each field that needs a choice, any value at all.

        Fields that merged by themselves go along; ``values`` may replace them too. What loses stays
        in the history. Raises FixInput, ChangeStateFirst when there is nothing to resolve any more.
        """
        ...

    async def recreate(self, influencer_id: str) -> str:
        """Make a new influencer, as a draft here, of one that is gone on the server; its id."""
        ...

    async def let_go(self, influencer_id: str) -> None:
        """Drop the unsent edits of one that is gone on the server; they stay in the history."""
        ...


class JobService(Protocol):
    """Render jobs this workspace follows."""

    async def jobs(self, project_id: str = "") -> tuple[Job, ...]:
        """Running ones first, then those ended within the last day; all projects when empty."""
        ...

    async def cancel(self, job_id: str) -> None:
        """Ask the server to stop; the job's ``cancel`` and ``status`` tell what came of it."""
        ...

    async def dismiss(self, job_id: str) -> None:
        """Take an ended job off the list."""
        ...


class UploadService(Protocol):
    """Images on their way to an influencer."""

    async def add_files(self, influencer_id: str, paths: Sequence[Path]) -> int:
        """Take in files; how many were accepted. Refused ones appear as refused uploads."""
        ...

    async def add_bytes(self, influencer_id: str, data: bytes, filename: str) -> int:
        """Take in one image from memory (paste, browser drop)."""
        ...

    async def uploads(self, influencer_id: str) -> tuple[Upload, ...]:
        """Everything not yet bound, oldest first, refused and not-found ones included."""
        ...

    async def retry(self, upload_id: str) -> None:
        """Start a refused-by-server, failed or not-found one again from its prepared copy."""
        ...

    async def remove(self, upload_id: str) -> None:
        """Take it off its way; what was refused is forgotten for good."""
        ...

    async def put_back(self, upload_id: str) -> bool:
        """Send on its way what was taken off it; False when it is not here any more."""
        ...


class PictureService(Protocol):
    """Pictures of the server, kept on this computer."""

    def stored(self, url: str) -> Path | None:
        """The file of a picture that is already here; never waits."""
        ...

    async def fetch(self, url: str) -> Path:
        """The file, downloaded if it has to be. Raises TryLater or Bug."""
        ...


class SyncService(Protocol):
    """Contact with the server."""

    @property
    def status(self) -> SyncStatus:
        """What is known now; ``StatusChanged`` tells when it moved."""
        ...

    def sync_now(self) -> None:
        """Push and pull at once instead of at the next due time."""
        ...
