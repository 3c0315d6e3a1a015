"""A database of an earlier build, opened by this one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

# As the first build made them.
EARLIER = """
CREATE TABLE influencers (
    id VARCHAR NOT NULL PRIMARY KEY, organization_id VARCHAR NOT NULL, project_id VARCHAR NOT NULL,
    status VARCHAR NOT NULL, persona JSON NOT NULL, unread JSON, face JSON NOT NULL,
    wanted_images INTEGER NOT NULL, created_at VARCHAR NOT NULL, updated_at VARCHAR NOT NULL,
    deleted_at VARCHAR, delete_reason TEXT
);
CREATE TABLE jobs (
    id VARCHAR NOT NULL PRIMARY KEY, organization_id VARCHAR NOT NULL, project_id VARCHAR NOT NULL,
    influencer_id VARCHAR NOT NULL, source_id VARCHAR, kind VARCHAR NOT NULL,
    status VARCHAR NOT NULL, stage VARCHAR NOT NULL, progress FLOAT NOT NULL,
    cancel_requested BOOLEAN NOT NULL, error JSON, started_at VARCHAR NOT NULL, finished_at VARCHAR
);
INSERT INTO jobs VALUES ('job_1', 'o', 'p', 'inf_1', NULL, 'influencer_create', 'completed',
    'finalizing', 1.0, 0, NULL, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z');
"""


def test_it_goes_on_with_the_database_of_the_first_build(
    tmp_path: Path, host: Any, finished: Any
) -> None:
    with host(tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / "partner.db")) as database:
        database.executescript("DROP TABLE influencers; DROP TABLE jobs;" + EARLIER)
    with host(tmp_path) as server:
        api = server.client
        project = api.post("/v1/projects", json={"name": "P", "timezone": "UTC"}).json()["id"]
        job = api.post(f"/v1/projects/{project}/influencers", json={"name": "J"}).json()["jobId"]
        assert finished(api, job)["status"] == "completed"
