-- A publish that met another value on the server: one row for each field that needs a choice. The
-- held publish itself stays in the outbox. Values are JSON, as in draft_field.
CREATE TABLE conflict (
    influencer_id TEXT NOT NULL,
    path          TEXT NOT NULL,
    project_id    TEXT NOT NULL,
    mutation_id   TEXT NOT NULL,
    base          TEXT NOT NULL,
    mine          TEXT NOT NULL,
    theirs        TEXT NOT NULL,
    mine_at       INTEGER,
    theirs_at     INTEGER,
    found_at      INTEGER NOT NULL,
    PRIMARY KEY (influencer_id, path)
) STRICT, WITHOUT ROWID;

ALTER TABLE card ADD COLUMN conflicts INTEGER NOT NULL DEFAULT 0;
CREATE INDEX card_conflicts ON card (project_id) WHERE conflicts > 0;

-- The deleted_at of a deletion that was asked for here: what is left of its edits is no question.
ALTER TABLE persona ADD COLUMN deleted_here INTEGER;
