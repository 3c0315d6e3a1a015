"""A real workspace file, and short ways to write and read it."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from studio.domain.influencer import Influencer, Personality
from studio.domain.mutation import Clone, Create, Delete
from studio.store import drafts, outbox, personas
from studio.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PROJECT = "254a4ce1-0000-4000-8000-000000000001"
START = datetime(2026, 4, 18, 12, tzinfo=UTC)


class HandClock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.moment = START + timedelta(days=1)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.forward(seconds)

    def forward(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Workspace:
    """One open file: ``do`` writes, ``ask`` reads, both wait for the answer."""

    project = PROJECT

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = HandClock()
        self.db = Database.open(path, clock=self.clock)

    def do(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.clock.forward(1)
        return self.db.submit(fn, *args, **kwargs).result()

    def ask(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self.db.submit_read(fn, *args, **kwargs).result()

    def reopen(self) -> None:
        self.db.close()
        self.db = Database.open(self.path, clock=self.clock)

    def person(self, number: int, name: str = "", **values: Any) -> Influencer:
        """A record with details; ``traits``, ``tone`` and such go into the personality."""
        voice = {
            key: values.pop(key) for key in tuple(values) if key in Personality.__dataclass_fields__
        }
        defaults = {"status": "ready", "created_at": START + timedelta(seconds=number)}
        return Influencer(
            f"inf_{number:03d}",
            values.pop("project_id", self.project),
            name or f"Persona {number}",
            personality=Personality(**voice),
            **{**defaults, **values},
        )

    def know(self, *people: Influencer) -> None:
        """The server said so."""
        for person in people:
            self.do(personas.put_full, person)

    # ---- what a person and the engine do

    def edit(self, influencer_id: str = "inf_001", **values: Any) -> None:
        """Type; a dot in a path is written as two underscores."""
        fields = {path.replace("__", "."): value for path, value in values.items()}
        self.do(drafts.set_fields, influencer_id, fields)

    def publish(self, mutation_id: str, influencer_id: str = "inf_001", **values: Any) -> Any:
        self.edit(influencer_id, **values)
        return self.do(outbox.publish, influencer_id, mutation_id)

    def create(self, mutation_id: str, influencer_id: str, **values: Any) -> Any:
        return self.do(outbox.enqueue, Create(mutation_id, self.project, influencer_id, values))

    def clone(self, mutation_id: str, influencer_id: str, source: str, **overrides: Any) -> Any:
        asked = Clone(mutation_id, self.project, influencer_id, source, "Copy", overrides)
        return self.do(outbox.enqueue, asked)

    def delete(self, mutation_id: str, influencer_id: str) -> Any:
        return self.do(outbox.enqueue, Delete(mutation_id, self.project, influencer_id, "why"))

    def claim(self) -> str | None:
        row = self.do(outbox.claim_next)
        return row.mutation.id if row else None

    def queue(self) -> list[str]:
        return [row.mutation.id for row in self.ask(outbox.waiting)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Workspace]:
    workspace = Workspace(tmp_path / "acme.sqlite3")
    yield workspace
    workspace.db.close()


@pytest.fixture
def workspace_type() -> type[Workspace]:
    """For tests that open many files."""
    return Workspace


_FEW = {"kills": 30, "cuts": 60, "damages": 40}
_MANY = {"kills": 300, "cuts": 2_000, "damages": 200}


@pytest.fixture
def how_often(request: pytest.FixtureRequest) -> Callable[[str], int]:
    """``how_often("kills")``: as the command line says, else many under CI and few without."""

    def number(what: str) -> int:
        asked = request.config.getoption(f"--{what}")
        return int(asked or (_MANY if os.environ.get("CI") else _FEW)[what])

    return number
