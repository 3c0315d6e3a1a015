-- Times are microseconds since 1970 in UTC. Lists, maps and field values are JSON.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE project (
    id                   TEXT PRIMARY KEY,
    name                 TEXT NOT NULL,
    status               TEXT NOT NULL,
    timezone             TEXT NOT NULL,
    primary_language     TEXT NOT NULL,
    customer_external_id TEXT,
    created_at           INTEGER,
    updated_at           INTEGER,
    extra                TEXT NOT NULL DEFAULT '{}',
    gone_at              INTEGER
) STRICT;

-- What the server last said about each influencer. Rows gone from the server stay, as the shelf.
CREATE TABLE persona (
    id                TEXT PRIMARY KEY,
    project_id        TEXT NOT NULL,
    name              TEXT NOT NULL,
    status            TEXT NOT NULL,
    gender            TEXT,
    age_range         TEXT,
    ethnicity         TEXT,
    body_type         TEXT,
    hair_color        TEXT,
    hair_style        TEXT,
    style             TEXT,
    vibe              TEXT,
    voice_description TEXT,
    personality       TEXT NOT NULL DEFAULT '{}',
    reference_images  TEXT NOT NULL DEFAULT '[]',
    thumbnail_url     TEXT,
    created_at        INTEGER,
    updated_at        INTEGER,
    detailed          INTEGER NOT NULL DEFAULT 0,
    extra             TEXT NOT NULL DEFAULT '{}',
    stale             INTEGER NOT NULL DEFAULT 0,
    details_at        INTEGER NOT NULL DEFAULT 0,
    first_seen_at     INTEGER NOT NULL,
    confirmed_at      INTEGER NOT NULL,
    deleted_at        INTEGER,
    deleted_reason    TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX persona_of_project ON persona (project_id, deleted_at);
CREATE INDEX persona_without_details ON persona (project_id, created_at)
    WHERE deleted_at IS NULL AND (stale = 1 OR detailed = 0 AND details_at = 0);

-- Which influencer was cloned from which, as far as this workspace did it.
CREATE TABLE lineage (
    influencer_id TEXT PRIMARY KEY,
    source_id     TEXT NOT NULL,
    overrides     TEXT NOT NULL DEFAULT '{}',
    created_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX lineage_of_source ON lineage (source_id, created_at);

CREATE TABLE draft (
    influencer_id TEXT PRIMARY KEY,
    project_id    TEXT NOT NULL,
    is_new        INTEGER NOT NULL DEFAULT 0,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE draft_field (
    influencer_id TEXT NOT NULL REFERENCES draft (influencer_id) ON DELETE CASCADE,
    path          TEXT NOT NULL,
    value         TEXT NOT NULL,
    base          TEXT NOT NULL,
    updated_at    INTEGER NOT NULL,
    PRIMARY KEY (influencer_id, path)
) STRICT, WITHOUT ROWID;

-- Append only: every change to a draft, and what became of it. Undo and versions read it.
CREATE TABLE history (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    at            INTEGER NOT NULL,
    who           TEXT NOT NULL,
    kind          TEXT NOT NULL,
    project_id    TEXT NOT NULL,
    influencer_id TEXT NOT NULL,
    path          TEXT NOT NULL,
    old           TEXT NOT NULL,
    new           TEXT NOT NULL,
    mutation_id   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX history_of_influencer ON history (influencer_id, seq);

-- What was asked for and not yet confirmed, in the order it was asked.
CREATE TABLE outbox (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT NOT NULL UNIQUE,
    kind          TEXT NOT NULL CHECK (kind IN ('patch', 'create', 'clone', 'delete', 'bind')),
    project_id    TEXT NOT NULL,
    influencer_id TEXT NOT NULL,
    source_id     TEXT NOT NULL DEFAULT '',
    body          TEXT NOT NULL,
    state         TEXT NOT NULL DEFAULT 'waiting'
                  CHECK (state IN ('waiting', 'sending', 'blocked')),
    created_at    INTEGER NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    maybe_sent    INTEGER NOT NULL DEFAULT 0,
    next_try      INTEGER,
    reason        TEXT NOT NULL DEFAULT '',
    reason_code   TEXT NOT NULL DEFAULT '',
    reason_field  TEXT NOT NULL DEFAULT '',
    request_id    TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX outbox_of_influencer ON outbox (influencer_id, seq);
CREATE INDEX outbox_of_source ON outbox (source_id, seq) WHERE source_id <> '';

CREATE TABLE job (
    id            TEXT PRIMARY KEY,
    kind          TEXT NOT NULL,
    project_id    TEXT NOT NULL,
    influencer_id TEXT NOT NULL,
    status        TEXT NOT NULL,
    stage         TEXT NOT NULL,
    progress      REAL,
    is_clone      INTEGER NOT NULL,
    source_id     TEXT NOT NULL,
    started_at    INTEGER,
    finished_at   INTEGER,
    error_code    TEXT NOT NULL,
    error_message TEXT NOT NULL,
    request_id    TEXT NOT NULL,
    etag          TEXT NOT NULL,
    cancel        TEXT NOT NULL,
    ended         INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    ended_at      INTEGER,
    dismissed     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX job_listed ON job (dismissed, ended, ended_at);
CREATE INDEX job_of_influencer ON job (influencer_id);

CREATE TABLE upload (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT NOT NULL UNIQUE,
    project_id    TEXT NOT NULL,
    influencer_id TEXT NOT NULL,
    filename      TEXT NOT NULL,
    state         TEXT NOT NULL,
    path          TEXT NOT NULL,
    mime_type     TEXT NOT NULL,
    size          INTEGER NOT NULL,
    sent          INTEGER NOT NULL,
    sha256        TEXT NOT NULL,
    upload_id     TEXT NOT NULL,
    asset_id      TEXT NOT NULL,
    problem       TEXT NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX upload_of_influencer ON upload (influencer_id, seq);

-- One row per influencer as the gallery shows it: confirmed row, waiting mutations and draft.
-- ``seq`` is the time it was made (milliseconds, then a tie-break), so that the newest
-- first is the order of the rows themselves, in the full-text index as well.
CREATE TABLE card (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL UNIQUE,
    project_id    TEXT NOT NULL,
    shelf         INTEGER NOT NULL,
    flags         INTEGER NOT NULL,
    name_key      TEXT NOT NULL,
    changed_at    INTEGER NOT NULL,
    made_at       INTEGER NOT NULL,
    name          TEXT NOT NULL,
    status        TEXT NOT NULL,
    gender        TEXT,
    age_range     TEXT,
    thumbnail_url TEXT,
    tagline       TEXT NOT NULL,
    unsent        INTEGER NOT NULL,
    waiting       INTEGER NOT NULL,
    blocked       INTEGER NOT NULL,
    local_only    INTEGER NOT NULL,
    created_at    INTEGER,
    text_hash     INTEGER NOT NULL
) STRICT;
CREATE INDEX card_newest ON card (project_id, shelf, seq, flags);
CREATE INDEX card_by_name ON card (project_id, shelf, name_key, seq, flags);
CREATE INDEX card_by_change ON card (project_id, shelf, changed_at, seq, flags);
CREATE INDEX card_counts ON card (project_id, shelf, flags);

CREATE VIRTUAL TABLE card_text USING fts5 (
    name, words, ids,
    content = '', contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* M* Co So Sk'",
    prefix = '1 2 3'
);
