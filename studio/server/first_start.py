"""What an empty database is filled with: the demonstration organisation and its personas.

Rows are there at once. Portraits are drawn afterwards in a thread of their own, the first of
every persona before the second of any, and go on at the next start when they were cut.
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Row, func, select, update

from studio.server import ids
from studio.server.records.influencers import (
    add_influencer,
    fresh_face,
    persona_of,
)
from studio.server.records.jobs import CLONE, CREATE, add_job
from studio.server.records.projects import searchable
from studio.server.renders import settle_identity
from studio.server.storage import add_key, add_organization, find_caller, insert_once
from studio.server.tables import api_keys, influencers, media, organizations, projects
from studio.server.times import wire

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from studio.server.auth import KeyParts
    from studio.server.config import ServerConfig
    from studio.server.renders import Renders
    from studio.server.seed import SeedInfluencer, SeedProject
    from studio.server.storage import Storage

log = logging.getLogger(__name__)

ORGANIZATION: Final = "Acme Growth"
_OWNER: Final = "ops@acme-growth.example"
_INCLUDED: Final = 1000
_USED: Final = 358
_PREPAID: Final = 1200
_IN_WORK: Final = frozenset({"pending", "training"})


def prepare_account(
    connection: Connection,
    config: ServerConfig,
    key: KeyParts,
    seeds: Sequence[SeedProject],
    now: datetime,
) -> None:
    """Let ``key`` in, and fill an empty database.

    The tier of the organisation follows ``config``, so that a restart can change it.

    Raises:
        ValueError: a key of this handle is known with another secret.
    """
    count = connection.execute(select(func.count()).select_from(organizations)).scalar_one()
    if count == 0:
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
        _add_projects(connection, organization_id, seeds, now)
    else:
        organization_id = connection.execute(
            select(organizations.c.id).order_by(organizations.c.created_at).limit(1)
        ).scalar_one()
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


def _add_projects(
    connection: Connection, organization_id: str, seeds: Sequence[SeedProject], now: datetime
) -> None:
    ages = [each.created_days_ago for project in seeds for each in project.influencers]
    before_all = now - timedelta(days=max(ages, default=0.0) + 1)
    # Lists are newest first: the earlier in the seed, the later a project was made.
    for place, project in enumerate(seeds):
        created = wire(before_all - timedelta(hours=place))
        _add_project(connection, organization_id, project, created, now)


def _add_project(
    connection: Connection,
    organization_id: str,
    seed: SeedProject,
    created: str,
    now: datetime,
) -> None:
    project_id = ids.new_uuid()
    insert_once(
        connection,
        projects,
        {
            "id": project_id,
            "organization_id": organization_id,
            "status": "active",
            "customer_external_id": seed.customer_external_id,
            "search_name": searchable(seed.name),
            "fields": {
                "name": seed.name,
                "timezone": seed.timezone,
                "primaryLanguage": seed.primary_language,
                "ownerEmail": _OWNER,
                "metadata": None,
                "brandContext": seed.brand_context,
            },
            "created_at": created,
            "updated_at": created,
        },
    )
    made: dict[str, str] = {}
    for each in sorted(seed.influencers, key=lambda one: -one.created_days_ago):
        made[each.name] = _add_influencer(
            connection, organization_id, project_id, each, made.get(each.clone_of or ""), now
        )


def _add_influencer(
    connection: Connection,
    organization_id: str,
    project_id: str,
    seed: SeedInfluencer,
    source_id: str | None,
    now: datetime,
) -> str:
    influencer_id = ids.mint("inf")
    persona = persona_of(seed.fields)
    in_work = seed.status in _IN_WORK
    add_influencer(
        connection,
        influencer_id=influencer_id,
        organization_id=organization_id,
        project_id=project_id,
        status=seed.status,
        persona=persona,
        face=fresh_face(influencer_id, persona)
        | {"identity": seed.identity, "firstVariation": seed.first_variation},
        created_at=wire(now - timedelta(days=seed.created_days_ago)),
        wanted_images=0 if in_work else seed.reference_count,
    )
    if in_work:
        add_job(
            connection,
            organization_id=organization_id,
            project_id=project_id,
            influencer_id=influencer_id,
            kind=CLONE if seed.clone_of else CREATE,
            source_id=source_id,
            now=wire(now),
        )
    return influencer_id


class SeedPortraits:
    """Draws the portraits seeded personas still want."""

    def __init__(self, storage: Storage, renders: Renders) -> None:
        self._storage = storage
        self._renders = renders
        self._thread = threading.Thread(target=self._work, name="seed-portraits", daemon=True)

    def open(self) -> None:
        """Begin drawing, if anything is wanted."""
        self._thread.start()

    def close(self) -> None:
        """Wait for the picture being drawn; :meth:`Renders.stop` is called before."""
        self._thread.join(timeout=5)

    def _work(self) -> None:
        try:
            with self._storage.transaction() as connection:
                wanting = connection.execute(
                    select(influencers)
                    .where(influencers.c.wanted_images > 0)
                    .order_by(influencers.c.created_at.desc())
                ).all()
            for index in range(max((person.wanted_images for person in wanting), default=0)):
                for person in wanting:
                    if self._renders.stopping:
                        return
                    if index < person.wanted_images:
                        self._draw(person, index)
            self._all_drawn([person.id for person in wanting])
        except Exception:
            log.exception("seed portraits could not be drawn")

    def _draw(self, person: Row[Any], index: int) -> None:
        asset_id = ids.derived("med", f"{person.id}/seed/{index}")
        with self._storage.transaction() as connection:
            if connection.execute(select(media.c.id).where(media.c.id == asset_id)).first():
                return
            identity = settle_identity(connection, person)
        picture = self._renders.draw(identity, person.face["firstVariation"] + index)
        self._renders.keep_picture(person, asset_id, picture, person.created_at)

    def _all_drawn(self, influencer_ids: list[str]) -> None:
        with self._storage.transaction() as connection:
            connection.execute(
                update(influencers)
                .where(influencers.c.id.in_(influencer_ids))
                .values(wanted_images=0)
            )
