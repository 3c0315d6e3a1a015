-- Undo and redo over restarts. A step may touch several influencers: one part for each.
CREATE TABLE edit_step (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    id      TEXT NOT NULL UNIQUE,
    title   TEXT NOT NULL,
    kind    TEXT NOT NULL DEFAULT 'edit',
    undone  INTEGER NOT NULL DEFAULT 0,
    uploads TEXT NOT NULL DEFAULT '[]',
    at      INTEGER NOT NULL
) STRICT;

CREATE TABLE edit_step_part (
    step_id       TEXT NOT NULL REFERENCES edit_step (id) ON DELETE CASCADE,
    influencer_id TEXT NOT NULL,
    before        TEXT NOT NULL,
    after         TEXT NOT NULL,
    PRIMARY KEY (step_id, influencer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX edit_step_part_of_influencer ON edit_step_part (influencer_id);

-- A publish, or a server's change under a draft, is news without a change of what the screen shows:
-- the past is unwound from the rows that did change it.
ALTER TABLE history ADD COLUMN shown INTEGER NOT NULL DEFAULT 1;
UPDATE history SET shown = 0 WHERE kind IN ('publish', 'take_back');
CREATE INDEX history_of_project ON history (project_id, at);
