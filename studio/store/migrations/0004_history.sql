CREATE INDEX history_by_time ON history (at);

-- Undo and redo over restarts: a step may touch several influencers.
CREATE TABLE edit_step (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    influencer_id TEXT NOT NULL,
    title         TEXT NOT NULL,
    before        TEXT NOT NULL,
    after         TEXT NOT NULL,
    undone        INTEGER NOT NULL DEFAULT 0,
    at            INTEGER NOT NULL
) STRICT;
CREATE INDEX edit_step_of_influencer ON edit_step (influencer_id, seq);
