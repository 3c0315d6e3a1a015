"""The demonstration projects a fresh local server starts with, read from ``resources/seed``.

The people are invented. Every field keeps the limits of the contract (section 2.4.3).
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from studio.core.paths import resource_dir
from studio.core.values import dataclass

if TYPE_CHECKING:
    from pathlib import Path

_FILES = ("acme-coffee-ios.json", "beta-fitness.json", "calendly-clone.json")


@dataclass(frozen=True, slots=True)
class SeedInfluencer:
    """One persona of a demonstration project.

    ``fields`` is a create body of the contract without pictures (camelCase keys). ``clone_of`` is
    the name of another persona of the same project. ``reference_count`` pictures are drawn from
    ``identity`` (see ``studio.server.portraits.Identity.from_json``), beginning with variation
    ``first_variation``; without an identity the texts in ``fields`` decide the face. With
    ``pictures_of``, the name of another persona of the same project, these are not drawn anew but
    that many of the other's pictures, beginning with that one.
    """

    fields: dict[str, Any]
    status: str
    clone_of: str | None
    created_days_ago: float
    reference_count: int
    first_variation: int
    identity: dict[str, Any] | None
    pictures_of: str | None = None

    @property
    def name(self) -> str:
        """The persona's name."""
        return str(self.fields["name"])


@dataclass(frozen=True, slots=True)
class SeedProject:
    """One demonstration project with its personas, newest first."""

    name: str
    timezone: str
    primary_language: str
    customer_external_id: str
    brand_context: dict[str, Any] | None
    influencers: tuple[SeedInfluencer, ...]


@cache
def personas() -> tuple[SeedProject, ...]:
    """The three projects in the order of the side bar. Raises OSError if a file is missing."""
    folder = resource_dir() / "seed"
    return tuple(_project(folder / name) for name in _FILES)


def _project(path: Path) -> SeedProject:
    data = json.loads(path.read_text(encoding="utf-8"))
    entries: list[dict[str, Any]] = data["influencers"]
    identities = {entry["fields"]["name"]: entry["identity"] for entry in entries}
    return SeedProject(
        name=data["name"],
        timezone=data["timezone"],
        primary_language=data["primaryLanguage"],
        customer_external_id=data["customerExternalId"],
        brand_context=data["brandContext"],
        influencers=tuple(_influencer(entry, identities) for entry in entries),
    )


def _influencer(
    entry: dict[str, Any], identities: dict[str, dict[str, Any] | None]
) -> SeedInfluencer:
    """One entry; a clone wears the face of its source, which therefore is written once."""
    source = entry["cloneOf"]
    return SeedInfluencer(
        fields=entry["fields"],
        status=entry["status"],
        clone_of=source,
        created_days_ago=entry["createdDaysAgo"],
        reference_count=entry["referenceCount"],
        first_variation=entry["firstVariation"],
        identity=entry["identity"] if source is None else identities[source],
    )
