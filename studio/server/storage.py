"""The database: SQLite in the data folder, or PostgreSQL by URL."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, insert, inspect, select

from studio.server import auth, tables
from studio.server.ids import new_uuid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection, Table

_LOCK_WAIT_S = 10.0


class Storage:
    """One database and its transactions.

    On SQLite there is a single connection that every thread waits for: transactions are short,
    and SQLite before 3.51.3 can damage a WAL file that two connections write and checkpoint.
    """

    def __init__(self, url: str) -> None:
        if url.startswith("sqlite"):
            self._engine = create_engine(
                url,
                pool_size=1,
                max_overflow=0,
                pool_timeout=30,
                hide_parameters=True,
                connect_args={"timeout": _LOCK_WAIT_S, "check_same_thread": False},
            )
            event.listen(self._engine, "connect", _tune_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
        else:
            self._engine = create_engine(url, pool_size=8, max_overflow=16, hide_parameters=True)

    def open(self) -> None:
        """Make the tables that are not there yet, and bring those of an older build up to date."""
        tables.metadata.create_all(self._engine)
        with self.transaction() as connection:
            _update_tables(connection)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction: committed at the end, rolled back by an exception."""
        with self._engine.begin() as connection:
            yield connection


def _update_tables(connection: Connection) -> None:
    """Portraits were once drawn by a count in the influencer's row, and jobs had no pace."""
    columns = {column["name"] for column in inspect(connection).get_columns("influencers")}
    if "wanted_images" in columns:
        for change in (
            "ALTER TABLE influencers DROP COLUMN wanted_images",
            "ALTER TABLE jobs ADD COLUMN queue_pace FLOAT NOT NULL DEFAULT 1",
            "ALTER TABLE jobs ADD COLUMN work_pace FLOAT NOT NULL DEFAULT 1",
        ):
            connection.exec_driver_sql(change)


def _tune_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling off: it would leave savepoints outside transactions.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its key is there; whether it was inserted."""
    # Loaded here: each dialect takes a while to load, and a server needs only one. The row that
    # comes back tells of the insert: drivers differ in what they count.
    key = table.primary_key.columns
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        lite = sqlite_insert(table).values(values).on_conflict_do_nothing()
        return connection.execute(lite.returning(*key)).first() is not None
    from sqlalchemy.dialects.postgresql import insert as postgresql_insert

    postgres = postgresql_insert(table).values(values).on_conflict_do_nothing()
    return connection.execute(postgres.returning(*key)).first() is not None


def setting(connection: Connection, name: str, fresh: str) -> str:
    """The stored setting ``name``; ``fresh`` is stored when there is none."""
    insert_once(connection, tables.settings, {"name": name, "value": fresh})
    found = connection.execute(
        select(tables.settings.c.value).where(tables.settings.c.name == name)
    ).scalar_one()
    return str(found)


def add_organization(
    connection: Connection,
    *,
    name: str,
    owner_email: str,
    tier: str,
    created_at: str,
    included_per_period: int = 0,
    used_this_period: int = 0,
    prepaid: int = 0,
) -> str:
    """Add an organisation and give its id."""
    organization_id = new_uuid()
    connection.execute(
        insert(tables.organizations).values(
            id=organization_id,
            name=name,
            owner_email=owner_email,
            tier=tier,
            revoked=False,
            included_per_period=included_per_period,
            used_this_period=used_this_period,
            prepaid=prepaid,
            created_at=created_at,
        )
    )
    return organization_id


def add_key(
    connection: Connection, organization_id: str, key: auth.KeyParts, created_at: str
) -> None:
    """Let ``key`` act for the organisation. Only the secret's hash is stored."""
    connection.execute(
        insert(tables.api_keys).values(
            handle=key.handle,
            id=auth.new_key_row_id(),
            organization_id=organization_id,
            environment=key.environment,
            digest=key.digest,
            killed=False,
            created_at=created_at,
        )
    )


def find_caller(connection: Connection, key: auth.KeyParts) -> auth.Caller | None:
    """Who the key belongs to, or None when it is not a key of ours."""
    row = connection.execute(
        select(
            tables.api_keys.c.id,
            tables.api_keys.c.digest,
            tables.api_keys.c.environment,
            tables.api_keys.c.killed,
            tables.organizations.c.id.label("organization_id"),
            tables.organizations.c.name,
            tables.organizations.c.revoked,
            tables.organizations.c.owner_email,
            tables.organizations.c.tier,
        )
        .join(tables.organizations, tables.organizations.c.id == tables.api_keys.c.organization_id)
        .where(tables.api_keys.c.handle == key.handle)
    ).one_or_none()
    # An unknown handle is compared too, so that it takes as long as a known one.
    matches = auth.digests_match(row.digest if row is not None else "0" * 64, key)
    if row is None or not matches or row.environment != key.environment:
        return None
    return auth.Caller(
        key_id=row.id,
        key_killed=row.killed,
        organization_id=row.organization_id,
        organization_name=row.name,
        organization_revoked=row.revoked,
        owner_email=row.owner_email,
        tier=row.tier,
    )
