"""The server's tables. Moments are text in the wire form, which sorts as time does."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

settings = Table(
    "settings",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)

organizations = Table(
    "organizations",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("owner_email", Text, nullable=False),
    Column("tier", String, nullable=False),
    Column("revoked", Boolean, nullable=False, default=False),
    Column("included_per_period", Integer, nullable=False, default=0),
    Column("used_this_period", Integer, nullable=False, default=0),
    Column("prepaid", Integer, nullable=False, default=0),
    Column("created_at", String, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("handle", String, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("organization_id", String, nullable=False),
    Column("environment", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("killed", Boolean, nullable=False, default=False),
    Column("created_at", String, nullable=False),
)

projects = Table(
    "projects",
    metadata,
    Column("id", String, primary_key=True),
    Column("organization_id", String, nullable=False),
    Column("status", String, nullable=False),
    Column("customer_external_id", Text),
    Column("search_name", Text, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("created_at", String, nullable=False),
    Column("updated_at", String, nullable=False),
    Column("archived_at", String),
    Column("archive_reason", Text),
    Index("projects_listed", "organization_id", "created_at", "id"),
)

# ``persona`` holds the contract's fields; ``unread`` what create takes and never echoes (Q6);
# ``face`` what portraits are drawn from.
influencers = Table(
    "influencers",
    metadata,
    Column("id", String, primary_key=True),
    Column("organization_id", String, nullable=False),
    Column("project_id", String, nullable=False),
    Column("status", String, nullable=False),
    Column("persona", JSON, nullable=False),
    Column("unread", JSON),
    Column("face", JSON, nullable=False),
    Column("created_at", String, nullable=False),
    Column("updated_at", String, nullable=False),
    Column("deleted_at", String),
    Column("delete_reason", Text),
    Index("influencers_listed", "project_id", "created_at", "id"),
)

# ``token`` is the unguessable part of the public address; ``thumbnail`` tells whether a small
# picture was made; ``photograph`` is true for pictures people sent, false for rendered ones.
media = Table(
    "media",
    metadata,
    Column("id", String, primary_key=True),
    Column("organization_id", String, nullable=False),
    Column("project_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("mime_type", String, nullable=False),
    Column("filename", Text),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String, nullable=False),
    Column("token", String, nullable=False, unique=True),
    Column("thumbnail", Boolean, nullable=False, default=False),
    Column("photograph", Boolean, nullable=False, default=False),
    Column("created_at", String, nullable=False),
)

# Pictures that are drawn when somebody first asks for them. Until then, and in their row of
# ``media`` for good, size and checksum are 0 and empty: no call of the contract tells these.
drawings = Table(
    "drawings",
    metadata,
    Column("asset_id", String, primary_key=True),
    Column("influencer_id", String, nullable=False),
    Column("variation", Integer, nullable=False),
)

reference_images = Table(
    "reference_images",
    metadata,
    Column("influencer_id", String, primary_key=True),
    Column("asset_id", String, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("added_at", String, nullable=False),
)

# The asset id is fixed from the start, so the bytes are received where the asset will lie.
uploads = Table(
    "uploads",
    metadata,
    Column("id", String, primary_key=True),
    Column("organization_id", String, nullable=False),
    Column("project_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("mime_type", String, nullable=False),
    Column("filename", Text),
    Column("size_bytes", BigInteger),
    Column("sha256", String),
    Column("asset_id", String, nullable=False),
    Column("received_bytes", BigInteger),
    Column("received_sha256", String),
    Column("thumbnail", Boolean, nullable=False, default=False),
    Column("finalized", Boolean, nullable=False, default=False),
    Column("created_at", String, nullable=False),
)

# ``queue_pace`` and ``work_pace`` say how many times slower than usual a job waits and works.
jobs = Table(
    "jobs",
    metadata,
    Column("id", String, primary_key=True),
    Column("organization_id", String, nullable=False),
    Column("project_id", String, nullable=False),
    Column("influencer_id", String, nullable=False),
    Column("source_id", String),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("progress", Float, nullable=False, default=0.0),
    Column("cancel_requested", Boolean, nullable=False, default=False),
    Column("queue_pace", Float, nullable=False, default=1.0, server_default="1"),
    Column("work_pace", Float, nullable=False, default=1.0, server_default="1"),
    Column("error", JSON),
    Column("started_at", String, nullable=False),
    Column("finished_at", String),
    Index("jobs_running", "organization_id", "status"),
)

# ``key_handle`` and ``route`` scope the caller's key, so two routes never share an answer (Q13).
idempotency = Table(
    "idempotency",
    metadata,
    Column("key_handle", String, primary_key=True),
    Column("route", Text, primary_key=True),
    Column("idempotency_key", String, primary_key=True),
    Column("body_digest", String, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", JSON),
    Column("created_at", String, nullable=False),
    Index("idempotency_age", "created_at"),
)
