"""What an empty database is filled with: the demonstration organisation and its personas.

Everything is there at once, pictures included: these are rows that say what is to be drawn, and
:mod:`studio.server.drawings` draws it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select, update

from studio.server import ids
from studio.server.records.influencers import fresh_face, influencer_row, persona_of
from studio.server.records.jobs import CLONE, CREATE, add_job
from studio.server.records.media import NewAsset, asset_row
from studio.server.records.projects import searchable
from studio.server.renders import PICTURE_TYPE
from studio.server.storage import add_key, add_organization, find_caller
from studio.server.tables import (
    api_keys,
    drawings,
    influencers,
    media,
    organizations,
    projects,
    reference_images,
)
from studio.server.times import wire

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Table

    from studio.server.auth import KeyParts
    from studio.server.config import ServerConfig
    from studio.server.seed import SeedInfluencer, SeedProject

ORGANIZATION: Final = "Acme Growth"
_OWNER: Final = "ops@acme-growth.example"
_INCLUDED: Final = 1000
_USED: Final = 358
_PREPAID: Final = 1200
# Slow enough that whoever opens the program sees somebody wait and somebody work: about half a
# minute at the usual speed. One that works already does not wait.
_PACES: Final = {"training": (0.0, 6.0), "pending": (40.0, 2.6)}


def prepare_account(
    connection: Connection, config: ServerConfig, key: KeyParts, now: datetime
) -> None:
    """Let ``key`` in, and fill an empty database.

    The tier of the organisation follows ``config``, so that a restart can change it.

    Raises:
        ValueError: a key of this handle is known with another secret.
    """
    found = connection.execute(
        select(organizations.c.id, organizations.c.tier)
        .order_by(organizations.c.created_at)
        .limit(1)
    ).one_or_none()
    if found is None:
        organization_id = _add_organization(connection, config, now)
    else:
        organization_id = found.id
        if found.tier != config.tier:
            connection.execute(
                update(organizations)
                .where(organizations.c.id == organization_id)
                .values(tier=config.tier)
            )
    known = connection.execute(
        select(api_keys.c.handle).where(api_keys.c.handle == key.handle)
    ).one_or_none()
    if known is None:
        add_key(connection, organization_id, key, wire(now))
    elif find_caller(connection, key) is None:
        raise ValueError("The key file holds another secret than the database knows.")


def _add_organization(connection: Connection, config: ServerConfig, now: datetime) -> str:
    organization_id = add_organization(
        connection,
        name=ORGANIZATION,
        owner_email=_OWNER,
        tier=config.tier,
        created_at=wire(now),
        included_per_period=_INCLUDED,
        used_this_period=_USED,
        prepaid=_PREPAID,
    )
    if config.demo:
        from studio.server.roster import filled
        from studio.server.seed import personas

        seeds = filled(personas(), config.roster)
        ages = [each.created_days_ago for project in seeds for each in project.influencers]
        before_all = now - timedelta(days=max(ages) + 1)
        for place, seed in enumerate(seeds):
            # Lists are newest first: the earlier in the seed, the later a project was made.
            created = wire(before_all - timedelta(hours=place))
            _Filling(connection, organization_id, now).add_project(seed, created)
    return organization_id


@dataclass
class _Filling:
    """The rows of one project, gathered to be inserted table by table."""

    connection: Connection
    organization_id: str
    now: datetime
    project_id: str = field(default_factory=ids.new_uuid)
    rows: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    """Influencer ids by name."""
    drawn: dict[str, list[str]] = field(default_factory=dict)
    """The asset ids of everybody's pictures, by name."""

    def add_project(self, seed: SeedProject, created: str) -> None:
        self._row(
            projects,
            id=self.project_id,
            organization_id=self.organization_id,
            status="active",
            customer_external_id=seed.customer_external_id,
            search_name=searchable(seed.name),
            fields={
                "name": seed.name,
                "timezone": seed.timezone,
                "primaryLanguage": seed.primary_language,
                "ownerEmail": _OWNER,
                "metadata": None,
                "brandContext": seed.brand_context,
            },
            created_at=created,
            updated_at=created,
        )
        # A source is older than its clones; pictures are drawn before they are shared.
        for each in sorted(
            seed.influencers, key=lambda one: (one.pictures_of is not None, -one.created_days_ago)
        ):
            self._add_influencer(each)
        for table, rows in self.rows.items():
            self.connection.execute(insert(table), rows)

    def _row(self, table: Table, **values: Any) -> None:
        self.rows.setdefault(table, []).append(values)

    def _add_influencer(self, seed: SeedInfluencer) -> None:
        influencer_id = self.made[seed.name] = ids.mint("inf")
        created = wire(self.now - timedelta(days=seed.created_days_ago))
        persona = persona_of(seed.fields)
        face = fresh_face(influencer_id, persona) | {"identity": seed.identity}
        self._row(
            influencers,
            **influencer_row(
                influencer_id=influencer_id,
                organization_id=self.organization_id,
                project_id=self.project_id,
                status=seed.status,
                persona=persona,
                face=face,
                created_at=created,
            ),
        )
        if seed.status in _PACES:
            self._add_job(seed, influencer_id)
            return
        if seed.pictures_of is None:
            self._add_pictures(seed, influencer_id, created)
            asset_ids = self.drawn[seed.name]
        else:
            drawn = self.drawn[seed.pictures_of]
            first = seed.first_variation % len(drawn)
            asset_ids = (drawn[first:] + drawn[:first])[: seed.reference_count]
        for position, asset_id in enumerate(asset_ids):
            self._row(
                reference_images,
                influencer_id=influencer_id,
                asset_id=asset_id,
                position=position,
                added_at=created,
            )

    def _add_pictures(self, seed: SeedInfluencer, influencer_id: str, created: str) -> None:
        drawn = self.drawn[seed.name] = []
        for index in range(seed.reference_count):
            asset_id = ids.mint("med")
            drawn.append(asset_id)
            asset = NewAsset(
                asset_id=asset_id,
                organization_id=self.organization_id,
                project_id=self.project_id,
                kind="reference_image",
                mime_type=PICTURE_TYPE,
                filename=None,
                size_bytes=0,
                sha256="",
                thumbnail=True,
                photograph=False,
            )
            self._row(media, **asset_row(asset, created))
            self._row(
                drawings,
                asset_id=asset_id,
                influencer_id=influencer_id,
                variation=seed.first_variation + index,
            )

    def _add_job(self, seed: SeedInfluencer, influencer_id: str) -> None:
        queue_pace, work_pace = _PACES[seed.status]
        add_job(
            self.connection,
            organization_id=self.organization_id,
            project_id=self.project_id,
            influencer_id=influencer_id,
            kind=CLONE if seed.clone_of else CREATE,
            source_id=self.made.get(seed.clone_of or ""),
            now=wire(self.now),
            queue_pace=queue_pace,
            work_pace=work_pace,
        )
